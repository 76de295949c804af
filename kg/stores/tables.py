"""Records of the graph into rows of the graph file's tables, and rows back into records."""

from __future__ import annotations

import json
from typing import Any

from kg import schema
from kg.model import Edge, Node, Paper, Value

FORMAT = 1
"""The version of the tables below; a file with a higher one is refused."""

APPLICATION_ID = 0x6B670001
"""Marks an SQLite file as a graph file (``PRAGMA application_id``)."""

# Rows lie in the order of their key whatever the order they came in, which asks for pages that hold an abstract.
PAGE_SIZE = 16384

GRAPH_TABLES = ("entity", "result", "edge", "evidence", "alias")
"""What one assembly replaces by the next."""

TABLES = (
    f"PRAGMA application_id = {APPLICATION_ID}",
    f"PRAGMA user_version = {FORMAT}",
    "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    """CREATE TABLE paper (id TEXT PRIMARY KEY, title TEXT NOT NULL, abstract TEXT NOT NULL, year INTEGER, venue TEXT,
       authors TEXT NOT NULL, url TEXT, doi TEXT, hash TEXT NOT NULL, in_graph INTEGER NOT NULL) WITHOUT ROWID""",
    "CREATE INDEX paper_hash ON paper (hash)",
    """CREATE TABLE extraction (hash TEXT NOT NULL, model TEXT NOT NULL, record TEXT NOT NULL,
       PRIMARY KEY (hash, model)) WITHOUT ROWID""",
    """CREATE TABLE entity (id TEXT PRIMARY KEY, type TEXT NOT NULL, name TEXT NOT NULL, aliases TEXT NOT NULL,
       papers INTEGER, mentions INTEGER, first_year INTEGER, last_year INTEGER) WITHOUT ROWID""",
    """CREATE TABLE result (id TEXT PRIMARY KEY, text TEXT NOT NULL, value REAL, unit TEXT, sentence TEXT)
       WITHOUT ROWID""",
    """CREATE TABLE edge (head TEXT NOT NULL, type TEXT NOT NULL, tail TEXT NOT NULL, support INTEGER, mentions INTEGER,
       confidence REAL, papers TEXT, sentences TEXT, count INTEGER, in_title INTEGER,
       PRIMARY KEY (head, type, tail)) WITHOUT ROWID""",
    "CREATE INDEX edge_tail ON edge (tail)",
    """CREATE TABLE evidence (head TEXT NOT NULL, type TEXT NOT NULL, tail TEXT NOT NULL, paper TEXT NOT NULL,
       sentence INTEGER NOT NULL, head_start INTEGER, head_end INTEGER, tail_start INTEGER NOT NULL,
       tail_end INTEGER NOT NULL, score REAL NOT NULL)""",
    "CREATE INDEX evidence_edge ON evidence (head, type, tail)",
    "CREATE INDEX evidence_tail ON evidence (tail)",
    "CREATE TABLE alias (entity TEXT NOT NULL, text TEXT NOT NULL, papers INTEGER NOT NULL, reason TEXT NOT NULL)",
    "CREATE INDEX alias_entity ON alias (entity)",
    f"INSERT INTO meta VALUES ('format', '{FORMAT}')",
    "INSERT INTO meta VALUES ('state', 'empty')",
)

PAPER = "id, title, abstract, year, venue, authors, url, doi"
"""The columns of table ``paper`` that make a ``Paper``."""

_ENTITY = ("name", "aliases", "papers", "mentions", "first_year", "last_year")
_RESULT = ("text", "value", "unit", "sentence")
_EDGE = ("support", "mentions", "confidence", "papers", "sentences", "count", "in_title")
_LISTS = frozenset({"aliases", "authors", "sentences"})


def paper_row(paper: Paper, hash_: str) -> tuple[Any, ...]:
    """The columns of table ``paper`` but the last, ``in_graph``."""
    authors = _json(list(paper.authors))
    return (paper.id, paper.title, paper.abstract, paper.year, paper.venue, authors, paper.url, paper.doi, hash_)


def to_paper(row: tuple[Any, ...]) -> Paper:
    """A paper from the first eight columns of table ``paper``."""
    id_, title, abstract, year, venue, authors, url, doi = row[:8]
    return Paper(id_, title, abstract, year, venue, tuple(json.loads(authors)), url, doi)


def paper_node(paper: Paper) -> Node:
    """The node of a paper, with the properties that are known."""
    properties: dict[str, Value] = {"title": paper.title}
    for key in schema.NODE_PROPERTIES[schema.PAPER][1:]:
        value = getattr(paper, key)
        if value not in (None, "", ()):
            properties[key] = list(value) if isinstance(value, tuple) else value
    return Node(f"paper:{paper.id}", schema.PAPER, properties)


def known(node: Node) -> Node:
    """The node, and if it is a paper's then without properties that say nothing, as ``paper_node`` gives it."""
    if node.label != schema.PAPER:
        return node
    kept = {k: v for k, v in node.properties.items() if k == "title" or v not in (None, "", [])}
    return node._replace(properties=kept)


def entity_row(node: Node) -> tuple[Any, ...]:
    """The columns of table ``entity``."""
    return (node.id, node.label, *_columns(node.properties, _ENTITY, node.id))


def to_entity(row: tuple[Any, ...]) -> Node:
    """A method, dataset, task or metric from its row."""
    return Node(row[0], row[1], _properties(_ENTITY, row[2:]))


def result_row(node: Node) -> tuple[Any, ...]:
    """The columns of table ``result``."""
    return (node.id, *_columns(node.properties, _RESULT, node.id))


def to_result(row: tuple[Any, ...]) -> Node:
    """A result from its row."""
    return Node(row[0], schema.RESULT, _properties(_RESULT, row[1:]))


def edge_row(edge: Edge) -> tuple[Any, ...]:
    """The columns of table ``edge``."""
    return (*edge[:3], *_columns(edge.properties, _EDGE, str(edge[:3])))


def to_edge(row: tuple[Any, ...]) -> Edge:
    """An edge from its row."""
    properties = _properties(_EDGE, row[3:])
    if "papers" in properties:
        properties["papers"] = json.loads(str(properties["papers"]))
    if "in_title" in properties:
        properties["in_title"] = bool(properties["in_title"])
    return Edge(row[0], row[1], row[2], properties)


def _columns(properties: dict[str, Value], names: tuple[str, ...], whose: str) -> list[Any]:
    if odd := sorted(set(properties) - set(names)):
        raise ValueError(f"{whose} has properties that the graph file has no column for: {', '.join(odd)}")
    values = [properties.get(name) for name in names]
    return [_json(value) if isinstance(value, list) else value for value in values]


def _properties(names: tuple[str, ...], values: tuple[Any, ...]) -> dict[str, Value]:
    pairs = zip(names, values, strict=True)
    return {name: json.loads(value) if name in _LISTS else value for name, value in pairs if value is not None}


def _json(value: list[str]) -> str:
    return json.dumps(value, ensure_ascii=False)
