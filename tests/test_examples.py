"""The example papers into what they must be: whole records, in our own words."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kg import examples
from kg.model import Paper, to_record

CORPUS = Path(__file__).parents[2] / "shared" / "corpus"
KEYS = ["id", "title", "abstract", "year", "venue", "authors", "url"]
ADDRESS = re.compile(r"https://(arxiv\.org/abs/\d{4}\.\d{4,5}|doi\.org/10\.\S+|papers\.nips\.cc/\S+)")
NOT_LETTERS = bytes(byte for byte in range(128) if not chr(byte).isalnum())


def read() -> list[dict[str, Any]]:
    return [json.loads(line) for line in examples.path().read_text(encoding="utf-8").splitlines()]


def sentences(text: str) -> list[str]:
    return [sentence for sentence in re.split(r"(?<=[.!?])\s+", text) if sentence]


def normal(sentence: str) -> bytes:
    """The sentence without case, space and punctuation, so that retyping does not hide a copy."""
    return sentence.lower().encode().translate(None, NOT_LETTERS)


def corpus(name: str) -> Iterator[dict[str, Any]]:
    if not (CORPUS / name).exists():
        pytest.skip(f"no ../shared/corpus/{name} beside this clone")
    opened = gzip.open if name.endswith(".gz") else open
    with opened(CORPUS / name, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def test_forty_papers_with_every_field() -> None:
    records = read()
    assert len(records) == 40
    assert [record["id"] for record in records if list(record) != KEYS or not all(record.values())] == []


def test_lines_are_written_the_one_way() -> None:
    lines = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in read())
    assert examples.path().read_bytes() == lines.encode()


def test_records_are_papers() -> None:
    for record in read():
        paper = Paper(**{**record, "authors": tuple(record["authors"])})
        assert to_record(paper) == {**record, "authors": paper.authors}
        assert paper.text == record["title"] + "\n" + record["abstract"]


def test_ids_titles_and_urls_are_unique() -> None:
    records = read()
    for key in ("id", "title", "url"):
        assert len({record[key] for record in records}) == len(records)


def test_fields_have_their_shape() -> None:
    for record in read():
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*-(19|20)\d\d", record["id"])
        assert record["id"].endswith(f"-{record['year']}")
        assert ADDRESS.fullmatch(record["url"])
        assert [author for author in record["authors"] if author != author.strip() or " " not in author] == []


def test_abstracts_have_two_to_five_sentences() -> None:
    counts = {record["id"]: len(sentences(record["abstract"])) for record in read()}
    assert {key: count for key, count in counts.items() if not 2 <= count <= 5} == {}
    assert [record["id"] for record in read() if not 200 <= len(record["abstract"]) <= 700] == []


@pytest.mark.parametrize("name", ["conference-papers.jsonl.gz", "seed-papers.jsonl"])
def test_no_sentence_is_someone_elses(name: str) -> None:
    ours = {normal(sentence): sentence for record in read() for sentence in sentences(record["abstract"])}
    copied = [
        (paper["id"], ours[normal(sentence)])
        for paper in corpus(name)
        for sentence in sentences(paper.get("abstract") or "")
        if normal(sentence) in ours
    ]
    assert copied == []
