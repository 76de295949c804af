"""Scores of the networks into probabilities that hold: of what is said with 0.8, eight in ten are right.

The method of Platt, "Probabilistic outputs for support vector machines" (1999): logistic regression on log odds, fitted
on abstracts that the model did not learn from. A relation is right only where both its ends are: it looks at these too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

_NEAR = 1e-6  # from 0 and 1: further out float32 knows no odds


def log_odds(score: ArrayLike, near: float = _NEAR) -> NDArray[np.float64]:
    """The logarithm of ``score / (1 - score)``, which grows no more from ``near`` 0 and 1 on."""
    p = np.clip(np.asarray(score, dtype=np.float64), near, 1 - near)
    return np.log(p / (1 - p))


@dataclass(frozen=True, slots=True)
class Confidence:
    """The weights of both regressions: of the log odds that a network gives, and a constant last.

    ``mention`` takes the mention's own score, ``relation`` the pair's and those of its head and its tail.
    """

    mention: tuple[float, ...] = (1.0, 0.0)
    relation: tuple[float, ...] = (1.0, 0.0, 0.0, 0.0)

    @classmethod
    def of(cls, card: Mapping[str, Any]) -> Self:
        """What the card of a model says; scores stay as they are where it says nothing."""
        told = card.get("confidence", {})
        return cls(**{name: tuple(map(float, told[name])) for name in ("mention", "relation") if name in told})

    def of_mention(self, score: float) -> float:
        """The probability that a mention's span and type are right."""
        return _probability(self.mention, (score,))

    def of_relation(self, score: float, head: float, tail: float) -> float:
        """The probability that a relation and its ends are right, from the networks' scores of all three."""
        return _probability(self.relation, (score, head, tail))


def _probability(weights: Sequence[float], scores: Sequence[float]) -> float:
    return float(1 / (1 + np.exp(-(np.dot(weights[:-1], log_odds(scores)) + weights[-1]))))
