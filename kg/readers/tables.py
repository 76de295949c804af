"""A table with a row of column names, comma- or tab-separated, into papers."""

from __future__ import annotations

import csv
from collections.abc import Iterator

from kg.errors import InputError
from kg.model import Paper
from kg.readers.problems import Found, Problems
from kg.readers.record import ALIASES, key, known, paper_from
from kg.readers.source import Source, not_utf8


def read_csv(source: Source, problems: Problems) -> Iterator[Found]:
    """Papers of a table with commas, or with the semicolons that some spreadsheets write, one a row."""
    first = source.head.decode("utf-8", "replace").partition("\n")[0]
    return _read(source, problems, ";" if first.count(";") > first.count(",") else ",")


def read_tsv(source: Source, problems: Problems) -> Iterator[Found]:
    """Papers of a table with tabs, one a row."""
    return _read(source, problems, "\t")


def has_title(names: list[str]) -> bool:
    """Whether a row names a column that a title can be read from."""
    return any(key(name) in (*ALIASES["title"], *ALIASES["text"]) for name in names)


class _Lines:
    """Lines for the csv module, which may take several for a row; ``number`` is that of the last one it took."""

    def __init__(self, source: Source, problems: Problems) -> None:
        self.number, self._lines = 0, source.raw_lines(problems)

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        self.number, line = next(self._lines)
        return line


def _read(source: Source, problems: Problems, delimiter: str) -> Iterator[Found]:
    lines = _Lines(source, problems)
    rows = csv.reader(lines, delimiter=delimiter, strict=True)
    names: list[str] | None = None
    while True:
        number = lines.number + 1
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as wrong:
            lost = f" (lines {number} to {lines.number} are lost)" if lines.number > number else ""
            reason = f"broken row: {wrong}{lost}; put a field in quotes and double the quotes in it"
            problems.skip(reason, source.name, number)
            continue
        if not any(row):
            continue
        if names is None:
            names = _header(row, source, problems, number)
            continue
        try:
            yield Found(_paper(row, names, source, problems, number), source.name, number)
        except ValueError as wrong:
            problems.skip(str(wrong), source.name, number)


def _header(row: list[str], source: Source, problems: Problems, number: int) -> list[str]:
    names = [name.strip() for name in row]
    if wrong := not_utf8("\t".join(names)):
        raise InputError(wrong, source.name, number)
    listed = ", ".join(names)[:200]
    if not has_title(names):
        reason = f"no column 'title' (or 'name'): the first row must name the columns; it has: {listed}"
        raise InputError(reason, source.name, number)
    keys = [key(name) for name in names if known(name)]
    if twice := sorted({name for name in keys if keys.count(name) > 1}):
        raise InputError(f"two columns are called {twice[0]!r}: rename one", source.name, number)
    if unread := [name for name in names if name and not known(name)]:
        problems.note(f"columns that are not read: {', '.join(unread)[:200]}", source.name, number)
    return names


def _paper(row: list[str], names: list[str], source: Source, problems: Problems, number: int) -> Paper:
    if wrong := not_utf8("\n".join(row)):
        raise ValueError(wrong)
    if len(row) != len(names):
        raise ValueError(f"{len(row)} fields for {len(names)} columns: quote fields that have the separator in them")
    record = {name: value for name, value in zip(names, row, strict=True) if known(name)}
    return paper_from(record, lambda text: problems.note(text, source.name, number))
