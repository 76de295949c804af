// Every paper, with what was read in it as `_kg`.
MATCH (p:Paper)
WHERE p._kg IS NOT NULL
RETURN properties(p) AS properties
