"""Definitions of abbreviations as a table, what is none as another, and offsets for any text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.model import Abbreviation
from kg.nlp.abbreviations import abbreviations, long_form

DEFINED = [
    ("We study continual learning (CL) here.", [("CL", "continual learning")]),
    ("The graph neural network (GNN)", [("GNN", "graph neural network")]),
    ("many large language models (LLMs)", [("LLMs", "large language models")]),
    ("any large language model (LLMs)", [("LLMs", "large language model")]),
    ("the Stanford Question Answering Dataset (SQuAD)", [("SQuAD", "Stanford Question Answering Dataset")]),
    ("Long Short-Term Memory (LSTM)", [("LSTM", "Long Short-Term Memory")]),
    ("a mean average precision (mAP) of 3", [("mAP", "mean average precision")]),
    ("the k-nearest neighbours (kNN)", [("kNN", "k-nearest neighbours")]),
    ("part-of-speech (PoS) tags", [("PoS", "part-of-speech")]),
    ("an x-ray (XR) image", [("XR", "x-ray")]),
    ("one 3D convolution (3DConv)", [("3DConv", "3D convolution")]),
    ("the word error rate ( WER ) is", [("WER", "word error rate")]),
    ("natural language processing (NLP, see below)", [("NLP", "natural language processing")]),
    ("learning from human feedback (LHF; a method)", [("LHF", "learning from human feedback")]),
    ("a knowledge graph (K-G)", [("K-G", "knowledge graph")]),
    ("a variational autoencoder (VAE) and a generative adversarial network (GAN)",
     [("VAE", "variational autoencoder"), ("GAN", "generative adversarial network")]),
    ("It stops. Graph models (GM) go on", [("GM", "Graph models")]),
    ("Über deep networks (ÜDN)", [("ÜDN", "Über deep networks")]),
    ("a continual learning\u00a0(CL) method", [("CL", "continual learning")]),
]  # fmt: skip

UNDEFINED = [
    "",
    "no bracket at all, CL",
    "as the results show (see Table 2)",
    "a network (ours)",  # no capital
    "the ResNet model (2016)",  # no letter
    "the Adam optimizer (Kingma et al.)",
    "random words stand here (XYZ)",
    "the WER (word error rate)",  # the other way round
    "graph networks(GN)",  # no blank before the bracket
    "a vision transformer [VT]",
    "a GAN (GAN)",  # not longer
    "a deep net (D)",  # one letter
    "a very long definition of something here (AVLDOSHERES)",  # eleven letters
    "We stop at graphs. Models (GM)",  # in another clause
    "We stop at graph\nmodels (GM)",  # in another line
    "for graph: models (GM)",
    "many beta learners (LB)",  # the letters stand in another order
    "an unclosed model (UM",
    "the embedding (BD)",  # B stands within a word
    "graph one two three four five six seven model (GM)",  # too far back
    "the SGD method of SGD (SGD)",
]

TEXTS = st.one_of(
    st.text(max_size=50),
    st.lists(st.sampled_from(
        ["graph", "model", "Graph", " ", " (GM)", " (", ")", "GM", "\n", ". ", ";", "İ", "ß", "\u0301"]
    ), max_size=20).map("".join),
)  # fmt: skip


def read(text: str, found: list[Abbreviation]) -> list[tuple[str, str]]:
    return [(text[a:b], text[c:d]) for a, b, c, d in found]


@pytest.mark.parametrize(("text", "pairs"), DEFINED)
def test_defined(text: str, pairs: list[tuple[str, str]]) -> None:
    assert read(text, abbreviations(text)) == pairs


@pytest.mark.parametrize("text", UNDEFINED)
def test_not_defined(text: str) -> None:
    assert abbreviations(text) == []


def test_offsets_count_in_the_whole_text() -> None:
    text = "Graph model (GM). A graph model (GM). A graph model (GM)."
    assert abbreviations(text, 18, 37) == [Abbreviation(33, 35, 20, 31)]
    assert abbreviations(text, 24, 37) == []  # "graph" is before the start
    assert abbreviations(text, 18, 35) == []  # the bracket closes after the end


@pytest.mark.parametrize(
    ("short", "text", "start"),
    [
        ("CL", "we study continual learning", 9),
        ("CL", "continual learning", 0),
        ("cl", "Continual Learning", 0),
        ("C-L", "continual learning", 0),
        ("MLD", "a model", None),
        ("CL", "learning", None),
        ("CL", "", None),
        ("GM", "gag model", 0),
        ("NN", "neural neat network", 7),
    ],
)
def test_long_forms_start_at_a_word(short: str, text: str, start: int | None) -> None:
    assert long_form(short, text) == start


@given(TEXTS)
def test_what_is_found_lies_in_the_text_long_before_short(text: str) -> None:
    last = 0
    for short_start, short_end, long_start, long_end in abbreviations(text):
        assert last <= short_start < short_end <= len(text)
        assert 0 <= long_start < long_end < short_start
        assert short_end - short_start < long_end - long_start
        assert text[long_start:long_end].strip() == text[long_start:long_end]
        assert text[long_start].lower() == next(c for c in text[short_start:short_end] if c.isalnum()).lower()
        assert "\n" not in text[long_start:long_end]
        last = short_end
