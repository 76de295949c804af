"""A real Neo4j server for tests: the one of NEO4J_URI, else one in Docker if an engine runs, else one from its jars."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import uuid
from pathlib import Path
from typing import Any

import neo4j
import pytest

ROOT = Path(__file__).parents[1]
VERSIONS = ("5.26.16", "2025.12.1")
PASSWORD = "a pass\"word' of \\tests"


def free_port() -> int:
    """A port of the loopback address that nobody listens at."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


class Server:
    """A server with an empty database; whoever makes one stops it. An ``own`` one is from jars, and can be killed."""

    def __init__(self, version: str, *, own: bool = False) -> None:
        self.uri, self.user, self.password = os.environ.get("NEO4J_URI", ""), "neo4j", PASSWORD
        self.version, self.given, self.docker = version, bool(self.uri) and not own, False
        if self.given:
            self.user = os.environ.get("NEO4J_USERNAME", "neo4j")
            self.password = os.environ["NEO4J_PASSWORD"]
            return
        port = free_port()
        self.uri = f"bolt://localhost:{port}"
        self.docker = not own and _engine_runs()
        self.project = f"kg-tests-{uuid.uuid4().hex[:8]}"
        self.home = Path(tempfile.mkdtemp(prefix="kg-neo4j-"))
        self.environment = {
            **os.environ,
            "NEO4J_VERSION": version,
            "NEO4J_HOME": str(self.home),
            "NEO4J_PASSWORD": PASSWORD,
            "NEO4J_BOLT_PORT": str(port),
            "NEO4J_HTTP_PORT": str(free_port()),
            "NEO4J_HEAP": "768m",
            # The default language of a database is Cypher 5 in both versions: here the newer speaks the newer one.
            "NEO4J_SETTINGS": "" if version.startswith("5.") else "db.query.default_language=CYPHER_25\n",
        }

    def start(self) -> None:
        """Start it, and skip the test if this machine cannot."""
        if self.docker:
            self._compose("up", "-d", "--wait")
        elif not self.given:
            assert self._run_or_skip("start") == f"Neo4j {self.version} at {self.uri}\n"

    def stop(self) -> None:
        """Stop it, and forget its data."""
        if self.docker:
            self._compose("down", "-v")
        elif not self.given:
            if (self.home / "server.pid").exists():
                self.kill()
            shutil.rmtree(self.home)

    def need_java(self) -> None:
        """Fetch its jars, and skip the test if this machine has no Java for it."""
        self._run_or_skip("fetch")

    def halt(self) -> None:
        """Stop it in order, and keep its data."""
        self._compose("stop") if self.docker else self._jars("stop")

    def kill(self) -> None:
        """Kill it without a chance to say goodbye."""
        if self.docker:
            self._compose("kill")
        else:
            pid = int((self.home / "server.pid").read_text())
            os.kill(pid, signal.SIGKILL)
            while _lives(pid):
                time.sleep(0.05)

    def imports(self, folder: Path) -> str:
        """Read a folder of tables into a new database before the first start; returns what the command says."""
        return self._run_or_skip("import", folder)

    def credentials(self) -> dict[str, str]:
        """The environment of a command that uses it."""
        return {"NEO4J_USERNAME": self.user, "NEO4J_PASSWORD": self.password}

    def driver(self) -> neo4j.Driver:
        """A driver of its own, for looking into the database and for what others do there."""
        return neo4j.GraphDatabase.driver(
            self.uri, auth=(self.user, self.password), notifications_min_severity="OFF", connection_timeout=5
        )

    def run(self, text: str, **parameters: Any) -> list[tuple[Any, ...]]:
        """Run a statement as somebody else would, and return its rows."""
        with self.driver() as driver:
            records, _, _ = driver.execute_query(text, parameters, database_="neo4j")
        return [tuple(record) for record in records]

    def clear(self) -> None:
        """Empty the database, constraints and all."""
        with self.driver() as driver, driver.session(database="neo4j") as session:
            session.run("MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 5000 ROWS").consume()
            names = [record["name"] for record in session.run("SHOW CONSTRAINTS YIELD name")]
            for name in names:
                session.run(f"DROP CONSTRAINT `{name}`").consume()

    def dump(self) -> tuple[list[Any], list[Any], list[Any]]:
        """All nodes, all relationships, and all constraints, whole, in an order of their own."""
        nodes = self.run("MATCH (n) RETURN labels(n), properties(n)")
        edges = self.run(
            "MATCH (a)-[r]->(b) RETURN labels(a)[0], coalesce(a.id, a.name), type(r), labels(b)[0], "
            "coalesce(b.id, b.name), properties(r)"
        )
        constraints = [
            (name, kind.removeprefix("NODE_PROPERTY_"), labels, properties)  # Cypher 25 is more exact about the kind
            for name, kind, labels, properties in self.run(
                "SHOW CONSTRAINTS YIELD name, type, labelsOrTypes, properties"
            )
        ]
        return sorted(nodes, key=repr_), sorted(edges, key=repr_), sorted(constraints, key=repr_)

    def _run_or_skip(self, *arguments: object) -> str:
        done = self._jars(*arguments)
        missing = next((line for line in done.stderr.splitlines() if ", and there is no" in line), None)
        if missing:
            pytest.skip(missing.removeprefix("neo4j-from-jars: "))
        assert done.returncode == 0, done.stderr
        return done.stdout

    def _jars(self, *arguments: object) -> subprocess.CompletedProcess[str]:
        command = [str(ROOT / "docker" / "neo4j-from-jars"), *map(str, arguments)]
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False)

    def _compose(self, *arguments: str) -> None:
        command = ["docker", "compose", "-f", str(ROOT / "docker" / "compose.yaml"), "-p", self.project, *arguments]
        subprocess.run(command, env=self.environment, check=True, capture_output=True)


def repr_(row: tuple[Any, ...]) -> str:
    """A row as text in which equal rows are equal, whatever the order of properties."""
    return repr([sorted(part.items()) if isinstance(part, dict) else part for part in row])


def _lives(pid: int) -> bool:
    """Whether any thread of it does: the first one alone may be a zombie that nobody waits for."""
    try:
        threads = list(Path(f"/proc/{pid}/task").iterdir())
        return any("zombie" not in (one / "status").read_text() for one in threads)
    except OSError:
        return False


def _engine_runs() -> bool:
    if shutil.which("docker") is None:
        return False
    return subprocess.run(["docker", "compose", "ls"], capture_output=True, check=False).returncode == 0
