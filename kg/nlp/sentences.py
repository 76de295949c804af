"""A text into its sentences: the title first, then those of the abstract."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc

# A full stop, question or exclamation mark, with what closes after it, before something that may open a sentence.
_END = re.compile(r"[.!?][\"')\]]*\s+(?=[\"'(\[]*[A-Z0-9])")
_ABBREVIATED: tuple[str, ...] = (
    "e.g.",
    "i.e.",
    "et al.",
    "vs.",
    "cf.",
    "w.r.t.",
    "etc.",
    "resp.",
    "Fig.",
    "Eq.",
    "Sec.",
)
_ABBREVIATED += ("approx.", "a.k.a.", "No.", "Dr.", "St.", "i.i.d.")
_INITIAL = re.compile(r"(?:^|\s)[A-Z]\.$")


def sentences(text: str) -> list[tuple[int, int]]:
    """Character spans of the sentences of ``text``; a first line that ends in a line break is one of its own.

    >>> sentences("On X\\nWe use X, e.g. BERT. It works.")
    [(0, 4), (5, 25), (26, 35)]
    """
    title, _, rest = text.partition("\n")
    spans, start = ([(0, len(title.rstrip()))], len(text) - len(rest.lstrip())) if "\n" in text else ([], 0)
    for match in _END.finditer(text, start):
        before = text[start : match.end()].rstrip()
        if before.endswith(_ABBREVIATED) or _INITIAL.search(before):
            continue
        spans.append((start, start + len(before)))
        start = match.end()
    rest = text[start:].rstrip()
    if rest:
        spans.append((start, start + len(rest)))
    return spans


@lru_cache(maxsize=1)
def text_of(doc: Doc) -> str:
    """The text of a Doc, which spaCy would join anew every time, from objects that it makes of all tokens."""
    strings = doc.vocab.strings
    rows = doc.to_array(["ORTH", "SPACY"]).tolist()
    return "".join(strings[orth] + " " if space else strings[orth] for orth, space in rows)


def offsets(doc: Doc) -> list[tuple[int, int]]:
    """First and end character of each token."""
    begins, sizes = (doc.to_array(name).tolist() for name in ("IDX", "LENGTH"))
    return [(begin, begin + size) for begin, size in zip(begins, sizes, strict=True)]


@Language.component("kg_sentences", assigns=["token.is_sent_start", "doc.sents"])
def mark(doc: Doc) -> Doc:
    """Mark where sentences start, in any Doc."""
    if not len(doc):
        return doc
    opens = np.isin(doc.to_array("IDX"), [start for start, _ in sentences(text_of(doc))])
    opens[0] = True
    marks = np.where(opens, 1, -1).astype(np.int64)[:, None]
    # All at once: to set Token.is_sent_start spaCy looks through the whole Doc for a parse, every time.
    return doc.from_array(["SENT_START"], marks.view(np.uint64))  # type: ignore[arg-type]


def runs(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """Begin and end (exclusive) of each run of equal numbers.

    >>> runs([0, 0, 1]), runs([])
    ([(0, 2), (2, 3)], [])
    """
    begins = [k for k in range(len(numbers)) if not k or numbers[k] != numbers[k - 1]]
    return list(pairwise([*begins, len(numbers)]))


def sentence_numbers(doc: Doc) -> list[int]:
    """The number of the sentence of each token."""
    starts = doc.to_array("SENT_START") == 1  # no walk over tokens, which took a tenth of all time with a small model
    starts[:1] = True
    numbers: list[int] = (np.cumsum(starts) - 1).tolist()
    return numbers
