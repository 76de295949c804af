"""An extraction as it came into one whose every part can be led back to a sentence, and an account of the rest."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from kg.errors import InputError
from kg.model import Extraction, Paper, Relation
from kg.schema import ENTITY_TYPES, RELATIONS


@dataclass(frozen=True, slots=True)
class Reading:
    """A paper, what was read in it, and the sentence in which each mention stands."""

    paper: Paper
    extraction: Extraction
    sentence_of: tuple[int, ...]

    def sentence(self, index: int) -> str:
        """The text of a sentence."""
        start, end = self.extraction.sentences[index]
        return self.extraction.text[start:end]


def read(paper: Paper, extraction: Extraction, dropped: Counter[str]) -> Reading:
    """Check an extraction and leave out mentions that lie in no one sentence, counted in ``dropped``.

    Raises:
        InputError: Offsets, indices, types or scores that no extractor should write.
    """
    if wrong := next(_complaints(extraction), None):
        raise InputError(f"extraction of paper {paper.id!r}: {wrong}; extract the paper again")
    if extraction.id != paper.id:
        extraction = replace(extraction, id=paper.id)
    starts = [start for start, _ in extraction.sentences]
    places = [_place(mention[:2], starts, extraction.sentences) for mention in extraction.mentions]
    if None in places:
        extraction = _without(extraction, {index for index, place in enumerate(places) if place is None}, dropped)
    return Reading(paper, extraction, tuple(place for place in places if place is not None))


def _place(span: tuple[int, int], starts: list[int], sentences: tuple[tuple[int, int], ...]) -> int | None:
    index = bisect_right(starts, span[0]) - 1
    return index if index >= 0 and span[1] <= sentences[index][1] else None


def _without(extraction: Extraction, gone: set[int], dropped: Counter[str]) -> Extraction:
    kept = [index for index in range(len(extraction.mentions)) if index not in gone]
    new = {old: place for place, old in enumerate(kept)}
    relations = [relation for relation in extraction.relations if relation.head in new and relation.tail in new]
    proposes = [index for index in extraction.proposes if index in new]
    dropped["mention in no one sentence"] += len(gone)
    if lost := len(extraction.relations) - len(relations):
        dropped["relation of a mention in no one sentence"] += lost
    if lost := len(extraction.proposes) - len(proposes):
        dropped["proposal of a mention in no one sentence"] += lost
    return replace(
        extraction,
        mentions=tuple(extraction.mentions[index] for index in kept),
        relations=tuple(Relation(new[head], kind, new[tail], score) for head, kind, tail, score in relations),
        proposes=tuple(new[index] for index in proposes),
    )


def _complaints(extraction: Extraction) -> Iterator[str]:
    length, count, last = len(extraction.text), len(extraction.mentions), 0
    for start, end in extraction.sentences:
        if not last <= start <= end <= length:
            yield f"sentence {[start, end]} overlaps another or ends after the text"
        last = end
    for mention in extraction.mentions:
        if not 0 <= mention.start < mention.end <= length:
            yield f"mention {list(mention)} lies outside the text"
        if mention.type not in ENTITY_TYPES:
            yield f"mention {list(mention)} has an unknown type"
    for relation in extraction.relations:
        if not (0 <= relation.head < count and 0 <= relation.tail < count):
            yield f"relation {list(relation)} joins a mention that does not exist"
        if relation.type not in RELATIONS:
            yield f"relation {list(relation)} has an unknown type"
    for kind, scored in (("mention", extraction.mentions), ("relation", extraction.relations)):
        for one in scored:
            if not _is_score(one[3]):
                yield f"{kind} {list(one)} has no score from 0 to 1"
    for index in extraction.proposes:
        if not 0 <= index < count:
            yield f"proposed mention {index} does not exist"
    for result in extraction.results:
        if not 0 <= result.s < len(extraction.sentences):
            yield f"result {result.value!r} has no sentence {result.s}"
    for spans in extraction.abbreviations:
        if not all(0 <= start < end <= length for start, end in (spans[:2], spans[2:])):
            yield f"abbreviation {list(spans)} lies outside the text"


def _is_score(score: float) -> bool:
    return not math.isnan(score) and 0 <= score <= 1
