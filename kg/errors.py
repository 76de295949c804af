"""What went wrong into one line that says where and what to do about it."""

from __future__ import annotations

from pathlib import Path


class KGError(Exception):
    """A failure that a person can act on; the command line prints it as one line and exits with 1."""


class InputError(KGError):
    """A record or file that cannot be read, with its place: ``file:line: reason``."""

    def __init__(self, reason: str, path: str | Path | None = None, line: int | None = None) -> None:
        self.reason, self.path, self.line = reason, path, line
        place = "" if path is None else f"{path}: " if line is None else f"{path}:{line}: "
        super().__init__(f"{place}{reason}")


class GraphFileError(KGError):
    """A graph file that is missing, damaged, of another version, or in use."""


class ServerError(KGError):
    """A Neo4j server that is away, refuses, or fails."""


class QueryError(KGError):
    """A Cypher text or parameter that is refused or fails."""


class QueryTimeout(QueryError):
    """A query that ran longer than it was given."""
