"""A small graph written by hand, for the tests of the stores."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from kg.assemble import assemble
from kg.model import Alias, Edge, Evidence, Extraction, Graph, Mention, Node, Paper, Value, content_hash
from kg.stores.graph_file import GraphFile

MODEL = "tests 1"

PAPERS = (
    Paper("a", "BERT for QA", "We propose BERT. It reaches 93.2 F1 on SQuAD.", 2018, "NAACL", ("D. One", "É. Two")),
    Paper("b", "RoBERTa", "RoBERTa is a kind of BERT, tested on SQuAD.", 2019, url="https://example.org/b"),
    Paper("c", "A survey", "Question answering systems, BERT among them.", None),
)


def entity(id_: str, name: str, papers: int, mentions: int, year: int | None, *aliases: str) -> Node:
    label = id_.split(":")[0].title()
    properties: dict[str, Value] = {"name": name, "aliases": [*aliases], "papers": papers, "mentions": mentions}
    if year is not None:
        properties |= {"first_year": year, "last_year": year + 1}
    return Node(id_, label, properties)


def relation(head: str, label: str, tail: str, *places: tuple[str, str], confidence: float = 0.9) -> Edge:
    papers, sentences = [paper for paper, _ in places], [sentence for _, sentence in places]
    properties: dict[str, Value] = {"support": len(set(papers)), "mentions": len(places), "confidence": confidence}
    return Edge(head, label, tail, properties | {"papers": papers, "sentences": sentences})


def paper_node(paper: Paper) -> Node:
    properties: dict[str, Value] = {"title": paper.title, "abstract": paper.abstract}
    for key in ("year", "venue", "url", "doi"):
        if (value := getattr(paper, key)) is not None:
            properties[key] = value
    if paper.authors:
        properties["authors"] = list(paper.authors)
    return Node(f"paper:{paper.id}", "Paper", properties)


def mentions(paper: str, tail: str, count: int, *, in_title: bool = False) -> Edge:
    return Edge(f"paper:{paper}", "MENTIONS", tail, {"count": count, "in_title": in_title})


GRAPH = Graph(
    nodes=sorted(
        [
            *map(paper_node, PAPERS),
            entity("dataset:squad", "SQuAD", 2, 2, 2018, "SQuAD", "SQuAD 1.1"),
            entity("method:bert", "BERT", 3, 4, 2018, "BERT", "Bidirectional Encoder Représentations"),
            entity("method:language-model", "language model", 1, 1, None, "LM", "language models"),
            entity("method:roberta", "RoBERTa", 1, 2, 2019, "RoBERTa"),
            entity("metric:f1", "F1", 1, 1, 2018, "F1", "F1 score"),
            entity("task:question-answering", "question answering", 2, 2, 2018, "QA", "Question Answering"),
            entity("task:reading", "reading", 1, 1, 2018),
            Node("result:a:2:0", "Result", {"text": "93.2", "value": 93.2, "sentence": "It reaches 93.2 F1 on SQuAD."}),
            Node("result:b:1:0", "Result", {"text": "94", "value": 94.0, "unit": "%", "sentence": "94 %."}),
            Node("result:b:1:1", "Result", {"text": "most", "sentence": "Most."}),
        ],
        key=lambda node: node.id,
    ),
    edges=sorted(
        [
            relation("dataset:squad", "BENCHMARK_FOR", "task:question-answering", ("a", "S1.")),
            relation("dataset:squad", "USED_FOR", "task:question-answering", ("b", "S2.")),
            relation("method:bert", "COMPARED_WITH", "method:roberta", ("b", "RoBERTa beats BERT.")),
            relation("method:bert", "EVALUATED_WITH", "dataset:squad", ("a", "It reaches 93.2 F1 on SQuAD.")),
            relation("method:bert", "SUBCLASS_OF", "method:language-model", ("c", "BERT is an LM.")),
            relation(
                "method:bert",
                "USED_FOR",
                "task:question-answering",
                ("a", "BERT for QA"),
                ("a", "We use BERT for it."),
                ("c", "BERT among them."),
                confidence=0.9312,
            ),
            relation("method:roberta", "EVALUATED_WITH", "dataset:squad", ("b", "RoBERTa ... tested on SQuAD.")),
            relation("method:roberta", "SUBCLASS_OF", "method:bert", ("b", "RoBERTa is a kind of BERT.")),
            relation("method:roberta", "TRAINED_WITH", "dataset:squad", ("b", "Trained on SQuAD.")),
            relation("method:roberta", "USED_FOR", "task:question-answering", ("b", "RoBERTa for QA.")),
            relation("task:question-answering", "SUBTASK_OF", "task:reading", ("c", "QA is reading.")),
            mentions("a", "method:bert", 2, in_title=True),
            mentions("a", "task:question-answering", 1, in_title=True),
            mentions("a", "dataset:squad", 1),
            mentions("b", "method:bert", 1),
            mentions("b", "method:roberta", 2, in_title=True),
            mentions("b", "dataset:squad", 1),
            mentions("c", "method:bert", 1),
            mentions("c", "task:question-answering", 1),
            Edge("paper:a", "PROPOSES", "method:bert", {}),
            Edge("paper:a", "REPORTS", "result:a:2:0", {}),
            Edge("paper:b", "PROPOSES", "method:roberta", {}),
            Edge("paper:b", "REPORTS", "result:b:1:0", {}),
            Edge("paper:b", "REPORTS", "result:b:1:1", {}),
            Edge("result:a:2:0", "BY", "method:bert", {}),
            Edge("result:a:2:0", "FOR", "task:question-answering", {}),
            Edge("result:a:2:0", "MEASURES", "metric:f1", {}),
            Edge("result:a:2:0", "ON", "dataset:squad", {}),
            Edge("result:b:1:0", "FOR", "task:question-answering", {}),
            Edge("result:b:1:0", "MEASURES", "metric:f1", {}),
            Edge("result:b:1:0", "ON", "dataset:squad", {}),
            Edge("result:b:1:1", "FOR", "task:question-answering", {}),
        ],
        key=lambda edge: edge[:3],
    ),
    evidence=[
        Evidence("method:bert", "USED_FOR", "task:question-answering", "a", 0, 0, 4, 9, 11, 0.9312),
        Evidence("paper:a", "PROPOSES", "method:bert", "a", 1, None, None, 23, 27, 0.8),
    ],
    aliases=[
        Alias("method:bert", "BERT", 3, "name"),
        Alias("method:bert", "Bidirectional Encoder Représentations", 1, "abbreviation"),
        Alias("task:question-answering", "QA", 1, "abbreviation"),
        Alias("task:question-answering", "Question Answering", 1, "case"),
    ],
)


def extraction(paper: Paper) -> Extraction:
    return Extraction(paper.id, paper.text, ((0, len(paper.title)),), (Mention(0, 4, "Method", 0.5),))


def build(path: Path, papers: tuple[Paper, ...] = PAPERS, graph: Graph = GRAPH, model: str = MODEL) -> Path:
    """Write a graph file of ``papers`` and ``graph``."""
    with GraphFile.open(path, write=True, create=True) as file:
        for paper in papers:
            file.put_paper(paper)
            file.put_extraction(content_hash(paper), model, extraction(paper))
            file.commit()
        file.replace_graph(graph, model)
    return path


def assembled(path: Path, pairs: Iterable[tuple[Paper, Extraction]]) -> Path:
    """Write a graph file of papers and what was read in them, with the graph that they make."""
    with GraphFile.open(path, write=True, create=True) as file:
        for paper, read in pairs:
            file.put_paper(paper)
            file.put_extraction(content_hash(paper), MODEL, read)
        file.commit()
        file.replace_graph(assemble(file.extracted(MODEL)), MODEL)
    return path
