"""Options that several commands share."""

from __future__ import annotations

import os

import click


def _known_reader(_ctx: click.Context, _param: click.Parameter, value: str | None) -> str | None:
    if value is not None:
        from kg.readers import reader_names  # only where it is asked for: plug-ins are looked up in all packages

        if value not in reader_names():
            raise click.BadParameter(f"no format {value!r}: there are {', '.join(reader_names())}")
    return value


def _complete_reader(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    from kg.readers import reader_names

    return [name for name in reader_names() if name.startswith(incomplete)]


def cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


graph_file = click.argument("graph", type=click.Path())
papers = click.argument("papers", nargs=-1, required=True, type=click.Path(allow_dash=True))
reader = click.option(
    "--reader",
    metavar="FORMAT",
    callback=_known_reader,
    shell_complete=_complete_reader,
    help="Format of all inputs: csv, json, jsonl, page, text or tsv; told by content and name if not given.",
)
model = click.option(
    "--model", default="accurate", show_default=True, metavar="NAME", help="A model of the package, or a folder."
)
workers = click.option(
    "--workers",
    type=click.IntRange(1, 256),
    default=cores,
    show_default="one a core",
    help="Processes that read papers; the result is the same.",
)
as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
