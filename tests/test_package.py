"""What is shipped: a wheel that holds all it needs, and no more than a package index takes."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MEGABYTE = 10**6


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (made,) = folder.glob("*.whl")
    return made


def test_the_wheel_holds_all_that_is_needed(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as held:
        size = {one.filename: one.file_size for one in held.infolist()}
    queries = {f"kg/cypher/queries/{path.name}" for path in (ROOT / "cypher" / "queries").iterdir()}
    assert queries <= set(size)
    assert "kg/examples/papers.jsonl" in size
    assert "kg/nlp/training/gold.py" in size
    assert "kg/nlp/training/annotations.jsonl" not in size
    parts = {"model.json", "tokenizer.json", "encoder.onnx", "tagger.onnx", "pairs.onnx", "proposer.onnx"}
    for model, most in (("accurate", 130), ("fast", 30)):
        weights = {name: count for name, count in size.items() if name.startswith(f"kg/nlp/weights/{model}/")}
        assert {f"kg/nlp/weights/{model}/{part}" for part in parts} <= set(weights)
        assert max(weights.values()) < 95 * MEGABYTE
        assert sum(weights.values()) < most * MEGABYTE
    assert wheel.stat().st_size < 150 * MEGABYTE
    assert {Path(name).parts[0] for name in size} == {"kg", "kg-0.1.0.dist-info"}


def test_the_wheel_works_where_it_is_installed(wheel: Path, tmp_path: Path) -> None:
    target = tmp_path / "site"
    with zipfile.ZipFile(wheel) as held:
        held.extractall(target)
    (tmp_path / "p.csv").write_text("id,title\na,BERT for question answering\n", "utf-8")
    script = "import kg, kg.cli; assert kg.__file__.startswith({!r}), kg.__file__; kg.cli.main(prog_name='kg')"

    def kg(*arguments: str) -> str:
        command = [sys.executable, "-c", script.format(str(target)), *arguments]
        environment = {**os.environ, "PYTHONPATH": str(target)}
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    kg("build", "p.csv", "-o", "p.kg", "--workers", "1")
    answer = kg("query", "p.kg", "MATCH (p:Paper) RETURN p.id AS id, p.title AS title", "--format", "csv")
    assert answer == "id,title\npaper:a,BERT for question answering\n"
    assert kg("query", "p.kg", "papers-on", "-p", "name=nothing", "--format", "jsonl") == ""
