"""Single words into one spelling: American, singular."""

from __future__ import annotations

import re
from functools import lru_cache

_SPELLINGS = (
    (re.compile(r"isation"), "ization"),
    (
        re.compile(
            r"(optim|general|regular|normal|token|factor|categor|character|local|visual|recogn|summar|minim|maxim"
            r"|organ|discret|binar|linear|util|personal|parameter|random|equal|color|colour|initial|stabil|synthes"
            r"|anonym|standard|special|contextual|penal|central|harmon|vector|quant|formal|serial|real)is(?=e|ing)"
        ),
        r"\1iz",
    ),
    (re.compile(r"analys(?=e[dr]?$|ing)"), "analyz"),
    (re.compile(r"(model|label|signal|channel|cancel|travel)l(?=ing|ed|er)"), r"\1"),
    (re.compile(r"(behavi|col|rum|neighb|tum|fav|hum|lab|flav|harb|vap)our"), r"\1or"),
    (re.compile(r"^centre"), "center"),
    (re.compile(r"^fibre"), "fiber"),
    (re.compile(r"^defence"), "defense"),
    (re.compile(r"^artefact"), "artifact"),
    (re.compile(r"^adaption"), "adaptation"),
    (re.compile(r"^dialog(?=s?$)"), "dialogue"),
)

_SINGULARS = {
    "analyses": "analysis",
    "hypotheses": "hypothesis",
    "syntheses": "synthesis",
    "diagnoses": "diagnosis",
    "matrices": "matrix",
    "indices": "index",
    "vertices": "vertex",
    "corpora": "corpus",
    "criteria": "criterion",
    "biases": "bias",
    "lenses": "lens",
    "viruses": "virus",
    "caches": "cache",
    "movies": "movie",
    "calories": "calorie",
    "metrics": "metric",
    "topics": "topic",
    "heuristics": "heuristic",
    "critics": "critic",
}

# fmt: off
_NO_PLURALS = frozenset((
    "series", "species", "news", "atlas", "bias", "alias", "canvas", "chaos", "always", "bayes", "gibbs", "keras",
    "pandas", "reuters", "kubernetes", "stokes", "kansas", "texas", "means",
))
# fmt: on


def american(word: str) -> str:
    """The American spelling of a lower-case word, and the commoner one of a few variants.

    >>> american("regularisation"), american("modelling"), american("noise"), american("adaption")
    ('regularization', 'modeling', 'noise', 'adaptation')
    """
    for pattern, spelling in _SPELLINGS:
        word = pattern.sub(spelling, word)
    return word


def singular(word: str) -> str:
    """The singular of a lower-case word, where its ending tells a plural without doubt.

    >>> singular("networks"), singular("analyses"), singular("bias"), singular("loss"), singular("gas")
    ('network', 'analysis', 'bias', 'loss', 'gas')
    """
    if word in _SINGULARS:
        return _SINGULARS[word]
    if len(word) <= 3 or word[-1] != "s" or word in _NO_PLURALS:
        return word
    if word.endswith(("ss", "us", "is", "ics", "lens")) or not word[-2].isalpha():
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("ches", "shes", "xes", "zes", "sses")):
        return word[:-2]
    return word[:-1]


@lru_cache(maxsize=1 << 16)
def fold(word: str) -> str:
    """A word with its capitals into its spelling in a normal form.

    A small s behind capitals is a plural (``GANs``). A capital S at the end may belong to the name (``DARTS`` is not
    ``DART``): such a word keeps it as a capital, so that it folds to itself and to nothing else.

    >>> [fold(word) for word in ("GANs", "VAEs", "Networks", "NETWORKS", "CNNS", "DARTS", "dartS", "AWS", "SMOTE")]
    ['gan', 'vae', 'network', 'network', 'cnn', 'dartS', 'dartS', 'aws', 'smote']
    """
    lower = american(word.casefold())
    if len(word) > 2 and word[-1] == "s" and word[:-1].isupper() and word[-2].isalpha():
        return american(word[:-1].casefold())
    if len(word) > 3 and word[-1] == "S" and lower[-1:] == "s" and singular(lower) != lower:
        of_name = not word.isupper() or (len(word) <= 6 and any(letter in "AEIOUY" for letter in word[:-1]))
        if of_name:
            return lower[:-1] + "S"
    return singular(lower)
