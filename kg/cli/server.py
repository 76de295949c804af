"""An address on the command line into an open connection, and a graph file into what is there, told in words."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from kg.cli.console import advance, counted, say
from kg.errors import ServerError

if TYPE_CHECKING:
    from kg.stores.graph_file import GraphFile
    from kg.stores.server.connection import Server

database = click.option(
    "--database", default="neo4j", show_default=True, metavar="NAME", help="Database of the Neo4j server."
)


def connected(address: str, database: str) -> Server:
    """Connect with NEO4J_USERNAME (neo4j if not set) and NEO4J_PASSWORD, or ask for the password.

    Raises:
        ServerError: The address is refused, there is no password, or the server is away or refuses.
    """
    from kg.stores.server.address import parse
    from kg.stores.server.connection import Server

    where = parse(address)
    user = os.environ.get("NEO4J_USERNAME") or "neo4j"
    password = os.environ.get("NEO4J_PASSWORD")
    if password is None:
        if not sys.stdin.isatty():
            raise ServerError(f"{where}: no password: set NEO4J_PASSWORD")
        password = click.prompt(f"Password of {user} at {where}", hide_input=True, err=True)
    return Server.open(where, user, password, database=database)


def send(file: GraphFile, server: Server, batch_size: int | None = None) -> None:
    """Load a graph file and say what changed."""
    from kg.stores.server.load import BATCH, load

    done = load(file, server, batch_size=batch_size or BATCH, watch=advance)
    say(f"{_size(done.nodes, done.edges)} in {server}, {_size(done.new_nodes, done.new_edges)} of them new")
    if done.gone_nodes or done.gone_edges:
        say(f"Taken out: {_size(done.gone_nodes, done.gone_edges)} that the graph does not have")
    if done.kept:
        kept = counted(done.kept, "node")
        say(f"Note: {kept} of these stay as KgRemoved, since others hang relationships on them")


def foresee(file: GraphFile, server: Server) -> None:
    """Say what ``send`` would change."""
    from kg.stores.server.load import difference

    would = difference(file, server)
    say(
        f"{_size(would.nodes, would.edges)} would be in {server}, {_size(would.new_nodes, would.new_edges)} of them new"
    )
    if would.gone_nodes or would.gone_edges:
        say(f"Would be taken out: {_size(would.gone_nodes, would.gone_edges)} that the graph does not have")


def _size(nodes: int, edges: int) -> str:
    return f"{counted(nodes, 'node')} and {counted(edges, 'edge')}"
