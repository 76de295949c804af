"""Gold extractions into the numbers that the network learns from."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from kg.evaluate import distinct_name
from kg.model import Extraction, Result
from kg.nlp.features import WORD, Place, Window, pair, windows
from kg.nlp.labels import PAIR_LABELS, REPORTED, TAGS, VALUE, VALUE_TAGS
from kg.schema import ENTITY_TYPES

if TYPE_CHECKING:
    from tokenizers import Tokenizer


@dataclass(slots=True)
class Example:
    """One gold abstract in words."""

    gold: Extraction
    windows: list[Window]
    offsets: list[tuple[int, int]]
    sentence_of: list[int]
    spans: list[Place]
    values: list[Place]
    tags: list[int]
    value_tags: list[int]
    pairs: list[list[int]] = field(default_factory=list)
    pair_labels: list[int] = field(default_factory=list)
    groups: list[int] = field(default_factory=list)
    proposed: list[float] = field(default_factory=list)


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


def example(gold: Extraction, tokenizer: Tokenizer) -> Example:
    """Lay the gold spans on words; the few that do not begin and end with a word are left out."""
    text = gold.text
    offsets = [(match.start(), match.end()) for match in WORD.finditer(text)]
    starts = {start: k for k, (start, _) in enumerate(offsets)}
    ends = {end: k + 1 for k, (_, end) in enumerate(offsets)}
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
    tags = [0] * len(words)
    for begin, end, kind in spans:
        tags[begin] = TAGS.index("B-" + kind)
        tags[begin + 1 : end] = [TAGS.index("I-" + kind)] * (end - begin - 1)
    values: list[Place] = []
    reports: list[Result] = []
    value_tags = [0] * len(words)
    for result in gold.results:
        found = locate_value(text, gold.sentences[result.s], result.value, starts, ends)
        if found is None or any(value_tags[found[0] : found[1]]):
            continue
        values.append((*found, VALUE))
        reports.append(result)
        value_tags[found[0]] = VALUE_TAGS.index(f"B-{VALUE}")
        value_tags[found[0] + 1 : found[1]] = [VALUE_TAGS.index(f"I-{VALUE}")] * (found[1] - found[0] - 1)

    made = Example(gold, windows(tokenizer, words, bounds), offsets, sentence_of, spans, values, tags, value_tags)
    stated = {(place[h], place[t]): kind for h, kind, t, *_ in gold.relations if h in place and t in place}
    for h, head in enumerate(spans):
        for t, tail in enumerate(spans):
            if h != t and sentence_of[head[0]] == sentence_of[tail[0]]:
                made.pairs.append(pair(head, tail))
                made.pair_labels.append(PAIR_LABELS.index(stated.get((h, t), PAIR_LABELS[0])))
    names = [distinct_name(text[offsets[b][0] : offsets[e - 1][1]]) for b, e, _ in spans]
    for value, result in zip(values, reports, strict=True):
        said = {kind: distinct_name(name) for kind in ENTITY_TYPES if (name := getattr(result, kind.lower()))}
        for k, span in enumerate(spans):
            made.pairs.append(pair(value, span))
            right = said.get(span[2]) == names[k]
            made.pair_labels.append(PAIR_LABELS.index(REPORTED) if right else 0)
    proposed = {names[place[k]] for k in gold.proposes if k in place}
    keys = sorted(set(names))
    made.groups = [keys.index(name) for name in names]
    made.proposed = [float(key in proposed) for key in keys]
    return made


def read(path: Path, tokenizer: Tokenizer) -> list[Example]:
    """Read a file of gold annotations."""
    with path.open(encoding="utf-8") as lines:
        return [example(Extraction.from_json(line), tokenizer) for line in lines if line.strip()]
