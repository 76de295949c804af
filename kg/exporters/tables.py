"""A graph into a folder of two tables, nodes.csv and edges.csv."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from kg.exporters.flat import Scalar, legal, rows
from kg.model import Edge, Node

FILES = ("nodes.csv", "edges.csv")


def write(nodes: Sequence[Node], edges: Sequence[Edge], path: Path) -> None:
    """Write the tables into a new folder ``path``, as RFC 4180 has them, with a row of column names.

    The first columns are ``id, kind`` of nodes and ``head, kind, tail`` of edges; then come all properties by name.
    Lists are JSON text, true and false are so written, and a field is empty where a property is unknown.
    """
    path.mkdir()
    node_keys = [{"id": legal(node.id), "kind": node.label} for node in nodes]
    edge_keys = [{"head": legal(edge.head), "kind": edge.label, "tail": legal(edge.tail)} for edge in edges]
    _table(path / FILES[0], ["id", "kind"], node_keys, rows(node.properties for node in nodes))
    _table(path / FILES[1], ["head", "kind", "tail"], edge_keys, rows(edge.properties for edge in edges))


def _table(
    path: Path, first: list[str], keys: Iterable[Mapping[str, str]], properties: Sequence[Mapping[str, Scalar]]
) -> None:
    columns = sorted({name for row in properties for name in row})
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow([*first, *columns])
        for key, row in zip(keys, properties, strict=True):
            table.writerow([*(key[name] for name in first), *(_cell(row.get(name)) for name in columns)])


def _cell(value: Scalar | None) -> str | int | float:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else value
