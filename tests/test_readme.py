"""The README: every console block is run, and every figure in it is the one of the model's card."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from neo4j_server import VERSIONS, Server

from kg import examples
from kg.evaluate import MEASURES
from kg.exporters.picture import best_known
from kg.nlp.runtime import WEIGHTS
from kg.schema import ENTITY_TYPES
from kg.stores.graph_file import GraphFile

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
DEMO = Path(__file__).parent / "golden" / "demo.txt"
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ADDRESS = "bolt://localhost:7687"
WRITE = os.environ.get("KG_GOLDEN") == "write"
ENVIRONMENT = {"LC_ALL": "C.UTF-8", "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}


def run(command: str, folder: Path) -> str:
    """What a terminal shows: standard output and standard error, as they come."""
    done = subprocess.run(
        ["bash", "-c", f"exec 2>&1; {command}"],
        cwd=folder,
        env={**os.environ, **ENVIRONMENT},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def shown(*, server: bool) -> list[str]:
    """The console blocks of the README that need a server, or those that do not."""
    return [block for block in BLOCK.findall(README.read_text("utf-8")) if (ADDRESS in block) == server]


def made(block: str, folder: Path, address: str = ADDRESS) -> str:
    """A console block as it should be: its commands, and what they print now."""
    lines = []
    for command in re.findall(r"^\$ (.*)$", block, re.MULTILINE):
        output = "" if command.startswith("make ") else run(command.replace(ADDRESS, address), folder)
        output = output.replace(address, ADDRESS)
        lines.append(f"$ {command}\n{output}" + ("" if output.endswith("\n") or not output else "\n"))
    new = "".join(lines)
    if WRITE:
        README.write_text(README.read_text("utf-8").replace(block, new), "utf-8")
        return block
    return new


def test_console_blocks(tmp_path: Path) -> None:
    shutil.copy(examples.path(), tmp_path / "papers.jsonl")
    blocks = shown(server=False)
    assert [made(block, tmp_path) for block in blocks] == blocks


def test_console_blocks_with_a_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copy(examples.path(), tmp_path / "papers.jsonl")
    (tmp_path / "docker").symlink_to(ROOT / "docker")
    run("kg build papers.jsonl -o my.kg", tmp_path)
    blocks = shown(server=True)
    server = Server(VERSIONS[0], own=True)
    server.need_java()
    for name, value in {**server.environment, **server.credentials()}.items():
        monkeypatch.setenv(name, value)
    try:
        assert [made(block, tmp_path, server.uri) for block in blocks] == blocks
    finally:
        server.stop()


def test_make_demo(tmp_path: Path) -> None:
    """The demo as the Makefile has it, but for the virtual environment, which is the one of this test."""
    for name in ("Makefile", "kg"):
        (tmp_path / name).symlink_to(ROOT / name)
    output = run(f"make --no-print-directory demo READY= BIN={Path(sys.executable).parent}/", tmp_path)
    output = output.replace(f"{Path(sys.executable).parent}/", "")
    if WRITE:
        DEMO.write_text(output, "utf-8")
    assert output == DEMO.read_text("utf-8")


def test_the_picture_is_of_the_graph_of_today(tmp_path: Path) -> None:
    run(f"kg build {examples.path()} -o example.kg", tmp_path)
    picture = examples.path().with_name("graph.svg")
    if WRITE:
        run(f"kg export example.kg {picture}", tmp_path)
    with GraphFile.open(tmp_path / "example.kg") as file:
        names = [str(data["name"]) for _, data in best_known(file.nodes(), file.edges()).nodes(data=True)]
    drawn = ["".join(one.itertext()).strip() for one in ElementTree.parse(picture).iter() if one.tag.endswith("}text")]
    assert [name for name in names if name not in drawn] == []
    assert sorted(set(drawn) - set(names)) == sorted(set(ENTITY_TYPES) & set(drawn))


@pytest.mark.parametrize("target", ["demo", "test", "train", "bench", "lint"])
def test_make_knows_what_the_readme_names(target: str) -> None:
    assert f"make {target}" in README.read_text("utf-8")
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)


def test_ci_runs_the_command_of_the_readme() -> None:
    assert "make test" in (ROOT / ".ci" / "run").read_text("utf-8").splitlines()


def test_quality_is_that_of_the_card() -> None:
    cards = [json.loads((WEIGHTS / name / "model.json").read_text("utf-8")) for name in ("accurate", "fast")]
    rows = [
        f"| {measure} | " + " | ".join(f"{card['f1']['small'][measure]:.1f}" for card in cards) + " |"
        for measure in MEASURES
    ]
    text = README.read_text("utf-8").splitlines()
    assert [row for row in rows if row not in text] == []
