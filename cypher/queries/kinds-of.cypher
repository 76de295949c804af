// Which kinds of a method, or cases of a task, are there?
// $name: string, name of the method or task
// $limit: integer = 25, how many rows at most
// example: kg query seeds.kg kinds-of -p name="language model"
MATCH path = (k:Dataset|Method|Metric|Task)-[:SUBCLASS_OF|SUBTASK_OF*1..3]->(e:Dataset|Method|Metric|Task)
WHERE (toLower(e.name) = toLower($name) OR any(alias IN e.aliases WHERE toLower(alias) = toLower($name))) AND k.id <> e.id
RETURN k.name AS kind, e.name AS general, min(length(path)) AS steps, k.papers AS papers, k.id AS id, e.id AS general_id
ORDER BY steps, papers DESC, id, general_id
LIMIT $limit
