"""``kg query``: a question in Cypher, or by its name, into rows."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from kg.cli import options
from kg.cli.console import say
from kg.cli.rows import FORMATS, printed

if TYPE_CHECKING:
    from kg.stores.queries import NamedQuery


@click.command("query", short_help="Ask the graph, in Cypher or by a query's name.")
@options.graph_file
@click.argument("query")
@click.option("-p", "given", multiple=True, metavar="NAME=TEXT", help="A parameter; NAME:=JSON for other than text.")
@click.option("--format", "format_", type=click.Choice(FORMATS), default="table", show_default=True)
@click.option("--timeout", type=float, default=60.0, show_default=True, help="Seconds after which to give up.")
@click.option("--max-rows", type=click.IntRange(0), help="Rows to print at most; all if not given.")
def command(graph: str, query: str, given: tuple[str, ...], format_: str, timeout: float, max_rows: int | None) -> None:
    """Answer QUERY, the name of a query (see `kg queries`) or Cypher text, or - for Cypher on standard input.

    A table cuts long cells and says so with …; the other formats print all.

    \b
      kg query my.kg methods-for-task -p task="question answering"
      kg query my.kg 'MATCH (m:Method) WHERE m.first_year >= $y RETURN m.name AS method' -p y:=2020 --format csv
    """
    from kg.stores.embedded import EmbeddedEngine
    from kg.stores.parameters import parse
    from kg.stores.queries import find

    parameters: Mapping[str, Any] = parse(given)
    named = None
    if query == "-":
        text = sys.stdin.read()
    elif query.replace("-", "").replace("_", "").isalnum():
        named = find(query)
        text, parameters = named.text, named.bind(parameters)
    else:
        text = query
    with EmbeddedEngine.open(graph) as engine:
        answer = engine.run(text, parameters, timeout=timeout, max_rows=max_rows)
    click.echo(printed(answer, format_), nl=False)
    if answer.truncated:
        say(f"There are more rows than the {max_rows} of --max-rows.")
    _remarks(graph, named, parameters, found=bool(answer.rows))


def _remarks(graph: str, query: NamedQuery | None, parameters: Mapping[str, Any], *, found: bool) -> None:
    """Say on standard error what explains an answer: a graph that is behind, a name that is not in it."""
    from kg.stores.graph_file import GraphFile
    from kg.stores.suggest import suggest

    with GraphFile.open(graph) as file:
        if not file.state():
            say(f"Note: {graph} is behind its papers: run `kg build` again")
        if found or query is None:
            return
        for parameter in query.parameters:
            name = parameters[parameter.name]
            if parameter.entity and not file.find(name):
                close = suggest(file, name)
                meant = f"did you mean {', '.join(map(repr, close))}?" if close else "nothing is called like it"
                say(f"Note: no entity is called {name!r}: {meant}")
