"""``kg leaderboard``: what was reported for a task, on a data set, in a metric."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from kg.cli import options
from kg.cli.console import say
from kg.cli.rows import FORMATS, printed
from kg.errors import KGError

if TYPE_CHECKING:
    from kg.stores.graph_file import GraphFile


@click.command("leaderboard", short_help="Results for a task or on a dataset.")
@options.graph_file
@click.option("--task", metavar="NAME", help="Only results for this task.")
@click.option("--dataset", metavar="NAME", help="Only results on this data set.")
@click.option("--metric", metavar="NAME", help="Only results in this metric.")
@click.option("--method", metavar="NAME", help="Only results of this method.")
@click.option("--history", "as_history", is_flag=True, help="Only results that were the best when they came, by year.")
@click.option("--format", "format_", type=click.Choice(FORMATS), default="table", show_default=True)
def command(
    graph: str,
    task: str | None,
    dataset: str | None,
    metric: str | None,
    method: str | None,
    as_history: bool,
    format_: str,
) -> None:
    """Print the results that papers report, with value, method, paper, year and sentence; best first on each board.

    A name may be any spelling or id. What a sentence leaves open is empty here. Without a task, data set, metric or
    method, print the boards that there are.

    \b
      kg leaderboard my.kg
      kg leaderboard my.kg --task "image classification" --dataset ImageNet
      kg leaderboard my.kg --dataset ImageNet --metric accuracy --history --format csv
    """
    from kg.stores.boards import Reported, boards, history, reported
    from kg.stores.engine import Rows
    from kg.stores.graph_file import GraphFile

    asked = {"Task": task, "Dataset": dataset, "Metric": metric, "Method": method}
    with GraphFile.open(graph) as file:
        file.need_graph()
        wanted = {label: _entity(file, label, name) for label, name in asked.items() if name is not None}
        rows = reported(file, wanted)
    if not wanted and not as_history:
        answer = Rows(("task", "dataset", "metric", "results"), [tuple(row) for row in boards(rows)])
    else:
        answer = Rows(Reported._fields, [tuple(row) for row in (history(rows) if as_history else rows)])
    click.echo(printed(answer, format_), nl=False)
    if not answer.rows:
        say("No result is joined to all of these: give fewer of them")


def _entity(file: GraphFile, label: str, name: str) -> str:
    from kg.stores.suggest import meant, suggest

    if found := [id_ for id_ in file.find(name) if id_.startswith(f"{label.lower()}:")]:
        return found[0]
    advice = meant(suggest(file, name, label=label), "`kg leaderboard` alone shows what there is")
    raise KGError(f"{file.path}: no {label.lower()} is called {name!r}: {advice}")
