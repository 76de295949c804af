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
from kg.nlp.confidence import log_odds
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

_TYPES = len(ENTITY_TYPES)
_FLAT = 1e-3  # from 0 and 1: what is surer than that is not told apart


def _odds(p: float) -> float:
    """``log_odds`` of one number, for which a call of numpy takes longer than the logarithm."""
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
    ) -> tuple[list[tuple[int, int]], Reals]:
        """The candidates of a text, and what is known of each, were it of each type.

        Args:
            text: The text.
            places: Begin and end (exclusive) of each word in characters.
            sentences: Begin and end (exclusive) of each sentence in words.
            likely: Probabilities ``[words, tags]`` of O, then of B- and I- of each type in turn.
            definitions: The abbreviations that the text defines.

        Returns:
            Spans in words (end exclusive), and ``[spans, types, features]``.
        """
        opens, on = likely[:, 1::2].astype(np.float64), likely[:, 2::2].astype(np.float64)
        begins, goes_on = opens.sum(1).tolist(), on.sum(1).tolist()
        spans = [
            (begin, end)
            for begin, end in candidates(begins, goes_on, sentences)
            if not INSIDE.match(text, places[end - 1][1] - 1)
        ]
        if not spans:
            return [], np.zeros((0, _TYPES, 0))
        low = [text[begin:end].lower() for begin, end in places]
        names = [name_of(low[begin:end]) for begin, end in spans]
        whole, tagged = _tagged(begins, goes_on, (opens + on).sum(1).tolist(), low, sentences, spans)
        mass: dict[str, float] = defaultdict(float)
        for name, likelihood in zip(names, whole, strict=True):
            mass[name] += likelihood
        again = np.log([mass[name] / likelihood for name, likelihood in zip(names, whole, strict=True)])
        defined = _defined([(places[begin][0], places[end - 1][1]) for begin, end in spans], definitions)
        counted, as_counted = self._named(names)
        anyway = np.column_stack([tagged, again, defined, self._around(low, spans), counted])
        as_tagged = _votes(opens + on, spans, names, whole)
        kinds = np.broadcast_to(np.eye(_TYPES)[:, :-1], (len(spans), _TYPES, _TYPES - 1))
        rows = [np.repeat(anyway[:, None], _TYPES, 1), as_tagged, as_counted[:, :, None], kinds]
        return spans, np.concatenate(rows, axis=2)

    def _named(self, names: Sequence[str]) -> tuple[Reals, Reals]:
        """What the training data says of whole spans: features ``[spans, 5]``, and one for each type."""
        counts = self.sequences.of(names)
        marked, (free, inside) = counts[:, :_TYPES], counts[:, _TYPES:].T
        total = marked.sum(1)
        often = np.log((total + 1) / (free - total + 1).clip(min=1))
        anyway = [often, np.log1p(free), np.log1p(inside), np.log1p(total), free + inside == 0]
        return np.column_stack(anyway), np.log((marked + 0.3) / (total[:, None] - marked + 0.3))

    def _around(self, low: Sequence[str], spans: Sequence[tuple[int, int]]) -> Reals:
        """What it says of the first and the last word of each span, and of those that follow and precede it."""
        words = [(low[b], low[e - 1], low[e] if e < len(low) else ".", low[b - 1] if b else ".") for b, e in spans]
        counts = self.words.of([word for four in words for word in four]).reshape(len(spans), 4, 5)
        total = counts[:, :, 0]
        first, last, follows, precedes = range(4)
        as_first, as_last, as_later, as_earlier = range(1, 5)
        roles = [(first, as_first), (last, as_last), (follows, as_later), (precedes, as_earlier)]
        roles += [(follows, as_first), (precedes, as_last)]
        used = [
            np.log((counts[:, word, role] + 0.5) / (total[:, word] - counts[:, word, role] + 2).clip(min=1))
            for word, role in roles
        ]
        return np.column_stack([*used, np.log1p(total[:, first]), np.log1p(total[:, last])])

    def right(self, rows: Reals) -> Reals:
        """How likely each span is right as each type, ``[spans, types]``, from the rows that ``weigh`` gives."""
        mean, scale, hidden, constant, out, last = self.layers
        inner = np.tanh(((rows - mean) / scale) @ hidden + constant)
        return np.asarray(1 / (1 + np.exp(-(inner @ out + last))))


def _tagged(
    begins: Sequence[float],
    goes_on: Sequence[float],
    within: Sequence[float],
    low: Sequence[str],
    sentences: Sequence[tuple[int, int]],
    spans: Sequence[tuple[int, int]],
) -> tuple[list[float], Reals]:
    """How likely each span is a name by its tags, and features ``[spans, 9]``; ``within`` is in a name at all."""
    starts, ends = {first for first, _ in sentences}, {stop for _, stop in sentences}
    likely, rows = [], []
    for begin, end in spans:
        inner, stop = goes_on[begin + 1 : end], 1.0 if end in ends else 1 - goes_on[end]
        likely.append(begins[begin] * min(inner, default=1.0) * stop)
        rows.append(
            (
                _odds(begins[begin]),
                _odds(min(inner, default=1.0)),
                _odds(sum(inner) / len(inner) if inner else 1.0),
                not inner,
                _odds(stop),
                -10.0 if begin in starts else _odds(within[begin - 1]),
                log(end - begin),
                _odds(prod(inner)),
                begin not in starts and low[begin - 1] == "-",
            )
        )
    return likely, np.array(rows, dtype=np.float64)


def _defined(places: Sequence[tuple[int, int]], definitions: Sequence[Abbreviation]) -> Reals:
    """Whether each span is an abbreviation that the text defines, what one stands for, or ends with that."""
    short = {(one.short_start, one.short_end) for one in definitions}
    long = {(one.long_start, one.long_end) for one in definitions}
    closes = {one.long_end for one in definitions}
    rows = [(place in short, place in long, place[1] in closes and place not in long) for place in places]
    return np.array(rows, dtype=np.float64)


def _votes(tags: Reals, spans: Sequence[tuple[int, int]], names: Sequence[str], likely: Sequence[float]) -> Reals:
    """How the tags of all spans of a name, of the span itself, and of its least sure word favour each type."""
    shares = tags / tags.sum(1, keepdims=True).clip(1e-6)
    own = np.array([tags[begin:end].mean(0) for begin, end in spans])
    least = np.array([shares[begin:end].min(0) for begin, end in spans])
    said: dict[str, Reals] = defaultdict(lambda: np.zeros(_TYPES))
    for name, votes, weight in zip(names, own, likely, strict=True):
        said[name] += weight * votes / max(votes.sum(), 1e-9)
    together = np.array([said[name] for name in names])
    favoured = [of / of.sum(1, keepdims=True).clip(min=1e-9) for of in (together, own)]
    return np.stack([log_odds(of, _FLAT) for of in (*favoured, least)], axis=2)


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
