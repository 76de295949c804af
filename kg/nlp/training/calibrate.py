"""Abstracts that a model did not learn from into the weights that make probabilities of its scores."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional as F

from kg.evaluate import judge
from kg.model import Extraction
from kg.nlp.confidence import Confidence, log_odds
from kg.nlp.extract import extraction, load

_LEAST = 50
"""So many mentions or relations a regression needs; with fewer, scores stay as they are."""

_HOLD = 1.0
"""How strongly weights are held where they would leave scores as they are: as strongly as some few observations do."""


def calibrate(model: Path, held: Sequence[Extraction]) -> Confidence:
    """Fit the regressions of a model whose card tells none yet.

    Args:
        model: The folder of the model.
        held: Gold annotations that it did not learn from.
    """
    confidence, nlp = Confidence(), load(str(model))
    mentions: list[tuple[float, ...]] = []
    relations: list[tuple[float, ...]] = []
    right: tuple[list[bool], list[bool]] = ([], [])
    for gold in held:
        doc = nlp(gold.text)
        scores = [ent._.kg_score for ent in doc.ents]
        mentions += [(score,) for score in scores]
        relations += [(one.score, scores[one.head], scores[one.tail]) for one in doc._.kg_relations]
        for known, verdicts in zip(right, judge(gold, extraction(gold.id, doc)), strict=True):
            known += verdicts
    confidence = replace(confidence, mention=fitted(mentions, right[0], confidence.mention))
    told = [(score, *map(confidence.of_mention, ends)) for score, *ends in relations]
    return replace(confidence, relation=fitted(told, right[1], confidence.relation))


def fitted(scores: list[tuple[float, ...]], right: list[bool], weights: tuple[float, ...]) -> tuple[float, ...]:
    """Weights of the log odds of each row, and a constant, under which what is right is likeliest."""
    if len(scores) < _LEAST:
        return weights
    rows = torch.from_numpy(np.c_[log_odds(scores), np.ones(len(scores))])
    truth, start = torch.tensor(right, dtype=torch.float64), torch.tensor(weights, dtype=torch.float64)
    fitted = start.clone().requires_grad_()
    search = torch.optim.LBFGS([fitted], max_iter=200, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        search.zero_grad()
        total = F.binary_cross_entropy_with_logits(rows @ fitted, truth, reduction="sum")
        total = (total + _HOLD / 2 * (fitted - start).square().sum()) / len(truth)
        total.backward()
        return total

    search.step(loss)
    return tuple(round(weight, 4) for weight in fitted.tolist())
