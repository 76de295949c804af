"""A Cypher text and its parameters into rows, whatever engine answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple, Protocol


class Rows(NamedTuple):
    """An answer: names of columns, rows of plain Python values, and whether there were more rows than asked for.

    A node is a dict of its ``label``, ``id`` and properties, a relationship one of its ``type`` and properties, and a
    path one of its ``nodes`` and ``relationships``.
    """

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    truncated: bool = False


class Engine(Protocol):
    """Something that answers Cypher over one graph, and only reads."""

    def run(
        self,
        text: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        timeout: float = 60.0,
        max_rows: int | None = None,
    ) -> Rows:
        """Answer a query.

        Args:
            text: One Cypher statement.
            parameters: A value for each ``$name`` in it, and no other.
            timeout: Seconds after which the query is stopped.
            max_rows: How many rows to keep at most; None keeps all.

        Raises:
            QueryError: The text or a parameter is refused, or the query fails.
            QueryTimeout: The query took longer than ``timeout``.
        """
        ...

    def close(self) -> None:
        """Let go of the graph."""
        ...
