"""Gold extractions, and what a trained model makes of a text, into the numbers that the network learns from."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from kg.evaluate import distinct_name
from kg.model import Extraction, Result
from kg.nlp.features import WORD, Place, Window, pair, windows
from kg.nlp.labels import PAIR_LABELS, REPORTED, TAGS, VALUE, VALUE_TAGS
from kg.nlp.runtime import Floats
from kg.schema import ENTITY_TYPES

if TYPE_CHECKING:
    from tokenizers import Tokenizer


@dataclass(slots=True)
class Example:
    """One abstract in words, with the probabilities that are to be learnt: of gold all are 0 or 1.

    ``tags`` is ``[words, TAGS]``, ``value_tags`` ``[words, VALUE_TAGS]``, ``pair_labels`` ``[pairs, PAIR_LABELS]``;
    ``groups`` gives each of ``spans`` the number of its name, ``proposed`` each name the probability that the paper
    introduces it.
    """

    gold: Extraction
    windows: list[Window]
    offsets: list[tuple[int, int]]
    spans: list[Place]
    values: list[Place]
    tags: Floats
    value_tags: Floats
    pairs: list[list[int]]
    pair_labels: Floats
    groups: list[int]
    proposed: Floats


def locate_value(
    text: str, sentence: tuple[int, int], value: str, starts: dict[int, int], ends: dict[int, int]
) -> tuple[int, int] | None:
    """Where a reported value stands in its sentence, in words; None where it does not fall on words."""
    place = text.find(value, *sentence)
    while place >= 0:
        if place in starts and place + len(value) in ends:
            return starts[place], ends[place + len(value)]
        place = text.find(value, place + 1, sentence[1])
    return None


def word_places(text: str) -> tuple[list[tuple[int, int]], dict[int, int], dict[int, int]]:
    """Begin and end of each word, and the words that begin and (exclusive) end at a character."""
    offsets = [match.span() for match in WORD.finditer(text)]
    starts = {start: k for k, (start, _) in enumerate(offsets)}
    return offsets, starts, {end: k + 1 for k, (_, end) in enumerate(offsets)}


def example(gold: Extraction, tokenizer: Tokenizer) -> Example:
    """Lay the gold spans on words; the few that do not begin and end with a word are left out."""
    text = gold.text
    offsets, starts, ends = word_places(text)
    begins = [start for start, _ in gold.sentences]
    sentence_of = [max(0, bisect_right(begins, start) - 1) for start, _ in offsets]
    bounds: list[tuple[int, int]] = []
    for k in range(len(begins)):
        own = [w for w, s in enumerate(sentence_of) if s == k]
        if own:
            bounds.append((own[0], own[-1] + 1))
    words = [text[a:b] for a, b in offsets]

    spans: list[Place] = []
    place: dict[int, int] = {}
    for k, mention in enumerate(gold.mentions):
        if mention.start in starts and mention.end in ends:
            place[k] = len(spans)
            spans.append((starts[mention.start], ends[mention.end], mention.type))
    values: list[Place] = []
    reports: list[Result] = []
    taken: set[int] = set()
    for result in gold.results:
        found = locate_value(text, gold.sentences[result.s], result.value, starts, ends)
        if found is not None and taken.isdisjoint(range(*found)):
            taken.update(range(*found))
            values.append((*found, VALUE))
            reports.append(result)

    pairs: list[list[int]] = []
    labels: list[int] = []
    stated = {(place[h], place[t]): kind for h, kind, t, *_ in gold.relations if h in place and t in place}
    for h, head in enumerate(spans):
        for t, tail in enumerate(spans):
            if h != t and sentence_of[head[0]] == sentence_of[tail[0]]:
                pairs.append(pair(head, tail))
                labels.append(PAIR_LABELS.index(stated.get((h, t), PAIR_LABELS[0])))
    names = [distinct_name(text[offsets[b][0] : offsets[e - 1][1]]) for b, e, _ in spans]
    for value, result in zip(values, reports, strict=True):
        said = {kind: distinct_name(name) for kind in ENTITY_TYPES if (name := getattr(result, kind.lower()))}
        for k, span in enumerate(spans):
            pairs.append(pair(value, span))
            labels.append(PAIR_LABELS.index(REPORTED) if said.get(span[2]) == names[k] else 0)
    proposed = {names[place[k]] for k in gold.proposes if k in place}
    keys = sorted(set(names))
    return Example(
        gold,
        windows(tokenizer, words, bounds),
        offsets,
        spans,
        values,
        _tags(len(words), spans, TAGS),
        _tags(len(words), values, VALUE_TAGS),
        pairs,
        np.eye(len(PAIR_LABELS), dtype=np.float32)[labels],
        [keys.index(name) for name in names],
        np.array([key in proposed for key in keys], dtype=np.float32),
    )


def _tags(words: int, spans: list[Place], tags: tuple[str, ...]) -> Floats:
    """One tag of probability 1 for each word."""
    of = [0] * words
    for begin, end, kind in spans:
        of[begin:end] = [tags.index("B-" + kind), *[tags.index("I-" + kind)] * (end - begin - 1)]
    return np.eye(len(tags), dtype=np.float32)[of]


def read(path: Path, tokenizer: Tokenizer) -> list[Example]:
    """Read a file of gold annotations."""
    with path.open(encoding="utf-8") as lines:
        return [example(Extraction.from_json(line), tokenizer) for line in lines if line.strip()]
