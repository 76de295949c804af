"""Types of the schema into the numbers of the model's outputs, and tag scores back into spans."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kg.schema import ENTITY_TYPES, RELATIONS

VALUE = "Value"
"""The kind of a span that is a reported number."""

KINDS: tuple[str, ...] = (*ENTITY_TYPES, VALUE)
TAGS: tuple[str, ...] = ("O", *(prefix + kind for kind in ENTITY_TYPES for prefix in ("B-", "I-")))
VALUE_TAGS: tuple[str, ...] = ("O", f"B-{VALUE}", f"I-{VALUE}")

NONE, REPORTED = "None", "Reported-For"
PAIR_LABELS: tuple[str, ...] = (NONE, *RELATIONS, REPORTED)
"""What may join two spans: a relation of the schema, or that a number is reported for a mention."""


def _allowed() -> NDArray[np.bool_]:
    table = np.zeros((len(KINDS), len(KINDS), len(PAIR_LABELS)), dtype=bool)
    table[:, :, 0] = True
    for h, head in enumerate(KINDS):
        for t, tail in enumerate(KINDS):
            for k, label in enumerate(PAIR_LABELS[1:-1], start=1):
                table[h, t, k] = RELATIONS[label].joins(head, tail)
    table[KINDS.index(VALUE), : len(ENTITY_TYPES), -1] = True
    return table


ALLOWED: NDArray[np.bool_] = _allowed()
"""``[head kind, tail kind, pair label]``: whether the schema allows the label there."""

JOINED = frozenset((KINDS[head], KINDS[tail]) for head, tail in np.argwhere(ALLOWED[:, :, 1:].any(2)))
"""Kinds of head and tail that any label may join."""


TOUCHING = 2.0
"""What it costs, in log probability, that a name begins right behind another: of 25,663 in abstracts-train 165 do.

Words that might as well begin a name as go on with one else cut many in two.
"""


def decode(scores: NDArray[np.float32]) -> list[tuple[int, int]]:
    """The likeliest spans of words (end exclusive) for log probabilities ``[words, 3]`` of outside, begin and inside.

    Viterbi, where inside follows only begin or inside, and a begin behind these costs ``TOUCHING``.
    """
    # Plain numbers: for three states a call of numpy a word takes longer than all the sums.
    rows = scores.astype(float).tolist()
    back: list[tuple[int, int, int]] = []
    outside, begin, inside = 0.0, -1e9, -1e9
    for first, second, third in rows:
        within, inner = (begin, 1) if begin >= inside else (inside, 2)
        closed = within - TOUCHING
        back.append((0 if outside >= within else inner, 0 if outside >= closed else inner, inner))
        outside, begin, inside = max(outside, within) + first, max(outside, closed) + second, within + third
    path: list[int] = []
    if rows:
        tag = max((0, 1, 2), key=(outside, begin, inside).__getitem__)
        for options in reversed(back):
            path.append(tag)
            tag = options[tag]
    spans: list[tuple[int, int]] = []
    for word, tag in enumerate(reversed(path)):
        if tag == 1:
            spans.append((word, word + 1))
        elif tag == 2:
            spans[-1] = (spans[-1][0], word + 1)
    return spans


class Found(NamedTuple):
    """A span of words (``end`` exclusive), and how likely each of its words is of each type, ``[words, types]``."""

    begin: int
    end: int
    votes: NDArray[np.float32]


def spans(likely: NDArray[np.float32]) -> list[Found]:
    """Where names are, whatever their types: two types that share the votes for a word would cut a name in two there.

    Args:
        likely: Probabilities ``[words, tags]`` of O, then of B- and I- of each type in turn.
    """
    opens, goes_on = likely[:, 1::2], likely[:, 2::2]
    where = np.stack([likely[:, 0], opens.sum(1), goes_on.sum(1)], 1)
    votes = opens + goes_on
    return [Found(begin, end, votes[begin:end]) for begin, end in decode(np.log(where + np.float32(1e-9)))]


def agreed(names: Sequence[Hashable], votes: Sequence[NDArray[np.floating]]) -> list[int]:
    """The type of each span by number: spans of one name are of one type, for which they vote.

    Args:
        names: What says which spans name the same thing.
        votes: Of each span, ``[types]``: how much it is for each.
    """
    ballots: dict[Hashable, NDArray[np.floating]] = {}
    for name, own in zip(names, votes, strict=True):
        ballots[name] = ballots.get(name, np.float32(0)) + own
    return [int(ballots[name].argmax()) for name in names]
