"""A graph into GraphML."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from kg.exporters.flat import flat, label_of
from kg.model import Edge, Node, Value
from kg.network import to_networkx


def write(nodes: Sequence[Node], edges: Sequence[Edge], path: Path) -> None:
    """Write GraphML for Gephi, Cytoscape, yEd and networkx.

    Lists are JSON text; a node has a ``label`` to show. Edges have the ids e0, e1, ..., which are their keys when
    networkx reads the file: their kind is the attribute ``kind``, since an id must not come twice in a file. Carriage
    returns in texts become line breaks, as XML has it.
    """
    import networkx as nx
    from networkx.readwrite.graphml import write_graphml_xml

    plain_nodes, plain_edges = flat(nodes, edges)
    shown = [Node(node.id, node.label, _lines({"label": label_of(node), **node.properties})) for node in plain_nodes]
    kinds = to_networkx(shown, [])
    graph = nx.MultiDiGraph()
    graph.add_nodes_from(kinds.nodes(data=True))
    graph.add_edges_from(
        (edge.head, edge.tail, f"e{number}", {"kind": edge.label, **_lines(edge.properties)})
        for number, edge in enumerate(plain_edges)
    )
    # Not write_graphml, which is another function with another output where lxml is installed.
    write_graphml_xml(graph, str(path))


def _lines(properties: dict[str, Value]) -> dict[str, Value]:
    # A reader of XML would do the same to the text of an element, but not every writer says so.
    return {
        name: value.replace("\r\n", "\n").replace("\r", "\n") if isinstance(value, str) else value
        for name, value in properties.items()
    }
