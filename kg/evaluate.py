"""Gold and predicted extractions into precision, recall and F1 of every measure that the project reports."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from kg.errors import InputError
from kg.model import Extraction, Paper, Relation
from kg.schema import ENTITY_TYPES, RELATIONS

MEASURES: tuple[str, ...] = ("mention", "span", "entity", "relation", "relation+", "triple", "proposes", "result")
"""Every measure, in the order of a report."""

_OPTIONAL = {"proposes": "proposes", "results": "result"}  # field of a gold line: the measure that needs it


class Score(NamedTuple):
    """One line of a table: precision, recall and F1 in percent, and the counts behind them."""

    precision: float
    recall: float
    f1: float
    gold: int
    said: int
    hit: int

    @classmethod
    def of(cls, hit: int, said: int, gold: int) -> Score:
        """The score of counts; what divides by nothing is 0.

        >>> Score.of(1, 2, 4)
        Score(precision=50.0, recall=25.0, f1=33.333333333333336, gold=4, said=2, hit=1)
        """
        precision, recall = hit / said if said else 0.0, hit / gold if gold else 0.0
        f1 = 100 * 2 * precision * recall / (precision + recall) if hit else 0.0
        return cls(100 * precision, 100 * recall, f1, gold, said, hit)


class Bin(NamedTuple):
    """One line of a reliability table: of what has a score in one tenth, the mean score and how much is right."""

    score: float
    right: float
    said: int

    @classmethod
    def table(cls, judged: Iterable[tuple[float, bool]]) -> list[Bin]:
        """The lines, in percent, of scores and whether what has them is right; tenths without any are left out.

        >>> Bin.table([(0.95, True), (0.97, True), (0.11, False)])
        [Bin(score=11.0, right=0.0, said=1), Bin(score=96.0, right=100.0, said=2)]
        """
        tenths: dict[int, list[tuple[float, bool]]] = {}
        for score, right in judged:
            tenths.setdefault(min(9, int(score * 10)), []).append((score, right))
        sums = ((*map(sum, zip(*own, strict=True)), len(own)) for _, own in sorted(tenths.items()))
        return [cls(round(100 * score / n, 2), round(100 * right / n, 2), n) for score, right, n in sums]

    @staticmethod
    def error(bins: Sequence[Bin]) -> float:
        """The expected calibration error in percent: how far scores are from what is right, on average."""
        return sum(abs(one.score - one.right) * one.said for one in bins) / max(1, sum(one.said for one in bins))


@dataclass(frozen=True, slots=True)
class Table:
    """What an evaluation found.

    ``measures`` holds those of MEASURES that the gold data allows; ``mentions`` splits the measure ``mention`` by
    entity type, ``relations`` the measure ``relation`` by relation type. ``reliability`` tells by tenths of the score
    how many mentions (measure ``mention``) and relations (``relation+``) are right. ``warnings`` say what was not
    scored.
    """

    measures: dict[str, Score]
    mentions: dict[str, Score]
    relations: dict[str, Score]
    reliability: dict[str, list[Bin]]
    warnings: list[str] = field(default_factory=list)

    def to_record(self) -> dict[str, Any]:
        """The table as a JSON object: ``{"measures": {"mention": {"precision": ...}}, ..., "warnings": [...]}``."""
        parts = {"measures": self.measures, "mentions": self.mentions, "relations": self.relations}
        tables = {part: {name: score._asdict() for name, score in rows.items()} for part, rows in parts.items()}
        reliability = {
            name: {"error": round(Bin.error(bins), 2), "bins": [one._asdict() for one in bins]}
            for name, bins in self.reliability.items()
        }
        return {**tables, "reliability": reliability, "warnings": self.warnings}


@dataclass(frozen=True, slots=True)
class Annotated:
    """An extraction as a file has it: ``lacks`` names the fields that its line does not have at all."""

    extraction: Extraction
    lacks: frozenset[str] = frozenset()

    @classmethod
    def from_json(cls, line: str) -> Annotated:
        """Read one line; raises ValueError as ``Extraction.from_json`` does."""
        record = json.loads(line)
        extraction = Extraction.from_json(record)
        return cls(extraction, frozenset(_OPTIONAL.keys() - record.keys()))


@dataclass(frozen=True, slots=True)
class Verbatim(Paper):
    """A paper of gold data, whose text is taken as it stands: public data has sentences alone, and odd white space."""

    verbatim: str = ""

    @classmethod
    def of(cls, gold: Extraction) -> Verbatim:
        """The paper that a gold extraction is of."""
        return cls(gold.id, "", verbatim=gold.text)

    @property
    def text(self) -> str:
        """The text of the gold data."""
        return self.verbatim


def read_annotated(lines: Iterable[str], path: str | Path | None = None) -> Iterator[Annotated]:
    """Lines of JSON as records; empty lines are skipped.

    Raises:
        InputError: A line is no extraction; the message gives ``path`` and the line's number.
    """
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                yield Annotated.from_json(line)
            except ValueError as odd:
                raise InputError(f"no extraction: {odd}", path, number) from None


def evaluate(
    gold: Iterable[Annotated | Extraction],
    predicted: Iterable[Annotated | Extraction],
    types: Iterable[str] = ENTITY_TYPES,
) -> Table:
    """Score predictions against gold, micro-averaged over all documents.

    A gold document without a prediction counts as one where nothing was found; a measure whose field a gold document
    lacks is not scored there. An ``Extraction`` lacks nothing. Of a document that comes twice the last one counts.

    Args:
        gold: What is right.
        predicted: What was said of the same texts.
        types: The entity types to look at; relations need both ends to be of these.

    Raises:
        InputError: A predicted text is not the gold text, or a relation or proposal points at no mention.
    """
    warnings: list[str] = []
    truth, guesses = _by_id(gold, "gold", warnings), _by_id(predicted, "predicted", warnings)
    kept, counts = frozenset(types), _Counts()
    scored: dict[str, list[tuple[float, bool]]] = {"mention": [], "relation": []}
    for key, document in truth.items():
        right = document.extraction
        guess = guesses.get(key, Annotated(Extraction(key, right.text, ()))).extraction
        if guess.text != right.text:
            raise InputError(f"{key}: the predicted text is not the gold text; extract from the gold file's texts")
        skipped = {_OPTIONAL[name] for name in document.lacks}
        counts.add(_facts(right, kept), _facts(guess, kept), skipped)
        mentions, relations = judge(right, guess)
        looked_at = [mention.type in kept for mention in guess.mentions]
        scored["mention"] += [
            (mention.score, ok)
            for mention, ok, looked in zip(guess.mentions, mentions, looked_at, strict=True)
            if looked
        ]
        scored["relation"] += [
            (relation.score, ok)
            for relation, ok in zip(guess.relations, relations, strict=True)
            if looked_at[relation.head] and looked_at[relation.tail]
        ]
    for label, keys in (
        ("in the gold data without a prediction, counted as empty", truth.keys() - guesses.keys()),
        ("predicted but not in the gold data, not scored", guesses.keys() - truth.keys()),
    ):
        if keys:
            some = ", ".join(sorted(keys)[:3])
            warnings.append(f"{len(keys)} {label}: {some}{', ...' if len(keys) > 3 else ''}")
    return Table(
        measures=counts.table([(name, name) for name in MEASURES]),
        mentions=counts.table([(("mention", name), name) for name in ENTITY_TYPES]),
        relations=counts.table([(("relation", name), name) for name in RELATIONS]),
        # What has no scores says 1 of everything.
        reliability={name: Bin.table(own) for name, own in scored.items() if any(score < 1 for score, _ in own)},
        warnings=warnings,
    )


def judge(right: Extraction, said: Extraction) -> tuple[list[bool], list[bool]]:
    """Whether each mention of ``said`` is right (measure ``mention``), and each relation (measure ``relation+``)."""
    mentions = {mention[:3] for mention in right.mentions}
    relations = {_typed(right, relation) for relation in right.relations}
    return (
        [mention[:3] in mentions for mention in said.mentions],
        [_typed(said, relation) in relations for relation in said.relations],
    )


_Fact = tuple[Any, ...]
_Key = str | tuple[str, str]  # a measure, or a measure and the type it is split by


class _Counts:
    """Hits, said and gold for every measure."""

    def __init__(self) -> None:
        self.rows: dict[_Key, list[int]] = {}

    def add(self, right: dict[_Key, set[_Fact]], said: dict[_Key, set[_Fact]], skipped: set[str]) -> None:
        for key in {**right, **said}:
            if key not in skipped:
                truth, guess = right.get(key, set()), said.get(key, set())
                row = self.rows.setdefault(key, [0, 0, 0])
                for place, facts in enumerate((truth & guess, guess, truth)):
                    row[place] += len(facts)

    def table(self, order: list[tuple[_Key, str]]) -> dict[str, Score]:
        return {name: Score.of(*self.rows[key]) for key, name in order if key in self.rows}


def _by_id(records: Iterable[Annotated | Extraction], side: str, warnings: list[str]) -> dict[str, Annotated]:
    found: dict[str, Annotated] = {}
    twice: set[str] = set()
    for record in records:
        document = Annotated(record) if isinstance(record, Extraction) else record
        if document.extraction.id in found:
            twice.add(document.extraction.id)
        found[document.extraction.id] = document
    warnings.extend(f"{key}: twice in the {side} data, the last one counts" for key in sorted(twice))
    return found


def distinct_name(text: str) -> str:
    """The string by which distinct names of a paper are told apart: lower case, hyphens as spaces."""
    return " ".join(text.replace("-", " ").split()).lower()


def _facts(document: Extraction, kept: frozenset[str]) -> dict[_Key, set[_Fact]]:
    """What a document says, as sets of comparable facts by measure, and by measure and type."""
    facts: dict[_Key, set[_Fact]] = {measure: set() for measure in MEASURES}
    mentions = document.mentions
    names = [distinct_name(document.text[mention.start : mention.end]) for mention in mentions]
    for mention, name in zip(mentions, names, strict=True):
        if mention.type in kept:
            facts["mention"].add(mention[:3])
            facts.setdefault(("mention", mention.type), set()).add(mention[:3])
            facts["span"].add(mention[:2])
            facts["entity"].add((name, mention.type))
    for relation in document.relations:
        ends = [_mention(document, index) for index in (relation.head, relation.tail)]
        if not kept.issuperset(mentions[index].type for index in ends):
            continue
        spans: list[_Fact] = [mentions[index][:2] for index in ends]
        strings = [names[index] for index in ends]
        if _symmetric(relation):
            spans.sort()
            strings.sort()
        facts["relation"].add((spans[0], relation.type, spans[1]))
        facts.setdefault(("relation", relation.type), set()).add(tuple(spans))
        facts["relation+"].add(_typed(document, relation))
        facts["triple"].add((strings[0], relation.type, strings[1]))
    proposed = [_mention(document, index) for index in document.proposes]
    facts["proposes"] = {(names[index],) for index in proposed if mentions[index].type in kept}
    facts["result"] = {(result.s, str(result.value)) for result in document.results}
    return facts


def _typed(document: Extraction, relation: Relation) -> _Fact:
    """A relation with the spans and types of its ends, in one order where the order means nothing."""
    ends: list[_Fact] = [document.mentions[_mention(document, index)][:3] for index in (relation.head, relation.tail)]
    if _symmetric(relation):
        ends.sort()
    return ends[0], relation.type, ends[1]


def _symmetric(relation: Relation) -> bool:
    return relation.type in RELATIONS and RELATIONS[relation.type].symmetric


def _mention(document: Extraction, index: int) -> int:
    if not 0 <= index < len(document.mentions):
        raise InputError(f"{document.id}: mention {index} does not exist; the document has {len(document.mentions)}")
    return index
