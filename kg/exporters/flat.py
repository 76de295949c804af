"""Properties of a graph into plain values and legal text, for formats that know no lists and not every character."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping

from kg.model import Edge, Node, Value

Scalar = str | int | float | bool

_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SURROGATE = re.compile("[\ud800-\udfff]")


def legal(text: str) -> str:
    """Text with U+FFFD for each character that XML 1.0 forbids: controls, half surrogates, U+FFFE and U+FFFF.

    >>> legal("a\\x00b]]>")
    'a\ufffdb]]>'
    """
    return _ILLEGAL.sub("\ufffd", text)


def encodable(text: str) -> str:
    """Text with U+FFFD for each half surrogate, which no encoding of Unicode can hold."""
    return _SURROGATE.sub("\ufffd", text)


def scalar(value: Value) -> Scalar | None:
    """A list as JSON text, since its items may hold any separator; all else as it is, its text made legal."""
    if isinstance(value, list):
        return json.dumps([legal(item) for item in value], ensure_ascii=False)
    return legal(value) if isinstance(value, str) else value


def rows(properties: Iterable[Mapping[str, Value]]) -> list[dict[str, Scalar]]:
    """Plain values under sorted names, each name with one type in all rows, as GraphML and GEXF declare it.

    Whole numbers beside fractions become fractions; any other mixture becomes text. Unknown values are left out.

    >>> rows([{"value": 1, "aliases": ["a", "b"]}, {"value": 0.5, "unit": None}])
    [{'aliases': '["a", "b"]', 'value': 1.0}, {'value': 0.5}]
    """
    plain = [{name: scalar(row[name]) for name in sorted(row)} for row in properties]
    types: dict[str, set[type]] = defaultdict(set)
    for row in plain:
        for name, value in row.items():
            types[name].add(type(value))
    return [
        {name: _as_one(value, types[name] - {type(None)}) for name, value in row.items() if value is not None}
        for row in plain
    ]


def _as_one(value: Scalar, types: set[type]) -> Scalar:
    if len(types) == 1:
        return value
    return float(value) if types == {int, float} else value if isinstance(value, str) else json.dumps(value)


def label_of(node: Node) -> str:
    """What to write beside a node in a picture: its name, title or text, or else its id."""
    values = (node.properties.get(name) for name in ("name", "title", "text"))
    return next((value for value in values if isinstance(value, str) and value), node.id)


def flat(nodes: Iterable[Node], edges: Iterable[Edge]) -> tuple[list[Node], list[Edge]]:
    """The same graph with plain values and legal text, in the same order."""
    nodes, edges = list(nodes), list(edges)
    node_rows = rows(node.properties for node in nodes)
    edge_rows = rows(edge.properties for edge in edges)
    return (
        [Node(legal(node.id), node.label, dict(row)) for node, row in zip(nodes, node_rows, strict=True)],
        [
            Edge(legal(edge.head), edge.label, legal(edge.tail), dict(row))
            for edge, row in zip(edges, edge_rows, strict=True)
        ],
    )
