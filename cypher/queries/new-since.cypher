// Which entities are new since a year?
// $year: integer, first year to look at
// $type: label = "Method", Dataset or Method or Metric or Task
// $limit: integer = 25, how many rows at most
// example: kg query seeds.kg new-since -p year:=2020
MATCH (e:Dataset|Method|Metric|Task)
WHERE e.first_year >= $year AND labels(e)[0] = $type
RETURN e.name AS name, e.first_year AS since, e.papers AS papers, e.id AS id
ORDER BY papers DESC, since, id
LIMIT $limit
