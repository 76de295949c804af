"""The house: which floor may import which, how large its rooms are, and what a module opens with."""

from __future__ import annotations

import ast
from pathlib import Path
from statistics import median

import pytest
from importlinter.cli import lint_imports

KG = Path(__file__).parents[1] / "kg"
MODULES = sorted(path for path in KG.rglob("*.py") if path.stat().st_size)


def test_imports_only_point_down() -> None:
    assert lint_imports(no_cache=True, config_filename=str(KG.parent / "pyproject.toml")) == 0


def test_rooms_are_small() -> None:
    lines = {str(path.relative_to(KG)): len(path.read_text("utf-8").splitlines()) for path in MODULES}
    assert {name: count for name, count in lines.items() if count > 400} == {}
    assert median(lines.values()) < 100


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(KG)))
def test_modules_say_what_they_are(path: Path) -> None:
    words = ast.get_docstring(ast.parse(path.read_text("utf-8")))
    assert words
    assert words[0].isupper() or words[0] == "`"


def test_only_the_command_line_prints_exits_or_reads_the_environment() -> None:
    found = set()
    for path in MODULES:
        if path.is_relative_to(KG / "cli"):
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            name = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
            if name in ("print", "exit", "sys.exit", "click.echo") or (
                isinstance(node, ast.Attribute) and ast.unparse(node) == "os.environ"
            ):
                found.add(f"{path.relative_to(KG)}:{node.lineno}")
    assert found == set()


def test_only_the_nlp_floor_knows_spacy() -> None:
    found = set()
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            if any(name.split(".")[0] == "spacy" for name in names):
                found.add(path.relative_to(KG).parts[0])
    assert found == {"nlp"}
