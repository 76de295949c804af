"""Papers that nobody annotated into examples that a smaller model learns from: what a trained model believes of them.

Hinton et al., "Distilling the knowledge in a neural network" (2015): probabilities teach more than decisions, and where
the teacher is unsure they teach that.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from functools import lru_cache
from hashlib import sha256
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
from spacy.language import Language
from tokenizers import Tokenizer

from kg.model import Extraction, Paper
from kg.nlp.entities import VECTORS
from kg.nlp.extract import extraction, follow_parent, load, version
from kg.nlp.features import read_tokenizer
from kg.nlp.labels import KINDS
from kg.nlp.relations import score
from kg.nlp.runtime import Runtime
from kg.nlp.training.data import Example, example
from kg.nlp.training.gold import read_corpus

_CHUNK = 32  # papers that go to a worker at a time


def sample(path: Path, count: int, known: Container[str]) -> list[Paper]:
    """``count`` papers of a corpus, evenly over all of it by the hash of their ids, none whose text is in ``known``.

    They come in the order of the hashes: more papers are the same ones first.
    """
    drawn = sorted(
        (sha256(paper.id.encode()).hexdigest(), paper.id) for paper in read_corpus(path) if paper.text not in known
    )
    place = {id_: k for k, (_, id_) in enumerate(drawn[:count])}
    return sorted((paper for paper in read_corpus(path) if paper.id in place), key=lambda paper: place[paper.id])


def label(
    papers: list[Paper], teacher: str, tokenizer: Path, workers: int, folder: Path, say: Callable[[str], None]
) -> Iterator[Example]:
    """Read papers with the model ``teacher``, and keep how sure it was.

    Args:
        papers: What to read.
        teacher: A model of the package, or the folder of another.
        tokenizer: Of the encoder that is to learn.
        workers: Processes.
        folder: Where it is kept what was read so that a run that was stopped does not read it again.
        say: Takes lines of progress.
    """
    folder.mkdir(parents=True, exist_ok=True)
    chunks = [papers[k : k + _CHUNK] for k in range(0, len(papers), _CHUNK)]
    paths = [folder / f"{_mark(teacher, chunk)}.npz" for chunk in chunks]
    with ProcessPoolExecutor(workers, get_context("spawn"), follow_parent) as pool:
        waiting = [work for work in zip(chunks, paths, strict=True) if not work[1].exists()]
        reading = [pool.submit(_read, teacher, *work) for work in waiting]
        for k, done in enumerate(reading, start=1):
            done.result()
            if k % 32 == 0:
                say(f"{k * _CHUNK:,} of {len(reading) * _CHUNK:,} papers are read")
    pieces = read_tokenizer(tokenizer)
    for chunk, path in zip(chunks, paths, strict=True):
        with np.load(path) as held:
            for k in range(len(chunk)):
                yield _example({name: held[f"{k}.{name}"] for name in ("said", *_SOFT)}, pieces)


def _mark(teacher: str, papers: list[Paper]) -> str:
    return sha256(repr((version(teacher), [(paper.id, paper.text) for paper in papers])).encode()).hexdigest()[:16]


def _read(teacher: str, papers: list[Paper], path: Path) -> None:
    nlp = _reader(teacher)
    held = {f"{k}.{name}": of for k, paper in enumerate(papers) for name, of in soft(paper, nlp).items()}
    with path.with_suffix(".new").open("wb") as file:
        np.savez(file, **held)
    path.with_suffix(".new").replace(path)


@lru_cache(maxsize=1)
def _reader(teacher: str) -> Language:
    return load(teacher)


_SOFT = ("tags", "value_tags", "pair_labels", "proposed")
"""Fields of an example that hold what the teacher believes."""


def soft(paper: Paper, nlp: Language) -> dict[str, Any]:
    """What a model says of a text, as JSON in ``said``, and what it believes of the spans in it, as in an example."""
    doc = nlp(paper.text)
    model: Runtime = nlp.get_pipe("kg_entities").model  # type: ignore[attr-defined]
    said = extraction(paper.id, doc)
    made, vectors = example(said, model.tokenizer), doc.user_data[VECTORS]
    made.tags, made.value_tags = model.tags(vectors)
    if made.pairs:
        made.pair_labels = np.stack(list(score(model, vectors, made.pairs)))
    if made.spans:
        places = np.array([(begin, end - 1, KINDS.index(kind)) for begin, end, kind in made.spans], dtype=np.int64)
        logits, groups = model.proposals(vectors, places), np.array(made.groups)
        means = np.bincount(groups, logits) / np.bincount(groups)
        made.proposed = (1 / (1 + np.exp(-means))).astype(np.float32)
    return {"said": np.array(said.to_json()), **{name: getattr(made, name) for name in _SOFT}}


def _example(held: Mapping[str, Any], tokenizer: Tokenizer) -> Example:
    made = example(Extraction.from_json(str(held["said"])), tokenizer)
    for name in _SOFT:
        setattr(made, name, held[name])
    return made
