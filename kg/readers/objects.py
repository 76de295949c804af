"""One JSON value, a list of objects or an object with a list ``papers``, into papers."""

from __future__ import annotations

import json
import re
from collections.abc import Generator, Iterator

from kg.errors import InputError
from kg.readers.jsonl import found
from kg.readers.problems import Found, Problems
from kg.readers.source import Source

_SPACE = re.compile(r"[ \t\n\r]*")


def read(source: Source, problems: Problems) -> Iterator[Found]:
    """The papers of ``[{...}, ...]`` or ``{"papers": [{...}, ...]}``; any other object is one paper.

    Raises:
        InputError: The JSON is broken; papers before that place have been passed on.
    """
    text = source.whole()
    at, line = 0, 1
    try:
        for start, record in _records(text):
            line += text.count("\n", at, start)
            at = start
            try:
                yield found(record, source.name, line, problems)
            except ValueError as wrong:
                problems.skip(str(wrong), source.name, line)
    except json.JSONDecodeError as wrong:
        raise InputError(f"broken JSON in column {wrong.colno}: {wrong.msg}", source.name, wrong.lineno) from None
    except ValueError as wrong:
        raise InputError(str(wrong), source.name, line) from None
    except RecursionError:
        raise InputError("nested too deep for papers", source.name, line) from None


def _records(text: str) -> Iterator[tuple[int, object]]:
    """Where each record begins, and the record: one at a time, so that each has a place."""
    decoder = json.JSONDecoder()
    start = _skip(text, 0)
    if text.startswith("[", start):
        end = yield from _items(text, start, decoder)
    else:
        whole, end = decoder.raw_decode(text, start)
        papers = whole.get("papers") if isinstance(whole, dict) else None
        inside = _list_of_papers(text, start, decoder) if isinstance(papers, list) else None
        if inside is None:
            yield start, whole
        else:
            yield from _items(text, inside, decoder)
    if _skip(text, end) < len(text):
        raise json.JSONDecodeError("more text after the end; one object a line is the format jsonl", text, end)


def _items(text: str, start: int, decoder: json.JSONDecoder) -> Generator[tuple[int, object], None, int]:
    """The items of the list whose bracket opens at ``start``; returns where it ends."""
    at = _skip(text, start + 1)
    while not text.startswith("]", at):
        item, end = decoder.raw_decode(text, at)
        yield at, item
        at = _skip(text, end)
        if text.startswith(",", at):
            at = _skip(text, at + 1)
        elif not text.startswith("]", at):
            raise json.JSONDecodeError("Expecting ',' or ']'", text, at)
    return at + 1


def _list_of_papers(text: str, start: int, decoder: json.JSONDecoder) -> int | None:
    """Where the list of the last key ``papers`` opens in the object at ``start``, which is known to be whole."""
    at, found_at = _skip(text, start + 1), None
    while not text.startswith("}", at):
        name, end = decoder.raw_decode(text, at)
        value = _skip(text, _skip(text, end) + 1)
        if name == "papers":
            found_at = value
        _, end = decoder.raw_decode(text, value)
        at = _skip(text, end)
        at = _skip(text, at + 1) if text.startswith(",", at) else at
    return found_at


def _skip(text: str, at: int) -> int:
    space = _SPACE.match(text, at)
    return space.end() if space else at
