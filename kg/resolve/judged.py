"""Judged pairs of names into precision and recall of "these two are one thing"."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from kg.errors import InputError
from kg.evaluate import Score
from kg.model import Extraction
from kg.resolve.entities import resolve


class Place(NamedTuple):
    """A name in a paper, with the type that the annotators gave it there."""

    paper: str
    text: str
    type: str


class Pair(NamedTuple):
    """Two names, whether they are one thing, and the category of the judgement: what stands before the colon."""

    a: Place
    b: Place
    same: bool
    category: str


def read_pairs(lines: Iterable[str], path: str | Path | None = None) -> Iterator[Pair]:
    """Lines ``{"a": {"paper", "text", "type"}, "b": ..., "same": true, "why": "1: plural"}``; empty ones are skipped.

    Raises:
        InputError: A line is no judged pair; the message gives ``path`` and the line's number.
    """
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                told = json.loads(line)
                a, b = (Place(*(str(told[end][key]) for key in Place._fields)) for end in "ab")
                yield Pair(a, b, bool(told["same"]), str(told.get("why", "")).partition(":")[0].strip())
            except (ValueError, KeyError, TypeError) as odd:
                raise InputError(f"no judged pair: {odd}", path, number) from None


def judge_pairs(pairs: Sequence[Pair], extractions: Sequence[Extraction]) -> tuple[dict[str, Score], list[Pair]]:
    """Resolve the extractions together and score the verdict "same" on the pairs.

    Args:
        pairs: What is right; both ends must be mentions of the extractions.
        extractions: One a paper.

    Returns:
        Scores of ``all`` and of each category (the hits are pairs that are one thing and one entity); and the pairs
        that are judged otherwise.

    Raises:
        InputError: No paper mentions an end of a pair so.
    """
    named: defaultdict[Place, Counter[str]] = defaultdict(Counter)
    wanted = {place for pair in pairs for place in pair[:2]}
    for extraction, entities in zip(extractions, resolve(extractions).entities, strict=True):
        for mention, entity in zip(extraction.mentions, entities, strict=True):
            place = Place(extraction.id, extraction.text[mention.start : mention.end], mention.type)
            if place in wanted:
                named[place][entity] += 1
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    wrong = []
    for pair in pairs:
        if missing := next((place for place in pair[:2] if place not in named), None):
            paper, text, kind = missing
            raise InputError(f"paper {paper!r} has no {kind} {text!r}: give the extractions that were judged")
        said = len({max(named[place].items(), key=lambda one: (one[1], one[0]))[0] for place in pair[:2]}) == 1
        for row in ("all", pair.category):
            counts[row].update({"hit": said and pair.same, "said": said, "gold": pair.same})
        if said != pair.same:
            wrong.append(pair)
    return {row: Score.of(one["hit"], one["said"], one["gold"]) for row, one in counts.items()}, wrong
