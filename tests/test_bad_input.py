"""Bad input into one line that names file and line: nothing good is lost, and nothing half done is left."""

from __future__ import annotations

import gzip
import json
import os
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import stores_graph as sample
from command_line import Done, built, kg, process, told

from kg.errors import GraphFileError
from kg.model import Extraction
from kg.readers.source import MAX_LINE
from kg.stores.graph_file import GraphFile

ONE = b'{"id": "one", "title": "A small parser", "abstract": "We test a parser of our own."}\n'
TWO = b'{"id": "two", "title": "A second parser", "abstract": "It is the faster of the two."}\n'
BINARY = bytes(range(256)) * 4

# What a file holds, and the line that says why not one paper can be read.
REFUSED: dict[str, tuple[bytes, str]] = {
    "empty.jsonl": (b"", "no papers in it: the file is empty"),
    "blank.jsonl": (b"\n \r\n\n", "no papers in it: the file is empty"),
    "binary.jsonl": (BINARY, "no text but binary data: give JSON, CSV or plain text in UTF-8"),
    "binary": (BINARY, "no text but binary data: give JSON, CSV or plain text in UTF-8"),
    "paper.txt": (b"%PDF-1.7 parser", "no text but a PDF file: extract its title and abstract first"),
    "utf16.jsonl": (
        (ONE + TWO).decode().encode("utf-16"),
        "no text but text in UTF-16: save it as UTF-8, or: iconv -f UTF-16 -t UTF-8",
    ),
    "none.json": (b"[]", "no papers in it (read as json): choose another format with --reader"),
    "none.csv": (b"id,title\n", "no papers in it (read as csv): choose another format with --reader"),
    "page.txt": (
        b"<html><body>A parser</body></html>",
        "HTML or XML, which is not read: save the page as text, or export JSON or CSV",
    ),
    "notes.xyz": (b"Some notes\n", "the suffix '.xyz' is not known: choose with --reader"),
    "half.jsonl.gz": (
        gzip.compress(ONE * 9, mtime=0)[:40],
        "the compressed data breaks off or is damaged: fetch or pack the file again",
    ),
}

# What a file holds, what is skipped (line, reason), and the papers that are read for all that.
SKIPPED: dict[str, tuple[bytes, list[tuple[int, str]], list[str]]] = {
    "broken.jsonl": (
        ONE + b'{"title": "A third\n' + TWO,
        [(2, "broken JSON in column 11: Unterminated string starting at; a line must be one whole object")],
        ["one", "two"],
    ),
    "late.jsonl": (
        ONE + b"\n\n" + TWO + b'{"title": }\n',
        [(5, "broken JSON in column 11: Expecting value; a line must be one whole object")],
        ["one", "two"],
    ),
    "latin.jsonl": (
        ONE + '{"title": "Café"}\n'.encode("latin-1") + TWO,
        [(2, "byte 0xe9 in column 15 is no UTF-8: convert it, as with: iconv -f WINDOWS-1252 -t UTF-8")],
        ["one", "two"],
    ),
    "long.jsonl": (
        ONE + b'{"title": "' + b"x" * (MAX_LINE - 13) + b'"}\n' + TWO,
        [(2, "a line of more than 10,000,000 bytes: is this a file of papers, one a line?")],
        ["one", "two"],
    ),
    "fields.jsonl": (
        ONE + b'{"abstract": "Only this.", "id": 3}\n{}\n[1]\n{"title": 4}\n{"title": "T", "abstract": ["a"]}\n' + TWO,
        [
            (2, "no title: a paper needs a field 'title' (or 'name') with some text; it has: abstract, id"),
            (3, "no title: a paper needs a field 'title' (or 'name') with some text; it has: no fields at all"),
            (4, 'no JSON object: a paper is written {"title": ..., "abstract": ...}'),
            (5, "title is a number, not text: put it in quotation marks"),
            (6, "abstract is a list, not text: put it in quotation marks"),
        ],
        ["one", "two"],
    ),
    "twice.jsonl": (
        ONE + b'{"id": "one", "title": "Another paper"}\n' + TWO,
        [(2, "the id 'one' has another text at twice.jsonl:1; that one is kept: give them ids of their own")],
        ["one", "two"],
    ),
    "missing.csv": (
        b"id,title,abstract\none,A small parser,We test it.\ntwo,,It is fast.\n",
        [(3, "no title: a paper needs a field 'title' (or 'name') with some text; it has: abstract, id, title")],
        ["one"],
    ),
}


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.chdir(tmp_path)
    yield tmp_path
    assert [path.name for path in tmp_path.rglob("*") if path.name.endswith((".part", "-journal"))] == []


def skipped(name: str, problems: list[tuple[int, str]]) -> str:
    count = "1 record" if len(problems) == 1 else f"{len(problems)} records"
    lines = "".join(f"Skipped: {name}:{line}: {reason}\n" for line, reason in problems)
    return f"{lines}{count} skipped; all others are done.\n"


@pytest.mark.parametrize("name", list(REFUSED))
def test_a_file_without_papers(here: Path, name: str) -> None:
    content, reason = REFUSED[name]
    Path(name).write_bytes(content)
    Path("old.jsonl").write_text("old")
    kept = sample.build(here / "old.kg").read_bytes()
    failed = Done(1, "", f"Error: {name}: {reason}\n")
    for command, new, old in (("build", "new.kg", "old.kg"), ("extract", "new.jsonl", "old.jsonl")):
        assert kg(command, name, "-o", new, "--workers", 1) == failed
        assert kg(command, name, "-o", old, "--workers", 1) == failed
    assert kg("extract", name, "--workers", 1) == failed
    assert sorted(path.name for path in here.iterdir()) == sorted([name, "old.jsonl", "old.kg"])
    assert (Path("old.kg").read_bytes(), Path("old.jsonl").read_text()) == (kept, "old")


@pytest.mark.parametrize("name", list(SKIPPED))
def test_bad_records_among_good_ones(here: Path, name: str) -> None:
    content, problems, ids = SKIPPED[name]
    Path(name).write_bytes(content)
    count = "1 paper" if len(ids) == 1 else f"{len(ids)} papers"
    said = skipped(name, problems)
    assert told(kg("build", name, "-o", "my.kg", "--workers", 1)) == (
        3,
        "",
        f"{count} in my.kg, {len(ids)} of them read now\n{said}Next: kg stats my.kg\n",
    )
    with GraphFile.open("my.kg") as file:
        assert (file.paper_ids(), file.state()) == (ids, True)
        read = [file.extraction(id_) for id_ in ids]
    assert kg("extract", name, "-o", "my.jsonl", "--workers", 1) == (3, "", f"{count} read into my.jsonl\n{said}")
    assert [Extraction.from_json(line) for line in Path("my.jsonl").read_text("utf-8").splitlines()] == read
    assert told(kg("build", name, "-o", "my.kg", "--workers", 1)).err == (
        f"{count} in my.kg, 0 of them read now\n{said}Next: kg stats my.kg\n"
    )
    assert sorted(path.name for path in here.iterdir()) == sorted([name, "my.jsonl", "my.kg"])


def test_only_bad_records(here: Path) -> None:
    Path("bad.jsonl").write_bytes(b'{"title": 1}\n{"title": 2}\n')
    reason = "title is a number, not text: put it in quotation marks"
    said = (
        f"Skipped: bad.jsonl:1: {reason}\nSkipped: bad.jsonl:2: {reason}\n"
        "Error: bad.jsonl: not one paper could be read; records that were skipped: 2\n"
    )
    assert kg("build", "bad.jsonl", "-o", "my.kg") == (1, "", said)
    assert kg("extract", "bad.jsonl", "--workers", 1) == (1, "", said)
    assert [path.name for path in here.iterdir()] == ["bad.jsonl"]


@pytest.mark.parametrize("name", ["standard input"])
def test_standard_input_has_lines_too(here: Path, name: str) -> None:
    content, problems, _ = SKIPPED["broken.jsonl"]
    done = kg("build", "-", "-o", "my.kg", "--workers", 1, stdin=content)
    assert (done.code, told(done).err) == (
        3,
        f"2 papers in my.kg, 2 of them read now\n{skipped(name, problems)}Next: kg stats my.kg\n",
    )
    assert kg("build", "-", "-o", "new.kg") == (1, "", f"Error: {name}: no papers in it: the file is empty\n")
    assert [path.name for path in here.iterdir()] == ["my.kg"]


def test_a_repeated_paper_is_no_failure(here: Path) -> None:
    Path("same.jsonl").write_bytes(ONE + ONE + TWO + ONE)
    note = "Note: 2 papers came again and count once (first: same.jsonl:2 is same.jsonl:1)\n"
    assert told(kg("build", "same.jsonl", "-o", "my.kg")) == (
        0,
        "",
        f"2 papers in my.kg, 2 of them read now\n{note}Next: kg stats my.kg\n",
    )
    assert kg("extract", "same.jsonl", "--workers", 1, "-o", "a.jsonl") == (
        0,
        "",
        f"2 papers read into a.jsonl\n{note}",
    )
    assert len((here / "a.jsonl").read_text().splitlines()) == 2


def test_which_of_two_texts_is_kept_does_not_depend_on_their_order(here: Path) -> None:
    short, full = b'{"id": "one", "title": "Another paper"}\n', ONE
    built_from = []
    for name, content in (("short-first.jsonl", short + full), ("full-first.jsonl", full + short)):
        Path(name).write_bytes(content)
        done = kg("build", name, "-o", f"{name}.kg")
        which = "this" if name == "short-first.jsonl" else "that"
        reason = f"the id 'one' has another text at {name}:1; {which} one is kept: give them ids of their own"
        assert told(done).err == (
            f"1 paper in {name}.kg, 1 of them read now\n{skipped(name, [(2, reason)])}Next: kg stats {name}.kg\n"
        )
        built_from.append(built(here / f"{name}.kg"))
    assert built_from[0] == built_from[1]


# Folders


def test_a_folder_without_papers(here: Path) -> None:
    Path("papers").mkdir()
    refused = "papers: no file in this folder can be read: papers are in .jsonl, .json, .csv, .tsv, .txt"
    assert kg("build", "papers", "-o", "my.kg") == (1, "", f"Error: {refused}\n")
    Path("papers", "readme.md").write_text("Papers go here.\n")
    note = "Note: papers/readme.md: not read: its suffix is not one of papers\n"
    assert kg("build", "papers", "-o", "my.kg") == (1, "", f"{note}Error: {refused}\n")
    assert kg("extract", "papers") == (1, "", f"{note}Error: {refused}\n")
    assert [path.name for path in here.iterdir()] == ["papers"]


def test_a_bad_file_in_a_folder_costs_no_other(here: Path) -> None:
    Path("papers").mkdir()
    for name, content in {"a.jsonl": ONE, "b.jsonl": BINARY, "c.jsonl": b"", "d.jsonl": TWO, "e.md": b"x"}.items():
        Path("papers", name).write_bytes(content)
    assert told(kg("build", "papers", "-o", "my.kg")) == (
        3,
        "",
        "2 papers in my.kg, 2 of them read now\n"
        "Note: papers/e.md: not read: its suffix is not one of papers\n"
        "Skipped: papers/b.jsonl: no text but binary data: give JSON, CSV or plain text in UTF-8\n"
        "Skipped: papers/c.jsonl: no papers in it: the file is empty\n"
        "2 records skipped; all others are done.\n"
        "Next: kg stats my.kg\n",
    )
    with GraphFile.open(here / "my.kg") as file:
        assert file.paper_ids() == ["one", "two"]


def test_a_bad_file_that_was_named_stops_all(here: Path) -> None:
    Path("good.jsonl").write_bytes(ONE)
    Path("bad.jsonl").write_bytes(BINARY)
    assert kg("build", "good.jsonl", "-o", "my.kg").code == 0
    before = (here / "my.kg").read_bytes()
    Path("good.jsonl").write_bytes(ONE.replace(b"small", b"tiny") + TWO)
    said = "Error: bad.jsonl: no text but binary data: give JSON, CSV or plain text in UTF-8\n"
    assert kg("build", "good.jsonl", "bad.jsonl", "-o", "my.kg") == (1, "", said)
    assert kg("build", "good.jsonl", "bad.jsonl", "-o", "new.kg") == (1, "", said)
    assert (here / "my.kg").read_bytes() == before
    assert not (here / "new.kg").exists()


# Output


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("build good.jsonl -o no/my.kg", "the folder of no/my.kg does not exist: make it first"),
        ("build good.jsonl -o .", ". is a directory: give the path of a graph file, such as papers.kg"),
        (
            "build good.jsonl -o good.jsonl",
            "good.jsonl is no graph file: give the path that `kg build -o` wrote, or build to another path",
        ),
        (
            "build good.jsonl -o other.db",
            "other.db is not a graph file: give the path that `kg build -o` wrote",
        ),
        ("build good.jsonl -o old.kg", "old.kg is in use by another build: wait until it ends, then try again"),
        ("remove old.kg a", "old.kg is in use by another build: wait until it ends, then try again"),
        ("extract good.jsonl -o no/my.jsonl", "no/my.jsonl: cannot be written: No such file or directory"),
        ("extract good.jsonl -o .", ".: cannot be written: Is a directory"),
        ("extract good.jsonl --workers 1 -o /dev/full", "/dev/full: cannot be written: No space left on device"),
    ],
)
def test_an_output_that_cannot_be_written(here: Path, line: str, reason: str) -> None:
    Path("good.jsonl").write_bytes(ONE)
    with closing(sqlite3.connect("other.db")) as other:
        other.execute("CREATE TABLE a (b)")
    sample.build(here / "old.kg")
    before = {path.name: path.read_bytes() for path in here.iterdir()}
    with GraphFile.open(here / "old.kg", write=True):
        assert kg(*line.split()) == (1, "", f"Error: {reason}\n")
    assert {path.name: path.read_bytes() for path in here.iterdir()} == before


def test_a_build_goes_on_once_the_other_ends(here: Path) -> None:
    Path("good.jsonl").write_bytes(ONE)
    with GraphFile.open(here / "my.kg", write=True, create=True):
        locked = process("build", "good.jsonl", "-o", "my.kg")
    assert locked == (1, "", "Error: my.kg is in use by another build: wait until it ends, then try again\n")
    assert told(kg("build", "good.jsonl", "-o", "my.kg")).err == (
        "1 paper in my.kg, 1 of them read now\nNext: kg stats my.kg\n"
    )


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read and write everything")
def test_no_permission(here: Path) -> None:
    Path("good.jsonl").write_bytes(ONE)
    Path("secret.jsonl").write_bytes(ONE)
    Path("secret.jsonl").chmod(0)
    sample.build(here / "old.kg").chmod(0o444)
    Path("closed").mkdir(mode=0o555)
    for line, reason in (
        ("build secret.jsonl -o my.kg", "secret.jsonl: cannot be read: Permission denied"),
        ("extract secret.jsonl", "secret.jsonl: cannot be read: Permission denied"),
        (
            "build good.jsonl -o old.kg",
            "no permission to write old.kg: change its permissions or choose another path",
        ),
        (
            "build good.jsonl -o closed/my.kg",
            "cannot open closed/my.kg: the file or its folder may not be written or read by you",
        ),
        ("extract good.jsonl -o closed/my.jsonl", "closed/my.jsonl: cannot be written: Permission denied"),
    ):
        assert kg(*line.split()) == (1, "", f"Error: {reason}\n")
    assert not (here / "my.kg").exists()


# A full disk


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 160 KiB, less than the empty tables of a graph file take twice."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=160k", "tmpfs", folder], capture_output=True, check=False
    )
    if mounted.returncode != 0:
        pytest.skip("no small disk can be mounted here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)


def grow(disk: Path, size: str) -> None:
    subprocess.run(["mount", "-o", f"remount,size={size}", disk], check=True)


def test_a_full_disk_costs_nothing_but_time(tmp_path: Path, disk: Path) -> None:
    papers, path = tmp_path / "papers.jsonl", disk / "my.kg"
    records = [
        {"id": str(number), "title": f"Parser {number}", "venue": "A conference in a town of many words " * 9}
        for number in range(80)
    ]
    papers.write_text("".join(json.dumps(record) + "\n" for record in records))
    advice = "free some disk space and run the command again, it goes on where it stood"
    full = Done(1, "", f"Error: no room left to write {path}: {advice}\n")

    assert kg("build", papers, "-o", path, "--workers", 1) == full
    assert list(disk.iterdir()) == []

    kept = []
    for size in range(208, 2048, 64):
        grow(disk, f"{size}k")
        done = kg("build", papers, "-o", path, "--workers", 1)
        if done.code == 0:
            break
        assert done == full
        kept.append(0)
        if path.exists():
            with GraphFile.open(path) as file:
                assert (file.paper_ids(), file.state()) == (sorted(record["id"] for record in records), False)
                kept[-1] = file.stats()["extractions"]
    assert told(done).err == f"80 papers in {path}, {80 - kept[-1]} of them read now\nNext: kg stats {path}\n"
    assert kept == sorted(kept)
    assert 0 in kept
    assert kept[-1] > 0

    whole = tmp_path / "whole.kg"
    kg("build", papers, "-o", whole, "--workers", 1)
    grow(disk, "4m")
    assert built(path) == built(whole)


def test_an_extraction_to_a_full_disk_leaves_the_old_one(tmp_path: Path, disk: Path) -> None:
    papers, target = tmp_path / "papers.jsonl", disk / "my.jsonl"
    papers.write_bytes(b"".join(ONE.replace(b'"one"', b'"%d"' % number) for number in range(2)))
    target.write_bytes(b"x" * (156 << 10))
    assert kg("extract", papers, "-o", target, "--workers", 1) == (0, "", f"2 papers read into {target}\n")
    target.write_bytes(b"x" * (160 << 10))
    done = kg("extract", papers, "-o", target, "--workers", 1)
    assert done == (1, "", f"Error: {target}: cannot be written: No space left on device\n")
    assert [(path.name, path.stat().st_size) for path in disk.iterdir()] == [("my.jsonl", 160 << 10)]


def test_a_graph_file_that_nobody_could_write_is_told_from_a_locked_one(disk: Path) -> None:
    with pytest.raises(GraphFileError) as error:
        GraphFile.open(disk / "my.kg", write=True, create=True)
    assert str(error.value).startswith(f"no room left to write {disk / 'my.kg'}: ")
    assert list(disk.iterdir()) == []
    (disk / "my.kg").touch()
    with pytest.raises(GraphFileError):
        GraphFile.open(disk / "my.kg", write=True, create=True)
    assert [path.name for path in disk.iterdir()] == ["my.kg"]  # somebody else made it
