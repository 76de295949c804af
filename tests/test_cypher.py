from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import stores_graph as sample
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.errors import GraphFileError, QueryError, QueryTimeout
from kg.model import Edge, Graph, Node
from kg.stores.embedded import EmbeddedEngine
from kg.stores.engine import Rows
from kg.stores.graph_file import GraphFile
from kg.stores.guard import guarded
from kg.stores.memory import load
from kg.stores.parameters import parse


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedEngine]:
    path = sample.build(tmp_path_factory.mktemp("cypher") / "small.kg")
    with EmbeddedEngine.open(path) as opened:
        yield opened


PASSES = [
    "MATCH (m:Method) RETURN m.name AS name",
    "RETURN 'CREATE (n); DELETE' AS a, \"SET\" AS b",
    "RETURN 'it\\'s' AS a // DELETE it",
    "/* MERGE */ MATCH (n:`Method`) RETURN n.id AS `set`",
    "MATCH (n) RETURN n.id AS create",
    "RETURN {set: 1, delete: 2} AS a",
    "MATCH (a)-[:USED_FOR|PART_OF*1..3]->(b:Task|Method) RETURN a.id AS a, b.id AS b",
    "MATCH (a)-[*2]-(b)-[*..3]-(c) RETURN 2 * 3 AS six",
    "MATCH (a)-[r]->(b) WHERE r.support * 2 > 1 RETURN r.count AS c, b:Method AS m",
    "MATCH (n:Paper) RETURN [x IN n.authors WHERE x <> 'a' | x][0..2] AS a",
    "WITH {foo: 1} AS m RETURN m.foo AS foo",
    "MATCH (n:Method) WITH n.name AS n RETURN n",
    "MATCH (n:Method), (m:Task) WITH DISTINCT n AS n, m.name AS m ORDER BY n.id, m RETURN n.id AS id, m",
    "UNWIND [{a: 'BERT'}] AS row MATCH (m:Method {name: row.a}) RETURN m.id AS id",
    "MATCH (m:Method) WHERE (1 < COUNT { (m)--() }) RETURN abs(COUNT { (m)--() }) AS n",
    "MATCH (m) WHERE EXISTS { MATCH (m)-[:PART_OF]->(:Method) } RETURN COUNT { MATCH (m)--() } AS c",
    "RETURN 1.5e3 + .5 + 0x1F AS number;",
    "RETURN 1 AS start, 2 AS use",
]

LABELS = "one of Dataset, Method, Metric, Paper, Result, Task"
ENTITY = "one of aliases, first_year, id, last_year, mentions, name, papers"
NAMES_CLAUSE = "writes, and a query may only read; if it is a name, write"
REFUSED = [
    ("CREATE (n:Method)", f"line 1, column 1: CREATE {NAMES_CLAUSE} `CREATE` in backticks"),
    ("MATCH (n)\nSET n.name = 'x'", f"line 2, column 1: SET {NAMES_CLAUSE} `SET` in backticks"),
    ("merge (n:Method {id: 'x'})", f"line 1, column 1: MERGE {NAMES_CLAUSE} `merge` in backticks"),
    ("MATCH (n) DETACH DELETE n", f"line 1, column 11: DETACH {NAMES_CLAUSE} `DETACH` in backticks"),
    ("MATCH (n) REMOVE n.name", f"line 1, column 11: REMOVE {NAMES_CLAUSE} `REMOVE` in backticks"),
    ("DROP INDEX x", f"line 1, column 1: DROP {NAMES_CLAUSE} `DROP` in backticks"),
    ("FOREACH (x IN [1] | CREATE (n))", f"line 1, column 1: FOREACH {NAMES_CLAUSE} `FOREACH` in backticks"),
    (
        "LOAD CSV FROM 'file:///etc/passwd' AS l RETURN l",
        "line 1, column 1: LOAD reads files, and a query may only read the graph; "
        "if it is a name, write `LOAD` in backticks",
    ),
    (
        "CALL db.labels()",
        "line 1, column 1: CALL is not allowed: a query may only read the graph; for a subquery use EXISTS { }, "
        "COUNT { } or WITH; if it is a name, write `CALL` in backticks",
    ),
    (
        "RETURN 1 AS a; RETURN 2 AS a",
        "line 1, column 14: one statement at a time: leave out the semicolon and what follows",
    ),
    ("EXPLAIN RETURN 1 AS a", "line 1, column 1: EXPLAIN is not allowed: start with MATCH, UNWIND or WITH"),
    ("show indexes", "line 1, column 1: SHOW is not allowed: start with MATCH, UNWIND or WITH"),
    ("RETURN 1 AS a FORMAT CSV", "line 1, column 15: FORMAT CSV is no Cypher: use --format csv"),
    (
        "MATCH (n) RETURN elementId(n) AS e",
        "line 1, column 18: elementId() differs between engines: use the property, n.id",
    ),
    (
        "MATCH (m:Method) RETURN reverse(m.aliases) AS r",
        "line 1, column 25: reverse() of a stored list fails on Neo4j: write reverse([x IN m.aliases | x])",
    ),
    (
        "MATCH (t:Task) RETURN t.papers AS n, t.name AS t ORDER BY n, t.id",
        "line 1, column 62: t is a column here in some engines and a variable in others: give the column another name",
    ),
    (
        "MATCH (t:Task) WITH DISTINCT t.name AS t ORDER BY t.id LIMIT 3 RETURN t",
        "line 1, column 51: t is a column here in some engines and a variable in others: give the column another name",
    ),
    (
        "MATCH (m:Method) WHERE (COUNT { (m)--() } > 3) RETURN m.id AS id",
        "line 1, column 25: brackets that begin with COUNT { } fail in some engines: "
        "compare the other way round, (1 < COUNT { ... })",
    ),
    (
        "MATCH (m:Method) RETURN COLLECT { MATCH (m)--(n) RETURN n.id } AS ids",
        "line 1, column 25: COLLECT { } fails in some engines: use WITH and collect()",
    ),
    ("MATCH (n) RETURN keys(n) AS k", "line 1, column 18: keys() differs between engines: write properties(n)"),
    ("MATCH (a)-[*]->(b) RETURN a", "line 1, column 12: variable length needs an upper bound, such as *1..3"),
    ("MATCH (a)-[:BY*2..]->(b) RETURN a", "line 1, column 15: variable length needs an upper bound, such as *1..3"),
    ("MATCH (n:Metod) RETURN n", f"line 1, column 10: unknown label Metod: did you mean Method? {LABELS}"),
    ("MATCH (n:Method|Foo) RETURN n", f"line 1, column 17: unknown label Foo: {LABELS}"),
    (
        "MATCH (n:$label) RETURN n",
        "line 1, column 10: a label cannot be a parameter: write it out",
    ),
    (
        "MATCH (p:Paper) RETURN p.name AS n",
        "line 1, column 26: Paper has no property name: one of abstract, authors, doi, id, title, url, venue, year",
    ),
    ("MATCH (m:Method) RETURN m.title AS t", f"line 1, column 27: Method has no property title: {ENTITY}"),
    (
        "MATCH (m:Method {nam: 1}) RETURN m",
        f"line 1, column 18: Method has no property nam: did you mean name? {ENTITY}",
    ),
    ("MATCH ()-[r:PROPOSES]->() RETURN r.count AS c", "line 1, column 36: PROPOSES has no property count: it has none"),
    (
        "MATCH ()-[r:USED_FOR]->() RETURN r {.support} AS r2",
        "line 1, column 34: r { } on a relationship gives nothing in some engines: write {support: r.support}",
    ),
    ("RETURN 'open", "line 1, column 8: ' opens something that is never closed"),
    ("RETURN 1 /* open", "line 1, column 10: / opens something that is never closed"),
    (" // nothing", "the query is empty: write one such as MATCH (m:Method) RETURN m.name AS name LIMIT 10"),
]


@pytest.mark.parametrize("query", PASSES)
def test_the_guard_lets_through_what_reads(engine: EmbeddedEngine, query: str) -> None:
    guarded(query, ())
    engine.run(query)


@pytest.mark.parametrize(("query", "message"), REFUSED)
def test_the_guard_refuses(query: str, message: str) -> None:
    with pytest.raises(QueryError) as error:
        guarded(query, ())
    assert str(error.value) == message


def test_an_unknown_relationship_type_names_the_known_ones() -> None:
    with pytest.raises(QueryError) as error:
        guarded("MATCH ()-[:USED_FR]->() RETURN 1 AS a", ())
    assert str(error.value) == (
        "line 1, column 12: unknown relationship type USED_FR: did you mean USED_FOR? one of BENCHMARK_FOR, BY, "
        "COMPARED_WITH, EVALUATED_WITH, FOR, MEASURES, MENTIONS, ON, PART_OF, PROPOSES, REPORTS, SUBCLASS_OF, "
        "SUBTASK_OF, SYNONYM_OF, TRAINED_WITH, USED_FOR"
    )


@pytest.mark.parametrize(
    ("given_", "message"),
    [
        ({}, "no value for parameter a: give it as -p a=TEXT"),
        ({"a": 1, "c": 2, "b": 3}, "the query has no parameter b, c: it asks for a"),
    ],
)
def test_parameters_are_all_and_only_those_asked_for(
    engine: EmbeddedEngine, given_: dict[str, Any], message: str
) -> None:
    with pytest.raises(QueryError) as error:
        engine.run("RETURN $a AS a, '$b' AS b // $c", given_)
    assert str(error.value) == message


@pytest.mark.parametrize(
    ("given_", "values"),
    [
        ([], {}),
        (["a=b=c", "b=", "c:=[1, true, null]", "d:=-2.5", 'e:="2"', "é= x "],
         {"a": "b=c", "b": "", "c": [1, True, None], "d": -2.5, "e": "2", "é": " x "}),
    ],
)  # fmt: skip
def test_parameters_of_a_command_line(given_: list[str], values: dict[str, Any]) -> None:
    assert parse(given_) == values


@pytest.mark.parametrize(
    ("given_", "message"),
    [
        (["x"], "parameter 'x' has no name and value: write name=text or name:=2020"),
        (["=x"], "parameter '=x' has no name and value: write name=text or name:=2020"),
        (["a=1", "a:=1"], "parameter a is given twice: give it once"),
        (["a:=x"], "parameter a: 'x' is not JSON, such as 2020, true or [1, 2]: write a=x for text"),
        (["a:=NaN"], "parameter a: 'NaN' is not JSON, such as 2020, true or [1, 2]: write a=NaN for text"),
        (["a:="], "parameter a: '' is not JSON, such as 2020, true or [1, 2]: give a value after :="),
    ],
)
def test_parameters_that_cannot_be_read(given_: list[str], message: str) -> None:
    with pytest.raises(QueryError) as error:
        parse(given_)
    assert str(error.value) == message


BERT = {
    "label": "Method",
    "id": "method:bert",
    "aliases": ["BERT", "Bidirectional Encoder Représentations"],
    "first_year": 2018,
    "last_year": 2019,
    "mentions": 4,
    "name": "BERT",
    "papers": 3,
}
SUBCLASS = {
    "confidence": 0.9,
    "mentions": 1,
    "papers": ["b"],
    "sentences": ["RoBERTa is a kind of BERT."],
    "support": 1,
}

# What the engine would do otherwise, or does otherwise than Neo4j in other versions: told apart by whole values.
TRAPS: list[tuple[str, dict[str, Any], Rows]] = [
    ("MATCH (n:Method {id: $id}) RETURN n", {"id": "method:bert"}, Rows(("n",), [(BERT,)])),
    (
        "MATCH p = (:Method {name: 'RoBERTa'})-[r:SUBCLASS_OF]->(b) RETURN r, p",
        {},
        Rows(
            ("r", "p"),
            [
                (
                    {"type": "SUBCLASS_OF", **SUBCLASS},
                    {
                        "nodes": [
                            {
                                "label": "Method",
                                "id": "method:roberta",
                                "aliases": ["RoBERTa"],
                                "first_year": 2019,
                                "last_year": 2020,
                                "mentions": 2,
                                "name": "RoBERTa",
                                "papers": 1,
                            },
                            BERT,
                        ],
                        "relationships": [{"type": "SUBCLASS_OF", **SUBCLASS}],
                    },
                )
            ],
        ),
    ),
    (
        "MATCH (n:Result) RETURN properties(n) AS p ORDER BY n.id LIMIT 1",
        {},
        Rows(
            ("p",),
            [({"id": "result:a:2:0", "sentence": "It reaches 93.2 F1 on SQuAD.", "text": "93.2", "value": 93.2},)],
        ),
    ),
    ("MATCH (n) RETURN labels(n)[0] AS l, count(*) AS c ORDER BY l", {},
     Rows(("l", "c"), [("Dataset", 1), ("Method", 3), ("Metric", 1), ("Paper", 3), ("Result", 3), ("Task", 2)])),
    # A property that no node has at all is null, and no error.
    ("MATCH (p:Paper {doi: 'x'}) RETURN p.id AS id", {}, Rows(("id",), [])),
    ("MATCH (p:Paper) RETURN p.doi AS d, p.year AS y, p.authors AS a ORDER BY p.id", {},
     Rows(("d", "y", "a"), [(None, 2018, ["D. One", "É. Two"]), (None, 2019, None), (None, None, None)])),
    # A relationship type that the graph has none of matches nothing.
    ("MATCH (:Method)-[r:PART_OF]->(:Method) RETURN count(r) AS c", {}, Rows(("c",), [(0,)])),
    # Names are compared whatever their case, beyond ASCII too.
    ("MATCH (n:Method) WHERE any(a IN n.aliases WHERE toLower(a) = toLower($a)) RETURN n.id AS id",
     {"a": "BIDIRECTIONAL ENCODER REPRÉSENTATIONS"}, Rows(("id",), [("method:bert",)])),
    # What a parameter holds is never read as Cypher.
    ("MATCH (n:Method) WHERE n.name = $a RETURN n.id AS id", {"a": "x' OR 1=1 OR 'a'='"}, Rows(("id",), [])),
    ("RETURN $a AS a, $b AS b, $c AS c, $d AS d", {"a": [1, 2.5, None, True], "b": {"k": ["v"]}, "c": "É`'", "d": None},
     Rows(("a", "b", "c", "d"), [([1, 2.5, None, True], {"k": ["v"]}, "É`'", None)])),
    # Strings end where the guard thinks they end.
    ("RETURN 'a\\'b' AS a, \"c\\\"d\" AS b, 'e\\\\' AS c, '//' AS d, '/* e */' AS e, size('\\n') AS f", {},
     Rows(("a", "b", "c", "d", "e", "f"), [("a'b", 'c"d', "e\\", "//", "/* e */", 1)])),
    ("RETURN 1 /* a\n'b */ + 2 AS a // 'c", {}, Rows(("a",), [(3,)])),
    ("RETURN date('2020-02-03') AS a, 7 / 2 AS b, 7 % 4 AS c, 1.0 AS d, 'x' <> 'y' AS e", {},
     Rows(("a", "b", "c", "d", "e"), [("2020-02-03", 3, 3, 1.0, True)])),
    ("MATCH (:Method {name: 'RoBERTa'})-[:SUBCLASS_OF*1..12]->(m) RETURN m.id AS id ORDER BY id", {},
     Rows(("id",), [("method:bert",), ("method:language-model",)])),
    ("MATCH (n:Method)-[:COMPARED_WITH]-(m) RETURN n.id AS n, m.id AS m ORDER BY n", {},
     Rows(("n", "m"), [("method:bert", "method:roberta"), ("method:roberta", "method:bert")])),
    ("RETURN 1 AS a UNION RETURN 2 AS a", {}, Rows(("a",), [(1,), (2,)])),
]  # fmt: skip


@pytest.mark.parametrize(("query", "parameters", "rows"), TRAPS)
def test_traps(engine: EmbeddedEngine, query: str, parameters: dict[str, Any], rows: Rows) -> None:
    assert engine.run(query, parameters) == rows


@pytest.mark.parametrize(
    ("query", "message"),
    [
        (
            "MATCH (n RETURN n",
            "line 1, column 17: Unexpected token in MATCH pattern: RETURN — a reserved keyword; "
            "backtick it (`return`) to use it as a name",
        ),
        ("MATCH (n) RETURN m.id AS id", "Undefined variable 'm'"),
        ("RETURN 1 +", "line 1, column 11: Unexpected end of query in expression"),
        ("RETURN foo(1) AS a", "Unknown function: foo"),
        ("RETURN 1 / 0 AS a", "Integer division by zero"),
    ],
)
def test_what_the_engine_refuses_is_one_line(engine: EmbeddedEngine, query: str, message: str) -> None:
    with pytest.raises(QueryError) as error:
        engine.run(query)
    assert str(error.value) == message


def test_a_parameter_that_no_engine_takes(engine: EmbeddedEngine) -> None:
    with pytest.raises(QueryError):
        engine.run("RETURN $a AS a", {"a": 2**80})


def test_rows_beyond_the_most_are_said_to_be_missing(engine: EmbeddedEngine) -> None:
    query = "MATCH (m:Method) RETURN m.id AS id ORDER BY id"
    rows = [("method:bert",), ("method:language-model",), ("method:roberta",)]
    assert engine.run(query, max_rows=2) == Rows(("id",), rows[:2], truncated=True)
    assert engine.run(query, max_rows=3) == Rows(("id",), rows)
    assert engine.run(query, max_rows=0) == Rows(("id",), [], truncated=True)
    with pytest.raises(QueryError, match="the most rows to show cannot be -1"):
        engine.run(query, max_rows=-1)


@pytest.mark.parametrize("timeout", [0, -1, float("nan"), float("inf")])
def test_a_timeout_is_a_number_of_seconds(engine: EmbeddedEngine, timeout: float) -> None:
    with pytest.raises(QueryError, match="the timeout cannot be"):
        engine.run("RETURN 1 AS a", timeout=timeout)


def test_a_heavy_query_is_stopped_and_the_next_one_answered(engine: EmbeddedEngine) -> None:
    heavy = "MATCH (a), (b), (c), (d), (e), (f), (g), (h), (i), (j) WHERE a.id < j.id RETURN count(*) AS c"
    with pytest.raises(QueryTimeout) as error:
        engine.run(heavy, timeout=0.05)
    assert str(error.value) == (
        "the query was stopped after 0.05 seconds: "
        "narrow it by a label, a name or a shorter path, or allow it more time"
    )
    assert engine.run("RETURN 1 AS a") == Rows(("a",), [(1,)])


COUNT = "MATCH (m:Method) RETURN count(m) AS c"


def answer(path: Path) -> Any:
    with EmbeddedEngine.open(path) as engine:
        return engine.run(COUNT).rows[0][0]


def test_the_cache_follows_the_graph(tmp_path: Path) -> None:
    path = sample.build(tmp_path / "a.kg")
    path.chmod(0o600)
    cached = tmp_path / "a.kg.cache"
    assert answer(path) == 3
    assert cached.stat().st_mode == path.stat().st_mode
    first = cached.read_bytes()
    assert (answer(path), cached.read_bytes()) == (3, first)
    with GraphFile.open(path, write=True) as file:
        kept = [node for node in sample.GRAPH.nodes if node.id != "method:roberta"]
        edges = [edge for edge in sample.GRAPH.edges if "method:roberta" not in (edge.head, edge.tail)]
        file.replace_graph(replace(sample.GRAPH, nodes=kept, edges=edges), sample.MODEL)
    assert answer(path) == 2
    assert cached.read_bytes() != first
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["a.kg", "a.kg.cache"]


@pytest.mark.parametrize("spoil", [b"", b"kg cache", b"\xff" * 5000, None, 0, 200, -1])
def test_a_damaged_cache_is_made_again(tmp_path: Path, spoil: bytes | int | None) -> None:
    path = sample.build(tmp_path / "a.kg")
    cached = tmp_path / "a.kg.cache"
    assert answer(path) == 3
    good = cached.read_bytes()
    if spoil is None:
        cached.write_bytes(good[:-10])
    elif isinstance(spoil, int):
        changed = bytearray(good)
        changed[spoil] ^= 0xFF
        cached.write_bytes(changed)
    else:
        cached.write_bytes(spoil)
    assert answer(path) == 3
    assert cached.read_bytes() == good


def test_without_a_place_for_the_cache(tmp_path: Path) -> None:
    path = sample.build(tmp_path / "a.kg")
    (tmp_path / "a.kg.cache").mkdir()
    assert answer(path) == 3
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["a.kg", "a.kg.cache"]


def test_a_graph_that_a_build_is_changing_is_answered_but_not_cached(tmp_path: Path) -> None:
    path = sample.build(tmp_path / "a.kg")
    with GraphFile.open(path, write=True) as file:
        file.put_paper(replace(sample.PAPERS[0], venue="ACL"))
        file.commit()
    assert answer(path) == 3
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.kg"]


def test_a_file_without_a_graph(tmp_path: Path) -> None:
    with GraphFile.open(tmp_path / "a.kg", write=True, create=True):
        pass
    with pytest.raises(GraphFileError) as error:
        EmbeddedEngine.open(tmp_path / "a.kg")
    assert str(error.value) == f"{tmp_path / 'a.kg'} has no graph yet: let `kg build` finish"


names = st.text(st.characters(codec="utf-8"), min_size=1, max_size=8)


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    keys = draw(st.lists(names, min_size=1, max_size=5, unique=True))
    nodes = [
        Node(f"method:{key}", "Method", {"name": draw(names), "aliases": draw(st.lists(names, max_size=2))})
        for key in sorted(keys)
    ]
    ends = st.sampled_from([node.id for node in nodes])
    pairs = draw(st.lists(st.tuples(ends, st.sampled_from(["PART_OF", "SUBCLASS_OF"]), ends), max_size=8, unique=True))
    sentence = draw(names)
    edges = [Edge(*pair, {"support": 1, "papers": ["a"], "sentences": [sentence]}) for pair in sorted(pairs)]
    return Graph(nodes, edges, [], [])


@settings(max_examples=20, deadline=None)
@given(graphs())
def test_the_engine_matches_what_networkx_finds(graph: Graph) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = sample.build(Path(folder) / "a.kg", (), graph)
        network = load(path)
        for _ in ("filled", "from the cache"):
            with EmbeddedEngine.open(path) as engine:
                rows = engine.run("MATCH (m:Method) RETURN m.id AS id, m.name AS name, m.aliases AS a ORDER BY id").rows
                assert rows == [(key, data["name"], data["aliases"]) for key, data in sorted(network.nodes(data=True))]
                query = (
                    "MATCH (a)-[r]->(b) RETURN a.id AS a, type(r) AS t, b.id AS b, r.sentences AS s ORDER BY a, t, b"
                )
                assert engine.run(query).rows == sorted(
                    (a, t, b, data["sentences"]) for a, b, t, data in network.edges(keys=True, data=True)
                )
                query = "MATCH (a)-[:PART_OF]->(b)-[:SUBCLASS_OF]->(c) RETURN a.id AS a, c.id AS c ORDER BY a, c"
                assert engine.run(query).rows == sorted(
                    (a, d)
                    for a, b, t in network.edges(keys=True)
                    for c, d, u in network.edges(keys=True)
                    if (t, u) == ("PART_OF", "SUBCLASS_OF") and b == c
                )
                for key in network:
                    found = engine.run("MATCH (m {id: $id})-[]-(n) RETURN DISTINCT n.id AS id ORDER BY id", {"id": key})
                    near = {*network.successors(key), *network.predecessors(key)}
                    assert found.rows == [(other,) for other in sorted(near)]


def test_long_paths_are_as_long_as_they_are_asked_for(tmp_path: Path) -> None:
    nodes = [Node(f"method:{i:02}", "Method", {"name": f"M{i}", "aliases": []}) for i in range(15)]
    edges = [Edge(a.id, "PART_OF", b.id, {"support": 1}) for a, b in pairwise(nodes)]
    path = sample.build(tmp_path / "a.kg", (), Graph(nodes, edges, [], []))
    with EmbeddedEngine.open(path, use_cache=False) as engine:
        rows = engine.run("MATCH (:Method {name: 'M0'})-[:PART_OF*1..14]->(m) RETURN count(m) AS c").rows
    assert rows == [(14,)]
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.kg"]
