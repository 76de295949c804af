"""Tag scores into spans against brute force, and the table of allowed pairs against the design's."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from kg.nlp.labels import ALLOWED, KINDS, PAIR_LABELS, TAGS, VALUE_TAGS, decode, spans
from kg.nlp.runtime import softmax
from kg.schema import ENTITY_TYPES

TWO_TYPES = ("O", "B-X", "I-X", "B-Y", "I-Y")

SAME = {(kind, kind) for kind in ENTITY_TYPES}
JOINS = {
    "None": set(product(KINDS, KINDS)),
    "Benchmark-For": {("Dataset", "Task")},
    "Compare-With": SAME,
    "Evaluated-With": {("Method", "Dataset")},
    "Part-Of": {("Method", "Method")},
    "SubClass-Of": {("Method", "Method")},
    "SubTask-Of": {("Task", "Task")},
    "Synonym-Of": SAME,
    "Trained-With": {("Method", "Dataset")},
    "Used-For": set(product(ENTITY_TYPES, ("Method", "Task"))),
    "Reported-For": {("Value", kind) for kind in ENTITY_TYPES},
}


def well_formed(path: tuple[str, ...]) -> bool:
    return all(
        not tag.startswith("I-") or before[2:] == tag[2:] for before, tag in zip(("O", *path), path, strict=False)
    )


def tags_of(found: list[tuple[int, int, str]], words: int) -> tuple[str, ...]:
    path = ["O"] * words
    for begin, end, kind in found:
        path[begin:end] = ["B-" + kind] + ["I-" + kind] * (end - begin - 1)
    return tuple(path)


def tables(tags: tuple[str, ...], most: int) -> st.SearchStrategy[NDArray[np.float32]]:
    row = st.lists(st.integers(-20, 0), min_size=len(tags), max_size=len(tags))
    return st.lists(row, min_size=1, max_size=most).map(lambda rows: np.array(rows, dtype=np.float32))


def total(scores: NDArray[np.float32], path: tuple[str, ...], tags: tuple[str, ...]) -> float:
    return float(sum(scores[word, tags.index(tag)] for word, tag in enumerate(path)))


@settings(max_examples=60, deadline=None)
@given(st.one_of(*(st.tuples(tables(tags, most), st.just(tags)) for tags, most in ((TWO_TYPES, 4), (VALUE_TAGS, 6)))))
def test_no_well_formed_sequence_is_better(case: tuple[NDArray[np.float32], tuple[str, ...]]) -> None:
    scores, tags = case
    found = tags_of(decode(scores, tags), len(scores))
    best = max(total(scores, path, tags) for path in product(tags, repeat=len(scores)) if well_formed(path))
    assert total(scores, found, tags) == best


@settings(deadline=None)
@given(tables(TAGS, 30))
def test_spans_are_in_order_apart_and_typed(scores: NDArray[np.float32]) -> None:
    found = decode(scores)
    ends = [0, *(place for begin, end, _ in found for place in (begin, end)), len(scores)]
    assert ends == sorted(ends)
    assert all(begin < end and kind in ENTITY_TYPES for begin, end, kind in found)
    assert well_formed(tags_of(found, len(scores)))


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ((), []),
        (("O", "O"), []),
        (("B-Task",), [(0, 1, "Task")]),
        (("B-Task", "I-Task", "O", "B-Metric"), [(0, 2, "Task"), (3, 4, "Metric")]),
        (("B-Task", "B-Task", "I-Task"), [(0, 1, "Task"), (1, 3, "Task")]),
        (("B-Task", "B-Method"), [(0, 1, "Task"), (1, 2, "Method")]),
    ],
)
def test_well_formed_tags_are_read_as_they_are(path: tuple[str, ...], expected: list[tuple[int, int, str]]) -> None:
    sure = np.full((len(path), len(TAGS)), -9, dtype=np.float32)
    for word, tag in enumerate(path):
        sure[word, TAGS.index(tag)] = 0
    assert decode(sure) == expected


def test_a_long_text_is_read_like_its_parts() -> None:
    part = np.full((4, len(TAGS)), -9, dtype=np.float32)
    for word, tag in enumerate(("O", "B-Task", "I-Task", "B-Method")):
        part[word, TAGS.index(tag)] = -0.25
    expected = [(k * 4 + begin, k * 4 + end, kind) for k in range(2_000) for begin, end, kind in decode(part)]
    assert decode(np.tile(part, (2_000, 1))) == expected


def test_a_name_has_the_one_type_that_its_words_favour_together() -> None:
    likely = np.array(
        [[0.1, 0.5, 0.0, 0.4, 0.0], [0.1, 0.0, 0.3, 0.0, 0.6], [0.9, 0.1, 0.0, 0.0, 0.0], [0.4, 0.35, 0.0, 0.25, 0.0]],
        dtype=np.float32,
    )
    found = [(begin, end, kind, round(score, 3)) for begin, end, kind, score in spans(likely, TWO_TYPES)]
    assert found == [(0, 2, "Y", 0.4), (3, 4, "X", 0.35)]
    assert spans(likely[:0], TWO_TYPES) == []


@settings(deadline=None)
@given(tables(TAGS, 30))
def test_names_are_in_order_apart_typed_and_scored(scores: NDArray[np.float32]) -> None:
    found = spans(softmax(scores))
    ends = [0, *(place for span in found for place in span[:2]), len(scores)]
    assert ends == sorted(ends)
    assert all(begin < end and kind in ENTITY_TYPES and 0 < score <= 1 + 1e-6 for begin, end, kind, score in found)


def test_the_tags_of_the_model() -> None:
    assert KINDS == ("Dataset", "Method", "Metric", "Task", "Value")
    assert " ".join(TAGS) == "O B-Dataset I-Dataset B-Method I-Method B-Metric I-Metric B-Task I-Task"
    assert VALUE_TAGS == ("O", "B-Value", "I-Value")


def test_allowed_pairs_are_those_of_the_design() -> None:
    found = {
        label: {(head, tail) for h, head in enumerate(KINDS) for t, tail in enumerate(KINDS) if ALLOWED[h, t, k]}
        for k, label in enumerate(PAIR_LABELS)
    }
    assert list(found) == list(JOINS)
    assert found == JOINS
