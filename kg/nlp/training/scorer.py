"""Abstracts that a model did not learn from, and counts of those that it did, into what weighs its spans."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional as F

from kg.model import Extraction
from kg.nlp.entities import VECTORS, real_words, weigh
from kg.nlp.extract import load
from kg.nlp.runtime import Runtime
from kg.nlp.sentences import offsets, runs, sentence_numbers
from kg.nlp.spans import Known, Layers, Reals, Scorer, hashed, name_of
from kg.nlp.training.data import word_places
from kg.schema import ENTITY_TYPES

_LONGEST, _FEW, _LONG = 6, 4, 4
"""Words of what is counted at most; those that are no mention count from so many times on, and up to so many words."""

_HIDDEN, _BATCH, _DROP = 48, 256, 0.1
_EPOCHS, _RATE, _DECAY = 15, 3e-3, 0.05
_AGAIN, _RATE_AGAIN = 4, 1e-3


def counted(golds: Iterable[Extraction]) -> tuple[Known, Known]:
    """Count sequences of words and words.

    Returns:
        Of sequences: how often each is a mention of each type, how often it stands outside of a longer mention, and how
        often inside one. Of words: how often each is there, and how often it is the first word of a mention, the last,
        one after the first, and one before the last.
    """
    marked: dict[str, NDArray[np.int64]] = defaultdict(lambda: np.zeros(len(ENTITY_TYPES), dtype=np.int64))
    stands: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    words: dict[str, list[int]] = defaultdict(lambda: [0] * 5)
    for gold in golds:
        places, starts, ends = word_places(gold.text)
        low = [gold.text[begin:end].lower() for begin, end in places]
        within: dict[int, tuple[int, int]] = {}
        for mention in gold.mentions:
            if mention.start not in starts or mention.end not in ends:
                continue
            begin, end = starts[mention.start], ends[mention.end]
            marked[name_of(low[begin:end])][ENTITY_TYPES.index(mention.type)] += 1
            within |= dict.fromkeys(range(begin, end), (begin, end))
            words[low[begin]][1] += 1
            words[low[end - 1]][2] += 1
            for word in range(begin + 1, end):
                words[low[word]][3] += 1
                words[low[word - 1]][4] += 1
        for one in low:
            words[one][0] += 1
        real = [k for k, one in enumerate(low) if one != "-"]
        for place, begin in enumerate(real):
            around = within.get(begin)
            for last in real[place : place + _LONGEST]:
                inside = around is not None and last < around[1] and around != (begin, last + 1)
                stands[name_of(low[begin : last + 1])][inside] += 1
    nothing = np.zeros(len(ENTITY_TYPES), dtype=np.int64)
    sequences = {
        name: [*marked.get(name, nothing), *counts]
        for name, counts in stands.items()
        if name in marked or (sum(counts) >= _FEW and name.count(" ") < _LONG)
    }
    return _known(sequences), _known(words)


def _known(counts: Mapping[str, Sequence[int]]) -> Known:
    rows = {hashed(name): row for name, row in counts.items()}
    keys = np.array(sorted(rows), dtype=np.uint64)
    return Known(keys, np.array([rows[int(key)] for key in keys]).clip(max=2**16 - 1).astype(np.uint16))


def observed(model: str, scorer: Scorer, golds: Iterable[Extraction]) -> tuple[Reals, NDArray[np.bool_]]:
    """Every candidate of some texts with every type, ``[both, features]``, and whether span and type are gold."""
    nlp = load(model)
    runtime: Runtime = nlp.get_pipe("kg_entities").model  # type: ignore[attr-defined]
    rows, right = [], []
    for gold in golds:
        doc = nlp(gold.text)
        words, places = real_words(doc), offsets(doc)
        if not words:
            continue
        number = sentence_numbers(doc)
        tags, _ = runtime.tags(doc.user_data[VECTORS])
        spans, known = weigh(scorer, doc, words, runs([number[word] for word in words]), tags)
        truth = {mention[:3] for mention in gold.mentions}
        rows += [*known]
        right += [
            (places[words[begin]][0], places[words[end - 1]][1], kind) in truth
            for begin, end in spans
            for kind in ENTITY_TYPES
        ]
    return np.concatenate(rows or [np.zeros((0, 0))]), np.array(right, dtype=bool)


def fit(rows: Reals, right: NDArray[np.bool_], seed: int = 1) -> Layers:
    """The layers of a scorer, as ``kg.nlp.spans.Scorer`` takes them, from ``observed`` candidates."""
    torch.manual_seed(seed)
    hidden, out = nn.Linear(rows.shape[1], _HIDDEN), nn.Linear(_HIDDEN, 1)
    mean, scale = rows.mean(0), rows.std(0).clip(min=1e-3)
    begun = [mean, scale, *(one.detach().numpy() for one in (hidden.weight.T, hidden.bias, out.weight[0], out.bias))]
    return _fit(rows, right, begun, _EPOCHS, _RATE, _DECAY)


def refit(rows: Reals, right: NDArray[np.bool_], layers: Layers, seed: int = 1) -> Layers:
    """Layers that go on from those of another scorer, a little: for fewer candidates than ``fit`` needs."""
    torch.manual_seed(seed)
    return _fit(rows, right, layers, _AGAIN, _RATE_AGAIN, 0.0)


def _fit(rows: Reals, right: NDArray[np.bool_], begun: Layers, epochs: int, rate: float, decay: float) -> Layers:
    mean, scale, *weights = (torch.from_numpy(np.array(layer, dtype=np.float32)) for layer in begun)
    inputs, truth = (torch.from_numpy(rows).float() - mean) / scale, torch.from_numpy(right).float()
    hidden, constant, out, last = learning = [layer.clone().requires_grad_() for layer in weights]
    step_size = torch.optim.AdamW(learning, lr=rate, weight_decay=decay)
    steps = epochs * math.ceil(len(rows) / _BATCH)
    schedule = torch.optim.lr_scheduler.LambdaLR(step_size, lambda step: max(0.0, 1 - step / steps))
    for _ in range(epochs):
        for batch in torch.randperm(len(rows)).split(_BATCH):
            told = F.dropout(torch.tanh(inputs[batch] @ hidden + constant), _DROP) @ out + last
            step_size.zero_grad()
            F.binary_cross_entropy_with_logits(told, truth[batch]).backward()
            step_size.step()
            schedule.step()
    return [layer.detach().numpy() for layer in (mean, scale, *learning)]
