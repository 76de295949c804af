"""Files of ``cypher/`` into the statements that are sent to a server."""

from __future__ import annotations

import re
from functools import cache

from kg import schema
from kg.stores.queries import folder

_NAMES = re.compile(r"\b(LABEL|HEAD|TAIL|TYPE)\b|_(LABEL)_")
_KNOWN = frozenset((*schema.NODE_LABELS, *schema.EDGE_LABELS, schema.STATE))


@cache
def statement(name: str, **names: str) -> str:
    """The text of ``cypher/<name>.cypher``, with LABEL, HEAD, TAIL and TYPE replaced by names of the schema.

    Raises:
        KeyError: A name is none of the schema's: a label or type never comes from text.

    >>> print(statement("count-edges", TYPE="USED_FOR"))
    MATCH ()-[r:USED_FOR]->()
    WHERE r._kg IS NOT NULL
    RETURN count(r) AS edges
    """
    if unknown := sorted(set(names.values()) - _KNOWN):
        raise KeyError(unknown[0])
    lines = (folder() / f"{name}.cypher").read_text(encoding="utf-8").splitlines()
    text = "\n".join(line for line in lines if not line.startswith("//"))
    return _NAMES.sub(lambda found: f"_{names['LABEL']}_" if found[2] else names[found[1]], text)
