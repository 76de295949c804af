"""Tables of a graph file into the nodes, edges, evidence and aliases of the assembled graph."""

from __future__ import annotations

import heapq
import json
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import Any

from kg import schema
from kg.errors import GraphFileError
from kg.model import Alias, Edge, Evidence, Node
from kg.stores import tables
from kg.stores.connection import Connection

_ASKED = 1_000  # pairs of values that one query asks about


def digest(records: Iterable[Node | Edge | Evidence | Alias]) -> str:
    """64 hexadecimal digits of records in their order."""
    made = sha256()
    for record in records:
        made.update(json.dumps(record, sort_keys=True).encode() + b"\n")
    return made.hexdigest()


class AssembledGraph:
    """The graph that the last assembly left in an open graph file, to read."""

    def __init__(self, connection: Connection) -> None:
        self._file = connection
        self.path: Path = connection.path

    def state(self) -> bool:
        """Whether the assembled graph is up to date with the papers and extractions."""
        return self._meta("state") == "complete"

    def model(self) -> str | None:
        """The model whose extractions the graph was assembled from; None before the first assembly."""
        return self._meta("model")

    def fingerprint(self) -> str | None:
        """64 hexadecimal digits that are equal for equal graphs; None before the first assembly."""
        return self._meta("fingerprint")

    def own_aliases(self) -> str | None:
        """A user's own aliases as JSON of a ``kg.resolve.known.Table``, or None if there are none."""
        return self._meta("aliases")

    def need_graph(self) -> str:
        """The fingerprint of the graph.

        Raises:
            GraphFileError: There was no assembly yet.
        """
        if (fingerprint := self.fingerprint()) is None:
            raise GraphFileError(f"{self.path} has no graph yet: let `kg build` finish")
        return fingerprint

    def nodes(self) -> Iterator[Node]:
        """Every node, sorted by id."""
        return heapq.merge(self.entities(), self._papers(), self.results(), key=lambda node: node.id)

    def node(self, id_: str) -> Node | None:
        """The node with this id, or None."""
        if id_.startswith("paper:"):
            row = self._file.row(f"SELECT {tables.PAPER} FROM paper WHERE in_graph AND id = ?", id_.split(":", 1)[1])
            return tables.paper_node(tables.to_paper(row)) if row else None
        if row := self._file.row("SELECT * FROM result WHERE id = ?", id_):
            return tables.to_result(row)
        row = self._file.row("SELECT * FROM entity WHERE id = ?", id_)
        return tables.to_entity(row) if row else None

    def counts(self) -> tuple[dict[str, int], dict[str, int]]:
        """How many nodes of each label and edges of each label there are; every label of the schema is named."""
        nodes = dict.fromkeys(schema.NODE_LABELS, 0)
        nodes.update(self._counts("SELECT type, count(*) FROM entity GROUP BY type"))
        nodes[schema.PAPER] = self._count("paper WHERE in_graph")
        nodes[schema.RESULT] = self._count("result")
        edges = dict.fromkeys(schema.EDGE_LABELS, 0)
        edges.update(self._counts("SELECT type, count(*) FROM edge GROUP BY type"))
        return nodes, edges

    def missing_nodes(self, ids: Sequence[str]) -> list[str]:
        """Those of some ids that are of no node here."""
        papers = [id_.removeprefix("paper:") if id_.startswith("paper:") else None for id_ in ids]
        sql = """SELECT id FROM asked WHERE NOT EXISTS (SELECT 1 FROM entity WHERE entity.id = asked.id)
                 AND NOT EXISTS (SELECT 1 FROM result WHERE result.id = asked.id)
                 AND NOT EXISTS (SELECT 1 FROM paper WHERE paper.id = asked.paper AND in_graph)"""
        return [id_ for (id_,) in self._asked("id, paper", sql, list(zip(ids, papers, strict=True)))]

    def missing_edges(self, label: str, ends: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
        """Those of some pairs of head and tail that no edge of this label joins here."""
        sql = """SELECT head, tail FROM asked WHERE NOT EXISTS
                 (SELECT 1 FROM edge WHERE edge.head = asked.head AND type = ? AND edge.tail = asked.tail)"""
        return [(head, tail) for head, tail in self._asked("head, tail", sql, ends, label)]

    def edges(self) -> Iterator[Edge]:
        """Every edge, sorted by head, label and tail."""
        return map(tables.to_edge, self._file.rows("SELECT * FROM edge ORDER BY head, type, tail"))

    def edges_labelled(self, labels: Sequence[str]) -> Iterator[Edge]:
        """Every edge of some labels, sorted by head, label and tail."""
        sql = f"SELECT * FROM edge WHERE type IN ({', '.join('?' * len(labels))}) ORDER BY head, type, tail"
        return map(tables.to_edge, self._file.rows(sql, *labels))

    def edges_of(self, id_: str) -> Iterator[Edge]:
        """Every edge from or to a node, sorted by head, label and tail."""
        sql = "SELECT * FROM edge WHERE head = ? OR tail = ? ORDER BY head, type, tail"
        return map(tables.to_edge, self._file.rows(sql, id_, id_))

    def evidence(self, head: str, label: str, tail: str) -> list[Evidence]:
        """Every sentence behind one edge, by paper and sentence."""
        return self._evidence("head = ? AND type = ? AND tail = ?", head, label, tail)

    def evidence_of(self, id_: str) -> list[Evidence]:
        """Every sentence behind the edges from or to a node, by edge, paper and sentence."""
        return self._evidence("head = ? OR tail = ?", id_, id_)

    def aliases(self, entity: str) -> list[Alias]:
        """Every spelling of an entity, sorted by text."""
        sql = "SELECT * FROM alias WHERE entity = ? ORDER BY text, rowid"
        return [Alias(*row) for row in self._file.rows(sql, entity)]

    def all_aliases(self) -> Iterator[Alias]:
        """Every spelling of every entity, sorted by entity and text."""
        return (Alias(*row) for row in self._file.rows("SELECT * FROM alias ORDER BY entity, text, rowid"))

    def all_evidence(self) -> Iterator[Evidence]:
        """Every sentence behind every edge, by edge, paper and sentence."""
        sql = "SELECT * FROM evidence ORDER BY head, type, tail, paper, sentence, rowid"
        return (Evidence(*row) for row in self._file.rows(sql))

    def evidence_by_paper(self) -> Iterator[Evidence]:
        """The same, by paper."""
        sql = "SELECT * FROM evidence ORDER BY paper, head, type, tail, sentence, rowid"
        return (Evidence(*row) for row in self._file.rows(sql))

    def evidence_counts(self) -> dict[tuple[str, str, str], tuple[int, int]]:
        """How many sentences, and of how many papers, are behind each edge that has any."""
        sql = "SELECT head, type, tail, count(*), count(DISTINCT paper) FROM evidence GROUP BY head, type, tail"
        return {(head, label, tail): (places, papers) for head, label, tail, places, papers in self._file.rows(sql)}

    def entities(self) -> Iterator[Node]:
        """Every entity, sorted by id."""
        return map(tables.to_entity, self._file.rows("SELECT * FROM entity ORDER BY id"))

    def paper_years(self) -> Iterator[tuple[str, int]]:
        """Id and year of every paper that has one."""
        rows = self._file.rows("SELECT id, year FROM paper WHERE in_graph AND year IS NOT NULL ORDER BY id")
        return ((id_, int(year)) for id_, year in rows)

    def papers_by_year(self, label: str) -> Iterator[tuple[str, int, int]]:
        """Entities of a type, each year of papers that mention one, and how many do, by id and year."""
        sql = """SELECT tail, year, count(*) FROM edge JOIN paper ON paper.id = substr(head, 7)
                 WHERE edge.type = 'MENTIONS' AND year IS NOT NULL AND tail LIKE ? GROUP BY tail, year"""
        return ((id_, year, count) for id_, year, count in self._file.rows(sql, f"{label.lower()}:%"))

    def results(self) -> Iterator[Node]:
        """Every result, sorted by id."""
        return map(tables.to_result, self._file.rows("SELECT * FROM result ORDER BY id"))

    def digest(self) -> str:
        """The fingerprint of what is in the graph now: that of ``fingerprint`` if nobody changed it since."""
        return digest(chain(self.nodes(), self.edges(), self.all_evidence(), self.all_aliases()))

    def find(self, name: str) -> list[str]:
        """Ids of the entities that ``name`` is the id, the name or a spelling of, whatever its case, best first."""
        sql = """SELECT id, min(rank) FROM (
                   SELECT id, CASE WHEN id = ?1 THEN 0 ELSE 1 END AS rank FROM entity WHERE casefold(id) = casefold(?1)
                   UNION ALL SELECT id, 2 FROM entity WHERE name = ?1
                   UNION ALL SELECT id, 3 FROM entity WHERE casefold(name) = casefold(?1)
                   UNION ALL SELECT e.id, 4 FROM entity e, json_each(aliases) a WHERE casefold(a.value) = casefold(?1)
                   UNION ALL SELECT entity, 4 FROM alias WHERE casefold(text) = casefold(?1))
                 JOIN entity USING (id) GROUP BY id ORDER BY min(rank), papers DESC, id"""
        name = name.encode("utf-8", "replace").decode()
        return [id_ for id_, _ in self._file.rows(sql, name)]

    def names(self) -> Iterator[tuple[str, str]]:
        """Label and name of every entity, the most used first."""
        return ((a, b) for a, b in self._file.rows("SELECT type, name FROM entity ORDER BY papers DESC, id"))

    def most_named(self, label: str, limit: int) -> list[tuple[str, int]]:
        """Names of the entities of a type that most papers mention, and how many."""
        sql = "SELECT name, papers FROM entity WHERE type = ? ORDER BY papers DESC, id LIMIT ?"
        return [(name, papers) for name, papers in self._file.rows(sql, label, limit)]

    def stats(self) -> dict[str, Any]:
        """What the file holds: format, model, whether it is up to date, and how many of everything."""
        nodes, edges = self.counts()
        return {
            "format": int(self._meta("format") or 0),
            "model": self.model(),
            "complete": self.state(),
            "papers": self._count("paper"),
            "extractions": self._count("extraction"),
            "nodes": nodes,
            "edges": edges,
            "evidence": self._count("evidence"),
            "aliases": self._count("alias"),
        }

    def _meta(self, key: str) -> str | None:
        row = self._file.row("SELECT value FROM meta WHERE key = ?", key)
        return row[0] if row else None

    def _papers(self) -> Iterator[Node]:
        rows = self._file.rows(f"SELECT {tables.PAPER} FROM paper WHERE in_graph ORDER BY id")
        return (tables.paper_node(tables.to_paper(row)) for row in rows)

    def _evidence(self, where: str, *values: str) -> list[Evidence]:
        sql = f"SELECT * FROM evidence WHERE {where} ORDER BY head, type, tail, paper, sentence, rowid"
        return [Evidence(*row) for row in self._file.rows(sql, *values)]

    def _asked(
        self, columns: str, sql: str, rows: Sequence[tuple[Any, Any]], *values: str
    ) -> Iterator[tuple[Any, ...]]:
        """The rows of a query on a table ``asked`` that has these pairs as its rows."""
        for start in range(0, len(rows), _ASKED):
            some = rows[start : start + _ASKED]
            asked = f"WITH asked ({columns}) AS (VALUES {', '.join(['(?, ?)'] * len(some))})"
            yield from self._file.rows(f"{asked} {sql}", *chain.from_iterable(some), *values)

    def _count(self, table: str) -> int:
        row = self._file.row(f"SELECT count(*) FROM {table}")
        return int(row[0]) if row else 0

    def _counts(self, sql: str) -> Iterator[tuple[str, int]]:
        return ((label, count) for label, count in self._file.rows(sql))
