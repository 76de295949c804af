from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
import stores_graph as sample
from hypothesis import given, settings
from hypothesis import strategies as st

import kg
from kg.errors import GraphFileError
from kg.model import Edge, Evidence, Graph, Node, Paper, content_hash
from kg.stores.graph_file import GraphFile
from kg.stores.suggest import suggest

text = st.text(st.characters(codec="utf-8"), max_size=12)
papers = st.lists(
    st.builds(
        Paper,
        id=text,
        title=text,
        abstract=text,
        year=st.none() | st.integers(-(2**63), 2**63 - 1),
        venue=st.none() | text,
        authors=st.lists(text, max_size=2).map(tuple),
    ),
    max_size=4,
    unique_by=lambda paper: paper.id,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return sample.build(tmp_path / "small.kg")


def dump(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return list(connection.iterdump())


def test_the_graph_comes_back_as_it_was_given(path: Path) -> None:
    with GraphFile.open(path) as file:
        assert list(file.nodes()) == sample.GRAPH.nodes
        assert list(file.edges()) == sample.GRAPH.edges
        assert [file.node(node.id) for node in sample.GRAPH.nodes] == sample.GRAPH.nodes
        assert file.evidence("method:bert", "USED_FOR", "task:question-answering") == sample.GRAPH.evidence[:1]
        assert file.evidence_of("method:bert") == sample.GRAPH.evidence
        assert file.aliases("method:bert") == sample.GRAPH.aliases[:2]
        assert [file.paper(paper.id) for paper in sample.PAPERS] == list(sample.PAPERS)
        assert [*file.edges_of("metric:f1")] == [edge for edge in sample.GRAPH.edges if edge.tail == "metric:f1"]
        assert list(file.extracted(sample.MODEL)) == [(paper, sample.extraction(paper)) for paper in sample.PAPERS]
        assert file.extraction("b") == sample.extraction(sample.PAPERS[1])
        assert (file.state(), file.model(), file.paper_ids()) == (True, sample.MODEL, ["a", "b", "c"])
        assert (file.node("method:no"), file.node("paper:no"), file.paper("no"), file.extraction("no")) == (None,) * 4
    assert [entry.name for entry in path.parent.iterdir()] == ["small.kg"]


def test_the_same_graph_for_programs(path: Path) -> None:
    graph = kg.load(path)
    assert dict(graph.nodes(data=True)) == {n.id: {"kind": n.label, **n.properties} for n in sample.GRAPH.nodes}
    edges = [(e.head, e.tail, e.label, {"kind": e.label, **e.properties}) for e in sample.GRAPH.edges]
    assert sorted(graph.edges(keys=True, data=True), key=lambda edge: (edge[0], edge[2], edge[1])) == edges


def test_stats_in_a_fixed_order(path: Path) -> None:
    with GraphFile.open(path) as file:
        stats = file.stats()
    assert list(stats.items())[:5] == [
        ("format", 1),
        ("model", sample.MODEL),
        ("complete", True),
        ("papers", 3),
        ("extractions", 3),
    ]
    assert list(stats["nodes"].items()) == [
        ("Dataset", 1),
        ("Method", 3),
        ("Metric", 1),
        ("Task", 2),
        ("Paper", 3),
        ("Result", 3),
    ]
    assert sum(stats["edges"].values()) == len(sample.GRAPH.edges)
    assert (stats["evidence"], stats["aliases"]) == (2, 4)


@pytest.mark.parametrize(
    ("name", "ids"),
    [
        ("BERT", ["method:bert"]),
        ("bert", ["method:bert"]),
        ("method:bert", ["method:bert"]),
        ("METHOD:bert", ["method:bert"]),
        ("bidirectional encoder REPRÉSENTATIONS", ["method:bert"]),
        ("qa", ["task:question-answering"]),
        ("LM", ["method:language-model"]),
        ("no such thing", []),
        ("' OR 1=1 --", []),
        ("\ud800", []),
    ],
)
def test_find(path: Path, name: str, ids: list[str]) -> None:
    with GraphFile.open(path) as file:
        assert file.find(name) == ids


@pytest.mark.parametrize(
    ("name", "label", "names"),
    [
        ("bret", None, ["BERT"]),
        ("question answring", None, ["question answering"]),
        ("question answring", "Method", []),
        ("language", None, ["language model"]),
        ("", None, []),
        ("zzzz", None, []),
    ],
)
def test_suggest(path: Path, name: str, label: str | None, names: list[str]) -> None:
    with GraphFile.open(path) as file:
        assert suggest(file, name, label=label) == names


@settings(max_examples=15, deadline=None)
@given(papers, st.randoms(use_true_random=False))
def test_order_of_puts_leaves_no_trace(given_papers: list[Paper], random: object) -> None:
    shuffled = list(given_papers)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    graph = Graph([sample.paper_node(paper) for paper in given_papers], [], [], [])
    with tempfile.TemporaryDirectory() as folder:
        one = sample.build(Path(folder) / "one.kg", tuple(given_papers), graph)
        two = sample.build(Path(folder) / "two.kg", tuple(shuffled), graph)
        assert dump(one) == dump(two)
        with GraphFile.open(two) as file:
            ordered = sorted(given_papers, key=lambda paper: paper.id)
            # Papers of equal text share what was read in them, but not the id.
            assert [paper for paper, _ in file.extracted(sample.MODEL)] == ordered
            assert [read.id for _, read in file.extracted(sample.MODEL)] == [paper.id for paper in ordered]
            assert file.paper_ids() == [paper.id for paper in ordered]
            assert [file.paper_hash(paper.id) for paper in ordered] == [content_hash(paper) for paper in ordered]


properties = st.fixed_dictionaries(
    {"name": text, "aliases": st.lists(text, max_size=2)},
    optional={"papers": st.integers(0, 9), "first_year": st.integers()},
)


@settings(max_examples=15, deadline=None)
@given(st.dictionaries(text, properties, min_size=1, max_size=4), st.floats(allow_nan=False), text)
def test_what_is_put_is_what_is_read(entities: dict[str, dict[str, object]], value: float, sentence: str) -> None:
    nodes = [Node(f"task:{key}", "Task", value) for key, value in sorted(entities.items())]  # type: ignore[arg-type]
    if any(not -(2**63) <= int(node.properties.get("first_year", 0)) < 2**63 for node in nodes):  # type: ignore[arg-type]
        return
    nodes.insert(0, Node("result:0", "Result", {"text": sentence, "value": value, "sentence": sentence}))
    edges = [
        Edge(nodes[-1].id, "SUBTASK_OF", node.id, {"papers": [sentence], "sentences": [sentence]}) for node in nodes
    ]
    evidence = [Evidence(*edges[0][:3], sentence, 3, None, None, 0, 1, 0.25)]
    with tempfile.TemporaryDirectory() as folder:
        path = sample.build(Path(folder) / "a.kg", (), Graph(nodes, edges, evidence, []))
        other = sample.build(Path(folder) / "b.kg", (), Graph(nodes[::-1], edges[::-1], evidence, []))
        assert dump(path) == dump(other)
        with GraphFile.open(path) as file:
            assert list(file.nodes()) == sorted(nodes, key=lambda node: node.id)
            assert list(file.edges()) == sorted(edges, key=lambda edge: edge[:3])
            assert file.evidence(*edges[0][:3]) == evidence


def test_state_follows_papers(path: Path) -> None:
    with GraphFile.open(path, write=True) as file:
        before = file.fingerprint()
        file.put_paper(sample.PAPERS[0])
        assert file.state()
        file.put_paper(replace(sample.PAPERS[0], venue="ACL"))
        assert not file.state()
        node = sample.paper_node(replace(sample.PAPERS[0], venue="ACL"))
        nodes = [node, *(other for other in sample.GRAPH.nodes if other.id != node.id)]
        file.replace_graph(replace(sample.GRAPH, nodes=nodes), sample.MODEL)
        assert file.state()
        assert file.fingerprint() != before
        file.put_paper(sample.PAPERS[0])
        file.replace_graph(sample.GRAPH, sample.MODEL)
        assert file.fingerprint() == before


def test_remove_is_undone_unless_the_graph_follows(path: Path) -> None:
    with GraphFile.open(path, write=True) as file:
        assert file.remove(["b", "x", "b", "a0"]) == ["a0", "x"]
        assert not file.state()
    with GraphFile.open(path, write=True) as file:
        assert (file.paper_ids(), file.state()) == (["a", "b", "c"], True)
        assert file.remove(["b", "c"]) == []
        file.replace_graph(Graph([sample.paper_node(sample.PAPERS[0])], [], [], []), sample.MODEL)
    with GraphFile.open(path) as file:
        assert (file.paper_ids(), file.state(), len(list(file.nodes()))) == (["a"], True, 1)
        assert file.unread_count(sample.MODEL) == 0


def test_extractions_of_another_model_go_with_the_next_assembly(path: Path) -> None:
    hashes = [content_hash(paper) for paper in sample.PAPERS]
    with GraphFile.open(path, write=True) as file:
        assert [file.unread_count(model) for model in (sample.MODEL, "tests 2")] == [0, 3]
        file.put_extraction(hashes[0], "tests 2", sample.extraction(sample.PAPERS[0]))
        unread = [paper.id for paper in file.unread("tests 2")]
        assert unread == sorted(("b", "c"), key=lambda id_: str(file.paper_hash(id_)))
        assert not file.state()
        file.replace_graph(sample.GRAPH, "tests 2")
        assert [file.unread_count(model) for model in (sample.MODEL, "tests 2")] == [3, 2]


def test_a_graph_of_other_papers_is_refused(path: Path) -> None:
    with GraphFile.open(path, write=True) as file:
        file.put_paper(Paper("d", "Another"))
        file.commit()
        nodes = [*sample.GRAPH.nodes, Node("paper:e", "Paper", {"title": "Not there"})]
        with pytest.raises(ValueError, match="other papers"):
            file.replace_graph(replace(sample.GRAPH, nodes=nodes), sample.MODEL)
    with GraphFile.open(path) as file:
        assert list(file.nodes()) == sample.GRAPH.nodes


def writing(path: Path, words: str) -> Iterator[subprocess.Popen[str]]:
    code = f"""
import sys; sys.path[:0] = {sys.path!r}
import stores_graph as sample
from kg.model import Graph, Paper
from kg.stores.graph_file import GraphFile
file = GraphFile.open({str(path)!r}, write=True, create=True)
file.put_paper(Paper("kept", "Kept"))
file.commit()
file.put_paper(Paper("lost", "Lost"))
{words}
print("ready", flush=True)
sys.stdin.read()
"""
    with subprocess.Popen([sys.executable, "-c", code], stdin=-1, stdout=-1, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield process
        process.kill()


@pytest.mark.parametrize("words", ["", "file._file.execute('DELETE FROM edge')", "file.commit = None"])
def test_a_killed_writer_leaves_the_last_commit_and_no_lock(path: Path, words: str) -> None:
    for process in writing(path, words):
        with pytest.raises(GraphFileError, match="in use by another build") as locked:
            GraphFile.open(path, write=True)
        assert str(locked.value) == f"{path} is in use by another build: wait until it ends, then try again"
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    with GraphFile.open(path, write=True) as file:
        assert file.paper_ids() == ["a", "b", "c", "kept"]
        assert (list(file.nodes()), list(file.edges())) == (sample.GRAPH.nodes, sample.GRAPH.edges)
        assert not file.state()
        assert file.remove(["kept"]) == []
        file.replace_graph(sample.GRAPH, sample.MODEL)
    assert [entry.name for entry in path.parent.iterdir()] == ["small.kg"]


def test_a_reader_of_what_a_killed_writer_left(tmp_path: Path) -> None:
    path = tmp_path / "new.kg"
    for process in writing(path, ""):
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    with GraphFile.open(path) as file:
        assert (file.paper_ids(), file.state(), file.fingerprint()) == (["kept"], False, None)
    with pytest.raises(GraphFileError) as unfinished:
        kg.load(path)
    assert str(unfinished.value) == f"{path} has no graph yet: let `kg build` finish"


def spoiled(path: Path, how: str) -> Path:
    """A path that is no good graph file."""
    content = path.read_bytes()
    if how == "missing":
        return path.with_name("missing.kg")
    if how == "directory":
        return path.parent
    if how == "folder":
        return path.parent / "no" / "x.kg"
    if how in ("newer", "foreign"):
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA user_version = 99" if how == "newer" else "PRAGMA application_id = 0")
        return path
    broken = {
        "empty": b"",
        "text": b"Title\nAbstract\n",
        "short": content[: len(content) - 16384],
        "header": content[:16] + b"\xff" * 84 + content[100:],
        "stub": content[:50],
    }
    path.write_bytes(broken[how])
    return path


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ("missing", "{} does not exist: make it with `kg build PAPERS -o {}`"),
        ("directory", "{} is a directory: give the path of a graph file, such as {}/papers.kg"),
        ("folder", "{} does not exist: make it with `kg build PAPERS -o {}`"),
        ("newer", "{} has format 99, this kg reads up to 1: install a newer kg, or build it again"),
        ("foreign", "{} is not a graph file: give the path that `kg build -o` wrote"),
        ("empty", "{} is empty: give the path that `kg build -o` wrote, or build to another path"),
        ("text", "{} is no graph file: give the path that `kg build -o` wrote, or build to another path"),
        ("short", "{} is damaged: build it again from the papers, or take a copy of it"),
        ("header", "{} is not a graph file: give the path that `kg build -o` wrote"),
        ("stub", "{} is damaged: build it again from the papers, or take a copy of it"),
    ],
)
def test_what_cannot_be_opened_says_so_in_one_line(path: Path, how: str, message: str) -> None:
    bad = spoiled(path, how)
    with pytest.raises(GraphFileError) as error:
        GraphFile.open(bad)
    assert str(error.value) == message.replace("{}", str(bad))


@pytest.mark.parametrize("how", ["directory", "folder", "newer", "foreign", "text", "short", "header", "stub"])
def test_what_cannot_be_read_is_not_written_either(path: Path, how: str) -> None:
    bad = spoiled(path, how)
    before = bad.read_bytes() if bad.is_file() else None
    with pytest.raises(GraphFileError):
        GraphFile.open(bad, write=True, create=True)
    assert (bad.read_bytes() if bad.is_file() else None) == before


def test_damage_inside_is_found_when_it_is_read(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[16384 * 2 :] = b"\xff" * (len(content) - 16384 * 2)
    path.write_bytes(content)
    with pytest.raises(GraphFileError) as error, GraphFile.open(path) as file:
        list(file.nodes())
    assert str(error.value) == f"{path} is damaged: build it again from the papers, or take a copy of it"


def test_a_full_disk(path: Path) -> None:
    with GraphFile.open(path, write=True) as file:
        file._file.execute("PRAGMA max_page_count = 1")
        with pytest.raises(GraphFileError) as error:
            file.put_paper(Paper("d", "x" * 99999))
    assert str(error.value) == (
        f"no room left to write {path}: free some disk space and run the command again, it goes on where it stood"
    )
    with GraphFile.open(path) as file:
        assert list(file.nodes()) == sample.GRAPH.nodes


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read and write everything")
def test_no_permission(path: Path) -> None:
    path.chmod(0o444)
    with GraphFile.open(path) as file:
        assert list(file.nodes()) == sample.GRAPH.nodes
    with pytest.raises(GraphFileError) as error:
        GraphFile.open(path, write=True)
    assert str(error.value) == f"no permission to write {path}: change its permissions or choose another path"
    path.chmod(0)
    with pytest.raises(GraphFileError) as error:
        GraphFile.open(path)
    assert str(error.value) == f"cannot read {path}: Permission denied"


def test_half_a_character_is_refused(path: Path) -> None:
    with GraphFile.open(path, write=True) as file, pytest.raises(GraphFileError) as error:
        file.put_paper(Paper("d", "an odd \ud800 one"))
    assert str(error.value) == f"{path}: a text holds half a character after 'an odd ': repair the input"


def test_readers_do_not_write(path: Path) -> None:
    with GraphFile.open(path) as file, pytest.raises(GraphFileError):
        file.put_paper(Paper("d", "Another"))
