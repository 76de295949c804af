"""A file of aliases into what each name is known to be called; ours ships with the package, and a user may have one.

[Method]                                        # an entity type
"large language model" = ["LLM", "big LM"]      # a name, and what else it is called
[apart]
Method = ["Deep Sets"]                          # names that are merged with nothing
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from kg.errors import InputError
from kg.resolve.abbreviations import is_short
from kg.resolve.forms import compact, normal_form
from kg.resolve.variants import signature
from kg.schema import CONFUSED, ENTITY_TYPES

OURS = Path(__file__).with_name("aliases.toml")
"""Names that the whole field uses for one thing."""

Table = dict[str, dict[str, list[str]]]
"""Entity type, or "apart" -> name -> what else it is called."""


@dataclass(frozen=True, slots=True)
class Known:
    """Aliases of one file, ready to be asked.

    ``names`` gives the name for the signature of an alias and its entity type; ``shorts`` are the compact forms of
    those aliases that are abbreviations, and ``apart`` the compact forms of names that are merged with nothing.
    """

    names: dict[tuple[str, str], str] = field(default_factory=dict)
    shorts: frozenset[tuple[str, str]] = frozenset()
    apart: frozenset[tuple[str, str]] = frozenset()

    @classmethod
    def of(cls, table: Table) -> Known:
        """What a checked table says."""
        names: dict[tuple[str, str], str] = {}
        shorts: set[tuple[str, str]] = set()
        for kind, told in table.items():
            if kind != "apart":
                for name, aliases in told.items():
                    names[signature(normal_form(name, kind), kind), kind] = name
                    for alias in aliases:
                        names[signature(normal_form(alias, kind), kind), kind] = name
                        if is_short(alias):
                            shorts.add((compact(normal_form(alias, kind)), kind))
        told = table.get("apart", {})
        apart = {(compact(normal_form(name, kind)), kind) for kind, some in told.items() for name in some}
        return cls(names, frozenset(shorts), frozenset(apart))

    def type_of(self, form: str, type: str) -> str | None:  # noqa: A002 (the field's own word)
        """The only entity type that a name is known with, where this is neither its own nor one confused with it."""
        kinds = [kind for kind in ENTITY_TYPES if (signature(form, kind), kind) in self.names]
        if len(kinds) != 1 or {type, kinds[0]} <= CONFUSED.keys():
            return None
        return kinds[0]


@cache
def ours() -> Known:
    """The aliases that ship with the package."""
    return Known.of(read(OURS.read_text(encoding="utf-8"), OURS.name))


def read(text: str, path: str | Path) -> Table:
    """The table in a file of aliases, checked: no name is an alias too, and no alias has two names.

    Raises:
        InputError: The text is no TOML, has other keys or values, or contradicts itself; with its line.
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        reason = str(error)
        line = reason.rpartition("at line ")[2].split(",")[0]
        at = int(line) if line.isdecimal() else text.count("\n") + 1
        raise InputError(f"no TOML: {reason.partition(' (at')[0]}", path, at) from None
    for kind, told in table.items():
        if kind not in (*ENTITY_TYPES, "apart"):
            known = ", ".join(ENTITY_TYPES)
            raise InputError(f"no table {kind!r}: there are {known} and apart", path, _line(text, kind))
        if not isinstance(told, dict):
            advice = f'write [{kind}], and "name" = ["alias", ...] below it'
            raise InputError(f"{kind!r} is no table: {advice}", path, _line(text, kind))
        for name, aliases in told.items():
            if not isinstance(aliases, list) or not all(isinstance(alias, str) and alias.strip() for alias in aliases):
                raise InputError(f'{name!r} needs a list of names: ["...", "..."]', path, _line(text, name))
            if kind == "apart" and name not in ENTITY_TYPES:
                raise InputError(f"no type {name!r}: there are {', '.join(ENTITY_TYPES)}", path, _line(text, name))
        if kind != "apart":
            _agree(told, kind, text, path)
    return table


def check(table: Table, text: str, path: str | Path, spelled: Iterable[str]) -> None:
    """See that every name of a table is one that papers write.

    Args:
        table: As ``read`` gives it, of
        text: what is in the file at
        path: this place.
        spelled: What they write.

    Raises:
        InputError: Nobody writes so; with the line.
    """
    known = {compact(normal_form(name, kind)) for name in spelled for kind in ENTITY_TYPES}
    for kind, told in table.items():
        for name, aliases in told.items():
            for one in aliases if kind == "apart" else (name, *aliases):
                if compact(normal_form(one, name if kind == "apart" else kind)) not in known:
                    reason = f"no paper writes {one!r}: look at `kg aliases` and `kg show` for what they write"
                    raise InputError(reason, path, _line(text, one))


def _agree(told: dict[str, list[str]], kind: str, text: str, path: str | Path) -> None:
    names = {compact(normal_form(name, kind)): name for name in told}
    if len(names) < len(told):
        twice = next(name for name in told if names[compact(normal_form(name, kind))] != name)
        other = names[compact(normal_form(twice, kind))]
        raise InputError(f"{twice!r} and {other!r} are one name: give it once", path, _line(text, other))
    owner: dict[str, str] = {}
    for name, aliases in told.items():
        for alias in aliases:
            form = compact(normal_form(alias, kind))
            if form in names and names[form] != name:
                reason = f"{alias!r} is an alias of {name!r}, and a name itself: make one of them the name"
                raise InputError(reason, path, _line(text, alias))
            if owner.setdefault(form, name) != name:
                both = f"{owner[form]!r} and of {name!r}"
                raise InputError(f"{alias!r} is an alias of {both}: choose one", path, _line(text, alias, -1))


def _line(text: str, word: str, which: int = 0) -> int:
    """The line where a word of the file stands first, or last."""
    quoted = json.dumps(word, ensure_ascii=False)
    lines = text.splitlines()
    found = [k for k, line in enumerate(lines, start=1) if quoted in line or f"'{word}'" in line]
    found = found or [k for k, line in enumerate(lines, start=1) if word in line]
    return found[which] if found else 1
