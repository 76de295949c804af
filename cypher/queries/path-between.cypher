// How are two entities connected?
// $first: string, name of the entity to start at
// $second: string, name of the entity to end at
// $limit: integer = 5, how many paths at most, all of them shortest
// example: kg query seeds.kg path-between -p first=BERT -p second=GLUE
MATCH (a:Dataset|Method|Metric|Task), (b:Dataset|Method|Metric|Task)
WHERE (toLower(a.name) = toLower($first) OR any(alias IN a.aliases WHERE toLower(alias) = toLower($first)))
  AND (toLower(b.name) = toLower($second) OR any(alias IN b.aliases WHERE toLower(alias) = toLower($second)))
  AND a.id <> b.id
MATCH path = allShortestPaths((a)-[:BENCHMARK_FOR|COMPARED_WITH|EVALUATED_WITH|PART_OF|SUBCLASS_OF|SUBTASK_OF
                                   |SYNONYM_OF|TRAINED_WITH|USED_FOR*1..4]-(b))
WITH path, reduce(ids = '', n IN nodes(path) | ids + n.id + ' ') AS ids,
     reduce(types = '', r IN relationships(path) | types + type(r) + ' ') AS types
RETURN length(path) AS steps, [n IN nodes(path) | n.name] AS names, [r IN relationships(path) | type(r)] AS relations
ORDER BY steps, ids, types
LIMIT $limit
