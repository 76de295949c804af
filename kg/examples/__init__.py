"""Nothing into a first graph: 40 well-known papers of machine learning, described in our own words, as lines of JSON.

The descriptions are written for this package, in the manner of abstracts: no sentence is the authors' own. Titles,
years, venues, authors and figures are those of the papers. Read them as any other input:
``kg build $(python -c "from kg import examples; print(examples.path())") -o example.kg``.
"""

from __future__ import annotations

from pathlib import Path


def path() -> Path:
    """Where the example papers lie: a JSONL file, one paper a line.

    >>> path().name
    'papers.jsonl'
    """
    return Path(__file__).with_name("papers.jsonl")
