// Which methods are trained or evaluated on a dataset?
// $dataset: string, name of the dataset
// $limit: integer = 25, how many rows at most
// example: kg query seeds.kg methods-on-dataset -p dataset=ImageNet
MATCH (m:Method)-[r:EVALUATED_WITH|TRAINED_WITH]->(d:Dataset)
WHERE toLower(d.name) = toLower($dataset) OR any(alias IN d.aliases WHERE toLower(alias) = toLower($dataset))
RETURN m.name AS method, type(r) AS relation, d.name AS dataset, r.support AS papers, r.mentions AS sentences
ORDER BY papers DESC, sentences DESC, m.id, relation, d.id
LIMIT $limit
