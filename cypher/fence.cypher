// Hold the graph against other loads until the end of this transaction, and tell whether it is still this load's.
MATCH (g:KgGraph {id: 'kg'})
SET g.locked = true
WITH g.id AS id
MATCH (h:KgGraph {id: id})
RETURN coalesce(h.load, '') = $load AS ours
