"""The saved text of a web page, a line of title and a line of abstract in turn, into papers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain

from kg.model import Paper
from kg.readers.clean import clean, fold, with_id
from kg.readers.problems import Found, Problems, quoted
from kg.readers.source import Source

_BUTTON = re.compile(r"Subscribe(?!rs?\b|d\b|\s\S)\s*")
_HEADING = re.compile(
    r"(?:abstract|background|objectives?|aims?|introduction|motivation|(?:materials and )?methods?|results?"
    r"|discussion|conclusions?|keywords?|summary)\s*[:.]?$",
    re.IGNORECASE,
)
_LONG = 200  # characters: few titles are longer, few abstracts are shorter
_HEADER = 200  # lines among which the button is looked for


def read(source: Source, problems: Problems) -> Iterator[Found]:
    """Papers of a page as a browser saves or copies it.

    What stands before the first title is header: all up to the button "Subscribe", which sticks to the first title, or
    all short lines but the last before the first abstract. Short lines after the last abstract are footer. Both are
    noted. A line in between that is neither title nor abstract of a paper is a problem. Empty lines do not count.
    """
    loose: list[tuple[int, str]] = []
    papers = 0
    for number, line in _without_header(source, problems):
        title = loose[-1] if loose else None
        if title is None and len(line) < 1.5 * _LONG:
            loose.append((number, line))
        elif title is None:
            problems.skip(f"an abstract without a title before it: {quoted(line)}", source.name, number)
        elif not is_abstract(line):
            loose.append((number, line))
        else:
            for lost, text in loose[:-1]:
                if papers:
                    problems.skip(f"no abstract follows this line: {quoted(text)}", source.name, lost)
            if not papers:
                _note(loose[:-1], "before the first title", source, problems)
            papers += 1
            loose.clear()
            paper = Paper("", fold(title[1]), clean(line))
            if paper.title:
                yield Found(with_id(paper), source.name, title[0])
            else:
                problems.skip("a title without anything to see", source.name, title[0])
    _note(loose, "after the last abstract" if papers else "without any abstract", source, problems)


def is_abstract(line: str) -> bool:
    """Whether a line is an abstract rather than a title: long, or a sentence of more than a title's usual length."""
    return len(line) >= _LONG or (len(line) >= 80 and line.endswith("."))


def is_page(text: str) -> bool:
    """Whether the beginning of a file is a page of papers rather than one paper.

    It is with the page's button before the first abstract, or if most of what stands between header and footer is pairs
    of title and abstract, two at least.
    """
    kinds, any_long = "", False
    for line in filter(None, map(str.strip, text.split("\n"))):
        if _BUTTON.match(line) and not any_long:
            return True
        if _HEADING.match(line):
            return False
        kinds += "a" if is_abstract(line) else "t"
        any_long = any_long or len(line) >= _LONG
    kinds = kinds.lstrip("t").rstrip("t")
    pairs = kinds.count("ta")  # after the first, whose title was stripped with the header
    return pairs > 0 and 2 * pairs + 1 > 0.7 * len(kinds)


def _without_header(source: Source, problems: Problems) -> Iterator[tuple[int, str]]:
    """Lines that are not empty, from the one with the button on, if it comes before any abstract."""
    lines = ((number, line) for number, line in source.lines(problems) if line)
    before: list[tuple[int, str]] = []
    for number, line in lines:
        if button := _BUTTON.match(line):
            _note(before, "before the first title", source, problems)
            rest = line[button.end() :]
            yield from chain([(number, rest)] if rest else [], lines)
            return
        before.append((number, line))
        if len(line) >= _LONG or len(before) == _HEADER:
            break
    yield from chain(before, lines)


def _note(lines: list[tuple[int, str]], where: str, source: Source, problems: Problems) -> None:
    if lines:
        count = "1 line" if len(lines) == 1 else f"{len(lines)} lines"
        problems.note(f"{count} {where} not read, from: {quoted(lines[0][1])}", source.name, lines[0][0])
