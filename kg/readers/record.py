"""An object with fields by any of their usual names into a Paper."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from kg.model import Paper
from kg.readers.clean import clean, fold, with_id

ALIASES: dict[str, tuple[str, ...]] = {
    "id": ("id", "paper id"),
    "title": ("title", "name"),
    "abstract": ("abstract", "summary", "description", "abstract note"),
    "text": ("text",),
    "year": ("year", "date", "published", "publication year"),
    "venue": ("venue", "journal", "booktitle", "publication title"),
    "authors": ("authors", "author"),
    "url": ("url", "link"),
    "doi": ("doi",),
}
"""Fields of a paper and the names they go by, best first. Case, hyphens and underscores in names do not count."""

_KNOWN = {alias for aliases in ALIASES.values() for alias in aliases}
_LONGEST_ID = 1_000  # in characters; servers keep ids unique in an index, whose keys have some thousand bytes at most
_YEAR = re.compile(r"(?<!\d)(?:1[5-9]|20|21)\d\d(?!\d)")
_DOI_PREFIX = re.compile(r"^(?:https?://(?:dx\.)?doi\.org/|doi:\s*)", re.IGNORECASE)


def key(name: str) -> str:
    """The name of a field without case, hyphens and underscores.

    >>> key("_id"), key("Paper-ID")
    ('id', 'paper id')
    """
    return " ".join(re.split(r"[\W_]+", name.lower())).strip()


def known(name: str) -> bool:
    """Whether a field of this name is read."""
    return key(name) in _KNOWN


def paper_from(record: Mapping[str, object], note: Callable[[str], None]) -> Paper:
    """The paper that a record describes.

    A line of the gold data, whose ``text`` is title, line break and abstract, is a record as well. Fields of other
    names are not read. Invisible characters are dropped (see ``clean``). A paper without an id gets one from its text.

    Args:
        record: Fields by their names.
        note: Called with a sentence about a field that is there but cannot be used; the paper is still good.

    Raises:
        ValueError: There is no title, or a field that matters has another shape; its text says so, with advice.
    """
    folded: dict[str, object] = {}
    for name in sorted(record, key=lambda name: (name != key(name), name)):
        folded.setdefault(key(name), record[name])
    fields = {
        field: next((folded[a] for a in aliases if folded.get(a) not in (None, "", [])), None)
        for field, aliases in ALIASES.items()
    }
    title, abstract = _text("title", fields["title"]), _text("abstract", fields["abstract"])
    text = _text("text", fields["text"])
    if text and not title:
        title, _, rest = clean(text).partition("\n")
        abstract = abstract or rest
    elif text and not abstract:
        abstract = clean(text).removeprefix(clean(title) + "\n")
    title, abstract = fold(title), clean(abstract)
    if not title:
        has = ", ".join(sorted(map(str, record))[:8]) or "no fields at all"
        raise ValueError(f"no title: a paper needs a field 'title' (or 'name') with some text; it has: {has[:200]}")

    def line(field: str) -> str | None:
        value = fields[field]
        if value is not None and not isinstance(value, str):
            note(f"{field} is {_shape(value)}, not text, and is left out")
            return None
        return fold(value or "") or None

    doi = line("doi")
    paper = Paper(
        id=_identifier(fields["id"]),
        title=title,
        abstract=abstract,
        year=_year(fields["year"], note),
        venue=line("venue"),
        authors=_authors(fields["authors"], note),
        url=line("url"),
        doi=_DOI_PREFIX.sub("", doi) if doi else None,
    )
    return with_id(paper)


def _shape(value: object) -> str:
    names = {bool: "true or false", int: "a number", float: "a number", list: "a list", dict: "an object"}
    return names.get(type(value), f"a {type(value).__name__}")


def _text(field: str, value: object) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    raise ValueError(f"{field} is {_shape(value)}, not text: put it in quotation marks")


def _identifier(value: object) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if value is None or isinstance(value, str):
        if len(value or "") > _LONGEST_ID:
            raise ValueError(f"id has {len(value or ''):,} characters: give it one of {_LONGEST_ID:,} at most")
        return fold(value or "")
    raise ValueError(f"id is {_shape(value)}: write it as text or as a whole number")


def _year(value: object, note: Callable[[str], None]) -> int | None:
    """The year in a number, a year, an ISO date or a date in words."""
    if value is None or value == "":
        return None
    number = int(value) if isinstance(value, float) and value.is_integer() else value
    found = _YEAR.search(str(number)) if isinstance(number, int | str) else None
    if found is None:
        note(f"no year can be read in {str(value)[:40]!r}, and it is left out")
        return None
    return int(found[0])


def _authors(value: object, note: Callable[[str], None]) -> tuple[str, ...]:
    """Names out of a list, a list of objects with ``name``, or one text with ';', ' and ' or ',' between them."""
    if isinstance(value, str):
        names: list[object] = list(_split(value))
    elif isinstance(value, list):
        names = [one.get("name") if isinstance(one, dict) else one for one in value]
    else:
        names = [] if value is None else [value]
    good = [fold(name) for name in names if isinstance(name, str)]
    if len(good) < len(names):
        note(f"{len(names) - len(good)} of the authors are no text and are left out")
    return tuple(name for name in good if name)


def _split(authors: str) -> list[str]:
    if ";" in authors:
        return authors.split(";")
    parts = re.split(r"\s+and\s+", authors)
    commas = ["," in part for part in parts]
    # "Doe, J. and Roe, R." has a comma in each name; "J. Doe, R. Roe and M. Moe" has commas between names.
    if len(parts) > 1 and all(commas):
        return parts
    return [name for part in parts for name in part.split(",")]
