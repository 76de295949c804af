"""What went wrong with single records into lines and the exit code 3."""

from __future__ import annotations

from kg.cli.console import counted, say
from kg.readers.problems import Problems

SKIPPED = 3
"""The exit code of a command that is done but had to skip records."""


def listed(problems: Problems) -> None:
    """List what was noted and skipped on standard error."""
    for note in problems.notes:
        say(f"Note: {note}")
    for problem in problems.skipped:
        say(f"Skipped: {problem}")


def report(problems: Problems) -> int:
    """List what was noted and skipped by a command that is done; returns the exit code."""
    listed(problems)
    if problems.skipped:
        say(f"{counted(len(problems.skipped), 'record')} skipped; all others are done.")
    return SKIPPED if problems.skipped else 0
