"""Names of many papers into senses: what names one thing though it is written in other words, or typed otherwise."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from kg.model import Extraction
from kg.resolve.abbreviations import is_short, names_part
from kg.resolve.forms import compact, normal_form
from kg.resolve.known import Known, ours
from kg.resolve.lexicon import LONG_SHORT_FORM, Lexicon, Name, rank, spelling
from kg.resolve.variants import signature, without_head
from kg.schema import CONFUSED

MIN_TYPED, SURE_TYPE = 3, 0.9
"""A name found with several types takes the one of this share of its papers, where there are so many.

Methods and tasks of one name are one notion, and take the type of most papers, unless the name is too short to tell.
"""

MIN_SYNONYMS = 2
"""Papers that must call two names synonyms before they are one."""

_MARKS = re.compile(r"\d+(?:\.\d+)*|[*+#]")
# fmt: off
_SIZES = frozenset(("nano", "tiny", "mini", "small", "medium", "base", "large", "xl", "xxl", "huge", "giant", "big",
                    "lite", "light", "fast", "faster", "plus", "pro", "turbo", "mobile", "multilingual",
                    "instruct", "chat"))
# fmt: on


Readings = Sequence[tuple[Name, ...]]
"""What every mention of every paper names."""


class Sense(NamedTuple):
    """What several names mean: a signature, or that of the name that they are known by, and a label."""

    text: str
    label: str


class Senses:
    """The sense of every name of a corpus; ``papers`` counts who use a name, ``forms`` has the normal form of a key."""

    def __init__(self, lexicon: Lexicon, readings: Readings, extractions: Sequence[Extraction]) -> None:
        """Count what the papers write, and settle types and synonyms."""
        self._lexicon = lexicon
        self.forms: dict[str, str] = {}
        self.papers: Counter[Name] = Counter()
        for reading in readings:
            self.papers.update(set(reading))
        for name in self.papers:
            self.forms.setdefault(name.key, spelling(lexicon.spellings[name.key]))
        meanings = {name: self.meaning(self.forms[name.key], name.type) for name in self.papers}
        types: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for name, count in self.papers.items():
            types[meanings[name]][name.type] += count
        self._of: dict[Name, Sense] = {}
        members: Counter[Sense] = Counter()
        for name, count in self.papers.items():
            label = _label(name, self.forms[name.key], types[meanings[name]])
            self._of[name] = Sense(self._headless(self.forms[name.key], label), label)
            members[self._of[name]] += count
        self._joined = _synonyms(extractions, readings, self._of, members, self.forms)

    def of(self, name: Name) -> Sense:
        """What a name means."""
        sense = self._of[name]
        return self._joined.get(sense, sense)

    def joined(self, name: Name) -> bool:
        """Whether a name means what it means only since papers call it a synonym."""
        return self._of[name] in self._joined

    def _headless(self, form: str, label: str) -> str:
        """The meaning of a form, without its head where it is understood and nothing is known of the whole."""
        meaning = self.meaning(form, label)
        return self.meaning(without_head(form, label), label) if meaning == signature(form, label) else meaning

    def meaning(self, form: str, type: str) -> str:  # noqa: A002 (the field's own word)
        """The signature of a normal form, or of the name that the user or the field knows it by."""
        key = compact(form)
        if (key, type) in self._lexicon.user.apart:
            return f"={key}"
        kinds = (type, CONFUSED[type]) if type in CONFUSED else (type,)
        for known in (self._lexicon.user, ours()):
            for kind in kinds:
                name = known.names.get((signature(form, kind), kind))
                if name and not self._disputed(key, kind, name, known):
                    return signature(normal_form(name, kind), kind)
        return signature(form, type)

    def _disputed(self, key: str, kind: str, name: str, known: Known) -> bool:
        """Whether the corpus defines an abbreviation otherwise than the field does."""
        if known is self._lexicon.user or (key, kind) not in known.shorts:
            return False
        target = signature(normal_form(name, kind), kind)
        longs = self._lexicon.disputed.get((key, kind), ())
        return any(self.meaning(spelling(self._lexicon.spellings[long]), kind) != target for long in longs)


def _label(name: Name, form: str, votes: Counter[str]) -> str:
    """The type that a name takes: its own unless another is clear."""
    if len(name.key) >= LONG_SHORT_FORM and (known := ours().type_of(form, name.type)):
        return known
    kind = max(votes, key=lambda one: rank(votes[one], one))
    if {kind, name.type} <= CONFUSED.keys() and ("-" in form or len(name.key) >= LONG_SHORT_FORM):
        return kind
    clear = votes[kind] >= SURE_TYPE * votes.total() and votes.total() >= MIN_TYPED
    return kind if clear else name.type


def _synonyms(
    extractions: Sequence[Extraction],
    readings: Readings,
    of: dict[Name, Sense],
    papers: Counter[Sense],
    forms: dict[str, str],
) -> dict[Sense, Sense]:
    """Senses that papers call synonyms, each to the one that it joins: the more frequent; never by a chain."""
    support: Counter[tuple[Sense, Sense]] = Counter()
    for extraction, reading in zip(extractions, readings, strict=True):
        support.update(set(_stated(extraction, reading, of, forms)))
    joined: dict[Sense, Sense] = {}
    hubs: set[Sense] = set()
    for (one, other), count in sorted(support.items(), key=lambda item: (-item[1], item[0])):
        less, more = sorted((one, other), key=lambda sense: (papers[sense], sense))
        if count >= MIN_SYNONYMS and not {less, more} & joined.keys() and less not in hubs:
            joined[less] = more
            hubs.add(more)
    return joined


def _stated(
    extraction: Extraction, reading: tuple[Name, ...], of: dict[Name, Sense], forms: dict[str, str]
) -> Iterable[tuple[Sense, Sense]]:
    mentions = extraction.mentions
    for relation in extraction.relations:
        if relation.type == "Synonym-Of":
            names = [reading[relation.head], reading[relation.tail]]
            first, second = sorted(of[name] for name in names)
            texts = [extraction.text[mentions[end].start : mentions[end].end] for end in (relation.head, relation.tail)]
            if first != second and first.label == second.label and may_be_one(*texts):
                # "Gaussian process (GP) regression" is no Gaussian process, whatever was read there.
                some, others = (set(forms[name.key].split("-")) for name in names)
                if not (some <= others or others <= some):
                    yield first, second


def may_be_one(one: str, other: str) -> bool:
    """Whether two names may be synonyms: of equal numbers and sizes, and neither an abbreviation of a part.

    An abbreviation means what its paper says; no count of papers makes it mean that elsewhere.

    >>> may_be_one("BERT-base", "BERT-large"), may_be_one("YOLOv5", "YOLOv8"), may_be_one("SSL", "self-training")
    (False, False, False)
    >>> may_be_one("RRT*", "rapidly-exploring random trees")
    False
    >>> may_be_one("word vectors", "word embeddings")
    True
    """
    forms = [set(normal_form(name).split("-")) for name in (one, other)]
    marks = [sorted(_MARKS.findall(name)) for name in (one, other)]
    if marks[0] != marks[1] or forms[0] & _SIZES != forms[1] & _SIZES:
        return False
    if any(name.count(")") != name.count("(") for name in (one, other)):  # "SDP) relaxation" of "... (SDP) relaxation"
        return False
    return not (is_short(one) or is_short(other) or names_part(one, other))
