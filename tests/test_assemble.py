"""Assembly as laws over random corpora and over the gold abstracts, and whole graphs of small ones."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.assemble import assemble, parse_value
from kg.errors import InputError
from kg.model import Alias, Edge, Evidence, Extraction, Graph, Mention, Node, Paper, Relation, Result
from kg.schema import EDGE_LABELS, ENTITY_TYPES, LABELS, NODE_LABELS, RELATIONS

GOLD = Path(__file__).resolve().parents[2] / "shared" / "data" / "abstracts-train.jsonl"
Pair = tuple[Paper, Extraction]


def check_laws(graph: Graph, pairs: list[Pair]) -> None:
    """What holds for every graph made of ``pairs``."""
    extractions = {paper.id: extraction for paper, extraction in pairs}
    nodes = {node.id: node for node in graph.nodes}
    edges = {edge[:3]: edge.properties for edge in graph.edges}
    aliases = {(alias.entity, alias.text) for alias in graph.aliases}
    assert len(nodes) == len(graph.nodes)
    assert len(edges) == len(graph.edges)
    assert {node.label for node in graph.nodes} <= set(NODE_LABELS)
    assert [node.id for node in graph.nodes] == sorted(nodes)
    assert [edge[:3] for edge in graph.edges] == sorted(edges)
    assert graph.aliases == sorted(graph.aliases)
    assert {f"paper:{paper.id}" for paper, _ in pairs} == {id_ for id_, node in nodes.items() if node.label == "Paper"}
    rows: defaultdict[tuple[str, str, str], list[Evidence]] = defaultdict(list)
    for row in graph.evidence:
        rows[row[:3]].append(row)
        extraction = extractions[row.paper]
        start, end = extraction.sentences[row.sentence]
        assert start <= row.tail_start < row.tail_end <= end
        assert (row.head_start is None) == (row.label not in LABELS)
        spans = {row.tail: (row.tail_start, row.tail_end)}
        if row.head_start is not None and row.head_end is not None:
            assert start <= row.head_start < row.head_end <= end
            spans[row.head] = (row.head_start, row.head_end)
        for entity, span in spans.items():
            if nodes[entity].label in ENTITY_TYPES:
                assert (entity, extraction.text[slice(*span)]) in aliases
    assert rows.keys() == edges.keys()
    for (head, label, tail), properties in edges.items():
        here = rows[head, label, tail]
        assert label in EDGE_LABELS
        assert head in nodes
        assert tail in nodes
        assert head != tail
        if label in LABELS:
            relation = LABELS[label]
            assert relation.joins(nodes[head].label, nodes[tail].label)
            assert not relation.symmetric or head < tail
            assert properties["mentions"] == len(here) == len({(row.paper, row.sentence) for row in here})
            assert properties["support"] == len({row.paper for row in here}) <= len(pairs)
            assert len(properties["papers"]) == len(properties["sentences"]) == min(20, len(here))
            assert properties["papers"] == sorted(properties["papers"])
            assert 0 <= properties["confidence"] <= 1
        elif label == "MENTIONS":
            assert properties["count"] == len(here)
            assert properties["in_title"] == any(row.sentence == 0 for row in here)
        else:
            assert properties == {}
    for node in graph.nodes:
        if node.label in ENTITY_TYPES:
            assert node.properties["name"] in node.properties["aliases"]
            places = [edge for edge in graph.edges if edge.label == "MENTIONS" and edge.tail == node.id]
            assert node.properties["papers"] == len(places) <= len(pairs)
            assert node.properties["mentions"] == sum(edge.properties["count"] for edge in places)


NAMES = (
    "CNN", "CNNs", "convolutional neural network", "Deep CNNs", "BERT-base", "BERT-large", "auto-encoder",
    "autoencoders", "CL", "continual learning", "contrastive learning", "COCO", "COCO dataset", "F1", "accuracy", "☃",
)  # fmt: skip


@st.composite
def corpora(draw: st.DrawFn) -> list[Pair]:
    pairs = []
    for number in range(draw(st.integers(0, 6))):
        text, sentences, mentions, places = "", [], [], []
        for sentence in range(draw(st.integers(1, 3))):
            start = len(text)
            for name in draw(st.lists(st.sampled_from(NAMES), max_size=5)):
                score = draw(st.sampled_from([0.25, 0.5, 0.9, 1.0]))
                mentions.append(Mention(len(text), len(text) + len(name), draw(st.sampled_from(ENTITY_TYPES)), score))
                places.append(sentence)
                text += name + " "
            text += "5% end"
            sentences.append((start, len(text)))
            text += "\n" if sentence == 0 else " "
        index = st.integers(0, max(len(mentions) - 1, 0))
        joined = st.builds(Relation, index, st.sampled_from(sorted(RELATIONS)), index, st.sampled_from([0.3, 0.8]))
        name = st.one_of(st.none(), st.sampled_from(NAMES))
        result = st.builds(Result, st.just(0), st.sampled_from(["5%", "5", "7"]), name, name, name, name)
        extraction = Extraction(
            f"p{number}",
            text,
            tuple(sentences),
            tuple(mentions),
            tuple(draw(st.lists(joined, max_size=8))) if mentions else (),
            tuple(draw(st.lists(index, max_size=2))) if mentions else (),
            tuple(draw(st.lists(result, max_size=3))),
        )
        year = draw(st.one_of(st.none(), st.integers(2000, 2003)))
        pairs.append((Paper(f"p{number}", text.split("\n", 1)[0], year=year), extraction))
    return pairs


@settings(max_examples=80, deadline=None)
@given(corpora(), st.randoms(use_true_random=False))
def test_laws_and_any_order_gives_the_equal_graph(pairs: list[Pair], dice: random.Random) -> None:
    graph = assemble(pairs)
    check_laws(graph, pairs)
    shuffled = dice.sample(pairs, len(pairs))
    assert assemble(iter(shuffled)) == graph
    renamed = [(paper, replace(extraction, id="x")) for paper, extraction in shuffled]
    assert assemble(renamed) == graph


@pytest.mark.skipif(not GOLD.exists(), reason="no ../shared beside this clone")
def test_gold_abstracts() -> None:
    pairs = []
    for line in GOLD.read_text(encoding="utf-8").splitlines()[:300]:
        extraction = Extraction.from_json(line)
        pairs.append((Paper(extraction.id, *extraction.text.split("\n", 1)), extraction))
    graph = assemble(pairs)
    check_laws(graph, pairs)
    assert assemble(pairs[::-1]) == graph
    made = Counter(edge.label for edge in graph.edges)
    assert min(made[label] for label in EDGE_LABELS) > 0
    # Every gold relation is in the evidence, said twice in its sentence, or accounted for.
    stated = sum(len(extraction.relations) for _, extraction in pairs)
    rows = sum(row.label in LABELS for row in graph.evidence)
    twice = stated - rows - sum(graph.dropped.values())
    assert 0 <= twice < stated / 50


TITLE = "BERT for named entity recognition"
ABSTRACT = "BERT (NER) beats LSTMs: 91.5% F1 on CoNLL. LSTM beats BERT."
TEXT = f"{TITLE}\n{ABSTRACT}"


def one_paper() -> Pair:
    def at(text: str, kind: str, nth: int = 0, score: float = 1.0) -> Mention:
        start = -1
        for _ in range(nth + 1):
            start = TEXT.index(text, start + 1)
        return Mention(start, start + len(text), kind, score)

    mentions = (
        at("BERT", "Method", 0, 0.9),
        at("named entity recognition", "Task"),
        at("BERT", "Method", 1),
        at("NER", "Task"),
        at("LSTMs", "Method"),
        at("F1", "Metric"),
        at("CoNLL", "Dataset"),
        at("LSTM", "Method", 1),
        at("BERT", "Method", 2),
    )
    end = TEXT.index(" LSTM beats")
    relations = (
        Relation(0, "Used-For", 1, 0.5),
        Relation(2, "Compare-With", 4, 0.8),
        Relation(7, "Compare-With", 8, 0.6),
        Relation(2, "Evaluated-With", 6, 0.7),
        Relation(2, "Evaluated-With", 6, 0.75),
        Relation(3, "Used-For", 2, 0.5),
        Relation(1, "Synonym-Of", 3, 0.5),
    )
    extraction = Extraction(
        "p", TEXT, ((0, len(TITLE)), (len(TITLE) + 1, end), (end + 1, len(TEXT))), mentions, relations, (0,),
        (Result(1, "91.5%", "F1 scores", "BERT", "CoNLL", "NER"), Result(1, "92%", "F1")),
    )  # fmt: skip
    return Paper("p", TITLE, ABSTRACT, 2019, "X", ("A. Author",)), extraction


def test_one_paper_makes_this_graph() -> None:
    graph = assemble([one_paper()])
    check_laws(graph, [one_paper()])

    def entity(id_: str, label: str, name: str, aliases: list[str], mentions: int) -> Node:
        known = {"papers": 1, "mentions": mentions, "first_year": 2019, "last_year": 2019}
        return Node(id_, label, {"name": name, "aliases": aliases, **known})

    s1, s2 = "BERT (NER) beats LSTMs: 91.5% F1 on CoNLL.", "LSTM beats BERT."
    assert graph.nodes == [
        entity("dataset:conll", "Dataset", "CoNLL", ["CoNLL"], 1),
        entity("method:bert", "Method", "BERT", ["BERT"], 3),
        entity("method:lstm", "Method", "LSTM", ["LSTM", "LSTMs"], 2),
        entity("metric:f1", "Metric", "F1", ["F1"], 1),
        Node(
            "paper:p",
            "Paper",
            {"title": TITLE, "abstract": ABSTRACT, "year": 2019, "venue": "X", "authors": ["A. Author"]},
        ),
        Node("result:p:1:0", "Result", {"text": "91.5%", "value": 91.5, "unit": "%", "sentence": s1}),
        entity(
            "task:named-entity-recognition",
            "Task",
            "named entity recognition",
            ["NER", "named entity recognition"],
            2,
        ),
    ]

    def joined(head: str, label: str, tail: str, support: int, confidence: float, *sentences: str) -> Edge:
        counts = {"support": support, "mentions": len(sentences), "confidence": confidence}
        return Edge(head, label, tail, {**counts, "papers": ["p"] * len(sentences), "sentences": list(sentences)})

    assert graph.edges == [
        joined("method:bert", "COMPARED_WITH", "method:lstm", 1, 0.92, s1, s2),
        joined("method:bert", "EVALUATED_WITH", "dataset:conll", 1, 0.75, s1),
        joined("method:bert", "USED_FOR", "task:named-entity-recognition", 1, 0.5, TITLE),
        Edge("paper:p", "MENTIONS", "dataset:conll", {"count": 1, "in_title": False}),
        Edge("paper:p", "MENTIONS", "method:bert", {"count": 3, "in_title": True}),
        Edge("paper:p", "MENTIONS", "method:lstm", {"count": 2, "in_title": False}),
        Edge("paper:p", "MENTIONS", "metric:f1", {"count": 1, "in_title": False}),
        Edge("paper:p", "MENTIONS", "task:named-entity-recognition", {"count": 2, "in_title": True}),
        Edge("paper:p", "PROPOSES", "method:bert", {}),
        Edge("paper:p", "REPORTS", "result:p:1:0", {}),
        Edge("result:p:1:0", "BY", "method:bert", {}),
        Edge("result:p:1:0", "FOR", "task:named-entity-recognition", {}),
        Edge("result:p:1:0", "ON", "dataset:conll", {}),
        joined("task:named-entity-recognition", "USED_FOR", "method:bert", 1, 0.5, s1),
    ]
    assert graph.aliases == [
        Alias("dataset:conll", "CoNLL", 1, "same normal form"),
        Alias("method:bert", "BERT", 1, "same normal form"),
        Alias("method:lstm", "LSTM", 1, "same normal form"),
        Alias("method:lstm", "LSTMs", 1, "same normal form"),
        Alias("metric:f1", "F1", 1, "same normal form"),
        Alias("task:named-entity-recognition", "NER", 1, "synonym in 1 paper"),
        Alias("task:named-entity-recognition", "named entity recognition", 1, "same normal form"),
    ]
    value, bert = TEXT.index("91.5%"), TEXT.index("BERT (")
    of_edge = [row for row in graph.evidence if row.label in ("REPORTS", "BY", "COMPARED_WITH")]
    end = len(TEXT)
    assert of_edge == [
        Evidence("method:bert", "COMPARED_WITH", "method:lstm", "p", 1, bert, bert + 4, bert + 17, bert + 22, 0.8),
        Evidence("method:bert", "COMPARED_WITH", "method:lstm", "p", 2, end - 5, end - 1, end - 16, end - 12, 0.6),
        Evidence("paper:p", "REPORTS", "result:p:1:0", "p", 1, None, None, value, value + 5, 1.0),
        Evidence("result:p:1:0", "BY", "method:bert", "p", 1, None, None, bert, bert + 4, 1.0),
    ]
    # The definition joins two sentences: it is no edge, but tells what "NER" means.
    assert graph.dropped == {"relation across sentences": 1, "result whose value is not in its sentence": 1}


def two_mentions(id_: str, relation: str, score: float, second: str = "Task", year: int | None = None) -> Pair:
    text = "Alpha works on beta\n"
    mentions = (Mention(0, 5, "Method"), Mention(15, 19, second))
    return Paper(id_, text.strip(), year=year), Extraction(
        id_, text, ((0, 19),), mentions, (Relation(0, relation, 1, score),)
    )


def test_confidence_support_and_years_over_papers() -> None:
    graph = assemble(
        [
            two_mentions(id_, "Used-For", s, year=y)
            for id_, s, y in (("b", 0.5, 2001), ("a", 0.9, None), ("c", 0.2, 1999))
        ]
    )
    assert graph.edges[0] == Edge(
        "method:alpha",
        "USED_FOR",
        "task:beta",
        {
            "support": 3,
            "mentions": 3,
            "confidence": 0.96,
            "papers": ["a", "b", "c"],
            "sentences": ["Alpha works on beta"] * 3,
        },
    )
    assert graph.nodes[0].properties == {
        "name": "Alpha", "aliases": ["Alpha"], "papers": 3, "mentions": 3, "first_year": 1999, "last_year": 2001,
    }  # fmt: skip


def test_at_most_twenty_sentences_the_surest_ones() -> None:
    graph = assemble([two_mentions(f"p{n:02}", "Used-For", 0.3 if n == 7 else 0.4) for n in range(22)])
    properties = graph.edges[0].properties
    assert properties["papers"] == [f"p{n:02}" for n in range(21) if n != 7]
    assert (properties["support"], properties["mentions"]) == (22, 22)


def test_what_the_schema_forbids_after_types_are_settled_is_counted() -> None:
    pairs = [two_mentions(id_, "Used-For", 0.5) for id_ in "abcdefghi"]
    odd = two_mentions("z", "Part-Of", 0.5, second="Method")
    assert assemble([*pairs, odd]).dropped == {"PART_OF from Method to Task": 1}


def test_mentions_across_sentences_are_dropped_and_counted() -> None:
    paper, extraction = two_mentions("a", "Used-For", 0.5)
    graph = assemble([(paper, replace(extraction, sentences=((0, 16), (17, 19)), proposes=(1, 0)))])
    assert [node.id for node in graph.nodes] == ["method:alpha", "paper:a"]
    assert [edge[:3] for edge in graph.edges] == [
        ("paper:a", "MENTIONS", "method:alpha"),
        ("paper:a", "PROPOSES", "method:alpha"),
    ]
    assert graph.dropped == {
        "mention in no one sentence": 1,
        "proposal of a mention in no one sentence": 1,
        "relation of a mention in no one sentence": 1,
    }


def test_empty() -> None:
    assert assemble([]) == Graph([], [], [], [], {})
    assert assemble([(Paper("a", "T"), Extraction("a", "T\n", ((0, 1),)))]) == Graph(
        [Node("paper:a", "Paper", {"title": "T"})], [], [], [], {}
    )


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"mentions": (Mention(0, 50, "Method"),) * 2}, "mention [0, 50, 'Method', 1.0] lies outside the text"),
        ({"mentions": (Mention(0, 5, "Person"),) * 2}, "mention [0, 5, 'Person', 1.0] has an unknown type"),
        ({"mentions": (Mention(0, 5, "Method", 1.5),) * 2}, "mention [0, 5, 'Method', 1.5] has no score from 0 to 1"),
        (
            {"relations": (Relation(0, "Used-For", 9),)},
            "relation [0, 'Used-For', 9, 1.0] joins a mention that does not exist",
        ),
        ({"relations": (Relation(0, "Likes", 1),)}, "relation [0, 'Likes', 1, 1.0] has an unknown type"),
        ({"proposes": (2,)}, "proposed mention 2 does not exist"),
        ({"results": (Result(3, "5%"),)}, "result '5%' has no sentence 3"),
        ({"sentences": ((0, 9), (5, 19))}, "sentence [5, 19] overlaps another or ends after the text"),
    ],
)  # fmt: skip
def test_malformed_extractions_are_refused(change: dict[str, object], reason: str) -> None:
    paper, extraction = two_mentions("a", "Used-For", 0.5)
    with pytest.raises(InputError) as error:
        assemble([(paper, replace(extraction, **change))])  # type: ignore[arg-type]
    assert str(error.value) == f"extraction of paper 'a': {reason}; extract the paper again"


def test_one_id_twice_is_refused() -> None:
    with pytest.raises(InputError) as error:
        assemble([two_mentions("a", "Used-For", 0.5), two_mentions("a", "Used-For", 0.6)])
    assert str(error.value) == "paper 'a' comes twice; give each paper an id of its own"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("84.5%", (84.5, "%")),
        ("70\\%", (70.0, "%")),
        ("$48$%", (48.0, "%")),
        ("32 percent", (32.0, "%")),
        ("+0.8%", (0.8, "%")),
        ("-44.7", (-44.7, None)),
        ("−3.2", (-3.2, None)),
        ("∼80%", (80.0, "%")),
        ("about 5", (5.0, None)),
        ("84.5 ± 0.3", (84.5, None)),
        ("11x", (11.0, "x")),
        ("5X", (5.0, "x")),
        ("8.2×", (8.2, "x")),
        ("284$\\times$", (284.0, "x")),
        ("9.87{\\texttimes}", (9.87, "x")),
        ("10,000 times", (10000.0, "x")),
        ("51-fold", (51.0, "x")),
        ("twice", (2.0, "x")),
        ("five times", (5.0, "x")),
        ("factor of five", (5.0, "x")),
        ("7.5×10ˆ4", (75000.0, None)),
        ("29.7K", (29700.0, None)),
        ("3 million", (3000000.0, None)),
        ("16.2 pts", (16.2, "points")),
        ("20 percentage points", (20.0, "points")),
        ("40FPS", (40.0, "FPS")),
        ("6.16m/s", (6.16, "m/s")),
        ("0.363 mm", (0.363, "mm")),
        ("2--3$\\times$", (None, "x")),
        ("10\\% to 40\\%", (None, "%")),
        ("less than 1%", (None, "%")),
        ("$<9$%", (None, "%")),
        ("46%+", (None, "%")),
        ("two thirds", (None, None)),
        ("an order of magnitude", (None, None)),
        ("7 out of the 13", (None, None)),
        ("", (None, None)),
    ],
)
def test_parse_value(text: str, value: tuple[float | None, str | None]) -> None:
    assert parse_value(text) == value
