"""Nodes and edges into a networkx graph."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from kg.model import Edge, Node

if TYPE_CHECKING:
    import networkx as nx


def to_networkx(nodes: Iterable[Node], edges: Iterable[Edge]) -> nx.MultiDiGraph:
    """A graph for algorithms, with the same ids, kinds and properties.

    A node keeps its id and has its label as attribute ``kind`` beside its properties. An edge has its label as its key
    and as attribute ``kind``; two edges of one kind between the same nodes do not occur in a graph file, and the later
    of them would win here.

    Args:
        nodes: All nodes, in the order they are to have.
        edges: All edges; both ends are among the nodes.

    >>> graph = to_networkx(
    ...     [Node("method:bert", "Method", {"name": "BERT"}), Node("task:ner", "Task", {"name": "NER"})],
    ...     [Edge("method:bert", "USED_FOR", "task:ner", {"support": 2})],
    ... )
    >>> graph.nodes["method:bert"], graph.edges["method:bert", "task:ner", "USED_FOR"]
    ({'kind': 'Method', 'name': 'BERT'}, {'kind': 'USED_FOR', 'support': 2})
    """
    import networkx as nx

    graph = nx.MultiDiGraph()
    graph.add_nodes_from((node.id, {"kind": node.label, **node.properties}) for node in nodes)
    graph.add_edges_from((edge.head, edge.tail, edge.label, {"kind": edge.label, **edge.properties}) for edge in edges)
    return graph
