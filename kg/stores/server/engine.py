"""A Cypher text into rows of a server, the same rows as the embedded engine gives."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any

import neo4j
from neo4j import graph
from neo4j.exceptions import ClientError, DatabaseError, Neo4jError, TransientError

from kg import schema
from kg.errors import QueryError
from kg.stores.engine import Rows, asked, stopped
from kg.stores.server.connection import Server
from kg.stores.server.faults import one_line
from kg.stores.server.pull import state
from kg.stores.suggest import closest

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self


class ServerEngine:
    """Cypher over the graph on a server."""

    def __init__(self, server: Server) -> None:
        self._server = server

    def run(
        self,
        text: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        timeout: float = 60.0,
        max_rows: int | None = None,
    ) -> Rows:
        """Answer a query; see ``Engine.run``. The server is told that it only reads, and how long it may take.

        Raises:
            ServerError: The server is away or fails.
        """
        given = dict(parameters or {})
        query = asked(text, given, timeout=timeout, max_rows=max_rows)
        with self._server.reading() as session:
            try:
                result = session.run(neo4j.Query(query, timeout=timeout), given)
                columns = tuple(result.keys())
                records = islice(result, None if max_rows is None else max_rows + 1)
                rows = [tuple(plain(value) for value in record.values()) for record in records]
            except (ClientError, DatabaseError, TransientError) as error:
                raise _reason(error, timeout) from None
            except (OverflowError, TypeError, ValueError) as error:  # a parameter that no message can hold
                raise QueryError(one_line(error)) from None
        return Rows(columns, rows[:max_rows], max_rows is not None and len(rows) > max_rows)

    def remark(self) -> str | None:
        """See ``Engine.remark``."""
        loaded = state(self._server)
        if loaded is None:
            return f"kg has put no graph into {self._server}: `kg load my.kg {self._server.address}` does"
        again = "let its load finish, or load it again"
        return None if loaded.whole else f"the graph in {self._server} is not whole: {again}"

    def instead_of(self, name: str) -> list[str] | None:
        """See ``Engine.instead_of``."""
        found = self._server.row("find", {"name": name})
        return None if found and found[0] else closest(name, (known for (known,) in self._server.rows("names")))

    def close(self) -> None:
        """Hang up."""
        self._server.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


def _reason(error: Neo4jError, timeout: float) -> QueryError:
    code = error.code or ""
    if "TransactionTimedOut" in code or "TransactionTerminated" in code:
        return stopped(timeout)
    if code.startswith(("Neo.ClientError.Statement", "Neo.ClientError.Procedure")):
        return QueryError(one_line(error))
    raise error


def plain(value: Any) -> Any:
    """A value of the driver as plain Python, as the embedded engine gives it: without our mark."""
    if value is None or isinstance(value, str | int | float | bool):  # first, being most of what there is
        return value
    if isinstance(value, graph.Node):
        label = next((name for name in schema.NODE_LABELS if name in value.labels), "")
        kept = {"id", *schema.NODE_PROPERTIES.get(label, ())}
        properties = {key: plain(item) for key, item in sorted(value.items()) if key in kept}
        return {"label": label, "id": properties.pop("id", None), **properties}
    if isinstance(value, graph.Relationship):
        return {"type": value.type, **{key: plain(item) for key, item in sorted(value.items()) if key != schema.MARK}}
    if isinstance(value, graph.Path):
        return {"nodes": [*map(plain, value.nodes)], "relationships": [*map(plain, value.relationships)]}
    if isinstance(value, dict):
        return {key: plain(item) for key, item in sorted(value.items()) if key != schema.MARK}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value.iso_format() if hasattr(value, "iso_format") else str(value)
