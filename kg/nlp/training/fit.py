"""Examples into a trained network: bf16 on the processor or a GPU, resumable, the same from the same seed."""

from __future__ import annotations

import math
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from kg.errors import KGError
from kg.nlp.labels import ALLOWED, KINDS
from kg.nlp.training.data import Example
from kg.nlp.training.network import Network


@dataclass(frozen=True, slots=True)
class Settings:
    """What a training run is told.

    ``precision`` is float32 or bfloat16; ``quicker`` tells which is faster.
    """

    epochs: int = 6
    batch: int = 8
    encoder_rate: float = 6e-5
    head_rate: float = 1e-3
    decay: float = 0.01
    warm_up: float = 0.1
    most_pairs: int = 1000
    precision: str = "bfloat16"
    frozen: int = 4
    seed: int = 1


def device() -> torch.device:
    """What training runs on: a GPU if there is one."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def quicker() -> str:
    """The precision in which matrices of the usual size are multiplied faster.

    It is measured, since no processor says: one that multiplies in bfloat16 (AVX-512 BF16, AMX) is twice as fast with
    it, one that does not 25 times as slow.
    """

    def seconds(precision: torch.dtype) -> float:
        x, matrix = (torch.ones(shape, dtype=precision, device=device()) for shape in ((512, 384), (384, 1536)))
        taken = []
        for _ in range(3):
            began = time.perf_counter()
            (x @ matrix).sum().item()
            taken.append(time.perf_counter() - began)
        return min(taken)

    return "bfloat16" if seconds(torch.bfloat16) < seconds(torch.float32) else "float32"


class Inputs:
    """Windows of examples with the outputs of the frozen layers, which every epoch needs again."""

    def __init__(self, network: Network, examples: Sequence[Example], device: torch.device) -> None:
        """Run the frozen layers once; half precision keeps 1,800 abstracts in 0.7 GB."""
        self.encoder, self.device = network.encoder, device
        self.lower: dict[int, Tensor] = {}
        network.eval()
        with torch.no_grad():
            for one in examples:
                for window in one.windows:
                    pieces = torch.tensor([window.pieces], device=device)
                    bias = self.encoder.attention_bias(len(window.pieces), None)
                    self.lower[id(window)] = self.encoder.lower(pieces, bias)[0].half()

    def vectors(self, examples: Sequence[Example], precision: str) -> list[Tensor]:
        """Vectors of the words of each example, ``[words, 2 * width]``: its first piece's beside its last piece's."""
        flat = [window for one in examples for window in one.windows]
        lower = nn.utils.rnn.pad_sequence([self.lower[id(window)] for window in flat], batch_first=True).float()
        longest = lower.shape[1]
        shapes, mask = (
            torch.tensor([row + [0] * (longest - len(row)) for row in rows], device=self.device)
            for rows in ([w.shapes for w in flat], [[1] * len(w.pieces) for w in flat])
        )
        with torch.autocast(self.device.type, dtype=torch.bfloat16, enabled=precision == "bfloat16"):
            hidden = self.encoder.upper(lower, shapes, self.encoder.attention_bias(longest, mask)).float()
        joined, k = [], 0
        for one in examples:
            kept = []
            for w in one.windows:
                own = slice(w.keep_begin - w.begin, w.keep_end - w.begin)
                first, last = (torch.tensor(places[own], device=self.device) for places in (w.first, w.last))
                kept.append(torch.cat([hidden[k, first], hidden[k, last]], 1))
                k += 1
            joined.append(torch.cat(kept))
        return joined


def losses(network: Network, inputs: Inputs, examples: Sequence[Example], settings: Settings) -> dict[str, Tensor]:
    """Cross entropies of mention tags, value tags, pairs and contributions."""
    vectors, device = inputs.vectors(examples, settings.precision), inputs.device
    words = torch.cat(vectors)
    tags, value_tags = network.tagger(words)
    gold, value_gold = (
        torch.from_numpy(np.concatenate(rows)).to(device)
        for rows in ([one.tags for one in examples], [one.value_tags for one in examples])
    )
    found = {"mentions": F.cross_entropy(tags, gold), "values": F.cross_entropy(value_tags, value_gold)}

    base = 0
    pairs: list[Tensor] = []
    labels: list[Tensor] = []
    spans: list[list[int]] = []
    groups: list[int] = []
    proposed: list[float] = []
    for one, own in zip(examples, vectors, strict=True):
        shift = torch.tensor([base, base, 0, base, base, 0, 0, 0])
        if one.pairs:
            pairs.append(torch.tensor(one.pairs) + shift)
            labels.append(torch.from_numpy(one.pair_labels))
        spans += [[base + begin, base + end - 1, KINDS.index(kind)] for begin, end, kind in one.spans]
        groups += [len(proposed) + group for group in one.groups]
        proposed += one.proposed.tolist()
        base += len(own)
    if pairs:
        every, label = torch.cat(pairs), torch.cat(labels)
        if len(every) > settings.most_pairs:
            chosen = torch.randperm(len(every))[: settings.most_pairs].sort().values
            every, label = every[chosen], label[chosen]
        allowed = torch.from_numpy(ALLOWED)[every[:, 2], every[:, 5]]
        # A label that the gold data has against the schema would cost an infinite loss; there the pair teaches nothing.
        fits = (label * allowed).sum(1) > 0
        logits = network.pairs(words, every[fits].to(device)).masked_fill(~allowed[fits].to(device), -1e4)
        found["pairs"] = F.cross_entropy(logits, label[fits].to(device))
    if spans:
        logits = network.proposer(words, torch.tensor(spans, device=device))
        group = torch.tensor(groups, device=device)
        total = torch.zeros(len(proposed), device=device).index_add(0, group, logits)
        count = torch.zeros(len(proposed), device=device).index_add(0, group, torch.ones_like(logits))
        truth = torch.tensor(proposed, device=device)
        found["contributions"] = F.binary_cross_entropy_with_logits(total / count, truth)
    return found


def batches(examples: Sequence[Example], size: int, order: random.Random) -> Iterator[list[Example]]:
    """All examples once, in random batches of similar length, so that little is padded."""
    index = list(range(len(examples)))
    order.shuffle(index)
    made = []
    for k in range(0, len(index), size * 10):
        block = sorted(index[k : k + size * 10], key=lambda i: len(examples[i].windows[0].pieces))
        made += [block[j : j + size] for j in range(0, len(block), size)]
    order.shuffle(made)
    return ([examples[i] for i in batch] for batch in made)


def optimizer(network: Network, settings: Settings) -> torch.optim.AdamW:
    """AdamW with a slow rate for the upper layers of the encoder and a quick one for the heads."""
    network.encoder.requires_grad_(False)
    for parameter in network.encoder.trained():
        parameter.requires_grad_(True)
    groups = []
    for name, parameter in network.named_parameters():
        if parameter.requires_grad:
            slow = name.startswith("encoder.")
            rate = settings.encoder_rate if slow else settings.head_rate
            decay = settings.decay if parameter.ndim > 1 else 0.0
            groups.append({"params": [parameter], "lr": rate, "weight_decay": decay})
    return torch.optim.AdamW(groups, fused=True)


def fit(
    network: Network,
    examples: Sequence[Example],
    settings: Settings,
    folder: Path,
    say: Callable[[str], None],
    early: Sequence[Example] = (),
) -> None:
    """Train in place. Each epoch leaves a checkpoint in ``folder``, and a later call goes on from it.

    Args:
        network: The network, on the device to train on.
        examples: The training data.
        settings: Rates, sizes and the seed.
        folder: Where ``checkpoint.pt`` is kept; it counts for equal settings only.
        say: Takes lines of progress.
        early: More training data, which the last epoch leaves out.

    Raises:
        KGError: The checkpoint is of a run with other settings.
    """
    device = next(network.parameters()).device
    torch.manual_seed(settings.seed)
    order = random.Random(settings.seed)
    step_size = optimizer(network, settings)
    learnt = [[*early, *examples] if epoch + 1 < settings.epochs else examples for epoch in range(settings.epochs)]
    steps_of = [math.ceil(len(some) / settings.batch) for some in learnt]
    steps = sum(steps_of)
    warm = max(1, round(settings.warm_up * steps))
    schedule = torch.optim.lr_scheduler.LambdaLR(
        step_size, lambda step: min((step + 1) / warm, max(0.0, (steps - step) / (steps - warm + 1)))
    )
    checkpoint, done = folder / "checkpoint.pt", 0
    if checkpoint.exists():
        saved = torch.load(checkpoint, map_location=device, weights_only=True)
        if saved["settings"] != asdict(settings):
            raise KGError(f"{checkpoint} is of a run with other settings: give another folder, or remove it")
        done = saved["epoch"]
        network.load_state_dict(saved["network"])
        step_size.load_state_dict(saved["optimizer"])
        schedule.load_state_dict(saved["schedule"])
        say(f"going on after epoch {done}")
    if done == settings.epochs:
        return
    learning = [parameter for parameter in network.parameters() if parameter.requires_grad]
    inputs = Inputs(network, [*early, *examples], device)
    say("the frozen layers are done")
    for epoch in range(settings.epochs):
        passes = batches(learnt[epoch], settings.batch, order)
        if epoch < done:
            continue
        torch.manual_seed(settings.seed * 1000 + epoch)
        network.train()
        began, sums = time.monotonic(), Counter[str]()
        for k, batch in enumerate(passes):
            found = losses(network, inputs, batch, settings)
            torch.stack([*found.values()]).sum().backward()
            nn.utils.clip_grad_norm_(learning, 1.0)
            step_size.step()
            schedule.step()
            step_size.zero_grad()
            sums.update({name: loss.item() for name, loss in found.items()})
            if k % 20 == 19:
                rate = (k + 1) / (time.monotonic() - began)
                say(
                    f"epoch {epoch + 1}/{settings.epochs} step {k + 1}/{steps_of[epoch]} {rate:.2f}/s "
                    f"left {(sum(steps_of[epoch:]) - k) / rate / 60:.0f} min "
                    "losses: " + ", ".join(f"{name} {total / (k + 1):.4f}" for name, total in sums.items())
                )
        folder.mkdir(parents=True, exist_ok=True)
        state = {"epoch": epoch + 1, "settings": asdict(settings), "network": network.state_dict()}
        state |= {"optimizer": step_size.state_dict(), "schedule": schedule.state_dict()}
        torch.save(state, checkpoint.with_suffix(".new"))
        checkpoint.with_suffix(".new").replace(checkpoint)
        say(f"epoch {epoch + 1}/{settings.epochs} is done and kept in {checkpoint}")
