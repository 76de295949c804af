"""Tag scores into spans against brute force, spans into types, and the table of allowed pairs against the design's."""

from __future__ import annotations

from itertools import product

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from kg.nlp.labels import ALLOWED, KINDS, PAIR_LABELS, TAGS, TOUCHING, VALUE_TAGS, agreed, decode, spans
from kg.nlp.runtime import softmax
from kg.schema import ENTITY_TYPES

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


def total(scores: NDArray[np.float32], path: tuple[str, ...]) -> float:
    """The log probability of a path of O, B and I; minus infinity where it is none."""
    pairs = list(zip(("O", *path), path, strict=False))
    if ("O", "I") in pairs:
        return -np.inf
    touching = sum(after == "B" and before != "O" for before, after in pairs)
    return float(sum(scores[word, "OBI".index(tag)] for word, tag in enumerate(path))) - TOUCHING * touching


def path_of(found: list[tuple[int, int]], words: int) -> tuple[str, ...]:
    path = ["O"] * words
    for begin, end in found:
        path[begin:end] = ["B"] + ["I"] * (end - begin - 1)
    return tuple(path)


def tables(columns: int, most: int) -> st.SearchStrategy[NDArray[np.float32]]:
    row = st.lists(st.integers(-20, 0), min_size=columns, max_size=columns)
    return st.lists(row, min_size=1, max_size=most).map(lambda rows: np.array(rows, dtype=np.float32))


def likely(*words: tuple[str, float]) -> NDArray[np.float32]:
    """Probabilities ``[words, TAGS]``: of a tag what is given with it, the rest evenly over the others."""
    rows = np.empty((len(words), len(TAGS)), dtype=np.float32)
    for row, (tag, score) in zip(rows, words, strict=True):
        row[:] = (1 - score) / (len(TAGS) - 1)
        row[TAGS.index(tag)] = score
    return rows


@settings(max_examples=60, deadline=None)
@given(tables(3, 6))
def test_no_sequence_is_likelier(scores: NDArray[np.float32]) -> None:
    best = max(total(scores, path) for path in product("OBI", repeat=len(scores)))
    assert total(scores, path_of(decode(scores), len(scores))) == best


def test_a_long_text_is_read_like_its_parts() -> None:
    part = np.full((4, 3), -9, dtype=np.float32)
    for word, tag in enumerate("OBIO"):
        part[word, "OBI".index(tag)] = -0.25
    assert decode(part) == [(1, 3)]
    assert decode(np.tile(part, (2_000, 1))) == [(k * 4 + 1, k * 4 + 3) for k in range(2_000)]


def test_names_touch_only_where_that_is_much_likelier() -> None:
    unsure = likely(("B-Method", 0.9), ("B-Method", 0.6))
    unsure[1, TAGS.index("I-Method")] = 0.35
    assert [found[:2] for found in spans(unsure)] == [(0, 2)]
    assert [found[:2] for found in spans(likely(("B-Method", 0.9), ("B-Method", 0.9)))] == [(0, 1), (1, 2)]
    assert spans(unsure[:0]) == []


def test_types_that_share_the_votes_cut_no_name() -> None:
    shared = likely(("B-Task", 0.5), ("O", 0.1), ("O", 0.9))
    shared[0, TAGS.index("B-Method")] = 0.4
    shared[1, [TAGS.index("I-Task"), TAGS.index("I-Method")]] = 0.3, 0.6
    ((begin, end, votes),) = spans(shared)
    assert (begin, end) == (0, 2)
    assert ENTITY_TYPES[agreed(["it"], [votes.mean(0)])[0]] == "Method"


@settings(deadline=None)
@given(tables(len(TAGS), 30))
def test_names_are_in_order_and_apart(scores: NDArray[np.float32]) -> None:
    found = spans(softmax(scores))
    ends = [0, *(place for span in found for place in span[:2]), len(scores)]
    assert ends == sorted(ends)
    assert all(len(votes) == end - begin > 0 for begin, end, votes in found)
    assert all((votes >= 0).all() and (votes.sum(1) <= 1 + 1e-5).all() for _, _, votes in found)


def test_spans_of_one_name_have_the_type_that_they_favour_together() -> None:
    one, other, third = np.array([0.9, 0.1]), np.array([0.3, 0.7]), np.array([0.2, 0.8])
    assert agreed(["a", "b", "a"], [one, third, other]) == [0, 1, 0]
    assert agreed(["a", "a"], [one, third]) == [0, 0]
    assert agreed([], []) == []


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
