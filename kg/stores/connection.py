"""A path into an SQLite connection whose failures are single lines that say what to do."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from kg.errors import GraphFileError
from kg.stores.tables import APPLICATION_ID, FORMAT, PAGE_SIZE, TABLES

_HEADER = b"SQLite format 3\x00"
# Sought in the lower-cased message of SQLite, first match wins; {path} is the graph file.
_ADVICE = (
    ("locked", "{path} is in use by another build: wait until it ends, then try again"),
    ("full", "no room left to write {path}: free some disk space and run the command again, it goes on where it stood"),
    ("not a database", "{path} is not a graph file: give the path that `kg build -o` wrote"),
    ("malformed", "{path} is damaged: build it again from the papers, or take a copy of it"),
    ("no such table", "{path} is damaged: build it again from the papers, or take a copy of it"),
    ("readonly", "no permission to write {path}: change its permissions or choose another path"),
    ("read-only", "no permission to write {path}: change its permissions or choose another path"),
    ("unable to open", "cannot open {path}: the file or its folder may not be written or read by you"),
    ("disk i/o", "the disk fails under {path}: look after the disk or copy the file to another one"),
)


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turn what SQLite raises about the file at ``path`` into a ``GraphFileError`` of one line."""
    try:
        yield
    except (sqlite3.Error, OverflowError) as error:
        message = " ".join(str(error).split())
        for words, advice in _ADVICE:
            if words in message.lower():
                raise GraphFileError(advice.format(path=path)) from None
        raise GraphFileError(f"{path}: {message}") from None
    except UnicodeEncodeError as error:
        broken = error.object[max(0, error.start - 20) : error.start]
        raise GraphFileError(f"{path}: a text holds half a character after {broken!r}: repair the input") from None


class Connection:
    """An open graph file. A writer holds the file alone from ``__init__`` to ``close``, or to its own death."""

    def __init__(self, path: Path, *, write: bool, create: bool) -> None:
        """Open the file, and make an empty one first if ``create`` asks for it.

        Raises:
            GraphFileError: The file is missing, is none, is damaged, is newer than this program, is in use, or may
                not be read or written.
        """
        self.path = path
        self._closed = self._held = False
        fresh = _is_fresh(path, write=write and create)
        made = fresh and not path.exists()
        with translated(path):
            # A reader may have to undo what a killed build left behind, so it asks for a writable file too.
            mode = "rwc" if fresh else "rw" if write or _writable(path) else "ro"
            uri = f"{path.absolute().as_uri()}?mode={mode}"
            self._sqlite = sqlite3.connect(uri, uri=True, timeout=0 if write else 1, isolation_level=None)
        try:
            with translated(path):
                self._begin(write=write, fresh=fresh)
        except BaseException:
            if made and self._held and not path.stat().st_size:  # there was no room for the tables
                path.unlink()
            self._sqlite.close()
            raise

    def _begin(self, *, write: bool, fresh: bool) -> None:
        self._sqlite.create_function("casefold", 1, _casefold, deterministic=True)
        self._sqlite.execute(f"PRAGMA page_size = {PAGE_SIZE}")
        # The first reading undoes what a killed build left half done.
        self._number("SELECT count(*) FROM sqlite_schema")
        if write:
            # In this mode SQLite keeps the lock of the first transaction; the system drops it when the process dies.
            self._sqlite.execute("PRAGMA locking_mode = EXCLUSIVE")
            self._sqlite.execute("BEGIN EXCLUSIVE")
            self._held = True
            if fresh and self._number("SELECT count(*) FROM sqlite_schema") == 0:
                for statement in TABLES:
                    self._sqlite.execute(statement)
            self._sqlite.execute("COMMIT")
        self._check()
        self._sqlite.execute("BEGIN" if write else "PRAGMA query_only = ON")

    def _check(self) -> None:
        if self._number("PRAGMA application_id") != APPLICATION_ID:
            raise GraphFileError(f"{self.path} is not a graph file: give the path that `kg build -o` wrote")
        if (version := self._number("PRAGMA user_version")) > FORMAT:
            raise GraphFileError(
                f"{self.path} has format {version}, this kg reads up to {FORMAT}: install a newer kg, or build it again"
            )

    def _number(self, sql: str) -> int:
        return int(self._sqlite.execute(sql).fetchone()[0])

    def rows(self, sql: str, *values: Any) -> Iterator[tuple[Any, ...]]:
        """The rows of a query, read one by one."""
        with translated(self.path):
            cursor = self._sqlite.execute(sql, values)
        while True:
            with translated(self.path):
                row = cursor.fetchone()
            if row is None:
                return
            yield row

    def row(self, sql: str, *values: Any) -> tuple[Any, ...] | None:
        """The first row of a query, or None."""
        return next(self.rows(sql, *values), None)

    def execute(self, sql: str, *values: Any) -> int:
        """Run a statement and return how many rows it changed."""
        with translated(self.path):
            return self._sqlite.execute(sql, values).rowcount

    def executemany(self, sql: str, rows: Iterable[tuple[Any, ...]]) -> None:
        """Run a statement for every row."""
        with translated(self.path):
            self._sqlite.executemany(sql, rows)

    def commit(self) -> None:
        """Make what was written so far last, and go on writing."""
        with translated(self.path):
            self._sqlite.execute("COMMIT")
            self._sqlite.execute("BEGIN")

    def close(self) -> None:
        """Drop what was not committed, and let go of the file; a second time it does nothing."""
        if self._closed:
            return
        self._closed = True
        if self._sqlite.in_transaction:
            with translated(self.path):
                self._sqlite.execute("ROLLBACK")
        self._sqlite.close()


def _casefold(text: str | None) -> str | None:
    return None if text is None else text.casefold()


def _is_fresh(path: Path, *, write: bool) -> bool:
    """Whether there is no content yet at ``path`` and ``write`` allows to make some; raises for what is no file."""
    try:
        if path.is_dir():
            raise GraphFileError(f"{path} is a directory: give the path of a graph file, such as {path / 'papers.kg'}")
        if not path.exists():
            if not write:
                raise GraphFileError(f"{path} does not exist: make it with `kg build PAPERS -o {path}`")
            if not path.absolute().parent.is_dir():
                raise GraphFileError(f"the folder of {path} does not exist: make it first")
            return True
        with path.open("rb") as file:
            header = file.read(len(_HEADER))
    except OSError as error:
        raise GraphFileError(f"cannot read {path}: {error.strerror or error}") from None
    if header == _HEADER or (not header and write):
        return not header or write
    kind = "empty" if not header else "no graph file"
    raise GraphFileError(f"{path} is {kind}: give the path that `kg build -o` wrote, or build to another path")


def _writable(path: Path) -> bool:
    try:
        with path.open("r+b"):
            return True
    except OSError:
        return False
