// Which papers name an entity?
// $name: string, name of the entity
// $limit: integer = 25, how many rows at most
// example: kg query seeds.kg papers-on -p name="knowledge distillation"
MATCH (p:Paper)-[r:MENTIONS]->(e:Dataset|Method|Metric|Task)
WHERE toLower(e.name) = toLower($name) OR any(alias IN e.aliases WHERE toLower(alias) = toLower($name))
RETURN p.title AS paper, p.year AS year, r.count AS mentions, r.in_title AS in_title, e.name AS name, p.id AS id
ORDER BY in_title DESC, mentions DESC, id, e.id
LIMIT $limit
