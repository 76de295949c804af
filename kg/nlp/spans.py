"""Probabilities of tags into mentions: every span that the tags allow is weighed, and the best set of spans is said.

A tagger decides word by word. Whether a whole span is a name also depends on how the training data uses its words: what
is annotated there a hundred times as a method is hardly a data set here, and what stands there a hundred times without
a mark is hardly a name. A small network weighs both for each span (reranking, Collins and Koo, 2005), and of spans that
overlap those stay that are right together most often (weighted interval scheduling).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from math import log, prod
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from kg.model import Abbreviation
from kg.schema import ENTITY_TYPES

Reals = NDArray[np.float64]
Layers = Sequence[NDArray[np.floating[Any]]]
"""Mean and scale of each feature, weights and constants of the hidden layer, and of the output."""

FLOOR = 0.03
"""How likely a word must begin a span, and others go on with it and end it, that the span is weighed: 84 % of what was
annotated in abstracts that the model had not learnt from is among 32 spans an abstract.
"""

LONGEST = 20
"""Words of a span at most."""

LEAST = 0.35
"""How likely a span must be right: F1 is best there on abstracts that the model had not learnt from, and hardly worse
from 0.3 to 0.4.
"""

INSIDE = re.compile(r"-(?!\s)|\S-\w")
"""At the last character of a span: it ends at or before the hyphen inside a word ("Real-time"), and is no name.

In 1,056 abstracts that the model had not learnt from it said so of 113 spans; 3 of them are gold.
"""

_FLAT = 1e-3  # from 0 and 1: what is surer than that is not told apart


def _odds(p: float) -> float:
    p = min(max(p, _FLAT), 1 - _FLAT)
    return log(p / (1 - p))


def name_of(words: Sequence[str]) -> str:
    """The string by which a sequence of lower-case words is known: hyphens stand in some texts and not in others."""
    return " ".join(word for word in words if word != "-")


def hashed(name: str) -> int:
    """64 bits for a sequence of words: a model holds no text of others."""
    return int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), "big")


@dataclass(frozen=True, slots=True)
class Known:
    """Counts of the training data, ``[keys, columns]``, by the ``hashed`` names of what was counted, sorted."""

    keys: NDArray[np.uint64]
    counts: NDArray[np.uint16]

    def of(self, names: Sequence[str]) -> Reals:
        """``[names, columns]``; zeros for what was not counted."""
        asked = np.array([hashed(name) for name in names], dtype=np.uint64)
        place = np.searchsorted(self.keys, asked).clip(max=len(self.keys) - 1)
        return np.where((self.keys[place] == asked)[:, None], self.counts[place], 0).astype(np.float64)


@dataclass(slots=True)
class Weighed:
    """The candidates of a text: ``spans`` in words (end exclusive), each one's votes for types, and numbers about it.

    ``votes`` is ``[spans, types]``; ``said`` the votes of all spans of the same name; ``columns`` what holds whatever
    the type is.
    """

    spans: list[tuple[int, int]]
    votes: Reals
    least: Reals
    said: Reals
    columns: Reals
    sequences: Reals

    def rows(self) -> Reals:
        """``[spans, types, features]``: what is known of each span, were it of each type."""
        marked, (free, inside) = self.sequences[:, :-2], self.sequences[:, -2:].T
        total = marked.sum(1)
        anyway = [self.columns, np.log((total + 1) / (free - total + 1).clip(min=1)), np.log1p(free), np.log1p(inside)]
        anyway += [np.log1p(total), free + inside == 0]
        shared = np.column_stack(anyway)
        return np.stack(
            [
                np.column_stack(
                    [
                        shared,
                        *(_log_odds(of[:, kind] / of.sum(1).clip(min=1e-9)) for of in (self.said, self.votes)),
                        _log_odds(self.least[:, kind]),
                        np.log((marked[:, kind] + 0.3) / (total - marked[:, kind] + 0.3)),
                        np.tile(np.eye(len(ENTITY_TYPES))[kind, :-1], (len(self.spans), 1)),
                    ]
                )
                for kind in range(len(ENTITY_TYPES))
            ],
            axis=1,
        )


def _log_odds(p: Reals) -> Reals:
    p = p.clip(_FLAT, 1 - _FLAT)
    return np.asarray(np.log(p / (1 - p)))


def candidates(
    begins: Sequence[float], goes_on: Sequence[float], sentences: Sequence[tuple[int, int]]
) -> list[tuple[int, int]]:
    """Spans of words (end exclusive), in order, within one sentence each, that the probabilities of tags allow.

    Args:
        begins: How likely each word begins a name.
        goes_on: How likely it goes on with one.
        sentences: Begin and end (exclusive) of each sentence in words.
    """
    found = []
    for first, stop in sentences:
        for begin in range(first, stop):
            if begins[begin] < FLOOR:
                continue
            for end in range(begin + 1, min(begin + LONGEST, stop) + 1):
                on = goes_on[end] if end < stop else 0.0
                if 1 - on >= FLOOR:
                    found.append((begin, end))
                if on < FLOOR:
                    break
    return found


class Scorer:
    """What weighs the candidates: counts of the training data, and the weights of a network of one hidden layer."""

    def __init__(self, sequences: Known, words: Known, layers: Layers) -> None:
        self.sequences, self.words, self.layers = sequences, words, layers

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read what ``save`` wrote."""
        with np.load(path) as held:
            sequences, words = (Known(held[f"{of}.keys"], held[f"{of}.counts"]) for of in ("sequences", "words"))
            return cls(sequences, words, [held[f"layer.{k}"] for k in range(6)])

    def save(self, path: Path) -> None:
        """Write it as arrays of numpy."""
        held: dict[str, Any] = {f"layer.{k}": layer for k, layer in enumerate(self.layers)}
        for name, known in (("sequences", self.sequences), ("words", self.words)):
            held |= {f"{name}.keys": known.keys, f"{name}.counts": known.counts}
        with path.open("wb") as file:
            np.savez_compressed(file, **held)

    def weigh(
        self,
        text: str,
        places: Sequence[tuple[int, int]],
        sentences: Sequence[tuple[int, int]],
        likely: NDArray[np.float32],
        definitions: Sequence[Abbreviation],
    ) -> Weighed:
        """The candidates of a text.

        Args:
            text: The text.
            places: Begin and end (exclusive) of each word in characters.
            sentences: Begin and end (exclusive) of each sentence in words.
            likely: Probabilities ``[words, tags]`` of O, then of B- and I- of each type in turn.
            definitions: The abbreviations that the text defines.
        """
        opens, on = likely[:, 1::2].astype(np.float64), likely[:, 2::2].astype(np.float64)
        tags, within = opens + on, (opens + on).sum(1).tolist()
        begins, goes_on = opens.sum(1).tolist(), on.sum(1).tolist()
        low = [text[begin:end].lower() for begin, end in places]
        spans = [
            (begin, end)
            for begin, end in candidates(begins, goes_on, sentences)
            if not INSIDE.match(text, places[end - 1][1] - 1)
        ]
        if not spans:
            nothing = np.zeros((0, len(ENTITY_TYPES)))
            return Weighed([], nothing, nothing, nothing, np.zeros((0, 0)), np.zeros((0, 6)))
        starts, ends = {first for first, _ in sentences}, {stop for _, stop in sentences}
        short = {(one.short_start, one.short_end) for one in definitions}
        long = {(one.long_start, one.long_end) for one in definitions}
        closes = {one.long_end for one in definitions}
        names = [name_of(low[begin:end]) for begin, end in spans]
        shares = tags / tags.sum(1, keepdims=True).clip(1e-6)
        votes = np.array([tags[begin:end].mean(0) for begin, end in spans])
        least = np.array([shares[begin:end].min(0) for begin, end in spans])
        said: dict[str, Reals] = defaultdict(lambda: np.zeros(len(ENTITY_TYPES)))
        mass: dict[str, float] = defaultdict(float)
        raw = []
        for k, (begin, end) in enumerate(spans):
            inner, stop = goes_on[begin + 1 : end], 1.0 if end in ends else 1 - goes_on[end]
            whole = begins[begin] * min(inner, default=1.0) * stop
            said[names[k]] += whole * votes[k] / max(votes[k].sum(), 1e-9)
            mass[names[k]] += whole
            place = (places[begin][0], places[end - 1][1])
            raw.append(
                (
                    _odds(begins[begin]),
                    _odds(min(inner, default=1.0)),
                    _odds(sum(inner) / len(inner) if inner else 1.0),
                    not inner,
                    _odds(stop),
                    -log(whole),
                    -10.0 if begin in starts else _odds(within[begin - 1]),
                    log(end - begin),
                    _odds(prod(inner)),
                    begin not in starts and low[begin - 1] == "-",
                    place in short,
                    place in long,
                    place[1] in closes and place not in long,
                )
            )
        columns = np.array(raw, dtype=np.float64)
        columns[:, 5] += np.log([mass[name] for name in names])
        around = [(low[b], low[e - 1], low[e] if e < len(low) else ".", low[b - 1] if b else ".") for b, e in spans]
        counted = self.words.of([word for words in around for word in words]).reshape(len(spans), 4, 5)
        total = counted[:, :, 0]

        def often(place: int, role: int) -> Reals:
            used = counted[:, place, role]
            return np.asarray(np.log((used + 0.5) / (total[:, place] - used + 2).clip(min=1)))

        first, last, follows, precedes = range(4)
        as_first, as_last, as_later, as_earlier = range(1, 5)
        roles = [(first, as_first), (last, as_last), (follows, as_later), (precedes, as_earlier)]
        roles += [(follows, as_first), (precedes, as_last)]
        words = [often(*role) for role in roles] + [np.log1p(total[:, first]), np.log1p(total[:, last])]
        columns = np.column_stack([columns, *words])
        voted = np.array([said[name] for name in names])
        return Weighed(spans, votes, least, voted, columns, self.sequences.of(names))

    def right(self, rows: Reals) -> Reals:
        """How likely a span is right, type and all, for each of ``Weighed.rows``: the same shape without features."""
        mean, scale, hidden, constant, out, last = self.layers
        inner = np.tanh(((rows - mean) / scale) @ hidden + constant)
        return np.asarray(1 / (1 + np.exp(-(inner @ out + last))))


def choose(spans: Sequence[tuple[int, int]], right: Sequence[float] | Reals, least: float = LEAST) -> list[int]:
    """Numbers of the spans, none overlapping another, whose probabilities above ``least`` add up to most.

    Args:
        spans: Begin and end (exclusive) of each.
        right: How likely each is right.
        least: What a span must be better than.
    """
    order = sorted((k for k in range(len(spans)) if right[k] > least), key=lambda k: (spans[k][1], spans[k][0]))
    ends = [spans[k][1] for k in order]
    best, taken = [0.0], list[int | None]()
    for place, k in enumerate(order):
        before = bisect_right(ends, spans[k][0], 0, place)
        worth = best[before] + right[k] - least
        taken.append(before if worth > best[-1] else None)
        best.append(max(worth, best[-1]))
    chosen, place = [], len(order)
    while place:
        earlier = taken[place - 1]
        if earlier is None:
            place -= 1
        else:
            chosen.append(order[place - 1])
            place = earlier
    return chosen[::-1]
