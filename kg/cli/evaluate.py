"""``kg evaluate``: how much of what was read is right."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from kg.cli import options
from kg.cli.console import progress, say
from kg.errors import InputError

if TYPE_CHECKING:
    from kg.evaluate import Annotated, Score, Table
    from kg.model import Extraction


@click.command("evaluate", short_help="Score extractions against gold annotations.")
@click.argument("gold", type=click.Path(allow_dash=True))
@click.argument("predicted", required=False, type=click.Path(allow_dash=True))
@click.option(
    "--pairs", type=click.Path(allow_dash=True), help="Judge instead which names of GOLD are one thing, on these pairs."
)
@click.option("--types", metavar="A,B", help="Entity types to look at; all four if not given.")
@options.model
@options.workers
@options.as_json
def command(
    gold: str, predicted: str | None, pairs: str | None, types: str | None, model: str, workers: int, as_json: bool
) -> None:
    """Score PREDICTED, as `kg extract` writes it, against GOLD; without PREDICTED, read the texts of GOLD with --model.

    Figures are precision, recall and F1 in percent over all documents: mention (span and type), span, entity (distinct
    name and type of a paper), relation (spans and relation type), relation+ (types of the ends too), triple (distinct
    names and relation), proposes, result (sentence and value). Then the scores: how much is right (mention; relation+)
    of what was said with which score, and of the edges (triple) of the graph that it makes.

    With --pairs, resolve the mentions of GOLD and score "these two names are one thing": all, and by category.

    \b
      kg evaluate abstracts-dev.jsonl extractions.jsonl
      kg evaluate abstracts-dev.jsonl --model accurate --json
      cat abstracts-*.jsonl | kg evaluate - --pairs resolution-dev.jsonl
    """
    from kg.evaluate import Annotated, Bin, evaluate
    from kg.schema import ENTITY_TYPES

    kept = ENTITY_TYPES if types is None else tuple(types.split(","))
    if unknown := [name for name in kept if name not in ENTITY_TYPES]:
        raise click.BadParameter(f"no type {unknown[0]!r}: there are {', '.join(ENTITY_TYPES)}", param_hint="--types")
    if gold == predicted == "-":
        raise click.UsageError("standard input can be GOLD or PREDICTED, not both")
    if pairs is not None:
        if predicted is not None or types is not None or gold == pairs:
            raise click.UsageError("--pairs takes GOLD from another source, and neither PREDICTED nor --types")
        _judge(gold, pairs, as_json)
        return
    right = list(_read(gold))
    began = time.perf_counter()
    said = list(_read(predicted)) if predicted else [Annotated(one) for one in _extracted(right, model, workers)]
    seconds = time.perf_counter() - began
    table = evaluate(right, said, kept)
    if "relation" in table.reliability and types is None:
        try:
            table.reliability["edge"] = Bin.table(_edges(right, said))
        except InputError as odd:  # what makes no graph can be scored all the same
            say(f"Note: no edges: {odd}")
    for warning in table.warnings:
        say(f"Note: {warning}")
    record = table.to_record()
    if predicted is None:
        words = sum(len(one.extraction.text.split()) for one in right)
        record["speed"] = {"words": words, "seconds": round(seconds, 3), "workers": workers}
        if not as_json:
            say(f"Read {words:,} words in {seconds:.1f} s, {words / seconds:,.0f} a second, the start included.")
    click.echo(json.dumps(record) if as_json else _text(table), nl=as_json)


def _judge(gold: str, pairs: str, as_json: bool) -> None:
    from kg.resolve.judged import judge_pairs, read_pairs

    with _lines(pairs) as (lines, name):
        asked = list(read_pairs(lines, name))
    scores, wrong = judge_pairs(asked, [one.extraction for one in _read(gold)])
    if as_json:
        rows = {row: score._asdict() for row, score in scores.items()}
        click.echo(json.dumps({"same": rows, "wrong": [pair._asdict() for pair in wrong]}, ensure_ascii=False))
        return
    click.echo("\n".join(_table("same", scores)))
    for pair in wrong:
        ends = " and ".join(f"{place.text!r} ({place.type}, {place.paper})" for place in pair[:2])
        say(f"{'one thing, told apart' if pair.same else 'two things, made one'}: {ends}")


def _edges(right: list[Annotated], said: list[Annotated]) -> list[tuple[float, bool]]:
    """Edges of the graph that the predictions of gold documents make, judged."""
    from kg.assemble.judged import judge_edges

    gold = {one.extraction.id: one.extraction for one in right}
    return judge_edges(gold.values(), (one.extraction for one in said if one.extraction.id in gold))


def _read(path: str) -> Iterator[Annotated]:
    from kg.evaluate import read_annotated

    with _lines(path) as (lines, name):
        yield from read_annotated(lines, name)


@contextmanager
def _lines(path: str) -> Iterator[tuple[Iterator[str], str]]:
    """The lines of a file or of standard input, and what to call it."""
    from kg.readers.problems import Problems
    from kg.readers.source import open_source

    source = open_source(path)
    with source.stream:
        yield (line for _, line in source.lines(Problems(strict=True))), source.name


def _extracted(gold: list[Annotated], model: str, workers: int) -> Iterator[Extraction]:
    from kg.evaluate import Verbatim
    from kg.nlp.extract import extract

    papers = [Verbatim.of(one.extraction) for one in gold]
    yield from progress(extract(papers, model, workers), len(papers))


def _table(what: str, scores: dict[str, Score]) -> list[str]:
    lines = [f"{what:<16}{'P':>7}{'R':>7}{'F1':>7}{'gold':>8}{'said':>8}{'hit':>8}"]
    for name, score in scores.items():
        figures = "".join(f"{figure:>7.1f}" for figure in score[:3]) + "".join(f"{n:>8,}" for n in score[3:])
        lines.append(f"{name:<16}{figures}")
    return lines


def _text(table: Table) -> str:
    from kg.evaluate import Bin

    lines = []
    parts: tuple[tuple[str, dict[str, Score]], ...] = (
        ("", table.measures), ("mention", table.mentions), ("relation", table.relations)
    )  # fmt: skip
    for what, scores in parts:
        lines += [*_table(what, scores), ""]
    for what, bins in table.reliability.items():
        lines.append(f"{what + ' score':<16}{'mean':>7}{'right':>7}{'':>15}{'said':>8}")
        for one in bins:
            tenth = f"up to {min(10, int(one.score / 10) + 1) / 10:.1f}"
            lines.append(f"{tenth:<16}{one.score:>7.1f}{one.right:>7.1f}{one.said:>23,}")
        lines += [f"{'error':<16}{Bin.error(bins):>7.1f}", ""]
    return "\n".join(lines)
