// Also when another load was quicker.
DROP INDEX kg_LABEL_id IF EXISTS
