"""The beginning and the suffix of a file into the name of its format."""

from __future__ import annotations

from kg.errors import InputError
from kg.readers.page import is_page
from kg.readers.record import known
from kg.readers.source import HEAD, Source
from kg.readers.tables import has_title

SUFFIXES: dict[str, str] = {".csv": "csv", ".tsv": "tsv", ".tab": "tsv", ".jsonl": "jsonl", ".ndjson": "jsonl"}
"""Suffixes that settle the format; ``.json``, ``.txt`` and files without a suffix are told by their content."""

OPEN_SUFFIXES: frozenset[str] = frozenset({"", ".json", ".txt", ".text"})


def readable(suffix: str) -> bool:
    """Whether files with this suffix (without ``.gz``) are read when a whole folder is given."""
    return bool(suffix) and (suffix in SUFFIXES or suffix in OPEN_SUFFIXES)


def reader_for(source: Source) -> str:
    """The name of the reader for a file.

    Raises:
        InputError: Neither suffix nor content is known.
    """
    if source.suffix in SUFFIXES:
        return SUFFIXES[source.suffix]
    text = source.head.decode("utf-8", "replace").lstrip()
    first, _, more = text.partition("\n")
    if text.startswith("["):
        return "json"
    if text.startswith("{"):
        return "jsonl" if first.rstrip().endswith("}") and more.strip() else "json"
    for delimiter, name in (("\t", "tsv"), (",", "csv"), (";", "csv")):
        columns = [column.strip().strip('"') for column in first.split(delimiter)]
        # Two columns, since "Text, Images and Video: A Survey" is the title of a paper.
        if sum(map(known, columns)) > 1 and has_title(columns):
            return name
    if text[:100].lower().startswith(("<!doctype", "<html", "<?xml")):
        raise InputError("HTML or XML, which is not read: save the page as text, or export JSON or CSV", source.name)
    if source.suffix not in OPEN_SUFFIXES:
        raise InputError(f"the suffix {source.suffix!r} is not known: choose with --reader", source.name)
    # The last line of a long beginning is cut somewhere and tells nothing about its length.
    lines = text if len(source.head) < HEAD else text.rpartition("\n")[0]
    return "page" if is_page(lines) else "text"
