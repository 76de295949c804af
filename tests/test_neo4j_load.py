"""Graph files into a real Neo4j server and back: what is there is what the file has, and others' data stay."""

from __future__ import annotations

import random
import sqlite3
import subprocess
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import stores_graph as sample
import synthetic
from command_line import command, kg
from neo4j_server import Server, repr_

from kg import schema
from kg.model import Edge, Graph, Node, Paper
from kg.stores.graph_file import GraphFile


def expected(path: Path) -> tuple[list[Any], list[Any], list[Any]]:
    """What the server must hold, made of the graph file in another way than ``kg load`` makes it."""
    with GraphFile.open(path) as file:
        nodes: list[Any] = []
        for node in file.nodes():
            paper = node.id.removeprefix("paper:")
            mark = f"{file.model()}\n{file.record(paper) or ''}" if node.label == "Paper" else True
            nodes.append(([node.label], {"id": node.id, **node.properties, "_kg": mark}))
        state = {"id": "kg", "state": "complete", "fingerprint": file.fingerprint(), "model": file.model()}
        if (aliases := file.own_aliases()) is not None:
            state["aliases"] = aliases
        nodes.append((["KgGraph"], state))
        edges = [
            (_label(edge.head), edge.head, edge.label, _label(edge.tail), edge.tail, {**edge.properties, "_kg": True})
            for edge in file.edges()
        ]
    constraints = [(f"kg_{label}_id", "UNIQUENESS", [label], ["id"]) for label in (*schema.NODE_LABELS, "KgGraph")]
    return sorted(nodes, key=repr_), sorted(edges, key=repr_), sorted(constraints, key=repr_)


def _label(id_: str) -> str:
    return id_.split(":")[0].title()


def rows(path: Path) -> list[str]:
    """All tables of a graph file, as SQL."""
    with sqlite3.connect(path) as file:
        return list(file.iterdump())


def put(path: Path, graph: Graph, papers: tuple[Paper, ...] = sample.PAPERS) -> Path:
    return sample.build(path, papers, graph)


SMALLER = replace(
    sample.GRAPH,
    nodes=[
        # One name is another, one year is gone, one method is gone.
        node._replace(properties={"name": "Bert", "aliases": ["Bert"], "papers": 3, "mentions": 4})
        if node.id == "method:bert"
        else node
        for node in sample.GRAPH.nodes
        if node.id != "method:roberta"
    ],
    edges=[
        edge._replace(properties={**edge.properties, "count": 7}) if edge.label == "MENTIONS" else edge
        for edge in sample.GRAPH.edges
        if "method:roberta" not in (edge.head, edge.tail) and edge.label != "PROPOSES"
    ],
)


def test_load_twice_change_and_load_again(server: Server, tmp_path: Path) -> None:
    path = put(tmp_path / "a.kg", sample.GRAPH)
    size = "13 nodes and 32 edges"
    done = kg("load", path, server.uri, "--dry-run")
    assert done == (0, "", f"{size} would be in {server.uri}, {size} of them new\n")
    assert server.dump() == ([], [], [])
    following = f'Next: kg query {server.uri} methods-for-task -p task="question answering"\n'
    done = kg("load", path, server.uri, "--batch-size", 3)
    assert done == (0, "", f"{size} in {server.uri}, {size} of them new\n{following}")
    assert server.dump() == expected(path)
    done = kg("load", path, server.uri)
    assert done == (0, "", f"{size} in {server.uri}, 0 nodes and 0 edges of them new\n{following}")
    assert server.dump() == expected(path)
    smaller = put(tmp_path / "b.kg", SMALLER)
    said = [
        f"12 nodes and 24 edges in {server.uri}, 0 nodes and 0 edges of them new\n",
        "Taken out: 1 node and 8 edges that the graph does not have\n",
    ]
    done = kg("load", smaller, server.uri, "--dry-run")
    assert done == (0, "", said[0].replace(" in ", " would be in ") + said[1].replace("Taken", "Would be taken"))
    assert server.dump() == expected(path)
    assert kg("load", smaller, server.uri) == (0, "", "".join(said) + following)
    assert server.dump() == expected(smaller)


OTHERS = """
CREATE (a:Person {name: 'Ada', id: 1})-[:KNOWS {since: 1833}]->(b:Person {name: 'Charles'}),
       (m:Method {id: 'method:theirs', name: 'theirs'})-[:USED_FOR]->(t:Task {name: 'no id'}),
       (:Unlabelled), (m)-[:PART_OF {_kgx: 1}]->(a)
"""


def test_what_others_put_there_stays(server: Server, tmp_path: Path) -> None:
    server.run(OTHERS)
    server.run("CREATE CONSTRAINT theirs FOR (p:Person) REQUIRE p.name IS UNIQUE")
    before = server.dump()
    path = put(tmp_path / "a.kg", sample.GRAPH)
    assert kg("load", path, server.uri).code == 0
    ours = expected(path)
    both = tuple(sorted([*one, *other], key=repr_) for one, other in zip(before, ours, strict=True))
    assert server.dump() == both
    # They write notes on our nodes, and a relationship of our type between them.
    server.run("MATCH (p:Person {name: 'Ada'}), (m:Method {id: 'method:roberta'}) CREATE (p)-[:LIKES]->(m)")
    server.run("MATCH (m:Method {id: 'method:bert'}) SET m.score = 5")
    server.run(
        "MATCH (m:Method {id: 'method:bert'}), (t:Task {id: 'task:reading'}) CREATE (m)-[:USED_FOR {by: 'Ada'}]->(t)"
    )
    smaller = put(tmp_path / "b.kg", SMALLER)
    done = kg("load", smaller, server.uri)
    assert done.code == 0
    assert "Note: 1 node of these stay as KgRemoved, since others hang relationships on them\n" in done.err.splitlines(
        True
    )
    nodes, edges, constraints = expected(smaller)
    for labels, properties in nodes:
        if properties["id"] == "method:bert" and labels == ["Method"]:
            properties["score"] = 5
    roberta = next(node for node in sample.GRAPH.nodes if node.id == "method:roberta")
    nodes += [*before[0], (["KgRemoved"], {"id": roberta.id, **roberta.properties})]
    edges += [
        *before[1],
        ("Person", 1, "LIKES", "KgRemoved", "method:roberta", {}),
        ("Method", "method:bert", "USED_FOR", "Task", "task:reading", {"by": "Ada"}),
    ]
    constraints += before[2]
    assert server.dump() == tuple(sorted(one, key=repr_) for one in (nodes, edges, constraints))


def test_an_id_that_others_use_is_refused_before_anything_is_written(server: Server, tmp_path: Path) -> None:
    server.run("CREATE (:Method {id: 'method:bert', name: 'theirs'})")
    nodes, edges, _ = server.dump()
    path = put(tmp_path / "a.kg", sample.GRAPH)
    for options in ((), ("--dry-run",)):
        done = kg("load", path, server.uri, *options)
        assert done == (
            1,
            "",
            f"Error: {server.uri}: there is a Method with the id 'method:bert' that kg did not put there: "
            "use a database of its own\n",
        )
        assert server.dump()[:2] == (nodes, edges)


def test_two_of_others_with_one_id_are_told(server: Server, tmp_path: Path) -> None:
    server.run("CREATE (:Method {id: 'x'}), (:Method {id: 'x'})")
    done = kg("load", put(tmp_path / "a.kg", sample.GRAPH), server.uri)
    assert done.code == 1
    assert done.err == (
        f"Error: {server.uri}: nodes of others with this label share an id: use a database of its own\n"
    )


ODD = [
    "'; MATCH (n) DETACH DELETE n //",
    '"quoted" `back``ticked` \\ $name {x: 1}',
    "line\nbreak\r\nand\ttab",
    "null\x00byte",
    "\x1f\x1e units; semicolons, commas",
    "🧬🤖 Ünïcödé ﷽",
    "x" * 10_000,
    "🤖" * 10_000,
    " ",
    "",
]


def odd(path: Path) -> Path:
    """A graph file whose names and titles are as odd as texts can be."""
    papers = tuple(
        Paper(f"{k} {name[:60]}", name, f"{name} again", 2000 + k, name, (name, "b"), name, name)
        for k, name in enumerate(ODD)
    )
    nodes = [sample.paper_node(paper) for paper in papers]
    for node in nodes:
        node.properties.update({key: value for key, value in list(node.properties.items()) if value != ""})
        for key in [key for key, value in node.properties.items() if value in ("", None) and key != "title"]:
            del node.properties[key]
    nodes += [
        Node(f"method:{k} {name[:60]}", "Method", {"name": name, "aliases": [name, ""], "papers": 1, "mentions": 1})
        for k, name in enumerate(ODD)
    ]
    edges = [
        Edge(nodes[-1].id, "PART_OF", node.id, {"support": 1, "papers": [node.id], "sentences": [str(k)]})
        for k, node in enumerate(nodes)
        if node.label == "Method" and node is not nodes[-1]
    ]  # fmt: skip
    graph = Graph(sorted(nodes, key=lambda node: node.id), sorted(edges, key=lambda edge: edge[:3]), [], [])
    return put(path, graph, papers)


def test_odd_names(server: Server, tmp_path: Path) -> None:
    path = odd(tmp_path / "a.kg")
    assert kg("load", path, server.uri, "--batch-size", 4).code == 0
    assert server.dump() == expected(path)
    assert kg("load", path, server.uri).err.splitlines()[0].endswith("0 nodes and 0 edges of them new")


def test_pull_gives_the_file_that_was_loaded(server: Server, tmp_path: Path) -> None:
    path, back, own = tmp_path / "a.kg", tmp_path / "back.kg", tmp_path / "own.toml"
    assert kg("build", SEEDS, "-o", path).code == 0
    own.write_text('[apart]\nDataset = ["ImageNet"]\n')
    assert kg("aliases", path, "--apply", own).code == 0
    assert kg("load", path, server.uri).code == 0
    done = kg("pull", server.uri, "-o", back)
    assert done == (0, "", f"40 papers of {server.uri} in {back}\nNext: kg stats {back}\n")
    assert rows(back) == rows(path)
    done = kg("pull", server.uri, "-o", back)
    assert done == (1, "", f"Error: {back} exists already: give a new path, and nothing is lost\n")


def test_pull_where_nothing_was_loaded_or_only_half(server: Server, tmp_path: Path) -> None:
    back = tmp_path / "back.kg"
    message = f"kg has put no graph there: `kg load my.kg {server.uri}` does"
    assert kg("pull", server.uri, "-o", back) == (1, "", f"Error: {server.uri}: {message}\n")
    done = kg("query", server.uri, "RETURN 1 AS one", "--format", "csv")
    assert done == (0, "one\n1\n", f"Note: kg has put no graph into {server.uri}: `kg load my.kg {server.uri}` does\n")
    server.run("CREATE (:KgGraph {id: 'kg', state: 'loading', load: 'x'})")
    message = "the graph there is not whole: let its load finish, or load it again"
    assert kg("pull", server.uri, "-o", back) == (1, "", f"Error: {server.uri}: {message}\n")
    done = kg("query", server.uri, "RETURN 1 AS one", "--format", "csv")
    note = f"Note: the graph in {server.uri} is not whole: let its load finish, or load it again\n"
    assert done == (0, "one\n1\n", note)
    assert sorted(tmp_path.iterdir()) == []


def test_build_into_a_server_adds_to_what_is_there(server: Server, tmp_path: Path) -> None:
    lines = SEEDS.read_text("utf-8").splitlines(keepends=True)
    first, second, whole = (tmp_path / f"{name}.jsonl" for name in ("first", "second", "whole"))
    first.write_text("".join(lines[:5]), "utf-8")
    second.write_text("".join(lines[5:8]), "utf-8")
    whole.write_text("".join(lines[:8]), "utf-8")
    assert kg("build", first, "--into", server.uri).code == 0
    done = kg("build", second, "--into", server.uri)
    assert done.code == 0
    assert done.err.splitlines()[0] == f"8 papers in {server.uri}, 3 of them read now"
    assert kg("build", whole, "-o", tmp_path / "a.kg").code == 0
    assert server.dump() == expected(tmp_path / "a.kg")
    assert kg("build", whole, "-o", tmp_path / "b.kg", "--into", server.uri).code == 0
    assert server.dump() == expected(tmp_path / "b.kg")


def test_a_file_behind_its_papers_is_not_loaded(server: Server, tmp_path: Path) -> None:
    path = put(tmp_path / "a.kg", sample.GRAPH)
    with GraphFile.open(path, write=True) as file:
        file.put_paper(Paper("new", "New"))
        file.commit()
    done = kg("load", path, server.uri)
    assert done == (1, "", f"Error: {path} is behind its papers: run `kg build` again, then load\n")
    assert server.dump() == ([], [], [])


@pytest.fixture(scope="module")
def two_graphs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("crash")
    return synthetic.build(folder / "one.kg", 1_500, 6_000), synthetic.build(folder / "two.kg", 1_000, 4_000)


def loading(server: Server, path: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        command("load", path, server.uri, "--batch-size", 100), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )


def test_a_loader_killed_at_any_point_is_repaired_by_loading_again(
    server: Server, two_graphs: tuple[Path, Path]
) -> None:
    chance = random.Random(4)
    stopped = 0
    for turn in range(6):
        process = loading(server, two_graphs[turn % 2])
        time.sleep(chance.uniform(0.4, 2.0))
        process.kill()
        stopped += process.wait() != 0
        process.stderr.close()  # type: ignore[union-attr]
    assert stopped
    for path in two_graphs:
        assert kg("load", path, server.uri).code == 0
        assert server.dump() == expected(path)


def test_of_two_loads_at_once_the_later_wins(server: Server, two_graphs: tuple[Path, Path]) -> None:
    earlier = loading(server, two_graphs[0])
    while not any(labels == ["Method"] for labels, _ in server.dump()[0]):
        assert earlier.poll() is None
    assert kg("load", two_graphs[1], server.uri).code == 0
    _, said = earlier.communicate(timeout=60)
    message = "a load that began later takes the place of this one: wait for its end"
    assert (earlier.returncode, said.decode()) == (1, f"Error: {server.uri}: {message}\n")
    assert server.dump() == expected(two_graphs[1])


SEEDS = Path(__file__).parents[1] / "kg" / "examples" / "papers.jsonl"
