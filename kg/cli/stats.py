"""``kg stats``: what a graph file holds."""

from __future__ import annotations

import json
from typing import Any

import click

from kg.cli import options


@click.command("stats", short_help="What a graph file holds.")
@options.graph_file
@options.as_json
def command(graph: str, as_json: bool) -> None:
    """Print how many papers, entities, edges and sentences a graph file holds, and the most named of each type."""
    from kg.stores.graph_file import GraphFile

    with GraphFile.open(graph) as file:
        stats = file.stats()
        stats["most_named"] = {label: file.most_named(label, 5) for label in ("Method", "Dataset", "Task", "Metric")}
    click.echo(json.dumps(stats, ensure_ascii=False) if as_json else _text(graph, stats))


def _text(graph: str, stats: dict[str, Any]) -> str:
    from kg.cli.console import visible

    state = "up to date" if stats["complete"] else "behind its papers: run `kg build` again"
    lines = [f"{graph}: format {stats['format']}, model {stats['model'] or 'none yet'}, {state}", ""]
    lines += [f"{stats['papers']:>9,} papers", f"{stats['extractions']:>9,} texts read"]
    lines += [f"{stats['evidence']:>9,} places in sentences behind the edges", f"{stats['aliases']:>9,} spellings", ""]
    lines += [f"{count:>9,} {label}" for label, count in stats["nodes"].items()] + [""]
    lines += [f"{count:>9,} {label}" for label, count in stats["edges"].items()] + [""]
    for label, named in stats["most_named"].items():
        some = ", ".join(f"{name} ({papers})" for name, papers in named) or "none"
        lines.append(f"most named {label}: {some}")
    return "\n".join(map(visible, lines))
