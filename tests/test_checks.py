"""Graph files compared, read again, and read by year: what differs, what is wrong, what was reported, what rises."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from command_line import kg
from stores_graph import assembled

from kg.model import Extraction, Mention, Paper, Relation, Result
from kg.stores.boards import boards, history, reported
from kg.stores.check import contradictions, faults
from kg.stores.compare import Change, differences
from kg.stores.graph_file import GraphFile
from kg.stores.trends import trends


def read(id_: str, year: int, text: str, names: list[tuple[str, str]], **stated: object) -> tuple[Paper, Extraction]:
    """A paper of one sentence beside its title, with names of that in reading order, and what was read in it."""
    title, _, sentence = text.partition("\n")
    mentions, at = [], len(title)
    for name, kind in names:
        at = text.index(name, at)
        mentions.append(Mention(at, at + len(name), kind, 0.9))
        at += len(name)
    sentences = ((0, len(title)), (len(title) + 1, len(text)))
    return Paper(id_, title, sentence, year), Extraction(id_, text, sentences, tuple(mentions), **stated)  # type: ignore[arg-type]


CORPUS = [
    read(
        "a",
        2019,
        "Seals\nSeal is a Fish used for Parsing and reaches 81.5 F1 on Bank.",
        [("Seal", "Method"), ("Fish", "Method"), ("Parsing", "Task"), ("F1", "Metric"), ("Bank", "Dataset")],
        relations=(Relation(0, "SubClass-Of", 1, 0.8), Relation(0, "Used-For", 2, 0.7)),
        proposes=(0,),
        results=(Result(1, "81.5", "F1", "Seal", "Bank", "Parsing"),),
    ),
    read(
        "b",
        2020,
        "Fish\nA Fish is a Seal; we compare it with Whale, at 85 F1 on Bank for Parsing.",
        [
            *(("Fish", "Method"), ("Seal", "Method"), ("Whale", "Method"), ("F1", "Metric"), ("Bank", "Dataset")),
            ("Parsing", "Task"),
        ],
        relations=(Relation(0, "SubClass-Of", 1, 0.6), Relation(2, "Compare-With", 1, 0.9)),
        results=(Result(1, "85", "F1", "Whale", "Bank", "Parsing"),),
    ),
    read(
        "c",
        2021,
        "Whales\nWhale has a word error rate of 7% where Seal had 9%, and 83 F1 on Bank for Parsing.",
        [
            *(("Whale", "Method"), ("word error rate", "Metric"), ("Seal", "Method"), ("F1", "Metric")),
            *(("Bank", "Dataset"), ("Parsing", "Task")),
        ],
        relations=(Relation(0, "Compare-With", 2, 0.8),),
        results=(
            Result(1, "7%", "word error rate", "Whale", None, "Parsing"),
            Result(1, "9%", "word error rate", "Seal", None, "Parsing"),
            Result(1, "83", "F1", "Whale", "Bank", "Parsing"),
        ),
    ),
]


@pytest.fixture
def three(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return assembled(Path("three.kg"), CORPUS)


# verify


def test_what_was_assembled_is_right(three: Path) -> None:
    with GraphFile.open(three) as file:
        assert list(faults(file)) == []
        assert contradictions(file) == [("SUBCLASS_OF", "method:fish", "method:seal")]
    said = "45 edges read again in 46 places of 3 papers: 0 faults, 1 ring\n"
    assert kg("verify", three) == (0, "Ring of SUBCLASS_OF: method:fish -> method:seal -> method:fish\n", said)
    record = {"faults": [], "rings": [["SUBCLASS_OF", "method:fish", "method:seal"]]}
    assert kg("verify", three, "--json") == (0, json.dumps(record) + "\n", said)
    assert "  Fish  1 paper, confidence 0.80, but also said the other way round\n" in kg("show", three, "Seal").out


SEAL = "head = 'method:seal' AND type = 'SUBCLASS_OF'"
IN_A = "method:seal SUBCLASS_OF method:fish in paper 'a', sentence 1"
TAMPERED = [
    (
        f"UPDATE evidence SET sentence = 7 WHERE {SEAL}",
        [(IN_A.replace("sentence 1", "sentence 7"), "there is no such sentence")],
    ),
    (f"UPDATE evidence SET tail_start = 0 WHERE {SEAL}", [(IN_A, "method:fish lies outside the sentence")]),
    (f"UPDATE evidence SET tail_start = tail_start + 1 WHERE {SEAL}", [(IN_A, "'ish' is not method:fish")]),
    (f"UPDATE evidence SET tail_start = 'here' WHERE {SEAL}", [(IN_A, "its place is no number")]),
    (f"UPDATE evidence SET head_start = NULL WHERE {SEAL}", [(IN_A, "the head has no place")]),
    (
        f"UPDATE evidence SET type = 'PART_OF' WHERE {SEAL}",
        [
            ("method:seal SUBCLASS_OF method:fish", "no sentence states it"),
            ("method:seal PART_OF method:fish", "there are sentences, but no such edge"),
            (IN_A.replace("SUBCLASS", "PART"), "the paper states no such relation"),
        ],
    ),
    (f"DELETE FROM evidence WHERE {SEAL}", [("method:seal SUBCLASS_OF method:fish", "no sentence states it")]),
    (
        f"UPDATE edge SET support = 2 WHERE {SEAL}",
        [("method:seal SUBCLASS_OF method:fish", "support is 2, and 1 in its sentences")],
    ),
    (
        "UPDATE edge SET count = 5 WHERE head = 'paper:a' AND tail = 'task:parsing'",
        [
            ("paper:a MENTIONS task:parsing", "count is 5, and 1 in its sentences"),
            ("task:parsing", "mentions is 3, and 7 by its edges"),
        ],
    ),
    ("UPDATE entity SET papers = 9 WHERE id = 'method:whale'", [("method:whale", "papers is 9, and 2 by its edges")]),
    (
        "UPDATE evidence SET tail_start = 16, tail_end = 20, tail = 'method:fish' WHERE type = 'PROPOSES'",
        [
            ("paper:a PROPOSES method:seal", "no sentence states it"),
            ("paper:a PROPOSES method:fish", "there are sentences, but no such edge"),
            ("paper:a PROPOSES method:fish in paper 'a', sentence 1", "the paper does not propose it"),
        ],
    ),
    (
        "UPDATE extraction SET record = json_set(record, '$.proposes', json('[]')) WHERE record LIKE '{\"id\": \"a\"%'",
        [("paper:a PROPOSES method:seal in paper 'a', sentence 1", "the paper does not propose it")],
    ),
    ("UPDATE alias SET text = 'Fishes' WHERE entity = 'metric:f1'", None),
]


@pytest.mark.parametrize(("change", "wrong"), TAMPERED, ids=[change for change, _ in TAMPERED])
def test_what_was_changed_since_is_found(three: Path, change: str, wrong: list[tuple[str, str]] | None) -> None:
    with sqlite3.connect(three) as database:
        assert database.execute(change).rowcount >= 1
    database.close()
    with GraphFile.open(three) as file:
        found = [tuple(fault) for fault in faults(file)]
    stale = [] if "extraction" in change else [("graph", "its fingerprint is not that of what is in it")]
    if wrong is None:
        assert {reason for _, reason in found[1:]} == {"'F1' is not metric:f1"}
    else:
        assert found == stale + wrong
    assert kg("verify", three).code == (4 if found else 0)


# diff


def test_equal_graphs_do_not_differ(three: Path) -> None:
    again = assembled(Path("again.kg"), CORPUS[::-1])
    assert kg("diff", three, again) == (0, "", "The graphs are equal.\n")


def test_what_came_went_and_changed(three: Path) -> None:
    two = assembled(Path("two.kg"), CORPUS[:2])
    with GraphFile.open(two) as old, GraphFile.open(three) as new:
        forth, back = list(differences(old, new)), list(differences(new, old))
        keys = {("node", (node.id,)) for node in new.nodes()} ^ {("node", (node.id,)) for node in old.nodes()}
        keys |= {("edge", edge[:3]) for edge in new.edges()} ^ {("edge", edge[:3]) for edge in old.edges()}
        keys |= {("alias", one[:2]) for one in new.all_aliases()} ^ {("alias", one[:2]) for one in old.all_aliases()}
    assert {(one.what, one.key) for one in forth if one.how == "came"} == keys
    assert not any(one.how == "went" for one in forth)
    turned = {"came": "went", "went": "came", "changed": "changed"}
    assert back == [Change(one.what, turned[one.how], one.key, one.new, one.old) for one in forth]
    compared = next(one for one in forth if one.key == ("method:seal", "COMPARED_WITH", "method:whale"))
    assert compared == Change(
        "edge",
        "changed",
        ("method:seal", "COMPARED_WITH", "method:whale"),
        {"support": 1, "mentions": 1, "confidence": 0.9, "evidence": []},
        {"support": 2, "mentions": 2, "confidence": 0.98, "evidence": [["c", 1, 47, 51, 7, 12, 0.8]]},
    )
    done = kg("diff", two, three)
    assert done.code == 4
    assert (
        "~ edge method:seal  COMPARED_WITH  method:whale\n    support: 1 -> 2\n    mentions: 1 -> 2\n"
        "    confidence: 0.9 -> 0.98\n    + paper c, sentence 1\n"
    ) in done.out
    lines = [json.loads(line) for line in kg("diff", two, three, "--json").out.splitlines()]
    assert lines == [json.loads(json.dumps(one._asdict())) for one in forth]


# leaderboards


def test_leaderboards(three: Path) -> None:
    with GraphFile.open(three) as file:
        every = reported(file, {})
        assert boards(every) == [("Parsing", "Bank", "F1", 3), ("Parsing", "", "word error rate", 2)]
        on_bank = reported(file, {"Dataset": "dataset:bank"})
        assert [(one.text, one.value, one.method, one.year, one.paper) for one in on_bank] == [
            ("85", 85.0, "Whale", 2020, "b"),
            ("83", 83.0, "Whale", 2021, "c"),
            ("81.5", 81.5, "Seal", 2019, "a"),
        ]
        # A smaller error is the better one, and stands first.
        errors = reported(file, {"Metric": "metric:word-error-rate"})
        assert [(one.text, one.value, one.unit) for one in errors] == [("7%", 7.0, "%"), ("9%", 9.0, "%")]
        assert [(one.text, one.year) for one in history(on_bank)] == [("81.5", 2019), ("85", 2020)]
        assert [one.text for one in history(errors)] == ["7%"]
    asked = ("leaderboard", three, "--task", "parsing", "--dataset", "BANK", "--history", "--format", "csv")
    sentences = [extraction.text.partition("\n")[2] for _, extraction in CORPUS]
    assert kg(*asked) == (
        0,
        "task,dataset,metric,text,value,unit,method,year,paper,sentence\n"
        f"Parsing,Bank,F1,81.5,81.5,,Seal,2019,a,{sentences[0]}\n"
        f'Parsing,Bank,F1,85,85.0,,Whale,2020,b,"{sentences[1]}"\n',
        "",
    )
    assert kg("leaderboard", three, "--format", "csv").out == (
        "task,dataset,metric,results\nParsing,Bank,F1,3\nParsing,,word error rate,2\n"
    )
    assert kg("leaderboard", three, "--dataset", "Bank", "--method", "Fish")[::2] == (
        0,
        "No result is joined to all of these: give fewer of them\n",
    )
    assert kg("leaderboard", three, "--dataset", "Banc") == (
        1,
        "",
        "Error: three.kg: no dataset is called 'Banc': did you mean 'Bank'?\n",
    )


# trends


def by_year(name: str, counts: dict[int, int]) -> list[tuple[Paper, Extraction]]:
    return [
        read(f"{name}{year}-{n}", year, f"Of it\n{name} is {year}, {n}.", [(name, "Method")])
        for year, count in counts.items()
        for n in range(count)
    ]


def test_trends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    counts = {"Rising": {2019: 1, 2020: 2, 2022: 9}, "Falling": {2018: 9, 2019: 8, 2022: 1}, "Even": {2018: 3, 2022: 3}}
    corpus = [one for name, years in counts.items() for one in by_year(name, years)]
    path = assembled(Path("years.kg"), corpus + by_year("Rare", {2022: 4}))
    with GraphFile.open(path) as file:
        totals, found = trends(file, "Method", late=2)
    assert totals == {2018: 12, 2019: 9, 2020: 2, 2022: 17}
    assert [(one.name, one.papers) for one in found] == [(name, counts[name]) for name in ("Rising", "Even", "Falling")]
    signs: list[Callable[[float], bool]] = [lambda x: x > 2, lambda x: -1 < x < 1, lambda x: x < -2]
    assert [sign(one.surprise) for sign, one in zip(signs, found, strict=True)] == [True] * 3
    lines = kg("trends", path, "--late", "2", "--format", "csv").out.splitlines()
    assert lines[0] == "name,trend,change,surprise,2018,2019,2020,2022"
    assert lines[1].split(",")[:2] + lines[1].split(",")[4:] == ["Rising", "rising", "0", "1", "2", "9"]
    assert lines[-1].startswith("Falling,falling,") or lines[-2].startswith("Falling,falling,")
    none = assembled(Path("none.kg"), [])
    assert kg("trends", none)[::2] == (0, "Nothing can rise or fall: the papers are of one year, or have no year\n")
