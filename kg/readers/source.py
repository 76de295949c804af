"""A path or standard input into lines of text with their numbers."""

from __future__ import annotations

import gzip
import io
import re
import sys
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from kg.errors import InputError
from kg.readers.problems import Problems

HEAD = 1 << 16
"""Bytes looked at to tell what a file is."""

MAX_LINE = 10_000_000
"""Bytes of the longest line that is read; a paper is some thousand."""

MAX_WHOLE = 500_000_000
"""Bytes of the largest file that is read as a whole, which only JSON that is no JSON Lines needs."""

_UNDECODED = re.compile("[\udc80-\udcff]")
_MAGIC = {
    b"%PDF": "a PDF file: extract its title and abstract first",
    b"PK\x03\x04": "a zip archive or office document: unpack it, or save it as CSV",
    b"SQLite format 3\0": "a database, maybe a graph file: give the papers it was built from",
    b"\xff\xfe": "text in UTF-16: save it as UTF-8, or: iconv -f UTF-16 -t UTF-8",
    b"\xfe\xff": "text in UTF-16: save it as UTF-8, or: iconv -f UTF-16 -t UTF-8",
    b"BZh": "compressed with bzip2: unpack it, or use gzip",
    b"\xfd7zXZ\0": "compressed with xz: unpack it, or use gzip",
    b"\x28\xb5\x2f\xfd": "compressed with zstd: unpack it, or use gzip",
}
_CONTROLS = bytes(range(9)) + bytes(range(14, 27)) + bytes(range(28, 32))


class _Joined(io.RawIOBase):
    """Bytes that were read ahead, and then the rest of their stream, which need not be able to go back."""

    def __init__(self, head: bytes, rest: BinaryIO) -> None:
        self._head, self._rest = head, rest

    def readable(self) -> bool:
        """True: the io module asks."""
        return True

    def close(self) -> None:
        """Close the stream behind as well, unless it is standard input, which is not ours."""
        if self._rest is not sys.stdin.buffer:
            self._rest.close()
        super().close()

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Fill the buffer from what was read ahead, or else from the stream."""
        if self._head:
            piece, self._head = self._head[: len(buffer)], self._head[len(buffer) :]
        else:
            piece = self._rest.read(len(buffer))
        buffer[: len(piece)] = piece
        return len(piece)


@dataclass(slots=True)
class Source:
    """An opened file: its ``name`` for messages, its ``suffix`` without ``.gz``, its first bytes, and its bytes."""

    name: str
    suffix: str
    head: bytes
    stream: BinaryIO

    def raw_lines(self, problems: Problems) -> Iterator[tuple[int, str]]:
        """Numbers and lines with their line breaks. Bytes that are no UTF-8 are there as half surrogates.

        Lines over ``MAX_LINE`` are problems and left out.

        Raises:
            InputError: The file ends in the middle of its compressed data, or cannot be read on.
        """
        number = 0
        try:
            while line := self.stream.readline(MAX_LINE + 1):
                number += 1
                if len(line) <= MAX_LINE:
                    yield number, line.decode("utf-8", "surrogateescape")
                    continue
                while line and not line.endswith(b"\n"):
                    line = self.stream.readline(MAX_LINE)
                reason = f"a line of more than {MAX_LINE:,} bytes: is this a file of papers, one a line?"
                problems.skip(reason, self.name, number)
        except (EOFError, zlib.error, OSError) as reason:
            raise InputError(_stream_reason(reason), self.name, number + 1) from None

    def lines(self, problems: Problems) -> Iterator[tuple[int, str]]:
        """Numbers and lines without white space around them; lines that are no UTF-8 are problems and left out."""
        for number, line in self.raw_lines(problems):
            if wrong := not_utf8(line):
                problems.skip(wrong, self.name, number)
            else:
                yield number, line.strip()

    def whole(self) -> str:
        """All of the text.

        Raises:
            InputError: It is larger than ``MAX_WHOLE``, no UTF-8, or cannot be read to its end.
        """
        try:
            data = self.stream.read(MAX_WHOLE + 1)
        except (EOFError, zlib.error, OSError) as reason:
            raise InputError(_stream_reason(reason), self.name) from None
        if len(data) > MAX_WHOLE:
            raise InputError(f"more than {MAX_WHOLE:,} bytes in one JSON value: write one object a line", self.name)
        text = data.decode("utf-8", "surrogateescape")
        if wrong := not_utf8(text):
            before = text[: cast("re.Match[str]", _UNDECODED.search(text)).start()]
            raise InputError(wrong, self.name, before.count("\n") + 1)
        return text


def not_utf8(text: str) -> str | None:
    """What to say about text with bytes that are no UTF-8, or None if all is well."""
    if text.isascii() or not (found := _UNDECODED.search(text)):
        return None
    column = found.start() - text.rfind("\n", 0, found.start())
    byte = ord(found[0]) - 0xDC00
    return f"byte 0x{byte:02x} in column {column} is no UTF-8: convert it, as with: iconv -f WINDOWS-1252 -t UTF-8"


def open_source(path: str) -> Source:
    """Open a file, or standard input for ``-``; unpack gzip, told by its content.

    Raises:
        InputError: There is no such file, it cannot be opened, is empty or holds no text.
    """
    name = "standard input" if path == "-" else path
    try:
        raw = sys.stdin.buffer if path == "-" else cast("BinaryIO", Path(path).open("rb"))  # noqa: SIM115
        head = raw.read(HEAD)
        stream = cast("BinaryIO", io.BufferedReader(_Joined(head, raw), HEAD))
        if head.startswith(b"\x1f\x8b"):
            unpacked = cast("BinaryIO", gzip.GzipFile(fileobj=stream))
            head = unpacked.read(HEAD)
            stream = cast("BinaryIO", io.BufferedReader(_Joined(head, unpacked), HEAD))
    except (EOFError, zlib.error, OSError, ValueError) as reason:
        raise InputError(_stream_reason(reason), name) from None
    if head.startswith(b"\xef\xbb\xbf"):
        head = head[3:]
        stream.read(3)
    if not head.strip():
        raise InputError("no papers in it: the file is empty", name)
    for magic, what in _MAGIC.items():
        if head.startswith(magic):
            raise InputError(f"no text but {what}", name)
    if len(head) - len(head.translate(None, _CONTROLS)) > 0.05 * len(head):
        raise InputError("no text but binary data: give JSON, CSV or plain text in UTF-8", name)
    bare = Path(path).with_suffix("") if Path(path).suffix.lower() == ".gz" else Path(path)
    return Source(name, bare.suffix.lower(), head, stream)


def _stream_reason(reason: Exception) -> str:
    if isinstance(reason, FileNotFoundError):
        return "no such file: check the name"
    if isinstance(reason, EOFError | zlib.error | gzip.BadGzipFile):
        return "the compressed data breaks off or is damaged: fetch or pack the file again"
    return f"cannot be read: {getattr(reason, 'strerror', None) or reason}"
