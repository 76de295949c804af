"""A graph file into what is wrong in it: every edge is read again in the sentences that are said to state it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from kg.model import Edge, Evidence, Extraction
from kg.schema import ACYCLIC, LABELS, PAPER, RELATIONS
from kg.stores.graph_file import GraphFile


class Fault(NamedTuple):
    """Something wrong: the edge or node, the paper and sentence if it is of one, and what."""

    where: str
    what: str


def faults(file: GraphFile) -> Iterator[Fault]:
    """All that is wrong in a graph file: edges without their sentences, sentences that do not say it, false counts."""
    if file.fingerprint() != file.digest():
        yield Fault("graph", "its fingerprint is not that of what is in it")
    yield from _edges(file)
    yield from _nodes(file)
    spelled = {(alias.entity, alias.text) for alias in file.all_aliases()}
    spelled.update((node.id, str(node.properties["text"])) for node in file.results())
    for paper, places in groupby(file.evidence_by_paper(), key=attrgetter("paper")):
        reader = _Reader(file.extraction(paper), spelled)
        for place in places:
            if wrong := reader.wrong(place):
                yield Fault(f"{_named(place[:3])} in paper {paper!r}, sentence {place.sentence}", wrong)


class _Reader:
    """What one paper says."""

    def __init__(self, read: Extraction | None, spelled: set[tuple[str, str]]) -> None:
        self._read, self._spelled = read, spelled
        mentions = read.mentions if read else ()
        self._mentions = {(mention.start, mention.end) for mention in mentions}
        proposed = read.proposes if read else ()
        self._proposed = {mentions[index][:2] for index in proposed if 0 <= index < len(mentions)}
        self._relations: set[tuple[object, ...]] = set()
        for relation in read.relations if read else ():
            ends = (mentions[relation.head][:2], mentions[relation.tail][:2])
            self._relations.add((relation.type, *ends))
            if RELATIONS[relation.type].symmetric:
                self._relations.add((relation.type, *reversed(ends)))

    def wrong(self, place: Evidence) -> str | None:
        """Why the paper does not say so; None if it does."""
        if self._read is None:
            return "nothing was read in this paper"
        if not all(isinstance(number, int) for number in (place.sentence, place.tail_start, place.tail_end)):
            return "its place is no number"
        if not 0 <= place.sentence < len(self._read.sentences):
            return "there is no such sentence"
        begin, end = self._read.sentences[place.sentence]
        ends = [(place.tail, place.tail_start, place.tail_end)]
        if place.label in LABELS:
            if not isinstance(place.head_start, int) or not isinstance(place.head_end, int):
                return "the head has no place"
            ends.append((place.head, place.head_start, place.head_end))
        for id_, first, last in ends:
            if not begin <= first < last <= end:
                return f"{id_} lies outside the sentence"
            text = self._read.text[first:last]
            if (id_, text) not in self._spelled:
                return f"{text!r} is not {id_}"
        return self._unstated(place)

    def _unstated(self, place: Evidence) -> str | None:
        tail = (place.tail_start, place.tail_end)
        if place.label in LABELS:
            key = (LABELS[place.label].name, (place.head_start, place.head_end), tail)
            return None if key in self._relations else "the paper states no such relation"
        if place.label == "PROPOSES":
            return None if tail in self._proposed else "the paper does not propose it"
        if place.label != "REPORTS" and tail not in self._mentions:
            return "the paper mentions nothing there"
        return None


def _edges(file: GraphFile) -> Iterator[Fault]:
    known = {node.id for node in file.nodes()}
    counts = file.evidence_counts()
    for edge in file.edges():
        key = edge[:3]
        places, papers = counts.pop(key, (0, 0))
        yield from (Fault(_named(key), f"there is no node {end}") for end in (edge.head, edge.tail) if end not in known)
        mirrored = edge.label in LABELS and LABELS[edge.label].symmetric and edge.head > edge.tail
        if edge.head == edge.tail or mirrored:
            yield Fault(_named(key), "an edge of this kind is stored once, between two nodes, in their order")
        if not places:
            yield Fault(_named(key), "no sentence states it")
        else:
            yield from (Fault(_named(key), wrong) for wrong in _miscounted(edge, places, papers))
    yield from (Fault(_named(key), "there are sentences, but no such edge") for key in sorted(counts))


def _miscounted(edge: Edge, places: int, papers: int) -> Iterator[str]:
    told = edge.properties
    for name, number in (("support", papers), ("mentions", places)) if edge.label in LABELS else ():
        if told.get(name) != number:
            yield f"{name} is {told.get(name)}, and {number} in its sentences"
    if edge.label == "MENTIONS" and told.get("count") != places:
        yield f"count is {told.get('count')}, and {places} in its sentences"


def _nodes(file: GraphFile) -> Iterator[Fault]:
    papers: Counter[str] = Counter()
    mentions: Counter[str] = Counter()
    for edge in file.edges_labelled(("MENTIONS",)):
        papers[edge.tail] += 1
        count = edge.properties.get("count")
        mentions[edge.tail] += count if isinstance(count, int) else 0
    for node in file.nodes():
        if node.label != PAPER and "papers" in node.properties:
            for name, number in (("papers", papers[node.id]), ("mentions", mentions[node.id])):
                if node.properties.get(name) != number:
                    yield Fault(node.id, f"{name} is {node.properties.get(name)}, and {number} by its edges")


def contradictions(file: GraphFile) -> list[tuple[str, ...]]:
    """Rings of PART_OF, SUBCLASS_OF or SUBTASK_OF, each as its label and the ids on it, from the first by text.

    Sentences may say that A is a kind of B and that B is a kind of A. Both stay in the graph with their sentences. Of
    every set of nodes that lead to each other (Tarjan's strongly connected components) one shortest ring is told.
    """
    import networkx as nx

    found: list[tuple[str, ...]] = []
    for label in ACYCLIC:
        graph = nx.DiGraph((edge.head, edge.tail) for edge in file.edges_labelled((label,)))
        for component in nx.strongly_connected_components(graph):
            if len(component) > 1:
                start = min(component)
                inner = graph.subgraph(sorted(component))
                ways = (nx.shortest_path(inner, node, start) for node in sorted(inner.successors(start)))
                found.append((label, start, *min(ways, key=lambda way: (len(way), way))[:-1]))
    return sorted(found)


def _named(key: tuple[str, ...]) -> str:
    return " ".join(key)
