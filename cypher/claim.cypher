// Begin a load: from now on every batch of an earlier one fails.
MERGE (g:KgGraph {id: 'kg'})
SET g.state = 'loading', g.load = $load
REMOVE g.fingerprint, g.model, g.aliases
