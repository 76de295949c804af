"""What a Neo4j driver raises into one line that says what to do about it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from neo4j.exceptions import AuthError, DriverError, Neo4jError, ServiceUnavailable, UnsupportedServerProduct

from kg.errors import ServerError

OLDEST = (5, 26)
"""The oldest server that the statements and queries were tried on."""

# Sought in the code of the server, first match wins.
_BY_CODE = (
    ("AuthenticationRateLimit", "too many wrong passwords were given: wait some seconds and try again"),
    ("CredentialsExpired", "the password has to be changed first: use Neo4j's own tools for it"),
    ("Security.Unauthorized", "the name or the password is wrong: set NEO4J_USERNAME and NEO4J_PASSWORD"),
    ("Security.Forbidden", "this user may not do that: ask for more rights, or use another one"),
    ("DatabaseNotFound", "there is no such database: leave --database out, or make it first"),
    ("DatabaseUnavailable", "the database is not running: look at the server's log for the reason"),
    ("ReadOnly", "the database is read only: make it writable, or use another one"),
    ("AccessMode", "the database is read only: make it writable, or use another one"),
    ("ForbiddenOnReadOnlyDatabase", "the database is read only: make it writable, or use another one"),
    ("TransactionLogError", "the server cannot write to its disk: make room, restart it, and load again"),
    ("OutOfMemory", "the server has not enough memory: give it more, or use a smaller --batch-size"),
    ("ConstraintCreationFailed", "nodes of others with this label share an id: use a database of its own"),
    ("IndexAlreadyExists", "others have an index where the constraint of kg belongs: use a database of its own"),
    ("IndexWithNameAlreadyExists", "others use a name of kg for an index: use a database of its own"),
    ("ConstraintWithNameAlreadyExists", "others use a name of kg for a constraint: use a database of its own"),
)
# Sought in the lower-cased message, for what has no code of its own.
_BY_MESSAGE = (
    ("read only", "the database is read only: make it writable, or use another one"),
    ("read-only", "the database is read only: make it writable, or use another one"),
    ("no space left", "the disk of the server is full: make room, and load again"),
    ("not enough space", "the disk of the server is full: make room, and load again"),
    ("critical error", "the server has failed: look at its log, restart it, and load again"),
    ("disk space", "the disk of the server is full: make room, and load again"),
    ("out of disk", "the disk of the server is full: make room, and load again"),
    ("certificate", "its certificate is not trusted: use +ssc instead of +s if you know the server"),
)
NEEDED = f"kg needs Neo4j {'.'.join(map(str, OLDEST))} or later"
_AWAY = "no server answers there: start it, or give another address"


@contextmanager
def translated(where: str) -> Iterator[None]:
    """Turn what the driver raises about the server at ``where`` into a ``ServerError`` of one line."""
    try:
        yield
    except (Neo4jError, DriverError) as error:
        raise ServerError(f"{where}: {reason(error)}") from None
    except (OSError, ValueError) as error:  # names that are no host, addresses that lead nowhere
        raise ServerError(f"{where}: {one_line(error)}: {_AWAY}") from None


def reason(error: Neo4jError | DriverError) -> str:
    """Why it failed and what to do, without the place."""
    code = getattr(error, "code", None) or ""
    message = one_line(error)
    for part, advice in _BY_CODE:
        if part in code:
            return advice
    for part, advice in _BY_MESSAGE:
        if part in message.lower():
            return advice
    if isinstance(error, AuthError):
        return _BY_CODE[2][1]
    if isinstance(error, UnsupportedServerProduct):
        return f"what listens there is no Neo4j, or too old: {NEEDED}"
    if isinstance(error, ServiceUnavailable):
        return _AWAY
    return message


def one_line(error: BaseException) -> str:
    """The first line of what an error says."""
    message = (error.message if isinstance(error, Neo4jError) else None) or str(error)
    return (str(message).strip() or type(error).__name__).splitlines()[0]
