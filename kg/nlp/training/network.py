"""Numbers of one or several abstracts into scores of tags, relations, contributions and results, in PyTorch.

The encoder is MPNet (Song et al., 2020) or BERT (Devlin et al., 2019), written out plainly so that it exports to ONNX
node by node; its parameters keep the names of the published checkpoints.
"""

from __future__ import annotations

import json
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from kg.nlp.features import DISTANCES, MAX_PIECES, SHAPES
from kg.nlp.labels import KINDS, PAIR_LABELS, TAGS, VALUE_TAGS

PLACES = MAX_PIECES + 2


def position_buckets(count: int, buckets: int = 32, furthest: int = 128) -> Tensor:
    """MPNet's (and T5's) buckets of relative positions, ``[count, count]``: exact near, logarithmic far."""
    place = torch.arange(count)
    distance = place[None, :] - place[:, None]
    half = buckets // 2
    exact = half // 2
    far = distance.abs().clamp(min=1)
    scaled = exact + (torch.log(far / exact) / torch.log(torch.tensor(furthest / exact)) * (half - exact)).long()
    bucket = torch.where(distance.abs() < exact, distance.abs(), scaled.clamp(max=half - 1))
    return bucket + torch.where(distance > 0, half, 0)


class Layer(nn.Module):
    """One transformer layer, normalised after each half; ``ease`` is what ``export.smooth`` takes out of ``down``."""

    ease: Tensor

    def __init__(self, width: int, heads: int, inner: int, eps: float) -> None:
        super().__init__()
        self.heads = heads
        self.q, self.k, self.v, self.o = (nn.Linear(width, width) for _ in range(4))
        self.norm1, self.norm2 = nn.LayerNorm(width, eps=eps), nn.LayerNorm(width, eps=eps)
        self.up, self.down = nn.Linear(width, inner), nn.Linear(inner, width)
        self.register_buffer("ease", torch.ones(inner))
        self.drop = nn.Dropout(0.1)

    def forward(self, x: Tensor, bias: Tensor | None) -> Tensor:
        """``x`` ``[batch, pieces, width]`` into the same shape."""
        batch, length, width = x.shape
        q, k, v = (m(x).view(batch, length, self.heads, -1).transpose(1, 2) for m in (self.q, self.k, self.v))
        mixed = F.scaled_dot_product_attention(q, k, v, attn_mask=bias).transpose(1, 2).reshape(batch, length, width)
        x = self.norm1(self.drop(self.o(mixed)) + x)
        return self.norm2(self.drop(self.down(F.gelu(self.up(x)) * self.ease)) + x)


class Encoder(nn.Module):
    """Word pieces and shapes into vectors ``[batch, pieces, width]``.

    The ``frozen`` lower layers stay as published, so that training computes them once an abstract and not once an
    epoch; word shapes, which only training gives a meaning, therefore join above them.
    """

    buckets: Tensor

    def __init__(self, config: dict[str, int | str], frozen: int) -> None:
        super().__init__()
        width, heads = int(config["hidden_size"]), int(config["num_attention_heads"])
        self.width, self.heads, self.frozen = width, heads, frozen
        self.relative = config["model_type"] == "mpnet"
        self.offset = 2 if self.relative else 0
        self.words = nn.Embedding(int(config["vocab_size"]), width)
        self.places = nn.Embedding(int(config["max_position_embeddings"]), width)
        self.shapes = nn.Embedding(SHAPES, width)
        nn.init.zeros_(self.shapes.weight)
        eps = float(config["layer_norm_eps"])
        self.norm = nn.LayerNorm(width, eps=eps)
        inner, count = int(config["intermediate_size"]), int(config["num_hidden_layers"])
        self.layers = nn.ModuleList(Layer(width, heads, inner, eps) for _ in range(count))
        if self.relative:
            self.bias = nn.Embedding(32, heads)
            self.register_buffer("buckets", position_buckets(PLACES), persistent=False)

    def trained(self) -> list[nn.Parameter]:
        """The parameters that training changes."""
        return [*self.shapes.parameters(), *self.layers[self.frozen :].parameters()]

    def attention_bias(self, length: int, mask: Tensor | None) -> Tensor | None:
        """What is added to attention scores, ``[batch or 1, heads or 1, length or 1, length]``; None if nothing is."""
        bias = self.bias(self.buckets[:length, :length]).permute(2, 0, 1)[None] if self.relative else None
        if mask is None:
            return bias
        filled = (1.0 - mask.to(self.norm.weight.dtype))[:, None, None, :] * -1e4
        return filled if bias is None else bias + filled

    def lower(self, pieces: Tensor, bias: Tensor | None) -> Tensor:
        """The frozen layers."""
        x = self.norm(self.words(pieces) + self.places.weight[self.offset : self.offset + pieces.shape[1]])
        for layer in self.layers[: self.frozen]:
            x = layer(x, bias)
        return x

    def upper(self, x: Tensor, shapes: Tensor, bias: Tensor | None) -> Tensor:
        """The trained layers."""
        x = x + self.shapes(shapes)
        for layer in self.layers[self.frozen :]:
            x = layer(x, bias)
        return x

    def forward(self, pieces: Tensor, shapes: Tensor, mask: Tensor | None = None) -> Tensor:
        """All layers; ``mask`` is 0 where a row was filled up."""
        bias = self.attention_bias(pieces.shape[1], mask)
        return self.upper(self.lower(pieces, bias), shapes, bias)


def load_encoder(folder: Path, frozen: int = 4) -> Encoder:
    """The encoder of a published checkpoint (``config.json``, ``model.safetensors``) with so many layers frozen."""
    from safetensors.torch import load_file

    config = json.loads((folder / "config.json").read_text())
    encoder = Encoder(config, frozen)
    published = load_file(folder / "model.safetensors")
    mpnet = encoder.relative
    attention = (
        {"q": "attention.attn.q", "k": "attention.attn.k", "v": "attention.attn.v", "o": "attention.attn.o"}
        | {"norm1": "attention.LayerNorm"}
        if mpnet
        else {"q": "attention.self.query", "k": "attention.self.key", "v": "attention.self.value"}
        | {"o": "attention.output.dense", "norm1": "attention.output.LayerNorm"}
    )
    inside = attention | {"up": "intermediate.dense", "down": "output.dense", "norm2": "output.LayerNorm"}
    names = {"words": "embeddings.word_embeddings", "places": "embeddings.position_embeddings"}
    names |= {"norm": "embeddings.LayerNorm", "bias": "encoder.relative_attention_bias"}
    for k in range(len(encoder.layers)):
        names |= {f"layers.{k}.{ours}": f"encoder.layer.{k}.{theirs}" for ours, theirs in inside.items()}
    state = encoder.state_dict()
    for ours in state:
        module, _, parameter = ours.rpartition(".")
        if module in names:
            state[ours] = published[f"{names[module]}.{parameter}"]
    if not mpnet:
        state["places.weight"] = state["places.weight"] + published["embeddings.token_type_embeddings.weight"][0]
    encoder.load_state_dict(state)
    return encoder


def range_maximum(x: Tensor, begin: Tensor, end: Tensor, levels: int = 9) -> Tensor:
    """The maximum of rows ``begin`` to ``end`` (exclusive) of ``x`` ``[rows, width]`` for each pair; zeros where empty.

    A sparse table: two overlapping powers of two cover every range, so the cost does not grow with its length.
    Ranges of 2 ** levels rows or more are read at their two ends only.
    """
    table = [x]
    for doubling in range(levels - 1):
        step = 2**doubling
        row = torch.arange(x.shape[0], device=x.device)
        table.append(torch.maximum(table[-1], table[-1][torch.clamp(row + step, max=x.shape[0] - 1)]))
    stacked = torch.stack(table)
    length = (end - begin).clamp(min=1)
    level = torch.log2(length.float() + 0.5).floor().long().clamp(max=levels - 1)
    top = x.shape[0] - 1
    left = stacked[level, begin.clamp(0, top)]
    right = stacked[level, torch.maximum(end - 2**level, begin).clamp(0, top)]
    return torch.where((end > begin)[:, None], torch.maximum(left, right), torch.zeros_like(left))


class Tagger(nn.Module):
    """Vectors of words ``[words, 2 * width]`` into logits of mention tags and of value tags."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.drop = nn.Dropout(0.15)
        self.mentions, self.values = nn.Linear(2 * width, len(TAGS)), nn.Linear(2 * width, len(VALUE_TAGS))

    def forward(self, words: Tensor) -> tuple[Tensor, Tensor]:
        """``[words, TAGS]`` and ``[words, VALUE_TAGS]``."""
        words = self.drop(words)
        return self.mentions(words), self.values(words)


class Pairs(nn.Module):
    """Pairs of spans into logits of what joins them; spans of kind Value are numbers, the others mentions."""

    def __init__(self, width: int, inner: int = 256) -> None:
        super().__init__()
        self.width, self.drop = width, nn.Dropout(0.15)
        self.kind, self.distance = nn.Embedding(len(KINDS), 32), nn.Embedding(DISTANCES + 2, 16)
        self.head, self.tail = nn.Linear(2 * width + 32, inner), nn.Linear(2 * width + 32, inner)
        self.between = nn.Linear(2 * width, inner)
        self.join, self.out = nn.Linear(4 * inner + 32, inner), nn.Linear(inner, len(PAIR_LABELS))

    def span(self, words: Tensor, begin: Tensor, last: Tensor, kind: Tensor) -> Tensor:
        """A span as the first piece of its first word, the last piece of its last word, and its kind."""
        return torch.cat([words[begin, : self.width], words[last, self.width :], self.kind(kind)], 1)

    def forward(self, words: Tensor, pairs: Tensor) -> Tensor:
        """``pairs`` ``[pairs, 8]``: first word, last word and kind of head and of tail, distance bucket, head first."""
        hb, hl, hk, tb, tl, tk, distance, before = pairs.unbind(1)
        head = F.gelu(self.head(self.drop(self.span(words, hb, hl, hk))))
        tail = F.gelu(self.tail(self.drop(self.span(words, tb, tl, tk))))
        middle = range_maximum(self.between(words), torch.minimum(hl, tl) + 1, torch.maximum(hb, tb))
        place = torch.cat([self.distance(distance), self.distance(before + DISTANCES)], 1)
        joined = torch.cat([head, tail, head * tail, middle, place], 1)
        return self.out(self.drop(F.gelu(self.join(self.drop(joined)))))


class Proposer(nn.Module):
    """Mentions into one logit each: whether the paper itself introduces what is named."""

    def __init__(self, width: int, inner: int = 256) -> None:
        super().__init__()
        self.width, self.drop = width, nn.Dropout(0.15)
        self.kind = nn.Embedding(len(KINDS), 32)
        self.inner, self.out = nn.Linear(2 * width + 32, inner), nn.Linear(inner, 1)

    def forward(self, words: Tensor, spans: Tensor) -> Tensor:
        """``spans`` ``[mentions, 3]``: first word, last word, kind."""
        begin, last, kind = spans.unbind(1)
        x = torch.cat([words[begin, : self.width], words[last, self.width :], self.kind(kind)], 1)
        return self.out(self.drop(F.gelu(self.inner(self.drop(x)))))[:, 0]


class Network(nn.Module):
    """The encoder and its heads."""

    def __init__(self, encoder: Encoder) -> None:
        super().__init__()
        width = encoder.width
        self.encoder, self.tagger = encoder, Tagger(width)
        self.pairs, self.proposer = Pairs(width), Proposer(width)
