"""Papers, extractions and the assembled graph into one SQLite file, and back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain, zip_longest
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from kg import schema
from kg.model import Evidence, Extraction, Graph, Paper, content_hash
from kg.stores import tables
from kg.stores.assembled import AssembledGraph, digest
from kg.stores.connection import Connection, translated

_UNREAD = "WHERE NOT EXISTS (SELECT 1 FROM extraction WHERE extraction.hash = paper.hash AND model = ?)"
_PAGE = 256  # papers that are read ahead of their extraction


class GraphFile(AssembledGraph):
    """An open graph file; ``GraphFile.open`` makes one. Leaving it as a context drops what was not committed."""

    @classmethod
    def open(cls, path: str | Path, *, write: bool = False, create: bool = False) -> Self:
        """Open a graph file to read it, or to ``write`` it alone; ``create`` makes an empty one where none is.

        Raises:
            GraphFileError: In one line, why the file cannot be used and what to do about it.
        """
        return cls(Connection(Path(path), write=write, create=create))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file; what was written since the last ``commit`` or ``replace_graph`` is dropped."""
        self._file.close()

    # Papers and what was read in them

    def put_paper(self, paper: Paper) -> None:
        """Insert a paper, or replace the one with its id; a paper that is there as it is changes nothing."""
        with translated(self.path):
            row = tables.paper_row(paper, content_hash(paper))
        if self._file.row(f"SELECT {tables.PAPER}, hash FROM paper WHERE id = ?", paper.id) == row:
            return
        columns = f"{tables.PAPER}, hash".split(", ")
        self._file.execute(
            "INSERT INTO paper VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0) ON CONFLICT (id) DO UPDATE SET "
            + ", ".join(f"{column} = excluded.{column}" for column in columns[1:]),
            *row,
        )
        self._stale()

    def put_extraction(self, hash_: str, model: str, extraction: Extraction) -> None:
        """Keep what ``model`` read in the text with this content hash, instead of what it read there before."""
        self._file.execute("REPLACE INTO extraction VALUES (?, ?, ?)", hash_, model, extraction.to_json())
        self._stale()

    def put_aliases(self, aliases: str | None) -> None:
        """Keep a user's own aliases, as ``own_aliases`` gives them, in place of those before; None drops these."""
        if aliases is None:
            self._file.execute("DELETE FROM meta WHERE key = 'aliases'")
        else:
            self._file.execute("REPLACE INTO meta VALUES ('aliases', ?)", aliases)
        self._stale()

    def unread(self, model: str) -> Iterator[Paper]:
        """One paper for every text that ``model`` has not read, some at a time: extractions may be put meanwhile."""
        sql = f"""SELECT {tables.PAPER}, hash, min(id) FROM paper {_UNREAD} AND hash > ?
                  GROUP BY hash ORDER BY hash LIMIT ?"""
        after = ""
        while some := list(self._file.rows(sql, model, after, _PAGE)):
            yield from map(tables.to_paper, some)
            after = some[-1][8]

    def unread_count(self, model: str) -> int:
        """How many papers ``unread`` gives."""
        row = self._file.row(f"SELECT count(DISTINCT hash) FROM paper {_UNREAD}", model)
        return int(row[0]) if row else 0

    def commit(self) -> None:
        """Make what was put so far last."""
        self._file.commit()

    def remove(self, ids: Iterable[str]) -> list[str]:
        """Take papers out; the graph keeps them until ``replace_graph``. Returns the ids that are not there."""
        unknown = []
        for id_ in sorted(set(ids)):
            if self._file.execute("DELETE FROM paper WHERE id = ?", id_) == 0:
                unknown.append(id_)
            else:
                self._stale()
        return unknown

    def paper_ids(self) -> list[str]:
        """The ids of all papers, sorted."""
        return [id_ for (id_,) in self._file.rows("SELECT id FROM paper ORDER BY id")]

    def paper_hash(self, id_: str) -> str | None:
        """The content hash of a paper, or None if there is no such paper."""
        row = self._file.row("SELECT hash FROM paper WHERE id = ?", id_)
        return row[0] if row else None

    def paper(self, id_: str) -> Paper | None:
        """The paper with this id, or None."""
        row = self._file.row(f"SELECT {tables.PAPER} FROM paper WHERE id = ?", id_)
        return tables.to_paper(row) if row else None

    def extraction(self, paper_id: str) -> Extraction | None:
        """What the model of the graph read in a paper, or None if there is no such paper or reading."""
        record = self.record(paper_id)
        return replace(Extraction.from_json(record), id=paper_id) if record else None

    def record(self, paper_id: str) -> str | None:
        """The same as the line of JSON that is kept, whose id may be that of another paper with the same text."""
        sql = "SELECT record FROM extraction JOIN paper USING (hash) WHERE id = ? AND model = ?"
        row = self._file.row(sql, paper_id, self.model() or "")
        return row[0] if row else None

    def extracted(self, model: str) -> Iterator[tuple[Paper, Extraction]]:
        """Every paper that ``model`` has read, with what it read, in the order of the papers' ids."""
        sql = f"SELECT {tables.PAPER}, record FROM paper JOIN extraction USING (hash) WHERE model = ? ORDER BY id"
        for row in self._file.rows(sql, model):
            yield tables.to_paper(row), replace(Extraction.from_json(row[8]), id=row[0])

    def replace_graph(self, graph: Graph, model: str) -> None:
        """Put ``graph``, assembled from what ``model`` read, in the place of the one before, and commit.

        Extractions of other models, or that no paper uses any more, go. If the process dies inside, the file is as it
        was after the last ``commit``.

        Raises:
            ValueError: The graph was assembled from other papers than the file holds.
        """
        nodes = sorted((tables.known(node) for node in graph.nodes), key=lambda node: node.id)
        edges = sorted(graph.edges, key=lambda edge: edge[:3])
        evidence = sorted(graph.evidence, key=_evidence_key)
        aliases = sorted(graph.aliases)
        papers = [node for node in nodes if node.label == schema.PAPER]
        self._file.execute("UPDATE paper SET in_graph = 0")
        self._file.executemany("UPDATE paper SET in_graph = 1 WHERE id = ?", ((n.id.split(":", 1)[1],) for n in papers))
        if any(ours != theirs for ours, theirs in zip_longest(self._papers(), papers)):
            raise ValueError("the graph was assembled from other papers than the file holds")
        for table in tables.GRAPH_TABLES:
            self._file.execute(f"DELETE FROM {table}")
        self._insert("entity", 8, (tables.entity_row(node) for node in nodes if node.label in schema.ENTITY_TYPES))
        self._insert("result", 5, (tables.result_row(node) for node in nodes if node.label == schema.RESULT))
        self._insert("edge", 10, map(tables.edge_row, edges))
        self._insert("evidence", 10, evidence)
        self._insert("alias", 4, aliases)
        self._file.execute("DELETE FROM extraction WHERE model <> ? OR hash NOT IN (SELECT hash FROM paper)", model)
        fingerprint = digest(chain(nodes, edges, evidence, aliases))
        for pair in (("fingerprint", fingerprint), ("model", model), ("state", "complete")):
            self._file.execute("REPLACE INTO meta VALUES (?, ?)", *pair)
        self.commit()

    def _stale(self) -> None:
        self._file.execute("UPDATE meta SET value = 'stale' WHERE key = 'state' AND value = 'complete'")

    def _insert(self, table: str, columns: int, rows: Iterable[tuple[Any, ...]]) -> None:
        self._file.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * columns)})", rows)


def _evidence_key(evidence: Evidence) -> tuple[Any, ...]:
    return tuple((value is not None, value) for value in evidence)
