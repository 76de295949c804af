"""Records that cannot be read into a list of places and reasons."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from kg.errors import InputError
from kg.model import Paper


class Found(NamedTuple):
    """A paper and where it stands: the name of its file and the line it begins at, counted from 1."""

    paper: Paper
    path: str
    line: int

    @property
    def place(self) -> str:
        """The place as messages write it.

        >>> Found(Paper("a", "A"), "papers.csv", 7).place
        'papers.csv:7'
        """
        return f"{self.path}:{self.line}"


@dataclass(slots=True)
class Problems:
    """What reading had to skip (``skipped``), and what a person may want to know though nothing is lost (``notes``).

    A command that finishes with something in ``skipped`` lists it and exits with 3. With ``strict`` the first record
    that would be skipped raises instead.
    """

    strict: bool = False
    skipped: list[InputError] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def skip(self, reason: str, path: str, line: int | None = None) -> None:
        """Write down a record that cannot be read.

        Raises:
            InputError: This is ``strict``.
        """
        problem = InputError(reason, path, line)
        if self.strict:
            raise problem
        self.skipped.append(problem)

    def note(self, text: str, path: str | None = None, line: int | None = None) -> None:
        """Write down something that loses no paper."""
        self.notes.append(str(InputError(text, path, line)))


def quoted(text: str, width: int = 50) -> str:
    """A piece of somebody's text, short and on one line, for a message.

    >>> quoted("A title with\\na line break", 14)
    "'A title with a…'"
    """
    folded = " ".join(text[: 4 * width].split())
    return repr(folded if len(folded) <= width else folded[:width].rstrip() + "…")
