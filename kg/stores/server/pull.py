"""What was loaded into a server into papers and what was read in them, from which the graph file is made again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from kg import schema
from kg.errors import ServerError
from kg.model import Extraction, Paper

if TYPE_CHECKING:
    from kg.stores.server.connection import Server


class State(NamedTuple):
    """What the server says of its graph; all but ``whole`` are None while it is not whole.

    ``aliases`` are those of a user, as ``GraphFile.own_aliases`` gives them.
    """

    whole: bool
    fingerprint: str | None
    model: str | None
    aliases: str | None


def state(server: Server) -> State | None:
    """What was loaded last, or None if nothing ever was.

    Raises:
        ServerError: The server fails.
    """
    row = server.row("state")
    return State(row[0] == "complete", *row[1:]) if row else None


def papers(server: Server) -> Iterator[tuple[Paper, str, Extraction]]:
    """Every paper on the server, in no order, with the name of a model and what that read in it.

    Raises:
        ServerError: The server fails, or a paper was changed there so that it cannot be read.
    """
    for (properties,) in server.rows("papers"):
        known = {name: properties[name] for name in schema.NODE_PROPERTIES[schema.PAPER] if name in properties}
        try:
            known["authors"] = tuple(known.get("authors", ()))
            paper = Paper(properties["id"].split(":", 1)[1], **known)
            model, record = properties[schema.MARK].split("\n")
            yield paper, model, Extraction.from_json(record)
        except (ValueError, TypeError, LookupError, AttributeError):
            raise ServerError(f"{server}: paper {properties.get('id')!r} was changed there: load it again") from None
