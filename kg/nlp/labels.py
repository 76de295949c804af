"""Types of the schema into the numbers of the model's outputs, and tag scores back into spans."""

from __future__ import annotations

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


def decode(scores: NDArray[np.float32], tags: tuple[str, ...] = TAGS) -> list[tuple[int, int, str]]:
    """The best sequence of tags that is well formed, as spans of words (end exclusive) with their type.

    Viterbi over log probabilities ``[words, tags]``, where an I- follows only a B- or I- of its own type.
    """
    if not len(scores):
        return []
    inside = np.array([tag.startswith("I-") for tag in tags])
    step = np.zeros((len(tags), len(tags)), dtype=np.float32)
    for j, tag in enumerate(tags):
        if inside[j]:
            step[:, j] = [0.0 if before[2:] == tag[2:] else -1e9 for before in tags]
    best = np.where(inside, -1e9, scores[0]).astype(np.float32)
    back = np.zeros((len(scores), len(tags)), dtype=np.int64)
    for word in range(1, len(scores)):
        reach = best[:, None] + step
        back[word] = reach.argmax(0)
        best = reach.max(0) + scores[word]
    path = [int(best.argmax())]
    for word in range(len(scores) - 1, 0, -1):
        path.append(int(back[word, path[-1]]))
    spans: list[tuple[int, int, str]] = []
    for word, k in enumerate(reversed(path)):
        if tags[k].startswith("B-"):
            spans.append((word, word + 1, tags[k][2:]))
        elif inside[k]:
            begin, _, kind = spans[-1]
            spans[-1] = (begin, word + 1, kind)
    return spans


class Found(NamedTuple):
    """A span of words (``end`` exclusive), its type, and the probability of that type at its least sure word."""

    begin: int
    end: int
    type: str
    score: float


def spans(likely: NDArray[np.float32], tags: tuple[str, ...] = TAGS) -> list[Found]:
    """Where names are, whatever their types, and then for each the type that its words favour together.

    Decided at once, two types that share the votes for a word cut a name in two, at its words of either type.

    Args:
        likely: Probabilities ``[words, tags]``.
        tags: Their meaning.
    """
    types = tuple(dict.fromkeys(tag[2:] for tag in tags[1:]))
    opens, goes_on = (likely[:, [tags.index(mark + kind) for kind in types]] for mark in ("B-", "I-"))
    where = np.stack([likely[:, 0], opens.sum(1), goes_on.sum(1)], 1)
    votes, found = opens + goes_on, []
    for begin, end, _ in decode(np.log(where + np.float32(1e-9)), ("O", "B-any", "I-any")):
        best = int(votes[begin:end].sum(0).argmax())
        found.append(Found(begin, end, types[best], float(votes[begin:end, best].min())))
    return found
