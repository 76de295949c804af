"""Relations that sentences state into edges between entities, with support, confidence and evidence."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from typing import NamedTuple

from kg.assemble.reading import Reading
from kg.model import Edge, Evidence, Value
from kg.resolve import names_part
from kg.schema import RELATIONS

SHOWN = 20
"""So many of an edge's sentences are on the graph; all are in its evidence."""


class _Place(NamedTuple):
    """One sentence of one paper that states an edge; ``paper`` is its number in the order of ids."""

    paper: int
    sentence: int
    head: tuple[int, int]
    tail: tuple[int, int]
    score: float


class EntityEdges:
    """All relations of a corpus, gathered paper by paper in the order of their ids."""

    def __init__(self, labels: dict[str, str]) -> None:
        """Take the entity type of every entity."""
        self._labels = labels
        self._places: defaultdict[tuple[str, str, str], list[_Place]] = defaultdict(list)
        self._readings: list[Reading] = []

    def add(self, reading: Reading, entities: tuple[str, ...], dropped: Counter[str]) -> None:
        """Add a paper's relations; what makes no edge is counted in ``dropped`` by its reason."""
        mentions, number = reading.extraction.mentions, len(self._readings)
        self._readings.append(reading)
        best: dict[tuple[str, str, str, int], _Place] = {}
        for relation in reading.extraction.relations:
            kind = RELATIONS[relation.type]
            ends = (relation.head, relation.tail)
            if kind.symmetric and entities[ends[0]] > entities[ends[1]]:
                ends = (relation.tail, relation.head)
            head, tail = (entities[end] for end in ends)
            sentence = reading.sentence_of[ends[0]]
            if sentence != reading.sentence_of[ends[1]]:
                dropped["relation across sentences"] += 1
            elif head == tail:
                merged = relation.type == "Synonym-Of"
                dropped[f"{kind.label} of {'names that are one entity' if merged else 'an entity to itself'}"] += 1
            elif relation.type == "Synonym-Of" and names_part(*(_text(reading, end) for end in ends)):
                dropped["SYNONYM_OF of an abbreviation and a longer name that ends in its meaning"] += 1
            elif not kind.joins(self._labels[head], self._labels[tail]):
                dropped[f"{kind.label} from {self._labels[head]} to {self._labels[tail]}"] += 1
            else:
                spans = (mentions[ends[0]][:2], mentions[ends[1]][:2])
                place = _Place(number, sentence, *spans, relation.score)
                key = (head, kind.label, tail, sentence)
                best[key] = min(best.get(key, place), place, key=lambda one: (-one.score, one.head, one.tail))
        for (head, label, tail, _), place in best.items():
            self._places[head, label, tail].append(place)

    def finish(self) -> tuple[list[Edge], list[Evidence]]:
        """Every edge, and every sentence behind each."""
        edges, evidence = [], []
        for key in sorted(self._places):
            places = sorted(self._places[key])
            shown = sorted(sorted(places, key=lambda place: (-place.score, place))[:SHOWN])
            # Scores are calibrated, and so is what sentences say together, as if each were wrong on its own (README).
            doubt = math.prod(sorted(1 - place.score for place in places))
            properties: dict[str, Value] = {
                "support": len({place.paper for place in places}),
                "mentions": len(places),
                "confidence": round(1 - doubt, 4),
                "papers": [self._readings[place.paper].paper.id for place in shown],
                "sentences": [self._readings[place.paper].sentence(place.sentence) for place in shown],
            }
            edges.append(Edge(*key, properties))
            for number, sentence, head, tail, score in places:
                evidence.append(Evidence(*key, self._readings[number].paper.id, sentence, *head, *tail, score))
        return edges, evidence


def _text(reading: Reading, index: int) -> str:
    mention = reading.extraction.mentions[index]
    return reading.extraction.text[mention.start : mention.end]
