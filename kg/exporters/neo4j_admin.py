"""A graph into a folder of tables that ``neo4j-admin database import`` reads, and the arguments for it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from pathlib import Path
from shlex import quote

from kg.errors import InputError
from kg.exporters.flat import encodable
from kg.model import Edge, Node, Value

ARGUMENTS = "import.args"
"""The file of arguments, which stands among the tables."""

_TYPES: dict[type, str] = {bool: "boolean", float: "double", int: "long", list: "string[]", str: "string"}
# Between the items of a list stands the first of these that is in no item: separators of units that texts hardly hold,
# then characters that mean nothing anywhere.
_DELIMITERS = ("\x1f", "\x1e", "\x1d", "\x1c", *map(chr, range(0xE000, 0xF8FF)))


def command(path: str | Path) -> str:
    """The shell command that reads a folder which ``write`` wrote into a new database.

    >>> command("g-import/")
    'cd g-import && neo4j-admin database import full neo4j @import.args'
    """
    return f"cd {quote(str(Path(path)))} && neo4j-admin database import full neo4j @{ARGUMENTS}"


def write(nodes: Sequence[Node], edges: Sequence[Edge], path: Path) -> None:
    """Write a table for each label and each relationship type into a new folder ``path``, and the file of arguments.

    Texts are quoted, lists have a character between their items that is in none of them, and a property that a node
    does not have, or that has an empty list, is left out by the import.

    Raises:
        InputError: Every character that could stand between the items of a list is in one.
    """
    path.mkdir()
    between = _delimiter(nodes, edges)
    arguments = ["--id-type=string", "--multiline-fields=true", f"--array-delimiter=U+{ord(between):04X}"]
    for label in sorted({node.label for node in nodes}):
        rows = [node for node in nodes if node.label == label]
        keys = [f'"{_escaped(node.id)}"' for node in rows]
        _table(path / f"{label}.csv", ["id:ID"], keys, [node.properties for node in rows], between)
        arguments.append(f"--nodes={label}={label}.csv")
    for label in sorted({edge.label for edge in edges}):
        joins = [edge for edge in edges if edge.label == label]
        keys = [f'"{_escaped(edge.head)}","{_escaped(edge.tail)}"' for edge in joins]
        _table(path / f"{label}.csv", [":START_ID", ":END_ID"], keys, [edge.properties for edge in joins], between)
        arguments.append(f"--relationships={label}={label}.csv")
    (path / ARGUMENTS).write_text("".join(f"{argument}\n" for argument in arguments), encoding="utf-8")


def _delimiter(nodes: Iterable[Node], edges: Iterable[Edge]) -> str:
    used: set[str] = set()
    for properties in chain((node.properties for node in nodes), (edge.properties for edge in edges)):
        for value in properties.values():
            if isinstance(value, list):
                used.update(*value)
    for character in _DELIMITERS:
        if character not in used:
            return character
    raise InputError("the lists of this graph hold every character that could stand between their items")


def _table(path: Path, first: list[str], keys: list[str], rows: list[Mapping[str, Value]], between: str) -> None:
    types = _types(rows)
    header = ",".join([*first, *(f"{name}:{_TYPES[type_]}" for name, type_ in types.items())])
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(header + "\n")
        for key, row in zip(keys, rows, strict=True):
            file.write(
                ",".join([key, *(_field(row.get(name), type_, between) for name, type_ in types.items())]) + "\n"
            )


def _types(rows: Iterable[Mapping[str, Value]]) -> dict[str, type]:
    """The names of all properties, sorted, each with the one type that holds all its values."""
    seen: dict[str, set[type]] = defaultdict(set)
    for row in rows:
        for name, value in row.items():
            if value is not None:
                seen[name].add(type(value))
    return {
        name: next(iter(types)) if len(types) == 1 else float if types == {int, float} else str
        for name, types in sorted(seen.items())
    }


def _field(value: Value, type_: type, between: str) -> str:
    if value is None:
        return ""
    if type_ is bool:
        return "true" if value else "false"
    if isinstance(value, list):
        return f'"{_escaped(between.join(value))}"' if value else ""
    return f'"{_escaped(str(value))}"' if type_ is str else repr(type_(value))


def _escaped(text: str) -> str:
    return encodable(text).replace('"', '""')
