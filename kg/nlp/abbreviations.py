"""A text into the abbreviations that it defines: "continual learning (CL)".

The method of Schwartz and Hearst, "A simple algorithm for identifying abbreviation definitions in biomedical text"
(PSB 2003): the characters of the short form are looked for from right to left in the words before the bracket, the
first one at the start of a word.
"""

from __future__ import annotations

import re
from functools import lru_cache

from spacy.language import Language
from spacy.tokens import Doc

from kg.model import Abbreviation
from kg.nlp.sentences import offsets, runs, sentence_numbers, text_of

_BRACKET = re.compile(r"\s\(\s*([^()]{2,20}?)\s*(?:[;,][^()]*)?\)")
_SHORT = re.compile(r"[^\W_][^\s]*(?:\s[^\s]+)?")
_LIMIT = re.compile(r"[.!?;:]\s|\n|[()]")


def long_form(short: str, text: str) -> int | None:
    """Where the long form of ``short`` starts in ``text``, which ends before the bracket; None if it is none.

    >>> long_form("CL", "We study continual learning")
    9
    """
    words = min(len(short) + 5, 2 * len(short))
    begin = len(text)
    for _ in range(words):
        begin = text.rfind(" ", 0, max(0, begin - 1)) + 1
        if begin == 0:
            break
    place = len(text) - 1
    for k in range(len(short) - 1, -1, -1):
        letter = short[k].lower()
        if not letter.isalnum():
            continue
        first = not any(c.isalnum() for c in short[:k])
        while place >= begin:
            opens = place == 0 or not text[place - 1].isalnum()
            if text[place].lower() == letter and (opens or not first):
                break
            place -= 1
        if place < begin:
            return None
        place -= 1
    return place + 1


def abbreviations(text: str, start: int = 0, end: int | None = None) -> list[Abbreviation]:
    """The definitions within ``text[start:end]``, in reading order.

    A short form has 2 to 10 letters and digits, one capital or digit at least, and at most two words; its long form is
    longer, lies in the same clause and does not contain it. A plural "s" that only the short form has is not asked for.
    """
    found = []
    for match in _BRACKET.finditer(text, start, len(text) if end is None else end):
        short, (a, b) = match.group(1), match.span(1)
        letters = sum(c.isalnum() for c in short)
        if not _SHORT.fullmatch(short) or not 2 <= letters <= 10 or short.islower() or not any(map(str.isalpha, short)):
            continue
        clause = start
        for limit in _LIMIT.finditer(text, start, match.start()):
            clause = limit.end()
        before = text[clause : match.start()].rstrip()
        begin = long_form(short, before)
        if begin is None and short.endswith("s"):
            begin = long_form(short[:-1], before)
        if begin is None:
            continue
        long = before[begin:]
        if len(long) <= len(short) or short in long.split():
            continue
        found.append(Abbreviation(a, b, clause + begin, clause + len(before)))
    return found


def of(doc: Doc) -> list[Abbreviation]:
    """The definitions within the sentences of a Doc, in reading order."""
    places = offsets(doc)
    bounds = tuple((places[a][0], places[b - 1][1]) for a, b in runs(sentence_numbers(doc)))
    return list(_within(text_of(doc), bounds))


@lru_cache(maxsize=1)
def _within(text: str, bounds: tuple[tuple[int, int], ...]) -> tuple[Abbreviation, ...]:
    """The definitions between some bounds; three components ask for those of one Doc in turn."""
    return tuple(one for start, end in bounds for one in abbreviations(text, start, end))


@Language.component("kg_abbreviations", requires=["doc.sents"], assigns=["doc._.kg_abbreviations"])
def mark(doc: Doc) -> Doc:
    """List the definitions of each sentence in ``doc._.kg_abbreviations`` (``kg.model.Abbreviation``)."""
    if not Doc.has_extension("kg_abbreviations"):
        Doc.set_extension("kg_abbreviations", default=[])
    doc._.kg_abbreviations = of(doc)
    return doc
