"""What weighs whole spans: laws of the candidates and of the choice, and counts of a small training set."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.model import Abbreviation, Extraction, Mention
from kg.nlp.features import WORD
from kg.nlp.labels import TAGS
from kg.nlp.runtime import SCORER, WEIGHTS
from kg.nlp.spans import FLOOR, LONGEST, Known, Scorer, candidates, choose, hashed, name_of
from kg.schema import ENTITY_TYPES

SHARES = st.floats(0, 1, allow_nan=False)
SPANS = st.tuples(st.integers(0, 9), st.integers(1, 4), SHARES).map(lambda one: ((one[0], one[0] + one[1]), one[2]))


@given(st.lists(SPANS, max_size=9, unique_by=lambda one: one[0]))
def test_what_is_chosen_is_the_best_that_does_not_overlap(held: list[tuple[tuple[int, int], float]]) -> None:
    spans, right = [span for span, _ in held], [likely for _, likely in held]
    chosen = choose(spans, right, 0.3)

    def worth(some: tuple[int, ...] | list[int]) -> float:
        apart = all(spans[a][1] <= spans[b][0] or spans[b][1] <= spans[a][0] for a, b in combinations(some, 2))
        return sum(right[k] - 0.3 for k in some) if apart else -1.0

    sets = [some for size in range(len(spans) + 1) for some in combinations(range(len(spans)), size)]
    assert worth(chosen) == pytest.approx(max(map(worth, sets)))
    assert chosen == sorted(chosen, key=lambda k: spans[k])


@given(st.lists(st.tuples(SHARES, SHARES), min_size=1, max_size=30), st.integers(1, 30))
def test_candidates_are_the_spans_that_the_tags_allow(words: list[tuple[float, float]], cut: int) -> None:
    begins, goes_on = ([one[k] for one in words] for k in range(2))
    sentences = [(first, stop) for first, stop in ((0, min(cut, len(words))), (cut, len(words))) if first < stop]
    allowed = [
        (begin, end)
        for first, stop in sentences
        for begin in range(first, stop)
        for end in range(begin + 1, min(stop, begin + LONGEST) + 1)
        if begins[begin] >= FLOOR and all(on >= FLOOR for on in goes_on[begin + 1 : end])
        if end == stop or 1 - goes_on[end] >= FLOOR
    ]
    assert candidates(begins, goes_on, sentences) == allowed


def test_names_are_told_apart_by_their_words() -> None:
    assert name_of(["few", "-", "shot", "learning"]) == name_of(["few", "shot", "learning"]) == "few shot learning"
    assert hashed("imagenet") == 4441644578408850850  # as it is in the files of models
    counts = {hashed("a"): [1, 2], hashed("b"): [3, 4]}
    known = Known(np.array(sorted(counts), dtype=np.uint64), np.array([counts[key] for key in sorted(counts)]))
    assert known.of(["b", "c", "a", "b"]).tolist() == [[3, 4], [0, 0], [1, 2], [3, 4]]


TEXT = "Graph attention (GA) beats attention. We train few-shot graph attention on the MNIST data."
SURE = {(0, 15): "Method", (17, 19): "Method", (27, 36): "Method", (47, 71): "Method", (79, 84): "Dataset"}


def likely(places: list[tuple[int, int]], sure: dict[tuple[int, int], str]) -> np.ndarray:
    """Tags of which those of the spans are nearly sure, and all others hardly possible."""
    tags = np.full((len(places), len(TAGS)), 0.001, dtype=np.float32)
    tags[:, 0] = 0.99
    for (start, end), kind in sure.items():
        inside = [k for k, (begin, stop) in enumerate(places) if start <= begin and stop <= end]
        for place, k in enumerate(inside):
            tags[k, 0], tags[k, TAGS.index(("I-" if place else "B-") + kind)] = 0.02, 0.96
    return tags / tags.sum(1, keepdims=True)


def test_the_shipped_scorer_weighs_spans() -> None:
    places = [match.span() for match in WORD.finditer(TEXT)]
    scorer = Scorer.load(WEIGHTS / "accurate" / SCORER)
    sentences = [(0, 7), (7, len(places))]
    definitions = [Abbreviation(17, 19, 0, 15)]
    spans, rows = scorer.weigh(TEXT, places, sentences, likely(places, SURE), definitions)
    right = scorer.right(rows)
    assert right.shape == (len(spans), len(ENTITY_TYPES))
    chosen = [spans[k] for k in choose(spans, right.max(1))]
    assert [(places[begin][0], places[end - 1][1]) for begin, end in chosen] == list(SURE)
    # What the training data calls a data set is hardly a method, and what it does not know may well be one.
    known, unknown = (_right(scorer, f"We use {name} here.") for name in ("ImageNet", "Foonet"))
    assert known[0] > unknown[0]
    assert known[1] < unknown[1]
    assert scorer.weigh("", [], [], np.zeros((0, len(TAGS)), dtype=np.float32), [])[0] == []


def _right(scorer: Scorer, text: str) -> list[float]:
    """How likely the third word of a text is each type, where the tagger is sure that it is a method."""
    places = [match.span() for match in WORD.finditer(text)]
    _, rows = scorer.weigh(text, places, [(0, len(places))], likely(places, {places[2]: "Method"}), [])
    (right,) = scorer.right(rows).tolist()
    return right


def test_a_scorer_is_kept_as_it_is(tmp_path: Path) -> None:
    scorer = Scorer.load(WEIGHTS / "fast" / SCORER)
    for name in ("one", "two"):
        scorer.save(tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    again = Scorer.load(tmp_path / "one")
    assert again.sequences.of(["imagenet"]).tolist() == scorer.sequences.of(["imagenet"]).tolist()
    assert [layer.tolist() for layer in again.layers] == [layer.tolist() for layer in scorer.layers]


def test_what_training_data_says_of_words() -> None:
    scorer = pytest.importorskip("kg.nlp.training.scorer", reason="PyTorch is not installed")
    text = "Few-shot learning beats learning. Learning of few-shot learning."
    mentions = (Mention(0, 17, "Task"), Mention(24, 32, "Method"), Mention(46, 63, "Method"))
    gold = Extraction("one", text, ((0, 33), (34, 64)), mentions)
    sequences, words = scorer.counted([gold])
    table = {
        "few shot learning": [0, 1, 0, 1, 2, 0],
        "learning": [0, 1, 0, 0, 2, 2],
        "few shot": [0] * 6,  # of no mention, and too seldom
    }
    assert ENTITY_TYPES == ("Dataset", "Method", "Metric", "Task")
    assert sequences.of(list(table)).tolist() == list(table.values())
    # Times, and of these as first word of a mention, as last, as a later one, as an earlier one.
    assert words.of(["few", "-", "learning", "of"]).tolist() == [
        [2, 2, 0, 0, 2],
        [2, 0, 0, 2, 2],
        [4, 1, 3, 2, 0],
        [1, 0, 0, 0, 0],
    ]


def test_a_scorer_learns_what_is_right() -> None:
    scorer = pytest.importorskip("kg.nlp.training.scorer", reason="PyTorch is not installed")
    rows = np.random.default_rng(1).normal(size=(10_000, 5))
    right = rows[:, 0] * rows[:, 1] > 0
    layers = scorer.fit(rows, right)
    nothing = Known(np.array([0], dtype=np.uint64), np.zeros((1, 6), dtype=np.uint16))
    told = Scorer(nothing, nothing, layers).right(rows) > 0.5
    assert (told == right).mean() > 0.95
    assert [layer.tolist() for layer in scorer.fit(rows, right)] == [layer.tolist() for layer in layers]
    # What goes on from it learns what has changed, and keeps the rest.
    changed = right & (rows[:, 2] > 0)
    again = Scorer(nothing, nothing, scorer.refit(rows[:2000], changed[:2000], layers)).right(rows)
    assert again[rows[:, 2] < 0].mean() < again[rows[:, 2] > 0].mean()
    assert ((again > 0.5) == right)[rows[:, 2] > 0].mean() > 0.9
