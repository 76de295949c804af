"""A graph into files of other tools, one module a format."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from kg import schema
from kg.errors import InputError
from kg.exporters import neo4j_admin, tables
from kg.model import Edge, Node
from kg.plugins import load, names

__all__ = ["EXPORTERS", "SUFFIXES", "export", "format_names", "format_of"]

EXPORTERS: dict[str, str] = {
    "csv": "kg.exporters.tables:write",
    "gexf": "kg.exporters.gexf:write",
    "graphml": "kg.exporters.graphml:write",
    "json": "kg.exporters.node_link:write",
    "neo4j-admin": "kg.exporters.neo4j_admin:write",
    "png": "kg.exporters.picture:write_png",
    "svg": "kg.exporters.picture:write_svg",
}
"""Names of formats and the functions that write them, ``(nodes, edges, path)``; ``path`` does not exist when they are
called, and may become a file or a folder. Other packages add to them by the entry-point group ``kg.exporters``."""

SUFFIXES: dict[str, str] = {
    ".gexf": "gexf",
    ".graphml": "graphml",
    ".json": "json",
    ".png": "png",
    ".svg": "svg",
}
"""Formats by suffix; a name that ends in ``/`` or ``-csv``, or is an existing folder, is a folder of CSV files."""

FOLDERS: dict[str, frozenset[str]] = {
    "csv": frozenset(tables.FILES),
    "neo4j-admin": frozenset(
        {neo4j_admin.ARGUMENTS} | {f"{label}.csv" for label in (*schema.NODE_LABELS, *schema.EDGE_LABELS, schema.STATE)}
    ),
}
"""Formats that are written to a folder, and the files that may be in it."""

GROUP = "kg.exporters"


def format_names() -> list[str]:
    """The names that ``--format`` takes."""
    return names(EXPORTERS, GROUP)


def format_of(path: str | Path) -> str:
    """The name of the format for a path.

    Raises:
        InputError: Its suffix is of no format.

    >>> format_of("seeds.graphml"), format_of("seeds-csv/")
    ('graphml', 'csv')
    """
    text = str(path)
    suffix = Path(text).suffix.lower()
    if text.endswith(("/", os.sep, "-csv")) or (suffix not in SUFFIXES and Path(text).is_dir()):
        return "csv"
    if suffix in SUFFIXES:
        return SUFFIXES[suffix]
    known = ", ".join(SUFFIXES)
    if suffix == ".csv":
        raise InputError(f"CSV is two files in a folder: write it to {text.removesuffix(Path(text).suffix)}-csv/", text)
    raise InputError(f"no format has this suffix: end it in {known} or / (CSV), or choose with --format", text)


def export(nodes: Iterable[Node], edges: Iterable[Edge], path: str | Path, format: str | None = None) -> None:  # noqa: A002
    """Write a graph to ``path``, whole or not at all. Equal graphs give equal bytes, whatever their order.

    What is there is replaced; a folder only if nothing but an earlier export is in it.

    Args:
        nodes: All nodes.
        edges: All edges; both ends are among the nodes.
        path: A file, or a folder for CSV.
        format: Name of the format; None takes it from the path.

    Raises:
        KGError: No format is called so.
        InputError: The path cannot be written, or its suffix is of no format.
    """
    name = format or format_of(path)
    write = load(name, EXPORTERS, GROUP, "format")
    target = _target(path, FOLDERS.get(name))
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        write(sorted(nodes, key=lambda node: node.id), sorted(edges, key=lambda edge: edge[:3]), part)
        _replace(part, target)
    except OSError as reason:
        raise InputError(f"cannot be written: {reason.strerror or reason}", path) from None
    finally:
        _remove(part)


def _target(path: str | Path, files: frozenset[str] | None) -> Path:
    """Where to write: ``path`` behind all links, so that no link is replaced, nor a device such as /dev/stdout.

    ``files`` are those that an earlier export may have left in a folder; None asks for a file.
    """
    try:
        target = Path(path).resolve()
        others = (
            sorted(one.name for one in target.iterdir() if one.name not in (files or ())) if target.is_dir() else []
        )
        if not target.parent.is_dir():
            raise InputError("there is no such folder to write into: make it first", Path(path).parent)
        if target.is_dir() and files is None:
            raise InputError("this is a folder: give the name of a file", path)
        if files is not None and target.is_file():
            raise InputError("this format is written to a folder, and this is a file: give another name", path)
        if target.exists() and not (target.is_file() or target.is_dir()):
            raise InputError("this is no file: give the name of a file", path)
    except (OSError, RuntimeError, ValueError) as reason:
        raise InputError(f"cannot be written: {getattr(reason, 'strerror', None) or reason}", path) from None
    if others:
        raise InputError(f"this folder holds other files, as {others[0]!r}: give a new one", path)
    return target


def _replace(part: Path, target: Path) -> None:
    if part.is_dir() and target.is_dir():
        old = part.with_suffix(".old")
        target.rename(old)
        try:
            part.rename(target)
        except OSError:
            old.rename(target)
            raise
        shutil.rmtree(old)
    else:
        part.replace(target)


def _remove(part: Path) -> None:
    if part.is_dir():
        shutil.rmtree(part, ignore_errors=True)
    else:
        part.unlink(missing_ok=True)
