"""A Cypher text and its parameters into rows, whatever engine answers."""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType
from typing import Any, NamedTuple, Protocol, Self

from kg.errors import QueryError, QueryTimeout
from kg.stores.guard import guarded


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

    def remark(self) -> str | None:
        """What a person should know of the graph before believing an answer, such as that it is not whole."""
        ...

    def instead_of(self, name: str) -> list[str] | None:
        """The names of entities most like ``name``; None if there is one of that name or alias."""
        ...

    def close(self) -> None:
        """Let go of the graph."""
        ...

    def __enter__(self) -> Self:
        """Open, until the end of a ``with`` statement."""
        ...

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Let go of the graph."""
        ...


def asked(text: str, parameters: Mapping[str, Any], *, timeout: float, max_rows: int | None) -> str:
    """What an engine may be asked: the text of a query that passes the guard, with limits that are numbers of theirs.

    Raises:
        QueryError: Something of it is refused.
    """
    if max_rows is not None and max_rows < 0:
        raise QueryError(f"the most rows to show cannot be {max_rows}: give 0 or more")
    if not 0.001 <= timeout <= 1e6:
        raise QueryError(f"the timeout cannot be {timeout} seconds: give more than 0, at most a million")
    return guarded(text, parameters)


def stopped(timeout: float) -> QueryTimeout:
    """The error for a query that took too long."""
    advice = "narrow it by a label, a name or a shorter path, or allow it more time"
    return QueryTimeout(f"the query was stopped after {timeout:g} seconds: {advice}")
