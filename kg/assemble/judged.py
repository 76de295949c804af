"""Gold and predicted extractions into how far the confidence of an edge can be trusted."""

from __future__ import annotations

from collections.abc import Iterable

from kg.assemble.graph import assemble
from kg.evaluate import distinct_name
from kg.model import Extraction, Paper
from kg.schema import LABELS, RELATIONS


def judge_edges(gold: Iterable[Extraction], predicted: Iterable[Extraction]) -> list[tuple[float, bool]]:
    """The confidence of every edge between entities of the graph of ``predicted``, and whether the edge is right.

    It is right if the gold data states its relation in one of its papers, between names that are written as there
    (measure ``triple`` of ``kg.evaluate``).

    Raises:
        InputError: Two extractions have one id, or one is malformed.
    """
    stated: set[tuple[str, str, str, str]] = set()
    for one in gold:
        for relation in one.relations:
            ends = [_name(one, *one.mentions[index][:2]) for index in (relation.head, relation.tail)]
            if kind := RELATIONS.get(relation.type):  # public data has other types too, of which the graph has no edges
                stated |= {(one.id, a, kind.label, b) for a, b in ((ends, ends[::-1]) if kind.symmetric else (ends,))}
    said = {one.id: one for one in predicted}
    graph = assemble((Paper.from_text(one.id, one.text), one) for one in said.values())
    right: set[tuple[str, str, str]] = set()
    for place in graph.evidence:
        if place.label in LABELS and place.head_start is not None and place.head_end is not None:
            paper = said[place.paper]
            head = _name(paper, place.head_start, place.head_end)
            if (paper.id, head, place.label, _name(paper, place.tail_start, place.tail_end)) in stated:
                right.add(place[:3])
    return [
        (float(str(edge.properties["confidence"])), edge[:3] in right) for edge in graph.edges if edge.label in LABELS
    ]


def _name(paper: Extraction, start: int, end: int) -> str:
    return distinct_name(paper.text[start:end])
