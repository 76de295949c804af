"""Nodes and edges of a graph file into those of a server: with our mark, and one node that says what they are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kg import schema
from kg.model import Edge, Node
from kg.stores.graph_file import GraphFile

MARK = "_kg"
"""The property that tells our nodes and relationships from those of others. A paper has in it what was read in it, in
JSON, so that a graph file can be made again; everything else has true."""

STATE = "KgGraph"
"""The label of the one node that says what was loaded."""


def nodes(file: GraphFile) -> Iterator[Node]:
    """Every node with every property that it may have, None where it has none, by id."""
    for node in file.nodes():
        mark = (file.record(node.id.split(":", 1)[1]) or "") if node.label == schema.PAPER else True
        every = dict.fromkeys(schema.NODE_PROPERTIES[node.label])
        yield node._replace(properties=every | node.properties | {MARK: mark})


def edges(file: GraphFile) -> Iterator[Edge]:
    """Every edge with every property that it may have, None where it has none, by head, label and tail."""
    for edge in file.edges():
        every = dict.fromkeys(schema.EDGE_PROPERTIES[edge.label])
        yield edge._replace(properties=every | edge.properties | {MARK: True})


def state(file: GraphFile) -> Node:
    """The node that says what was loaded, as ``cypher/complete.cypher`` makes it."""
    properties: dict[str, Any] = {"state": "complete", "fingerprint": file.need_graph(), "model": file.model()}
    return Node("kg", STATE, properties)
