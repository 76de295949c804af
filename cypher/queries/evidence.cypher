// Which sentences relate two entities?
// $first: string, name of one entity
// $second: string, name of the other entity
// $limit: integer = 25, how many rows at most
// example: kg query seeds.kg evidence -p first=BERT -p second=GLUE
MATCH (a:Dataset|Method|Metric|Task)-[r:BENCHMARK_FOR|COMPARED_WITH|EVALUATED_WITH|PART_OF|SUBCLASS_OF|SUBTASK_OF|SYNONYM_OF|TRAINED_WITH|USED_FOR]-(b:Dataset|Method|Metric|Task)
WHERE (toLower(a.name) = toLower($first) OR any(alias IN a.aliases WHERE toLower(alias) = toLower($first)))
  AND (toLower(b.name) = toLower($second) OR any(alias IN b.aliases WHERE toLower(alias) = toLower($second)))
UNWIND range(0, size(r.sentences) - 1) AS i
RETURN startNode(r).name AS head, type(r) AS relation, endNode(r).name AS tail, r.sentences[i] AS sentence,
       r.papers[i] AS paper
ORDER BY relation, head, tail, paper, i
LIMIT $limit
