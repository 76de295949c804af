// How many relationships of one type are ours.
MATCH ()-[r:TYPE]->()
WHERE r._kg IS NOT NULL
RETURN count(r) AS edges
