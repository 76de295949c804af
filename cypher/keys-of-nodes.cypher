// Keys of our nodes of one label.
MATCH (n:LABEL)
WHERE n._kg IS NOT NULL
RETURN n.id AS id
