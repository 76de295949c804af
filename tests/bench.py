"""How fast, against a baseline in the same run, since machines are noisy: ``make bench``.

Reads 100 abstracts of ../shared/corpus (or the example papers where it is missing) on one core:

- the bare encoder over inputs made before: what no pipeline around it can beat;
- ``kg.nlp.extract`` on top of it, and a whole ``kg build`` in a process of its own with one worker and with two;
- assembly of many copies of what was read, twice as many at a time: growth should be linear;
- ``kg --help`` against ``import spacy``.
"""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np

from kg import examples
from kg.assemble import assemble
from kg.model import Extraction, Paper
from kg.nlp.extract import extract, load
from kg.nlp.features import windows
from kg.nlp.runtime import runtime
from kg.readers import read

CORPUS = Path(__file__).parents[2] / "shared" / "corpus" / "conference-papers.jsonl.gz"
ROUNDS = 3


def papers(count: int = 100) -> list[Paper]:
    """Some papers from all over the corpus."""
    if not CORPUS.exists():
        return list(read([examples.path()]))
    with gzip.open(CORPUS, "rt", encoding="utf-8") as lines:
        records = [json.loads(line) for line in islice(lines, 0, count * 800, 800)]
    return [Paper(str(k), one["title"], one["abstract"]) for k, one in enumerate(records)]


def best(work: Callable[[], object]) -> float:
    """Seconds of the fastest of some rounds."""
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return min(times)


def line(what: str, figure: str, ratio: str = "") -> None:
    """Print one row."""
    print(f"{what:<52}{figure:>20}   {ratio}", flush=True)


def speed(chosen: list[Paper], name: str) -> float:
    """Print how fast a model reads, and return the seconds of its bare encoder."""
    nlp, model = load(name), runtime(name)
    inputs, words = [], 0
    for paper in chosen:
        doc = nlp(paper.text)
        tokens = [token.text for token in doc if not token.is_space]
        words += len(tokens)
        for window in windows(model.tokenizer, tokens, [(0, len(tokens))]):
            named = {"pieces": window.pieces, "shapes": window.shapes, "first": window.first, "last": window.last}
            inputs.append({key: np.asarray(value, dtype=np.int64) for key, value in named.items()})
    line("papers, words", f"{len(chosen)}, {words:,}")
    bare = best(lambda: [model._run["encoder"].run(None, one) for one in inputs])
    line(f"bare encoder of {name}, one core", f"{words / bare:,.0f} words/s")
    own = best(lambda: list(extract(chosen, name)))
    line(
        f"kg.nlp.extract with {name}, one core", f"{words / own:,.0f} words/s", f"{own / bare:.2f} x the encoder's time"
    )
    return bare


def main() -> None:
    """Print the table."""
    chosen = papers()
    speed(chosen, "fast")
    bare = speed(chosen, "accurate")
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "papers.jsonl"
        source.write_text(
            "".join(json.dumps({"id": p.id, "title": p.title, "abstract": p.abstract}) + "\n" for p in chosen)
        )
        for workers in (1, 2):
            target = Path(folder) / f"{workers}.kg"
            command = [sys.executable, "-m", "kg", "build", str(source), "-o", str(target), "--workers", str(workers)]
            began = time.perf_counter()
            subprocess.run(command, check=True, capture_output=True)
            took = time.perf_counter() - began
            line(
                f"kg build, {workers} worker(s), start and assembly included",
                f"{took:.1f} s",
                f"{took / bare:.2f} x the encoder's time",
            )
    read_ = list(zip(chosen, extract(chosen), strict=True))
    before = 0.0
    for copies in (10, 20, 40):
        many = [_renamed(paper, found, k) for k in range(copies) for paper, found in read_]
        took = best(lambda many=many: assemble(many))
        line(
            f"assembly of {len(many):,} papers",
            f"{took:.2f} s",
            f"{took / before:.2f} x that of half" if before else "",
        )
        before = took
    spacy = best(lambda: subprocess.run([sys.executable, "-c", "import spacy"], check=True))
    help_ = best(lambda: subprocess.run([sys.executable, "-m", "kg", "--help"], check=True, capture_output=True))
    line("kg --help", f"{help_ * 1000:.0f} ms", f"{help_ / spacy:.2f} x import spacy")


def _renamed(paper: Paper, found: Extraction, copy: int) -> tuple[Paper, Extraction]:
    id_ = f"{paper.id}-{copy}"
    return replace(paper, id=id_), replace(found, id=id_)


if __name__ == "__main__":
    main()
