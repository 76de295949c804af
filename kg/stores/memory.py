"""A graph file into a networkx graph for algorithms."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from kg.network import to_networkx
from kg.stores.graph_file import GraphFile

if TYPE_CHECKING:
    import networkx


def load(path: str | Path) -> networkx.MultiDiGraph:
    """Read the assembled graph of a graph file.

    Nodes are keyed by id and edges by their relationship type; both carry it or their label as ``kind``, and their
    properties as attributes.

    Raises:
        GraphFileError: The file cannot be used, or its graph was never assembled.
    """
    with GraphFile.open(path) as file:
        file.need_graph()
        return to_networkx(file.nodes(), file.edges())
