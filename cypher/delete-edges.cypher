// Take out relationships of ours.
UNWIND $rows AS row
MATCH (a:HEAD {id: row.head})-[r:TYPE]->(b:TAIL {id: row.tail})
WHERE r._kg IS NOT NULL
DELETE r
