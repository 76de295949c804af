"""Papers and what was read in them into the graph: entities and edges, each with its evidence."""

from __future__ import annotations

from kg.assemble.graph import assemble
from kg.assemble.values import parse_value

__all__ = ["assemble", "parse_value"]
