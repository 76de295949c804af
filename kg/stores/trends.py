"""Papers by year into what rises and what falls."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from typing import NamedTuple

from kg.stores.assembled import AssembledGraph


class Trend(NamedTuple):
    """An entity: papers of each year that name it, and how its share of all papers changed.

    ``change`` is the late count over the one that the early share makes expected, with half a paper added to both;
    ``surprise`` is how many standard deviations lie between these two, below 0 where it fell.
    """

    id: str
    name: str
    papers: dict[int, int]
    change: float
    surprise: float


def trends(file: AssembledGraph, label: str, late: int = 3, least: int = 5) -> tuple[dict[int, int], list[Trend]]:
    """Papers a year in all, and the trend of every entity of a type, the most surprising rise first.

    Args:
        file: An open graph file.
        label: The entity type.
        late: How many of the last years are compared with those before.
        least: Papers with a year that must name an entity.
    """
    totals = Counter(year for _, year in file.paper_years())
    by_entity: defaultdict[str, dict[int, int]] = defaultdict(dict)
    for id_, year, count in file.papers_by_year(label):
        by_entity[id_][year] = count
    names = {node.id: str(node.properties["name"]) for node in file.entities()}
    years = range(min(totals, default=0), max(totals, default=-1) + 1)
    border = years.stop - min(late, len(years) // 2)
    papers_late = sum(count for year, count in totals.items() if year >= border)
    papers_early = totals.total() - papers_late
    found = []
    for id_, papers in by_entity.items():
        in_late = sum(count for year, count in papers.items() if year >= border)
        in_early = sum(papers.values()) - in_late
        if in_late + in_early >= least and papers_early:
            share = (in_early + 0.5) / (papers_early + 1)
            expected = share * papers_late
            change = (in_late + 0.5) / (expected + 0.5)
            # Both counts vary by chance (Poisson), and with the early one what it makes expected.
            surprise = (in_late - expected) / math.sqrt(expected + expected**2 / (in_early + 0.5))
            found.append(Trend(id_, names[id_], dict(sorted(papers.items())), round(change, 3), round(surprise, 3)))
    return dict(sorted(totals.items())), sorted(found, key=lambda one: (-one.surprise, one.id))
