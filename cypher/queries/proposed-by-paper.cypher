// What does a paper propose?
// $paper: string, id or title of the paper
// example: kg query seeds.kg proposed-by-paper -p paper="Attention Is All You Need"
MATCH (p:Paper)-[:PROPOSES]->(e)
WHERE p.id = $paper OR p.id = 'paper:' + $paper OR toLower(p.title) = toLower($paper)
RETURN labels(e)[0] AS type, e.name AS name, p.title AS paper, p.year AS year
ORDER BY type, name, e.id, p.id
