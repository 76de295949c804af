// Keys are unique within a label, which also makes the index that MERGE and look-ups use. Community has no other constraint.
CREATE CONSTRAINT kg_LABEL_id IF NOT EXISTS FOR (n:LABEL) REQUIRE n.id IS UNIQUE
