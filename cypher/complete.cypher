// End a load: the graph is that of the file, and nothing of how it came there is left.
MATCH (g:KgGraph {id: 'kg'})
SET g.state = 'complete', g.fingerprint = $fingerprint, g.model = $model, g.aliases = $aliases
REMOVE g.load, g.locked
