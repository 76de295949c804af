"""Names that are one thing in other words, a user's own word on it, and what is only near."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from command_line import kg
from hypothesis import given, settings
from hypothesis import strategies as st
from stores_graph import assembled
from test_resolve import entities, paper

from kg.errors import InputError
from kg.model import Alias, Extraction, Paper
from kg.resolve import Known, resolve
from kg.resolve.forms import normal_form
from kg.resolve.known import OURS, read
from kg.resolve.near import Near, near_misses
from kg.resolve.variants import signature, without_head
from kg.schema import ENTITY_TYPES

ONE_THING = [
    # another order
    ("Metric", "rate of convergence", "convergence rate"),
    ("Task", "detection of facial landmarks", "facial landmark detection"),
    ("Task", "3D open-vocabulary scene parsing", "open-vocabulary 3D scene parsing"),
    ("Method", "multilingual pretrained sequence tagger", "pre-trained multilingual sequence tagger"),
    # other words
    ("Method", "Hopfield nets", "Hopfield network"),
    ("Task", "robotic grasping", "robot grasping"),
    ("Metric", "energy consumption", "energy usage"),
    ("Dataset", "WMT14", "WMT 2014"),
    # an understood head
    ("Method", "word mover distance algorithm", "word mover distance"),
    ("Method", "gating mechanisms", "gating"),
    ("Method", "capsule-based approach", "capsules"),
    ("Metric", "BERTScore metric", "BERTScore"),
    ("Task", "slot filling task", "slot filling"),
    # names of the field
    ("Method", "CNNs", "convolutional network"),
    ("Method", "LSTM network", "long short-term memory"),
    ("Task", "RTE", "natural language inference"),
    ("Dataset", "COCO", "Microsoft COCO"),
    ("Metric", "F-measure", "F1 score"),
    # types
    ("Method", "Wasserstein distances", "Wasserstein distance"),
]

TWO_THINGS = [
    ("Task", "text-to-image retrieval of products", "image-to-text retrieval of products"),
    ("Method", "multi-view single-task network", "single-view multi-task network"),
    ("Method", "diffusion model", "model diffusion"),
    ("Method", "language model", "language"),
    ("Method", "knowledge graph", "knowledge"),
    ("Method", "policy network", "policy"),
    ("Method", "Transformer encoder", "Transformer"),
    ("Metric", "top-1 accuracy", "top-5 accuracy"),
    ("Dataset", "WMT14", "WMT16"),
    ("Dataset", "CIFAR-10", "CIFAR-100"),
    ("Task", "online learning", "offline learning"),
    ("Task", "convex optimization", "non-convex optimization"),
    ("Method", "graph neural network", "neural network"),
    ("Method", "SSL", "self-supervised learning"),
]


@pytest.mark.parametrize(("kind", "one", "other"), ONE_THING)
def test_one_thing_in_other_words(kind: str, one: str, other: str) -> None:
    found = entities(paper("a", (one, kind)), paper("b", (other, kind)))
    assert found[0] == found[1]


@pytest.mark.parametrize(("kind", "one", "other"), TWO_THINGS)
def test_two_things_stay_two(kind: str, one: str, other: str) -> None:
    found = entities(paper("a", (one, kind)), paper("b", (other, kind)))
    assert found[0] != found[1]


PARTS = "rate of convergence 3d scene net the model based multi view to image method 14 pre trained"
words = st.lists(st.sampled_from(PARTS.split()), min_size=1, max_size=6)


@settings(max_examples=200, deadline=None)
@given(words, st.sampled_from(ENTITY_TYPES))
def test_a_signature_is_of_every_order_of_modifiers_and_a_head_goes_once(some: list[str], kind: str) -> None:
    form = normal_form(" ".join(some), kind)
    assert signature(form, kind) == signature(normal_form(form, kind), kind)
    assert without_head(without_head(form, kind), kind) == without_head(form, kind) != ""
    # No rule makes up or loses a number, except that a year is written out.
    digits = "".join(sorted(letter for letter in signature(form, kind) if letter.isdigit()))
    assert digits.replace("0", "").replace("2", "") == "".join(sorted(filter(str.isdigit, form)))


def test_why_a_spelling_is_its_entity() -> None:
    told = resolve(
        [
            paper(
                "a", ("convolutional neural networks", "Method"), ("attention", "Method"), ("image dehazing", "Task")
            ),
            paper("b", ("convolutional nets", "Method"), ("attention mechanisms", "Method"), ("dehazing", "Task")),
            paper("c", ("CNNs", "Method"), ("rate of regret", "Metric"), ("regret rates", "Metric")),
            paper("d", ("Slot filling", "Task"), ("slot filling task", "Task")),
            paper("e", ("slot filling", "Task")),
            paper("f", ("slot-filling", "Method")),
        ]
    ).aliases
    assert [(alias.entity, alias.text, alias.reason) for alias in told if alias.reason != "same normal form"] == [
        ("method:attention", "attention mechanisms", "one of the field's names for attention"),
        ("method:convolutional-neural-network", "CNNs", "one of the field's names for convolutional neural network"),
        (
            "method:convolutional-neural-network",
            "convolutional nets",
            "one of the field's names for convolutional neural network",
        ),
        ("metric:rate-of-regret", "regret rates", "same words in another form or order"),
        ("task:dehazing", "image dehazing", "one of the field's names for dehazing"),
        ("task:slot-filling", "slot filling task", "'task' is understood"),
        ("task:slot-filling", "slot-filling", "majority type Task, here Method"),
    ]


def test_our_own_names_agree_and_no_ambiguous_abbreviation_is_among_them() -> None:
    known = Known.of(read(OURS.read_text("utf-8"), OURS.name))
    assert len(known.names) > 800
    ambiguous = ("CL", "DA", "DP", "LM", "MI", "ML", "PS", "SA", "SAM", "SL", "SR", "SSL", "TL")
    assert [short for short in ambiguous for kind in ENTITY_TYPES if (short.lower(), kind) in known.shorts] == []


def test_what_a_corpus_defines_wins_over_the_field() -> None:
    other = [
        paper(f"d{n}", ("MAE", "Method"), ("multi-agent estimation", "Method"), synonyms=((0, 1),)) for n in range(2)
    ]
    undefined, field = paper("u", ("MAE", "Method")), paper("f", ("masked autoencoders", "Method"))
    assert entities(undefined, field) == [("method:masked-autoencoder",)] * 2
    assert entities(*other, undefined, field)[2:] == [
        ("method:multi-agent-estimation",),
        ("method:masked-autoencoder",),
    ]
    # One paper is no majority, and yet enough to doubt what the field means.
    assert entities(other[0], undefined, field)[1:] == [("method:mae",), ("method:masked-autoencoder",)]


def test_synonyms_of_two_papers_are_one_and_never_by_a_chain() -> None:
    def called(id_: str, one: str, other: str) -> Extraction:
        return paper(id_, (one, "Task"), (other, "Task"), synonyms=((0, 1),))

    a, b, c = "salt finding", "brine search", "sea mining"
    assert len(set(entities(called("1", a, b))[0])) == 2
    assert set(sum(entities(called("1", a, b), called("2", a, b)), ())) == {"task:brine-search"}
    star = [called("1", a, b), called("2", a, b), called("3", b, c), called("4", b, c), called("5", b, c)]
    found = resolve(star)
    assert {entity for named in found.entities for entity in named} == {"task:brine-search"}
    assert Alias("task:brine-search", c, 3, "called a synonym by several papers") in found.aliases
    # Where most write c, b joins c; that two papers call a what b is makes a no c.
    chain = [*star, *(paper(f"c{n}", (c, "Task")) for n in range(3))]
    assert {entity for named in entities(*chain) for entity in named} == {"task:salt-finding", "task:sea-mining"}
    sizes = [called(str(n), "tagger base", "tagger large") for n in range(3)]
    assert {len(set(named)) for named in entities(*sizes)} == {2}


def test_a_name_that_several_papers_coin_is_of_several_things() -> None:
    first, second = (paper(id_, ("PRISM", "Method"), ("PRISM", "Method"), proposes=(0,)) for id_ in "ab")
    user = paper("c", ("PRISM", "Method"))
    assert entities(first, second) == [("method:prism@a",) * 2, ("method:prism@b",) * 2]
    assert entities(first, second, user)[2] == ("method:prism",)
    # What one paper proposes, and what most papers only use, is one thing.
    assert entities(first, user) == [("method:prism",) * 2, ("method:prism",)]
    users = [paper(f"u{n}", ("PRISM", "Method")) for n in range(3)]
    assert {entity for named in entities(first, second, *users) for entity in named} == {"method:prism"}
    plain = [paper(id_, ("curriculum learning", "Method"), proposes=(0,)) for id_ in "ab"]
    assert entities(*plain) == [("method:curriculum-learning",)] * 2


def test_a_user_wins_over_all() -> None:
    table = read('[Method]\n"slow learning" = ["SL", "CNNs"]\n[apart]\nMethod = ["attention mechanism"]\n', "own.toml")
    papers = [
        paper("a", ("slow learning", "Method"), ("attention", "Method")),
        paper("b", ("SL", "Method"), ("attention mechanisms", "Method"), ("convolutional network", "Method")),
        paper("c", ("SL", "Method"), ("supervised learning", "Method"), ("CNN", "Method"), synonyms=((0, 1),)),
    ]
    found = resolve(papers, Known.of(table))
    assert found.entities == [
        ("method:slow-learning", "method:attention"),
        ("method:slow-learning", "method:attention-mechanism", "method:convolutional-network"),
        ("method:slow-learning", "method:supervised-learning", "method:slow-learning"),
    ]
    # The user's name stands, however few write so.
    few = [paper("a", ("slow learning", "Method")), *(paper(f"{n}", ("fast forgetting", "Method")) for n in range(3))]
    named = resolve(few, Known.of({"Method": {"slow learning": ["fast forgetting"]}}))
    assert named.names == {"method:slow-learning": "slow learning"}
    reasons = {alias.text: alias.reason for alias in found.aliases}
    assert (reasons["SL"], reasons["CNN"]) == ("one of your aliases for slow learning",) * 2


@settings(max_examples=25, deadline=None)
@given(st.randoms(use_true_random=False))
def test_the_order_of_papers_means_nothing(order: random.Random) -> None:
    names = [name for _, *both in ONE_THING + TWO_THINGS for name in both]
    kinds = [kind for kind, *_ in ONE_THING + TWO_THINGS for _ in range(2)]
    papers = [
        paper(f"{n}", (one, kind), ("PRISM", "Method"), synonyms=((0, 1),) if kind == "Method" else (), proposes=(1,))
        for n, (one, kind) in enumerate(zip(names, kinds, strict=True))
    ]
    before = resolve(papers)
    shuffled = order.sample(papers, len(papers))
    after = resolve(shuffled)
    assert dict(zip((p.id for p in papers), before.entities, strict=True)) == dict(
        zip((p.id for p in shuffled), after.entities, strict=True)
    )
    assert (before.names, before.aliases) == (after.names, after.aliases)


FAULTY = [
    ('[Method]\n"a" = \n', 2, "no TOML: Invalid value"),
    ("[Model]\n", 1, "no table 'Model': there are Dataset, Method, Metric, Task and apart"),
    ('Method = "LLM"\n', 1, """'Method' is no table: write [Method], and "name" = ["alias", ...] below it"""),
    ('[Method]\n\n"graph" = "network"\n', 3, """'graph' needs a list of names: ["...", "..."]"""),
    ('[apart]\nModel = ["x"]\n', 2, "no type 'Model': there are Dataset, Method, Metric, Task"),
    (
        '[Task]\n"a b" = ["c"]\n"d" = ["C"]\n',
        3,
        "'C' is an alias of 'a b' and of 'd': choose one",
    ),
    (
        '[Task]\n"parsing" = ["tagging"]\n"tagging" = ["parsing"]\n',
        2,
        "'tagging' is an alias of 'parsing', and a name itself: make one of them the name",
    ),
    (
        '[Task]\n"parsing" = []\n"Parsing" = []\n',
        3,
        "'parsing' and 'Parsing' are one name: give it once",
    ),
]


@pytest.mark.parametrize(("text", "line", "reason"), FAULTY)
def test_a_faulty_file_of_aliases(text: str, line: int, reason: str) -> None:
    with pytest.raises(InputError) as told:
        read(text, "own.toml")
    assert str(told.value) == f"own.toml:{line}: {reason}"


def test_near_misses() -> None:
    found = near_misses(
        [
            *(("task:denoising", 3), ("task:denosing", 1), ("task:deniosing", 1), ("metric:denoising", 1)),
            *(("task:cognition", 5), ("task:recognition", 5), ("method:llama-2-large", 9), ("method:llama-3-large", 9)),
            *(("method:prism", 2), ("method:prism@a", 1), ("method:prism@b", 1)),
        ],
        [("task:tagging", "task:cognition", 1)],
    )
    assert found == [
        Near("method:prism", "method:prism@a", "one name that several papers propose"),
        Near("method:prism", "method:prism@b", "one name that several papers propose"),
        Near("method:prism@a", "method:prism@b", "one name that several papers propose"),
        Near("metric:denoising", "task:denoising", "one name, two types"),
        Near("task:cognition", "task:tagging", "called synonyms in 1 paper"),
        Near("task:deniosing", "task:denoising", "one letter apart"),
        Near("task:denoising", "task:denosing", "one letter apart"),
    ]


CORPUS = [
    (Paper.from_text(one.id, one.text), one)
    for one in (
        paper("a", ("deep slow net", "Method"), ("DSN", "Method"), ("tagging", "Task")),
        paper("b", ("slow deep network", "Method"), ("taging", "Task"), ("tagging", "Task")),
    )
]


def test_aliases_and_a_users_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assembled(Path("my.kg"), CORPUS)
    merged = "merged,method:deep-slow-net,deep slow net,slow deep network,1,same words in another form or order\n"
    assert kg("aliases", "my.kg", "--format", "csv") == (
        0,
        "what,entity,name,alias,papers,reason\n" + merged,
        "1 merge, 0 near misses\n",
    )
    assert kg("aliases", "my.kg", "--all", "--format", "csv").out.count("\n") == 6
    before = kg("aliases", "my.kg", "--all")
    Path("own.toml").write_text('[Method]\n"deep slow net" = ["DSN"]\n[Task]\ntagging = ["taging"]\n')
    assert kg("aliases", "my.kg", "--apply", "own.toml") == (
        0,
        "",
        "2 papers in my.kg, assembled anew with the aliases of own.toml\nNext: kg aliases my.kg\n",
    )
    assert kg("aliases", "my.kg", "--format", "csv").out == (
        "what,entity,name,alias,papers,reason\n"
        "merged,method:deep-slow-net,deep slow net,DSN,1,one of your aliases for deep slow net\n"
        + merged
        + "merged,task:tagging,tagging,taging,1,one of your aliases for tagging\n"
    )
    assert kg("aliases", "my.kg", "--forget").code == 0
    assert kg("aliases", "my.kg", "--all") == before


def test_aliases_that_no_paper_writes_change_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    before = assembled(Path("my.kg"), CORPUS).read_bytes()
    Path("own.toml").write_text('[Method]\n\n"deep slow net" = ["DSN",\n  "slowness"]\n')
    reason = "own.toml:4: no paper writes 'slowness': look at `kg aliases` and `kg show` for what they write"
    assert kg("aliases", "my.kg", "--apply", "own.toml") == (1, "", f"Error: {reason}\n")
    Path("own.toml").write_bytes(b"\xff")
    assert kg("aliases", "my.kg", "--apply", "own.toml") == (1, "", "Error: own.toml: cannot be read: no UTF-8\n")
    assert kg("aliases", "my.kg", "--apply", "no.toml") == (
        1,
        "",
        "Error: no.toml: cannot be read: No such file or directory\n",
    )
    assert Path("my.kg").read_bytes() == before
