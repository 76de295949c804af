"""All papers and extractions into one graph, the same whatever their order."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import pairwise

from kg.assemble.edges import EntityEdges
from kg.assemble.reading import Reading, read
from kg.assemble.results import result_parts
from kg.errors import InputError
from kg.model import Alias, Edge, Evidence, Extraction, Graph, Node, Paper, Value
from kg.resolve import Known, Resolution, resolve
from kg.schema import NODE_PROPERTIES, PAPER


def assemble(papers: Iterable[tuple[Paper, Extraction]], aliases: Known = Known()) -> Graph:  # noqa: B008
    """Make the graph of these papers. Pure: equal papers give an equal graph, in whatever order they come.

    Args:
        papers: Each paper with what was read in it, consumed once. All are kept until the graph is made; work and
            memory grow linearly with them.
        aliases: A user's own aliases, which win over all that the papers say.

    Raises:
        InputError: Two papers have one id, or an extraction is malformed.
    """
    dropped: Counter[str] = Counter()
    readings = [read(paper, extraction, dropped) for paper, extraction in sorted(papers, key=lambda pair: pair[0].id)]
    for one, next_ in pairwise(readings):
        if one.paper.id == next_.paper.id:
            raise InputError(f"paper {one.paper.id!r} comes twice; give each paper an id of its own")
    resolution = resolve([reading.extraction for reading in readings], aliases)
    relations = EntityEdges(resolution.labels)
    nodes: list[Node] = _entity_nodes(readings, resolution)
    edges: list[Edge] = []
    evidence: list[Evidence] = []
    for reading, entities in zip(readings, resolution.entities, strict=True):
        nodes.append(_paper_node(reading.paper))
        relations.add(reading, entities, dropped)
        _mentioned(reading, entities, edges, evidence)
        results = result_parts(reading, entities, resolution.labels, dropped)
        nodes.extend(results[0])
        edges.extend(results[1])
        evidence.extend(results[2])
    related = relations.finish()
    edges.extend(related[0])
    evidence.extend(related[1])
    return Graph(
        nodes=sorted(nodes, key=lambda node: node.id),
        edges=sorted(edges, key=lambda edge: edge[:3]),
        evidence=sorted(evidence, key=_order),
        aliases=resolution.aliases,
        dropped={reason: dropped[reason] for reason in sorted(dropped)},
    )


def _order(one: Evidence) -> tuple[str | float, ...]:
    return (*one[:5], one.tail_start, one.tail_end, -1 if one.head_start is None else one.head_start)


def _paper_node(paper: Paper) -> Node:
    properties: dict[str, Value] = {"title": paper.title}
    for key in NODE_PROPERTIES[PAPER][1:]:
        value = getattr(paper, key)
        if value not in (None, "", ()):
            properties[key] = list(value) if isinstance(value, tuple) else value
    return Node(f"paper:{paper.id}", PAPER, properties)


def _entity_nodes(readings: list[Reading], resolution: Resolution) -> list[Node]:
    papers: Counter[str] = Counter()
    mentions: Counter[str] = Counter()
    years: defaultdict[str, set[int]] = defaultdict(set)
    spellings: defaultdict[str, list[Alias]] = defaultdict(list)
    for reading, entities in zip(readings, resolution.entities, strict=True):
        mentions.update(entities)
        for entity in set(entities):
            papers[entity] += 1
            if reading.paper.year is not None:
                years[entity].add(reading.paper.year)
    for alias in resolution.aliases:
        spellings[alias.entity].append(alias)
    nodes = []
    for entity, label in resolution.labels.items():
        known = sorted(spellings[entity], key=lambda alias: (-alias.papers, alias.text))
        properties: dict[str, Value] = {
            "name": resolution.names[entity],
            "aliases": [alias.text for alias in known],
            "papers": papers[entity],
            "mentions": mentions[entity],
        }
        if years[entity]:
            properties |= {"first_year": min(years[entity]), "last_year": max(years[entity])}
        nodes.append(Node(entity, label, properties))
    return nodes


def _mentioned(reading: Reading, entities: tuple[str, ...], edges: list[Edge], evidence: list[Evidence]) -> None:
    """Add the edges from a paper to what it mentions and proposes, with every place."""
    paper, extraction = reading.paper.id, reading.extraction
    head = f"paper:{paper}"
    in_title = {entity for entity, sentence in zip(entities, reading.sentence_of, strict=True) if sentence == 0}
    for entity, count in Counter(entities).items():
        edges.append(Edge(head, "MENTIONS", entity, {"count": count, "in_title": entity in in_title}))
    proposed = set(extraction.proposes)
    edges.extend(Edge(head, "PROPOSES", entity, {}) for entity in {entities[index] for index in proposed})
    for index, (start, end, _, score) in enumerate(extraction.mentions):
        for label in ("MENTIONS", "PROPOSES") if index in proposed else ("MENTIONS",):
            place = (paper, reading.sentence_of[index], None, None, start, end, score)
            evidence.append(Evidence(head, label, entities[index], *place))
