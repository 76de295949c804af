// What was loaded last.
MATCH (g:KgGraph {id: 'kg'})
RETURN g.state AS state, g.fingerprint AS fingerprint, g.model AS model, g.aliases AS aliases
