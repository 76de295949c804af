"""Arguments of a command line into calls of the library, and what they return into text: ``kg``."""

from __future__ import annotations

import os
import sys
from importlib import import_module

import click

from kg.cli.console import complain
from kg.errors import KGError

COMMANDS: dict[str, str] = {
    "aliases": "kg.cli.aliases",
    "build": "kg.cli.build",
    "completion": "kg.cli.completion",
    "diff": "kg.cli.diff",
    "evaluate": "kg.cli.evaluate",
    "export": "kg.cli.export",
    "extract": "kg.cli.extract",
    "leaderboard": "kg.cli.leaderboard",
    "load": "kg.cli.load",
    "pull": "kg.cli.pull",
    "queries": "kg.cli.queries",
    "query": "kg.cli.query",
    "remove": "kg.cli.remove",
    "show": "kg.cli.show",
    "stats": "kg.cli.stats",
    "train": "kg.cli.train",
    "trends": "kg.cli.trends",
    "verify": "kg.cli.verify",
}
"""Commands and their modules, each with a click command ``command``; loaded when they are asked for."""


class Commands(click.Group):
    """A group whose commands are imported one by one, and whose failures are single lines."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all commands."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name, or None."""
        if cmd_name not in COMMANDS:
            return None
        command = import_module(COMMANDS[cmd_name]).command
        assert isinstance(command, click.Command)
        return command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """As click does it, but no command at all is wrong usage in every version of click."""
        if not args and not ctx.resilient_parsing:
            click.echo(ctx.get_help(), err=True)
            ctx.exit(2)
        return super().parse_args(ctx, args)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does it, but an unknown command lists the known ones."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            ctx.fail(f"no command {args[0]!r}: there are {', '.join(sorted(COMMANDS))}")
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; a failure that a person can act on is one line, and the exit code 1."""
        try:
            return super().invoke(ctx)
        except KGError as error:
            complain(str(error))
            ctx.exit(1)
        except BrokenPipeError:
            _silence()  # whoever read the output has seen enough
            ctx.exit(0)
        except OSError as error:
            if error.filename is not None:
                complain(f"{error.filename}: {error.strerror}")
                ctx.exit(1)
            complain(f"the output cannot be written: {error.strerror or error}")
            _silence()
            ctx.exit(1)


def _silence() -> None:
    """Send what is still buffered for standard output nowhere, so that it does not fail at exit once more."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@click.group(cls=Commands, context_settings={"help_option_names": ["--help", "-h"], "max_content_width": 100})
@click.version_option(package_name="kg", message="kg %(version)s")
def main() -> None:
    """Abstracts of papers into a knowledge graph of methods, datasets, tasks and metrics.

    Offline, the same graph every time, with the sentences behind every edge.

    \b
      kg build papers.jsonl -o my.kg     read papers into a graph file
      kg show my.kg BERT                 what the graph knows of a thing, with sentences
      kg query my.kg methods-for-task -p task="question answering"

    Exit codes: 0 done, 1 failed, 2 wrong usage, 3 done but records were skipped, 4 graphs differ or are wrong.
    """
