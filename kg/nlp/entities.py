"""A Doc into its mentions of methods, datasets, tasks and metrics, and the numbers it reports."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc, Span

from kg.nlp.labels import TAGS, VALUE_TAGS, spans
from kg.nlp.runtime import Floats, runtime
from kg.nlp.sentences import mark, sentence_numbers

VECTORS, VALUES = "kg_vectors", "kg_values"
"""Where the component leaves word vectors (``doc.user_data``) and spans of reported numbers (``doc.spans``)."""


def real_words(doc: Doc) -> list[int]:
    """Indices of the tokens that are no white space: the words that the model sees."""
    return [token.i for token in doc if not token.is_space]


class Entities:
    """Reads the whole text once and tags it; leaves the word vectors for the components after it."""

    def __init__(self, model: str) -> None:
        self.model = runtime(model)

    def __call__(self, doc: Doc) -> Doc:
        """Set entities and values of a Doc, and sentences too if nobody before has."""
        if not doc.has_annotation("SENT_START"):
            doc = mark(doc)
        words = real_words(doc)
        if not words:
            doc.user_data[VECTORS] = np.zeros((0, 0), dtype=np.float32)
            doc.spans[VALUES] = []
            return doc
        number = sentence_numbers(doc)
        cuts = [k for k in range(1, len(words)) if number[words[k]] != number[words[k - 1]]]
        bounds = list(pairwise([0, *cuts, len(words)]))
        vectors = self.model.vectors([doc[word].text for word in words], bounds)
        tags, values = self.model.tags(vectors)
        doc.user_data[VECTORS] = vectors
        doc.ents = _spans(doc, words, bounds, tags, TAGS)
        for ent in doc.ents:
            ent._.kg_score = self.model.confidence.of_mention(ent._.kg_score)
        doc.spans[VALUES] = _spans(doc, words, bounds, values, VALUE_TAGS)
        return doc


def _spans(
    doc: Doc, words: list[int], sentences: list[tuple[int, int]], tags: Floats, names: tuple[str, ...]
) -> list[Span]:
    found = []
    for first, stop in sentences:  # one by one, so that no span reaches over the end of a sentence
        for begin, end, kind, score in spans(tags[first:stop], names):
            span = Span(doc, words[first + begin], words[first + end - 1] + 1, label=kind)
            span._.kg_score = score
            found.append(span)
    return found


@Language.factory(
    "kg_entities",
    default_config={"model": "accurate"},
    assigns=["token.is_sent_start", "doc.ents", "doc.spans", "span._.kg_score"],
)
def create_entities(nlp: Language, name: str, model: str) -> Entities:  # noqa: ARG001 - spaCy passes both by name
    """Make the component. ``model`` names a model of the package or the folder of another.

    The score of a mention, ``span._.kg_score``, is the probability that its span and type are right, from the network's
    probability of its type at its least sure word.
    """
    if not Span.has_extension("kg_score"):
        Span.set_extension("kg_score", default=1.0)
    return Entities(model)
