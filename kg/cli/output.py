"""A path into a stream of bytes that is whole or not at all."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from kg.errors import InputError


@contextmanager
def opened(path: str) -> Iterator[IO[bytes]]:
    """Standard output for ``-``, else a file that takes the place of an old one only when all is written.

    Raises:
        InputError: The file cannot be written.
    """
    if path == "-":
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    target = Path(path)
    plain = not target.exists() or target.is_file()  # a device is written to as it is
    part = target.with_name(f".{target.name}.{os.getpid()}.part") if plain else target
    try:
        stream = part.open("wb")
    except OSError as reason:
        raise InputError(f"cannot be written: {reason.strerror or reason}", path) from None
    try:
        with stream:
            yield stream
        if plain:
            part.replace(target)
    except OSError as reason:
        raise InputError(f"cannot be written: {reason.strerror or reason}", path) from None
    finally:
        if plain:
            part.unlink(missing_ok=True)
