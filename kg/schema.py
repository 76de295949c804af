"""Names of the data files into names of the graph: entity types, relation types, and which joins which."""

from __future__ import annotations

from dataclasses import dataclass

ENTITY_TYPES: tuple[str, ...] = ("Dataset", "Method", "Metric", "Task")
"""The types of mentions in extractions, and the labels of entities in the graph; in this order everywhere."""

CONFUSED = {"Method": "Task", "Task": "Method"}
"""Paradigms are methods here and tasks there; what is known of a name as one of these serves the other too."""

_ANY = frozenset(ENTITY_TYPES)


@dataclass(frozen=True, slots=True)
class RelationType:
    """One kind of relation between two entities.

    ``name`` is how data files write it, as SciER does; ``label`` is its relationship type in the graph. ``heads`` and
    ``tails`` are the entity types it may join, ``same`` asks both ends to be of one type, and ``symmetric`` relations
    are stored once, in the order of the entities' ids.
    """

    name: str
    label: str
    heads: frozenset[str]
    tails: frozenset[str]
    meaning: str
    same: bool = False
    symmetric: bool = False

    def joins(self, head: str, tail: str) -> bool:
        """Whether a head and a tail of these entity types may be joined.

        >>> RELATIONS["Used-For"].joins("Dataset", "Task"), RELATIONS["Compare-With"].joins("Dataset", "Task")
        (True, False)
        """
        return head in self.heads and tail in self.tails and (head == tail or not self.same)


def _one(*names: str) -> frozenset[str]:
    return frozenset(names)


_TABLE = (
    RelationType("Benchmark-For", "BENCHMARK_FOR", _one("Dataset"), _one("Task"), "the dataset serves the task"),
    RelationType("Compare-With", "COMPARED_WITH", _ANY, _ANY, "the two are compared", same=True, symmetric=True),
    RelationType(
        "Evaluated-With", "EVALUATED_WITH", _one("Method"), _one("Dataset"), "evaluated, tested or compared on"
    ),
    RelationType("Part-Of", "PART_OF", _one("Method"), _one("Method"), "a component of"),
    RelationType("SubClass-Of", "SUBCLASS_OF", _one("Method"), _one("Method"), "a kind of"),
    RelationType("SubTask-Of", "SUBTASK_OF", _one("Task"), _one("Task"), "a case of"),
    RelationType("Synonym-Of", "SYNONYM_OF", _ANY, _ANY, "another name of", same=True, symmetric=True),
    RelationType(
        "Trained-With", "TRAINED_WITH", _one("Method"), _one("Dataset"), "trained, pre-trained or fine-tuned on"
    ),
    RelationType("Used-For", "USED_FOR", _ANY, _one("Method", "Task"), "serves to do or build"),
)

RELATIONS: dict[str, RelationType] = {relation.name: relation for relation in _TABLE}
"""The nine relation types by their name in data files, in alphabetical order."""

LABELS: dict[str, RelationType] = {relation.label: relation for relation in _TABLE}
"""The same nine by their relationship type in the graph."""

ACYCLIC: tuple[str, ...] = ("PART_OF", "SUBCLASS_OF", "SUBTASK_OF")
"""Relationship types that should lead to no place twice."""

PAPER, RESULT = "Paper", "Result"
NODE_LABELS: tuple[str, ...] = (*ENTITY_TYPES, PAPER, RESULT)
"""Every node label of the graph."""

PAPER_EDGES: dict[str, tuple[str, ...]] = {"MENTIONS": ENTITY_TYPES, "PROPOSES": ENTITY_TYPES, "REPORTS": (RESULT,)}
"""Relationship types that start at a paper, and the labels they lead to."""

RESULT_EDGES: dict[str, str] = {"BY": "Method", "FOR": "Task", "MEASURES": "Metric", "ON": "Dataset"}
"""Relationship types that start at a result, and the label each leads to."""

EDGE_LABELS: tuple[str, ...] = (*sorted(LABELS), *PAPER_EDGES, *RESULT_EDGES)
"""Every relationship type of the graph."""

STATE = "KgGraph"
"""The label of the one node on a server that says what was loaded."""

MARK = "_kg"
"""The property that tells, on a server, our nodes and relationships from those of others. A paper has in it what was
read in it, so that a graph file can be made again: the model on one line, the extraction as JSON on the next. All else
has true."""

_BY_PREFIX = {label.lower(): label for label in NODE_LABELS}


def label_of(id_: str) -> str:
    """The label of the node with this id: every id begins with it.

    >>> label_of("method:bert"), label_of("paper:a:b")
    ('Method', 'Paper')
    """
    return _BY_PREFIX[id_.partition(":")[0]]


_ENTITY = ("name", "aliases", "papers", "mentions", "first_year", "last_year")
NODE_PROPERTIES: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(ENTITY_TYPES, _ENTITY),
    PAPER: ("title", "abstract", "year", "venue", "authors", "url", "doi"),
    RESULT: ("text", "value", "unit", "sentence"),
}
"""What a node of each label may carry beside its ``id``."""

EDGE_PROPERTIES: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(EDGE_LABELS, ()),
    **dict.fromkeys(LABELS, ("support", "mentions", "confidence", "papers", "sentences")),
    "MENTIONS": ("count", "in_title"),
}
"""What an edge of each relationship type may carry."""
