"""Command lines into what a person and a program get: words, data, exit codes."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import click
import networkx as nx
import pytest
import stores_graph as sample
from command_line import FORMATS, command, golden, kg, process, told

from kg import load
from kg.cli import COMMANDS
from kg.evaluate import MEASURES
from kg.model import Alias, Edge, Extraction, Graph, Mention, Node, Paper, Relation, Result
from kg.network import to_networkx
from kg.stores.graph_file import GraphFile

SHARED = Path(__file__).resolve().parents[2] / "shared"
DEV = SHARED / "data" / "abstracts-dev.jsonl"

PAPERS = (
    '{"id": "one", "title": "A small parser", "abstract": "We propose a parser and test it on a small treebank."}\n'
    '{"id": "two", "title": "A second parser", "abstract": "It reaches 81.5 F1, and 2 points more with BERT."}\n'
)
FIVE = Extraction(
    "one",
    "A parser\nA parser for tagging on TREE reaches 81.5 F1.",
    ((0, 8), (9, 53)),
    (Mention(0, 8, "Method"), Mention(22, 29, "Task"), Mention(33, 37, "Dataset"), Mention(51, 53, "Metric")),
    (Relation(0, "Used-For", 1), Relation(0, "Evaluated-With", 2)),
    (0,),
    (Result(1, "81.5", "F1", "A parser", "TREE", "tagging"),),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A graph file, papers, and files that are neither; what a test writes has names of its own."""
    folder = tmp_path_factory.mktemp("cli")
    sample.build(folder / "small.kg")
    (folder / "papers.jsonl").write_text(PAPERS)
    (folder / "broken.jsonl").write_text(PAPERS.replace("\n", '\n{"title": \n', 1))
    (folder / "gold.jsonl").write_text(FIVE.to_json() + "\n")
    (folder / "notes.kg").write_text("My notes\n")
    (folder / "empty.kg").touch()
    (folder / "folder.kg").mkdir()
    return folder


@pytest.fixture
def here(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.chdir(folder)
    yield folder
    assert [path.name for path in folder.iterdir() if path.name.startswith(".")] == []


# Help


@pytest.mark.parametrize("name", ["kg", *sorted(COMMANDS)])
@pytest.mark.parametrize("option", ["--help", "-h"])
def test_help(monkeypatch: pytest.MonkeyPatch, name: str, option: str) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    done = kg(*([] if name == "kg" else [name]), option)
    assert done == (0, golden(f"help/{name}.txt", done.out), "")


def test_every_command_is_in_the_help() -> None:
    listed = kg("--help").out.partition("\nCommands:\n")[2]
    assert [line.split()[0] for line in listed.splitlines() if line[2] != " "] == sorted(COMMANDS)


# Exit codes

FAILED = [
    ("build no.jsonl -o new.kg", "no.jsonl: no such file or folder: check the name"),
    ("build papers.jsonl no.jsonl -o new.kg", "no.jsonl: no such file or folder: check the name"),
    (
        "build papers.jsonl -o notes.kg",
        "notes.kg is no graph file: give the path that `kg build -o` wrote, or build to another path",
    ),
    (
        "build papers.jsonl -o new.kg --model huge",
        "no model 'huge': it is one of accurate, fast, or a folder that `kg train` wrote",
    ),
    ("extract no.jsonl", "no.jsonl: no such file or folder: check the name"),
    (
        "extract papers.jsonl --model huge",
        "no model 'huge': it is one of accurate, fast, or a folder that `kg train` wrote",
    ),
    ("evaluate no.jsonl", "no.jsonl: no such file: check the name"),
    ("evaluate papers.jsonl gold.jsonl", "papers.jsonl:1: no extraction: no 'text'"),
    (
        "evaluate broken.jsonl",
        "broken.jsonl:1: no extraction: no 'text'",
    ),
    ("stats no.kg", "no.kg does not exist: make it with `kg build PAPERS -o no.kg`"),
    ("stats notes.kg", "notes.kg is no graph file: give the path that `kg build -o` wrote, or build to another path"),
    ("stats empty.kg", "empty.kg is empty: give the path that `kg build -o` wrote, or build to another path"),
    ("stats folder.kg", "folder.kg is a directory: give the path of a graph file, such as folder.kg/papers.kg"),
    ("show no.kg BERT", "no.kg does not exist: make it with `kg build PAPERS -o no.kg`"),
    ("show small.kg BRET", "small.kg: nothing is called 'BRET': did you mean 'BERT'?"),
    ("show small.kg zzzz", "small.kg: nothing is called 'zzzz': `kg stats` shows what there is"),
    ("show small.kg paper:a", "small.kg: nothing is called 'paper:a': `kg stats` shows what there is"),
    ("query no.kg most-used", "no.kg does not exist: make it with `kg build PAPERS -o no.kg`"),
    ("query small.kg most-usd", "no query is called 'most-usd': most-used; `kg queries` lists all"),
    (
        "query small.kg methods-for-task",
        "methods-for-task needs task, name of the task: for example "
        'kg query seeds.kg methods-for-task -p task="continual learning"',
    ),
    (
        "query small.kg methods-for-task -p tsk=QA",
        "methods-for-task has no parameter tsk: it takes task, limit",
    ),
    (
        "query small.kg new-since -p year=2020",
        "new-since: year is not of type integer: give it as -p year:=VALUE",
    ),
    ("query small.kg new-since -p year", "parameter 'year' has no name and value: write name=text or name:=2020"),
    (
        "query small.kg new-since -p year:=soon",
        "parameter year: 'soon' is not JSON, such as 2020, true or [1, 2]: write year=soon for text",
    ),
    ("query small.kg new-since -p year:=1 -p year:=2", "parameter year is given twice: give it once"),
    (
        "query small.kg 'MATCH (n) DELETE n'",
        "line 1, column 11: DELETE writes, and a query may only read; if it is a name, write `DELETE` in backticks",
    ),
    (
        "query small.kg 'MATCH (n:Person) RETURN n.id AS id'",
        "line 1, column 10: unknown label Person: one of Dataset, Method, Metric, Paper, Result, Task",
    ),
    (
        "query small.kg 'MATCH (m:Method) WHERE m.papers > $n RETURN m.id AS id'",
        "no value for parameter n: give it as -p n=TEXT",
    ),
    (
        "query small.kg 'RETURN 1 AS one' -p n=2",
        "the query has no parameter n: it asks for none",
    ),
    (
        "query small.kg ''",
        "the query is empty: write one such as MATCH (m:Method) RETURN m.name AS name LIMIT 10",
    ),
    (
        "query small.kg 'RETURN 1 AS one' --timeout 0",
        "the timeout cannot be 0.0 seconds: give more than 0, at most a million",
    ),
    ("queries most-usd", "no query is called 'most-usd': most-used; `kg queries` lists all"),
    ("export no.kg new.json", "no.kg does not exist: make it with `kg build PAPERS -o no.kg`"),
    ("export small.kg new.csv", "new.csv: CSV is two files in a folder: write it to new-csv/"),
    ("export small.kg no/new.json", "no: there is no such folder to write into: make it first"),
    ("remove no.kg a", "no.kg does not exist: make it with `kg build PAPERS -o no.kg`"),
    ("aliases no.kg", "no.kg does not exist: make it with `kg build PAPERS -o no.kg`"),
    ("aliases small.kg --apply no.toml", "no.toml: cannot be read: No such file or directory"),
    ("diff small.kg no.kg", "no.kg does not exist: make it with `kg build PAPERS -o no.kg`"),
    (
        "diff notes.kg small.kg",
        "notes.kg is no graph file: give the path that `kg build -o` wrote, or build to another path",
    ),
    ("verify empty.kg", "empty.kg is empty: give the path that `kg build -o` wrote, or build to another path"),
    (
        "leaderboard small.kg --task QQQ",
        "small.kg: no task is called 'QQQ': `kg leaderboard` alone shows what there is",
    ),
    ("trends folder.kg", "folder.kg is a directory: give the path of a graph file, such as folder.kg/papers.kg"),
    ("evaluate gold.jsonl --pairs papers.jsonl", "papers.jsonl:1: no judged pair: 'a'"),
    ("remove small.kg x", "small.kg: no paper has the id 'x': ids are written as in the papers, such as 'a'"),
]
KNOWN = (
    "aliases, build, completion, diff, evaluate, export, extract, leaderboard, load, pull, queries, query, remove, "
    "show, stats, train, trends, verify"
)
URI = "bolt://localhost:7687"
BATCHES = "Invalid value for '--batch-size': 0 is not in the range 1<=x<=100000."
USAGE = [
    ("find", "[OPTIONS] COMMAND [ARGS]...", f"no command 'find': there are {KNOWN}"),
    ("--fast", "[OPTIONS] COMMAND [ARGS]...", click.NoSuchOption("--fast").format_message()),
    (
        "build papers.jsonl",
        "[OPTIONS] PAPERS...",
        f"say where to: -o my.kg for a graph file, --into {URI} for a server",
    ),
    ("load my.kg", "[OPTIONS] GRAPH SERVER", "Missing argument 'SERVER'."),
    ("load my.kg " + URI + " --batch-size 0", "[OPTIONS] GRAPH SERVER", BATCHES),
    ("pull " + URI, "[OPTIONS] SERVER", "Missing option '-o' / '--output'."),
    ("build -o new.kg", "[OPTIONS] PAPERS...", "Missing argument 'PAPERS...'."),
    (
        "build papers.jsonl -o new.kg --reader bibtex",
        "[OPTIONS] PAPERS...",
        "Invalid value for '--reader': no format 'bibtex': there are csv, json, jsonl, page, text, tsv",
    ),
    (
        "build papers.jsonl -o new.kg --workers 0",
        "[OPTIONS] PAPERS...",
        "Invalid value for '--workers': 0 is not in the range 1<=x<=256.",
    ),
    ("build papers.jsonl --quick", "[OPTIONS] PAPERS...", click.NoSuchOption("--quick").format_message()),
    ("extract", "[OPTIONS] PAPERS...", "Missing argument 'PAPERS...'."),
    ("evaluate", "[OPTIONS] GOLD [PREDICTED]", "Missing argument 'GOLD'."),
    ("evaluate - -", "[OPTIONS] GOLD [PREDICTED]", "standard input can be GOLD or PREDICTED, not both"),
    (
        "evaluate gold.jsonl --types Task,Person",
        "[OPTIONS] GOLD [PREDICTED]",
        "Invalid value for --types: no type 'Person': there are Dataset, Method, Metric, Task",
    ),
    (
        "evaluate gold.jsonl gold.jsonl --pairs pairs.jsonl",
        "[OPTIONS] GOLD [PREDICTED]",
        "--pairs takes GOLD from another source, and neither PREDICTED nor --types",
    ),
    (
        "aliases small.kg --apply own.toml --forget",
        "[OPTIONS] GRAPH",
        "--apply and --forget exclude each other",
    ),
    ("diff small.kg", "[OPTIONS] OLD NEW", "Missing argument 'NEW'."),
    (
        "trends small.kg --type Paper",
        "[OPTIONS] GRAPH",
        "Invalid value for '--type': 'Paper' is not one of 'Dataset', 'Method', 'Metric', 'Task'.",
    ),
    ("stats", "[OPTIONS] GRAPH", "Missing argument 'GRAPH'."),
    ("stats small.kg other.kg", "[OPTIONS] GRAPH", "Got unexpected extra argument (other.kg)"),
    ("show small.kg", "[OPTIONS] GRAPH NAME", "Missing argument 'NAME'."),
    (
        "show small.kg BERT --sentences -1",
        "[OPTIONS] GRAPH NAME",
        "Invalid value for '--sentences': -1 is not in the range x>=0.",
    ),
    ("query small.kg", "[OPTIONS] GRAPH QUERY", "Missing argument 'QUERY'."),
    (
        "query small.kg most-used --format xml",
        "[OPTIONS] GRAPH QUERY",
        "Invalid value for '--format': 'xml' is not one of 'table', 'json', 'jsonl', 'csv'.",
    ),
    (
        "query small.kg most-used --max-rows -1",
        "[OPTIONS] GRAPH QUERY",
        "Invalid value for '--max-rows': -1 is not in the range x>=0.",
    ),
    ("export small.kg", "[OPTIONS] GRAPH PATH", "Missing argument 'PATH'."),
    ("remove small.kg", "[OPTIONS] GRAPH IDS...", "Missing argument 'IDS...'."),
    ("remove small.kg -", "[OPTIONS] GRAPH IDS...", "no ids on standard input: give one a line"),
    (
        "completion tcsh",
        "[OPTIONS] {bash|fish|zsh}",
        "Invalid value for '{bash|fish|zsh}': 'tcsh' is not one of 'bash', 'fish', 'zsh'.",
    ),
    ("train --data gold.jsonl", "[OPTIONS] [NAME]", "Missing option '-o' / '--output'."),
]


@pytest.mark.parametrize(("line", "reason"), FAILED, ids=[line for line, _ in FAILED])
def test_failed(here: Path, line: str, reason: str) -> None:
    before = sorted(here.iterdir()), (here / "small.kg").read_bytes()
    assert kg(*shlex.split(line)) == (1, "", f"Error: {reason}\n")
    assert (sorted({*here.iterdir()} - {here / "small.kg.cache"}), (here / "small.kg").read_bytes()) == (
        sorted({*before[0]} - {here / "small.kg.cache"}),
        before[1],
    )


@pytest.mark.parametrize(("line", "synopsis", "reason"), USAGE, ids=[line for line, *_ in USAGE])
def test_wrong_usage(here: Path, line: str, synopsis: str, reason: str) -> None:
    first = line.split()[0]
    path = f"kg {first}" if first in COMMANDS else "kg"
    said = f"Usage: {path} {synopsis}\nTry '{path} --help' for help.\n\nError: {reason}\n"
    assert kg(*shlex.split(line)) == (2, "", said)
    assert not (here / "new.kg").exists()


@pytest.mark.usefixtures("here")
def test_no_command() -> None:
    assert kg() == (2, "", golden("help/kg.txt", kg("--help").out))


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(("line", "code"), [("export small.kg new.txt", 1), ("export small.kg new.json -f rdf", 1)])
def test_formats_that_are_not_known_name_those_that_are(line: str, code: int) -> None:
    from kg.exporters import SUFFIXES, format_names

    said = {
        "export small.kg new.txt": "new.txt: no format has this suffix: "
        f"end it in {', '.join(SUFFIXES)} or / (CSV), or choose with --format",
        "export small.kg new.json -f rdf": f"no format is called 'rdf'; there are: {', '.join(format_names())}",
    }
    assert kg(*line.split()) == (code, "", f"Error: {said[line]}\n")


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    "line",
    [
        *("--version", "queries", "queries --json", "stats small.kg", "completion bash"),
        *("leaderboard small.kg", "aliases --help"),
    ],
)
def test_done(line: str) -> None:
    done = kg(*line.split())
    assert (done.code, done.out != "", done.err) == (0, True, "")


SKIP = "Skipped: broken.jsonl:2: broken JSON in column 10: Expecting value; a line must be one whole object\n"
REST = "1 record skipped; all others are done.\n"


@pytest.mark.usefixtures("here")
def test_done_but_records_were_skipped(tmp_path: Path) -> None:
    target = tmp_path / "my.kg"
    assert told(kg("build", "broken.jsonl", "-o", target)) == (
        3,
        "",
        f"2 papers in {target}, 2 of them read now\n{SKIP}{REST}Next: kg stats {target}\n",
    )
    extracted = kg("extract", "broken.jsonl", "--workers", 1, "-o", tmp_path / "my.jsonl")
    assert extracted == (3, "", f"2 papers read into {tmp_path / 'my.jsonl'}\n{SKIP}{REST}")
    again = kg("extract", "broken.jsonl", "--workers", 1)
    assert again == (3, (tmp_path / "my.jsonl").read_text("utf-8"), SKIP + REST)
    assert told(kg("remove", target, "two", "three", "two")) == (
        3,
        "",
        f"1 paper removed, 1 left in {target}\nSkipped: {target}: no paper has the id 'three'\n",
    )


@pytest.mark.usefixtures("here")
def test_no_traceback_and_one_line_in_a_process() -> None:
    assert process("stats", "notes.kg") == (1, "", f"Error: {dict(FAILED)['stats notes.kg']}\n")
    assert process("stats") == (2, "", kg("stats").err)
    assert process("--version") == (0, kg("--version").out, "")


@pytest.mark.usefixtures("here")
def test_a_path_that_is_no_text() -> None:
    odd = b"caf\xe9.kg".decode(errors="surrogateescape")
    shutil.copy("small.kg", odd)
    try:
        asked = [process(*line) for line in (["stats", odd], ["export", odd, "odd.json"], ["stats", odd + "x"])]
    finally:
        Path(odd).unlink()
        Path("odd.json").unlink()
    assert asked == [
        (0, kg("stats", "small.kg").out.replace("small.kg", r"caf\udce9.kg"), ""),
        (0, "", "caf\\udce9.kg written to odd.json\n"),
        (1, "", "Error: caf\\udce9.kgx does not exist: make it with `kg build PAPERS -o caf\\udce9.kgx`\n"),
    ]


# Imports

HEAVY = ("spacy", "thinc", "onnxruntime", "numpy", "tokenizers", "torch", "kglite", "networkx", "neo4j", "tqdm")


def imported(code: str, *arguments: str) -> list[str]:
    """Which heavy packages a process has imported after running ``code``."""
    code += f"\nimport sys; print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, check=True, text=True)
    found = json.loads(done.stderr.splitlines()[-1].replace("'", '"'))
    assert isinstance(found, list)
    return found


RUN = """
import sys
from kg.cli import main
try:
    main(prog_name="kg")
except SystemExit as ended:
    assert ended.code == 0
"""


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    "line",
    ["--help", "--version", "queries", "queries evidence", "completion bash", "stats small.kg", "show small.kg BERT"]
    + ["aliases small.kg", "leaderboard small.kg --task QA", "trends small.kg", "diff small.kg small.kg"]
    + [f"{name} --help" for name in sorted(COMMANDS)],
)
def test_what_is_cheap_imports_nothing_heavy(line: str) -> None:
    assert imported(RUN, *line.split()) == []


def test_the_package_imports_nothing_heavy() -> None:
    assert imported("import kg") == []
    assert imported("import kg, kg.cli, kg.errors, kg.model, kg.schema, kg.readers, kg.exporters") == []


@pytest.mark.usefixtures("here")
def test_a_query_imports_its_engine_and_no_model() -> None:
    assert imported(RUN, "query", "small.kg", "most-used") == ["kglite"]


# Queries

METHODS = "MATCH (m:Method) RETURN m.name AS name, m.aliases AS aliases, m.first_year AS since, m.papers > 1 AS often "
METHODS += "ORDER BY m.id"
ANSWERS = {
    "table": (
        "name            aliases                                      since  often\n"
        "--------------  -------------------------------------------  -----  -----\n"
        "BERT            BERT, Bidirectional Encoder Représentations   2018   true\n"
        "language model  LM, language models                                 false\n"
        "RoBERTa         RoBERTa                                       2019  false\n"
        "(3 rows)\n"
    ),
    "json": (
        "[\n"
        '{"name": "BERT", "aliases": ["BERT", "Bidirectional Encoder Représentations"], "since": 2018, "often": true}'
        ",\n"
        '{"name": "language model", "aliases": ["LM", "language models"], "since": null, "often": false},\n'
        '{"name": "RoBERTa", "aliases": ["RoBERTa"], "since": 2019, "often": false}\n'
        "]\n"
    ),
    "jsonl": (
        '{"name": "BERT", "aliases": ["BERT", "Bidirectional Encoder Représentations"], "since": 2018, "often": true}\n'
        '{"name": "language model", "aliases": ["LM", "language models"], "since": null, "often": false}\n'
        '{"name": "RoBERTa", "aliases": ["RoBERTa"], "since": 2019, "often": false}\n'
    ),
    "csv": (
        "name,aliases,since,often\n"
        'BERT,"[""BERT"", ""Bidirectional Encoder Représentations""]",2018,true\n'
        'language model,"[""LM"", ""language models""]",,false\n'
        'RoBERTa,"[""RoBERTa""]",2019,false\n'
    ),
}
NONE = {"table": "name\n----\n(0 rows)\n", "json": "[]\n", "jsonl": "", "csv": "name\n"}


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("format_", sorted(ANSWERS))
def test_rows_in_every_format(format_: str) -> None:
    assert kg("query", "small.kg", METHODS, "--format", format_) == (0, ANSWERS[format_], "")
    assert kg("query", "small.kg", "-", "--format", format_, stdin=METHODS.encode()) == (0, ANSWERS[format_], "")
    nothing = "MATCH (m:Method) WHERE m.papers > 9 RETURN m.name AS name ORDER BY name"
    assert kg("query", "small.kg", nothing, "--format", format_) == (0, NONE[format_], "")


@pytest.mark.usefixtures("here")
def test_a_table_is_the_format_if_none_is_given() -> None:
    assert kg("query", "small.kg", METHODS) == (0, ANSWERS["table"], "")


@pytest.mark.usefixtures("here")
def test_a_long_cell_is_cut_in_a_table_only() -> None:
    query = "RETURN $x AS x"
    assert kg("query", "small.kg", query, "-p", f"x={'y' * 60}").out == f"x\n{'-' * 60}\n{'y' * 60}\n(1 row)\n"
    assert kg("query", "small.kg", query, "-p", f"x={'y' * 61}").out == f"x\n{'-' * 60}\n{'y' * 59}…\n(1 row)\n"
    assert kg("query", "small.kg", query, "-p", f"x={'y' * 61}", "--format", "csv").out == f"x\n{'y' * 61}\n"


@pytest.mark.usefixtures("here")
def test_a_node_is_an_object() -> None:
    node = {"label": "Metric", "id": "metric:f1", "aliases": ["F1", "F1 score"], "first_year": 2018, "last_year": 2019}
    node |= {"mentions": 1, "name": "F1", "papers": 1}
    done = kg("query", "small.kg", "MATCH (m:Metric) RETURN m ORDER BY m.id", "--format", "jsonl")
    assert done == (0, json.dumps({"m": node}) + "\n", "")


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    ("most", "rows", "said"),
    [
        (0, [], "There are more rows than the 0 of --max-rows.\n"),
        (2, ["BERT", "language model"], "There are more rows than the 2 of --max-rows.\n"),
        (3, ["BERT", "language model", "RoBERTa"], ""),
        (4, ["BERT", "language model", "RoBERTa"], ""),
    ],
)
def test_max_rows(most: int, rows: list[str], said: str) -> None:
    query = "MATCH (m:Method) RETURN m.name AS name ORDER BY m.id"
    done = kg("query", "small.kg", query, "--max-rows", most, "--format", "csv")
    assert done == (0, "".join(f"{row}\n" for row in ["name", *rows]), said)


@pytest.mark.usefixtures("here")
def test_parameters() -> None:
    given = ["-p", "name=2020", "-p", "year:=2020", "-p", 'list:=[1, "a"]', "-p", "none:=null", "-p", "also=a=b"]
    query = "RETURN $name AS name, $year AS year, $list AS list, $none AS none, $also AS also"
    done = kg("query", "small.kg", query, *given, "--format", "jsonl")
    assert json.loads(done.out) == {"name": "2020", "year": 2020, "list": [1, "a"], "none": None, "also": "a=b"}
    assert (done.code, done.err) == (0, "")


@pytest.mark.usefixtures("here")
def test_named_queries_with_parameters() -> None:
    assert kg("query", "small.kg", "methods-for-task", "-p", "task=QA", "--format", "csv") == (
        0,
        "method,task,papers,sentences,since\nBERT,question answering,2,3,2018\nRoBERTa,question answering,1,1,2019\n",
        "",
    )
    since = kg("query", "small.kg", "new-since", "-p", "year:=2019", "--format", "jsonl")
    assert (since.code, [json.loads(line)["name"] for line in since.out.splitlines()], since.err) == (
        0,
        ["RoBERTa"],
        "",
    )


@pytest.mark.usefixtures("here")
def test_a_name_that_is_not_there_is_told() -> None:
    empty = "method,task,papers,sentences,since\n"
    for name, advice in (
        ("question answring", "did you mean 'question answering'?"),
        ("z", "nothing is called like it"),
    ):
        done = kg("query", "small.kg", "methods-for-task", "-p", f"task={name}", "--format", "csv")
        assert done == (0, empty, f"Note: no entity is called {name!r}: {advice}\n")


def test_a_graph_behind_its_papers_is_told(tmp_path: Path) -> None:
    path = sample.build(tmp_path / "behind.kg")
    with GraphFile.open(path, write=True) as file:
        file.put_paper(Paper("d", "One more"))
        file.commit()
    done = kg("query", path, "RETURN 1 AS one", "--format", "csv")
    assert done == (0, "one\n1\n", f"Note: {path} is behind its papers: run `kg build` again\n")
    first = f"{path}: format 1, model tests 1, behind its papers: run `kg build` again"
    assert kg("stats", path).out.splitlines()[0] == first


# Streams


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    "line",
    ["query small.kg most-used", "show small.kg BERT", "stats small.kg", "queries", "extract papers.jsonl --workers 1"],
)
def test_a_closed_pipe_ends_it_silently(line: str) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run(command(*line.split()), stdout=writing, stderr=subprocess.PIPE, check=False)
    finally:
        os.close(writing)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.usefixtures("here")
def test_head_of_a_query() -> None:
    line = shlex.join(command("query", "small.kg", "UNWIND range(1, 200000) AS n RETURN n", "--format", "jsonl"))
    shell = ["bash", "-o", "pipefail", "-c", f"{line} | head -1"]
    done = subprocess.run(shell, capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, b'{"n": 1}\n', b"")


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("line", ["query small.kg most-used", "stats small.kg", "extract papers.jsonl --workers 1"])
def test_no_room_for_the_output(line: str) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(command(*line.split()), stdout=full, stderr=subprocess.PIPE, check=False)
    assert (done.returncode, done.stderr) == (1, b"Error: the output cannot be written: No space left on device\n")


# What a graph file tells


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("show.txt", "show small.kg bert"),
        ("show-sentences.txt", "show small.kg task:question-answering --sentences 0"),
        ("show.json", "show small.kg qa --json"),
        ("stats.txt", "stats small.kg"),
        ("stats.json", "stats small.kg --json"),
        ("leaderboard.txt", "leaderboard small.kg --task qa"),
        ("query.txt", "queries evidence"),
        ("queries.txt", "queries"),
    ],
)
def test_golden_words(name: str, line: str) -> None:
    done = kg(*line.split())
    assert done == (0, golden(f"cli/{name}", done.out), "")


@pytest.mark.usefixtures("here")
def test_show_by_any_name_is_the_same() -> None:
    shown = {kg("show", "small.kg", name) for name in ("QA", "qa", "question ANSWERING", "task:question-answering")}
    assert len(shown) == 1


def test_show_says_what_else_is_called_so(tmp_path: Path) -> None:
    nodes = [sample.entity("method:qa", "QA", 1, 1, None, "QA"), sample.entity("task:qa", "QA", 2, 2, None, "QA")]
    path = sample.build(tmp_path / "two.kg", (), Graph(nodes, [], [], []))
    done = kg("show", path, "qa")
    assert done == (0, "QA  (Task, task:qa)\nnamed 2 times in 2 papers\n\nNames\n", "Also called so: method:qa\n")


@pytest.mark.usefixtures("here")
def test_queries_for_programs() -> None:
    (one,) = json.loads(kg("queries", "new-since", "--json").out)
    assert {key: one[key] for key in ("name", "question", "example")} == {
        "name": "new-since",
        "question": "Which entities are new since a year?",
        "example": "kg query seeds.kg new-since -p year:=2020",
    }
    names = [query["name"] for query in json.loads(kg("queries", "--json").out)]
    assert names == re.findall(r"^([a-z-]+): .+\?$", kg("queries").out, re.MULTILINE)
    assert len(names) == 14


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("name", FORMATS)
def test_export_holds_the_graph(tmp_path: Path, name: str) -> None:
    target = tmp_path / name
    assert kg("export", "small.kg", target) == (0, "", f"small.kg written to {target}\n")
    other = tmp_path / "other"
    asked = {"graph-csv": "csv"}.get(name, target.suffix[1:])
    assert kg("export", "small.kg", other, "--format", asked) == (0, "", f"small.kg written to {other}\n")
    if target.is_dir():
        assert {file.name: file.read_bytes() for file in other.iterdir()} == {
            file.name: file.read_bytes() for file in target.iterdir()
        }
        rows = [len((target / file).read_text("utf-8").splitlines()) - 1 for file in ("nodes.csv", "edges.csv")]
        assert rows == [len(sample.GRAPH.nodes), len(sample.GRAPH.edges)]
        return
    assert other.read_bytes() == target.read_bytes()
    readers = {".json": lambda path: nx.node_link_graph(json.loads(path.read_text("utf-8")), edges="edges")}
    graph = readers.get(target.suffix, {".graphml": nx.read_graphml, ".gexf": nx.read_gexf}.get(target.suffix))(target)
    assert sorted(graph) == [node.id for node in sample.GRAPH.nodes]
    assert sorted(graph.edges()) == sorted((edge.head, edge.tail) for edge in sample.GRAPH.edges)


# Completion


@pytest.mark.parametrize("shell", [shell for shell in ("bash", "fish", "zsh") if shutil.which(shell)])
def test_the_shell_accepts_its_script(tmp_path: Path, shell: str) -> None:
    done = kg("completion", shell)
    assert (done.code, done.err) == (0, "")
    script = tmp_path / "script"
    script.write_text(done.out)
    checked = subprocess.run([shell, "-n", script], capture_output=True, check=False)
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, b"", b"")


@pytest.mark.parametrize("shell", ["bash", "fish", "zsh"])
def test_a_script_calls_this_program(shell: str) -> None:
    assert f"_KG_COMPLETE={shell}_complete" in kg("completion", shell).out


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("kg ", sorted(COMMANDS)),
        ("kg qu", ["queries", "query"]),
        ("kg build --reader js", ["json", "jsonl"]),
        ("kg query small.kg most-used --format j", ["json", "jsonl"]),
        ("kg export --for", ["--format"]),
    ],
)
def test_what_is_offered(words: str, offered: list[str]) -> None:
    environment = {"_KG_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": str(words.count(" "))}
    done = process(environment=environment)
    assert done == (0, "".join(f"plain,{word}\n" for word in offered), "")


# Extraction and evaluation


@pytest.mark.usefixtures("here")
def test_extract_writes_lines_that_can_be_read_back(tmp_path: Path) -> None:
    first, second = tmp_path / "first.jsonl", tmp_path / "second.jsonl"
    for target in (first, second):
        assert kg("extract", "papers.jsonl", "--workers", 1, "-o", target) == (0, "", f"2 papers read into {target}\n")
    assert first.read_bytes() == second.read_bytes()
    lines = first.read_text("utf-8").splitlines()
    papers = [Paper(**json.loads(line)) for line in PAPERS.splitlines()]
    read = [Extraction.from_json(line) for line in lines]
    assert [(one.id, one.text) for one in read] == [(paper.id, paper.text) for paper in papers]
    assert [one.to_json() for one in read] == lines
    through = kg("extract", "-", "--workers", 1, "-o", "-", stdin=PAPERS.encode())
    assert through == (0, first.read_text("utf-8"), "")
    assert process("extract", "-", "--workers", "2", stdin=PAPERS.encode()) == through


@pytest.mark.usefixtures("here")
def test_what_was_extracted_can_be_built(tmp_path: Path) -> None:
    lines = kg("extract", "papers.jsonl", "--workers", 1).out.encode()
    direct, piped = tmp_path / "direct.kg", tmp_path / "piped.kg"
    assert kg("build", "papers.jsonl", "-o", direct).code == 0
    assert told(kg("build", "-", "-o", piped, stdin=lines)) == (
        0,
        "",
        f"2 papers in {piped}, 2 of them read now\nNext: kg stats {piped}\n",
    )
    with GraphFile.open(direct) as one, GraphFile.open(piped) as two:
        assert one.fingerprint() == two.fingerprint()


@pytest.mark.usefixtures("here")
def test_the_graph_for_programs(tmp_path: Path) -> None:
    path = tmp_path / "my.kg"
    kg("build", "papers.jsonl", "-o", path)
    kg("export", path, tmp_path / "my.json")
    with GraphFile.open(path) as file:
        expected = to_networkx(file.nodes(), file.edges())
    graph = load(path)
    assert dict(graph.nodes(data=True)) == dict(expected.nodes(data=True))
    assert list(graph.edges(keys=True, data=True)) == list(expected.edges(keys=True, data=True))
    exported = json.loads((tmp_path / "my.json").read_text("utf-8"))
    assert sorted(graph) == [node["id"] for node in exported["nodes"]]
    assert {"paper:one", "paper:two"} < set(graph)


@pytest.mark.usefixtures("here")
def test_gold_against_itself() -> None:
    counts = dict.fromkeys(MEASURES, 4) | {"relation": 2, "relation+": 2, "triple": 2, "proposes": 1, "result": 1}
    parts = {
        "": counts,
        "mention": dict.fromkeys(("Dataset", "Method", "Metric", "Task"), 1),
        "relation": {"Evaluated-With": 1, "Used-For": 1},
    }
    text = ""
    for what, rows in parts.items():
        text += f"{what:16}      P      R     F1    gold    said     hit\n"
        text += "".join(f"{name:16}  100.0  100.0  100.0{3 * f'{count:8}'}\n" for name, count in rows.items()) + "\n"
    assert kg("evaluate", "gold.jsonl", "gold.jsonl") == (0, text.removesuffix("\n"), "")
    record = json.loads(kg("evaluate", "gold.jsonl", "gold.jsonl", "--json").out)
    scores = [score for part in ("measures", "mentions", "relations") for score in record[part].values()]
    assert {(score["precision"], score["recall"], score["f1"]) for score in scores} == {(100.0, 100.0, 100.0)}
    assert (len(scores), record["warnings"]) == (14, [])


def test_gold_texts_are_read_as_they_stand(tmp_path: Path) -> None:
    """Public data has sentences alone, without a title, and white space of every kind."""
    text = " We train  BERT on SQuAD \u00a0for question answering. "
    mentions = (Mention(text.index("BERT"), text.index("BERT") + 4, "Method"),)
    path = tmp_path / "gold.jsonl"
    path.write_text(Extraction("a", text, ((1, len(text) - 1),), mentions).to_json() + "\n", "utf-8")
    measures = json.loads(kg("evaluate", path, "--model", "fast", "--workers", 1, "--json").out)["measures"]
    assert (measures["mention"]["gold"], measures["mention"]["hit"]) == (1, 1)


@pytest.mark.usefixtures("here")
def test_types_and_standard_input_of_evaluate() -> None:
    gold = Path("gold.jsonl").read_bytes()
    wanted = kg("evaluate", "gold.jsonl", "gold.jsonl", "--types", "Task,Method")
    assert [line.split()[4] for line in wanted.out.splitlines()[1:3]] == ["2", "2"]
    assert kg("evaluate", "-", "gold.jsonl", "--types", "Task,Method", stdin=gold) == wanted
    assert kg("evaluate", "gold.jsonl", "-", "--types", "Task,Method", stdin=gold) == wanted


@pytest.mark.usefixtures("here")
def test_what_was_not_scored_is_told(tmp_path: Path) -> None:
    other = tmp_path / "other.jsonl"
    other.write_text(replace(FIVE, id="two").to_json())
    done = kg("evaluate", "gold.jsonl", other, "--json")
    warnings = [
        "1 in the gold data without a prediction, counted as empty: one",
        "1 predicted but not in the gold data, not scored: two",
    ]
    assert (done.code, done.err) == (0, "".join(f"Note: {warning}\n" for warning in warnings))
    assert json.loads(done.out)["warnings"] == warnings


@pytest.mark.skipif(not DEV.exists(), reason="no ../shared beside this clone")
def test_figures_are_those_of_score_py(tmp_path: Path) -> None:
    gold, said = tmp_path / "gold.jsonl", tmp_path / "said.jsonl"
    gold.write_text("".join(DEV.read_text("utf-8").splitlines(keepends=True)[:6]), "utf-8")
    assert kg("extract", gold, "-o", said, "--workers", 1) == (0, "", f"6 papers read into {said}\n")
    score = [sys.executable, SHARED / "annotation" / "score.py", gold, said, "--json"]
    theirs = json.loads(subprocess.run(score, capture_output=True, check=True, text=True).stdout)
    done = kg("evaluate", gold, said, "--json")
    assert (done.code, done.err) == (0, "")
    names = {"precision": "p", "recall": "r", "f1": "f1", "gold": "gold", "said": "said"}
    ours = {
        measure: {theirs_: score[ours_] for ours_, theirs_ in names.items()}
        for measure, score in json.loads(done.out)["measures"].items()
    }
    assert ours == theirs
    read = kg("evaluate", gold, "--json", "--workers", 1)
    record = json.loads(read.out)
    speed = record.pop("speed")
    assert (read.code, read.err, record) == (0, "", json.loads(done.out))
    words = sum(len(json.loads(line)["text"].split()) for line in gold.read_text("utf-8").splitlines())
    assert (speed["words"], speed["workers"]) == (words, 1)
    assert speed["seconds"] > 0


@pytest.mark.usefixtures("here")
def test_how_far_scores_can_be_trusted(tmp_path: Path) -> None:
    said = tmp_path / "said.jsonl"
    scores = (0.97, 0.93, 0.35, 0.31)
    mentions = tuple(one._replace(score=score) for one, score in zip(FIVE.mentions, scores, strict=True))
    wrong = mentions[3]._replace(type="Method" if mentions[3].type != "Method" else "Task")
    said.write_text(replace(FIVE, mentions=(*mentions[:3], wrong)).to_json())
    table = [
        "mention score      mean  right                   said",
        "up to 0.4          33.0   50.0                      2",
        "up to 1.0          95.0  100.0                      2",
        "error              11.0",
    ]
    assert kg("evaluate", "gold.jsonl", said).out.split("\n\n")[3].splitlines() == table
    record = json.loads(kg("evaluate", "gold.jsonl", said, "--json").out)["reliability"]
    bins = [{"score": 33.0, "right": 50.0, "said": 2}, {"score": 95.0, "right": 100.0, "said": 2}]
    assert record == {"mention": {"error": 11.0, "bins": bins}}


# Terminals

STEERING = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
NASTY = "\x1b[31mred\x1b[0m\r\x9b2J\u202eback\u2028\x00\x07\nx"
SHOWN = r"\x1b[31mred\x1b[0m\r\x9b2J\u202eback\u2028\x00\x07\nx"


@pytest.fixture(scope="module")
def steered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A graph file whose every text would steer a terminal; a person may have got it from anyone."""
    paper = Paper(NASTY, f"t {NASTY}", NASTY, 2020, NASTY, (NASTY,), NASTY, NASTY)
    method, task = f"method:{NASTY}", f"task:{NASTY}"
    result = f"result:{NASTY}:0:0"
    nodes = [
        sample.paper_node(paper),
        sample.entity(method, f"m {NASTY}", 1, 1, 2020, NASTY),
        sample.entity(task, f"k {NASTY}", 1, 1, 2020, NASTY),
        Node(result, "Result", {"text": NASTY, "value": 1.0, "unit": NASTY, "sentence": NASTY}),
    ]
    edges = [
        sample.relation(method, "USED_FOR", task, (NASTY, NASTY)),
        sample.mentions(NASTY, method, 1),
        Edge(f"paper:{NASTY}", "PROPOSES", method, {}),
        Edge(f"paper:{NASTY}", "REPORTS", result, {}),
        Edge(result, "BY", method, {}),
    ]
    graph = Graph(nodes, edges, [], [Alias(method, NASTY, 1, NASTY)])
    return sample.build(tmp_path_factory.mktemp("steered") / "s.kg", (paper,), graph, NASTY)


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (["stats"], 0),
        (["show", f"m {NASTY}"], 0),
        (["show", f"m {NASTY}", "--all"], 0),
        (["show", "back"], 1),
        (["query", "MATCH (m:Method) RETURN m.name AS a, m.aliases AS b, m AS c ORDER BY a"], 0),
        (["query", "MATCH (p:Paper) RETURN p AS p, p.authors AS b, [p.title, 1] AS c ORDER BY b"], 0),
        (["query", f"RETURN $x AS `{NASTY}`", "-p", f"x={NASTY}"], 0),
        (["query", f"RETURN `{NASTY}`"], 1),
        (["query", "methods-for-task", "-p", f"task={NASTY}y"], 0),
        (["query", "MATCH (m:Method) RETURN m.name AS a", "-p", "x\x1b=1"], 1),
        (["aliases", "--all"], 0),
        (["leaderboard", "--method", f"m {NASTY}"], 0),
        (["leaderboard", "--task", "back"], 1),
        (["verify"], 4),
        (["remove", NASTY + "y"], 1),
    ],
)
def test_nothing_steers_the_terminal(steered: Path, line: list[str], code: int) -> None:
    done = kg(line[0], steered, *line[1:])
    assert (done.code, STEERING.findall(done.out + done.err)) == (code, [])
    assert "red" in done.out + done.err or line[-1] == "x\x1b=1"


def test_the_name_is_written_out(steered: Path) -> None:
    done = kg("query", steered, "MATCH (m:Method) RETURN m.name AS name ORDER BY name")
    size = len(SHOWN) + 2
    assert size < 60
    assert done == (0, f"name\n{'-' * size}\nm {SHOWN}\n(1 row)\n", "")
    first = kg("show", steered, NASTY).out.splitlines()[0]
    assert first == f"m {SHOWN}  (Method, method:{SHOWN})"


def test_bad_input_does_not_steer_the_terminal(tmp_path: Path) -> None:
    path = tmp_path / "odd\x1b[31m.jsonl"
    records = [{"id": "a\x1b[1m", "title": "One"}, {"id": "a\x1b[1m", "title": "Two"}, {"\x9b2J": 1}]
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    done = kg("build", path, "-o", tmp_path / "my.kg")
    assert (done.code, STEERING.findall(done.err), r"odd\x1b[31m.jsonl:3: no title" in done.err) == (3, [], True)
