"""Mentions of all papers into entities, by counting what the papers write, define and mean."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from kg.model import Alias, Extraction
from kg.resolve.abbreviations import Definition, definitions, is_short
from kg.resolve.forms import compact, normal_form
from kg.schema import ENTITY_TYPES

MIN_DEFINERS, CLEAR_MEANING = 2, 0.8
"""A corpus gives an undefined abbreviation a meaning where so many papers define it, and this share of them agrees."""

LONG_SHORT_FORM = 4
"""From so many characters on, one definition is enough: two things hardly share such a name by chance."""

MIN_TYPED, CLEAR_TYPE, SURE_TYPE = 3, 2 / 3, 0.9
"""A name found with several types takes the one of this share of its papers, where there are so many.

Between methods and tasks the first share is clear; other types differ in meaning as well, and ask for the second.
"""

_CONFUSED = {"Method": "Task", "Task": "Method"}
"""Paradigms are methods here and tasks there; a definition for one of these types serves the other too."""


class Name(NamedTuple):
    """What a mention was found to name: a compact normal form and an entity type."""

    key: str
    type: str


@dataclass(frozen=True, slots=True)
class Resolution:
    """Which entity every mention names.

    ``entities`` holds a tuple for every extraction, in their order, with the id of the entity of every mention.
    ``labels`` and ``names`` give the entity type and the display name by id; ``aliases`` every spelling, sorted.
    """

    entities: list[tuple[str, ...]]
    labels: dict[str, str]
    names: dict[str, str]
    aliases: list[Alias]


def resolve(extractions: Sequence[Extraction]) -> Resolution:
    """Decide which mentions of a corpus name one thing.

    The result depends on the set of papers only, not on their order. Work and memory grow linearly with the papers.

    Args:
        extractions: One a paper; mentions must be of the schema's types and lie in their texts.
    """
    lexicon = _Lexicon()
    for extraction in extractions:
        lexicon.read(extraction)
    lexicon.settle_meanings()
    readings = [lexicon.understand(extraction) for extraction in extractions]
    types = _Types()
    for reading in readings:
        types.count(reading)
    return _entities(extractions, readings, types, lexicon)


class _Lexicon:
    """What short forms mean, by paper and in the corpus."""

    def __init__(self) -> None:
        self.definers: Counter[tuple[str, str, str]] = Counter()  # short, type, long (compact) -> papers
        self.stated: Counter[tuple[str, str]] = Counter()  # short, long -> papers that define it in brackets
        self.related: Counter[tuple[str, str]] = Counter()  # short, long -> papers that only call them synonyms
        self.spellings: defaultdict[str, Counter[str]] = defaultdict(Counter)  # compact -> normal form -> papers
        self.meanings: dict[tuple[str, str], str] = {}
        self.defined: dict[str, list[Definition]] = {}  # paper -> what it defines; most define little

    def read(self, extraction: Extraction) -> None:
        forms = {normal_form(extraction.text[start:end], kind) for start, end, kind, _ in extraction.mentions}
        found = definitions(extraction)
        if found:
            self.defined[extraction.id] = found
        forms.update(one.long for one in found)
        for form in forms:
            self.spellings[compact(form)][form] += 1
        for short, kind, long in {(one.short, one.type, compact(one.long)) for one in found}:
            if kind is not None:
                self.definers[short, kind, long] += 1
        stated = {(one.short, compact(one.long)) for one in found if one.stated}
        self.stated.update(stated)
        self.related.update({(one.short, compact(one.long)) for one in found} - stated)

    def settle_meanings(self) -> None:
        """Give each short form that most papers define alike this meaning; a long form is never mapped on."""
        votes: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
        for (short, kind, long), papers in self.definers.items():
            votes[short, kind][long] += papers
        clear = {
            short: max(longs, key=lambda long: (longs[long], long))
            for short, longs in votes.items()
            if (most := max(longs.values())) >= CLEAR_MEANING * longs.total()
            and (most >= MIN_DEFINERS or len(short[0]) >= LONG_SHORT_FORM)
        }
        targets = {long for _, _, long in self.definers}
        for (short, kind), long in clear.items():
            if short not in targets:
                self.meanings[short, kind] = long
        for (short, kind), long in clear.items():
            other = _CONFUSED.get(kind)
            if short not in targets and other and (short, other) not in votes:
                self.meanings[short, other] = long

    def understand(self, extraction: Extraction) -> tuple[Name, ...]:
        """What every mention of a paper names, types agreed within the paper."""
        here: defaultdict[str, list[Definition]] = defaultdict(list)
        for one in self.defined.get(extraction.id, ()):
            here[one.short].append(one)
        targets = {compact(one.long) for defined in here.values() for one in defined}
        known: dict[tuple[str, str], str] = {}
        keys: list[str] = []
        for start, end, kind, _ in extraction.mentions:
            text = extraction.text[start:end]
            if (text, kind) not in known:
                known[text, kind] = self._key(text, kind, here, targets)
            keys.append(known[text, kind])
        counts = Counter(zip(keys, (mention.type for mention in extraction.mentions), strict=True))
        kinds: dict[str, str] = {}
        for (key, kind), count in counts.items():
            # Ties go to the type that comes first in the schema.
            if key not in kinds or _rank(count, kind) > _rank(counts[key, kinds[key]], kinds[key]):
                kinds[key] = kind
        return tuple(Name(key, kinds[key]) for key in keys)

    def _key(self, text: str, kind: str, here: dict[str, list[Definition]], targets: set[str]) -> str:
        form = normal_form(text, kind)
        key = compact(form)
        if key in targets:
            return key
        if is_short(text):
            return self._meaning(key, kind, here)
        written_out = compact("-".join(self._meaning(word, kind, here) for word in form.split("-")))
        # "deep RL" is "deep reinforcement learning" where somebody writes so; no name is made up.
        return written_out if written_out in self.spellings else key

    def _meaning(self, key: str, kind: str, here: dict[str, list[Definition]]) -> str:
        """The compact long form of a short form in this paper, else in the corpus; itself if it has none."""
        if key in here:
            fitting = [one for one in here[key] if one.type == kind] or [
                one for one in here[key] if one.type in (None, _CONFUSED.get(kind))
            ]
            longs = {compact(one.long) for one in fitting}
            # Defined twice, or for another type only: the paper does not say what it means here.
            return longs.pop() if len(longs) == 1 else key
        return self.meanings.get((key, kind), key)


def _rank(count: int, kind: str) -> tuple[int, int]:
    return count, -ENTITY_TYPES.index(kind)


@dataclass(slots=True)
class _Types:
    """In how many papers a key is found with each type."""

    papers: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def count(self, reading: tuple[Name, ...]) -> None:
        for name in set(reading):
            self.papers[name.key][name.type] += 1

    def majority(self, name: Name) -> str:
        """The type of the clear majority of papers, else the mention's own."""
        votes = self.papers[name.key]
        kind = max(votes, key=lambda one: _rank(votes[one], one))
        share = CLEAR_TYPE if {kind, name.type} <= _CONFUSED.keys() else SURE_TYPE
        clear = votes[kind] >= share * votes.total() and votes.total() >= MIN_TYPED
        return kind if clear else name.type


def _entities(
    extractions: Sequence[Extraction], readings: list[tuple[Name, ...]], types: _Types, lexicon: _Lexicon
) -> Resolution:
    ids: dict[Name, str] = {}
    labels: dict[str, str] = {}
    keys: dict[str, str] = {}  # entity -> compact form
    for name in {name for reading in readings for name in reading}:
        label = types.majority(name)
        form = _spelling(lexicon.spellings[name.key])
        entity = f"{label.lower()}:{normal_form(form, label)}"
        ids[name], labels[entity], keys[entity] = entity, label, compact(normal_form(form, label))
    entities = [tuple(ids[name] for name in reading) for reading in readings]
    spelled: Counter[tuple[str, str]] = Counter()  # entity, text -> papers
    typed: Counter[tuple[str, str, str]] = Counter()  # entity, text, mention's type -> papers
    for extraction, named in zip(extractions, entities, strict=True):
        texts = {
            (entity, extraction.text[mention.start : mention.end], mention.type)
            for entity, mention in zip(named, extraction.mentions, strict=True)
        }
        typed.update(texts)
        found = {(entity, text) for entity, text, _ in texts}
        long_forms = lexicon.defined.get(extraction.id, ())
        if long_forms:
            of_key = {keys[entity]: entity for entity in sorted(set(named))}
            found.update((of_key[compact(one.long)], one.text) for one in long_forms if compact(one.long) in of_key)
        spelled.update(found)
    aliases = [
        Alias(entity, text, papers, _reason(entity, text, labels, keys, typed, lexicon))
        for (entity, text), papers in sorted(spelled.items())
    ]
    return Resolution(entities, labels, _names(aliases, labels, keys), aliases)


def _spelling(forms: Counter[str]) -> str:
    """The commonest of the normal forms that differ in hyphens; of equals the first as text."""
    return min(forms, key=lambda form: (-forms[form], form))


def _reason(
    entity: str,
    text: str,
    labels: dict[str, str],
    keys: dict[str, str],
    typed: Counter[tuple[str, str, str]],
    lexicon: _Lexicon,
) -> str:
    label, key = labels[entity], keys[entity]
    kinds = [kind for kind in ENTITY_TYPES if typed[entity, text, kind]]
    if any(compact(normal_form(text, kind)) == key for kind in (label, *kinds)):
        if kinds and label not in kinds:
            return f"majority type {label}, here {' and '.join(kinds)}"
        return "same normal form" if entity == f"{label.lower()}:{normal_form(text, label)}" else "same but for hyphens"
    for verb, counts in (("defined", lexicon.stated), ("synonym", lexicon.related)):
        papers = max(counts[compact(normal_form(text, kind)), key] for kind in (label, *kinds))
        if papers:
            return f"{verb} in {papers} paper{'s' * (papers != 1)}"
    return "same with its abbreviation written out"


def _names(aliases: list[Alias], labels: dict[str, str], keys: dict[str, str]) -> dict[str, str]:
    """The commonest full spelling of every entity; of equals the first as text."""
    best: dict[str, tuple[bool, int, str]] = {}
    for entity, text, papers, _ in aliases:
        full = compact(normal_form(text, labels[entity])) == keys[entity]
        rank = (not full, -papers, text)
        best[entity] = min(best.get(entity, rank), rank)
    return {entity: rank[2] for entity, rank in best.items()}
