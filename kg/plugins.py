"""A name of a plug-in into the function behind it, loaded when it is used."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from importlib.metadata import entry_points
from typing import Any

from kg.errors import KGError


def names(table: Mapping[str, str], group: str) -> list[str]:
    """All names one may ask for: those of ``table``, and those that installed packages add to ``group``."""
    return sorted({*table, *(point.name for point in entry_points(group=group))})


def load(name: str, table: Mapping[str, str], group: str, what: str) -> Any:
    """The function called ``name``: from ``table`` (name -> ``"module:function"``), else from entry points ``group``.

    A name of the table wins over an installed one, so that no package can change what a documented name does.

    Args:
        name: What the user asked for.
        table: The functions that ship with kg.
        group: The entry-point group that other packages may add to.
        what: What such a function is called in messages, as "reader".

    Raises:
        KGError: Nothing has this name, or its module cannot be imported.
    """
    if name in table:
        module, _, function = table[name].partition(":")
        return getattr(import_module(module), function)
    for point in sorted(entry_points(group=group, name=name), key=lambda point: point.value):
        try:
            return point.load()
        except (ImportError, AttributeError) as reason:
            raise KGError(f"the {what} {name!r} ({point.value}) cannot be loaded: {reason}") from None
    raise KGError(f"no {what} is called {name!r}; there are: {', '.join(names(table, group))}")
