"""Pictures: what is in them, equal bytes, and no text taken for a formula or for markup."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
import stores_graph as sample

from kg.errors import KGError
from kg.exporters import export
from kg.exporters.picture import best_known
from kg.model import Edge, Node

pytest.importorskip("matplotlib", reason="matplotlib is not installed")
pytest.importorskip("scipy", reason="scipy is not installed")

TYPES = {"Dataset", "Method", "Task"}


def texts(path: Path) -> list[str]:
    return sorted(
        "".join(one.itertext()).strip() for one in ElementTree.parse(path).iter() if one.tag.endswith("}text")
    )


def test_a_picture_names_what_it_shows(tmp_path: Path) -> None:
    export(sample.GRAPH.nodes, sample.GRAPH.edges, tmp_path / "graph.svg")
    names = [str(n.properties["name"]) for n in sample.GRAPH.nodes if n.label in TYPES]
    # The legend, and every entity but the metric, which no relation joins.
    assert texts(tmp_path / "graph.svg") == sorted([*names, "Dataset", "Method", "Task"])


@pytest.mark.parametrize("suffix", ["svg", "png"])
def test_equal_graphs_give_equal_bytes(tmp_path: Path, suffix: str) -> None:
    for name, step in (("one", 1), ("other", -1)):
        export(sample.GRAPH.nodes[::step], sample.GRAPH.edges[::step], tmp_path / f"{name}.{suffix}")
    assert (tmp_path / f"one.{suffix}").read_bytes() == (tmp_path / f"other.{suffix}").read_bytes()


def test_the_best_known_that_hang_together() -> None:
    papers = {"method:a": 9, "method:b": 1, "method:c": 8, "method:d": 2, "method:e": 7}
    nodes = [Node(id_, "Method", {"name": id_, "papers": count}) for id_, count in papers.items()]
    joins = [("method:a", "method:b"), ("method:a", "method:d"), ("method:b", "method:c"), ("paper:x", "method:e")]
    edges = [Edge(head, "PART_OF", tail, {}) for head, tail in joins[:3]] + [
        Edge(*joins[3][:1], "MENTIONS", "method:e", {})
    ]
    assert sorted(best_known(nodes, edges, 3)) == ["method:a", "method:b", "method:d"]
    assert sorted(best_known(nodes, edges, 4)) == ["method:a", "method:b", "method:c", "method:d"]
    assert sorted(best_known(nodes, edges[3:], 4)) == []


def test_names_are_text(tmp_path: Path) -> None:
    names = ["$\\frac{1}{$", "<script>alert(1)</script>", "a & b"]
    nodes = [Node(f"task:{k}", "Task", {"name": name, "papers": 1}) for k, name in enumerate(names)]
    edges = [Edge("task:0", "SUBTASK_OF", "task:1", {}), Edge("task:1", "SUBTASK_OF", "task:2", {})]
    export(nodes, edges, tmp_path / "graph.svg")
    assert texts(tmp_path / "graph.svg") == sorted([*names, "Task"])


def test_an_empty_graph_is_an_empty_picture(tmp_path: Path) -> None:
    export([], [], tmp_path / "graph.svg")
    assert texts(tmp_path / "graph.svg") == []


def test_nothing_in_an_svg_changes_from_day_to_day(tmp_path: Path) -> None:
    export(sample.GRAPH.nodes, sample.GRAPH.edges, tmp_path / "graph.svg")
    assert re.findall(r"20\d\d-\d\d|dc:date", (tmp_path / "graph.svg").read_text("utf-8")) == []


def test_an_unknown_format_lists_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(KGError) as told:
        export([], [], tmp_path / "graph.svg", "pdf")
    assert str(told.value) == "no format is called 'pdf'; there are: csv, gexf, graphml, json, neo4j-admin, png, svg"
