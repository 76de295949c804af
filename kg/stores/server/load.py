"""The graph of a graph file into a server, whatever an earlier load, a crash or an older graph left there."""

from __future__ import annotations

import uuid
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar

import neo4j

from kg import schema
from kg.errors import GraphFileError, ServerError
from kg.stores.graph_file import GraphFile
from kg.stores.server import served
from kg.stores.server.connection import Server
from kg.stores.server.statements import statement

BATCH = 2_000
"""Nodes or edges that are sent together: larger batches are hardly faster, and take memory of the server."""

T = TypeVar("T")
Row = dict[str, Any]
Watch = Callable[[Iterator[int], int], Iterable[int]]
"""Passes on sizes of batches and may show how they come; told how many nodes and edges there will be."""


@dataclass(slots=True)
class Loaded:
    """What a load did, or would do: nodes and edges of the file, how many of them were not on the server, and how many
    there were on the server that the file does not have; ``kept`` are nodes of these that others hang edges on.
    """

    nodes: int = 0
    edges: int = 0
    new_nodes: int = 0
    new_edges: int = 0
    gone_nodes: int = 0
    gone_edges: int = 0
    kept: int = 0


def load(
    file: GraphFile,
    server: Server,
    *,
    batch_size: int = BATCH,
    watch: Watch = lambda sizes, total: sizes,  # noqa: ARG005 - the total is for those who show it
) -> Loaded:
    """Make the graph on the server that of the file.

    Constraints come first, then nodes, then edges, by MERGE in batches of one transaction each; then what the file does
    not have is taken out. Each step changes nothing when it is done twice, so a load that was killed, or whose server
    was, is repaired by loading again. Of two loads at once the later one wins: every batch first sees, under a lock,
    whether its load was the last to begin, and the earlier one fails.

    Args:
        file: An open graph file.
        server: An open connection.
        batch_size: Nodes or edges a transaction.
        watch: Sees the size of every batch that was sent.

    Raises:
        GraphFileError: The graph of the file is missing or behind its papers.
        ServerError: The server fails or refuses, others have nodes with ids of ours, or another load took over. What
            was sent until then stays, and queries say that the graph is not whole.
    """
    fingerprint = _whole(file)
    for label in (*schema.NODE_LABELS, schema.STATE):
        _constrain(server, label)
    _refuse_others(file, server)
    sending = _Sending(server, uuid.uuid4().hex)
    done = _sized(file)
    deque(watch(_merged(file, sending, batch_size, done), done.nodes + done.edges), maxlen=0)
    # All of the file is there now, so where there is as much as in the file there is nothing else.
    nodes, edges = file.counts()
    for label in schema.EDGE_LABELS:
        if _number(server, "count-edges", TYPE=label) > edges[label]:
            for names, rows in _gone_edges(file, server, label, batch_size):
                sending.send("delete-edges", rows, **names)
                done.gone_edges += len(rows)
    for label in schema.NODE_LABELS:
        if _number(server, "count-nodes", LABEL=label) > nodes[label]:
            for rows in _gone_nodes(file, server, label, batch_size):
                sending.send("delete-nodes", rows, LABEL=label)
                done.kept += sending.send("retire-nodes", rows, LABEL=label)[0]["retired"]
                done.gone_nodes += len(rows)
    sending.complete(fingerprint, file.model(), file.own_aliases())
    return done


def difference(file: GraphFile, server: Server) -> Loaded:
    """What ``load`` would do, by the keys of nodes and edges on both sides; nothing is changed.

    Raises:
        GraphFileError: As ``load``.
        ServerError: As ``load``.
    """
    _whole(file)
    _refuse_others(file, server)
    done = _sized(file)
    done.new_nodes, done.new_edges = done.nodes, done.edges
    for label in schema.NODE_LABELS:
        for ids in _some(server.rows("keys-of-nodes", LABEL=label)):
            gone = len(file.missing_nodes([id_ for (id_,) in ids]))
            done.new_nodes -= len(ids) - gone
            done.gone_nodes += gone
    for label in schema.EDGE_LABELS:
        for ends in _some(server.rows("keys-of-edges", TYPE=label)):
            gone = len(file.missing_edges(label, ends))
            done.new_edges -= len(ends) - gone
            done.gone_edges += gone
    return done


class _Sending:
    """One load's right to write, which ends when another begins."""

    def __init__(self, server: Server, token: str) -> None:
        self._server, self._token = server, token
        server.do("claim", {"load": token})

    def send(self, name: str, rows: list[Row], **names: str) -> tuple[Row, neo4j.SummaryCounters]:
        """Run a statement over a batch in one transaction, and return its row and what it changed."""
        text = statement(name, **names)

        def work(tx: neo4j.ManagedTransaction) -> tuple[Row, neo4j.SummaryCounters]:
            self._hold(tx)
            result = tx.run(text, rows=rows)
            records = [record.data() for record in result]
            row = records[0] if records else {}
            if row.get("merged", len(rows)) != len(rows):
                raise ServerError(f"{self._server}: others changed the graph while it was loaded: load it again")
            return row, result.consume().counters

        return self._server.write(work)

    def complete(self, fingerprint: str, model: str | None, aliases: str | None) -> None:
        """Say that the graph is whole."""

        def work(tx: neo4j.ManagedTransaction) -> None:
            self._hold(tx)
            tx.run(statement("complete"), fingerprint=fingerprint, model=model, aliases=aliases).consume()

        self._server.write(work)

    def _hold(self, tx: neo4j.ManagedTransaction) -> None:
        record = tx.run(statement("fence"), load=self._token).single()
        if record is None or not record["ours"]:
            raise ServerError(f"{self._server}: a load that began later takes the place of this one: wait for its end")


def _whole(file: GraphFile) -> str:
    fingerprint = file.need_graph()
    if not file.state():
        raise GraphFileError(f"{file.path} is behind its papers: run `kg build` again, then load")
    return fingerprint


def _sized(file: GraphFile) -> Loaded:
    nodes, edges = file.counts()
    return Loaded(sum(nodes.values()), sum(edges.values()))


def _constrain(server: Server, label: str) -> None:
    """Make the constraint of a label, if need be where a server died while it made one.

    The index of a constraint is there before the constraint is, and stays when the server is killed in between.
    """
    try:
        server.do("constraints", LABEL=label)
    except ServerError:
        if server.row("orphaned-index", LABEL=label) is None:
            raise
        server.do("drop-index", LABEL=label)
        server.do("constraints", LABEL=label)


def _refuse_others(file: GraphFile, server: Server) -> None:
    for label in schema.NODE_LABELS:
        for rows in _some(server.rows("others", LABEL=label)):
            ids = [id_ for (id_,) in rows if isinstance(id_, str)]
            if ours := sorted(set(ids) - set(file.missing_nodes(ids))):
                raise ServerError(
                    f"{server}: there is a {label} with the id {ours[0]!r} that kg did not put there: "
                    "use a database of its own"
                )


def _merged(file: GraphFile, sending: _Sending, batch_size: int, done: Loaded) -> Iterator[int]:
    """Send all nodes, then all edges; yields the size of each batch when it is on the server."""
    nodes = ((node.label, {"id": node.id, "properties": node.properties}) for node in served.nodes(file))
    for label, rows in _batches(nodes, batch_size):
        _, changed = sending.send("merge-nodes", rows, LABEL=label)
        done.new_nodes += changed.nodes_created
        yield len(rows)
    edges = (
        (
            (edge.label, schema.label_of(edge.head), schema.label_of(edge.tail)),
            {"head": edge.head, "tail": edge.tail, "properties": edge.properties},
        )
        for edge in served.edges(file)
    )
    for (label, head, tail), rows in _batches(edges, batch_size):
        _, changed = sending.send("merge-edges", rows, TYPE=label, HEAD=head, TAIL=tail)
        done.new_edges += changed.relationships_created
        yield len(rows)


def _gone_edges(
    file: GraphFile, server: Server, label: str, batch_size: int
) -> Iterator[tuple[dict[str, str], list[Row]]]:
    """Batches of edges on the server that the file does not have, with the names for the statement."""
    gone = (
        ((schema.label_of(head), schema.label_of(tail)), {"head": head, "tail": tail})
        for ends in _some(server.rows("keys-of-edges", TYPE=label))
        for head, tail in file.missing_edges(label, ends)
    )
    for (head, tail), batch in _batches(gone, batch_size):
        yield {"TYPE": label, "HEAD": head, "TAIL": tail}, batch


def _gone_nodes(file: GraphFile, server: Server, label: str, batch_size: int) -> Iterator[list[Row]]:
    gone = (
        (label, {"id": id_})
        for rows in _some(server.rows("keys-of-nodes", LABEL=label))
        for id_ in file.missing_nodes([id_ for (id_,) in rows])
    )
    for _, batch in _batches(gone, batch_size):
        yield batch


def _some(rows: Iterator[tuple[Any, ...]]) -> Iterator[list[tuple[Any, ...]]]:
    """The rows, some together, since the file answers for many at once."""
    return iter(lambda: list(islice(rows, 1_000)), [])


def _batches(items: Iterable[tuple[T, Row]], size: int) -> Iterator[tuple[T, list[Row]]]:
    """Rows of one kind together, ``size`` at a time; at most that many of each kind are held."""
    waiting: dict[T, list[Row]] = defaultdict(list)
    for kind, row in items:
        waiting[kind].append(row)
        if len(waiting[kind]) == size:
            yield kind, waiting.pop(kind)
    yield from waiting.items()


def _number(server: Server, name: str, **names: str) -> int:
    row = server.row(name, None, **names)
    return int(row[0]) if row else 0
