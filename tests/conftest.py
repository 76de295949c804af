"""In CI a skipped test is a failure, unless .ci/run names its reason."""

from __future__ import annotations

import os

import pytest

_unexpected: list[str] = []


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Note skips whose reason is not allowed."""
    if report.skipped and os.environ.get("CI") and isinstance(report.longrepr, tuple):
        reason = report.longrepr[2].removeprefix("Skipped: ")
        if reason not in os.environ.get("KG_MAY_SKIP", "").splitlines():
            _unexpected.append(f"{report.nodeid}: {reason}")


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail the run that skipped what it may not skip."""
    if _unexpected and session.exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say which they were."""
    for line in _unexpected:
        terminalreporter.write_line(f"skipped, which CI does not allow: {line}", red=True)
