"""What papers write and define into what each short form means, in a paper and in the corpus."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import NamedTuple

from kg.model import Extraction
from kg.resolve.abbreviations import Definition, definitions, is_short
from kg.resolve.forms import compact, normal_form
from kg.resolve.known import Known
from kg.resolve.variants import signature
from kg.schema import CONFUSED, ENTITY_TYPES

MIN_DEFINERS, CLEAR_MEANING = 2, 0.8
"""A corpus gives an undefined abbreviation a meaning where so many papers define it, and this share of them agrees."""

LONG_SHORT_FORM = 4
"""From so many characters on, one definition is enough: two things hardly share such a name by chance."""


class Name(NamedTuple):
    """What a mention was found to name: a compact normal form and an entity type."""

    key: str
    type: str


class Lexicon:
    """What short forms mean, by paper and in the corpus."""

    def __init__(self, user: Known) -> None:
        """Begin with what a user's own aliases say."""
        self.user = user
        self.definers: Counter[tuple[str, str, str]] = Counter()  # short, type, long (compact) -> papers
        self.stated: Counter[tuple[str, str]] = Counter()  # short, long -> papers that define it in brackets
        self.related: Counter[tuple[str, str]] = Counter()  # short, long -> papers that only call them synonyms
        self.spellings: defaultdict[str, Counter[str]] = defaultdict(Counter)  # compact -> normal form -> papers
        self.meanings: dict[tuple[str, str], str] = {}
        self.disputed: dict[tuple[str, str], set[str]] = {}  # short, type -> longs, none of them clear
        self.defined: dict[str, list[Definition]] = {}  # paper -> what it defines; most define little

    def read(self, extraction: Extraction) -> None:
        """Take a paper in."""
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
        """Give each short form that most papers define alike this meaning; a long form is never mapped on.

        Where papers define a short form, but not alike or not often enough, the corpus does not tell what it means.
        """
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
            other = CONFUSED.get(kind)
            if short not in targets and other and (short, other) not in votes:
                self.meanings[short, other] = long
        self.disputed = {short: set(longs) for short, longs in votes.items() if short not in self.meanings}

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
            if key not in kinds or rank(count, kind) > rank(counts[key, kinds[key]], kinds[key]):
                kinds[key] = kind
        return tuple(Name(key, kinds[key]) for key in keys)

    def _key(self, text: str, kind: str, here: dict[str, list[Definition]], targets: set[str]) -> str:
        form = normal_form(text, kind)
        key = compact(form)
        own = self.user.names.get((signature(form, kind), kind)) if self.user.names else None
        if own and (chosen := compact(normal_form(own, kind))) in self.spellings:
            return chosen
        if key in targets or (key, kind) in self.user.apart:
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
                one for one in here[key] if one.type in (None, CONFUSED.get(kind))
            ]
            longs = {compact(one.long) for one in fitting}
            # Defined twice, or for another type only: the paper does not say what it means here.
            return longs.pop() if len(longs) == 1 else key
        return self.meanings.get((key, kind), key)


def rank(count: int, kind: str) -> tuple[int, int]:
    """Of counts of types the largest is most; of equal ones that of the type which comes first in the schema."""
    return count, -ENTITY_TYPES.index(kind)


def spelling(forms: Counter[str]) -> str:
    """The commonest of the normal forms that differ in hyphens; of equals the first as text."""
    return min(forms, key=lambda form: (-forms[form], form))
