"""``kg verify``: every edge of a graph file, read again in its sentences."""

from __future__ import annotations

import json

import click

from kg.cli import options
from kg.cli.console import counted, say, visible

WRONG = 4
"""The exit code where something is wrong."""


@click.command("verify", short_help="Read every edge again in its sentences.")
@options.graph_file
@options.as_json
@click.pass_context
def command(ctx: click.Context, graph: str, as_json: bool) -> None:
    """Check that every edge is stated where the graph says so: the sentence exists, names both ends, and was read so.

    Counts must be those of the sentences, ends of edges must be nodes, and the graph must be as it was assembled. Rings
    of PART_OF, SUBCLASS_OF and SUBTASK_OF, which sentences of different papers can make, are told but are no fault.

    Exit codes: 0 all is right, 4 something is wrong, 1 failed.

    \b
      kg verify my.kg
    """
    from kg.stores.check import contradictions, faults
    from kg.stores.graph_file import GraphFile

    with GraphFile.open(graph) as file:
        file.need_graph()
        found = list(faults(file))
        rings = contradictions(file)
        stats = file.stats()
    if as_json:
        told = {"faults": [fault._asdict() for fault in found], "rings": [list(ring) for ring in rings]}
        click.echo(json.dumps(told, ensure_ascii=False))
    else:
        for fault in found:
            click.echo(visible(f"{fault.where}: {fault.what}"))
        for label, *ids in rings:
            click.echo(visible(f"Ring of {label}: {' -> '.join([*ids, ids[0]])}"))
    edges, sentences = sum(stats["edges"].values()), stats["evidence"]
    read = (
        f"{counted(edges, 'edge')} read again in {counted(sentences, 'place')} of {counted(stats['papers'], 'paper')}"
    )
    say(f"{read}: {counted(len(found), 'fault')}, {counted(len(rings), 'ring')}")
    ctx.exit(WRONG if found else 0)
