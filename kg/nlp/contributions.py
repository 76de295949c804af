"""Mentions of a Doc into those things that the paper itself introduces."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc

from kg.evaluate import distinct_name
from kg.nlp.entities import VECTORS
from kg.nlp.labels import KINDS
from kg.nlp.relations import places
from kg.nlp.runtime import runtime


class Contributions:
    """Asks of each name, over all its mentions at once, whether the paper introduces it."""

    def __init__(self, model: str) -> None:
        self.model = runtime(model)

    def __call__(self, doc: Doc) -> Doc:
        """List what a Doc introduces."""
        doc._.kg_proposes = []
        known = [k for k, ent in enumerate(doc.ents) if ent.label_ in KINDS]  # anyone's pipeline may have others
        if not known:
            return doc
        every, ents = places(doc), doc.ents
        spans = [(begin, end - 1, KINDS.index(kind)) for begin, end, kind in (every[k] for k in known)]
        logits = self.model.proposals(doc.user_data[VECTORS], np.array(spans, dtype=np.int64))
        groups: dict[str, list[int]] = defaultdict(list)
        for place, k in enumerate(known):
            groups[distinct_name(ents[k].text)].append(place)
        doc._.kg_proposes = [known[own[0]] for own in groups.values() if logits[own].mean() > 0]
        return doc


@Language.factory(
    "kg_contributions",
    default_config={"model": "accurate"},
    requires=["doc.ents"],
    assigns=["doc._.kg_proposes"],
)
def create_contributions(nlp: Language, name: str, model: str) -> Contributions:  # noqa: ARG001 - spaCy passes both
    """Make the component, to stand after ``kg_entities`` with the same model.

    ``doc._.kg_proposes`` is a list of indices into ``doc.ents``: the first mention of each thing introduced.
    """
    if not Doc.has_extension("kg_proposes"):
        Doc.set_extension("kg_proposes", default=[])
    return Contributions(model)
