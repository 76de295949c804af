"""Neo4j against its own ways and against the embedded engine, in one run: a part of ``make bench``.

On a graph of 50,000 nodes and 300,000 edges drawn by chance, with a server from its jars:

- ``kg load`` against a plain loop of MERGE, one node or edge a transaction, with the same constraints, and against
  ``neo4j-admin database import``; again where all is there; and the loader's memory, for a fifth of the graph too;
- the queries of ``domain_queries`` in the embedded engine and on the server, which give the same rows.
"""

from __future__ import annotations

import math
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Any

import synthetic
from bench import line
from domain_queries import MOST, QUERIES, UNORDERED, filled
from neo4j_server import VERSIONS, Server

from kg import schema
from kg.stores.embedded import EmbeddedEngine
from kg.stores.engine import Engine
from kg.stores.graph_file import GraphFile
from kg.stores.server import served
from kg.stores.server.address import parse
from kg.stores.server.connection import Server as Connection
from kg.stores.server.engine import ServerEngine

NODES, EDGES, LOOPED = 50_000, 300_000, 1_500


def loaded(path: Path, server: Server) -> tuple[float, float]:
    """Seconds and MiB of memory of a ``kg load`` in a process of its own."""
    began = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-m", "kg", "load", str(path), server.uri], stderr=subprocess.PIPE)
    assert process.stderr is not None
    said = process.stderr.read().decode()
    _, status, used = os.wait4(process.pid, 0)
    if status:
        sys.exit(said)
    return time.perf_counter() - began, used.ru_maxrss / 1024


def looped(path: Path, server: Server) -> float:
    """Rows a second of a loop that merges one node, then one edge, after the other."""
    with GraphFile.open(path) as file, server.driver() as driver, driver.session() as session:
        began = time.perf_counter()
        for node in islice(served.nodes(file), LOOPED):
            text = f"MERGE (n:{node.label} {{id: $id}}) SET n += $properties"
            session.run(text, id=node.id, properties=node.properties).consume()
        for edge in islice(served.edges(file), LOOPED):
            text = (
                f"MATCH (a:{schema.label_of(edge.head)} {{id: $head}}), (b:{schema.label_of(edge.tail)} {{id: $tail}}) "
                f"MERGE (a)-[r:{edge.label}]->(b) SET r += $properties"
            )
            session.run(text, head=edge.head, tail=edge.tail, properties=edge.properties).consume()
        return 2 * LOOPED / (time.perf_counter() - began)


def timed(engine: Engine, text: str, parameters: dict[str, Any]) -> tuple[float, float, Any]:
    """Seconds of the first of five runs and of the fastest, and the answer."""
    times = []
    for _ in range(5):
        began = time.perf_counter()
        answer = engine.run(text, parameters)
        times.append(time.perf_counter() - began)
    return times[0], min(times), answer


def queried(path: Path, server: Server) -> None:
    """Compare the engines over all queries."""
    first: list[float] = []
    again: list[float] = []
    with (
        EmbeddedEngine.open(path) as embedded,
        Connection.open(parse(server.uri), server.user, server.password) as there,
    ):
        most = embedded.run(MOST).rows[0][0]
        for text, parameters in QUERIES:
            given = {key: value for key, value in filled(parameters, most).items() if key != UNORDERED}
            our_first, our_best, answer = timed(embedded, text, given)
            their_first, their_best, other = timed(ServerEngine(there), text, given)
            if sorted(answer.rows, key=repr) != sorted(other.rows, key=repr):
                print(f"  other rows: {text}")
            first.append(their_first / our_first)
            again.append(their_best / our_best)
    for what, ratios in (("asked once", first), ("the fastest of five", again)):
        mean = math.exp(sum(map(math.log, ratios)) / len(ratios))
        slower = sum(ratio < 1 for ratio in ratios)
        line(f"{len(ratios)} queries, {what}", f"{mean:.1f} x Neo4j's rate", f"slower on {slower}")


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        small = synthetic.build(Path(folder) / "small.kg", NODES // 5, EDGES // 5)
        path = synthetic.build(Path(folder) / "large.kg", NODES, EDGES)
        with GraphFile.open(path) as file:
            nodes, edges = (sum(part.values()) for part in file.counts())
        rows = nodes + edges
        line("nodes, edges", f"{nodes:,}, {edges:,}")
        imported = Server(VERSIONS[0], own=True)
        tables = Path(folder) / "import"
        subprocess.run(
            [sys.executable, "-m", "kg", "export", path, tables, "-f", "neo4j-admin"], check=True, capture_output=True
        )
        bulk = _seconds(lambda: imported.imports(tables))
        imported.stop()
        line("neo4j-admin database import", f"{rows / bulk:,.0f} rows/s")
        server = Server(VERSIONS[0], own=True)
        server.environment["NEO4J_HEAP"] = "2g"
        try:
            server.start()
            os.environ.update(server.credentials())
            # Both begin with a server that is warm, and with the same constraints.
            _, little = loaded(small, server)
            server.run("MATCH (n) DETACH DELETE n")
            loop = looped(path, server)
            server.run("MATCH (n) DETACH DELETE n")
            line("loop of MERGE", f"{loop:,.0f} rows/s")
            took, memory = loaded(path, server)
            line("kg load", f"{rows / took:,.0f} rows/s", f"{rows / took / loop:.0f} x the loop")
            line("", "", f"{bulk / took:.2f} x the import's rate")
            again, _ = loaded(path, server)
            line("kg load again", f"{rows / again:,.0f} rows/s")
            line("memory of kg load", f"{memory:.0f} MiB", f"{memory / little:.2f} x that for a fifth of the graph")
            queried(path, server)
        finally:
            server.stop()


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
