// Which datasets serve a task?
// $task: string, name of the task
// $limit: integer = 25, how many rows at most
// example: kg query seeds.kg datasets-of-task -p task="question answering"
MATCH (d:Dataset)-[r:BENCHMARK_FOR|USED_FOR]->(t:Task)
WHERE toLower(t.name) = toLower($task) OR any(alias IN t.aliases WHERE toLower(alias) = toLower($task))
RETURN d.name AS dataset, type(r) AS relation, t.name AS task, r.support AS papers, r.mentions AS sentences
ORDER BY papers DESC, sentences DESC, d.id, relation, t.id
LIMIT $limit
