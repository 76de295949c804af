// Which results are reported for a task?
// $task: string, name of the task
// $limit: integer = 25, how many rows at most
// example: kg query seeds.kg leaderboard -p task="image classification"
MATCH (p:Paper)-[:REPORTS]->(r:Result)-[:FOR]->(t:Task)
WHERE toLower(t.name) = toLower($task) OR any(alias IN t.aliases WHERE toLower(alias) = toLower($task))
OPTIONAL MATCH (r)-[:ON]->(d:Dataset)
OPTIONAL MATCH (r)-[:MEASURES]->(k:Metric)
OPTIONAL MATCH (r)-[:BY]->(m:Method)
RETURN coalesce(d.name, '') AS dataset, coalesce(k.name, '') AS metric, r.text AS value, coalesce(r.unit, '') AS unit,
       coalesce(m.name, '') AS method, p.title AS paper, r.sentence AS sentence
ORDER BY dataset, metric, coalesce(r.value, -1.0) DESC, r.id
LIMIT $limit
