"""Lines of JSON, one object each, into papers."""

from __future__ import annotations

import json
from collections.abc import Iterator

from kg.readers.problems import Found, Problems
from kg.readers.record import paper_from
from kg.readers.source import Source


def read(source: Source, problems: Problems) -> Iterator[Found]:
    """One paper a line; empty lines do not count. Lines of the gold data and of ``kg extract`` are papers as well."""
    for number, line in source.lines(problems):
        if not line:
            continue
        try:
            yield found(json.loads(line), source.name, number, problems)
        except json.JSONDecodeError as wrong:
            reason = f"broken JSON in column {wrong.colno}: {wrong.msg}; a line must be one whole object"
            problems.skip(reason, source.name, number)
        except (ValueError, RecursionError) as wrong:
            problems.skip(_words(wrong), source.name, number)


def found(record: object, path: str, line: int, problems: Problems) -> Found:
    """The paper in one JSON value.

    Raises:
        ValueError: It is no object, or describes no paper.
    """
    if not isinstance(record, dict):
        raise ValueError('no JSON object: a paper is written {"title": ..., "abstract": ...}')
    return Found(paper_from(record, lambda text: problems.note(text, path, line)), path, line)


def _words(wrong: Exception) -> str:
    return "nested too deep for a paper" if isinstance(wrong, RecursionError) else str(wrong)
