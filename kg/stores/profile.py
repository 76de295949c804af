"""An entity of a graph file into all that is known of it, each part with its sentences."""

from __future__ import annotations

from typing import Any

from kg.model import Edge, Evidence
from kg.schema import ACYCLIC, LABELS, RESULT_EDGES
from kg.stores.graph_file import GraphFile


def profile(file: GraphFile, id_: str) -> dict[str, Any]:
    """What ``kg show`` prints, as a JSON object.

    Args:
        file: An open graph file.
        id_: The id of one of its entities.

    Returns:
        ``id``, ``type``, ``name``, ``papers``, ``mentions``, years, and ``model``, which read all this; ``names`` with
        how many papers use each and why it is this entity; ``edges`` by relation as read from the entity (``USED_FOR
        ->``, ``<- USED_FOR``, ``- COMPARED_WITH -``), most papers first, each with every sentence, and ``contradicted``
        where others say that it goes the other way round; ``proposed_by`` and ``in_papers``; ``results``.

    Raises:
        KeyError: There is no such node.
    """
    node = file.node(id_)
    if node is None:
        raise KeyError(id_)
    teller = _Teller(file)
    told: dict[str, Any] = {"id": node.id, "type": node.label, **node.properties}
    told.pop("aliases", None)
    told["model"] = file.model()
    names = [{"text": one.text, "papers": one.papers, "reason": one.reason} for one in file.aliases(id_)]
    told["names"] = sorted(names, key=lambda one: (-int(str(one["papers"])), str(one["text"])))
    evidence: dict[tuple[str, str, str], list[Evidence]] = {}
    for one in file.evidence_of(id_):
        evidence.setdefault(one[:3], []).append(one)
    edges: dict[str, list[dict[str, Any]]] = {}
    papers: dict[str, list[dict[str, Any]]] = {"MENTIONS": [], "PROPOSES": []}
    results: list[dict[str, Any]] = []
    around = list(file.edges_of(id_))
    joined = {edge[:3] for edge in around if edge.label in ACYCLIC}
    for edge in around:
        if edge.label in LABELS:
            told_edge = teller.edge(edge, id_, evidence.get(edge[:3], []))
            if (edge.tail, edge.label, edge.head) in joined:
                told_edge["contradicted"] = True
            edges.setdefault(_title(edge, id_), []).append(told_edge)
        elif edge.label in papers:
            paper = teller.paper(edge.head)
            papers[edge.label].append(
                paper | ({"count": edge.properties["count"]} if "count" in edge.properties else {})
            )
        elif edge.label in RESULT_EDGES:
            results.append(teller.result(edge.head))
    for listed in edges.values():
        listed.sort(key=lambda one: (-one["support"], -one["confidence"], one["id"]))
    papers["MENTIONS"].sort(key=lambda one: (-int(one["count"]), one["id"]))
    told["edges"] = dict(sorted(edges.items()))
    return told | {"proposed_by": papers["PROPOSES"], "in_papers": papers["MENTIONS"], "results": results}


def _title(edge: Edge, id_: str) -> str:
    if LABELS[edge.label].symmetric:
        return f"- {edge.label} -"
    return f"{edge.label} ->" if edge.head == id_ else f"<- {edge.label}"


class _Teller:
    """Looks up what edges lead to."""

    def __init__(self, file: GraphFile) -> None:
        self.file = file
        self._texts: dict[str, list[str]] = {}

    def sentence(self, one: Evidence) -> str:
        """The sentence in which a piece of evidence stands."""
        if one.paper not in self._texts:
            read = self.file.extraction(one.paper)
            self._texts[one.paper] = [read.text[start:end] for start, end in read.sentences] if read else []
        sentences = self._texts[one.paper]
        return sentences[one.sentence] if one.sentence < len(sentences) else ""

    def name(self, id_: str) -> str:
        node = self.file.node(id_)
        return str(node.properties["name"]) if node else id_

    def edge(self, edge: Edge, id_: str, evidence: list[Evidence]) -> dict[str, Any]:
        other = edge.tail if edge.head == id_ else edge.head
        return {
            "id": other,
            "name": self.name(other),
            **{key: edge.properties[key] for key in ("support", "confidence")},
            "sentences": [{"paper": one.paper, "text": self.sentence(one), "score": one.score} for one in evidence],
        }

    def paper(self, id_: str) -> dict[str, Any]:
        node = self.file.node(id_)
        assert node is not None
        year = {"year": node.properties["year"]} if "year" in node.properties else {}
        return {"id": id_.split(":", 1)[1], "title": node.properties["title"], **year}

    def result(self, id_: str) -> dict[str, Any]:
        node = self.file.node(id_)
        assert node is not None
        told = {"paper": id_.split(":", 1)[1].rsplit(":", 2)[0], **node.properties}
        for edge in self.file.edges_of(id_):
            if edge.label in RESULT_EDGES:
                told[RESULT_EDGES[edge.label].lower()] = self.name(edge.tail)
        return told
