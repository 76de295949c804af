// What is an entity related to?
// $name: string, name of the entity
// $limit: integer = 25, how many rows at most
// example: kg query seeds.kg neighbours -p name=BERT
MATCH (e:Dataset|Method|Metric|Task)-[r]-(o:Dataset|Method|Metric|Task)
WHERE toLower(e.name) = toLower($name) OR any(alias IN e.aliases WHERE toLower(alias) = toLower($name))
RETURN e.name AS name, CASE WHEN startNode(r).id = e.id THEN 'to' ELSE 'from' END AS direction, type(r) AS relation,
       labels(o)[0] AS type, o.name AS neighbour, r.support AS papers
ORDER BY papers DESC, relation, direction, o.id, e.id
LIMIT $limit
