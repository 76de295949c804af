"""Texts into words, words into what the encoder takes, texts into sentences: tables, and laws for any text."""

from __future__ import annotations

from functools import cache
from itertools import pairwise

import pytest
import spacy
from hypothesis import example, given, settings
from hypothesis import strategies as st
from spacy.tokens import Doc
from tokenizers import Tokenizer

from kg.evaluate import distinct_name
from kg.nlp.features import DISTANCES, LONGEST, MAX_PIECES, SHAPES, WORD, bucket, shape, windows
from kg.nlp.runtime import folder_of
from kg.nlp.sentences import mark, sentence_numbers, sentences
from kg.nlp.words import WordTokenizer

WORDS = [
    ("", []),
    (" \t\n\u2003\u00a0\x1c", []),
    ("It scores 84.5%.", ["It", "scores", "84.5", "%", "."]),
    ("1,024.5 and 3.", ["1,024.5", "and", "3", "."]),
    ("GPT-4o, YOLOv5", ["GPT", "-", "4", "o", ",", "YOLOv5"]),
    ("R2-D2_x", ["R2", "-", "D2", "_", "x"]),
    ("F1@5", ["F1", "@", "5"]),
    ("3D", ["3", "D"]),
    ("$\\alpha_1$", ["$", "\\", "alpha", "_", "1", "$"]),
    ("a&amp;b", ["a", "&", "amp", ";", "b"]),
    ("naïve", ["naïve"]),
    ("nai\u0308ve", ["nai", "\u0308", "ve"]),
    ("日本語モデル", ["日本語モデル"]),
    ("x" * 65, ["x" * 64, "x"]),
    ("字" * 130, ["字" * 64, "字" * 64, "字" * 2]),
    ("7" * 33, ["7" * 32, "7"]),
    (".".join("1" * 10), [".".join("1" * 9), ".", "1"]),
    ("zero\u200bwidth", ["zero", "\u200b", "width"]),
    ("👩\u200d🔬", ["👩", "\u200d", "🔬"]),
]

SHAPES_OF = {
    1: ("7", "84.5", "٣"),
    2: (",", "\u0301", "\u200b", "👍", ""),
    3: ("model", "ß"),
    4: ("v2", "4o"),
    5: ("X", "Ω"),
    6: ("BERT", "ΑΒΓ"),
    7: ("GPT4", "5G"),
    8: ("Wikipedia", "Élan"),
    9: ("ImageNet", "mAP", "日本語", "عربي"),
    10: ("YOLOv5", "kNN3", "第3"),
}

SENTENCES = [
    ("", []),
    (" \t ", []),
    ("\n", [""]),
    ("On X\n", ["On X"]),
    ("\nIt works. It is fast.", ["", "It works.", "It is fast."]),
    ("On X  \n\n \n  It works. It is fast. \n", ["On X", "It works.", "It is fast."]),
    ("\n\n\nIt works.", ["", "It works."]),
    ("One line only. And another", ["One line only.", "And another"]),
    ("T\nDoes it work? Yes! It does.", ["T", "Does it work?", "Yes!", "It does."]),
    ("T\nIt works (well.) Then [it] stops.", ["T", "It works (well.)", "Then [it] stops."]),
    ("T\nThey say \"stop.\" 'Go' they say.", ["T", 'They say "stop."', "'Go' they say."]),
    ("T\nNets, e.g. Foo, vs. Bar et al. Baz.", ["T", "Nets, e.g. Foo, vs. Bar et al. Baz."]),
    ("T\nNets (cf. Fig. 2 and Eq. 3) are.", ["T", "Nets (cf. Fig. 2 and Eq. 3) are."]),
    ("T\nWe follow J. Doe. 3.5 is the score.", ["T", "We follow J. Doe.", "3.5 is the score."]),
    ("T\nIt ends. lower case goes on.", ["T", "It ends. lower case goes on."]),
    ("T\nA first line\nis broken. But\nnot here.", ["T", "A first line\nis broken.", "But\nnot here."]),
    ("T\nno end " * 3, ["T", "no end T\nno end T\nno end"]),
    ("T\n没有空格。下一句。", ["T", "没有空格。下一句。"]),
    ("A title. Of two parts\nIt works.", ["A title. Of two parts", "It works."]),
]  # fmt: skip

TEXTS = st.one_of(
    st.text(max_size=60),
    st.text(alphabet=" \n\t\r\x0b\x1c\x85\u00a0\u2028\u200b.!?)('\"aA1é\u0301", max_size=60),
    st.lists(st.sampled_from(["We ", "use", " X.", "\n", "  ", ". ", "e.g. ", "No", "\r\n", "? 3"])).map("".join),
)  # fmt: skip

PIECES = [
    *("model", "a", "é", "\u0301", "\u200b", "\x00", ",", "👍", "字" * 64, "한" * 64, "x" * 64, "Zyzzyva" * 9),
    *(".".join(["7" * 32] * 9), "字" * 600, "한." * 400, "a.b" * 300, "\u0301" * 600),
]

ENGLISH = spacy.blank("en")
OURS = WordTokenizer(ENGLISH.vocab)


@cache
def tokenizer() -> Tokenizer:
    found = Tokenizer.from_file(str(folder_of("accurate") / "tokenizer.json"))
    found.no_truncation()
    found.no_padding()
    return found


@pytest.mark.parametrize(("text", "words"), WORDS)
def test_words(text: str, words: list[str]) -> None:
    assert WORD.findall(text) == words
    assert [token.text for token in OURS(text) if not token.is_space] == words


@given(TEXTS)
@example(" ")
@example("\x00a  \x00\n")
@example("a \n b")
def test_a_doc_is_its_text_and_its_words_are_those_of_the_model(text: str) -> None:
    doc = OURS(text)
    assert doc.text == text
    real = [(token.idx, token.text) for token in doc if not token.is_space]
    assert real == [(match.start(), match.group()) for match in WORD.finditer(text)]


@given(TEXTS)
def test_words_leave_out_white_space_only(text: str) -> None:
    assert "".join(WORD.findall(text)) == "".join(text.split())


@pytest.mark.parametrize("number", SHAPES_OF)
def test_shapes(number: int) -> None:
    assert [shape(word) for word in SHAPES_OF[number]] == [number] * len(SHAPES_OF[number])


@given(st.text(max_size=8))
def test_a_shape_is_a_number_that_the_model_knows(word: str) -> None:
    assert 1 <= shape(word) < SHAPES


def test_buckets() -> None:
    numbers = [bucket(words) for words in (0, 1, 4, 5, 7, 8, 11, 12, 19, 20, 39, 40, 10**6)]
    assert numbers == [0, 1, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9]
    assert bucket(-13) == bucket(13)
    assert {bucket(words) for words in range(50)} == set(range(DISTANCES))


def test_repetitions_of_a_name_are_one() -> None:
    names = ("Foo-Net  model", "foo net\nModel", " FOO NET MODEL ", "Foonet model")
    assert [distinct_name(name) for name in names] == [
        "foo net model",
        "foo net model",
        "foo net model",
        "foonet model",
    ]


@pytest.mark.parametrize(("text", "parts"), SENTENCES)
def test_sentences(text: str, parts: list[str]) -> None:
    assert [text[start:end] for start, end in sentences(text)] == parts


@given(TEXTS)
@example("T\n \n\u2028X")
def test_sentences_cover_every_word_once_and_are_trimmed(text: str) -> None:
    spans = sentences(text)
    ends = [place for span in spans for place in span]
    assert ends == sorted(ends)
    assert all(0 <= place <= len(text) for place in ends)
    assert "".join("".join(text[start:end].split()) for start, end in spans) == "".join(text.split())
    for start, end in spans:
        assert text[start:end].rstrip() == text[start:end]
        assert start == 0 or text[start:end].lstrip() == text[start:end] != ""


@given(TEXTS)
@example("On X\n\n  It works. It is fast.")
@example("\nIt works.")
def test_docs_of_any_tokenizer_are_marked_where_sentences_start(text: str) -> None:
    expected = ["".join(text[start:end].split()) for start, end in sentences(text)]
    for doc in (OURS(text), ENGLISH.make_doc(text)):
        assert mark(doc).text == text
        found = ["".join(sentence.text.split()) for sentence in doc.sents]
        assert found == (expected or [""] * bool(len(doc)))
        assert sentence_numbers(doc) == [k for k, sentence in enumerate(doc.sents) for _ in sentence]


def test_marking_changes_nothing_else_of_a_doc() -> None:
    doc = Doc(
        ENGLISH.vocab,
        words=["On", "Foo", ".", "It", "works"],
        tags=["A", "B", "C", "D", "E"],
        ents=["O", "B-X", *"OOO"],
    )
    doc.spans["mine"] = [doc[0:2]]
    doc.user_data["mine"] = 1
    assert mark(doc) is doc
    assert [token.tag_ for token in doc] == ["A", "B", "C", "D", "E"]
    assert [(ent.text, ent.label_) for ent in doc.ents] == [("Foo", "X")]
    assert ([span.text for span in doc.spans["mine"]], doc.user_data["mine"]) == (["On Foo"], 1)
    assert [sentence.text for sentence in doc.sents] == ["On Foo .", "It works"]


Cut = tuple[list[str], list[tuple[int, int]]]
"""Words, and the bounds of their sentences."""


@st.composite
def long_texts(draw: st.DrawFn) -> Cut:
    runs = draw(st.lists(st.tuples(st.sampled_from(PIECES), st.integers(1, 700)), min_size=1, max_size=6))
    words = [word for word, times in runs for _ in range(times if len(word) < 9 else 1 + times % 9)]
    cuts = draw(st.sets(st.integers(1, max(1, len(words) - 1)), max_size=8))
    return words, list(pairwise(sorted({0, len(words), *(cut for cut in cuts if cut < len(words))})))


@settings(max_examples=60, deadline=None)
@given(long_texts())
@example((["a"] * 1000, [(0, 160), (160, 610), (610, 1000)]))
@example((["a"] * 255 + ["\u0301"] + ["a"] * 400, [(0, 656)]))
@example((["字" * 600], [(0, 1)]))
@example((["a"] * 510 + ["\u0301"] * 9, [(0, 510), (510, 519)]))
def test_windows_fit_the_encoder_and_keep_every_word_once(text: Cut) -> None:
    words, bounds = text
    alone = {word: tokenizer().encode([word], is_pretokenized=True).ids[1:-1] for word in set(words)}
    found = windows(tokenizer(), words, bounds)
    assert [found[0].keep_begin, *(window.keep_end for window in found)] == [
        *(window.keep_begin for window in found), len(words)
    ]  # fmt: skip
    for window in found:
        assert window.begin <= window.keep_begin < window.keep_end == window.begin + len(window.first)
        assert len(window.pieces) == len(window.shapes) <= MAX_PIECES + 2
        for word, first, last in zip(words[window.begin : window.keep_end], window.first, window.last, strict=True):
            if alone[word]:  # the tokenizer drops some words
                own = window.pieces[first : last + 1]
                assert own == alone[word][: len(own)]
                assert len(own) == len(alone[word]) or len(word) > LONGEST
                assert {*window.shapes[first : last + 1]} == {shape(word)}


@settings(max_examples=60, deadline=None)
@given(long_texts())
def test_only_sentences_that_are_too_long_are_cut(text: Cut) -> None:
    words, bounds = text
    starts = {begin for begin, _ in bounds}
    for window in windows(tokenizer(), words, bounds):
        if window.keep_begin not in starts:
            begin, end = next((b, e) for b, e in bounds if b < window.keep_begin < e)
            assert len(tokenizer().encode(words[begin:end], is_pretokenized=True).ids) > MAX_PIECES + 2
