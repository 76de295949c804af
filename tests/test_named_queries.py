from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import stores_graph as sample

from kg.errors import QueryError
from kg.stores.embedded import EmbeddedEngine
from kg.stores.guard import guarded
from kg.stores.parameters import parse as parse_parameters
from kg.stores.queries import NamedQuery, Parameter, named, parse
from kg.stores.tokens import tokens

NAMES = [
    "appear-together",
    "compared-with",
    "datasets-of-task",
    "evidence",
    "kinds-of",
    "leaderboard",
    "methods-for-task",
    "methods-on-dataset",
    "most-used",
    "neighbours",
    "new-since",
    "papers-on",
    "path-between",
    "proposed-by-paper",
]
CASES: list[dict[str, Any]] = json.loads((Path(__file__).parent / "golden" / "named-queries.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedEngine]:
    with EmbeddedEngine.open(sample.build(tmp_path_factory.mktemp("named") / "small.kg")) as opened:
        yield opened


def test_every_named_query_is_there_and_has_a_case() -> None:
    assert list(named()) == NAMES
    assert sorted({case["query"] for case in CASES}) == NAMES


@pytest.mark.parametrize("case", CASES, ids=[f"{case['query']}-{n}" for n, case in enumerate(CASES)])
def test_rows(engine: EmbeddedEngine, case: dict[str, Any]) -> None:
    query = named()[case["query"]]
    answer = engine.run(query.text, query.bind(parse_parameters(case["parameters"])))
    assert list(answer.columns) == case["columns"]
    assert [list(row) for row in answer.rows] == case["rows"]


@pytest.mark.parametrize("query", named().values(), ids=list(named()))
def test_a_named_query_is_portable(query: NamedQuery) -> None:
    found = tokens(query.text)
    words = [token.word for token in found]
    # Every column is named: as many AS as columns, or bare names that WITH made.
    last = len(words) - 1 - words[::-1].index("RETURN")
    order = words.index("ORDER", last)
    depth, columns, aliased = 0, 1, 0
    for token in found[last:order]:
        if token.kind == "mark":
            depth += (token.text in "([{") - (token.text in ")]}")
        columns += token.text == "," and depth == 0
        aliased += token.word == "AS" and depth == 0
    assert aliased == columns or (aliased == 0 and not any(token.text == "." for token in found[last:order]))
    assert "ID" not in [word for word, after in zip(words, found[1:], strict=False) if after.text == "("]
    assert guarded(query.text, {parameter.name for parameter in query.parameters}) == query.text
    example = re.fullmatch(r"kg query \S+\.kg (\S+)((?: -p (?:\w+=\"[^\"]+\"|\S+))+|)", query.example)
    assert example is not None
    assert example[1] == query.name
    query.bind(
        parse_parameters(value.replace('"', "") for value in re.findall(r"-p (\w+:?=\"[^\"]+\"|\S+)", example[2]))
    )


def test_a_header() -> None:
    text = (
        "// Which?\n// $task: string, name of the task, or so\n// $least: integer = 2, papers\n"
        "// example: kg query x.kg q -p task=a\n\nRETURN $task AS t, $least AS l\n"
    )
    query = NamedQuery(
        "q",
        "Which?",
        (
            Parameter("task", "string", "name of the task, or so"),
            Parameter("least", "integer", "papers", optional=True, default=2),
        ),
        "kg query x.kg q -p task=a",
        "RETURN $task AS t, $least AS l\n",
    )
    assert parse("q", text) == query
    assert [parameter.entity for parameter in query.parameters] == [True, False]
    assert query.bind({"task": "a"}) == {"task": "a", "least": 2}
    assert query.bind({"least": 0, "task": ""}) == {"task": "", "least": 0}


@pytest.mark.parametrize(
    "header",
    [
        "",
        "// Which\n// example: x\n",
        "// Which?\n",
        "// Which?\n// $task string\n// example: x\n",
        "// Which?\n// $t: date, x\n// example: x\n",
    ],
)
def test_a_header_of_another_form_is_refused(header: str) -> None:
    with pytest.raises(QueryError, match=r"^q\.cypher: "):
        parse("q", header + "RETURN 1 AS a\n")


@pytest.mark.parametrize(
    ("name", "given", "message"),
    [
        ("methods-for-task", {}, 'methods-for-task needs task, name of the task: for example kg query seeds.kg '
         'methods-for-task -p task="continual learning"'),
        ("methods-for-task", {"tsk": "a"}, "methods-for-task has no parameter tsk: it takes task, limit"),
        ("methods-for-task", {"task": 1}, "methods-for-task: task is not of type string: give it as -p task=TEXT"),
        ("new-since", {"year": "2020"}, "new-since: year is not of type integer: give it as -p year:=VALUE"),
        ("new-since", {"year": True}, "new-since: year is not of type integer: give it as -p year:=VALUE"),
        ("most-used", {"type": "method"}, "most-used: type is one of Dataset, Method, Metric, Task: "
         "give it as -p type=Method"),
    ],
)  # fmt: skip
def test_parameters_of_a_named_query(name: str, given: dict[str, Any], message: str) -> None:
    with pytest.raises(QueryError) as error:
        named()[name].bind(given)
    assert str(error.value) == message
