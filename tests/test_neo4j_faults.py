"""Servers that are killed, full, read-only, too old or away: one line each, and nothing half-told."""

from __future__ import annotations

import os
import pty
import random
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import neo4j_server
import pytest
import stores_graph as sample
import synthetic
from command_line import command, kg, process
from neo4j_server import Server
from test_neo4j_load import expected


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sample.build(tmp_path_factory.mktemp("small") / "small.kg")


# A server that dies


def test_a_server_killed_at_any_point_is_repaired_by_loading_again(own: Server, tmp_path: Path, small: Path) -> None:
    path = synthetic.build(tmp_path / "large.kg", 3_000, 12_000)
    chance = random.Random(7)
    own.start()
    for _ in range(3):
        loader = subprocess.Popen(command("load", path, own.uri, "--batch-size", 50), stderr=subprocess.PIPE)
        time.sleep(chance.uniform(0.6, 2.5))
        own.kill()
        own.start()
        # The driver tries again for some time, so that a load may go on where it was.
        said = loader.communicate(timeout=120)[1].decode()
        assert (loader.returncode, said.count("Error: ")) in ((0, 0), (1, 1)), said
    for loaded in (path, small):
        assert kg("load", loaded, own.uri).code == 0
        assert own.dump() == expected(loaded)


def test_a_server_killed_between_an_index_and_its_constraint(server: Server, small: Path) -> None:
    server.run("CREATE INDEX kg_Dataset_id FOR (n:Dataset) ON (n.id)")
    server.run("CREATE INDEX kg_KgGraph_id FOR (n:KgGraph) ON (n.id)")
    assert kg("load", small, server.uri).code == 0
    assert server.dump() == expected(small)


def test_an_index_of_others_with_a_name_of_ours(server: Server, small: Path) -> None:
    server.run("CREATE INDEX kg_Dataset_id FOR (n:Dataset) ON (n.name)")
    message = "others use a name of kg for an index: use a database of its own"
    try:
        assert kg("load", small, server.uri) == (1, "", f"Error: {server.uri}: {message}\n")
    finally:
        server.run("DROP INDEX kg_Dataset_id")


def test_a_full_disk(own: Server, tmp_path: Path, small: Path) -> None:
    path = synthetic.build(tmp_path / "large.kg", 20_000, 60_000)
    # Without this a log of 256 MB is laid out before there is anything to write.
    own.environment["NEO4J_SETTINGS"] += "db.tx_log.preallocate=false\n"
    disk = ["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", str(own.home)]
    if subprocess.run(disk, capture_output=True, check=False).returncode != 0:
        pytest.skip("no small disk can be mounted here")
    try:
        own.start()
        done = kg("load", path, own.uri)
        message = "the server cannot write to its disk: make room, restart it, and load again"
        assert done == (1, "", f"Error: {own.uri}: {message}\n")
        again = kg("load", small, own.uri)
        message = "the server has failed: look at its log, restart it, and load again"
        assert again == (1, "", f"Error: {own.uri}: {message}\n")
        own.kill()
    finally:
        subprocess.run(["umount", "--lazy", str(own.home)], check=True)


# A server that refuses


def test_a_database_that_is_read_only(own: Server, small: Path, tmp_path: Path) -> None:
    own.start()
    assert kg("load", small, own.uri).code == 0
    own.halt()
    own.environment["NEO4J_SETTINGS"] += "server.databases.default_to_read_only=true\n"
    own.start()
    message = "the database is read only: make it writable, or use another one"
    assert kg("load", small, own.uri) == (1, "", f"Error: {own.uri}: {message}\n")
    assert kg("query", own.uri, "MATCH (m:Method) RETURN count(m) AS n", "--format", "csv") == (0, "n\n3\n", "")
    assert kg("pull", own.uri, "-o", tmp_path / "back.kg").code == 0
    assert own.dump() == expected(small)


def test_a_wrong_password_and_a_missing_database(
    server: Server, small: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    back = tmp_path / "back.kg"
    for line in (["load", small, server.uri], ["pull", server.uri, "-o", back], ["query", server.uri, "RETURN 1 AS a"]):
        message = "there is no such database: leave --database out, or make it first"
        done = kg(*line, "--database", "other")
        assert done == (1, "", f"Error: {server.uri}, database other: {message}\n")
    monkeypatch.setenv("NEO4J_PASSWORD", "wrong")
    message = "the name or the password is wrong: set NEO4J_USERNAME and NEO4J_PASSWORD"
    assert kg("load", small, server.uri) == (1, "", f"Error: {server.uri}: {message}\n")
    assert server.dump() == ([], [], [])
    assert not back.exists()


def test_the_password_is_asked_for_where_a_person_sits(
    server: Server, small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NEO4J_PASSWORD")
    done = process("load", small, server.uri)
    assert done == (1, "", f"Error: {server.uri}: no password: set NEO4J_PASSWORD\n")
    ours, theirs = pty.openpty()
    # In a session of its own, so that it asks at our terminal and at no other.
    line = command("load", small, server.uri)
    loader = subprocess.Popen(line, stdin=theirs, stderr=subprocess.PIPE, start_new_session=True)
    prompt = f"Password of neo4j at {server.uri}: "
    assert loader.stderr is not None
    assert loader.stderr.read(len(prompt)).decode() == prompt
    os.write(ours, server.password.encode() + b"\n")
    said = loader.communicate(timeout=60)[1].decode()
    os.close(ours)
    os.close(theirs)
    assert loader.returncode == 0, said
    assert server.password not in said
    assert server.dump() == expected(small)


# A server that is none


def served(listener: socket.socket, *, agent: bytes | None) -> None:
    """Answer as a server of Bolt 4.4 that calls itself ``agent``, know no Bolt if it is empty, or never answer."""
    try:
        there, _ = listener.accept()
    except OSError:  # closed by the end of the test
        return
    with there:
        if agent is None:
            while there.recv(4096):
                pass
            return
        there.recv(4096)
        there.sendall(b"\x00\x00\x04\x04" if agent else bytes(4))
        # SUCCESS {server: agent, connection_id: "bolt-1"} to HELLO, SUCCESS {fields: ["one"], type: "r"} to all else.
        text = bytes([0x80 + len(agent)]) + agent
        answer = b"\xb1\x70\xa2\x86server" + text + b"\x8dconnection_id\x86bolt-1"
        messages = there.makefile("rb")
        while size := messages.read(2):
            messages.read(int.from_bytes(size, "big"))
            if size == b"\x00\x00":  # the end of a message
                there.sendall(len(answer).to_bytes(2, "big") + answer + b"\x00\x00")
                answer = b"\xb1\x70\xa2\x86fields\x91\x83one\x84type\x81r"


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        one.listen()
        yield one


@pytest.mark.parametrize(
    ("agent", "message"),
    [
        (b"Neo4j/4.4.9", "Neo4j/4.4.9 is too old: kg needs Neo4j 5.26 or later"),
        (b"Neo4j/5.2.0", "Neo4j/5.2.0 is too old: kg needs Neo4j 5.26 or later"),
        (b"Other/1.0", "the server calls itself 'Other/1.0': only Neo4j was tried"),
        (b"", "what listens there is no Neo4j, or too old: kg needs Neo4j 5.26 or later"),
        (None, "no server answers there: start it, or give another address"),
    ],
)
def test_a_server_that_is_too_old_another_or_mute(
    small: Path, listener: socket.socket, agent: bytes | None, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEO4J_PASSWORD", "secret")
    threading.Thread(target=served, args=(listener,), kwargs={"agent": agent}, daemon=True).start()
    uri = f"bolt://127.0.0.1:{listener.getsockname()[1]}"
    assert kg("load", small, uri) == (1, "", f"Error: {uri}: {message}\n")


def test_hosts_that_are_away(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEO4J_PASSWORD", "secret")
    for uri in (
        f"bolt://localhost:{neo4j_server.free_port()}",
        f"neo4j://127.0.0.1:{neo4j_server.free_port()}",
        f"bolt+s://[::1]:{neo4j_server.free_port()}",
        "bolt://no-such-host.invalid:7687",
        "bolt://192.0.2.1:7687",  # of a network that is only for documentation
    ):
        done = kg("load", small, uri)
        assert done == (1, "", f"Error: {uri}: no server answers there: start it, or give another address\n")


SECRET = (
    "an address with a name or password in it ends in logs and histories: "
    "leave out what stands before the @, and set NEO4J_USERNAME and NEO4J_PASSWORD"
)
PARTS = "give scheme, host and port only, such as bolt://localhost:7687"
ADDRESSES = {
    "bolt://neo4j:secret@localhost": SECRET,
    "bolt://neo4j@localhost": SECRET,
    "http://neo4j:secret@localhost": SECRET,
    "bolt://:p@ss/word@localhost": SECRET,
    "http://localhost:7474": "http://localhost:7474: not the address of a server "
    "(http is the address of Neo4j's pages): give one such as bolt://localhost:7687",
    "file:///etc/passwd": "file:///etc/passwd: not the address of a server: give one such as bolt://localhost:7687",
    "BOLT://localhost": "BOLT://localhost: not the address of a server: give one such as bolt://localhost:7687",
    "bolt://": f"bolt://: {PARTS}",
    "bolt://:7687": f"bolt://:7687: {PARTS}",
    "bolt://host/neo4j": f"bolt://host/neo4j: {PARTS}",
    "neo4j://host?policy=eu": f"neo4j://host?policy=eu: {PARTS}",
    "bolt://ho st": f"bolt://ho st: {PARTS}",
    "bolt://host:70000": "bolt://host:70000: Port out of range 0-65535: give an address such as bolt://localhost:7687",
    "bolt://[::1": "bolt://[::1: Invalid IPv6 URL: give an address such as bolt://localhost:7687",
}


@pytest.mark.parametrize(("uri", "reason"), ADDRESSES.items())
def test_addresses_that_are_refused(small: Path, tmp_path: Path, uri: str, reason: str) -> None:
    papers = Path(__file__).parents[1] / "kg" / "examples" / "papers.jsonl"
    for line in (
        ["load", small, uri],
        ["query", uri, "RETURN 1 AS a"],
        ["pull", uri, "-o", tmp_path / "back.kg"],
        ["build", papers, "--into", uri],
    ):
        assert kg(*line) == (1, "", f"Error: {reason}\n")
    assert list(tmp_path.iterdir()) == []
