// Which methods are used for a task?
// $task: string, name of the task
// $limit: integer = 25, how many rows at most
// example: kg query seeds.kg methods-for-task -p task="continual learning"
MATCH (m:Method)-[r:USED_FOR]->(t:Task)
WHERE toLower(t.name) = toLower($task) OR any(alias IN t.aliases WHERE toLower(alias) = toLower($task))
RETURN m.name AS method, t.name AS task, r.support AS papers, r.mentions AS sentences, m.first_year AS since
ORDER BY papers DESC, sentences DESC, m.id, t.id
LIMIT $limit
