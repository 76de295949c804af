"""``kg build``: papers into a graph file."""

from __future__ import annotations

import click

from kg.cli import options
from kg.cli.console import counted, progress, say


@click.command("build", short_help="Read papers into a graph file.")
@options.papers
@click.option("-o", "--output", required=True, type=click.Path(), help="The graph file; what is in it is kept.")
@options.reader
@options.model
@options.workers
@click.pass_context
def command(
    ctx: click.Context, papers: tuple[str, ...], output: str, reader: str | None, model: str, workers: int
) -> None:
    """Read PAPERS (files, folders, or - for standard input) into a graph file.

    Papers are JSON Lines, JSON, CSV, TSV, plain text or a saved web page of titles and abstracts, packed with gzip or
    not. Run it again with more papers to add them; a paper whose id is in the file is replaced. A build that was
    stopped goes on where it stood.

    \b
      kg build papers.jsonl -o my.kg
      kg build folder/ more.csv.gz -o my.kg --workers 2
    """
    from kg.cli.reading import listed, report
    from kg.pipeline import build
    from kg.readers import Problems

    problems = Problems()
    try:
        done = build(papers, output, reader=reader, model=model, workers=workers, problems=problems, watch=progress)
    except BaseException:
        listed(problems)
        raise
    say(f"{counted(done.papers, 'paper')} in {output}, {done.extracted:,} of them read now")
    for reason, count in done.dropped.items():
        say(f"Left out: {count:,} x {reason}")
    code = report(problems)
    say(f"Next: kg stats {output}")
    ctx.exit(code)
