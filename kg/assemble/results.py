"""Numbers that a paper reports into result nodes, joined to what the paper names."""

from __future__ import annotations

import re
from collections import Counter

from kg.assemble.reading import Reading
from kg.assemble.values import parse_value
from kg.model import Edge, Evidence, Node, Result, Value
from kg.resolve import compact, normal_form
from kg.schema import RESULT, RESULT_EDGES

_FIELDS = {"BY": "method", "FOR": "task", "MEASURES": "metric", "ON": "dataset"}


def result_parts(
    reading: Reading, entities: tuple[str, ...], labels: dict[str, str], dropped: Counter[str]
) -> tuple[list[Node], list[Edge], list[Evidence]]:
    """The nodes, edges and evidence of one paper's results.

    A result is joined to an entity only if the paper mentions it by the result's own words, with a fitting type; the
    evidence is the mention nearest to the value, in the value's sentence if it is named there.
    """
    nodes: list[Node] = []
    edges: list[Edge] = []
    evidence: list[Evidence] = []
    paper = reading.paper.id
    numbers: Counter[int] = Counter()
    for start, end, result in _placed(reading, dropped):
        id_ = f"result:{paper}:{result.s}:{numbers[result.s]}"
        numbers[result.s] += 1
        nodes.append(_node(id_, reading, result))
        edges.append(Edge(f"paper:{paper}", "REPORTS", id_, {}))
        evidence.append(Evidence(f"paper:{paper}", "REPORTS", id_, paper, result.s, None, None, start, end, 1.0))
        for label, kind in RESULT_EDGES.items():
            index = _named(reading, entities, labels, getattr(result, _FIELDS[label]), kind, (result.s, start))
            if index is not None:
                mention, sentence = reading.extraction.mentions[index], reading.sentence_of[index]
                place = (paper, sentence, None, None, mention.start, mention.end, mention.score)
                edges.append(Edge(id_, label, entities[index], {}))
                evidence.append(Evidence(id_, label, entities[index], *place))
    return nodes, edges, evidence


def _node(id_: str, reading: Reading, result: Result) -> Node:
    value, unit = parse_value(result.value)
    properties: dict[str, Value] = {"text": result.value}
    if value is not None:
        properties["value"] = value
    if unit is not None:
        properties["unit"] = unit
    return Node(id_, RESULT, {**properties, "sentence": reading.sentence(result.s)})


def _placed(reading: Reading, dropped: Counter[str]) -> list[tuple[int, int, Result]]:
    """Every result with where its value stands, in the order of the text; equal values take turns."""
    placed: list[tuple[int, int, int, Result]] = []
    turns: Counter[tuple[int, str]] = Counter()
    for order, result in enumerate(dict.fromkeys(reading.extraction.results)):
        start, end = reading.extraction.sentences[result.s]
        # Not "5%" in "25%"; but if it stands nowhere else, there.
        pattern = re.compile(rf"(?<![\d.,]){re.escape(result.value)}(?!\d)")
        text = reading.extraction.text
        found = [match.start() for match in pattern.finditer(text, start, end)]
        if not result.value or (not found and (anywhere := text.find(result.value, start, end)) < 0):
            dropped["result whose value is not in its sentence"] += 1
            continue
        place = found[min(turns[result.s, result.value], len(found) - 1)] if found else anywhere
        turns[result.s, result.value] += 1
        placed.append((place, place + len(result.value), order, result))
    if twice := len(reading.extraction.results) - len(set(reading.extraction.results)):
        dropped["result given twice"] += twice
    return [(start, end, result) for start, end, _, result in sorted(placed, key=lambda one: one[:3])]


def _named(
    reading: Reading,
    entities: tuple[str, ...],
    labels: dict[str, str],
    name: str | None,
    kind: str,
    where: tuple[int, int],
) -> int | None:
    """The mention of an entity of type ``kind`` by this name that is nearest to the value; None if there is none."""
    if not name:
        return None
    extraction = reading.extraction
    fitting = [
        index
        for index, (start, end, type_, _) in enumerate(extraction.mentions)
        if labels[entities[index]] == kind
        and compact(normal_form(extraction.text[start:end], type_)) == compact(normal_form(name, type_))
    ]
    sentence, place = where
    return min(
        fitting,
        key=lambda i: (abs(reading.sentence_of[i] - sentence), abs(extraction.mentions[i].start - place), i),
        default=None,
    )
