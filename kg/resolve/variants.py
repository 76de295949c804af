"""A normal form into the signature that it shares with its variants: other words, another order, an understood head."""

from __future__ import annotations

from functools import lru_cache

from kg.resolve.forms import compact

# fmt: off
_WORDS = {
    "net": "network", "nets": "network", "convolution": "convolutional", "recommender": "recommendation",
    "robotic": "robot", "maximal": "maximum", "conversational": "dialogue", "pretrained": "pre-trained",
}
"""Words that mean the same inside a longer name of the field; never for a name of one word."""

_METRIC_WORDS = {"consumption": "usage"}

_CONNECTIVES = frozenset((
    "to", "from", "by", "with", "for", "in", "and", "or", "via", "on", "at", "as", "vs", "versus", "into", "over",
    "then", "without", "under", "through", "between", "against",
))
"""With one of these inside, the order of words means something: "text-to-image" is not "image-to-text"."""

_BOUND = frozenset((
    "non", "un", "anti", "semi", "self", "multi", "single", "cross", "inter", "intra", "low", "high", "few", "zero",
    "one", "two", "first", "second", "open", "closed", "long", "short", "large", "small", "fine", "coarse", "weakly",
    "strongly", "fully", "partially", "pre", "post", "sub", "super", "hyper", "meta", "auto", "co", "de", "re", "bi",
    "uni", "in", "out", "on", "off", "hard", "soft", "local", "global", "forward", "backward", "top", "bottom", "left",
    "right", "upper", "lower", "less", "more",
))
"""Words that belong to the next: "multi-view single-task" is not "single-view multi-task"."""

_HEADS = {
    "Method": frozenset((
        "model", "method", "algorithm", "approach", "technique", "mechanism", "module", "framework", "architecture",
        "procedure", "scheme", "strategy",
    )),
    "Metric": frozenset(("score", "metric", "measure", "value")),
    "Task": frozenset(("task", "problem")),
}
"""Heads that a name can do without, by entity type."""

_NEED_HEAD = frozenset((
    "language", "graph", "topic", "mixture", "world", "image", "vision", "speech", "text", "object", "reward", "policy",
    "value", "user", "sequence", "video", "knowledge", "kernel", "tensor", "tree", "memory", "code", "feature",
    "search", "learning", "optimization", "data", "point", "human", "agent", "event", "document", "space",
    "variable", "state",
    "flow", "energy", "score", "causal", "linear", "deep", "neural", "statistical", "generative", "probabilistic",
    "hierarchical", "nonlinear", "parametric", "based", "foundation", "base", "time", "item", "process", "rule",
    "task", "word", "sentence", "character", "domain", "teacher", "student", "network", "block", "baseline", "loss",
    "decision", "multi", "optimal", "control", "bandit", "game", "sampling", "inference", "representation", "new",
    "simple", "novel", "classical", "traditional", "large", "small", "proposed", "existing",
))
"""What is another thing, or nothing, without its head: a language model is no language."""
# fmt: on


@lru_cache(maxsize=1 << 18)
def signature(form: str, type: str) -> str:  # noqa: A002 (the field's own word)
    """What all variants of a name in other words or in another order share; it says nothing of its meaning.

    Args:
        form: A normal form.
        type: Its entity type.

    >>> signature("rate-of-convergence", "Metric") == signature("convergence-rate", "Metric")
    True
    >>> signature("3d-open-vocabulary-scene-understanding", "Task"), signature("text-to-image", "Task")
    ('3d openvocabulary scene understanding', 'texttoimage')
    >>> signature("voc07", "Dataset") == signature("voc-2007", "Dataset")
    True
    """
    words = form.split("-")
    if type == "Dataset":
        return _year(compact(form))
    if len(words) > 1:
        same = _WORDS | _METRIC_WORDS if type == "Metric" else _WORDS
        words = "-".join(same.get(word, word) for word in words).split("-")
    words = _turned(words)
    if len(words) < 3 or not _CONNECTIVES.isdisjoint(words) or any(word.isdecimal() for word in words):
        return compact("-".join(words))
    *modifiers, head = _bound(words)
    return " ".join([*sorted(modifiers), head])


def without_head(form: str, type: str) -> str:  # noqa: A002
    """The normal form without a head that is understood, such as "model" of a method; itself if there is none.

    >>> without_head("attention-mechanism", "Method"), without_head("language-model", "Method")
    ('attention', 'language-model')
    >>> without_head("f1-score", "Metric"), without_head("diffusion-based-model", "Method")
    ('f1', 'diffusion')
    """
    words = form.split("-")
    heads = _HEADS.get(type, frozenset())
    shorter = words
    while len(shorter) > 1 and shorter[-1] in heads:
        shorter = shorter[:-1]
        if len(shorter) > 1 and shorter[-1] == "based":
            shorter = shorter[:-1]
        if shorter[-1] not in _NEED_HEAD and shorter[-1] not in heads:
            words = shorter
    return "-".join(words)


def _turned(words: list[str]) -> list[str]:
    """Words of "rate of convergence" as those of "convergence rate"."""
    if words.count("of") == 1 and 0 < (place := words.index("of")) < len(words) - 1:
        before, after = words[:place], words[place + 1 :]
        if after[0] in ("the", "a", "an") and len(after) > 1:
            after = after[1:]
        if _CONNECTIVES.isdisjoint(before):
            return [*after, *before]
    return words


def _bound(words: list[str]) -> list[str]:
    """Words with those that belong to the next joined to it."""
    joined: list[str] = []
    held = ""
    for word in words[:-1]:
        if word in _BOUND:
            held += word
        else:
            joined.append(held + word)
            held = ""
    return [*joined, held + words[-1]]


def _year(name: str) -> str:
    """A data set's name with a year of two digits at its end written out."""
    stem = name.rstrip("0123456789")
    digits = name[len(stem) :]
    if len(digits) == 2 and digits <= "29" and len(stem) > 1 and stem.isalpha():
        return f"{stem}20{digits}"
    return name
