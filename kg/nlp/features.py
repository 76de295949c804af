"""Words of a text into the numbers that the encoder takes: word pieces, word shapes, and windows that fit it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kg.nlp.labels import KINDS

if TYPE_CHECKING:
    from tokenizers import Tokenizer

MAX_PIECES = 510
"""Word pieces that one run of the encoder takes beside its two markers (BERT and MPNet know 512 places)."""

LONGEST = MAX_PIECES // 3
"""Characters of one word that the encoder reads: none takes more than three pieces (Korean syllables do), so a word of
any length, as other tokenizers make them, fits one window."""

SHAPES = 12
"""How many values ``shape`` has: the encoders are lower-cased, and a name is often told by its capitals."""

DISTANCES = 10
"""How many values ``bucket`` has."""

WORD = re.compile(r"\d{1,32}(?:[.,]\d{1,32}){0,8}|[^\W_]{1,64}|\S")
"""A number with its decimals, a run of letters and digits, or any other single character.

The bounds keep one word within one window, in scripts that write no spaces too.

Of 25,663 mentions in abstracts-train 14 do not begin and end with such a word; all 14 are slips of the text itself.
"""


def read_tokenizer(path: Path) -> Tokenizer:
    """The word-piece tokenizer of an encoder, without truncation or padding; raises what tokenizers raises."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def shape(word: str) -> int:
    """How a word is written, from 1 to 10: 0 is kept for markers.

    >>> [shape(w) for w in ("model", "BERT", "Wikipedia", "ImageNet", "v2", "GPT4", "YOLOv5", "84.5", ",", "X")]
    [3, 6, 8, 9, 4, 7, 10, 1, 2, 5]
    """
    digits = any(c.isdigit() for c in word)
    if not any(c.isalpha() for c in word):
        return 1 if digits else 2
    if word.islower():
        return 4 if digits else 3
    if word.isupper():
        return 7 if digits else 5 if len(word) == 1 else 6
    if word[0].isupper() and word[1:].islower():
        return 8
    return 10 if digits else 9


def bucket(words: int) -> int:
    """A distance in words, from 0 to 9, exact while small."""
    words = abs(words)
    return words if words < 5 else 5 + sum(words >= limit for limit in (8, 12, 20, 40))


@dataclass(frozen=True, slots=True)
class Window:
    """One run of the encoder, over words ``begin`` to ``end``, that answers for words ``keep_begin`` to ``keep_end``.

    ``pieces`` and ``shapes`` have one number a word piece, markers included; ``first`` and ``last`` tell for each word
    from ``begin`` which pieces it starts and ends with.
    """

    keep_begin: int
    keep_end: int
    begin: int
    pieces: list[int]
    shapes: list[int]
    first: list[int]
    last: list[int]


def _window(tokenizer: Tokenizer, words: Sequence[str], begin: int, end: int, keep: tuple[int, int]) -> Window:
    encoding = tokenizer.encode([word[:LONGEST] for word in words[begin:end]], is_pretokenized=True)
    count = end - begin
    first, last, shapes = [-1] * count, [0] * count, [0] * len(encoding.ids)
    for place, word in enumerate(encoding.word_ids):
        if word is None:
            continue
        if first[word] < 0:
            first[word] = place
        last[word] = place
        shapes[place] = shape(words[begin + word])
    for word in range(count):  # a word that the tokenizer drops (a lone accent) stands where its neighbour ends
        if first[word] < 0:
            first[word] = last[word] = last[word - 1] if word else 0
    return Window(keep[0], keep[1], begin, encoding.ids, shapes, first, last)


def windows(tokenizer: Tokenizer, words: Sequence[str], sentences: Sequence[tuple[int, int]]) -> list[Window]:
    """Cut a text into windows that the encoder takes; nearly every abstract is one.

    A longer text is cut between sentences, each window with as many sentences before it as fit into a third of it for
    context; only a sentence that is itself too long is cut inside. Every word is kept by exactly one window.

    Args:
        tokenizer: The encoder's word-piece tokenizer, without truncation or padding.
        words: The words of the text.
        sentences: Begin and end (exclusive) of each sentence in words; together they cover all words in order.
    """
    whole = _window(tokenizer, words, 0, len(words), (0, len(words)))
    if len(whole.pieces) <= MAX_PIECES + 2:
        return [whole]
    # How many pieces each word takes, and with that where each unit (a sentence, or a part of a long one) begins.
    size = [
        last - first + 1 if first > before else 0  # 0: the tokenizer drops the word
        for before, first, last in zip([0, *whole.last], whole.first, whole.last, strict=False)
    ]
    units: list[tuple[int, int]] = []
    for begin, end in sentences:
        limit = MAX_PIECES if sum(size[begin:end]) <= MAX_PIECES else MAX_PIECES // 2
        start, total = begin, 0
        for word in range(begin, end):
            if word > start and total + size[word] > limit:
                units.append((start, word))
                start, total = word, 0
            total += size[word]
        if end > start:
            units.append((start, end))
    weight = [sum(size[a:b]) for a, b in units]
    found: list[Window] = []
    k = 0
    while k < len(units):
        context, room = k, min(MAX_PIECES // 3, MAX_PIECES - weight[k])
        while context > 0 and weight[context - 1] <= room:
            context -= 1
            room -= weight[context]
        total, stop = sum(weight[context:k]), k
        while stop < len(units) and (stop == k or total + weight[stop] <= MAX_PIECES):
            total += weight[stop]
            stop += 1
        keep = (units[k][0], units[stop - 1][1])
        found.append(_window(tokenizer, words, units[context][0], keep[1], keep))
        k = stop
    return found


Place = tuple[int, int, str]
"""Begin and end (exclusive) of a span in words, and its kind (``labels.KINDS``)."""


def pair(head: Place, tail: Place) -> list[int]:
    """The eight numbers that the pair head takes for two spans.

    First word, last word and kind of the head, the same of the tail, the bucket of the words between, and whether the
    head comes first.
    """
    gap = tail[0] - head[1] if tail[0] >= head[1] else head[0] - tail[1]
    return [
        *(head[0], head[1] - 1, KINDS.index(head[2])),
        *(tail[0], tail[1] - 1, KINDS.index(tail[2])),
        *(bucket(gap), int(head[0] < tail[0])),
    ]
