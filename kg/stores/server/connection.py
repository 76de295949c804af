"""An address and a password into an open connection to one database of a Neo4j server."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self, TypeVar

import neo4j

from kg.errors import ServerError
from kg.stores.server.address import Address
from kg.stores.server.faults import NEEDED, OLDEST, translated
from kg.stores.server.statements import statement

DATABASE = "neo4j"
"""The database that every server has; Community has no other."""

_CONNECT = 4.0  # seconds for each address of a host, so that an error comes in less than 10
_RETRY = 30.0  # seconds that a server may be away in the middle of a load

T = TypeVar("T")

# What goes wrong is raised; without a handler of somebody's Python prints the driver's warnings as well.
logging.getLogger("neo4j").addHandler(logging.NullHandler())


class Server:
    """An open connection to one database; ``Server.open`` makes one."""

    def __init__(self, driver: neo4j.Driver, address: Address, database: str) -> None:
        self._driver, self.address, self.database = driver, address, database

    @classmethod
    def open(cls, address: Address, user: str, password: str, *, database: str = DATABASE) -> Self:
        """Connect, and see whether the server is one that can be used.

        Raises:
            ServerError: No server answers within some seconds, it is too old or none of Neo4j's, name or password are
                wrong, or there is no such database.
        """
        with translated(str(address)):
            driver = neo4j.GraphDatabase.driver(
                str(address),
                auth=(user, password),
                connection_timeout=_CONNECT,
                connection_acquisition_timeout=2 * _CONNECT,
                max_transaction_retry_time=_RETRY,
                user_agent="kg",
            )
        server = cls(driver, address, database)
        try:
            with translated(str(address)):
                driver.verify_connectivity()
            with server.reading() as session:
                agent = session.run("RETURN 1 AS one").consume().server.agent
            server._check(agent)
        except BaseException:
            server.close()
            raise
        return server

    def _check(self, agent: str) -> None:
        version = re.fullmatch(r"Neo4j/(\d+)\.(\d+).*", agent)
        if version is None:
            raise ServerError(f"{self}: the server calls itself {agent!r}: only Neo4j was tried")
        if (int(version[1]), int(version[2])) < OLDEST:
            raise ServerError(f"{self}: {agent} is too old: {NEEDED}")

    def __str__(self) -> str:
        return str(self.address) + ("" if self.database == DATABASE else f", database {self.database}")

    @contextmanager
    def reading(self) -> Iterator[neo4j.Session]:
        """A session that may only read; what the driver raises in it becomes a ``ServerError``."""
        with (
            translated(str(self)),
            self._driver.session(database=self.database, default_access_mode=neo4j.READ_ACCESS) as session,
        ):
            yield session

    def rows(self, name: str, parameters: Mapping[str, Any] | None = None, **names: str) -> Iterator[tuple[Any, ...]]:
        """The rows of a statement of ``cypher/`` that only reads, one by one; see ``statement`` for ``names``."""
        with self.reading() as session:
            for record in session.run(statement(name, **names), dict(parameters or {})):
                yield tuple(record)

    def row(self, name: str, parameters: Mapping[str, Any] | None = None, **names: str) -> tuple[Any, ...] | None:
        """The only row of such a statement, or None."""
        return next(iter(list(self.rows(name, parameters, **names))), None)

    def do(self, name: str, parameters: Mapping[str, Any] | None = None, **names: str) -> None:
        """Run a statement of ``cypher/`` that writes in a transaction of its own."""
        text = statement(name, **names)
        self.write(lambda tx: tx.run(text, dict(parameters or {})).consume())

    def write(self, work: Callable[[neo4j.ManagedTransaction], T]) -> T:
        """Do work in one transaction, again if the server asks for it, so that it must bear being done twice."""
        with translated(str(self)), self._driver.session(database=self.database) as session:
            return session.execute_write(work)

    def close(self) -> None:
        """Hang up."""
        self._driver.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()
