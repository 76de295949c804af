"""``kg extract``: papers into lines of JSON with all that was read in them."""

from __future__ import annotations

import click

from kg.cli import options
from kg.cli.console import counted, progress, say


@click.command("extract", short_help="Read papers into lines of JSON.")
@options.papers
@click.option(
    "-o", "--output", default="-", type=click.Path(allow_dash=True), help="A file; standard output if not given."
)
@options.reader
@options.model
@options.workers
@click.pass_context
def command(
    ctx: click.Context, papers: tuple[str, ...], output: str, reader: str | None, model: str, workers: int
) -> None:
    """Read PAPERS (files, folders, or - for standard input) and write what is in each as a line of JSON.

    A line has id, text, sentences, mentions [start, end, type, score], relations [head, type, tail, score], proposes,
    results and abbreviations; offsets are characters of the text. Lines come in the order of the papers.

    \b
      kg extract papers.jsonl -o extractions.jsonl
      cat papers.jsonl | kg extract - | head
    """
    from kg.cli.output import opened
    from kg.cli.reading import listed, report
    from kg.nlp.extract import extract, version
    from kg.readers import Problems, read

    version(model)
    problems, count = Problems(), 0
    try:
        with opened(output) as stream:
            found = extract(read(papers, reader, problems), model, workers)
            for extraction in progress(found):
                stream.write(extraction.to_json().encode("utf-8", "surrogatepass") + b"\n")
                count += 1
    except BaseException:
        listed(problems)
        raise
    if output != "-":
        say(f"{counted(count, 'paper')} read into {output}")
    ctx.exit(report(problems))
