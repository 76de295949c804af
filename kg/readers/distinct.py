"""Papers that may come more than once into one paper for each id, whatever their order."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field

from kg.model import content_hash, to_record
from kg.readers.problems import Found, Problems

_TEXT = 12  # bytes of a text's hash; only texts under one id are ever compared


@dataclass(slots=True)
class Distinct:
    """Remembers for each id a hash of what it was used for, some 300 bytes a paper, and says what to keep.

    The same id with the same text is the same paper: it counts once, and ``close`` notes how often that was so. The
    same id with another text is a problem that names both places. Which of them is kept must not depend on their order:
    it is the one that tells more (has more of its fields), and among equals the one with the smaller hash. Papers come
    as a stream, so the better one may come second: it is then passed on as well, and takes the place of the first for
    whoever stores papers by id. What is stored last for an id is the same in every order.
    """

    problems: Problems
    _kept: dict[str, tuple[bytes, str, int]] = field(default_factory=dict)
    _again: int = 0
    _first: str = ""

    def keep(self, found: Found) -> bool:
        """Whether to pass this paper on: its id is new, or it is better than what was passed on under its id.

        Raises:
            InputError: The id was used for another text, and problems are strict.
        """
        text, rank = _digests(found)
        before = self._kept.get(found.paper.id)
        if before is None:
            self._kept[found.paper.id] = (text + rank, found.path, found.line)
            return True
        known, path, line = before
        better = rank < known[_TEXT:]
        if better:
            self._kept[found.paper.id] = (text + rank, found.path, found.line)
        if text == known[:_TEXT]:
            self._again += 1
            self._first = self._first or f"{found.place} is {path}:{line}"
        else:
            kept = "this one is kept" if better else "that one is kept"
            reason = (
                f"the id {found.paper.id[:80]!r} has another text at {path}:{line}; {kept}: give them ids of their own"
            )
            self.problems.skip(reason, found.path, found.line)
        return better

    def close(self) -> None:
        """Note how many papers came again, once all have come."""
        if self._again:
            count = (
                "1 paper came again and counts" if self._again == 1 else f"{self._again} papers came again and count"
            )
            self.problems.note(f"{count} once (first: {self._first})")

    def __len__(self) -> int:
        return len(self._kept)


def _digests(found: Found) -> tuple[bytes, bytes]:
    """A hash of the text, and what sorts a better record before a worse one with the same id."""
    record = to_record(found.paper)
    whole = json.dumps(record, sort_keys=True).encode()
    text = bytes.fromhex(content_hash(found.paper))[:_TEXT]
    told = sum(1 for value in record.values() if value)
    return text, bytes([255 - told]) + hashlib.sha256(whole).digest()[:_TEXT]
