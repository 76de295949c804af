// Whether anything is called so.
MATCH (e:Dataset|Method|Metric|Task)
WHERE e.id = $name OR toLower(e.name) = toLower($name) OR any(alias IN e.aliases WHERE toLower(alias) = toLower($name))
RETURN count(e) > 0 AS found
