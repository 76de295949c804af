"""Files of papers into a graph file: read, extract what is new, assemble all."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kg import readers
from kg.assemble import assemble
from kg.errors import KGError
from kg.model import Extraction, content_hash
from kg.nlp.extract import extract, version
from kg.resolve import Known
from kg.resolve.known import Table, check
from kg.stores.graph_file import GraphFile
from kg.stores.server.pull import papers, state
from kg.stores.suggest import closest

if TYPE_CHECKING:
    from kg.stores.server.connection import Server

BATCH = 32
"""Extractions that are committed together: what a kill can cost, some seconds of work."""

Watch = Callable[[Iterator[Extraction], int], Iterable[Extraction]]
"""Passes on extractions and may show how they come; told how many there will be."""


@dataclass(frozen=True, slots=True)
class Built:
    """What a build or a removal did: papers in the file, texts read now, and what assembly had to leave out."""

    papers: int
    extracted: int
    dropped: dict[str, int]


def build(
    sources: Sequence[str | Path],
    path: str | Path,
    *,
    reader: str | None = None,
    model: str = "accurate",
    workers: int = 1,
    problems: readers.Problems | None = None,
    watch: Watch = lambda extractions, total: extractions,  # noqa: ARG005 - the total is for those who show it
) -> Built:
    """Add the papers of ``sources`` to the graph file at ``path``, which is made if there is none.

    A paper whose id is in the file replaces the one there. The result is the same as that of one build from all papers,
    whatever their order and the number of workers. A build that was killed goes on where it stood when it is run again.

    Args:
        sources: Files, folders or ``-``, as ``kg.readers.read`` takes them.
        path: The graph file.
        reader: Name of the format of all sources; None tells it for each.
        model: Name of the model, or folder of another.
        workers: Processes that read papers.
        problems: Collects the records that are skipped; None raises at the first.
        watch: Sees every new extraction go by.

    Raises:
        KGError: A source, the model or the graph file cannot be used; what was read until then is kept.
    """
    target, reading = Path(path), version(model)
    fresh = not target.exists()
    with GraphFile.open(target, write=True, create=True) as file:
        try:
            for paper in readers.read(sources, reader, problems):
                file.put_paper(paper)
            file.commit()
        except BaseException:
            file.close()
            if fresh:  # nothing was committed, and an empty graph file would only puzzle
                target.unlink(missing_ok=True)
            raise
        total = file.unread_count(reading)
        found = extract(file.unread(reading), model, workers)
        for count, extraction in enumerate(watch(found, total), start=1):
            file.put_extraction(str(file.paper_hash(extraction.id)), reading, extraction)
            if count % BATCH == 0:
                file.commit()
        return _assembled(file, reading, total)


def remove(ids: Iterable[str], path: str | Path) -> tuple[Built, list[str]]:
    """Take papers out of a graph file, and tell also which ids are not in it; the graph is that of the others.

    Raises:
        KGError: The graph file cannot be used, its last build did not finish, or none of the papers is there.
    """
    asked = sorted(set(ids))
    with GraphFile.open(path, write=True) as file:
        reading = file.model()
        if reading is None or file.unread_count(reading):
            raise KGError(f"{path}: the last build did not finish: run `kg build` again, then remove")
        unknown = file.remove(asked)
        if len(unknown) == len(asked):
            known = file.paper_ids()
            like = (closest(unknown[0], known, 1) or known)[:1]
            advice = f"ids are written as in the papers, such as {like[0]!r}" if like else "there is no paper in it"
            raise KGError(f"{path}: no paper has the id {unknown[0]!r}: {advice}")
        return _assembled(file, reading, 0), unknown


def rename(path: str | Path, table: Table | None, source: str | Path, text: str) -> Built:
    """Make a graph file's graph anew with a user's own aliases, which it keeps; None gives the program's graph back.

    Args:
        path: The graph file.
        table: Aliases, as ``kg.resolve.known.read`` gives them.
        source: The file that they are from, and
        text: what is in it, for the line of what is wrong.

    Raises:
        InputError: The graph has no name or alias of the table.
        KGError: The graph file cannot be used, or its last build did not finish; the graph is as it was.
    """
    with GraphFile.open(path, write=True) as file:
        reading = file.model()
        if reading is None or file.unread_count(reading):
            raise KGError(f"{path}: the last build did not finish: run `kg build` again, then name things")
        if table is not None:
            check(table, text, source, {alias.text for alias in file.all_aliases()})
        file.put_aliases(None if table is None else json.dumps(table, ensure_ascii=False, sort_keys=True))
        return _assembled(file, reading, 0)


def fetch(server: Server, path: str | Path) -> None:
    """Put the papers that are on a server, with what was read in them, into the graph file at ``path``.

    Raises:
        KGError: The server or the file cannot be used.
    """
    with GraphFile.open(path, write=True, create=True) as file:
        loaded = state(server)
        file.put_aliases(loaded.aliases if loaded else None)
        for paper, model, extraction in papers(server):
            file.put_paper(paper)
            file.put_extraction(content_hash(paper), model, extraction)
        file.commit()


def pull(server: Server, path: str | Path) -> tuple[Built, bool]:
    """Make the graph file anew whose graph is on a server, and tell also whether it is the same to the last byte.

    It is not where another version of this program, which merges or joins in other ways, made the graph.

    Raises:
        KGError: The server has no whole graph of ours, it fails, or there is something at ``path`` already.
    """
    target = Path(path)
    if target.exists():
        raise KGError(f"{target} exists already: give a new path, and nothing is lost")
    loaded = state(server)
    if loaded is None:
        raise KGError(f"{server}: kg has put no graph there: `kg load my.kg {server.address}` does")
    if not loaded.whole or loaded.model is None:
        raise KGError(f"{server}: the graph there is not whole: let its load finish, or load it again")
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        fetch(server, part)
        with GraphFile.open(part, write=True) as file:
            done = _assembled(file, loaded.model, 0)
            same = file.fingerprint() == loaded.fingerprint
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    return done, same


def _assembled(file: GraphFile, reading: str, extracted: int) -> Built:
    own = file.own_aliases()
    graph = assemble(file.extracted(reading), Known.of(json.loads(own)) if own else Known())
    file.replace_graph(graph, reading)
    return Built(len(file.paper_ids()), extracted, graph.dropped)
