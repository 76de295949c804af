"""Results of a graph file into leaderboards: what was reported for a task, on a data set, in a metric."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import NamedTuple

from kg.schema import RESULT_EDGES
from kg.stores.assembled import AssembledGraph

# fmt: off
_LESS_IS_MORE = ("error", "loss", "perplexity", "time", "latency", "distance", "cost", "regret", "flop", "memory",
                 "parameter", "false positive rate", "complexity", "divergence", "fid", "wer", "cer", "mae", "mse",
                 "rmse", "bias", "deviation")
# fmt: on
"""Words in the names of metrics of which a smaller value is the better one."""


class Reported(NamedTuple):
    """One result: names of entities or "" where the text does not say, the paper, and the sentence that says it."""

    task: str
    dataset: str
    metric: str
    text: str
    value: float | None
    unit: str | None
    method: str
    year: int | None
    paper: str
    sentence: str


def reported(file: AssembledGraph, wanted: dict[str, str]) -> list[Reported]:
    """Results that are joined to all of some entities, in order of boards and then best first.

    Args:
        file: An open graph file.
        wanted: Ids of entities by their label, such as ``{"Task": "task:parsing"}``; with none, all results.
    """
    ends: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for edge in file.edges_labelled(tuple(RESULT_EDGES)):
        ends[edge.head][RESULT_EDGES[edge.label]] = edge.tail
    names = {node.id: str(node.properties["name"]) for node in file.entities()}
    years = dict(file.paper_years())
    rows = []
    for node in file.results():
        joined = ends.get(node.id, {})
        if all(joined.get(label) == id_ for label, id_ in wanted.items()):
            told = {label: names.get(id_, id_) for label, id_ in joined.items()}
            paper = node.id.split(":", 1)[1].rsplit(":", 2)[0]
            value, unit = node.properties.get("value"), node.properties.get("unit")
            rows.append(
                Reported(
                    told.get("Task", ""), told.get("Dataset", ""), told.get("Metric", ""),
                    str(node.properties["text"]), None if value is None else float(str(value)),
                    None if unit is None else str(unit), told.get("Method", ""), years.get(paper), paper,
                    str(node.properties.get("sentence", "")),
                )
            )  # fmt: skip
    return sorted(rows, key=_best_first)


def _best_first(one: Reported) -> tuple[object, ...]:
    value = (1, 0.0) if one.value is None else (0, one.value if less_is_more(one.metric) else -one.value)
    return (one.task, one.dataset, one.metric, one.unit or "", *value, one.year or 9999, one.paper, one.text)


def less_is_more(metric: str) -> bool:
    """Whether a smaller value of a metric is the better one, by the words of its name.

    >>> less_is_more("word error rate"), less_is_more("accuracy"), less_is_more("FID")
    (True, False, True)
    """
    words = f" {metric.casefold()} "
    return any(f" {word}" in words for word in _LESS_IS_MORE)


def boards(rows: list[Reported]) -> list[tuple[str, str, str, int]]:
    """Task, data set and metric of every board, and how many results are on it, the longest first."""
    counts = Counter((one.task, one.dataset, one.metric) for one in rows if one.task or one.dataset)
    return [(*key, count) for key, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))]


def history(rows: list[Reported]) -> list[Reported]:
    """Of each board and unit the results that were the best when they came, by year; those without year or value go."""
    best: dict[tuple[str, ...], float] = {}
    kept = []
    dated = [one for one in rows if one.value is not None and one.year is not None]
    for one in sorted(dated, key=lambda one: (one.year, _best_first(one))):
        board = (one.task, one.dataset, one.metric, one.unit or "")
        worth = -float(one.value or 0) if less_is_more(one.metric) else float(one.value or 0)
        if worth > best.get(board, float("-inf")):
            best[board] = worth
            kept.append(one)
    return sorted(kept, key=lambda one: (one.task, one.dataset, one.metric, one.unit or "", one.year or 0))
