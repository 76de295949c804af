"""Our annotations, which hold no text, joined to the abstracts they are of."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from kg import schema
from kg.errors import KGError
from kg.model import Extraction
from kg.nlp.training.gold import ANNOTATIONS, joined, packed
from kg.readers import read

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"
CORPUS = SHARED / "corpus" / "conference-papers.jsonl.gz"
LINE = {
    "id": "a",
    "sentences": [[0, 18], [19, 66]],
    "mentions": [[0, 6, "Method"], [11, 18, "Task"], [19, 25, "Method"], [39, 41, "Metric"], [46, 53, "Dataset"]],
    "relations": [[0, "Used-For", 1], [2, "Evaluated-With", 4]],
    "proposes": [0],
    "text": "FooNet for parsing\nFooNet reaches 91.5 F1 on TreeSet, 5 more than before.",
    "results": [
        {"s": 1, "value": "91.5", "dataset": "TreeSet", "method": "FooNet", "metric": "F1", "task": None},
        {"s": 1, "value": "5", "dataset": None, "method": None, "metric": None, "task": None},
    ],
}


def corpus(path: Path, abstract: str) -> Path:
    record = {"id": "a", "title": " FooNet for parsing", "abstract": abstract, "venue": "X", "year": 2020}
    path.write_text(json.dumps({"id": "b", "title": "B", "abstract": ""}) + "\n" + json.dumps(record) + "\n", "utf-8")
    return path


def test_annotations_come_back_with_their_text(tmp_path: Path) -> None:
    line = packed(json.dumps(LINE))
    assert [word for word in ("FooNet", "parsing", "91.5", "TreeSet") if word in line] == []
    kept = tmp_path / "annotations.jsonl"
    kept.write_text(line, "utf-8")
    papers = corpus(tmp_path / "papers.jsonl", "FooNet reaches 91.5  F1\non TreeSet, 5 more than before. ")
    (back,) = joined(kept, papers)
    assert json.loads(back) == LINE
    with gzip.open(tmp_path / "papers.jsonl.gz", "wb") as packed_:
        packed_.write(papers.read_bytes())
    assert list(joined(kept, tmp_path / "papers.jsonl.gz")) == [back]


def test_another_corpus_is_refused(tmp_path: Path) -> None:
    kept, papers = tmp_path / "annotations.jsonl", tmp_path / "papers.jsonl"
    kept.write_text(packed(json.dumps(LINE)), "utf-8")
    advice = "give the corpus that was annotated"
    for abstract, reason in (("FooNet reaches 92.", "has another text in"), ("", "has another text in")):
        with pytest.raises(KGError) as error:
            list(joined(kept, corpus(papers, abstract)))
        assert str(error.value) == f"{kept}: a {reason} {papers}: {advice}"
    papers.write_text("", "utf-8")
    with pytest.raises(KGError) as error:
        list(joined(kept, papers))
    assert str(error.value) == f"{kept}: a is not in {papers}: {advice}"
    with pytest.raises(KGError) as error:
        list(joined(kept, tmp_path / "none"))
    assert str(error.value) == f"{tmp_path / 'none'}: no such file"


def test_every_annotation_is_one() -> None:
    """Each span lies inside a sentence, between words; each relation is one of the schema's; nothing is measured on."""
    kept_apart = {_title(Extraction.from_json(line).text) for line in _lines(SHARED / "data" / "abstracts-dev.jsonl")}
    kept_apart |= {_title(paper.title) for paper in read([SHARED / "corpus" / "seed-papers.jsonl"])}
    ids = []
    for line in joined(ANNOTATIONS, CORPUS):
        one = Extraction.from_json(line)
        ids.append(one.id)
        assert _title(one.text) not in kept_apart
        ends = 0
        for mention in one.mentions:
            assert mention.start >= ends, (one.id, mention)
            assert any(a <= mention.start < mention.end <= b for a, b in one.sentences), (one.id, mention)
            assert mention.type in schema.ENTITY_TYPES
            assert one.text[mention.start : mention.end].strip() == one.text[mention.start : mention.end] != ""
            ends = mention.end
        for head, label, tail, *_ in one.relations:
            assert schema.RELATIONS[label].joins(one.mentions[head].type, one.mentions[tail].type), (
                one.id,
                head,
                label,
                tail,
            )
    assert ids == sorted(set(ids))
    assert len(ids) == len(_lines(ANNOTATIONS))


def _title(text: str) -> str:
    return " ".join(text.split("\n")[0].lower().split())


def _lines(path: Path) -> list[str]:
    return path.read_text("utf-8").splitlines()
