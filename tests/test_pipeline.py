"""Papers into a graph file by any way: the same graph, and nothing done twice, whatever came between."""

from __future__ import annotations

import json
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from command_line import Done, built, command, kg, process, told

from kg import examples, pipeline
from kg.errors import KGError
from kg.nlp.extract import REVISION
from kg.nlp.runtime import folder_of
from kg.stores.graph_file import GraphFile

Record = dict[str, Any]


def shortened(record: Record) -> Record:
    """An example paper with the first two sentences of its abstract: names and relations, and soon read."""
    return record | {"abstract": ". ".join(record["abstract"].split(". ")[:2]).rstrip(".") + "."}


LINES = examples.path().read_text("utf-8").splitlines()
PAPERS = [shortened(json.loads(line)) for line in LINES[3:11]]
OTHERS = [shortened(json.loads(line)) for line in LINES[11:14]]
MANY = [
    {
        "id": f"p{number}",
        "title": f"Parser {number}",
        "abstract": f"We compare Parser {number} with BERT on Bank-{number % 7}.",
    }
    for number in range(80)
]


def write(path: Path, records: list[Record]) -> Path:
    path.write_text("".join(json.dumps(record) + "\n" for record in records), "utf-8")
    return path


def build(path: Path, records: list[Record], *arguments: object) -> int:
    """Build from papers on standard input; returns how many of them were read."""
    done = kg(
        "build",
        "-",
        "-o",
        path,
        *(arguments or ("--workers", 1)),
        stdin=write(path.with_suffix(".in"), records).read_bytes(),
    )
    return read_now(done, path)


def read_now(done: Done, path: Path) -> int:
    """How many papers a build says it read, from a message that must be whole otherwise."""
    with GraphFile.open(path) as file:
        count = len(file.paper_ids())
    opening = f"{count} paper{'' if count == 1 else 's'} in {path}, "
    said = told(done).err.removeprefix(opening)
    number = said.split()[0]
    assert told(done) == (0, "", f"{opening}{number} of them read now\nNext: kg stats {path}\n")
    return int(number)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, bytes]]:
    """One build of all papers from nothing, and all that tells its graph."""
    path = tmp_path_factory.mktemp("whole") / "my.kg"
    assert build(path, PAPERS) == len(PAPERS)
    return path, built(path)


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, bytes]]:
    """One build of many papers, each a sentence long."""
    path = tmp_path_factory.mktemp("many") / "my.kg"
    assert build(path, MANY) == len(MANY)
    return path, built(path)


# Any way to the same papers


def test_the_graph_is_of_all_the_papers(whole: tuple[Path, dict[str, bytes]]) -> None:
    path, exports = whole
    nodes = {node["id"] for node in json.loads(exports["graph.json"])["nodes"]}
    assert {id_ for id_ in nodes if id_.startswith("paper:")} == {f"paper:{paper['id']}" for paper in PAPERS}
    assert sorted(exports) == [
        "fingerprint",
        "graph-csv/edges.csv",
        "graph-csv/nodes.csv",
        "graph.gexf",
        "graph.graphml",
        "graph.json",
    ]
    with GraphFile.open(path) as file:
        assert len(list(file.nodes())) > 2 * len(PAPERS)


def test_other_papers_give_another_graph(tmp_path: Path, whole: tuple[Path, dict[str, bytes]]) -> None:
    build(tmp_path / "my.kg", PAPERS[1:])
    other = built(tmp_path / "my.kg")
    assert [name for name in whole[1] if other[name] == whole[1][name]] == []


def test_in_steps(tmp_path: Path, whole: tuple[Path, dict[str, bytes]]) -> None:
    path = tmp_path / "my.kg"
    assert [build(path, PAPERS[:3]), build(path, PAPERS[2:6]), build(path, PAPERS[6:]), build(path, PAPERS)] == [
        3,
        3,
        2,
        0,
    ]
    assert built(path) == whole[1]


@pytest.mark.parametrize("seed", range(2))
def test_in_any_order(tmp_path: Path, whole: tuple[Path, dict[str, bytes]], seed: int) -> None:
    shuffled = random.Random(seed).sample(PAPERS, len(PAPERS))
    assert shuffled != PAPERS
    build(tmp_path / "my.kg", shuffled)
    assert built(tmp_path / "my.kg") == whole[1]


def test_from_any_files(tmp_path: Path, whole: tuple[Path, dict[str, bytes]]) -> None:
    (tmp_path / "papers").mkdir()
    write(tmp_path / "papers" / "b.jsonl", PAPERS[:4])
    (tmp_path / "papers" / "a.json").write_text(json.dumps(PAPERS[4:]), "utf-8")
    path = tmp_path / "my.kg"
    assert read_now(kg("build", tmp_path / "papers", "-o", path), path) == len(PAPERS)
    assert built(path) == whole[1]


@pytest.mark.parametrize("seed", ["0", "1"])
def test_with_any_hash_seed(tmp_path: Path, whole: tuple[Path, dict[str, bytes]], seed: str) -> None:
    path = tmp_path / "my.kg"
    given = write(tmp_path / "papers.jsonl", PAPERS if seed == "0" else PAPERS[::-1])
    done = process("build", given, "-o", path, "--workers", 1, environment={"PYTHONHASHSEED": seed})
    assert read_now(done, path) == len(PAPERS)
    assert built(path) == whole[1]


def test_with_any_number_of_workers(tmp_path: Path, many: tuple[Path, dict[str, bytes]]) -> None:
    path = tmp_path / "my.kg"
    done = process("build", write(tmp_path / "papers.jsonl", MANY), "-o", path, "--workers", 2)
    assert read_now(done, path) == len(MANY)
    assert built(path) == many[1]


def test_after_changes_and_back(tmp_path: Path, whole: tuple[Path, dict[str, bytes]]) -> None:
    path = tmp_path / "my.kg"
    changed = [
        PAPERS[0] | {"abstract": OTHERS[0]["abstract"]},
        PAPERS[1] | {"title": OTHERS[1]["title"]},
        PAPERS[2] | {"year": 1900, "authors": ["N. One"]},
        {"id": PAPERS[3]["id"], "title": PAPERS[3]["title"]},
    ]
    assert build(path, PAPERS) == 8
    assert build(path, changed) == 3  # a year and an author are not read
    assert [name for name, content in built(path).items() if content == whole[1][name]] == []
    assert build(path, PAPERS) == 3  # what was read in a text is dropped with the last paper of that text
    assert built(path) == whole[1]


def test_more_and_fewer(tmp_path: Path, whole: tuple[Path, dict[str, bytes]]) -> None:
    path = tmp_path / "my.kg"
    build(path, OTHERS + PAPERS)
    ids = [paper["id"] for paper in OTHERS]
    assert told(kg("remove", path, ids[0], "-", stdin="\n".join(ids[1:]).encode())) == (
        0,
        "",
        f"3 papers removed, 8 left in {path}\n",
    )
    assert built(path) == whole[1]


def test_papers_of_equal_text_share_what_was_read(tmp_path: Path) -> None:
    twins = [PAPERS[0], PAPERS[0] | {"id": "twin"}]
    path, other = tmp_path / "my.kg", tmp_path / "other.kg"
    assert build(path, twins) == 1
    both = built(path)
    assert told(kg("remove", path, PAPERS[0]["id"])).err == f"1 paper removed, 1 left in {path}\n"
    assert build(other, twins[1:]) == 1
    assert built(path) == built(other)
    assert build(path, twins) == 0
    assert built(path) == both


@pytest.mark.parametrize("seed", range(2))
def test_any_walk(tmp_path: Path, whole: tuple[Path, dict[str, bytes]], seed: int) -> None:
    dice, path = random.Random(seed), tmp_path / "my.kg"
    pool = [*PAPERS, *OTHERS, *(paper | {"year": 1950 + number} for number, paper in enumerate(PAPERS))]
    there: set[str] = set()
    for _ in range(5):
        if there and dice.random() < 0.4:
            gone = dice.sample(sorted(there), dice.randint(1, len(there)))
            assert kg("remove", path, *gone).code == 0
            there -= {*gone}
        else:
            some = {paper["id"]: paper for paper in dice.sample(pool, dice.randint(1, 6))}
            build(path, [*some.values()])
            there |= {*some}
        with GraphFile.open(path) as file:
            assert file.paper_ids() == sorted(there)
    build(path, PAPERS)
    if gone := there - {paper["id"] for paper in PAPERS}:
        assert kg("remove", path, *gone).code == 0
    assert built(path) == whole[1]


def test_all_removed_and_back(tmp_path: Path, whole: tuple[Path, dict[str, bytes]]) -> None:
    path = shutil.copy(whole[0], tmp_path / "my.kg")
    assert told(kg("remove", path, *(paper["id"] for paper in PAPERS))).err == f"8 papers removed, 0 left in {path}\n"
    with GraphFile.open(path) as file:
        assert ([*file.nodes()], [*file.edges()], file.state()) == ([], [], True)
    assert kg("remove", path, "x") == (1, "", f"Error: {path}: no paper has the id 'x': there is no paper in it\n")
    assert build(path, PAPERS) == 8
    assert built(path) == whole[1]


def test_another_model_reads_all_again(tmp_path: Path, whole: tuple[Path, dict[str, bytes]]) -> None:
    other = tmp_path / "model"
    other.mkdir()
    for file in folder_of("accurate").iterdir():
        (other / file.name).symlink_to(file)
    card = json.loads((other / "model.json").read_text("utf-8"))
    (other / "model.json").unlink()
    (other / "model.json").write_text(json.dumps(card | {"version": "of a test"}), "utf-8")
    path = shutil.copy(whole[0], tmp_path / "my.kg")
    assert build(path, OTHERS[:1], "--model", other) == 9
    assert told(kg("remove", path, OTHERS[0]["id"])).code == 0
    with GraphFile.open(path) as file:
        assert file.model() == f"{card['name']}-of a test-{REVISION}"
        assert file.stats()["extractions"] == len(PAPERS)
    assert built(path) == whole[1]  # equal weights read equal things
    assert build(path, PAPERS) == 8
    assert build(path, PAPERS) == 0


def test_the_library_is_the_command(tmp_path: Path, whole: tuple[Path, dict[str, bytes]]) -> None:
    path, papers = tmp_path / "my.kg", write(tmp_path / "papers.jsonl", PAPERS + OTHERS[:1])
    seen: list[str] = []

    def watch(found: Iterator[Any], total: int) -> Iterator[Any]:
        assert total == 9
        for extraction in found:
            seen.append(extraction.id)
            yield extraction

    done = pipeline.build([papers], path, watch=watch)
    assert (done.papers, done.extracted) == (9, 9)
    assert sorted(seen) == sorted(paper["id"] for paper in PAPERS + OTHERS[:1])
    done, unknown = pipeline.remove(["x", OTHERS[0]["id"]], path)
    assert (done.papers, done.extracted, unknown) == (8, 0, ["x"])
    assert built(path) == whole[1]
    papers.write_text('{"title": 1}\n')
    with pytest.raises(KGError) as error:
        pipeline.build([papers], path)
    assert str(error.value) == f"{papers}:1: title is a number, not text: put it in quotation marks"
    assert built(path) == whole[1]


# Killed, and run again

DIE = """
import os, signal, sys
from kg import pipeline

def die(frame, event, argument):
    global left
    if event == "call" and frame.f_code.co_qualname == where:
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

def watch(found, total):
    if where != "GraphFile.put_paper":
        sys.setprofile(die)
    return found

papers, path, where, left = sys.argv[1:4] + [int(sys.argv[4])]
if where == "GraphFile.put_paper":
    sys.setprofile(die)
pipeline.build([papers], path, watch=watch)
"""


def killed_at(papers: Path, path: Path, where: str, times: int) -> None:
    """Build in a process that dies when it calls a function of the given name the given time."""
    done = subprocess.run(
        [sys.executable, "-c", DIE, papers, path, where, str(times)], capture_output=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (-signal.SIGKILL, b"", b"")


KILLS = [  # and how many papers and extractions are in the file then
    ("GraphFile.put_paper", 40, 0, 0),
    ("GraphFile.put_extraction", 1, 80, 0),
    ("GraphFile.put_extraction", 40, 80, 32),
    ("GraphFile.put_extraction", 48, 80, 64),
    ("assemble", 1, 80, 64),
    ("GraphFile._insert", 4, 80, 64),
]


def test_killed_again_and_again(tmp_path: Path, many: tuple[Path, dict[str, bytes]]) -> None:
    assert pipeline.BATCH == 32
    given, path = write(tmp_path / "papers.jsonl", MANY), tmp_path / "my.kg"
    for where, times, papers, read in KILLS:
        killed_at(given, path, where, times)
        with GraphFile.open(path) as file:
            assert (len(file.paper_ids()), file.stats()["extractions"], file.state()) == (papers, read, False)
            assert file.fingerprint() is None
    unfinished = f"Error: {path}: the last build did not finish: run `kg build` again, then remove\n"
    assert kg("remove", path, "p1") == (1, "", unfinished)
    assert kg("show", path, "BERT") == (1, "", f"Error: {path} has no graph yet: let `kg build` finish\n")
    assert build(path, MANY) == 16
    assert built(path) == many[1]
    assert sorted(file.name for file in tmp_path.iterdir()) == ["my.in", "my.kg", "my.kg-exports", "papers.jsonl"]


def test_a_killed_second_build_leaves_the_first_graph(tmp_path: Path, many: tuple[Path, dict[str, bytes]]) -> None:
    path = tmp_path / "my.kg"
    build(path, MANY[:9])
    first = built(path)
    killed_at(write(tmp_path / "papers.jsonl", MANY), path, "GraphFile._insert", 3)
    with GraphFile.open(path) as file:
        assert (file.state(), len(file.paper_ids()), file.stats()["extractions"]) == (False, 80, 9 + 64)
        assert file.need_graph().encode() == first["fingerprint"]
        assert file.stats()["nodes"]["Paper"] == 9
    assert build(path, MANY) == 7
    assert built(path) == many[1]


def test_a_command_killed_from_outside(tmp_path: Path, many: tuple[Path, dict[str, bytes]]) -> None:
    """``kg build`` itself, with two workers, killed as soon as a batch is in the file."""
    given, path, empty = write(tmp_path / "papers.jsonl", MANY), tmp_path / "my.kg", tmp_path / "empty.kg"
    GraphFile.open(empty, write=True, create=True).close()
    with subprocess.Popen(command("build", given, "-o", path, "--workers", 2), stderr=subprocess.PIPE) as running:
        try:
            wait_for(running, lambda: path.exists() and path.stat().st_size > empty.stat().st_size)
            papers_in = path.stat().st_mtime_ns
            wait_for(running, lambda: path.stat().st_mtime_ns != papers_in)
            workers = children(running.pid)
        finally:
            running.kill()
    assert running.returncode == -signal.SIGKILL
    with GraphFile.open(path) as file:
        read = int(file.stats()["extractions"])
    assert build(path, MANY) == 80 - read
    assert built(path) == many[1]
    assert [worker for worker in workers if alive(worker)] == []


def wait_for(running: subprocess.Popen[bytes], sign: Callable[[], bool]) -> None:
    while not sign():
        assert running.poll() is None
        time.sleep(0.005)


def alive(process: int) -> bool:
    """Whether a process still runs; one that is dead and not yet buried does not."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def children(parent: int) -> list[int]:
    return [int(id_) for id_ in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]
