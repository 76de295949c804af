"""The same rows from the embedded engine and from a real Neo4j, for named, for written and for random queries."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from command_line import kg
from domain_queries import MOST, QUERIES, UNORDERED, filled
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from neo4j_server import Server

from kg import schema
from kg.errors import QueryError, QueryTimeout, ServerError
from kg.stores.embedded import EmbeddedEngine
from kg.stores.engine import Engine
from kg.stores.graph_file import GraphFile
from kg.stores.parameters import parse as parse_parameters
from kg.stores.queries import named
from kg.stores.server.address import parse
from kg.stores.server.connection import Server as Connection
from kg.stores.server.engine import ServerEngine
from kg.stores.server.load import load

SEEDS = Path(__file__).parents[2] / "shared" / "corpus" / "seed-papers.jsonl"


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The graph of the seeds."""
    path = tmp_path_factory.mktemp("seeds") / "seeds.kg"
    assert kg("build", SEEDS, "-o", path).code == 0
    return path


@pytest.fixture(scope="module")
def engines(running: Server, graph: Path) -> Iterator[tuple[Engine, Engine]]:
    """Both engines over the same graph."""
    running.clear()
    with Connection.open(parse(running.uri), running.user, running.password) as there:
        with GraphFile.open(graph) as file:
            load(file, there)
        with EmbeddedEngine.open(graph) as embedded:
            yield embedded, ServerEngine(there)


def same(engines: tuple[Engine, Engine], text: str, parameters: dict[str, Any]) -> int:
    """Compare the answers of both, and return how many rows they have."""
    unordered = parameters.pop(UNORDERED, None)
    embedded, there = (engine.run(text, parameters) for engine in engines)
    if unordered:
        embedded, there = (one._replace(rows=sorted(one.rows, key=repr)) for one in (embedded, there))
    assert embedded == there
    assert repr(embedded) == repr(there), "equal in Python, but 1 is no 1.0 and no true in Cypher"
    return len(embedded.rows)


@pytest.mark.parametrize(("text", "parameters"), QUERIES, ids=range(len(QUERIES)))
def test_domain_queries(engines: tuple[Engine, Engine], text: str, parameters: dict[str, Any]) -> None:
    most = engines[0].run(MOST).rows[0][0]
    count = same(engines, text, filled(parameters, most))
    proposed_twice = "q.id AS q" in text
    assert count > 0 or proposed_twice


@pytest.mark.parametrize("name", named())
def test_named_queries(engines: tuple[Engine, Engine], graph: Path, name: str) -> None:
    query = named()[name]
    _, options = re.findall(r"kg query \S+\.kg (\S+)(.*)", query.example)[0]
    given_ = [value.replace('"', "") for value in re.findall(r"-p (\w+:?=\"[^\"]+\"|\S+)", options)]
    same(engines, query.text, query.bind(parse_parameters(given_)))
    # And for names that the graph surely has.
    with GraphFile.open(graph) as file:
        names = {label: [name for name, _ in file.most_named(label, 3)] for label in schema.ENTITY_TYPES}
        titles = [str(node.properties["title"]) for node in file.nodes() if node.label == "Paper"][:3]
    for k in range(3):
        values: dict[str, Any] = {
            "task": names["Task"][k],
            "dataset": names["Dataset"][k],
            "paper": titles[k],
            "year": 2000,
            "first": names["Method"][0],
            "second": names["Task"][k],
            "name": names[("Method", "Task", "Dataset")[k]][0],
        }
        same(engines, query.text, query.bind({p.name: values[p.name] for p in query.parameters if p.name in values}))


# A grammar of portable queries: patterns of one to three nodes, conditions, and rows that a key puts in order.
LABELS = st.sampled_from([*schema.ENTITY_TYPES, "Method|Task", "Dataset|Metric"])
TYPES = st.sampled_from([*schema.LABELS, "USED_FOR|PART_OF", "SUBCLASS_OF*1..2", "COMPARED_WITH|SYNONYM_OF*1..2"])
NUMBERS = ("papers", "mentions", "first_year")


@st.composite
def conditions(draw: st.DrawFn, variables: list[str]) -> str:
    one = draw(st.sampled_from(variables))
    number = draw(st.sampled_from(NUMBERS))
    simple = st.sampled_from([
        f"{one}.{number} {draw(st.sampled_from(['<', '<=', '=', '<>', '>', '>=']))} {draw(st.integers(-1, 5))}",
        f"{one}.{number} IS NULL",
        f"{one}.name {draw(st.sampled_from(['CONTAINS', 'STARTS WITH', 'ENDS WITH']))} "
        f"'{draw(st.sampled_from(['a', 'net', 'G', 'tion', '']))}'",
        f"size({one}.aliases) > {draw(st.integers(0, 2))}",
        f"any(a IN {one}.aliases WHERE size(a) = {draw(st.integers(2, 8))})",
        f"{one}.papers IN [1, 3, null]",
        f"EXISTS {{ MATCH ({one})-[:{draw(st.sampled_from([*schema.LABELS]))}]->() }}",
        f"{draw(st.integers(0, 6))} < COUNT {{ MATCH ({one})--() }}",
        f"NOT {one}.name =~ '.*[aeiou]$'",
    ])  # fmt: skip
    first = draw(simple)
    if draw(st.booleans()):
        other = draw(conditions(variables))
        return f"({first} {draw(st.sampled_from(['AND', 'OR', 'XOR']))} NOT ({other}))"
    return first


@st.composite
def queries(draw: st.DrawFn) -> str:
    names = ["a", "b", "c"][: draw(st.integers(1, 3))]
    text = f"MATCH (a:{draw(LABELS)})"
    for name in names[1:]:
        arrow = draw(st.sampled_from([("-", "->"), ("<-", "-"), ("-", "-")]))
        text += f"{arrow[0]}[:{draw(TYPES)}]{arrow[1]}({name}:{draw(LABELS)})"
    if draw(st.booleans()):
        text += f" WHERE {draw(conditions(names))}"
    if draw(st.booleans()):
        text += f" OPTIONAL MATCH ({names[-1]})-[:{draw(st.sampled_from([*schema.LABELS]))}]->(o)"
        if draw(st.booleans()):
            text += f" WHERE {draw(conditions(['o']))}"
        names = [*names, "o"]
    keys = ", ".join(f"{name}.id AS {name}" for name in names)
    order = ", ".join(f"{name} {draw(st.sampled_from(['', 'DESC']))}".strip() for name in names)
    shape = draw(st.sampled_from(["rows", "distinct", "count", "groups", "case"]))
    if shape == "count":
        one = draw(st.sampled_from(names))
        number = draw(st.sampled_from(NUMBERS))
        return (
            f"{text} RETURN count(*) AS n, count({one}) AS k, count(DISTINCT {one}.id) AS d, sum({one}.{number}) AS s, "
            f"min({one}.{number}) AS lo, max({one}.{number}) AS hi"
        )
    if shape == "groups":
        return (
            f"{text} WITH a, count(*) AS n WHERE n > {draw(st.integers(0, 2))} "
            "RETURN labels(a)[0] AS label, a.id AS a, n ORDER BY n DESC, a"
        )
    if shape == "case":
        keys += f", CASE WHEN {draw(conditions(names))} THEN 1 ELSE 0 END AS yes"
    limit = f" SKIP {draw(st.integers(0, 3))} LIMIT {draw(st.integers(0, 20))}" if draw(st.booleans()) else ""
    distinct = "DISTINCT " if shape == "distinct" or limit else ""
    return f"{text} RETURN {distinct}{keys} ORDER BY {order}{limit}"


@settings(max_examples=100, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(text=queries())
def test_random_queries(engines: tuple[Engine, Engine], text: str) -> None:
    same(engines, text, {})


def test_a_server_only_reads(engines: tuple[Engine, Engine], running: Server) -> None:
    """Also where the guard is passed by: the server is told to only read."""
    with (
        Connection.open(parse(running.uri), running.user, running.password) as there,
        pytest.raises(ServerError),
        there.reading() as session,
    ):
        session.run("CREATE (:Method {id: 'x'})").consume()
    assert engines[1].run("MATCH (m:Method {id: 'x'}) RETURN m.id AS id").rows == []


def test_a_server_stops_a_heavy_query(engines: tuple[Engine, Engine]) -> None:
    heavy = "MATCH (a:Method), (b:Method), (c:Method), (d:Method) WHERE a.id < d.id RETURN count(*) AS c"
    with pytest.raises(QueryTimeout) as error:
        engines[1].run(heavy, timeout=1)
    assert str(error.value) == (
        "the query was stopped after 1 seconds: narrow it by a label, a name or a shorter path, or allow it more time"
    )
    assert engines[1].run("RETURN 1 AS a").rows == [(1,)]


def test_what_the_server_refuses_is_one_line(engines: tuple[Engine, Engine]) -> None:
    for text, parameters in (("RETURN 1 / 0 AS a", {}), ("RETURN foo(1) AS a", {}), ("RETURN $a AS a", {"a": 2**80})):
        with pytest.raises(QueryError) as error:
            engines[1].run(text, parameters)
        assert len(str(error.value).splitlines()) == 1


# Last, since it empties the database that ``engines`` filled.
def test_the_output_is_that_of_a_file(server: Server, tmp_path: Path) -> None:
    path = tmp_path / "a.kg"
    assert kg("build", Path(__file__).parents[1] / "kg" / "examples" / "papers.jsonl", "-o", path).code == 0
    assert kg("load", path, server.uri).code == 0
    whole = "MATCH (m:Method)-[r:USED_FOR]->(t:Task) RETURN m, r, properties(t) AS t ORDER BY m.id, t.id"
    for arguments in (
        ("methods-for-task", "-p", "task=image classification"),
        ("methods-for-task", "-p", "task=image clasification"),
        ("leaderboard", "-p", "task=machine translation", "--format", "csv"),
        ("path-between", "-p", "first=BERT", "-p", "second=ImageNet", "--format", "json"),
        (whole, "--format", "jsonl"),
        (whole, "--max-rows", "3"),
        ("MATCH (m:Metod) RETURN m",),
        ("CREATE (m:Method) RETURN m",),
        ("RETURN $x AS x",),
    ):
        assert kg("query", server.uri, *arguments) == kg("query", path, *arguments)
