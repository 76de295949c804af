"""Two graph files into what came, went and changed between their graphs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from kg.model import Alias, Edge, Evidence, Node
from kg.stores.graph_file import GraphFile


class Change(NamedTuple):
    """One difference: ``what`` is node, edge or alias, ``key`` its id, its ends and label, or its entity and text.

    ``how`` is ``came``, ``went`` or ``changed``; then ``old`` and ``new`` hold the properties that differ, of an edge
    also its places of evidence that the other file lacks.
    """

    what: str
    how: str
    key: tuple[str, ...]
    old: dict[str, Any]
    new: dict[str, Any]


def differences(old: GraphFile, new: GraphFile) -> Iterator[Change]:
    """Every difference between the graphs of two files, sorted by what and key; both are read once, side by side."""
    yield from _merged("node", old.nodes(), new.nodes(), lambda node: (node.id,), _node)
    yield from _merged("edge", _with_evidence(old), _with_evidence(new), lambda pair: pair[0][:3], _edge)
    yield from _merged("alias", old.all_aliases(), new.all_aliases(), lambda alias: alias[:2], Alias._asdict)


def _merged(
    what: str,
    old: Iterator[Any],
    new: Iterator[Any],
    key_of: Callable[[Any], tuple[str, ...]],
    told: Callable[[Any], dict[str, Any]],
) -> Iterator[Change]:
    one, other = next(old, None), next(new, None)
    while one is not None or other is not None:
        mine = key_of(one) if one is not None else None
        yours = key_of(other) if other is not None else None
        if yours is None or (mine is not None and mine < yours):
            assert mine is not None
            yield Change(what, "went", mine, {}, {})
            one = next(old, None)
        elif mine is None or yours < mine:
            yield Change(what, "came", yours, {}, {})
            other = next(new, None)
        else:
            if one != other:
                yield _changed(what, yours, told(one), told(other))
            one, other = next(old, None), next(new, None)


def _changed(what: str, key: tuple[str, ...], old: dict[str, Any], new: dict[str, Any]) -> Change:
    names = [name for name in {**old, **new} if old.get(name) != new.get(name)]
    before, after = ({name: side[name] for name in names if name in side} for side in (old, new))
    if "evidence" in names:  # only the places that the other side lacks
        both = set(map(tuple, old["evidence"])) & set(map(tuple, new["evidence"]))
        for side in (before, after):
            side["evidence"] = [place for place in side["evidence"] if tuple(place) not in both]
    return Change(what, "changed", key, before, after)


def _node(node: Node) -> dict[str, Any]:
    return {"label": node.label, **node.properties}


def _edge(pair: tuple[Edge, list[Evidence]]) -> dict[str, Any]:
    edge, evidence = pair
    # Papers and sentences are those of the evidence.
    kept = {name: value for name, value in edge.properties.items() if name not in ("papers", "sentences")}
    return {**kept, "evidence": [list(place[3:]) for place in evidence]}


def _with_evidence(file: GraphFile) -> Iterator[tuple[Edge, list[Evidence]]]:
    places = groupby(file.all_evidence(), key=itemgetter(0, 1, 2))
    group = next(places, None)
    for edge in file.edges():
        while group is not None and group[0] < edge[:3]:
            group = next(places, None)
        if group is not None and group[0] == edge[:3]:
            yield edge, list(group[1])
            group = next(places, None)
        else:
            yield edge, []
