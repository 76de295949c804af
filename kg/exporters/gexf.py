"""A graph into GEXF, the format of Gephi."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from xml.etree.ElementTree import ElementTree

from kg.exporters.flat import flat, label_of
from kg.model import Edge, Node
from kg.network import to_networkx


def write(nodes: Sequence[Node], edges: Sequence[Edge], path: Path) -> None:
    """Write GEXF 1.2. Lists are JSON text; nodes show their name or title, edges their kind.

    The kind of an edge is also its key when networkx reads the file. The file says neither when nor with which version
    it was written, so that equal graphs are equal files.
    """
    from networkx.readwrite.gexf import GEXFWriter

    plain_nodes, plain_edges = flat(nodes, edges)
    graph = to_networkx(
        [Node(node.id, node.label, {**node.properties, "label": label_of(node)}) for node in plain_nodes],
        [Edge(edge.head, edge.label, edge.tail, {**edge.properties, "label": edge.label}) for edge in plain_edges],
    )
    writer = GEXFWriter(prettyprint=True, version="1.2draft")
    writer.add_graph(graph)
    for meta in writer.xml.findall("meta"):
        writer.xml.remove(meta)
    writer.indent(writer.xml)
    ElementTree(writer.xml).write(path, encoding="utf-8", xml_declaration=True)
