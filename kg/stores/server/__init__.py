"""A graph file into a running Neo4j, and back; queries go there too.

Every node and relationship that is put there carries the property ``_kg``, and all constraints are called ``kg_...``:
what has no such mark belongs to others and is never changed. One node ``(:KgGraph {id: 'kg'})`` says what was loaded.
"""
