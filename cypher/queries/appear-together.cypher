// Which entities appear in the same papers as an entity?
// $name: string, name of the entity
// $least: integer = 1, papers that must name both
// $limit: integer = 25, how many rows at most
// example: kg query seeds.kg appear-together -p name=BERT -p least:=2
MATCH (e:Dataset|Method|Metric|Task)<-[:MENTIONS]-(p:Paper)-[:MENTIONS]->(o:Dataset|Method|Metric|Task)
WHERE (toLower(e.name) = toLower($name) OR any(alias IN e.aliases WHERE toLower(alias) = toLower($name))) AND o.id <> e.id
WITH e.id AS entity_id, o.id AS id, o.name AS name, labels(o)[0] AS type, count(DISTINCT p.id) AS papers
WHERE papers >= $least
RETURN type, name, papers, id, entity_id
ORDER BY papers DESC, id, entity_id
LIMIT $limit
