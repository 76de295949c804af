"""A name that the graph does not have into the names that may have been meant."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from heapq import nlargest

from kg.stores.assembled import AssembledGraph

# Only names that share the most letters and pairs of letters are compared: all of a large graph would take too long.
_COMPARED = 200


def suggest(file: AssembledGraph, name: str, *, label: str | None = None, limit: int = 3) -> list[str]:
    """The closest names of entities in a graph file, best first; only of nodes with ``label`` if it is given.

    A name that contains ``name``, or is contained in it as words, counts as close.
    """
    return closest(name, (known for kind, known in file.names() if label in (None, kind)), limit)


def closest(name: str, names: Iterable[str], limit: int = 3) -> list[str]:
    """The names most like ``name``, best first.

    >>> closest("continual lerning", ["Continual Learning", "online continual learning", "BERT"])
    ['Continual Learning', 'online continual learning']
    """
    folded = name.casefold().strip()
    wanted = _traits(folded)
    shared = ((len(wanted & _traits(known.casefold())), known) for known in dict.fromkeys(names))
    best = nlargest(_COMPARED, ((count, known) for count, known in shared if count), key=lambda pair: pair[0])
    scored = [(_likeness(folded, known.casefold()), known) for _, known in best]
    ordered = sorted((pair for pair in scored if pair[0] >= 0.6), key=lambda pair: (-pair[0], pair[1]))
    return [known for _, known in ordered[:limit]]


def meant(close: Sequence[str], otherwise: str) -> str:
    """The question whether one of the closest names was meant; where there is none, other advice.

    >>> meant(["BERT", "ALBERT"], "look"), meant([], "look")
    ("did you mean 'BERT', 'ALBERT'?", 'look')
    """
    return f"did you mean {', '.join(map(repr, close))}?" if close else otherwise


def _traits(text: str) -> set[str]:
    # Single letters too, for two that changed places in a short name.
    return {text[index : index + 2] for index in range(max(1, len(text) - 1))} | set(text)


def _likeness(wanted: str, known: str) -> float:
    ratio = SequenceMatcher(None, wanted, known, autojunk=False).ratio()
    inside = len(wanted) > 2 and (wanted in known or f" {known} " in f" {wanted} ")
    return max(ratio, 0.7) if inside else ratio
