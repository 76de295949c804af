"""Numbers of a Doc into results: what was measured, of which method, on which dataset, for which task."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

from spacy.language import Language
from spacy.tokens import Doc, Span

from kg.model import Result
from kg.nlp.entities import VALUES, VECTORS, real_words
from kg.nlp.features import Place, pair
from kg.nlp.labels import KINDS, PAIR_LABELS, REPORTED, VALUE
from kg.nlp.relations import places, score
from kg.nlp.runtime import runtime
from kg.nlp.sentences import sentence_numbers

LEAST = 0.5
"""A mention belongs to a number from this probability on; below, the field stays open."""

REACH = 400
"""Words from a number beyond which no mention is joined to it: as far as any is in abstracts-train."""


class Results:
    """Joins every reported number to its likeliest mention of each type, within reach."""

    def __init__(self, model: str) -> None:
        self.model = runtime(model)

    def __call__(self, doc: Doc) -> Doc:
        """List the results of a Doc."""
        values: list[Span] = list(doc.spans.get(VALUES, []))
        sentence_of = sentence_numbers(doc)
        order = {token: k for k, token in enumerate(real_words(doc))}
        mentions, ents = places(doc), doc.ents
        begins = [begin for begin, _, _ in mentions]
        asked: list[tuple[Place, list[int]]] = []
        for value in values:
            place: Place = (order[value.start], order[value.end - 1] + 1, VALUE)
            reach = range(bisect_left(begins, place[0] - REACH), bisect_right(begins, place[0] + REACH))
            # In anyone's pipeline there may be entities of others.
            asked.append((place, [k for k in reach if mentions[k][2] in KINDS]))
        pairs = (pair(place, mentions[k]) for place, near in asked for k in near)
        scores = score(self.model, doc.user_data[VECTORS], pairs)
        found = []
        for value, (_, near) in zip(values, asked, strict=True):
            best: dict[str, tuple[float, int]] = {}
            for k in near:
                likely = float(next(scores)[PAIR_LABELS.index(REPORTED)])
                if likely >= LEAST:
                    best[mentions[k][2]] = max(best.get(mentions[k][2], (0.0, 0)), (likely, -k))
            joined = {kind.lower(): ents[-k].text for kind, (_, k) in best.items()}
            found.append(Result(sentence_of[value.start], value.text, **joined))
        doc._.kg_results = found
        return doc


@Language.factory(
    "kg_results",
    default_config={"model": "accurate"},
    requires=["doc.ents", "doc.spans"],
    assigns=["doc._.kg_results"],
)
def create_results(nlp: Language, name: str, model: str) -> Results:  # noqa: ARG001 - spaCy passes both by name
    """Make the component, to stand after ``kg_entities`` with the same model.

    ``doc._.kg_results`` is a list of ``kg.model.Result``.
    """
    if not Doc.has_extension("kg_results"):
        Doc.set_extension("kg_results", default=[])
    return Results(model)
