"""``kg train``: gold annotations into a model."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from kg.cli.console import say
from kg.errors import KGError


@click.command("train", short_help="Train a model from gold annotations (needs kg[train]).")
@click.argument("name", default="accurate")
@click.option("--data", required=True, multiple=True, type=click.Path(), help="Gold annotations to learn from.")
@click.option(
    "--corpus", type=click.Path(), help="Learn from kg's own annotations too, which are of papers in this file."
)
@click.option(
    "--silver", type=click.IntRange(0), default=0, metavar="N", help="Learn from N more papers of --corpus..."
)
@click.option("--teacher", default="accurate", show_default=True, help="...as this model reads them.")
@click.option(
    "--start", metavar="MODEL", help="Go on from this model, at half the rates, in place of from the encoder alone."
)
@click.option("--dev", type=click.Path(), help="Gold annotations to measure the model on; none of them is learnt from.")
@click.option("-o", "--output", required=True, type=click.Path(), help="Folder of the model; holds checkpoints too.")
@click.option("--encoder", type=click.Path(), help="Folder of the base encoder; fetched with pip if not given.")
@click.option("--epochs", type=click.IntRange(1), default=6, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True)
@click.option(
    "--precision",
    type=click.Choice(["auto", "bfloat16", "float32"]),
    default="auto",
    show_default=True,
    help="auto is what this processor multiplies faster.",
)
def command(
    name: str,
    data: tuple[str, ...],
    corpus: str | None,
    silver: int,
    teacher: str,
    start: str | None,
    dev: str | None,
    output: str,
    encoder: str | None,
    epochs: int,
    seed: int,
    precision: str,
) -> None:
    """Train the model NAME (accurate, on MPNet base, or fast, on MiniLM) and write it to a folder that --model takes.

    Each epoch leaves a checkpoint, and the same command goes on from it. On two cores that multiply in bfloat16
    (AVX-512 BF16, AMX) it takes about 90 minutes, on others four times as long.

    \b
      kg train accurate --data ../shared/data/abstracts-train.jsonl --dev ../shared/data/abstracts-dev.jsonl -o model/
    """
    try:
        from kg.nlp.training.encoders import BASES
        from kg.nlp.training.fit import Settings, quicker
        from kg.nlp.training.train import train
    except ImportError as missing:
        raise KGError(f"training needs the package {missing.name}: pip install 'kg[train]'") from None
    if silver and not corpus:
        raise click.UsageError("--silver needs the papers of --corpus")
    precision = quicker() if precision == "auto" else precision
    settings = Settings(epochs=epochs, seed=seed, precision=precision, frozen=0)
    if base := BASES.get(name):
        settings = replace(settings, frozen=base.frozen, encoder_rate=base.encoder_rate)
    if start:
        settings = replace(settings, encoder_rate=settings.encoder_rate / 2, head_rate=settings.head_rate / 2)
    folder, papers = Path(encoder) if encoder else None, Path(corpus) if corpus else None
    gold = [Path(one) for one in data]
    train(
        name,
        gold,
        Path(output),
        folder,
        settings,
        Path(dev) if dev else None,
        say,
        start=start,
        corpus=papers,
        teacher=teacher,
        silver=silver,
    )
    say(f"Next: kg build papers.jsonl -o my.kg --model {output}")
