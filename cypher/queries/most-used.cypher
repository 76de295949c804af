// Which entities do most papers name?
// $type: label = "Method", Dataset or Method or Metric or Task
// $limit: integer = 25, how many rows at most
// example: kg query seeds.kg most-used -p type=Dataset
MATCH (e:Dataset|Method|Metric|Task)
WHERE labels(e)[0] = $type
RETURN e.name AS name, e.papers AS papers, e.mentions AS mentions, e.first_year AS since, e.last_year AS until, e.id AS id
ORDER BY papers DESC, mentions DESC, id
LIMIT $limit
