// Put relationships of one type between nodes of two labels; `merged` lacks those whose ends are not there.
UNWIND $rows AS row
MATCH (a:HEAD {id: row.head})
MATCH (b:TAIL {id: row.tail})
MERGE (a)-[r:TYPE {_kg: true}]->(b)
SET r += row.properties
RETURN count(*) AS merged
