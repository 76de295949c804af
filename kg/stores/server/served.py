"""Nodes and edges of a graph file into those of a server: with our mark, and one node that says what they are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kg import schema
from kg.model import Edge, Node
from kg.stores.graph_file import GraphFile


def nodes(file: GraphFile) -> Iterator[Node]:
    """Every node with every property that it may have, None where it has none, by id."""
    model = file.model()
    for node in file.nodes():
        paper = node.label == schema.PAPER
        mark = f"{model}\n{file.record(node.id.split(':', 1)[1]) or ''}" if paper else True
        every = dict.fromkeys(schema.NODE_PROPERTIES[node.label])
        yield node._replace(properties=every | node.properties | {schema.MARK: mark})


def edges(file: GraphFile) -> Iterator[Edge]:
    """Every edge with every property that it may have, None where it has none, by head, label and tail."""
    for edge in file.edges():
        every = dict.fromkeys(schema.EDGE_PROPERTIES[edge.label])
        yield edge._replace(properties=every | edge.properties | {schema.MARK: True})


def state(file: GraphFile) -> Node:
    """The node that says what was loaded, as ``cypher/complete.cypher`` makes it."""
    properties: dict[str, Any] = {"state": "complete", "fingerprint": file.need_graph(), "model": file.model()}
    if (aliases := file.own_aliases()) is not None:
        properties["aliases"] = aliases
    return Node("kg", schema.STATE, properties)
