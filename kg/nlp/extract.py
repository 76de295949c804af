"""Papers into extractions: one spaCy pipeline a worker, results in the order of the papers."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import lru_cache
from itertools import chain, islice
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait
from threading import Thread
from typing import TYPE_CHECKING

from kg.errors import KGError
from kg.model import Abbreviation, Extraction, Mention, Paper, Relation, Result

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

COMPONENTS = ("kg_sentences", "kg_entities", "kg_relations", "kg_contributions", "kg_results", "kg_abbreviations")
REVISION = 3
"""Counts the changes of what is read from equal scores: a graph file must not mix readings from before and after."""

WITH_MODEL = ("kg_entities", "kg_relations", "kg_contributions", "kg_results")
BATCH = 16
"""Papers that go to a worker at a time: some seconds of work, so that little is lost and little is waited for."""


def load(model: str = "accurate") -> Language:
    """The spaCy pipeline that reads abstracts; ``nlp(paper.text)`` gives a Doc with all that was read.

    Raises:
        KGError: There is no such model.
    """
    import spacy

    import kg.nlp.abbreviations
    import kg.nlp.contributions
    import kg.nlp.results
    import kg.nlp.sentences
    import kg.nlp.words  # noqa: F401 - each registers its component

    nlp = spacy.blank("en", config={"nlp": {"tokenizer": {"@tokenizers": "kg.Words.v1"}}})
    for component in COMPONENTS:
        nlp.add_pipe(component, config={"model": model} if component in WITH_MODEL else {})
    return nlp


def version(model: str = "accurate") -> str:
    """What tells extractions of this model from those of any other, such as ``accurate-1f2e3d4c-1``."""
    from kg.nlp.runtime import card

    told = card(model)
    return f"{told['name']}-{told['version']}-{REVISION}"


def extraction(paper_id: str, doc: Doc) -> Extraction:
    """What a Doc of the pipeline holds, with scores to three digits; a Doc that came from bytes holds plain lists."""
    from kg.nlp.sentences import text_of

    ends, text = doc.ents, text_of(doc)
    return Extraction(
        id=paper_id,
        text=text,
        sentences=tuple(
            (s.start_char, s.start_char + len(text[s.start_char : s.end_char].rstrip())) for s in doc.sents
        ),
        mentions=tuple(Mention(e.start_char, e.end_char, e.label_, _rounded(e._.kg_score)) for e in ends),
        relations=tuple(Relation(h, kind, t, _rounded(score)) for h, kind, t, score in doc._.kg_relations),
        proposes=tuple(doc._.kg_proposes),
        results=tuple(Result(*fields) for fields in doc._.kg_results),
        abbreviations=tuple(Abbreviation(*offsets) for offsets in doc._.kg_abbreviations),
    )


def _rounded(score: float) -> float:
    """Three digits, but never 0, as what was said is not impossible."""
    return max(round(score, 3), 0.001)


def _read(nlp: Language, papers: Iterable[Paper]) -> list[Extraction]:
    from kg.nlp.entities import VECTORS

    found = []
    for paper in papers:
        try:
            doc = nlp(paper.text)
        except Exception as error:
            raise KGError(
                f"paper {paper.id!r} cannot be read ({type(error).__name__}: {error}); please report it"
            ) from error
        doc.user_data.pop(VECTORS, None)
        found.append(extraction(paper.id, doc))
    return found


@lru_cache(maxsize=1)
def _pipeline(model: str) -> Language:
    return load(model)


def follow_parent() -> None:
    """End when the process dies that this one works for: a killed build must not leave workers behind."""

    def follow() -> None:
        if parent := parent_process():
            wait([parent.sentinel])
            os._exit(1)

    Thread(target=follow, daemon=True).start()


def _work(model: str, papers: list[Paper]) -> list[Extraction]:
    """Read a batch in a worker, whose first loads the pipeline: so the error of a damaged model comes back as it is."""
    return _read(_pipeline(model), papers)


def extract(papers: Iterable[Paper], model: str = "accurate", workers: int = 1) -> Iterator[Extraction]:
    """Read papers, each on its own, and yield what was read in their order, whatever the number of workers.

    Args:
        papers: Taken as they are needed; a few batches a worker are held at a time.
        model: A model of the package, or the folder of another.
        workers: Processes; with 1 the papers are read in this one.

    Raises:
        KGError: There is no such model, or a worker died.
    """
    version(model)  # a wrong name or a damaged card is told here, whatever the number of workers
    rest = iter(papers)
    batches = iter(lambda: list(islice(rest, BATCH)), [])
    first = list(islice(batches, workers))
    if len(first) < 2:  # one worker, or no work for another
        nlp = load(model)
        for batch in chain(first, batches):
            yield from _read(nlp, batch)
        return
    with ProcessPoolExecutor(len(first), get_context("spawn"), follow_parent) as pool:
        waiting: deque[Future[list[Extraction]]] = deque(
            pool.submit(_work, model, batch) for batch in chain(first, islice(batches, len(first)))
        )
        try:
            while waiting:
                done = waiting.popleft().result()
                waiting.extend(pool.submit(_work, model, batch) for batch in islice(batches, 1))
                yield from done
        except BrokenProcessPool:
            raise KGError("a worker died, for want of memory or because it was killed; try fewer --workers") from None
        finally:
            pool.shutdown(cancel_futures=True)
