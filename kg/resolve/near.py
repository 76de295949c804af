"""Entities into pairs that were nearly merged: for people to look at, nothing is merged by it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

SHORTEST = 8
"""Letters that a form needs before one of them more or less is taken for a slip of the pen."""


class Near(NamedTuple):
    """Two entities that may be one thing, by their ids in order, and why somebody may think so."""

    one: str
    other: str
    reason: str


def near_misses(entities: Iterable[tuple[str, int]], synonyms: Iterable[tuple[str, str, int]]) -> list[Near]:
    """What a person may want to merge, or to keep apart, sorted. Work grows linearly with the entities.

    Args:
        entities: Id of every entity, and how many papers name it.
        synonyms: Entities that an edge SYNONYM_OF joins, and its support.
    """
    papers = dict(entities)
    found = {_near(one, other, f"called synonyms in {n} paper{'s' * (n != 1)}") for one, other, n in synonyms}
    of_form: defaultdict[str, list[str]] = defaultdict(list)
    of_homonym: defaultdict[str, list[str]] = defaultdict(list)
    for id_ in papers:
        common, _, paper = id_.partition("@")
        if paper:
            of_homonym[common].append(id_)
        else:
            of_form[common.partition(":")[2]].append(id_)
    for same in of_form.values():
        found |= {_near(*pair, "one name, two types") for pair in _pairs(same)}
    for common, same in of_homonym.items():
        found |= {_near(*pair, "one name that several papers propose") for pair in _pairs(sorted(same)[:20])}
        if common in papers:
            found |= {_near(common, id_, "one name that several papers propose") for id_ in same}
    joined = {one[:2] for one in found}
    found |= {Near(*pair, "one letter apart") for pair in _slips(papers) if pair not in joined}
    return sorted(found)


def _near(one: str, other: str, reason: str) -> Near:
    return Near(min(one, other), max(one, other), reason)


def _pairs(ids: list[str]) -> Iterator[tuple[str, str]]:
    return ((one, other) for k, one in enumerate(ids) for other in ids[:k])


def _slips(papers: dict[str, int]) -> Iterator[tuple[str, str]]:
    """Names of two papers or more, and others that have one letter more, less, other, or two exchanged."""
    without: defaultdict[str, set[str]] = defaultdict(set)
    frequent = [id_ for id_, count in papers.items() if count > 1 and _long(id_)]
    for id_ in frequent:
        for left in _shorter(id_):
            without[left].add(id_)
    for id_ in papers:
        if _long(id_):
            near = {other for left in _shorter(id_) for other in without.get(left, ())} - {id_}
            for other in near:
                pair = (min(id_, other), max(id_, other))
                if _one_apart(*pair):
                    yield pair


def _long(id_: str) -> bool:
    # Numbers are versions and sizes: one digit apart is another thing.
    form = id_.partition(":")[2]
    return len(form) >= SHORTEST and "@" not in form and not any(letter.isdigit() for letter in form)


def _shorter(id_: str) -> Iterator[str]:
    kind, _, form = id_.partition(":")
    yield id_
    for k in range(1, len(form)):  # a slip at the first letter is rare, and another word often begins otherwise
        yield f"{kind}:{form[:k]}{form[k + 1 :]}"


def _one_apart(one: str, other: str) -> bool:
    """Whether two ids of one type differ by one letter, or by two neighbours exchanged.

    >>> _one_apart("task:denoising", "task:denosing"), _one_apart("task:denoising", "task:deniosing")
    (True, True)
    >>> _one_apart("task:recognition", "task:cognition")
    False
    """
    start = next((k for k, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    a, b = one[start:], other[start:]
    return a[1:] == b[1:] or a[1:] == b or a == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:])
