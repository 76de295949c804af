"""``kg export``: a graph file into a file of another tool."""

from __future__ import annotations

import click

from kg.cli import options
from kg.cli.console import say


@click.command("export", short_help="Write the graph for another tool.")
@options.graph_file
@click.argument("path", type=click.Path())
@click.option("-f", "--format", "format_", metavar="NAME", help="graphml, gexf, json, csv, svg or png; told by PATH.")
def command(graph: str, path: str, format_: str | None) -> None:
    """Write the graph of a graph file to PATH; equal graphs give equal bytes.

    \b
      kg export my.kg my.graphml     Gephi, yEd, Cytoscape, igraph, networkx
      kg export my.kg my.gexf        Gephi
      kg export my.kg my.json        node-link JSON: networkx, D3
      kg export my.kg my-csv/        nodes.csv and edges.csv: pandas, DuckDB, a spreadsheet
      kg export my.kg my.svg         a picture of the best-known entities (needs kg[draw])
    """
    from kg.exporters import export
    from kg.stores.graph_file import GraphFile

    with GraphFile.open(graph) as file:
        file.need_graph()
        export(file.nodes(), file.edges(), path, format_)
    say(f"{graph} written to {path}")
