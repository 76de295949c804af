"""``kg aliases``: what was merged and why, what nearly was, and a user's own word on it."""

from __future__ import annotations

from pathlib import Path

import click

from kg.cli import options
from kg.cli.console import counted, say
from kg.cli.rows import FORMATS, printed
from kg.errors import InputError


@click.command("aliases", short_help="What was merged and why, and your own word on it.")
@options.graph_file
@click.option("--apply", "own", type=click.Path(), metavar="FILE", help="Make the graph anew with these aliases.")
@click.option("--forget", is_flag=True, help="Make the graph anew without the aliases that were applied.")
@click.option("--all", "all_", is_flag=True, help="Print spellings too that differ in case, hyphens or plural only.")
@click.option("--format", "format_", type=click.Choice(FORMATS), default="table", show_default=True)
def command(graph: str, own: str | None, forget: bool, all_: bool, format_: str) -> None:
    """Print every merge of names in a graph file with its reason, and every near miss: two entities that may be one.

    Near misses are for you to look at: papers that call two things synonyms, names one letter apart, names with two
    types, and names that several papers propose. Nothing is merged for such a reason alone.

    With --apply, a TOML file of your own names wins over all else. It stays with the graph file through later builds:

    \b
      [Method]                                # or Dataset, Metric, Task
      "large language model" = ["LLM", "big LM"]
      [apart]                                 # merged with nothing
      Method = ["Deep Sets"]

    \b
      kg aliases my.kg
      kg aliases my.kg --apply my-aliases.toml
    """
    if own is not None and forget:
        raise click.UsageError("--apply and --forget exclude each other")
    if own is not None or forget:
        _renamed(graph, own)
        return
    from kg.resolve import SAME_FORM
    from kg.resolve.near import near_misses
    from kg.stores.engine import Rows
    from kg.stores.graph_file import GraphFile

    with GraphFile.open(graph) as file:
        file.need_graph()
        named = {
            node.id: (str(node.properties["name"]), int(str(node.properties["papers"]))) for node in file.entities()
        }
        merged = [
            ("merged", alias.entity, named[alias.entity][0], alias.text, alias.papers, alias.reason)
            for alias in file.all_aliases()
            if all_ or alias.reason != SAME_FORM
        ]
        synonyms = [
            (edge.head, edge.tail, int(str(edge.properties["support"])))
            for edge in file.edges_labelled(("SYNONYM_OF",))
        ]
    near = [
        ("near", one, named[one][0], other, named[other][1], reason)
        for one, other, reason in near_misses(((id_, papers) for id_, (_, papers) in named.items()), synonyms)
    ]
    columns = ("what", "entity", "name", "alias", "papers", "reason")
    click.echo(printed(Rows(columns, [*merged, *near]), format_), nl=False)
    say(f"{counted(len(merged), 'merge')}, {counted(len(near), 'near miss', 'near misses')}")


def _renamed(graph: str, own: str | None) -> None:
    from kg.pipeline import rename
    from kg.resolve.known import read

    try:
        text = Path(own).read_text(encoding="utf-8") if own is not None else ""
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "no UTF-8"
        raise InputError(f"cannot be read: {reason}", own) from None
    done = rename(graph, read(text, own) if own is not None else None, own or "", text)
    word = f"with the aliases of {own}" if own is not None else "without aliases of yours"
    say(f"{counted(done.papers, 'paper')} in {graph}, assembled anew {word}")
    say(f"Next: kg aliases {graph}")
