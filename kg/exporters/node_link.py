"""A graph into node-link JSON, as networkx and D3 read it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kg.exporters.flat import encodable
from kg.model import Edge, Node, Value


def write(nodes: Sequence[Node], edges: Sequence[Edge], path: Path) -> None:
    """Write one node or edge a line; read it with ``networkx.node_link_graph(data, edges="edges")``.

    Nothing is lost or changed but half surrogates, which UTF-8 cannot hold.
    """
    with path.open("x", encoding="utf-8", newline="\n") as file:
        file.write('{"directed": true, "multigraph": true, "graph": {},\n"nodes": [')
        for number, node in enumerate(nodes):
            record = {"id": encodable(node.id), "kind": node.label, **_properties(node.properties)}
            file.write(("\n" if number == 0 else ",\n") + json.dumps(record, ensure_ascii=False))
        file.write('\n],\n"edges": [')
        for number, edge in enumerate(edges):
            ends = {"source": encodable(edge.head), "target": encodable(edge.tail)}
            record = {**ends, "key": edge.label, "kind": edge.label, **_properties(edge.properties)}
            file.write(("\n" if number == 0 else ",\n") + json.dumps(record, ensure_ascii=False))
        file.write("\n]}\n")


def _properties(properties: dict[str, Value]) -> dict[str, Any]:
    return {name: _encodable(properties[name]) for name in sorted(properties) if properties[name] is not None}


def _encodable(value: Value) -> Value:
    if isinstance(value, list):
        return [encodable(item) for item in value]
    return encodable(value) if isinstance(value, str) else value
