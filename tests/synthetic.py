"""A graph of any size, drawn by chance from a seed, in the shape of graphs of papers: for benchmarks."""

from __future__ import annotations

import random
from pathlib import Path

from kg import schema
from kg.model import Edge, Graph, Node, Paper
from kg.stores.graph_file import GraphFile

SHARES = {"Paper": 0.3, "Method": 0.36, "Task": 0.12, "Dataset": 0.1, "Metric": 0.02, "Result": 0.1}
"""Of all nodes."""


def graph(nodes: int, edges: int, seed: int = 1) -> tuple[list[Paper], Graph]:
    """About so many nodes and edges; a few names are far more connected than most."""
    draw = random.Random(seed)
    count = {label: max(2, int(nodes * share)) for label, share in SHARES.items()}
    words = [f"{a}{b}" for a in ("graph", "deep", "neural", "sparse", "meta", "multi") for b in ("net", "er", "ing")]
    papers = [
        Paper(f"p{k}", f"Paper {k} on {draw.choice(words)}", " ".join(draw.choices(words, k=120)), 2000 + k % 26)
        for k in range(count["Paper"])
    ]
    made: dict[str, Node] = {}
    for paper in papers:
        properties = {"title": paper.title, "abstract": paper.abstract, "year": paper.year}
        made[f"paper:{paper.id}"] = Node(f"paper:{paper.id}", "Paper", properties)
    for label in schema.ENTITY_TYPES:
        for k in range(count[label]):
            name, year = f"{draw.choice(words)} {label} {k}", draw.randint(2000, 2024)
            made[f"{label.lower()}:{k}"] = Node(
                f"{label.lower()}:{k}",
                label,
                {"name": name, "aliases": [name, f"{name}s"], "papers": draw.randint(1, 9), "mentions": k % 50 + 1}
                | {"first_year": year, "last_year": min(2025, year + draw.randint(0, 9))},
            )
    joined: dict[tuple[str, str, str], Edge] = {}

    def put(head: str, label: str, tail: str, **properties: object) -> None:
        joined.setdefault((head, label, tail), Edge(head, label, tail, properties))  # type: ignore[arg-type]

    def some(label: str) -> str:
        return f"{label.lower()}:{int(count[label] * draw.random() ** 3)}"

    for k in range(count["Result"]):
        value = round(draw.random() * 100, 1)
        result = Node(f"result:p{k % len(papers)}:{k}:0", "Result", {"text": str(value), "value": value, "unit": "%"})
        made[result.id] = result
        put(f"paper:p{k % len(papers)}", "REPORTS", result.id)
        for label, tail in schema.RESULT_EDGES.items():
            put(result.id, label, some(tail))
    for paper in papers:
        put(f"paper:{paper.id}", "PROPOSES", some("Method"))
    kinds = [(r.label, h, t) for r in schema.LABELS.values() for h in r.heads for t in r.tails if r.joins(h, t)]
    kinds.sort()
    while len(joined) < edges:
        if draw.random() < 0.6:
            tail = some(draw.choice(["Method", "Method", "Task", "Dataset", "Metric"]))
            put(f"paper:{draw.choice(papers).id}", "MENTIONS", tail, count=draw.randint(1, 9), in_title=False)
            continue
        label, head, tail = draw.choice(kinds)
        ends = [some(head), some(tail)]
        if schema.LABELS[label].symmetric:
            ends.sort()
        if ends[0] != ends[1]:
            told = [f"{ends[0]} {label} {ends[1]} in {draw.choice(words)}." for _ in range(draw.randint(1, 3))]
            put(ends[0], label, ends[1], support=len(told), mentions=len(told), confidence=round(draw.random(), 4),
                papers=[draw.choice(papers).id for _ in told], sentences=told)  # fmt: skip
    return papers, Graph([made[key] for key in sorted(made)], [joined[key] for key in sorted(joined)], [], [])


def build(path: Path, nodes: int, edges: int) -> Path:
    """The same as a graph file, of which no model read anything."""
    papers, made = graph(nodes, edges)
    with GraphFile.open(path, write=True, create=True) as file:
        for paper in papers:
            file.put_paper(paper)
        file.replace_graph(made, "synthetic")
    return path
