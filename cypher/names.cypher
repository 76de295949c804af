// Names of entities, the most used first.
MATCH (e:Dataset|Method|Metric|Task)
RETURN e.name AS name
ORDER BY e.papers DESC, e.id
