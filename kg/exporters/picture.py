"""A graph into a picture of its best-known entities, as SVG or PNG (needs ``kg[draw]``)."""

from __future__ import annotations

from collections.abc import Iterable
from heapq import heappop, heappush
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.errors import KGError
from kg.model import Edge, Node
from kg.network import to_networkx
from kg.schema import ENTITY_TYPES, LABELS

if TYPE_CHECKING:
    import networkx as nx

SHOWN = 45
"""Entities that a picture holds at most: as many as can be read."""

# Okabe and Ito's colours, which people tell apart whatever colours they see.
_COLOURS = {"Dataset": "#009e73", "Method": "#0072b2", "Metric": "#cc79a7", "Task": "#d55e00"}


def best_known(nodes: Iterable[Node], edges: Iterable[Edge], shown: int = SHOWN) -> nx.MultiDiGraph:
    """The part of a graph that a picture shows: the entity in most papers, and from there always the next best known
    that is joined to one shown, so that all hang together.

    Args:
        nodes: All nodes.
        edges: All edges.
        shown: How many entities at most.
    """
    entities = [node for node in nodes if node.label in ENTITY_TYPES]
    rank = {node.id: (-int(str(node.properties["papers"])), node.id) for node in entities}
    between = [edge for edge in edges if edge.label in LABELS]
    joined: dict[str, set[str]] = {}
    for edge in between:
        joined.setdefault(edge.head, set()).add(edge.tail)
        joined.setdefault(edge.tail, set()).add(edge.head)
    kept: set[str] = set()
    next_ = [min(rank[id_] for id_ in joined)] if joined else []
    while next_ and len(kept) < shown:
        _, id_ = heappop(next_)
        if id_ not in kept:
            kept.add(id_)
            for other in joined[id_] - kept:
                heappush(next_, rank[other])
    return to_networkx(
        (node for node in entities if node.id in kept),
        (edge for edge in between if edge.head in kept and edge.tail in kept),
    )


def write(nodes: Iterable[Node], edges: Iterable[Edge], path: Path, kind: str) -> None:
    """Draw the best-known entities to ``path``; ``kind`` is svg or png.

    Raises:
        KGError: matplotlib or scipy is not installed.
    """
    try:
        import matplotlib as mpl
        import scipy  # noqa: F401 - the layout needs it
        from matplotlib.figure import Figure
    except ImportError:
        raise KGError("a picture needs matplotlib and scipy: pip install 'kg[draw]'") from None
    import networkx as nx

    graph = best_known(nodes, edges)
    size = {id_: 30 + 40 * int(data["papers"]) for id_, data in graph.nodes(data=True)}
    place = nx.kamada_kawai_layout(nx.Graph(graph))
    # Without these two an SVG holds random ids and the day it was drawn; text stays text, to be found and to be small.
    with mpl.rc_context({"svg.hashsalt": "kg", "svg.fonttype": "none", "font.size": 7}):
        figure = Figure(figsize=(11, 7.5), layout="tight")
        axes = figure.subplots()
        axes.axis("off")
        nx.draw_networkx_edges(
            graph, place, ax=axes, node_size=list(size.values()), edge_color="#bbbbbb", width=0.7, arrowsize=6
        )
        for kind_ in ENTITY_TYPES:
            own = [id_ for id_, data in graph.nodes(data=True) if data["kind"] == kind_]
            nx.draw_networkx_nodes(
                graph, place, own, [size[id_] for id_ in own], _COLOURS[kind_], ax=axes, label=kind_, linewidths=0
            )
        for id_, data in graph.nodes(data=True):
            # A name is no formula, though it may hold dollar signs.
            x, y = place[id_]
            axes.annotate(
                data["name"], (x, y), (0, 4), textcoords="offset points", ha="center", va="bottom", parse_math=False
            )
        if len(graph):
            legend: Any = axes.legend(loc="lower left", frameon=False)
            for handle in legend.legend_handles:
                handle.set_sizes([60])
        metadata = {"Date": None} if kind == "svg" else {"Software": None}
        figure.savefig(path, format=kind, metadata=metadata, dpi=150)


def write_svg(nodes: Iterable[Node], edges: Iterable[Edge], path: Path) -> None:
    """Draw as SVG."""
    write(nodes, edges, path, "svg")


def write_png(nodes: Iterable[Node], edges: Iterable[Edge], path: Path) -> None:
    """Draw as PNG."""
    write(nodes, edges, path, "png")
