"""Our annotations, which hold no text, and the abstracts they are of into gold data, and back.

``annotations.jsonl`` beside this file has a line for each abstract: its id, the start of the SHA-256 of its text, and
sentences, mentions, relations, contributions and results in offsets. The abstracts are others' and stay where they are.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kg.errors import KGError
from kg.model import Paper, content_hash
from kg.schema import ENTITY_TYPES

ANNOTATIONS = Path(__file__).with_name("annotations.jsonl")
"""1,056 abstracts of the corpus of conference papers; in a clone of the repository, but not in the wheel."""

_NAMES = tuple(kind.lower() for kind in ENTITY_TYPES)


def joined(annotations: Path, corpus: Path) -> Iterator[str]:
    """Lines of gold data, in the order of the annotations.

    Args:
        annotations: A file of lines as ``packed`` makes them.
        corpus: JSON Lines with ``id``, ``title`` and ``abstract``, packed with gzip or not.

    Raises:
        KGError: A file is missing, or an abstract is missing or has another text.
    """
    for path in (annotations, corpus):
        if not path.is_file():
            raise KGError(f"{path}: no such file")
    records = [json.loads(line) for line in annotations.read_text("utf-8").splitlines()]
    asked = {record["id"] for record in records}
    papers = {paper.id: paper for paper in read_corpus(corpus) if paper.id in asked}
    for record in records:
        found = papers.get(record["id"])
        if found is None or _mark(found) != record["text"]:
            what = "is not in" if found is None else "has another text in"
            raise KGError(f"{annotations}: {record['id']} {what} {corpus}: give the corpus that was annotated")
        yield json.dumps(_unpacked(record, found.text), ensure_ascii=False) + "\n"


def read_corpus(path: Path) -> Iterator[Paper]:
    """The papers of JSON Lines with ``id``, ``title`` and ``abstract``, packed with gzip or not."""
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            yield Paper(record["id"], record["title"], record["abstract"])


def packed(line: str) -> str:
    """A line of gold data without its text, as ``joined`` reads it; a name in a result that the text lacks is lost."""
    record = json.loads(line)
    text = record["text"]
    results = []
    for result in record["results"]:
        begin, end = record["sentences"][result["s"]]
        spans = {name: _span(text, result[name], 0, len(text)) for name in _NAMES if result[name]}
        results.append({"s": result["s"], "value": _span(text, result["value"], begin, end), **spans})
    mark = _mark(Paper.from_text(record["id"], text))
    kept = {key: record[key] for key in ("id", "sentences", "mentions", "relations", "proposes")}
    return json.dumps(kept | {"text": mark, "results": results}, ensure_ascii=False, separators=(",", ":")) + "\n"


def _unpacked(record: dict[str, Any], text: str) -> dict[str, Any]:
    results = [
        {
            "s": result["s"],
            "value": text[slice(*result["value"])],
            **{name: text[slice(*span)] if (span := result.get(name)) else None for name in _NAMES},
        }
        for result in record["results"]
    ]
    return {**record, "text": text, "results": results}


def _span(text: str, part: str, begin: int, end: int) -> list[int] | None:
    start = text.find(part, begin, end)
    return [start, start + len(part)] if start >= 0 else None


def _mark(paper: Paper) -> str:
    return content_hash(paper)[:12]
