// Keys of our relationships of one type.
MATCH (a)-[r:TYPE]->(b)
WHERE r._kg IS NOT NULL
RETURN a.id AS head, b.id AS tail
