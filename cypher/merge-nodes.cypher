// Put nodes of one label, and leave those of others alone, of which there are as many as `merged` lacks.
UNWIND $rows AS row
MERGE (n:LABEL {id: row.id})
ON CREATE SET n._kg = true
WITH n, row
WHERE n._kg IS NOT NULL
SET n += row.properties
RETURN count(*) AS merged
