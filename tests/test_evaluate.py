"""Evaluation against score.py, the measures everybody reports by, and against counts made by hand."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path

import pytest

from kg.assemble.judged import judge_edges
from kg.errors import InputError
from kg.evaluate import Annotated, Score, evaluate, read_annotated
from kg.model import Extraction, Mention, Relation, Result

SHARED = Path(__file__).resolve().parents[2] / "shared"
DEV = SHARED / "data" / "abstracts-dev.jsonl"

needs_shared = pytest.mark.skipif(not DEV.exists(), reason="no ../shared beside this clone")


def perturbed(line: str, dice: random.Random) -> str:
    """A gold line as a bad extractor would write it: moved, retyped, lost and made-up parts."""
    record = json.loads(line)
    types = ["Method", "Dataset", "Task", "Metric"]
    for mention in record["mentions"]:
        if dice.random() < 0.1:
            mention[0] = max(0, mention[0] - 2)
        if dice.random() < 0.1:
            mention[2] = dice.choice(types)
        mention.append(round(dice.random(), 3))
    record["relations"] = [
        [*(relation if dice.random() < 0.7 else [relation[2], relation[1], relation[0]]), 0.5]
        for relation in record["relations"]
        if dice.random() < 0.8
    ]
    if record["mentions"] and dice.random() < 0.3:
        record["proposes"] = [dice.randrange(len(record["mentions"]))]
    record["results"] = [result for result in record["results"] if dice.random() < 0.8]
    return json.dumps(record)


@needs_shared
@pytest.mark.parametrize("types", ["Method,Dataset,Task,Metric", "Method,Dataset,Task"])
@pytest.mark.parametrize("lacking", [(), ("proposes", "results")])
def test_numbers_are_those_of_score_py(tmp_path: Path, types: str, lacking: tuple[str, ...]) -> None:
    dice = random.Random(7)
    gold_lines = DEV.read_text(encoding="utf-8").splitlines()
    predicted_lines = [perturbed(line, dice) for line in gold_lines if dice.random() < 0.9]
    records = [json.loads(line) for line in gold_lines]
    gold_lines = [json.dumps({k: v for k, v in record.items() if k not in lacking}) for record in records]
    gold, predicted = tmp_path / "gold.jsonl", tmp_path / "predicted.jsonl"
    gold.write_text("\n".join(gold_lines), encoding="utf-8")
    predicted.write_text("\n".join(predicted_lines), encoding="utf-8")
    command = [sys.executable, SHARED / "annotation" / "score.py", gold, predicted, "--types", types, "--json"]
    theirs = json.loads(subprocess.run(command, capture_output=True, check=True, text=True).stdout)
    table = evaluate(read_annotated(gold_lines), read_annotated(predicted_lines), types.split(","))
    ours = {
        name: {"p": row.precision, "r": row.recall, "f1": row.f1, "gold": row.gold, "said": row.said}
        for name, row in table.measures.items()
    }
    assert ours == theirs
    assert len(gold_lines) == len(predicted_lines) + int(table.warnings[0].split()[0])


TEXT = "BERT for NER\nBERT beats LSTM on CoNLL."
GOLD = Extraction(
    "a",
    TEXT,
    ((0, 12), (13, 38)),
    (Mention(0, 4, "Method"), Mention(8, 11, "Task"), Mention(13, 17, "Method"), Mention(24, 28, "Method")),
    (Relation(0, "Used-For", 1), Relation(2, "Compare-With", 3)),
    (0,),
    (Result(1, "5"),),
)


def test_split_by_type_and_symmetric_relations() -> None:
    said = Extraction(
        "a",
        TEXT,
        GOLD.sentences,
        (Mention(0, 4, "Method"), Mention(8, 11, "Method"), Mention(13, 17, "Method"), Mention(24, 28, "Method")),
        (Relation(0, "Used-For", 1), Relation(3, "Compare-With", 2), Relation(2, "Part-Of", 3)),
        (2,),
        (Result(1, "6"),),
    )
    table = evaluate([GOLD], [said])
    assert table.mentions == {"Method": Score.of(3, 4, 3), "Task": Score.of(0, 0, 1)}
    assert table.relations == {
        "Compare-With": Score.of(1, 1, 1),
        "Part-Of": Score.of(0, 1, 0),
        "Used-For": Score.of(1, 1, 1),
    }
    assert table.measures == {
        "mention": Score.of(3, 4, 4),
        "span": Score.of(4, 4, 4),
        "entity": Score.of(2, 3, 3),
        "relation": Score.of(2, 3, 2),
        "relation+": Score.of(1, 3, 2),
        "triple": Score.of(2, 3, 2),
        "proposes": Score.of(1, 1, 1),
        "result": Score.of(0, 1, 1),
    }
    assert table.warnings == []


def test_perfect_and_missing() -> None:
    assert {row.f1 for row in evaluate([GOLD], [GOLD]).measures.values()} == {100.0}
    assert {row.f1 for row in evaluate([GOLD], []).measures.values()} == {0.0}
    assert evaluate([], [GOLD]).measures == {}


def test_warnings_and_errors() -> None:
    other = Extraction("b", "x\n", ((0, 1),))
    assert evaluate([GOLD, GOLD], [other]).warnings == [
        "a: twice in the gold data, the last one counts",
        "1 in the gold data without a prediction, counted as empty: a",
        "1 predicted but not in the gold data, not scored: b",
    ]
    with pytest.raises(InputError) as error:
        evaluate([GOLD], [Extraction("a", "x\n", ())])
    assert str(error.value) == "a: the predicted text is not the gold text; extract from the gold file's texts"
    with pytest.raises(InputError) as error:
        evaluate([GOLD], [Extraction("a", TEXT, (), (), (Relation(0, "Used-For", 1),))])
    assert str(error.value) == "a: mention 0 does not exist; the document has 0"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("[1]", "not a JSON object"),
        ('{"id": "a"}', "no 'text'"),
        ('{"id": "a", "text": "t", "mentions": 3}', "a field has another shape: 'int' object is not iterable"),
        ("{", "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"),
    ],
)
def test_bad_lines_are_named(line: str, reason: str) -> None:
    with pytest.raises(InputError) as error:
        list(read_annotated(["", line], "gold.jsonl"))
    assert str(error.value) == f"gold.jsonl:2: no extraction: {reason}"


def test_what_a_line_lacks() -> None:
    assert Annotated.from_json('{"id": "a", "text": "t", "results": []}').lacks == {"proposes"}


def test_edges_are_judged_by_the_names_that_the_gold_data_relates() -> None:
    text = "A parser\nFooNet and barnet parse with trees. BarNet and FooNet tag."
    sentences = ((0, 8), (9, 44), (45, 67))
    spans = [("FooNet", 9, "Method"), ("barnet", 20, "Method"), ("trees", 38, "Method"), ("BarNet", 45, "Method")]
    spans.append(("FooNet", 56, "Method"))

    def made(id_: str, *relations: Relation) -> Extraction:
        mentions = tuple(Mention(start, start + len(name), kind, 0.9) for name, start, kind in spans)
        return Extraction(id_, text, sentences, mentions, relations)

    gold = [made("a", Relation(3, "Compare-With", 4), Relation(0, "Feature-Of", 2)), made("b")]
    said = [
        made(
            "a",
            Relation(0, "Compare-With", 1, 0.5),
            Relation(4, "Compare-With", 3, 0.5),
            Relation(0, "Used-For", 2, 0.6),
        ),
        made("b", Relation(0, "Used-For", 2, 0.5)),
    ]
    assert judge_edges(gold, said) == [(0.75, True), (0.8, False)]
    assert judge_edges([], []) == []
