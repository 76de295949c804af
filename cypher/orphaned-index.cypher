// The index that a constraint of kg would own, where there is no such constraint.
SHOW INDEXES YIELD name, type, labelsOrTypes, properties, owningConstraint
WHERE name = "kg_LABEL_id" AND type = "RANGE" AND labelsOrTypes = ["LABEL"] AND properties = ["id"]
  AND owningConstraint IS NULL
RETURN name
