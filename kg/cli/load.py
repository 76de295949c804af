"""``kg load``: the graph of a graph file into a running Neo4j."""

from __future__ import annotations

import click

from kg.cli import options
from kg.cli.console import say
from kg.cli.server import connected, database, foresee, send


@click.command("load", short_help="Put the graph into a Neo4j server.")
@options.graph_file
@click.argument("server")
@database
@click.option(
    "--batch-size", type=click.IntRange(1, 100_000), default=2_000, show_default=True, help="Rows a transaction."
)
@click.option("--dry-run", is_flag=True, help="Only say what would change.")
def command(graph: str, server: str, database: str, batch_size: int, dry_run: bool) -> None:
    """Make the graph in SERVER, such as bolt://localhost:7687, that of a graph file.

    What is not there is put there, what the file no longer has is taken out, and what others put into the database
    stays. Loading twice changes nothing, and loading again repairs a load that was stopped. The user is neo4j or
    NEO4J_USERNAME, the password NEO4J_PASSWORD; without that it is asked for.

    \b
      kg load my.kg bolt://localhost:7687
      kg load my.kg neo4j+s://graph.example.org --dry-run
    """
    from kg.stores.graph_file import GraphFile

    with GraphFile.open(graph) as file, connected(server, database) as there:
        if dry_run:
            foresee(file, there)
            return
        send(file, there, batch_size)
    say(f'Next: kg query {server} methods-for-task -p task="question answering"')
