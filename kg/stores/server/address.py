"""A URI into the address of a server, or a refusal that repeats no password."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import urlsplit

from kg.errors import ServerError

SCHEMES = ("bolt", "bolt+s", "bolt+ssc", "neo4j", "neo4j+s", "neo4j+ssc")
"""The schemes that Neo4j's drivers know: ``bolt`` for one server, ``neo4j`` for a cluster; ``+s`` encrypts, and
``+ssc`` takes any certificate."""


class Address(NamedTuple):
    """Where a server listens."""

    scheme: str
    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}"


def is_address(text: str) -> bool:
    """Whether a text that may be the path of a graph file is the address of a server instead.

    >>> is_address("bolt://localhost:7687"), is_address("my.kg")
    (True, False)
    """
    return "://" in text


def parse(text: str) -> Address:
    """Read an address.

    Raises:
        ServerError: The scheme is none of Neo4j's, a name or password is in it, or it has other parts.

    >>> str(parse("bolt://localhost"))
    'bolt://localhost:7687'
    """
    scheme, _, rest = text.partition("://")
    if "@" in rest:
        raise ServerError(
            "an address with a name or password in it ends in logs and histories: "
            "leave out what stands before the @, and set NEO4J_USERNAME and NEO4J_PASSWORD"
        )
    if scheme not in SCHEMES:
        web = " (http is the address of Neo4j's pages)" if scheme in ("http", "https") else ""
        raise ServerError(f"{text}: not the address of a server{web}: give one such as bolt://localhost:7687")
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError as reason:
        raise ServerError(f"{text}: {reason}: give an address such as bolt://localhost:7687") from None
    if not host or parts.path not in ("", "/") or parts.query or parts.fragment or any(map(str.isspace, host)):
        raise ServerError(f"{text}: give scheme, host and port only, such as bolt://localhost:7687")
    return Address(scheme, host, 7687 if port is None else port)
