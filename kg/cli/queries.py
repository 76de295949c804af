"""``kg queries``: the questions that have a name."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from kg.cli import options


@click.command("queries", short_help="List the named queries.")
@click.argument("name", required=False)
@options.as_json
def command(name: str | None, as_json: bool) -> None:
    """List the named queries, each with its question and parameters; with NAME print that one with its Cypher."""
    from kg.stores.queries import find, named

    chosen = [find(name)] if name else list(named().values())
    if as_json:
        click.echo(json.dumps([asdict(query) for query in chosen], ensure_ascii=False, indent=2))
        return
    for query in chosen:
        click.echo(f"{query.name}: {query.question}")
        for parameter in query.parameters:
            default = f" (if not given: {json.dumps(parameter.default)})" if parameter.optional else ""
            click.echo(f"    -p {parameter.name}{'=' if parameter.textual else ':='}  {parameter.meaning}{default}")
        click.echo(f"    {query.example}")
        if name:
            click.echo(f"\n{query.text.rstrip()}")
