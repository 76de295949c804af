// Leave nodes that others hang relationships on to them, out of the sight of queries.
UNWIND $rows AS row
MATCH (n:LABEL {id: row.id})
WHERE n._kg IS NOT NULL
SET n:KgRemoved
REMOVE n:LABEL, n._kg
RETURN count(*) AS retired
