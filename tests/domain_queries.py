"""Domain queries: the clauses and functions that questions about papers need; a unique key orders their rows."""

from __future__ import annotations

from typing import Any

MOST = "MATCH (m:Method)-[:USED_FOR]->(t:Task) RETURN m.id AS id, count(t) AS n ORDER BY n DESC, id LIMIT 1"
"""Asks for the method that stands for ``$most`` in the parameters."""

UNORDERED = "unordered"
"""As a parameter: the rows come in any order."""

QUERIES: list[tuple[str, dict[str, Any]]] = [
    (
        "MATCH (m:Method) RETURN count(m) AS methods",
        {},
    ),
    (
        "MATCH (m:Method) RETURN m.id AS id, m.name AS name, m.papers AS papers ORDER BY papers DESC, id LIMIT 20",
        {},
    ),
    (
        "MATCH (e:Method|Task|Dataset|Metric) RETURN labels(e)[0] AS label, count(*) AS n ORDER BY label",
        {},
    ),
    (
        "MATCH (m:Method)-[r:USED_FOR]->(t:Task) RETURN m.id AS m, t.id AS t, r.support AS s ORDER BY s DESC, m, t",
        {},
    ),
    (
        "MATCH (m:Method)-[r]->(x) RETURN type(r) AS type, labels(x)[0] AS label, count(*) AS n ORDER BY type, label",
        {},
    ),
    (
        "MATCH (p:Paper)-[:MENTIONS]->(m:Method) WITH p, count(m) AS n WHERE n > 3 RETURN p.id AS p, n ORDER BY n"
        " DESC, p",
        {},
    ),
    (
        "MATCH (a:Method)-[:SUBCLASS_OF*1..3]->(b:Method) RETURN DISTINCT a.id AS a, b.id AS b ORDER BY a, b",
        {},
    ),
    (
        "MATCH p = (a:Method)-[:SUBCLASS_OF|PART_OF*2..3]->(b:Method) RETURN a.id AS a, b.id AS b, length(p) AS "
        "n, count(*) AS paths ORDER BY a, b, n",
        {},
    ),
    (
        "MATCH (a:Method)-[:USED_FOR*0..1]->(b) WHERE a.papers > 1 RETURN a.id AS a, count(b) AS n ORDER BY a",
        {},
    ),
    (
        "MATCH (a:Method {id: $a}), (b:Task) MATCH p = "
        "shortestPath((a)-[:USED_FOR|SUBCLASS_OF|PART_OF|SUBTASK_OF*1..4]-(b)) RETURN b.id AS b, length(p) AS n "
        "ORDER BY n, b",
        {"a": "$most"},
    ),
    (
        "MATCH (m:Method) OPTIONAL MATCH (m)-[:EVALUATED_WITH]->(d:Dataset) RETURN m.id AS m, count(d) AS n ORDER"
        " BY n DESC, m LIMIT 50",
        {},
    ),
    (
        "MATCH (d:Dataset) OPTIONAL MATCH (d)-[:BENCHMARK_FOR]->(t:Task) RETURN d.id AS d, t.name AS name ORDER "
        "BY d, t.id",
        {},
    ),
    (
        "MATCH (m:Method) WHERE EXISTS { MATCH (m)-[:EVALUATED_WITH]->(:Dataset) } RETURN m.id AS m ORDER BY m",
        {},
    ),
    (
        "MATCH (m:Method) WHERE NOT EXISTS { MATCH (m)-[:USED_FOR]->() } RETURN m.id AS m ORDER BY m LIMIT 40",
        {},
    ),
    (
        "MATCH (t:Task) RETURN t.id AS t, COUNT { MATCH (t)<-[:USED_FOR]-(:Method) } AS n ORDER BY n DESC, t LIMIT 30",
        {},
    ),
    (
        "MATCH (t:Task) WHERE (t)<-[:BENCHMARK_FOR]-(:Dataset) RETURN t.id AS t ORDER BY t",
        {},
    ),
    (
        "MATCH (m:Method) RETURN m.id AS m, CASE WHEN m.papers > 3 THEN 'often' WHEN m.papers > 1 THEN 'some' "
        "ELSE 'once' END AS how ORDER BY m LIMIT 60",
        {},
    ),
    (
        "MATCH (e:Method|Dataset) RETURN CASE labels(e)[0] WHEN 'Method' THEN 1 ELSE 2 END AS k, count(*) AS n "
        "ORDER BY k",
        {},
    ),
    (
        "MATCH (m:Method) WHERE m.papers > 3 RETURN m.name AS name, 'm' AS kind, m.id AS id UNION MATCH (t:Task) "
        "WHERE t.papers > 3 RETURN t.name AS name, 't' AS kind, t.id AS id",
        {UNORDERED: True},
    ),
    (
        "MATCH (m:Method) WHERE m.papers > 5 RETURN m.id AS id UNION ALL MATCH (m:Method) WHERE m.papers > 5 "
        "RETURN m.id AS id",
        {UNORDERED: True},
    ),
    (
        "MATCH (m:Method) WHERE m.name IN $names RETURN m.id AS id ORDER BY id",
        {"names": ["BERT", "$most", 3, None]},
    ),
    (
        "UNWIND $rows AS row MATCH (m:Method {id: row.id}) RETURN row.k AS k, m.name AS name ORDER BY k",
        {"rows": [{"id": "$most", "k": 1}, {"id": "none", "k": 2}]},
    ),
    (
        "RETURN $a AS a, $b.x AS x, $c AS c, $d IS NULL AS d",
        {"a": [1, 2.5, True], "b": {"x": "y"}, "c": "É`'", "d": None},
    ),
    (
        "MATCH (m:Method) RETURN round(avg(m.papers), 9) AS a, sum(m.mentions) AS s, min(m.papers) AS lo, "
        "max(m.papers) AS hi, count(DISTINCT m.papers) AS n",
        {},
    ),
    (
        "MATCH (p:Paper)-[r:MENTIONS]->(e) RETURN p.id AS p, sum(r.count) AS n, count(e) AS e ORDER BY n DESC, p "
        "LIMIT 30",
        {},
    ),
    (
        "MATCH (m:Method) WHERE m.name =~ '(?i).*net(work)?s?' RETURN m.id AS id ORDER BY id",
        {},
    ),
    (
        "MATCH (m:Method) WHERE toLower(m.name) CONTAINS 'graph' OR m.name STARTS WITH 'G' OR m.name ENDS WITH "
        "'ing' RETURN m.id AS id ORDER BY id",
        {},
    ),
    (
        "MATCH (p:Paper) RETURN p.id AS id, p.year AS year ORDER BY year, id LIMIT 30",
        {},
    ),
    (
        "MATCH (p:Paper) RETURN p.id AS id, p.year AS year ORDER BY year DESC, id LIMIT 30",
        {},
    ),
    (
        "MATCH (r:Result) RETURN r.id AS id, r.value AS v, r.unit AS u ORDER BY v DESC, id",
        {},
    ),
    (
        "MATCH (r:Result) WHERE r.unit IS NULL RETURN count(r) AS n, count(r.unit) AS u",
        {},
    ),
    (
        "MATCH (r:Result) RETURN coalesce(r.unit, 'none') AS u, count(*) AS n ORDER BY n DESC, u",
        {},
    ),
    (
        "MATCH (m:Method) WHERE size(m.aliases) > 1 RETURN m.id AS id, m.aliases[0] AS a, m.aliases[-1] AS z, "
        "size(m.aliases) AS n, m.aliases[0..2] AS two ORDER BY id",
        {},
    ),
    (
        "MATCH (m:Method) WHERE any(a IN m.aliases WHERE size(a) < 4) RETURN m.id AS id, [a IN m.aliases WHERE "
        "size(a) < 4 | toUpper(a)] AS short ORDER BY id",
        {},
    ),
    (
        "MATCH (m:Method) RETURN m.id AS id, all(a IN m.aliases WHERE a <> '') AS every, none(a IN m.aliases "
        "WHERE a = '') AS no, single(a IN m.aliases WHERE a = m.name) AS one ORDER BY id LIMIT 50",
        {},
    ),
    (
        "MATCH (m:Method) RETURN m.id AS id, head(m.aliases) AS h, last(m.aliases) AS l, reverse([a IN m.aliases "
        "| a]) AS r, tail(m.aliases) AS t ORDER BY id LIMIT 50",
        {},
    ),
    (
        "MATCH (m:Method) RETURN m.id AS id, reduce(n = 0, a IN m.aliases | n + size(a)) AS n ORDER BY id LIMIT 50",
        {},
    ),
    (
        "UNWIND range(1, 5) AS k RETURN k, k % 2 AS odd, k / 2 AS half, k * 1.5 AS more, toString(k) AS text "
        "ORDER BY k",
        {},
    ),
    (
        "RETURN split('a,b,c', ',') AS s, trim('  x ') AS t, replace('abc', 'b', 'x') AS r, substring('abcdef', "
        "1, 3) AS u, left('abc', 2) AS l, right('abc', 2) AS i, toInteger('12') AS n, toFloat('1.5') AS f, "
        "abs(-3) AS a",
        {},
    ),
    (
        "MATCH (a:Method)-[r:COMPARED_WITH]-(b:Method) RETURN a.id AS a, b.id AS b, startNode(r).id AS s ORDER BY a, b",
        {},
    ),
    (
        "MATCH (p:Paper)-[:PROPOSES]->(m:Method)<-[:PROPOSES]-(q:Paper) WHERE p.id < q.id RETURN p.id AS p, m.id "
        "AS m, q.id AS q ORDER BY p, m, q",
        {},
    ),
    (
        "MATCH (p:Paper)-[:REPORTS]->(r:Result)-[:MEASURES]->(k:Metric) OPTIONAL MATCH (r)-[:BY]->(m:Method) "
        "RETURN r.id AS r, k.name AS metric, m.name AS method ORDER BY r, k.id, m.id",
        {},
    ),
    (
        "MATCH (m:Method)-[r:USED_FOR]->(t:Task) WITH t, collect(r.confidence) AS c, count(*) AS n WHERE n > 1 "
        "RETURN t.id AS t, n, size(c) AS s ORDER BY t",
        {},
    ),
    (
        "MATCH (m:Method) WITH m ORDER BY m.papers DESC, m.id LIMIT 5 MATCH (m)-[r]->(x) RETURN m.id AS m, "
        "type(r) AS t, count(x) AS n ORDER BY m, t",
        {},
    ),
    (
        "MATCH (m:Method) RETURN m.id AS id ORDER BY m.mentions DESC, id SKIP 5 LIMIT 5",
        {},
    ),
    (
        "MATCH (m:Method {id: $m})-[r:USED_FOR]->(t) RETURN m, r, t, properties(m) AS p, {a: r.support, b: [1]} "
        "AS map ORDER BY t.id",
        {"m": "$most"},
    ),
    (
        "MATCH p = (m:Method {id: $m})-[:USED_FOR]->(t:Task) RETURN p, [n IN nodes(p) | n.id] AS ids ORDER BY t.id",
        {"m": "$most"},
    ),
    (
        "MATCH (m:Method) WHERE m.first_year IS NOT NULL AND m.first_year >= 2000 XOR m.papers > 2 RETURN "
        "count(*) AS n",
        {},
    ),
]


def filled(value: Any, most: str) -> Any:
    """Parameters with the most used method in the place of ``$most``."""
    if isinstance(value, dict):
        return {key: filled(item, most) for key, item in value.items()}
    if isinstance(value, list):
        return [filled(item, most) for item in value]
    return most if value == "$most" else value
