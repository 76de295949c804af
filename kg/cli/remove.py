"""``kg remove``: papers out of a graph file."""

from __future__ import annotations

import sys

import click

from kg.cli import options
from kg.cli.console import counted, say


@click.command("remove", short_help="Take papers out of a graph file.")
@options.graph_file
@click.argument("ids", nargs=-1, required=True)
@click.pass_context
def command(ctx: click.Context, graph: str, ids: tuple[str, ...]) -> None:
    """Take the papers with these IDS out of a graph file; - reads ids from standard input, one a line.

    The graph is then the one that a build from the other papers makes.

    \b
      kg remove my.kg 1234 1235
    """
    from kg.cli.reading import SKIPPED
    from kg.pipeline import remove

    asked = [id_ for given in ids for id_ in (_standard_input() if given == "-" else [given])]
    if not asked:
        raise click.UsageError("no ids on standard input: give one a line")
    done, unknown = remove(asked, graph)
    say(f"{counted(len(set(asked)) - len(unknown), 'paper')} removed, {done.papers:,} left in {graph}")
    for id_ in unknown:
        say(f"Skipped: {graph}: no paper has the id {id_!r}")
    ctx.exit(SKIPPED if unknown else 0)


def _standard_input() -> list[str]:
    lines = sys.stdin.buffer.read().decode("utf-8", "replace").splitlines()
    return [line.strip() for line in lines if line.strip()]
