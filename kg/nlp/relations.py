"""Mentions of a Doc into the relations that its sentences state between them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc

from kg.model import Relation
from kg.nlp.abbreviations import of as abbreviations
from kg.nlp.entities import VECTORS, real_words
from kg.nlp.features import Place, pair
from kg.nlp.labels import ALLOWED, JOINED, KINDS, PAIR_LABELS
from kg.nlp.runtime import Floats, Runtime, runtime, softmax
from kg.nlp.sentences import sentence_numbers

REACH = 100
"""Words between two mentions beyond which no relation is looked for, so that no sentence costs quadratic time.

Of 9,930 relations in abstracts-train none reaches farther.
"""

LEAST = 0.2
"""The network's score and the confidence from which on a relation is said: a lower one says more than is right, a
higher one leaves more out. The best F1 on 1,056 abstracts that the model had not learnt from, where deciding by the
network alone is 1.7 points worse.
"""

SYNONYM, DEFINED = "Synonym-Of", 0.95
"""What the text defines is said with this score: of 37 definitions that the network overlooked in abstracts it had not
learnt from, 34 are gold.
"""

_ROOM = 1024  # words that one run of the pair network sees at most, beside the reach of its last pair


def places(doc: Doc) -> list[Place]:
    """First word, end word and kind of each entity of the Doc, counting only words the model sees."""
    order = {token: k for k, token in enumerate(real_words(doc))}
    return [(order[ent.start], order[ent.end - 1] + 1, ent.label_) for ent in doc.ents]


def score(model: Runtime, vectors: Floats, pairs: Iterable[list[int]]) -> Iterator[Floats]:
    """Probabilities of ``labels.PAIR_LABELS`` for each pair; what the schema does not allow there has none.

    Args:
        model: The model that made the vectors.
        vectors: Of all words of the text, ``[words, 2 * width]``.
        pairs: Numbers of ``features.pair``, in the order of the text at least roughly: neighbours are scored together.
    """
    run: list[list[int]] = []
    low, high = len(vectors), 0
    for numbers in pairs:
        begin, end = min(numbers[0], numbers[3]), max(numbers[1], numbers[4]) + 1
        if run and max(high, end) - min(low, begin) > _ROOM:
            yield from _score(model, vectors[low:high], run, low)
            run, low, high = [], len(vectors), 0
        run.append(numbers)
        low, high = min(low, begin), max(high, end)
    if run:
        yield from _score(model, vectors[low:high], run, low)


def _score(model: Runtime, vectors: Floats, run: list[list[int]], low: int) -> Floats:
    numbers = np.array(run, dtype=np.int64) - np.array([low, low, 0, low, low, 0, 0, 0])
    allowed = ALLOWED[numbers[:, 2], numbers[:, 5]]
    return softmax(np.where(allowed, model.pairs(vectors, numbers), np.float32(-1e4)))


def _defined(doc: Doc) -> Iterator[tuple[int, int]]:
    """Mentions of one type, the earlier first, of which the text itself says that the later one is short for it."""
    ents = doc.ents
    begins = {ent.start_char: k for k, ent in enumerate(ents)}
    ends = {ent.end_char: k for k, ent in enumerate(ents)}
    for one in abbreviations(doc):
        short, long = begins.get(one.short_start), ends.get(one.long_end)
        if short is None or long is None or ents[short].end_char != one.short_end:
            continue
        if ents[short].label_ == ents[long].label_ and ents[short].label_ in KINDS:
            yield long, short


class Relations:
    """Scores every ordered pair of mentions of a sentence; of two directions the likelier one stays."""

    def __init__(self, model: str) -> None:
        self.model = runtime(model)

    def __call__(self, doc: Doc) -> Doc:
        """List the relations of a Doc."""
        spans = places(doc)
        pairs = list(_pairs(doc, spans))
        best: dict[tuple[int, int], Relation] = {}
        scores = score(self.model, doc.user_data[VECTORS], (pair(spans[h], spans[t]) for h, t in pairs))
        for (h, t), likely in zip(pairs, scores, strict=True):
            key, label = (min(h, t), max(h, t)), 1 + int(likely[1:].argmax())
            if likely[label] >= LEAST and (key not in best or likely[label] > best[key].score):
                best[key] = Relation(h, PAIR_LABELS[label], t, float(likely[label]))
        mentions = [ent._.kg_score for ent in doc.ents]
        sure = {key: self._sure(one, mentions) for key, one in best.items()}
        sure = {key: one for key, one in sure.items() if one.score >= LEAST}
        for long, short in _defined(doc):
            known = sure.get((long, short))
            if known is None or known.type != SYNONYM:
                sure[long, short] = self._sure(Relation(long, SYNONYM, short, DEFINED), mentions)
        doc._.kg_relations = sorted(sure.values())
        return doc

    def _sure(self, one: Relation, mentions: list[float]) -> Relation:
        """With the probability that it is right, given the scores of all mentions, in place of the network's score."""
        likely = self.model.confidence.of_relation(one.score, mentions[one.head], mentions[one.tail])
        return one._replace(score=likely)


def _pairs(doc: Doc, spans: list[Place]) -> Iterator[tuple[int, int]]:
    """Ordered pairs of mentions of one sentence that a relation of the schema may join, by the earlier of the two."""
    sentence_of = sentence_numbers(doc)
    together: dict[int, list[int]] = defaultdict(list)
    for k, ent in enumerate(doc.ents):
        if ent.label_ in KINDS:  # in anyone's pipeline there may be others
            together[sentence_of[ent.start]].append(k)
    for members in together.values():
        for place, first in enumerate(members):
            for second in members[place + 1 :]:
                if spans[second][0] - spans[first][1] > REACH:
                    break
                for h, t in ((first, second), (second, first)):
                    if (spans[h][2], spans[t][2]) in JOINED:
                        yield h, t


@Language.factory(
    "kg_relations",
    default_config={"model": "accurate"},
    requires=["doc.ents", "token.is_sent_start"],
    assigns=["doc._.kg_relations"],
)
def create_relations(nlp: Language, name: str, model: str) -> Relations:  # noqa: ARG001 - spaCy passes both by name
    """Make the component, to stand after ``kg_entities`` with the same model.

    ``doc._.kg_relations`` is a list of ``kg.model.Relation`` whose heads and tails are indices into ``doc.ents``.
    """
    if not Doc.has_extension("kg_relations"):
        Doc.set_extension("kg_relations", default=[])
    return Relations(model)
