// Take out nodes of ours, but for those that others hang relationships on.
UNWIND $rows AS row
MATCH (n:LABEL {id: row.id})
WHERE n._kg IS NOT NULL AND NOT EXISTS { MATCH (n)--() }
DELETE n
