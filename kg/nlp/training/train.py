"""Gold annotations and a published encoder into the folder of a model, with its card."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from typing import Any

import torch

from kg.errors import KGError
from kg.evaluate import Annotated, Verbatim, evaluate, read_annotated
from kg.model import Extraction
from kg.nlp.extract import extract, version
from kg.nlp.features import read_tokenizer
from kg.nlp.runtime import SCORER, folder_of, runtime
from kg.nlp.runtime import card as card_of
from kg.nlp.spans import Scorer
from kg.nlp.training.calibrate import calibrate
from kg.nlp.training.data import Example, read
from kg.nlp.training.encoders import BASES, fetch
from kg.nlp.training.export import export, smooth
from kg.nlp.training.fit import Settings, device, fit
from kg.nlp.training.gold import ANNOTATIONS, joined
from kg.nlp.training.network import Network, load_encoder
from kg.nlp.training.restore import restore
from kg.nlp.training.scorer import counted, observed, refit
from kg.nlp.training.silver import label, sample

HELD_BACK = 20
"""Every twentieth abstract is not learnt from: it tells how sure the model may be."""

CALIBRATION = 64
"""Texts of the training data that tell ``smooth`` which channels are large."""

ENOUGH = 300
"""Right spans of abstracts held back from which a scorer of spans can learn."""


def train(
    name: str,
    data: Sequence[Path],
    output: Path,
    encoder: Path | None,
    settings: Settings,
    dev: Path | None,
    say: Callable[[str], None],
    *,
    start: str | None = None,
    corpus: Path | None = None,
    teacher: str = "accurate",
    silver: int = 0,
) -> dict[str, Any]:
    """Train a model and write its folder; an earlier run that was stopped goes on from its last epoch.

    Args:
        name: What the model is called; without ``encoder`` also tells what it is trained from.
        data: Files of gold annotations to learn from.
        output: Folder of the model; checkpoints and a fetched encoder lie in its folder ``training``.
        encoder: Folder with ``config.json``, ``model.safetensors`` and ``tokenizer.json`` of MPNet or BERT.
        settings: Rates, sizes and the seed.
        dev: Gold annotations to measure the full and the small model on.
        say: Takes lines of progress.
        start: A model of the package, or the folder of another, to go on from in place of the encoder alone.
        corpus: The papers that our own annotations are of, to learn from these too, but not in the last epoch: they
            are annotated a little differently from ``data``.
        teacher: The model that reads ``silver`` papers.
        silver: How many papers of ``corpus`` that nobody annotated to learn from, as the teacher reads them.

    Returns:
        The model's card, as in ``model.json``.

    Raises:
        KGError: A file cannot be read, the encoder cannot be fetched, or ``start`` is of another encoder.
    """
    begun = card_of(start) if start else {}
    if missing := next((path for path in (*data, *([dev] if dev else [])) if not path.is_file()), None):
        raise KGError(f"{missing}: no such file of gold annotations")
    workshop = output / "training"
    workshop.mkdir(parents=True, exist_ok=True)
    if corpus:
        data = [*data, workshop / ANNOTATIONS.name]
        data[-1].write_text("".join(joined(ANNOTATIONS, corpus)), encoding="utf-8")
    folder = encoder or fetch(name, workshop / "encoder")
    tokenizer = read_tokenizer(folder / "tokenizer.json")
    read_from = [(path.name, one) for path in data for one in read(path, tokenizer)]
    # What the model that this one goes on from has learnt whole tells nothing of how sure it may be.
    whole = {name for name in begun.get("data", ()) if name not in begun.get("held_back", ())}
    held: list[Extraction] = []
    early: list[Example] = []
    examples: list[Example] = []
    for k, (file, one) in enumerate(read_from):
        if k % HELD_BACK == HELD_BACK - 1 and file not in whole:
            held.append(one.gold)
        elif corpus and file == ANNOTATIONS.name:
            early.append(one)
        else:
            examples.append(one)
    skipped = {ANNOTATIONS.name} if corpus and settings.epochs == 1 else set()
    later = f" and {len(early):,} more before the last epoch" if early and not skipped else ""
    told = f"{len(examples):,} abstracts to learn from{later}, {len(held):,} held back for confidences"
    say(f"{told}, on {device().type}")
    counts = counted(one.gold for one in (*(() if skipped else early), *examples))
    if corpus and silver:
        learnt = (one.gold for one in (*early, *examples))
        annotated = [*held, *learnt, *(one.extraction for one in (_gold(dev) if dev else ()))]
        known = {gold.text for gold in annotated}
        papers = sample(corpus, silver, known)
        say(f"{len(papers):,} more abstracts, which {version(teacher)} reads")
        examples += label(papers, teacher, folder / "tokenizer.json", os.cpu_count() or 1, workshop / "silver", say)
    torch.manual_seed(settings.seed)
    network = Network(load_encoder(folder, settings.frozen))
    if start:
        restore(network, folder_of(start))
    network.to(device())
    fit(network, examples, settings, workshop, say, early)
    network.to("cpu").eval()
    card = {
        "name": name,
        "encoder": BASES[name].name if name in BASES else folder.name,
        "data": {path.name: sha256(path.read_bytes()).hexdigest() for path in data if path.name not in skipped},
        "held_back": sorted({path.name for path in data} - whole - skipped),
        "settings": asdict(settings),
        "scorer": True,
    }
    if start:
        card["start"] = {key: begun[key] for key in ("version", "data", "settings", "silver", "start") if key in begun}
    if silver:
        card["silver"] = {"papers": silver, "teacher": version(teacher)}
    # The counts are of what is learnt here. What they tell was learnt from more abstracts than are held back here.
    scored = (folder_of(model) / SCORER for model in (start or "accurate", "accurate"))
    scorer = Scorer(*counts, Scorer.load(next(path for path in scored if path.exists())).layers)
    return write(network, examples, scorer, held, folder / "tokenizer.json", card, output, dev, say)


def _gold(path: Path) -> list[Annotated]:
    with path.open(encoding="utf-8") as lines:
        return list(read_annotated(lines, path))


def write(
    network: Network,
    examples: Sequence[Example],
    scorer: Scorer,
    held: Sequence[Extraction],
    tokenizer: Path,
    card: dict[str, Any],
    output: Path,
    dev: Path | None,
    say: Callable[[str], None],
) -> dict[str, Any]:
    """Write a trained network as the folder of a model, small, with a scorer and confidences that ``held`` tells.

    Measures it beside the full one if ``dev`` is given.
    """
    windows = [one.windows[0] for one in examples[:CALIBRATION]]
    smooth(network, [(torch.tensor(w.pieces), torch.tensor(w.shapes)) for w in windows])
    export(network, output, small=True)
    shutil.copy(tokenizer, output / "tokenizer.json")
    scorer.save(output / SCORER)
    _write_card(card, output)
    rows, right = observed(str(output), scorer, held)
    if right.sum() >= ENOUGH:
        scorer = Scorer(scorer.sequences, scorer.words, refit(rows, right, scorer.layers))
        scorer.save(output / SCORER)
        _write_card(card, output)
    card |= {"confidence": {name: list(weights) for name, weights in asdict(calibrate(output, held)).items()}}
    if dev:
        _write_card(card, output)
        full = output / "training" / "full"
        export(network, full, small=False)
        for file in ("tokenizer.json", SCORER):
            shutil.copy(output / file, full / file)
        _write_card(card, full)
        measures = {"full": measure(full, dev), "small": measure(output, dev)}
        for size, f1 in measures.items():
            say(f"{size + ':':<6} " + ", ".join(f"{name} {of:.1f}" for name, of in f1.items()))
        card |= {"dev": dev.name, "f1": measures}
    return _write_card(card, output)


def _write_card(card: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Write the card of a model with the version of its files, and forget what was loaded of the folder before."""
    digest = sha256()
    for path in sorted((*folder.glob("*.onnx"), *folder.glob("*.bin"), folder / SCORER, folder / "tokenizer.json")):
        digest.update(path.read_bytes())
    # The version is the weights themselves: whoever changes them has other extractions, whatever the name says. Other
    # confidences are other readings too.
    digest.update(repr(card.get("confidence")).encode())
    card = {"name": card["name"], "version": digest.hexdigest()[:8], **card}
    (folder / "model.json").write_text(json.dumps(card, indent=2) + "\n", encoding="utf-8")
    runtime.cache_clear()
    return card


def measure(model: Path, gold: Path) -> dict[str, float]:
    """F1 in percent by measure of the model in a folder, on a file of gold annotations."""
    right = _gold(gold)
    papers = [Verbatim.of(one.extraction) for one in right]
    said = extract(papers, str(model), os.cpu_count() or 1)
    return {name: round(score.f1, 2) for name, score in evaluate(right, said).measures.items()}
