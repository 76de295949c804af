"""``name=text`` and ``name:=json`` of a command line into the parameters of a query."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

from kg.errors import QueryError

_GIVEN = re.compile(r"(?P<name>[^\W\d]\w*)(?P<kind>:?=)(?P<value>.*)", re.DOTALL)


def parse(given: Iterable[str]) -> dict[str, Any]:
    """Read parameters; the value after ``=`` is text, that after ``:=`` is JSON.

    Raises:
        QueryError: One has another form, its JSON cannot be read, or a name comes twice.

    >>> parse(["task=continual learning", "year:=2020"])
    {'task': 'continual learning', 'year': 2020}
    """
    values: dict[str, Any] = {}
    for text in given:
        match = _GIVEN.fullmatch(text)
        if match is None:
            raise QueryError(f"parameter {text!r} has no name and value: write name=text or name:=2020")
        name, value = match["name"], match["value"]
        if name in values:
            raise QueryError(f"parameter {name} is given twice: give it once")
        values[name] = _value(name, value) if match["kind"] == ":=" else value
    return values


def _value(name: str, text: str) -> Any:
    try:
        return json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        advice = f"write {name}={text} for text" if text else "give a value after :="
        raise QueryError(f"parameter {name}: {text!r} is not JSON, such as 2020, true or [1, 2]: {advice}") from None


def _refuse(constant: str) -> Any:
    raise ValueError(constant)
