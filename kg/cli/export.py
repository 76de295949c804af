"""``kg export``: a graph file into a file of another tool."""

from __future__ import annotations

from itertools import chain

import click

from kg.cli import options
from kg.cli.console import say


@click.command("export", short_help="Write the graph for another tool.")
@options.graph_file
@click.argument("path", type=click.Path())
@click.option(
    "-f", "--format", "format_", metavar="NAME", help="graphml, gexf, json, csv, neo4j-admin, svg or png; told by PATH."
)
def command(graph: str, path: str, format_: str | None) -> None:
    """Write the graph of a graph file to PATH; equal graphs give equal bytes.

    \b
      kg export my.kg my.graphml     Gephi, yEd, Cytoscape, igraph, networkx
      kg export my.kg my.gexf        Gephi
      kg export my.kg my.json        node-link JSON: networkx, D3
      kg export my.kg my-csv/        nodes.csv and edges.csv: pandas, DuckDB, a spreadsheet
      kg export my.kg my.svg         a picture of the best-known entities (needs kg[draw])
      kg export my.kg my-import/ -f neo4j-admin      to read millions into a new Neo4j database; prints the command
    """
    from kg.exporters import export
    from kg.exporters.neo4j_admin import command as command_of
    from kg.stores.graph_file import GraphFile
    from kg.stores.server import served

    with GraphFile.open(graph) as file:
        file.need_graph()
        if format_ == "neo4j-admin":  # with what `kg load` would add, so that it goes on from there
            export(chain(served.nodes(file), [served.state(file)]), served.edges(file), path, format_)
        else:
            export(file.nodes(), file.edges(), path, format_)
    say(f"{graph} written to {path}")
    if format_ == "neo4j-admin":
        click.echo(command_of(path))
