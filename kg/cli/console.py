"""What a command has to say into lines on standard error, and values into text that a terminal can show."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from typing import TypeVar

import click

T = TypeVar("T")

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def visible(text: str) -> str:
    r"""The text on one line, with characters that steer a terminal, or fit no encoding, written out.

    >>> visible("a\x1b[31mred\n")
    'a\\x1b[31mred\\n'
    """
    return _CONTROL.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def say(text: str) -> None:
    """A line on standard error: words for a person, never data."""
    click.echo(visible(text), err=True)


def complain(text: str) -> None:
    """Say why nothing came of it."""
    say(f"Error: {text}")


def counted(number: int, one: str, many: str | None = None) -> str:
    """A number and what it counts.

    >>> counted(1, "paper"), counted(1204, "paper"), counted(2, "entity", "entities")
    ('1 paper', '1,204 papers', '2 entities')
    """
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def advance(sizes: Iterable[int], total: int) -> Iterator[int]:
    """Pass sizes of batches on; a terminal on standard error shows how much of the total they are."""
    if not sys.stderr.isatty():
        yield from sizes
        return
    from tqdm import tqdm

    with tqdm(total=total, unit=" rows", file=sys.stderr, smoothing=0.05) as shown:
        for size in sizes:
            shown.update(size)
            yield size


def progress(items: Iterable[T], total: int | None = None) -> Iterator[T]:
    """Pass papers on; a terminal on standard error shows rate and, where the total is known, time left."""
    if total == 0 or not sys.stderr.isatty():
        yield from items
        return
    from tqdm import tqdm

    yield from tqdm(items, total=total, unit=" papers", unit_scale=False, file=sys.stderr, smoothing=0.05)
