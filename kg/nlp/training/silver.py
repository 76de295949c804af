"""Papers that nobody annotated into examples that a smaller model learns from: what a trained model believes of them.

Hinton et al., "Distilling the knowledge in a neural network" (2015): probabilities teach more than decisions, and where
the teacher is unsure they teach that.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import lru_cache, partial
from hashlib import sha256
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from spacy.language import Language
from tokenizers import Tokenizer

from kg.model import Paper
from kg.nlp.entities import VECTORS
from kg.nlp.extract import extraction, follow_parent, load
from kg.nlp.features import read_tokenizer
from kg.nlp.labels import KINDS
from kg.nlp.relations import score
from kg.nlp.runtime import Runtime
from kg.nlp.training.data import Example, example
from kg.nlp.training.gold import read_corpus

_CHUNK = 32  # papers that go to a worker at a time


def sample(path: Path, count: int, known: Container[str]) -> list[Paper]:
    """``count`` papers of a corpus, evenly over all of it by the hash of their ids, none whose text is in ``known``."""
    drawn = sorted(
        (sha256(paper.id.encode()).hexdigest(), paper.id) for paper in read_corpus(path) if paper.text not in known
    )
    chosen = {id_ for _, id_ in drawn[:count]}
    return [paper for paper in read_corpus(path) if paper.id in chosen]


def label(papers: list[Paper], teacher: str, tokenizer: Path, workers: int) -> Iterator[Example]:
    """Read papers with the model ``teacher``, and keep how sure it was.

    Args:
        papers: What to read.
        teacher: A model of the package, or the folder of another.
        tokenizer: Of the encoder that is to learn.
        workers: Processes.
    """
    chunks = [papers[k : k + _CHUNK] for k in range(0, len(papers), _CHUNK)]
    with ProcessPoolExecutor(workers, get_context("spawn"), follow_parent) as pool:
        for made in pool.map(partial(_labelled, teacher, tokenizer), chunks):
            yield from made


def _labelled(teacher: str, tokenizer: Path, papers: list[Paper]) -> list[Example]:
    nlp, pieces = _reader(teacher, tokenizer)
    return [soft(paper, nlp, pieces) for paper in papers]


@lru_cache(maxsize=1)
def _reader(teacher: str, tokenizer: Path) -> tuple[Language, Tokenizer]:
    return load(teacher), read_tokenizer(tokenizer)


def soft(paper: Paper, nlp: Language, tokenizer: Tokenizer) -> Example:
    """The example of a text whose spans are those that the model found, and whose probabilities are the model's."""
    doc = nlp(paper.text)
    made = example(extraction(paper.id, doc), tokenizer)
    model: Runtime = nlp.get_pipe("kg_entities").model  # type: ignore[attr-defined]
    vectors = doc.user_data[VECTORS]
    made.tags, made.value_tags = model.tags(vectors)
    if made.pairs:
        made.pair_labels = np.stack(list(score(model, vectors, made.pairs)))
    if made.spans:
        places = np.array([(begin, end - 1, KINDS.index(kind)) for begin, end, kind in made.spans], dtype=np.int64)
        logits, groups = model.proposals(vectors, places), np.array(made.groups)
        means = np.bincount(groups, logits) / np.bincount(groups)
        made.proposed = (1 / (1 + np.exp(-means))).astype(np.float32)
    return made
