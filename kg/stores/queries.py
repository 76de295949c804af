"""Files of Cypher with a header of comments into named queries with typed parameters."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from kg.errors import QueryError
from kg.schema import ENTITY_TYPES
from kg.stores.suggest import closest

_TYPES: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "label": str,
}
_PARAMETER = re.compile(r"\$(?P<name>[a-z_]+): (?P<type>\w+)(?: = (?P<default>[^,]+))?, (?P<meaning>.+)")


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a named query. ``type`` is string, integer, number, boolean, or label: one of the entity types.
    ``default`` counts only if ``optional``.
    """

    name: str
    type: str
    meaning: str
    optional: bool = False
    default: Any = None

    @property
    def textual(self) -> bool:
        """Whether its value is given as text, by ``name=text``, and not as JSON, by ``name:=2020``."""
        return self.type in ("string", "label")

    @property
    def entity(self) -> bool:
        """Whether its meaning says that it is a name in the graph."""
        return self.meaning.startswith("name of ")


@dataclass(frozen=True, slots=True)
class NamedQuery:
    """A query that ships with the tool: its question, its parameters, an example, and the Cypher text."""

    name: str
    question: str
    parameters: tuple[Parameter, ...]
    example: str
    text: str

    def bind(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """The value of every parameter, with defaults for those that are not given.

        Raises:
            QueryError: A parameter is unknown, missing, or of another type.
        """
        known = {parameter.name: parameter for parameter in self.parameters}
        if unknown := sorted(set(given) - set(known)):
            takes = ", ".join(known) or "none"
            raise QueryError(f"{self.name} has no parameter {', '.join(unknown)}: it takes {takes}")
        values = {}
        for name, parameter in known.items():
            if name not in given and not parameter.optional:
                raise QueryError(f"{self.name} needs {name}, {parameter.meaning}: for example {self.example}")
            values[name] = given.get(name, parameter.default)
            right = isinstance(values[name], _TYPES[parameter.type])
            if parameter.type == "label" and values[name] not in ENTITY_TYPES:
                raise QueryError(
                    f"{self.name}: {name} is one of {', '.join(ENTITY_TYPES)}: give it as -p {name}=Method"
                )
            if name in given and (not right or (isinstance(values[name], bool) and parameter.type != "boolean")):
                form = f"-p {name}=TEXT" if parameter.textual else f"-p {name}:=VALUE"
                raise QueryError(f"{self.name}: {name} is not of type {parameter.type}: give it as {form}")
        return values


def parse(name: str, text: str) -> NamedQuery:
    """Read a query file. It opens with comment lines: the question, its parameters, an example.

        // Which methods are used for a task?
        // $task: string, name of the task
        // $least: integer = 1, papers that must say so
        // example: kg query seeds.kg methods-for-task -p task="continual learning"

    Raises:
        QueryError: The header has another form.
    """
    lines = text.splitlines()
    header = [line.removeprefix("//").strip() for line in lines[: _header_length(lines)]]
    if len(header) < 2 or not header[0].endswith("?") or not header[-1].startswith("example: "):
        raise QueryError(f"{name}.cypher: the header is a question, parameters and an example, each a comment line")
    parameters = []
    for line in header[1:-1]:
        match = _PARAMETER.fullmatch(line)
        if match is None or match["type"] not in _TYPES:
            raise QueryError(f"{name}.cypher: cannot read {line!r}: write $name: string, meaning")
        optional = match["default"] is not None
        default = json.loads(match["default"]) if optional else None
        parameters.append(Parameter(match["name"], match["type"], match["meaning"], optional, default))
    body = "\n".join(lines[len(header) :]).strip() + "\n"
    return NamedQuery(name, header[0], tuple(parameters), header[-1].removeprefix("example: "), body)


@cache
def named() -> dict[str, NamedQuery]:
    """All named queries that ship with the tool, by name, sorted."""
    files = sorted((folder() / "queries").glob("*.cypher"))
    return {file.stem: parse(file.stem, file.read_text(encoding="utf-8")) for file in files}


def find(name: str) -> NamedQuery:
    """The named query of this name.

    Raises:
        QueryError: There is none; the message names the closest.
    """
    if query := named().get(name):
        return query
    close = closest(name, named()) or sorted(named())
    raise QueryError(f"no query is called {name!r}: {', '.join(close)}; `kg queries` lists all")


def folder() -> Path:
    """The folder of all Cypher that the tool sends: inside the installed package, or beside it in a checkout."""
    package = Path(__file__).parent.parent
    installed = package / "cypher"
    return installed if installed.is_dir() else package.parent / "cypher"


def _header_length(lines: list[str]) -> int:
    return next((index for index, line in enumerate(lines) if not line.startswith("//")), len(lines))
