"""``kg diff``: what came, went and changed between two graph files."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING

import click

from kg.cli.console import counted, say, visible

if TYPE_CHECKING:
    from kg.stores.compare import Change

DIFFERENT = 4
"""The exit code where the graphs differ."""

_SIGNS = {"came": "+", "went": "-", "changed": "~"}


@click.command("diff", short_help="What differs between two graph files.")
@click.argument("old", type=click.Path())
@click.argument("new", type=click.Path())
@click.option("--json", "as_json", is_flag=True, help="Print a line of JSON for each difference.")
@click.pass_context
def command(ctx: click.Context, old: str, new: str, as_json: bool) -> None:
    """Print the nodes, edges and spellings that came (+), went (-) or changed (~) from OLD to NEW, with their evidence.

    Exit codes: 0 the graphs are equal, 4 they differ, 1 failed.

    \b
      kg diff yesterday.kg today.kg
    """
    from kg.stores.compare import differences
    from kg.stores.graph_file import GraphFile

    counts: Counter[tuple[str, str]] = Counter()
    with GraphFile.open(old) as before, GraphFile.open(new) as after:
        if before.need_graph() != after.need_graph():
            for change in differences(before, after):
                counts[change.how, change.what] += 1
                click.echo(json.dumps(change._asdict(), ensure_ascii=False) if as_json else _text(change))
    for (how, what), number in sorted(counts.items()):
        say(f"{counted(number, what, 'aliases' if what == 'alias' else None)} {how}")
    if not counts:
        say("The graphs are equal.")
    ctx.exit(DIFFERENT if counts else 0)


def _text(change: Change) -> str:
    lines = [f"{_SIGNS[change.how]} {change.what} {'  '.join(change.key)}"]
    for name in {**change.old, **change.new}:
        if name == "evidence":
            for sign, side in (("-", change.old), ("+", change.new)):
                lines += [f"    {sign} paper {place[0]}, sentence {place[1]}" for place in side.get(name, ())]
        else:
            before, after = (json.dumps(side.get(name), ensure_ascii=False) for side in (change.old, change.new))
            lines.append(f"    {name}: {before} -> {after}")
    return "\n".join(map(visible, lines))
