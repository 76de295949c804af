"""Bytes that are dear to make into a file that says what they were made from, and back if that still holds."""

from __future__ import annotations

import tempfile
from hashlib import sha256
from pathlib import Path

_OPENING = b"kg cache, may be deleted: "


def read(path: Path, key: str) -> bytes | None:
    """What ``write`` put there under the same key; None if there is nothing, something else, or it is damaged."""
    try:
        header, _, content = path.read_bytes().partition(b"\n")
    except OSError:
        return None
    return content if header == _header(key, content) else None


def write(path: Path, key: str, content: bytes, *, like: Path) -> bool:
    """Put ``content`` at ``path`` in one step, open to those who may open the file ``like``.

    Returns False where that is not possible, which costs only time.
    """
    name = ""
    try:
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}-", delete=False) as file:
            name = file.name
            file.write(_header(key, content) + b"\n")
            file.write(content)
        Path(name).chmod(like.stat().st_mode & 0o666)
        Path(name).replace(path)
    except OSError:
        return False
    else:
        name = ""
        return True
    finally:
        if name:
            Path(name).unlink(missing_ok=True)


def _header(key: str, content: bytes) -> bytes:
    return _OPENING + f"{key} content {sha256(content).hexdigest()}".encode()
