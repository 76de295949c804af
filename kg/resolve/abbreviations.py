"""Definitions of abbreviations in one paper into what each short form means there."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from kg.model import Extraction
from kg.resolve.forms import compact, normal_form

# fmt: off
_STOP = frozenset(("a", "an", "and", "as", "at", "by", "for", "from", "in", "of", "on", "or", "the", "to", "using",
                   "via", "with"))
# fmt: on
_WORD = re.compile(r"[^\W_]+")
_NUMBERS = re.compile(r"\d+")
_SHORT = re.compile(r"(?=.*[^\W\d_])[^\W_][\w+&/.-]{1,11}", re.DOTALL)


class Definition(NamedTuple):
    """A short form, as a compact normal form, and the long form that a paper gives for it.

    ``type`` is the entity type of the two, or None where neither is a mention. ``stated`` tells a definition in
    brackets from one that only a Synonym-Of relation gives.
    """

    short: str
    long: str
    text: str
    type: str | None
    stated: bool


def definitions(extraction: Extraction) -> list[Definition]:
    """What the paper defines, from its abbreviations and its Synonym-Of relations, sorted, each once."""
    text, mentions = extraction.text, extraction.mentions
    found: set[Definition] = set()
    spans = {(mention.start, mention.end): mention.type for mention in mentions}
    starts = {mention.end: mention.start for mention in mentions}
    for short_start, short_end, long_start, long_end in extraction.abbreviations:
        kind = spans.get((short_start, short_end)) or spans.get((starts.get(long_end, -1), long_end))
        # The mention may reach further to the left than the letters: "self-supervised learning (SSL)".
        term = text[min(long_start, starts.get(long_end, long_start)) : long_end]
        short = text[short_start:short_end]
        found.update(_definition(short, long_form(short, term) or text[long_start:long_end], kind, stated=True))
    for relation in extraction.relations:
        head, tail = mentions[relation.head], mentions[relation.tail]
        if relation.type == "Synonym-Of" and head.type == tail.type:
            names = sorted((text[end.start : end.end] for end in (head, tail)), key=lambda name: (len(name), name))
            if (long := long_form(names[0], names[1])) is not None:
                found.update(_definition(names[0], long, head.type, stated=False))
    return sorted(found, key=lambda one: (one.short, one.long, one.text, one.type or "", one.stated))


def _definition(short: str, long: str, kind: str | None, stated: bool) -> list[Definition]:
    short_form, long_form_ = compact(normal_form(short, kind)), normal_form(long, kind)
    # "Adapter" is a word of "adapter-based method", and no abbreviation of it.
    if (
        not is_short(short)
        or len(long_form_) <= len(short_form)
        or short_form in (compact(long_form_), *long_form_.split("-"))
    ):
        return []
    return [Definition(short_form, long_form_, long, kind, stated)]


def is_short(text: str) -> bool:
    """Whether a name has the shape of an abbreviation: one word of 2 to 12 characters with a capital or a digit.

    >>> is_short("LSTM"), is_short("k8s"), is_short("CL"), is_short("network"), is_short("Deep RL")
    (True, True, True, False, False)
    """
    return _SHORT.fullmatch(text) is not None and any(letter.isupper() or letter.isdigit() for letter in text)


def long_form(short: str, term: str) -> str | None:
    """The end of a term that an abbreviation stands for, or None if it does not stand for it.

    Every letter of the short form must come in order, each run of them opening a word. Of all ends that fit, the one
    with most letters at the start of words wins, then the one that leaves out fewest words. Numbers must be the same.

    >>> long_form("CL", "Online continual learning"), long_form("SSL", "self-supervised representation learning")
    ('continual learning', 'self-supervised representation learning')
    >>> long_form("NER", "nested named entity recognition"), long_form("T5", "Text-To-Text Transfer Transformer")
    ('named entity recognition', 'Text-To-Text Transfer Transformer')
    >>> long_form("GPT-2", "generative pre-training"), long_form("CNN", "recurrent network")
    (None, None)
    >>> long_form("Adapter", "adapter-based methods")
    """
    if not is_short(short) or len(term) <= len(short):
        return None
    plural = len(short) > 2 and short[-1] == "s" and short[-2].isupper()
    letters = "".join(_WORD.findall(short[:-1] if plural else short)).casefold()
    words = [(found[0].casefold(), found.start()) for found in _WORD.finditer(term)]
    if (
        not letters
        or len(words) > 16
        or letters in (word for word, _ in words)
        or (len(words) == 1 and len(term) < 3 * len(letters))
    ):
        return None
    if _numeronym(letters, [word for word, _ in words]):
        return term
    best: tuple[int, int, int] | None = None
    names = tuple(word for word, _ in words)
    for start, (word, place) in enumerate(words):
        if word[0] != letters[0] and not (letters[0] == "x" and word.startswith("ex")):
            continue
        fit = _fit(letters, names[start:])
        if fit is None or sorted(_NUMBERS.findall(term[place:])) != sorted(_NUMBERS.findall(short)):
            continue
        initials, skipped = fit
        used = sum(name not in _STOP for name in names[start:]) - skipped
        if skipped <= 2 and (skipped < used or used == 1 == len(names) - start):
            best = max(best or (0, -99, 0), (initials, -skipped, place))
    return term[best[2] :] if best else None


def names_part(one: str, other: str) -> bool:
    """Whether the shorter of two names abbreviates only the end of the longer, so that they are no synonyms.

    >>> names_part("deep convolutional neural networks", "CNNs"), names_part("DNNs", "deep neural networks")
    (True, False)
    """
    short, term = sorted((one, other), key=lambda name: (len(name), name))
    long = long_form(short, term)
    return long is not None and len(long) < len(term)


@lru_cache(maxsize=1 << 16)
def _fit(letters: str, words: tuple[str, ...]) -> tuple[int, int] | None:
    """The best way to read letters off words: how many open a word, and how many words give none; None if no way."""
    if not words:
        return None if letters else (0, 0)
    word, rest = words[0], words[1:]
    best: tuple[int, int] | None = None
    if (left := _fit(letters, rest)) is not None:
        best = (left[0], left[1] + (word not in _STOP))
    if letters and (letters[0] == word[0] or (letters[0] == "x" and word.startswith("ex"))):
        place = 1 if letters[0] == word[0] else 2
        for taken in range(1, len(letters) + 1):
            if (left := _fit(letters[taken:], rest)) is not None:
                option = (left[0] + 1, left[1])
                if best is None or (option[0], -option[1]) > (best[0], -best[1]):
                    best = option
            if taken == len(letters) or (place := word.find(letters[taken], place) + 1) == 0:
                break
    return best


def _numeronym(letters: str, words: list[str]) -> bool:
    """Whether a number in the short form counts letters (k8s) or words (T5)."""
    inner = re.fullmatch(r"([a-z])(\d{1,2})([a-z])", letters)
    if inner and len(words) == 1:
        word = words[0]
        return (word[0], word[-1], len(word)) == (inner[1], inner[3], int(inner[2]) + 2)
    outer = re.fullmatch(r"([a-z])(\d)", letters)
    counted = [[word[0] for word in words], [word[0] for word in words if word not in _STOP]]
    return bool(outer and int(outer[2]) > 1 and [outer[1]] * int(outer[2]) in counted)
