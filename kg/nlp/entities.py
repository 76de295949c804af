"""A Doc into its mentions of methods, datasets, tasks and metrics, and the numbers it reports."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc, Span

from kg.evaluate import distinct_name
from kg.nlp.abbreviations import of as abbreviations_of
from kg.nlp.labels import VALUE, agreed, spans
from kg.nlp.runtime import Floats, runtime
from kg.nlp.sentences import mark, offsets, runs, sentence_numbers, text_of
from kg.nlp.spans import INSIDE, LEAST, Reals, Scorer, choose
from kg.schema import ENTITY_TYPES

Bounds = list[tuple[int, int]]

VECTORS, VALUES = "kg_vectors", "kg_values"
"""Where the component leaves word vectors (``doc.user_data``) and spans of reported numbers (``doc.spans``)."""


def real_words(doc: Doc) -> list[int]:
    """Indices of the tokens that are no white space: the words that the model sees."""
    words: list[int] = np.flatnonzero(doc.to_array("IS_SPACE") == 0).tolist()
    return words


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
        bounds = runs([number[word] for word in words])
        text, places = text_of(doc), offsets(doc)
        vectors = self.model.vectors([text[slice(*places[word])] for word in words], bounds)
        tags, values = self.model.tags(vectors)
        doc.user_data[VECTORS] = vectors
        scorer = self.model.scorer
        found = _weighed(scorer, doc, words, bounds, tags) if scorer else _likeliest(doc, words, bounds, tags)
        doc.ents = [self._labelled(*one) for one in found]
        doc.spans[VALUES] = [Span(doc, span.start, span.end, VALUE) for span, _ in _spans(doc, words, bounds, values)]
        return doc

    def _labelled(self, span: Span, kind: int, likely: float) -> Span:
        labelled = Span(span.doc, span.start, span.end, ENTITY_TYPES[kind])
        labelled._.kg_score = self.model.confidence.of_mention(likely)
        return labelled


def _weighed(
    scorer: Scorer, doc: Doc, words: list[int], bounds: Bounds, tags: Floats
) -> Iterator[tuple[Span, int, float]]:
    """Spans, their types and how likely both are right, of a model that weighs whole spans."""
    candidates, rows = weigh(scorer, doc, words, bounds, tags)
    if not candidates:
        return iter(())
    right = scorer.right(rows)
    kept = choose(candidates, right.max(1))
    spans = [_span(doc, words, *candidates[k]) for k in kept]
    kinds = _kinds(doc, spans, [right[k] for k in kept])
    return ((span, kind, float(right[k, kind])) for span, k, kind in zip(spans, kept, kinds, strict=True))


def _likeliest(doc: Doc, words: list[int], bounds: Bounds, tags: Floats) -> Iterator[tuple[Span, int, float]]:
    """The same of a model that decides word by word."""
    text = text_of(doc)
    found = [one for one in _spans(doc, words, bounds, tags) if not INSIDE.match(text, one[0].end_char - 1)]
    kinds = agreed(_same(doc, [span for span, _ in found]), [votes.mean(0) for _, votes in found])
    return ((span, k, float(votes[:, k].min())) for (span, votes), k in zip(found, kinds, strict=True))


def weigh(scorer: Scorer, doc: Doc, words: list[int], sentences: Bounds, tags: Floats) -> tuple[Bounds, Reals]:
    """The candidates of a Doc, as ``Scorer.weigh`` gives them; ``words`` are its ``real_words``."""
    places = offsets(doc)
    return scorer.weigh(text_of(doc), [places[word] for word in words], sentences, tags, abbreviations_of(doc))


def _span(doc: Doc, words: list[int], begin: int, end: int) -> Span:
    return doc[words[begin] : words[end - 1] + 1]


def _spans(doc: Doc, words: list[int], sentences: Bounds, tags: Floats) -> list[tuple[Span, Floats]]:
    return [
        (_span(doc, words, first + begin, first + end), votes)
        for first, stop in sentences  # one by one, so that no span reaches over the end of a sentence
        for begin, end, votes in spans(tags[first:stop])
    ]


def _kinds(doc: Doc, found: list[Span], right: list[Reals]) -> list[int]:
    """Types: one for a name and its abbreviation, unless the one of these can hardly be what the other is.

    ``right`` tells how likely each span is right as each type.
    """
    names = [distinct_name(span.text) for span in found]
    together, alone = agreed(_same(doc, found), right), agreed(names, right)
    fits = {name for name, kind, likely in zip(names, together, right, strict=True) if likely[kind] > LEAST}
    return [kinds[name not in fits] for name, *kinds in zip(names, together, alone, strict=True)]


def _same(doc: Doc, found: list[Span]) -> list[str]:
    """A string for each span, equal for those that name the same thing: by the same name, or by its abbreviation."""
    names = [distinct_name(span.text) for span in found]
    ends = {span.end_char: name for span, name in zip(found, names, strict=True)}
    text = text_of(doc)
    long = {
        distinct_name(text[one.short_start : one.short_end]): ends[one.long_end]
        for one in abbreviations_of(doc)
        if one.long_end in ends
    }
    return [long.get(name, name) for name in names]


@Language.factory(
    "kg_entities",
    default_config={"model": "accurate"},
    assigns=["token.is_sent_start", "doc.ents", "doc.spans", "span._.kg_score"],
)
def create_entities(nlp: Language, name: str, model: str) -> Entities:  # noqa: ARG001 - spaCy passes both by name
    """Make the component. ``model`` names a model of the package or the folder of another.

    The score of a mention, ``span._.kg_score``, is the probability that its span and type are right.
    """
    if not Span.has_extension("kg_score"):
        Span.set_extension("kg_score", default=1.0)
    return Entities(model)
