// Keys of nodes that have a label of ours, but that others put there.
MATCH (n:LABEL)
WHERE n._kg IS NULL AND n.id IS NOT NULL
RETURN n.id AS id
