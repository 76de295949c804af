"""Files of every format, good and bad, into papers and into what is said about them."""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg import readers
from kg.errors import InputError, KGError
from kg.model import Paper, to_record
from kg.readers import Problems, read
from kg.readers.clean import clean, with_id

SHARED = Path(__file__).resolve().parents[2] / "shared"
ABSTRACT = "We compare parsers of small languages. " * 6
OTHER = "We grow grammars from examples and count what they miss. " * 4
A = Paper("a", "Parsing by Hand", "It works.")
B = Paper(
    "b", "Parsing by Foot", "It does not.", 2020, "Proc. of Walks", ("J. Doe", "R. Roe"), "https://x.y/b", "10.1/b"
)


def reading(path: Path | str, reader: str | None = None) -> tuple[list[Paper], list[str], list[str]]:
    """Papers, problems and notes, with the folder left out of the messages."""
    problems = Problems()
    papers = list(read([path], reader, problems))
    folder = f"{Path(path).parent}{os.sep}"
    said = [str(one).replace(folder, "") for one in problems.skipped]
    return papers, said, [note.replace(folder, "") for note in problems.notes]


def failing(path: Path | str, reader: str | None = None) -> str:
    with pytest.raises(InputError) as caught:
        list(read([path], reader, Problems()))
    return str(caught.value).replace(f"{Path(path).parent}{os.sep}", "")


def written(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    data = content.encode() if isinstance(content, str) else content
    path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    return path


def named(title: str, abstract: str) -> Paper:
    return with_id(Paper("", title, abstract))


JSONL = "".join(json.dumps(to_record(paper)) + "\n" for paper in (A, B))
LIST = json.dumps([to_record(paper) for paper in (A, B)], indent=1)
TABLE = (
    "ID,Title,Abstract,Year,Journal,Authors,Link,DOI\r\n"
    "a,Parsing by Hand,It works.,,,,,\r\n"
    "b,Parsing by Foot,It does not.,2020-05-01,Proc. of Walks,J. Doe; R. Roe,https://x.y/b,doi:10.1/b\r\n"
)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("p.jsonl", JSONL),
        ("p.jsonl.gz", JSONL),
        ("p.ndjson", "\n" + JSONL.replace("\n", "\r\n\r\n")),
        ("p.json", JSONL),
        ("p.txt", JSONL),
        ("p", JSONL),
        ("p.jsonl", b"\xef\xbb\xbf" + JSONL.encode()),
        ("p.json", LIST),
        ("p.json.gz", LIST),
        ("p", LIST),
        ("p.json", json.dumps({"count": 2, "papers": json.loads(LIST)})),
        ("p.json", json.dumps({"papers": json.loads(LIST), "note": "]}"}, indent=2)),
        ("p", json.dumps({"papers": json.loads(LIST)})),
        ("p.csv", TABLE),
        ("p.csv.gz", TABLE),
        ("p.csv", b"\xef\xbb\xbf" + TABLE.encode()),
        ("p", TABLE),
        ("p.csv", TABLE.replace("J. Doe; R. Roe", "J. Doe and R. Roe").replace(",", ";")),
        ("p.tsv", TABLE.replace(",", "\t").replace("\r", "")),
        ("p.tab", TABLE.replace(",", "\t")),
        ("p.txt", TABLE.replace(",", "\t")),
    ],
)
def test_every_format_gives_the_same_papers(tmp_path: Path, name: str, content: str | bytes) -> None:
    assert reading(written(tmp_path, name, content)) == ([A, B], [], [])


PAGE = f"First of Its Kind\n{ABSTRACT}\nSecond Thoughts\n{OTHER}\n"
PAPERS = [named("First of Its Kind", ABSTRACT.strip()), named("Second Thoughts", OTHER.strip())]
BEFORE = "p.txt:1: 2 lines before the first title not read, from: 'Get papers in your email inbox!'"


@pytest.mark.parametrize(
    ("content", "notes"),
    [
        (PAGE, []),
        (PAGE.replace("\n", "\r\n"), []),
        ("\n\n" + PAGE.replace("\n", "\n \n"), []),
        ("Subscribe" + PAGE, []),
        ("Get papers in your email inbox!\nLog in\nSubscribe" + PAGE, [BEFORE]),
        ("Get papers in your email inbox!\nLog in\nSubscribe\n" + PAGE, [BEFORE]),
        ("Get papers in your email inbox!\nLog in\n" + PAGE, [BEFORE]),
        (
            "Every day one mail with papers that others like to read, to cite and to build on.\n\nSubscribe" + PAGE,
            [
                "p.txt:1: 1 line before the first title not read, "
                "from: 'Every day one mail with papers that others like to…'"
            ],
        ),
        (PAGE + "Terms\nPrivacy\n", ["p.txt:5: 2 lines after the last abstract not read, from: 'Terms'"]),
    ],
)
def test_a_page_however_it_was_saved(tmp_path: Path, content: str, notes: list[str]) -> None:
    assert reading(written(tmp_path, "p.txt", content)) == (PAPERS, [], notes)


def test_a_page_with_holes_loses_nothing_silently(tmp_path: Path) -> None:
    holes = PAGE.replace("Second", "A Title Alone\nSecond") + f"{OTHER * 2}\nLast One\n{ABSTRACT}\n"
    papers, said, notes = reading(written(tmp_path, "p.txt", holes))
    assert papers == [*PAPERS, named("Last One", ABSTRACT.strip())]
    assert said == [
        "p.txt:3: no abstract follows this line: 'A Title Alone'",
        "p.txt:6: an abstract without a title before it: 'We grow grammars from examples and count what they…'",
    ]
    assert notes == []


def test_the_saved_page_of_the_corpus() -> None:
    if not SHARED.is_dir():
        pytest.skip("no ../shared beside this clone")
    papers, said, notes = reading(SHARED / "corpus" / "seed-papers.txt")
    given_papers, *_ = reading(SHARED / "corpus" / "seed-papers.jsonl")
    assert [(re.sub("-[0-9a-f]{8}$", "", one.id), one.title, one.abstract) for one in papers] == [
        (one.id, one.title, one.abstract) for one in given_papers
    ]
    assert len({one.id for one in papers}) == 204
    assert said == []
    assert len(notes) == 1


@pytest.mark.parametrize(
    "content",
    [
        "One Paper\n\nIt has an abstract\nover some lines.\n",
        "One Paper\nAbstract\nIt has an abstract\nover some lines.",
        "\n One  Paper\r\nAbstract: It has an abstract\r\nover some lines.",
    ],
)
def test_a_text_is_one_paper(tmp_path: Path, content: str) -> None:
    paper = named("One Paper", "It has an abstract\nover some lines.")
    assert reading(written(tmp_path, "p.txt", content)) == ([paper], [], [])


def test_a_text_with_sections_is_no_page(tmp_path: Path) -> None:
    content = f"One Paper\nBackground\n{ABSTRACT}\nMethods\n{OTHER}\nResults\n{OTHER}\n"
    papers, *_ = reading(written(tmp_path, "p.txt", content))
    assert [paper.title for paper in papers] == ["One Paper"]


def test_a_folder_is_its_files_by_name(tmp_path: Path) -> None:
    written(tmp_path, "2.txt", "Two\nIt works.")
    written(tmp_path, "1.txt", "One\nIt works.")
    written(tmp_path, "3.txt", b"")
    written(tmp_path, "notes.pdf", b"%PDF-1.7")
    written(tmp_path, ".hidden.txt", "Hidden")
    (tmp_path / "more").mkdir()
    written(tmp_path / "more", "0.jsonl", JSONL)
    problems = Problems()
    assert [paper.title for paper in read([tmp_path], None, problems)] == ["One", "Two", A.title, B.title]
    assert [str(one) for one in problems.skipped] == [f"{tmp_path}/3.txt: no papers in it: the file is empty"]
    assert problems.notes == [f"{tmp_path}/notes.pdf: not read: its suffix is not one of papers"]


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    # Standard input can neither go back nor be opened twice; only its bytes matter here.
    for data in (JSONL.encode(), gzip.compress(JSONL.encode())):
        monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(data)))
        assert list(read(["-"])) == [A, B]


FIELDS = [
    ({"_id": 7, "name": "T", "summary": "S", "date": "2 May 2021"}, Paper("7", "T", "S", 2021)),
    (
        {"paper_id": "x", "Title": "T", "description": "S", "published": "2019-01-02T00:00:00Z"},
        Paper("x", "T", "S", 2019),
    ),
    ({"id": "x", "text": "T\nS. S2."}, Paper("x", "T", "S. S2.")),
    ({"id": "x", "title": "T", "text": "T\nS"}, Paper("x", "T", "S")),
    ({"id": "x", "title": "T", "text": "S", "abstract": None}, Paper("x", "T", "S")),
    ({"id": "x", "title": "T", "year": 1999, "booktitle": "V"}, Paper("x", "T", "", 1999, "V")),
    ({"id": "x", "title": "T", "authors": ["A", {"name": "B"}]}, Paper("x", "T", authors=("A", "B"))),
    ({"id": "x", "title": "T", "authors": "Doe, J. and Roe, R."}, Paper("x", "T", authors=("Doe, J.", "Roe, R."))),
    ({"id": "x", "title": "T", "authors": "J. D, R. R and M. M"}, Paper("x", "T", authors=("J. D", "R. R", "M. M"))),
    ({"id": "x", "title": "T", "authors": "Doe, J.; Roe, R."}, Paper("x", "T", authors=("Doe, J.", "Roe, R."))),
    ({"id": "x", "title": "T", "authors": "J. Doe, R. Roe"}, Paper("x", "T", authors=("J. Doe", "R. Roe"))),
    ({"id": "x", "title": "T", "doi": "https://doi.org/10.1/B", "link": "u"}, Paper("x", "T", url="u", doi="10.1/B")),
    (
        {"id": "x", "title": " T\x00\u200b\u202e\n2\ud800 ", "abstract": "a\x0cb\r\nc"},
        Paper("x", "T 2\ufffd", "a b\r\nc"),
    ),
    ({"title": "Über Größe", "abstract": "S"}, named("Über Größe", "S")),
]


@pytest.mark.parametrize(("record", "paper"), FIELDS)
def test_fields_by_any_name(tmp_path: Path, record: dict[str, object], paper: Paper) -> None:
    assert reading(written(tmp_path, "p.jsonl", json.dumps(record))) == ([paper], [], [])


def test_ids_come_from_the_text_alone() -> None:
    assert named("Über Größe", "S").id == named("Über Größe", " S\n").id == "uber-groe-292d5127"
    assert named("分词", "S").id == "paper-301530aa"
    assert named("A" * 70, "S").id != named("A" * 71, "S").id
    assert named("A", "S").id != named("A", "S2").id


LATIN = "is no UTF-8: convert it, as with: iconv -f WINDOWS-1252 -t UTF-8"
SKIPPED: list[tuple[str, str | bytes, list[str], list[str]]] = [
    (
        "p.jsonl",
        JSONL + '{"title": "T"\n[1]\n{"abstract": "S"}\n{"title": ""}\n{"title": ["T"]}\n{"title": "T", "id": 1.5}\n'
        f'{{"title": "T", "id": "{"x" * 1_001}"}}\n',
        [A.title, B.title],
        [
            "p.jsonl:3: broken JSON in column 14: Expecting ',' delimiter; a line must be one whole object",
            'p.jsonl:4: no JSON object: a paper is written {"title": ..., "abstract": ...}',
            "p.jsonl:5: no title: a paper needs a field 'title' (or 'name') with some text; it has: abstract",
            "p.jsonl:6: no title: a paper needs a field 'title' (or 'name') with some text; it has: title",
            "p.jsonl:7: title is a list, not text: put it in quotation marks",
            "p.jsonl:8: id is a number: write it as text or as a whole number",
            "p.jsonl:9: id has 1,001 characters: give it one of 1,000 at most",
        ],
    ),
    ("p.jsonl", JSONL + "[" * 100_000, [A.title, B.title], ["p.jsonl:3: nested too deep for a paper"]),
    (
        "p.jsonl",
        JSONL.encode() + '{"title": "é"}\n'.encode("latin-1") + b'{"title": "C"}\n',
        [A.title, B.title, "C"],
        [f"p.jsonl:3: byte 0xe9 in column 12 {LATIN}"],
    ),
    (
        "p.jsonl",
        JSONL + "x" * 10_000_001 + '\n{"title": "C"}',
        [A.title, B.title, "C"],
        ["p.jsonl:3: a line of more than 10,000,000 bytes: is this a file of papers, one a line?"],
    ),
    (
        "p.json",
        '[\n{"title": "A"},\n{"abstract": "S"},\n\n{"title": "B"}]',
        ["A", "B"],
        ["p.json:3: no title: a paper needs a field 'title' (or 'name') with some text; it has: abstract"],
    ),
    (
        "p.csv",
        b'title,abstract\nA,"two\nlines, and ""quotes"""\nB,one,more\nC\n,S\n\nD,"broken"x\nE,S\n' + b"F\xff,S\nG,S\n",
        ["A", "E", "G"],
        [
            "p.csv:4: 3 fields for 2 columns: quote fields that have the separator in them",
            "p.csv:5: 1 fields for 2 columns: quote fields that have the separator in them",
            "p.csv:6: no title: a paper needs a field 'title' (or 'name') with some text; it has: abstract, title",
            "p.csv:8: broken row: ',' expected after '\"'; put a field in quotes and double the quotes in it",
            f"p.csv:10: byte 0xff in column 2 {LATIN}",
        ],
    ),
    (
        "p.csv",
        'title,abstract\nA,S\nB,"open\nC,S\n',
        ["A"],
        [
            "p.csv:3: broken row: unexpected end of data (lines 3 to 4 are lost); "
            "put a field in quotes and double the quotes in it"
        ],
    ),
]


@pytest.mark.parametrize(("name", "content", "titles", "said"), SKIPPED)
def test_bad_records_are_skipped_with_their_place(
    tmp_path: Path, name: str, content: str | bytes, titles: list[str], said: list[str]
) -> None:
    path = written(tmp_path, name, content)
    papers, problems, _ = reading(path)
    assert ([paper.title for paper in papers], problems) == (titles, said)
    with pytest.raises(InputError, match=re.escape(said[0])):
        list(read([path]))


BROKEN = gzip.compress(JSONL.encode() * 9000)
FAILS: list[tuple[str, str | bytes, str]] = [
    ("p.jsonl", "", "p.jsonl: no papers in it: the file is empty"),
    ("p.txt", "\ufeff \n\n", "p.txt: no papers in it: the file is empty"),
    ("p.json", "[]", "p.json: no papers in it (read as json): choose another format with --reader"),
    ("p.csv", "title,abstract\n", "p.csv: no papers in it (read as csv): choose another format with --reader"),
    ("p.jsonl", "nothing\n", "p.jsonl: not one paper could be read; records that were skipped: 1"),
    ("p.txt", bytes(range(256)) * 4, "p.txt: no text but binary data: give JSON, CSV or plain text in UTF-8"),
    ("p.txt", b"%PDF-1.7\n\xff", "p.txt: no text but a PDF file: extract its title and abstract first"),
    (
        "p.csv",
        "title\na".encode("utf-16"),
        "p.csv: no text but text in UTF-16: save it as UTF-8, or: iconv -f UTF-16 -t UTF-8",
    ),
    (
        "p.html",
        "<!DOCTYPE html><p>",
        "p.html: HTML or XML, which is not read: save the page as text, or export JSON or CSV",
    ),
    ("p.bib", "@article{a}", "p.bib: the suffix '.bib' is not known: choose with --reader"),
    ("p.json", '[\n{"title": "A"},\n{"title": }]', "p.json:3: broken JSON in column 11: Expecting value"),
    ("p.json", '[{"title": "A"}\n{"title": "B"}]', "p.json:2: broken JSON in column 1: Expecting ',' or ']'"),
    ("p.json", "[" * 100_000, "p.json:1: nested too deep for papers"),
    ("p.json", '[\n{"title": "é"}]'.encode("latin-1"), f"p.json:2: byte 0xe9 in column 12 {LATIN}"),
    (
        "p.csv",
        "A,S\nB,S\n",
        "p.csv:1: no column 'title' (or 'name'): the first row must name the columns; it has: A, S",
    ),
    ("p.csv", "title,Title\nA,B\n", "p.csv:1: two columns are called 'title': rename one"),
]


@pytest.mark.parametrize(("name", "content", "said"), FAILS)
def test_bad_files_fail_with_one_line(tmp_path: Path, name: str, content: str | bytes, said: str) -> None:
    assert failing(written(tmp_path, name, content)) == said


def test_files_that_are_not_there_fail_before_anything_is_read(tmp_path: Path) -> None:
    (tmp_path / "link.jsonl").symlink_to(tmp_path / "nowhere.jsonl")
    (tmp_path / "circle.jsonl").symlink_to(tmp_path / "circle.jsonl")
    (tmp_path / "empty").mkdir()
    good = written(tmp_path, "p.jsonl", JSONL)
    for name, said in [
        ("nowhere.jsonl", "no such file or folder: check the name"),
        ("link.jsonl", "no such file or folder: check the name"),
        ("p.jsonl/inside", "no such file or folder: check the name"),
        ("circle.jsonl", "cannot be read: Too many levels of symbolic links"),
        ("x" * 300, "cannot be read: File name too long"),
        ("empty", "no file in this folder can be read: papers are in .jsonl, .json, .csv, .tsv, .txt"),
    ]:
        with pytest.raises(InputError) as caught:
            read([good, tmp_path / name], None, Problems())
        assert str(caught.value) == f"{tmp_path / name}: {said}"


def test_a_file_without_permission(tmp_path: Path) -> None:
    path = written(tmp_path, "p.jsonl", JSONL)
    path.chmod(0)
    user = os.geteuid()
    if user == 0:  # Root may read everything, so be nobody for a moment.
        os.seteuid(65534)
    try:
        assert failing(path) == "p.jsonl: cannot be read: Permission denied"
    finally:
        os.seteuid(user)


@pytest.mark.parametrize(("size", "line"), [(8, None), (len(BROKEN) - 30, 1), (len(BROKEN) - 4, 1)])
def test_a_compressed_file_that_breaks_off(tmp_path: Path, size: int, line: int | None) -> None:
    path = tmp_path / "p.jsonl.gz"
    path.write_bytes(BROKEN[:size])
    said = failing(path)
    reason = "the compressed data breaks off or is damaged: fetch or pack the file again"
    assert re.sub(r":\d+: ", ":1: ", said) == (f"p.jsonl.gz: {reason}" if line is None else f"p.jsonl.gz:1: {reason}")


def test_an_unknown_reader_lists_the_known_ones(tmp_path: Path) -> None:
    path = written(tmp_path, "p.jsonl", JSONL)
    with pytest.raises(KGError, match="no reader is called 'bibtex'; there are: csv, json, jsonl, page, text, tsv"):
        read([path], "bibtex")
    assert failing(path, "csv").startswith("p.jsonl:1: no column 'title'")
    assert [paper.title for paper in read([written(tmp_path, "p.dat", JSONL)], "jsonl")] == [A.title, B.title]


def test_another_package_adds_a_reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    added = "from kg.readers import Found\nfrom kg.model import Paper\n"
    added += "def read(source, problems):\n    yield Found(Paper('x', source.whole().strip()), source.name, 1)\n"
    written(tmp_path, "shouting.py", added)
    (tmp_path / "shouting-1.dist-info").mkdir()
    written(tmp_path / "shouting-1.dist-info", "METADATA", "Metadata-Version: 2.1\nName: shouting\nVersion: 1\n")
    points = "[kg.readers]\nshout = shouting:read\njsonl = shouting:read\nlost = nowhere:read\n"
    written(tmp_path / "shouting-1.dist-info", "entry_points.txt", points)
    monkeypatch.syspath_prepend(tmp_path)
    assert readers.reader_names() == ["csv", "json", "jsonl", "lost", "page", "shout", "text", "tsv"]
    assert list(read([written(tmp_path, "p.txt", "A\n")], "shout")) == [Paper("x", "A")]
    assert list(read([written(tmp_path, "p.jsonl", JSONL)], "jsonl")) == [A, B]
    with pytest.raises(
        KGError, match=r"^the reader 'lost' \(nowhere:read\) cannot be loaded: No module named 'nowhere'$"
    ):
        read([tmp_path / "p.txt"], "lost")


def test_odd_fields_are_left_out_and_said(tmp_path: Path) -> None:
    record = {"id": "x", "title": "T", "year": "n.d.", "venue": {"n": 1}, "authors": [1, "A"]}
    assert reading(written(tmp_path, "p.jsonl", json.dumps(record))) == (
        [Paper("x", "T", authors=("A",))],
        [],
        [
            "p.jsonl:1: no year can be read in 'n.d.', and it is left out",
            "p.jsonl:1: venue is an object, not text, and is left out",
            "p.jsonl:1: 1 of the authors are no text and are left out",
        ],
    )
    table = written(tmp_path, "p.csv", "id,title,stars\nx,T,5\n")
    assert reading(table) == ([Paper("x", "T")], [], ["p.csv:1: columns that are not read: stars"])


def test_the_same_paper_twice_counts_once(tmp_path: Path) -> None:
    one, two = written(tmp_path, "1.jsonl", JSONL), written(tmp_path, "2.csv", TABLE)
    problems = Problems()
    assert list(read([one, two], None, problems)) == [A, B]
    assert problems == Problems(notes=[f"2 papers came again and count once (first: {two}:2 is {one}:1)"])


def test_an_id_with_two_texts_is_a_problem_that_names_both(tmp_path: Path) -> None:
    other = Paper("a", "Another Paper", "It is not A.", 2021)
    path = written(tmp_path, "p.jsonl", JSONL + json.dumps(to_record(other)))
    papers, said, _ = reading(path)
    assert papers == [A, B, other]
    assert said == [
        f"p.jsonl:3: the id 'a' has another text at {path}:1; this one is kept: give them ids of their own".replace(
            f"{tmp_path}/", ""
        )
    ]


records = st.builds(
    Paper,
    id=st.sampled_from("xyz"),
    title=st.sampled_from(["T", "T2", "T3"]),
    abstract=st.sampled_from(["", "S", "S2"]),
    year=st.sampled_from([None, 2020, 2021]),
)


@settings(max_examples=50, deadline=None)
@given(st.lists(records, min_size=1, max_size=8).flatmap(lambda ps: st.tuples(st.just(ps), st.permutations(ps))))
def test_what_is_kept_does_not_depend_on_order(both: tuple[list[Paper], list[Paper]]) -> None:
    def kept(papers: list[Paper]) -> dict[str, Paper]:
        found = (readers.Found(paper, "p", line) for line, paper in enumerate(papers, 1))
        return {paper.id: paper for paper in readers.distinct(found, Problems())}

    assert kept(both[0]) == kept(both[1])


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=30).map(clean)
papers = st.builds(
    Paper,
    id=st.integers(0, 9999).map(str),
    title=texts.map(lambda text: " ".join(text.split())).filter(bool),
    abstract=texts,
    year=st.none() | st.integers(1900, 2030),
    venue=texts.map(lambda text: " ".join(text.split()) or None),
    authors=st.lists(st.sampled_from(["J. Doe", "R. Roe", "Ö. Ünal"]), max_size=3).map(tuple),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(papers, min_size=1, max_size=5, unique_by=lambda paper: paper.id))
def test_papers_survive_every_format(tmp_path_factory: pytest.TempPathFactory, given_papers: list[Paper]) -> None:
    folder = tmp_path_factory.mktemp("round")
    objects = [to_record(paper) for paper in given_papers]
    table = io.StringIO(newline="")
    rows = csv.DictWriter(table, ["id", "title", "abstract", "year", "venue", "authors"], quoting=csv.QUOTE_ALL)
    rows.writeheader()
    rows.writerows({**one, "authors": "; ".join(one.get("authors", ()))} for one in objects)
    for name, content in [
        ("p.jsonl", "\n".join(map(json.dumps, objects))),
        ("p.json", json.dumps(objects, ensure_ascii=False)),
        ("p.csv", table.getvalue()),
    ]:
        assert reading(written(folder, name, content)) == (given_papers, [], [])


@settings(max_examples=60, deadline=None)
@given(
    content=st.binary(max_size=200) | st.text(max_size=200).map(str.encode),
    name=st.sampled_from(sorted(readers.READERS)),
)
def test_no_bytes_end_in_a_traceback(tmp_path_factory: pytest.TempPathFactory, content: bytes, name: str) -> None:
    path = tmp_path_factory.mktemp("any") / "p"
    path.write_bytes(content)
    try:
        found, said, notes = reading(path, name)
    except InputError as failure:
        found, said, notes = [], [str(failure)], []
    assert found or said
    assert not any("\n" in line for line in said + notes)
