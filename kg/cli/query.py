"""``kg query``: a question in Cypher, or by its name, into rows."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from kg.cli import options, server
from kg.cli.console import say
from kg.cli.rows import FORMATS, printed

if TYPE_CHECKING:
    from kg.stores.engine import Engine
    from kg.stores.queries import NamedQuery


@click.command("query", short_help="Ask the graph, in Cypher or by a query's name.")
@options.graph_file
@click.argument("query")
@click.option("-p", "given", multiple=True, metavar="NAME=TEXT", help="A parameter; NAME:=JSON for other than text.")
@click.option("--format", "format_", type=click.Choice(FORMATS), default="table", show_default=True)
@click.option("--timeout", type=float, default=60.0, show_default=True, help="Seconds after which to give up.")
@server.database
@click.option("--max-rows", type=click.IntRange(0), help="Rows to print at most; all if not given.")
def command(
    graph: str,
    query: str,
    given: tuple[str, ...],
    format_: str,
    timeout: float,
    database: str,
    max_rows: int | None,
) -> None:
    """Answer QUERY, the name of a query (see `kg queries`) or Cypher text, or - for Cypher on standard input.

    GRAPH is a graph file, or the address of a Neo4j server that one was loaded into, with NEO4J_USERNAME (neo4j if not
    set) and NEO4J_PASSWORD.

    A table cuts long cells and says so with …; the other formats print all.

    \b
      kg query my.kg methods-for-task -p task="question answering"
      kg query my.kg 'MATCH (m:Method) WHERE m.first_year >= $y RETURN m.name AS method' -p y:=2020 --format csv
      kg query bolt://localhost:7687 most-used -p type=Dataset
    """
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
    with _opened(graph, database) as engine:
        answer = engine.run(text, parameters, timeout=timeout, max_rows=max_rows)
        click.echo(printed(answer, format_), nl=False)
        if answer.truncated:
            say(f"There are more rows than the {max_rows} of --max-rows.")
        if remark := engine.remark():
            say(f"Note: {remark}")
        if named and not answer.rows:
            _names(engine, named, parameters)


def _opened(graph: str, database: str) -> Engine:
    from kg.stores.embedded import EmbeddedEngine
    from kg.stores.server.address import is_address

    if not is_address(graph):
        return EmbeddedEngine.open(graph)
    from kg.cli.server import connected
    from kg.stores.server.engine import ServerEngine

    return ServerEngine(connected(graph, database))


def _names(engine: Engine, query: NamedQuery, parameters: Mapping[str, Any]) -> None:
    """Say which names of a query without rows are not in the graph, and which may have been meant."""
    from kg.stores.suggest import meant

    for parameter in query.parameters:
        name = parameters[parameter.name]
        if parameter.entity and (close := engine.instead_of(name)) is not None:
            say(f"Note: no entity is called {name!r}: {meant(close, 'nothing is called like it')}")
