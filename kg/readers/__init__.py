"""Files of papers into papers, one module a format."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from kg.errors import InputError
from kg.model import Paper
from kg.plugins import load, names
from kg.readers.distinct import Distinct
from kg.readers.problems import Found, Problems
from kg.readers.sniff import readable, reader_for
from kg.readers.source import open_source

__all__ = ["READERS", "Distinct", "Found", "Problems", "distinct", "find", "read", "reader_names"]

READERS: dict[str, str] = {
    "csv": "kg.readers.tables:read_csv",
    "json": "kg.readers.objects:read",
    "jsonl": "kg.readers.jsonl:read",
    "page": "kg.readers.page:read",
    "text": "kg.readers.text:read",
    "tsv": "kg.readers.tables:read_tsv",
}
"""Names of formats and the functions that read them, ``(source, problems) -> Iterator[Found]``. Other packages add to
them by the entry-point group ``kg.readers``."""

GROUP = "kg.readers"


def reader_names() -> list[str]:
    """The names that ``--reader`` takes."""
    return names(READERS, GROUP)


def read(sources: Sequence[str | Path], reader: str | None = None, problems: Problems | None = None) -> Iterator[Paper]:
    """The papers of all sources, each once, as a stream.

    An id comes a second time only if it stands for two texts, which is a problem; the later paper then takes the place
    of the earlier (see ``Distinct``).

    Args:
        sources: Files, folders (all files in them that can be read, by name, and of the folders in them), or ``-``.
        reader: Name of the format of all sources; None tells it for each by content and suffix.
        problems: Collects the records that are skipped; None raises at the first.

    Raises:
        KGError: No reader is called so.
        InputError: A source cannot be read at all, or there is no paper in any of them.
    """
    problems = Problems(strict=True) if problems is None else problems
    return distinct(find(sources, reader, problems), problems)


def distinct(papers: Iterable[Found], problems: Problems) -> Iterator[Paper]:
    """The papers, each once, by the rule of ``Distinct``."""
    seen = Distinct(problems)
    for one in papers:
        if seen.keep(one):
            yield one.paper
    seen.close()


def find(sources: Sequence[str | Path], reader: str | None, problems: Problems) -> Iterator[Found]:
    """Every paper of every source with its place, as often as it comes; arguments and errors as for ``read``."""
    if reader is not None:
        load(reader, READERS, GROUP, "reader")
    # Missing files are told at once and not after hours of work on those before them.
    return _find(list(_files(sources, problems)), reader, problems)


def _find(files: list[tuple[str, bool]], reader: str | None, problems: Problems) -> Iterator[Found]:
    total = 0
    for path, in_folder in files:
        count, before = 0, len(problems.skipped)
        try:
            source = open_source(path)
            with source.stream:
                name = reader or reader_for(source)
                for one in load(name, READERS, GROUP, "reader")(source, problems):
                    count += 1
                    yield one
            if not count and len(problems.skipped) == before:
                raise InputError(f"no papers in it (read as {name}): choose another format with --reader", source.name)
        except InputError as wrong:
            if not in_folder or problems.strict:
                raise
            problems.skip(wrong.reason, str(wrong.path), wrong.line)
        total += count
    if not total:
        which = files[0][0] if len(files) == 1 else f"{len(files)} files"
        raise InputError(f"not one paper could be read; records that were skipped: {len(problems.skipped)}", which)


def _files(sources: Sequence[str | Path], problems: Problems) -> Iterator[tuple[str, bool]]:
    """All files, and whether each was found in a folder rather than named."""
    for given in sources:
        path = str(given)
        mode = None if path == "-" else _mode(path)
        if mode is not None and stat.S_ISDIR(mode):
            inside = sorted(_walk(path, problems))
            if not inside:
                raise InputError(
                    "no file in this folder can be read: papers are in .jsonl, .json, .csv, .tsv, .txt", path
                )
            yield from ((name, True) for name in inside)
        else:
            yield path, False


def _mode(path: str) -> int:
    try:
        return Path(path).stat().st_mode
    except (OSError, ValueError) as reason:
        missing = not isinstance(reason, OSError) or isinstance(reason, FileNotFoundError | NotADirectoryError)
        why = getattr(reason, "strerror", "")
        raise InputError(
            "no such file or folder: check the name" if missing else f"cannot be read: {why}", path
        ) from None


def _walk(folder: str, problems: Problems) -> Iterator[str]:
    for here, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(name for name in files if not name.startswith(".")):
            bare = Path(name[:-3]) if name.lower().endswith(".gz") else Path(name)
            if readable(bare.suffix.lower()):
                yield str(Path(here) / name)
            else:
                problems.note("not read: its suffix is not one of papers", str(Path(here) / name))
