"""``kg trends``: papers a year that name a thing, rising and falling."""

from __future__ import annotations

import click

from kg.cli import options
from kg.cli.console import say
from kg.cli.rows import FORMATS, printed
from kg.schema import ENTITY_TYPES


@click.command("trends", short_help="What rises and what falls, by year.")
@options.graph_file
@click.option("--type", "label", type=click.Choice(ENTITY_TYPES), default="Method", show_default=True)
@click.option("--late", type=click.IntRange(1), default=3, show_default=True, help="Last years that are compared.")
@click.option("--least", type=click.IntRange(1), default=5, show_default=True, help="Papers that must name a thing.")
@click.option("--limit", type=click.IntRange(1), default=15, show_default=True, help="Rows each way.")
@click.option("--format", "format_", type=click.Choice(FORMATS), default="table", show_default=True)
def command(graph: str, label: str, late: int, least: int, limit: int, format_: str) -> None:
    """Print what more, and what fewer, papers name in the last years than before, with papers a year.

    Compared are shares of all papers, so that more papers a year are no rise. `change` is the late count over the one
    that the early share makes expected, `surprise` how many standard deviations lie between; rows are sorted by it.

    \b
      kg trends my.kg --type Task
    """
    from kg.stores.engine import Rows
    from kg.stores.graph_file import GraphFile
    from kg.stores.trends import trends

    with GraphFile.open(graph) as file:
        file.need_graph()
        totals, found = trends(file, label, late, least)
    rising = [one for one in found if one.surprise > 0][:limit]
    falling = [one for one in found if one.surprise < 0][::-1][:limit]
    columns = ("name", "trend", "change", "surprise", *map(str, totals))
    rows = [
        (one.name, trend, one.change, one.surprise, *(one.papers.get(year, 0) for year in totals))
        for trend, some in (("rising", rising), ("falling", falling))
        for one in some
    ]
    click.echo(printed(Rows(columns, rows), format_), nl=False)
    if len(totals) < 2:
        say("Nothing can rise or fall: the papers are of one year, or have no year")
