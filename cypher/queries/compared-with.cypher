// What is an entity compared with?
// $name: string, name of the entity
// $limit: integer = 25, how many rows at most
// example: kg query seeds.kg compared-with -p name=BERT
MATCH (e:Dataset|Method|Metric|Task)-[r:COMPARED_WITH]-(o:Dataset|Method|Metric|Task)
WHERE toLower(e.name) = toLower($name) OR any(alias IN e.aliases WHERE toLower(alias) = toLower($name))
RETURN e.name AS name, o.name AS compared_with, r.support AS papers, r.mentions AS sentences
ORDER BY papers DESC, sentences DESC, o.id, e.id
LIMIT $limit
