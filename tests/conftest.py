"""In CI a skipped test is a failure, unless .ci/run names its reason. Servers are started once for all tests."""

from __future__ import annotations

import os
from collections.abc import Iterator

import neo4j_server
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


@pytest.fixture(scope="session", params=[None] if os.environ.get("NEO4J_URI") else neo4j_server.VERSIONS)
def running(request: pytest.FixtureRequest) -> Iterator[neo4j_server.Server]:
    """A running server of each version, with whatever earlier tests left in it."""
    server = neo4j_server.Server(request.param)
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture
def server(running: neo4j_server.Server, monkeypatch: pytest.MonkeyPatch) -> neo4j_server.Server:
    """A running server of each version, empty; commands have its password in their environment."""
    running.clear()
    for name, value in running.credentials().items():
        monkeypatch.setenv(name, value)
    return running


@pytest.fixture(params=neo4j_server.VERSIONS)
def own(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[neo4j_server.Server]:
    """A server of one's own of each version, which was never started."""
    server = neo4j_server.Server(request.param, own=True)
    for name, value in server.credentials().items():
        monkeypatch.setenv(name, value)
    try:
        yield server
    finally:
        server.stop()
