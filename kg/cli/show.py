"""``kg show``: all that the graph knows of one thing, with the sentences that say it."""

from __future__ import annotations

import json
from typing import Any

import click

from kg.cli import options
from kg.cli.console import counted, say, visible
from kg.errors import KGError


@click.command("show", short_help="All about one entity, with sentences.")
@options.graph_file
@click.argument("name")
@click.option("--sentences", type=click.IntRange(0), default=2, show_default=True, help="Sentences an edge to print.")
@click.option("--all", "all_", is_flag=True, help="Print all of everything.")
@options.as_json
def command(graph: str, name: str, sentences: int, all_: bool, as_json: bool) -> None:
    """Print names, papers, edges and results of the entity called NAME (a name, an alias or an id), with sentences.

    \b
      kg show my.kg BERT
      kg show my.kg task:question-answering --all
    """
    from kg.stores.graph_file import GraphFile
    from kg.stores.profile import profile
    from kg.stores.suggest import meant, suggest

    with GraphFile.open(graph) as file:
        file.need_graph()
        ids = file.find(name)
        if not ids:
            advice = meant(suggest(file, name), "`kg stats` shows what there is")
            raise KGError(f"{graph}: nothing is called {name!r}: {advice}")
        told = profile(file, ids[0])
        if as_json:
            click.echo(json.dumps(told, ensure_ascii=False))
        else:
            click.echo(_text(told, None if all_ else sentences, None if all_ else 8), nl=False)
        if ids[1:]:
            say(f"Also called so: {', '.join(ids[1:])}")


def _text(told: dict[str, Any], sentences: int | None, most: int | None) -> str:
    lines = [f"{told['name']}  ({told['type']}, {told['id']})"]
    years = f", {told['first_year']} to {told['last_year']}" if "first_year" in told else ""
    lines.append(f"named {counted(told['mentions'], 'time')} in {counted(told['papers'], 'paper')}{years}")
    lines += ["", "Names"]
    lines += [f"  {one['text']}  in {counted(one['papers'], 'paper')}: {one['reason']}" for one in told["names"]]
    for title, edges in told["edges"].items():
        lines += ["", f"{title}  ({counted(len(edges), 'edge')})"]
        for edge in edges[:most]:
            against = ", but also said the other way round" if edge.get("contradicted") else ""
            told_by = f"{counted(edge['support'], 'paper')}, confidence {edge['confidence']:.2f}{against}"
            lines.append(f"  {edge['name']}  {told_by}")
            lines += [f"      {one['text']}  [{one['paper']}]" for one in edge["sentences"][:sentences]]
            lines += _more(len(edge["sentences"]), sentences, "sentence", "      ")
        lines += _more(len(edges), most, "edge", "  ")
    for title, papers in (("Proposed by", told["proposed_by"]), ("In papers", told["in_papers"])):
        if papers:
            lines += ["", f"{title}  ({counted(len(papers), 'paper')})"]
            lines += [f"  {one['title']}  [{one['id']}]" for one in papers[:most]]
            lines += _more(len(papers), most, "paper", "  ")
    if told["results"]:
        lines += ["", f"Results  ({len(told['results'])})"]
        for one in told["results"][:most]:
            parts = [f"{part} {one[part]}" for part in ("metric", "method", "dataset", "task") if part in one]
            lines += [
                f"  {one['text']}  {', '.join(parts)}",
                f"      {one['sentence']}  [{one['paper']}]",
            ]
        lines += _more(len(told["results"]), most, "result", "  ")
    return "".join(f"{visible(line)}\n" for line in lines)


def _more(count: int, most: int | None, what: str, indent: str) -> list[str]:
    if most is None or count <= most:
        return []
    return [f"{indent}… {counted(count - most, f'more {what}')} (--all)"]
