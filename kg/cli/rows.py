"""Rows of an answer into a table, JSON, lines of JSON or CSV."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

from kg.cli.console import visible

if TYPE_CHECKING:
    from kg.stores.engine import Rows

FORMATS = ("table", "json", "jsonl", "csv")
"""What ``printed`` can write."""

WIDTH = 60
"""Characters of a cell that a table shows."""


def printed(answer: Rows, format_: str) -> str:
    """The rows as text, each line with its end.

    ``json`` is one array of objects, ``jsonl`` an object a line; in ``csv`` a list or an object is a cell of JSON and
    null an empty one.
    """
    if format_ == "table":
        return _table(answer)
    if format_ == "csv":
        held = io.StringIO()
        writer = csv.writer(held, lineterminator="\n")
        writer.writerow(answer.columns)
        writer.writerows([_cell(value) for value in row] for row in answer.rows)
        return held.getvalue()
    lines = [json.dumps(dict(zip(answer.columns, row, strict=True)), ensure_ascii=False) for row in answer.rows]
    if format_ == "jsonl":
        return "".join(f"{line}\n" for line in lines)
    return "[\n" + ",\n".join(lines) + "\n]\n" if lines else "[]\n"


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _shown(value: Any) -> str:
    plain = isinstance(value, list) and all(isinstance(item, str) for item in value)
    text = visible(", ".join(value) if plain else _cell(value))
    return text if len(text) <= WIDTH else text[: WIDTH - 1] + "…"


def _table(answer: Rows) -> str:
    rows = [[_shown(value) for value in row] for row in answer.rows]
    head = [visible(column) for column in answer.columns]
    sizes = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    numeric = [all(isinstance(row[k], int | float) or row[k] is None for row in answer.rows) for k in range(len(head))]

    def line(cells: list[str]) -> str:
        aligned = [c.rjust(n) if right else c.ljust(n) for c, n, right in zip(cells, sizes, numeric, strict=True)]
        return "  ".join(aligned).rstrip() + "\n"

    count = f"({len(rows)} row{'' if len(rows) == 1 else 's'})\n"
    return line(head) + line(["-" * size for size in sizes]) + "".join(map(line, rows)) + count
