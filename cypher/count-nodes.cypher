// How many nodes of one label are ours.
MATCH (n:LABEL)
WHERE n._kg IS NOT NULL
RETURN count(n) AS nodes
