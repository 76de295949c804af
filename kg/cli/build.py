"""``kg build``: papers into a graph file."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from kg.cli import options, server
from kg.cli.console import counted, progress, say


@click.command("build", short_help="Read papers into a graph file.")
@options.papers
@click.option("-o", "--output", type=click.Path(), help="The graph file; what is in it is kept.")
@click.option("--into", metavar="SERVER", help="A Neo4j server, such as bolt://localhost:7687, to load the graph into.")
@server.database
@options.reader
@options.model
@options.workers
@click.pass_context
def command(
    ctx: click.Context,
    papers: tuple[str, ...],
    output: str | None,
    into: str | None,
    database: str,
    reader: str | None,
    model: str,
    workers: int,
) -> None:
    """Read PAPERS (files, folders, or - for standard input) into a graph file, a Neo4j server, or both.

    Papers are JSON Lines, JSON, CSV, TSV, plain text or a saved web page of titles and abstracts, packed with gzip or
    not. Run it again with more papers to add them; a paper whose id is in the file is replaced. A build that was
    stopped goes on where it stood.

    \b
      kg build papers.jsonl -o my.kg
      kg build folder/ more.csv.gz -o my.kg --workers 2
      kg build papers.jsonl --into bolt://localhost:7687

    With --into and no -o the papers are added to those on the server, and no file is left; a build that was stopped
    then begins again, so give -o too where there are many.
    """
    from kg.cli.reading import listed, report
    from kg.pipeline import build, fetch
    from kg.readers import Problems
    from kg.stores.graph_file import GraphFile

    if output is None and into is None:
        raise click.UsageError("say where to: -o my.kg for a graph file, --into bolt://localhost:7687 for a server")
    problems = Problems()
    with ExitStack() as held:
        there = held.enter_context(server.connected(into, database)) if into else None  # before hours of work
        path = output or str(Path(held.enter_context(TemporaryDirectory())) / "server.kg")
        if output is None and there:
            fetch(there, path)
        try:
            done = build(papers, path, reader=reader, model=model, workers=workers, problems=problems, watch=progress)
        except BaseException:
            listed(problems)
            raise
        say(f"{counted(done.papers, 'paper')} in {output or there}, {done.extracted:,} of them read now")
        for reason, count in done.dropped.items():
            say(f"Left out: {count:,} x {reason}")
        code = report(problems)
        if there:
            with GraphFile.open(path) as file:
                server.send(file, there)
    say(f"Next: kg stats {output}" if output else f"Next: kg query {into} most-used")
    ctx.exit(code)
