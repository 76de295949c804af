"""The command line as tests call it: in this process, which is fast, or in one of its own, where processes matter."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import NamedTuple

from kg.cli import main
from kg.stores.graph_file import GraphFile

GOLDEN = Path(__file__).parent / "golden"
FORMATS = ("graph.graphml", "graph.gexf", "graph.json", "graph-csv")


class Done(NamedTuple):
    """How a command ended, and what it wrote."""

    code: int
    out: str
    err: str


def kg(*arguments: object, stdin: bytes = b"") -> Done:
    """Run a command in this process. Whatever is raised but its exit goes on: a person would see a traceback."""
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
    code = 0
    with redirect_stdout(out), redirect_stderr(err), _standard_input(stdin):
        try:
            main([str(one) for one in arguments], prog_name="kg")
        except SystemExit as ended:
            code = int(ended.code or 0)
    return Done(code, *(one.buffer.getvalue().decode() for one in (out, err)))  # type: ignore[attr-defined]


@contextmanager
def _standard_input(content: bytes) -> Iterator[None]:
    before, sys.stdin = sys.stdin, io.TextIOWrapper(io.BytesIO(content), "utf-8")
    try:
        yield
    finally:
        sys.stdin = before


def process(*arguments: object, stdin: bytes = b"", environment: Mapping[str, str] | None = None) -> Done:
    """Run a command in a process of its own."""
    done = subprocess.run(
        command(*arguments), input=stdin, capture_output=True, check=False, env={**os.environ, **(environment or {})}
    )
    return Done(done.returncode, done.stdout.decode(), done.stderr.decode())


def command(*arguments: object) -> list[str]:
    """The command line of a process."""
    return [str(Path(sys.executable).with_name("kg")), *map(str, arguments)]


def told(done: Done) -> Done:
    """The same without the lines on what assembly left out: those depend on what the model read."""
    lines = done.err.splitlines(keepends=True)
    return done._replace(err="".join(line for line in lines if not line.startswith("Left out: ")))


def built(path: Path) -> dict[str, bytes]:
    """All that tells two graphs apart: the bytes of every export, and the fingerprint."""
    found = {}
    for name in FORMATS:
        target = path.with_name(f"{path.name}-exports") / name
        target.parent.mkdir(exist_ok=True)
        assert kg("export", path, target) == (0, "", f"{path} written to {target}\n")
        files = sorted(target.iterdir()) if target.is_dir() else [target]
        found.update({str(file.relative_to(target.parent)): file.read_bytes() for file in files})
    with GraphFile.open(path) as file:
        assert file.state()
        found["fingerprint"] = file.need_graph().encode()
    return found


def golden(name: str, text: str) -> str:
    """What the golden file holds that ``text`` must equal. ``KG_GOLDEN=write pytest`` writes it anew."""
    path = GOLDEN / name
    if os.environ.get("KG_GOLDEN") == "write":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return path.read_text("utf-8")
