"""``kg pull``: the graph that was loaded into a Neo4j server back into a graph file."""

from __future__ import annotations

import click

from kg.cli.console import counted, say
from kg.cli.server import connected, database


@click.command("pull", short_help="Make a graph file from a Neo4j server.")
@click.argument("server")
@click.option("-o", "--output", required=True, type=click.Path(), help="The graph file; nothing may be there.")
@database
def command(server: str, output: str, database: str) -> None:
    """Make the graph file again whose graph was loaded into SERVER, with all papers and what was read in them.

    \b
      kg pull bolt://localhost:7687 -o my.kg
    """
    from kg.pipeline import pull

    with connected(server, database) as there:
        done, same = pull(there, output)
        say(f"{counted(done.papers, 'paper')} of {there} in {output}")
    if not same:
        say("Note: another version of kg made that graph; this one makes another graph of the same papers")
    say(f"Next: kg stats {output}")
