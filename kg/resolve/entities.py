"""Mentions of all papers into entities, by counting what the papers write, define and mean."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from kg.model import Alias, Extraction
from kg.resolve.forms import compact, normal_form
from kg.resolve.known import Known, ours
from kg.resolve.lexicon import Lexicon, Name
from kg.resolve.senses import Senses
from kg.resolve.variants import signature, without_head
from kg.schema import CONFUSED, ENTITY_TYPES, label_of

MIN_PROPOSERS, PROPOSED = 2, 0.5
"""A coined name that so many papers propose, and this share of those that use it, is of several things."""

_COINED = re.compile(r"(?=\S*[A-Z]\S*[A-Z]|\S*[a-z][A-Z]|\\)\\?[\w+-]+")
"""One word with two capitals, a capital behind a small letter, or the backslash of a LaTeX macro."""

SAME_FORM = "same normal form"
"""The reason of a spelling that differs in nothing that counts."""


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


def resolve(extractions: Sequence[Extraction], user: Known = Known()) -> Resolution:  # noqa: B008 - it is frozen
    """Decide which mentions of a corpus name one thing.

    The result depends on the set of papers only, not on their order. Work and memory grow linearly with the papers.

    Args:
        extractions: One a paper; mentions must be of the schema's types and lie in their texts.
        user: A user's own aliases, which win over all else.
    """
    lexicon = Lexicon(user)
    for extraction in extractions:
        lexicon.read(extraction)
    lexicon.settle_meanings()
    readings = [lexicon.understand(extraction) for extraction in extractions]
    senses = Senses(lexicon, readings, extractions)
    ids = _ids(senses, user)
    entities = [tuple(ids[name] for name in reading) for reading in readings]
    _part_homonyms(extractions, entities)
    return _Names(extractions, entities, readings, senses, lexicon).resolution()


def _ids(senses: Senses, user: Known) -> dict[Name, str]:
    """The id of every name: label and normal form of the commonest full name of its sense."""
    members: defaultdict[tuple[str, str], list[Name]] = defaultdict(list)
    for name in senses.papers:
        members[senses.of(name)].append(name)
    ids = {}
    for (_, label), names in members.items():
        counts: Counter[str] = Counter()
        for name in names:
            counts[normal_form(senses.forms[name.key], label)] += senses.papers[name]
        # The name that the user, or the field, knows it by, where somebody writes it; a full name before its
        # abbreviation; the commonest.
        own, full = (
            {normal_form(told, label) for form in counts if (told := known.names.get((signature(form, label), label)))}
            for known in (user, ours())
        )
        form = min(counts, key=lambda x: (x not in own, x not in full, not _in_words(x, counts), -counts[x], x))
        ids.update(dict.fromkeys(names, f"{label.lower()}:{form}"))
    return ids


def _in_words(form: str, forms: Counter[str]) -> bool:
    """Whether a form is in words, and not the abbreviation of another one."""
    longer = (other.split("-") for other in forms if len(other) > 2 * len(form))
    return "-" in form or not any(len(words) > 1 and form not in words for words in longer)


def _part_homonyms(extractions: Sequence[Extraction], entities: list[tuple[str, ...]]) -> None:
    """Give a coined name that several papers propose an entity in each of these, in place.

    Two papers that both introduce "PRISM" speak of two things. Papers that only use the name keep its common entity.
    """
    proposers: defaultdict[str, list[int]] = defaultdict(list)
    papers: Counter[str] = Counter()
    for number, (extraction, named) in enumerate(zip(extractions, entities, strict=True)):
        papers.update(set(named))
        for entity in {named[index] for index in extraction.proposes}:
            proposers[entity].append(number)
    for entity, numbers in proposers.items():
        if len(numbers) < MIN_PROPOSERS or len(numbers) < PROPOSED * papers[entity]:
            continue
        if not all(_coins(extractions[number], entities[number], entity) for number in numbers):
            continue
        for number in numbers:
            own = f"{entity}@{extractions[number].id}"
            entities[number] = tuple(own if one == entity else one for one in entities[number])


def _coins(extraction: Extraction, named: tuple[str, ...], entity: str) -> bool:
    """Whether a paper writes an entity as one word with capitals inside, which it does not define, and in no others."""
    key = compact(_form(entity))
    texts = {
        extraction.text[mention.start : mention.end]
        for mention, one in zip(extraction.mentions, named, strict=True)
        if one == entity
    }
    return all(_COINED.fullmatch(text) and compact(normal_form(text)) == key for text in texts)


class _Names:
    """Every spelling of every entity, with the reason why it is this entity."""

    def __init__(
        self,
        extractions: Sequence[Extraction],
        entities: list[tuple[str, ...]],
        readings: Sequence[tuple[Name, ...]],
        senses: Senses,
        lexicon: Lexicon,
    ) -> None:
        self._entities, self._lexicon, self._senses = entities, lexicon, senses
        self._labels: dict[str, str] = {}
        self._spelled: Counter[tuple[str, str]] = Counter()  # entity, text -> papers
        self._typed: defaultdict[tuple[str, str], set[str]] = defaultdict(set)  # entity, text -> types of mentions
        self._joined: set[tuple[str, str]] = set()  # entity, text: it is only since papers call it so
        for extraction, named, reading in zip(extractions, entities, readings, strict=True):
            found = set()
            for entity, mention, name in zip(named, extraction.mentions, reading, strict=True):
                spelled = (entity, extraction.text[mention.start : mention.end])
                found.add(spelled)
                self._typed[spelled].add(mention.type)
                if senses.joined(name):
                    self._joined.add(spelled)
                self._labels[entity] = label_of(entity)
            if long_forms := lexicon.defined.get(extraction.id, ()):
                of_key = {name.key: entity for entity, name in sorted(set(zip(named, reading, strict=True)))}
                found.update((of_key[compact(one.long)], one.text) for one in long_forms if compact(one.long) in of_key)
            self._spelled.update(found)

    def resolution(self) -> Resolution:
        """All of it."""
        aliases = [
            Alias(entity, text, papers, self._reason(entity, text))
            for (entity, text), papers in sorted(self._spelled.items())
        ]
        return Resolution(self._entities, self._labels, self._display(aliases), aliases)

    def _reason(self, entity: str, text: str) -> str:
        label, form = self._labels[entity], _form(entity)
        key = compact(form)
        kinds = [kind for kind in ENTITY_TYPES if kind in self._typed[entity, text]]
        of_kinds = dict.fromkeys((label, *kinds, *(CONFUSED[kind] for kind in (label, *kinds) if kind in CONFUSED)))
        if any(compact(normal_form(text, kind)) == key for kind in of_kinds):
            if kinds and label not in kinds:
                return f"majority type {label}, here {' and '.join(kinds)}"
            return SAME_FORM if normal_form(text, label) == form else "same but for hyphens"
        for verb, counts in (("defined", self._lexicon.stated), ("synonym", self._lexicon.related)):
            papers = max(counts[compact(normal_form(text, kind)), key] for kind in of_kinds)
            if papers:
                return f"{verb} in {papers} paper{'s' * (papers != 1)}"
        return self._variant(entity, text, form, tuple(of_kinds))

    def _variant(self, entity: str, text: str, form: str, kinds: tuple[str, ...]) -> str:
        label = kinds[0]
        if (entity, text) in self._joined:
            return "called a synonym by several papers"
        if any(signature(normal_form(text, kind), kind) == signature(form, label) for kind in kinds):
            return "same words in another form or order"
        for source, known in (("your aliases", self._lexicon.user), ("the field's names", ours())):
            for kind in kinds:
                name = known.names.get((signature(normal_form(text, kind), kind), kind))
                if name and self._senses.meaning(normal_form(name, kind), label) == self._senses.meaning(form, label):
                    return f"one of {source} for {name}"
        own = normal_form(text, label)
        if (shorter := without_head(own, label)) != own or without_head(form, label) != form:
            left = own[len(shorter) :] or form[len(without_head(form, label)) :]
            return f"{left.replace('-', ' ').strip()!r} is understood"
        return "same with its abbreviation written out"

    def _display(self, aliases: list[Alias]) -> dict[str, str]:
        """The commonest full spelling of every entity; of equals the first as text."""
        best: dict[str, tuple[bool, int, str]] = {}
        for entity, text, papers, _ in aliases:
            full = compact(normal_form(text, self._labels[entity])) == compact(_form(entity))
            rank = (not full, -papers, text)
            best[entity] = min(best.get(entity, rank), rank)
        return {entity: rank[2] for entity, rank in best.items()}


def _form(entity: str) -> str:
    """The normal form in an entity's id."""
    return entity.partition(":")[2].partition("@")[0]
