"""A plain text of one paper, its title on the first line, into that paper."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kg.model import Paper
from kg.readers.clean import clean, fold, with_id
from kg.readers.problems import Found, Problems
from kg.readers.source import Source

_HEADING = re.compile(r"(?:abstract|summary)\s*(?:[:.—–-]\s*|\n|$)", re.IGNORECASE)


def read(source: Source, problems: Problems) -> Iterator[Found]:
    """The one paper of the file: the first line that is not empty is its title, all the rest its abstract.

    A heading "Abstract" before the abstract is dropped. A line that cannot be read would be a hole in the text, so the
    paper is then left out as a whole.
    """
    title, first, rest = "", 1, list[str]()
    before = len(problems.skipped)
    for number, line in source.lines(problems):
        if title:
            rest.append(line)
        elif title := fold(line):
            first = number
    abstract = clean("\n".join(rest))
    if heading := _HEADING.match(abstract):
        abstract = abstract[heading.end() :].strip()
    if title and len(problems.skipped) == before:
        yield Found(with_id(Paper("", title, abstract)), source.name, first)
