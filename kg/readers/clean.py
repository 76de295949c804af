"""Text as files hold it into text that is safe to show, and titles into ids."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace

from kg.model import Paper, content_hash

# Dropped: control characters that are no white space, characters without width, marks and overrides of the direction of
# writing, soft hyphens, invisible operators, annotation anchors and tag characters. None of them is seen by a reader,
# all of them split or hide words from the model and from whoever looks at the graph.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_SPACE = re.compile("[\x0b\x0c\x1c-\x1f\x85\u2028\u2029]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_NO_WORD = re.compile("[^a-z0-9]+")


def clean(text: str) -> str:
    """Text without invisible characters and without white space at its ends.

    Half surrogates become U+FFFD; vertical tabs, form feeds and separators of lines become blanks.

    >>> clean("\\ufeffzero\\u200bwidth\\x00 ")
    'zerowidth'
    """
    return _SURROGATE.sub("\ufffd", _SPACE.sub(" ", _INVISIBLE.sub("", text))).strip()


def fold(text: str) -> str:
    """``clean``, and every run of white space one blank: for fields that are one line."""
    return " ".join(clean(text).split())


def slug(title: str) -> str:
    """A title as the beginning of an id: lower-case ASCII letters and digits, joined by hyphens, 60 characters at most.

    >>> slug("FILM: How can Few-Shot Image Classification Benefit from Pre-Trained Language Models?")
    'film-how-can-few-shot-image-classification-benefit-from-pre'
    """
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return _NO_WORD.sub("-", plain).strip("-")[:60].strip("-") or "paper"


def with_id(paper: Paper) -> Paper:
    """The paper itself if it has an id, else with one: the slug of its title and eight digits of its content hash.

    A function of the text alone. So it is the same in every file, order and run; the same text is the same paper; and
    two papers whose titles begin alike, or are alike, stay two. A number after the slug would depend on which comes
    first, and the slug alone would lose one of them.
    """
    return paper if paper.id else replace(paper, id=f"{slug(paper.title)}-{content_hash(paper)[:8]}")
