"""A graph into every format and back, with names as nasty as titles of papers are."""

from __future__ import annotations

import csv
import json
import os
import resource
from collections.abc import Callable
from pathlib import Path
from typing import Any

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.errors import InputError, KGError
from kg.exporters import EXPORTERS, export, format_of
from kg.exporters.flat import legal
from kg.model import Edge, Node
from kg.network import to_networkx

GOLDEN = Path(__file__).parent / "golden"
NODES = [
    Node(
        "dataset:conll-2003",
        "Dataset",
        {"name": "CoNLL-2003", "aliases": ["CoNLL-2003", "CoNLL03, English"], "papers": 1},
    ),
    Node(
        "method:bert",
        "Method",
        {"name": "BERT", "aliases": ["BERT"], "papers": 1, "first_year": 2019, "last_year": 2019},
    ),
    Node("metric:f1", "Metric", {"name": "F1", "aliases": ["F1"], "papers": 1}),
    Node(
        "paper:p1",
        "Paper",
        {"title": 'On "Tags" & <Trees>', "abstract": "One.\nTwo.", "year": 2019, "authors": ["J. Doe"]},
    ),
    Node("result:p1:2:0", "Result", {"text": "92.4 F1", "value": 92.4, "sentence": 2}),
    Node("result:p1:2:1", "Result", {"text": "91 F1", "value": 91, "sentence": 2}),
]
EDGES = [
    Edge(
        "method:bert",
        "EVALUATED_WITH",
        "dataset:conll-2003",
        {
            "support": 1,
            "mentions": 1,
            "confidence": 0.9125,
            "papers": ["p1"],
            "sentences": ["BERT wins,\non CoNLL-2003."],
        },
    ),
    Edge(
        "method:bert",
        "TRAINED_WITH",
        "dataset:conll-2003",
        {"support": 1, "mentions": 1, "confidence": 1.0, "papers": [], "sentences": []},
    ),
    Edge("paper:p1", "MENTIONS", "method:bert", {"count": 2, "in_title": False}),
    Edge("paper:p1", "PROPOSES", "method:bert", {}),
    Edge("paper:p1", "REPORTS", "result:p1:2:0", {}),
    Edge("result:p1:2:0", "MEASURES", "metric:f1", {}),
]

nasty = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        [
            "]]>",
            "<![CDATA[",
            "&amp;",
            '"',
            "a,b\r\nc",
            "\r",
            "\x00\x1b",
            "🙂\u202e",
            "\ud800",
            "=1+1",
            "x" * 10_000,
            " ",
            "",
        ]
    ),
)
properties = st.fixed_dictionaries(
    {},
    optional={
        "name": nasty,
        "title": nasty,
        "aliases": st.lists(nasty, max_size=3),
        "papers": st.integers(0, 2**40),
        "value": st.integers(-5, 5) | st.floats(allow_nan=False, allow_infinity=False),
        "in_title": st.booleans(),
        "year": st.none() | st.integers(1900, 2100),
    },
)


@st.composite
def graphs(draw: st.DrawFn) -> tuple[list[Node], list[Edge]]:
    ids = draw(st.lists(st.text(max_size=8).map(lambda text: f"m:{legal(text)}"), unique=True, min_size=1, max_size=5))
    nodes = [Node(one, draw(st.sampled_from(["Method", "Task"])), draw(properties)) for one in ids]
    keys = st.tuples(st.sampled_from(ids), st.sampled_from(["USED_FOR", "PART_OF"]), st.sampled_from(ids))
    edges = [Edge(*key, draw(properties)) for key in draw(st.lists(keys, unique=True, max_size=6))]
    return nodes, edges


Content = tuple[list[Any], list[Any]]


def expected(nodes: list[Node], edges: list[Edge], text: Callable[[str], str], listed: bool, one_type: bool) -> Content:
    """What a format should hold: text through ``text``, lists as such or as JSON text, one type of number a name."""

    def plain(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        fractions = {name for row in rows for name, value in row.items() if isinstance(value, float)}

        def value_of(name: str, value: Any) -> Any:
            if isinstance(value, list):
                items = [legal(item) if not listed else text(item) for item in value]
                return items if listed else text(json.dumps(items, ensure_ascii=False))
            if isinstance(value, str):
                return text(value)
            return float(value) if one_type and name in fractions and not isinstance(value, bool) else value

        return [{name: value_of(name, row[name]) for name in sorted(row) if row[name] is not None} for row in rows]

    node_rows, edge_rows = plain([one.properties for one in nodes]), plain([one.properties for one in edges])
    return (
        sorted(((one.id, one.label, row) for one, row in zip(nodes, node_rows, strict=True)), key=str),
        sorted(((*one[:3], row) for one, row in zip(edges, edge_rows, strict=True)), key=str),
    )


def content(graph: nx.MultiDiGraph, *extra: str) -> Content:
    """Nodes and edges of a graph that networkx read, without the attributes ``extra`` that a format adds."""

    def rest(data: dict[str, Any]) -> dict[str, Any]:
        return {name: data[name] for name in sorted(data) if name not in ("kind", *extra)}

    return (
        sorted(((one, data["kind"], rest(data)) for one, data in graph.nodes(data=True)), key=str),
        sorted(((head, data["kind"], tail, rest(data)) for head, tail, data in graph.edges(data=True)), key=str),
    )


def half(text: str) -> str:
    return "".join("\ufffd" if "\ud800" <= char <= "\udfff" else char for char in text)


def lines(text: str) -> str:
    return legal(text).replace("\r\n", "\n").replace("\r", "\n")


def read_table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def cells(rows: list[dict[str, Any]]) -> list[dict[str, str]]:
    return [{k: str(v).lower() if isinstance(v, bool) else str(v) for k, v in row.items() if v != ""} for row in rows]


@settings(max_examples=60, deadline=None)
@given(graphs())
def test_every_format_reads_back_equal(
    tmp_path_factory: pytest.TempPathFactory, graph: tuple[list[Node], list[Edge]]
) -> None:
    nodes, edges = graph
    folder = tmp_path_factory.mktemp("out")
    for name in ("g.json", "g.graphml", "g.gexf", "g-csv"):
        export(nodes, edges, folder / name)

    data = json.loads((folder / "g.json").read_text(encoding="utf-8"))
    linked = nx.node_link_graph(data, edges="edges")
    assert content(linked) == expected(nodes, edges, half, listed=True, one_type=False)
    assert sorted(linked.edges(keys=True)) == sorted((edge.head, edge.tail, edge.label) for edge in edges)

    graphml = nx.read_graphml(folder / "g.graphml", force_multigraph=True)
    assert content(graphml, "label") == expected(nodes, edges, lines, listed=False, one_type=True)

    gexf = nx.read_gexf(folder / "g.gexf")
    assert content(gexf, "label", "id") == expected(nodes, edges, legal, listed=False, one_type=True)

    rows, joins = expected(nodes, edges, legal, listed=False, one_type=True)
    tables = [read_table(folder / "g-csv" / name) for name in ("nodes.csv", "edges.csv")]
    as_rows = [{"id": one, "kind": kind, **row} for one, kind, row in rows]
    as_joins = [{"head": head, "kind": kind, "tail": tail, **row} for head, kind, tail, row in joins]
    for table, wanted in zip(tables, (as_rows, as_joins), strict=True):
        assert sorted(cells(table), key=str) == sorted(
            (dict(sorted(row.items(), key=lambda item: list(table[0]).index(item[0]))) for row in cells(wanted)),
            key=str,
        )


@settings(max_examples=20, deadline=None)
@given(graphs(), st.randoms(use_true_random=False))
def test_equal_graphs_give_equal_bytes(
    tmp_path_factory: pytest.TempPathFactory, graph: tuple[list[Node], list[Edge]], random: Any
) -> None:
    nodes, edges = graph
    folder = tmp_path_factory.mktemp("out")
    for name in ("g.json", "g.graphml", "g.gexf", "g-csv"):
        export(nodes, edges, folder / name)
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    for one in (*nodes, *edges):
        items = sorted(one.properties.items(), reverse=True)
        one.properties.clear()
        one.properties.update(items)
    random.shuffle(nodes)
    random.shuffle(edges)
    for name in ("g.json", "g.graphml", "g.gexf", "g-csv"):
        export(nodes, edges, folder / name)
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    assert len(before) == 5


@pytest.mark.parametrize(
    "name", ["graph.json", "graph.gexf", "graph.graphml", "graph-csv/nodes.csv", "graph-csv/edges.csv"]
)
def test_golden_files(tmp_path: Path, name: str) -> None:
    top = name.split("/")[0]
    export(NODES, EDGES, tmp_path / top)
    if os.environ.get("KG_GOLDEN") == "write":
        (GOLDEN / name).parent.mkdir(parents=True, exist_ok=True)
        (GOLDEN / name).write_bytes((tmp_path / name).read_bytes())
    assert (tmp_path / name).read_bytes() == (GOLDEN / name).read_bytes()


def test_labels_for_gephi(tmp_path: Path) -> None:
    export(NODES, EDGES, tmp_path / "g.gexf")
    export(NODES, EDGES, tmp_path / "g.graphml")
    shown = ["CoNLL-2003", "BERT", "F1", 'On "Tags" & <Trees>', "92.4 F1", "91 F1"]
    gexf = nx.read_gexf(tmp_path / "g.gexf")
    assert [gexf.nodes[node.id]["label"] for node in NODES] == shown
    assert sorted(gexf.edges(keys=True)) == sorted((edge.head, edge.tail, edge.label) for edge in EDGES)
    graphml = nx.read_graphml(tmp_path / "g.graphml")
    assert [graphml.nodes[node.id]["label"] for node in NODES] == shown
    assert sorted(key for *_, key in graphml.edges(keys=True)) == [f"e{number}" for number in range(len(EDGES))]


def test_the_graph_for_algorithms() -> None:
    graph = to_networkx(NODES, EDGES)
    assert list(graph) == [node.id for node in NODES]
    assert dict(graph.nodes(data=True)) == {node.id: {"kind": node.label, **node.properties} for node in NODES}
    assert sorted(graph.edges(keys=True)) == sorted((edge.head, edge.tail, edge.label) for edge in EDGES)
    assert graph.edges["paper:p1", "method:bert", "MENTIONS"] == {"kind": "MENTIONS", "count": 2, "in_title": False}


def test_an_empty_graph(tmp_path: Path) -> None:
    for name in ("g.json", "g.graphml", "g.gexf", "g-csv/"):
        export([], [], f"{tmp_path}/{name}")
    assert json.loads((tmp_path / "g.json").read_text()) == {
        "directed": True,
        "multigraph": True,
        "graph": {},
        "nodes": [],
        "edges": [],
    }
    assert (tmp_path / "g-csv" / "edges.csv").read_bytes() == b"head,kind,tail\r\n"
    assert [len(nx.read_graphml(tmp_path / "g.graphml")), len(nx.read_gexf(tmp_path / "g.gexf"))] == [0, 0]


def test_the_format_of_a_path(tmp_path: Path) -> None:
    paths = ["a.graphml", "a.GEXF", "a.json", "a/", "a-csv", str(tmp_path)]
    assert [format_of(path) for path in paths] == ["graphml", "gexf", "json", "csv", "csv", "csv"]


def test_bad_paths_are_one_line(tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.tex").write_text("x")
    (tmp_path / "g.json").mkdir()
    (tmp_path / "file-csv").write_text("x")
    (tmp_path / "circle.json").symlink_to(tmp_path / "circle.json")
    os.mkfifo(tmp_path / "pipe.json")
    for name, said in [
        (
            "g.txt",
            f"{tmp_path}/g.txt: no format has this suffix: "
            "end it in .gexf, .graphml, .json, .png, .svg or / (CSV), or choose with --format",
        ),
        ("g.csv", f"{tmp_path}/g.csv: CSV is two files in a folder: write it to {tmp_path}/g-csv/"),
        ("no/g.json", f"{tmp_path}/no: there is no such folder to write into: make it first"),
        ("full/", f"{tmp_path}/full/: this folder holds other files, as 'thesis.tex': give a new one"),
        ("g.json", f"{tmp_path}/g.json: this is a folder: give the name of a file"),
        ("file-csv", f"{tmp_path}/file-csv: this format is written to a folder, and this is a file: give another name"),
        ("pipe.json", f"{tmp_path}/pipe.json: this is no file: give the name of a file"),
        ("x" * 300 + ".json", f"{tmp_path}/{'x' * 300}.json: cannot be written: File name too long"),
        ("a\0.json", f"{tmp_path}/a\0.json: cannot be written: embedded null byte"),
    ]:
        with pytest.raises(InputError) as caught:
            export(NODES, EDGES, f"{tmp_path}/{name}")
        assert str(caught.value) == said
    with pytest.raises(InputError, match=r"circle\.json: cannot be written: "):
        export(NODES, EDGES, tmp_path / "circle.json")
    with pytest.raises(
        KGError, match=r"^no format is called 'rdf'; there are: csv, gexf, graphml, json, neo4j-admin, png, svg$"
    ):
        export(NODES, EDGES, tmp_path / "g.rdf", "rdf")


@pytest.mark.parametrize("format_name", sorted(EXPORTERS))
def test_a_failed_export_leaves_what_was_there(tmp_path: Path, format_name: str) -> None:
    target = tmp_path / "out"
    export(NODES, EDGES, target, format_name)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}

    # A limit on the size of files stands for a full disk: the same call fails, at the same place.
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (300, limits[1]))
    try:
        with pytest.raises(InputError) as caught:
            export(NODES * 50, EDGES, target, format_name)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert str(caught.value) == f"{target}: cannot be written: File too large"
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before
    assert len(list(tmp_path.iterdir())) == 1


def test_a_link_is_written_through(tmp_path: Path) -> None:
    (tmp_path / "real.json").write_text("old")
    (tmp_path / "link.json").symlink_to(tmp_path / "real.json")
    export(NODES, EDGES, tmp_path / "link.json")
    assert (tmp_path / "link.json").is_symlink()
    assert json.loads((tmp_path / "real.json").read_text())["directed"] is True
