"""Records of papers and what was read in them into frozen values, and those into lines of JSON and back."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from typing import Any, NamedTuple


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper as a reader found it. ``id`` is unique in a graph; everything but ``title`` may be unknown."""

    id: str
    title: str
    abstract: str = ""
    year: int | None = None
    venue: str | None = None
    authors: tuple[str, ...] = ()
    url: str | None = None
    doi: str | None = None

    @property
    def text(self) -> str:
        """Title, a line break, abstract, with white space folded: what all character offsets count in."""
        return " ".join(self.title.split()) + "\n" + " ".join(self.abstract.split())

    @classmethod
    def from_text(cls, id_: str, text: str) -> Paper:
        """The paper whose ``text`` this is, with nothing else known of it.

        >>> Paper.from_text("a", "On X\\nX is good.")
        Paper(id='a', title='On X', abstract='X is good.', year=None, venue=None, authors=(), url=None, doi=None)
        """
        title, _, abstract = text.partition("\n")
        return cls(id_, title, abstract)


class Mention(NamedTuple):
    """A name in a text: characters ``start`` to ``end`` (exclusive), an entity type, and a score from 0 to 1."""

    start: int
    end: int
    type: str
    score: float = 1.0


class Relation(NamedTuple):
    """A relation that one sentence states: ``head`` and ``tail`` are indices of mentions, ``type`` a schema name."""

    head: int
    type: str
    tail: int
    score: float = 1.0


class Abbreviation(NamedTuple):
    """A short form that the text defines, and its long form, as character offsets (ends exclusive)."""

    short_start: int
    short_end: int
    long_start: int
    long_end: int


class Result(NamedTuple):
    """A number that a paper reports in sentence ``s``; the other fields are surface strings, or None if not said."""

    s: int
    value: str
    metric: str | None = None
    method: str | None = None
    dataset: str | None = None
    task: str | None = None


@dataclass(frozen=True, slots=True)
class Extraction:
    """Everything read in one paper. All offsets are characters of ``text``; sentence 0 is the title."""

    id: str
    text: str
    sentences: tuple[tuple[int, int], ...]
    mentions: tuple[Mention, ...] = ()
    relations: tuple[Relation, ...] = ()
    proposes: tuple[int, ...] = ()
    results: tuple[Result, ...] = ()
    abbreviations: tuple[Abbreviation, ...] = field(default=())

    def to_json(self) -> str:
        """One line of JSON, without the line break, in the format of the gold data.

        >>> Extraction("a", "On X\\n", ((0, 4),), (Mention(3, 4, "Method", 0.9),)).to_json()
        '{"id": "a", "text": "On X\\\\n", "sentences": [[0, 4]], "mentions": [[3, 4, "Method", 0.9]], \
"relations": [], "proposes": [], "results": [], "abbreviations": []}'
        """
        record = {
            "id": self.id,
            "text": self.text,
            "sentences": self.sentences,
            "mentions": self.mentions,
            "relations": self.relations,
            "proposes": self.proposes,
            "results": [result._asdict() for result in self.results],
            "abbreviations": self.abbreviations,
        }
        return json.dumps(record, ensure_ascii=False)

    @classmethod
    def from_json(cls, line: str | dict[str, Any]) -> Extraction:
        """Read a line that ``to_json`` or an annotator wrote; fields that are missing are empty.

        Raises:
            ValueError: The line is no JSON object, lacks ``id`` or ``text``, or a field has another shape.
        """
        record = json.loads(line) if isinstance(line, str) else line
        if not isinstance(record, dict):
            raise ValueError("not a JSON object")
        try:
            return cls(
                id=str(record["id"]),
                text=str(record["text"]),
                sentences=tuple((int(a), int(b)) for a, b in record.get("sentences", ())),
                mentions=tuple(Mention(*m) for m in record.get("mentions", ())),
                relations=tuple(Relation(*r) for r in record.get("relations", ())),
                proposes=tuple(record.get("proposes", ())),
                results=tuple(Result(**r) for r in record.get("results", ())),
                abbreviations=tuple(Abbreviation(*a) for a in record.get("abbreviations", ())),
            )
        except KeyError as missing:
            raise ValueError(f"no {missing.args[0]!r}") from None
        except TypeError as odd:
            raise ValueError(f"a field has another shape: {odd}") from None


def content_hash(paper: Paper) -> str:
    """What the paper says, as 64 hexadecimal digits: papers of equal text share one extraction.

    >>> content_hash(Paper("a", "On X")) == content_hash(Paper("b", " On  X ", year=2020))
    True
    """
    return hashlib.sha256(paper.text.encode("utf-8", "surrogatepass")).hexdigest()


def to_record(paper: Paper) -> dict[str, Any]:
    """The paper as a JSON object, without fields that are unknown."""
    return {key: value for key, value in asdict(paper).items() if value not in (None, ())}


Value = str | int | float | bool | list[str] | None
"""What a property of the graph may be."""


class Node(NamedTuple):
    """A node of the graph. ``label`` is one of ``schema.NODE_LABELS``; unknown properties are left out."""

    id: str
    label: str
    properties: dict[str, Value]


class Edge(NamedTuple):
    """An edge of the graph from ``head`` to ``tail``, both ids of nodes. ``label`` is one of ``schema.EDGE_LABELS``."""

    head: str
    label: str
    tail: str
    properties: dict[str, Value]


class Evidence(NamedTuple):
    """One sentence behind an edge: where in which paper it stands, and where its two ends are named.

    Offsets are characters of the paper's text. For an edge that starts at a paper or a result the head has no place of
    its own, and ``head_start`` and ``head_end`` are None.
    """

    head: str
    label: str
    tail: str
    paper: str
    sentence: int
    head_start: int | None
    head_end: int | None
    tail_start: int
    tail_end: int
    score: float


class Alias(NamedTuple):
    """A spelling of an entity, how many papers write it so, and why it is this entity."""

    entity: str
    text: str
    papers: int
    reason: str


@dataclass(frozen=True, slots=True)
class Graph:
    """What assembly makes of all extractions; every list is sorted by its leading fields."""

    nodes: list[Node]
    edges: list[Edge]
    evidence: list[Evidence]
    aliases: list[Alias]
    dropped: dict[str, int] = field(default_factory=dict)
