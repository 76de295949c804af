"""A name as a text writes it into its normal form, the same for all its spellings."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from kg.resolve.words import fold

# fmt: off
_GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta", "η": "eta", "θ": "theta",
    "ι": "iota", "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu", "ξ": "xi", "ο": "omicron", "π": "pi", "ρ": "rho",
    "σ": "sigma", "τ": "tau", "υ": "upsilon", "φ": "phi", "χ": "chi", "ψ": "psi", "ω": "omega",
}
# fmt: on
_LONE_GREEK = re.compile("(?<![α-ωΑ-Ω])[α-ωΑ-Ω](?![α-ωΑ-Ω])")
_MATH = re.compile(r"\$([^$]*)\$")
_FONT = re.compile(r"\\(?:em|it|bf|tt|sc|rm|sf)\b\s*")
_ACCENT = re.compile(r"""\\['"`^~=.]\s*\{?(\w)\}?""")
_COMMAND = re.compile(r"\\[A-Za-z]+\s*\{([^{}]*)\}")
_BARE_COMMAND = re.compile(r"\\([A-Za-z]+)")
_DETERMINERS = re.compile(r"^\s*(?:(?:an?|the|our|their|its)\s+)+(?=\S)", re.IGNORECASE)
_POSSESSIVE = re.compile(r"['’ʼ]s(?!\w)")
_QUOTES = re.compile(r"""['’‘ʼ`´"“”„«»]""")
_BRACKET = re.compile(r"\s*\(([A-Z][A-Za-z]{1,7})\)")
_POINT = re.compile(r"(?<!\d)\.|\.(?!\d)")
_SPELLED = {
    "#": "-sharp-",
    "*": "-star-",
    "@": "-at-",
    "&": "-and-",
    "%": "-percent-",
    "∇": "-nabla-",
    "∞": "-infinity-",
}
_ROUNDS = 8  # Two are enough for any name seen; folding that ran in a circle would end here.
_HEADS = {"Dataset": frozenset({"dataset", "benchmark", "corpus"})}


@lru_cache(maxsize=1 << 18)
def normal_form(text: str, type: str | None = None) -> str:  # noqa: A002 (the field's own word)
    """The normal form of a name: words in lower case, singular, joined by hyphens; never empty.

    Case, Unicode variants, accents, quotes, LaTeX wrappers, determiners, plurals and British spellings are folded;
    sizes, versions and numbers are kept. Of a data set's name heads such as "dataset" are left out. The form of a
    form is itself.

    Args:
        text: The name as written.
        type: Its entity type, if known.

    >>> normal_form("the Convolutional Neural Networks"), normal_form("$\\\\beta$-VAEs"), normal_form("GPT-3.5")
    ('convolutional-neural-network', 'beta-vae', 'gpt-3.5')
    >>> normal_form("GLUE benchmark", "Dataset"), normal_form("PointNet++"), normal_form("A*")
    ('glue', 'pointnet++', 'a-star')
    """
    form = _once(text, type)
    for _ in range(_ROUNDS):
        if (again := _once(form, type)) == form:
            break
        form = again
    return form


def compact(form: str) -> str:
    """A normal form without its hyphens, except between digits: equal for "auto-encoder" and "autoencoder".

    >>> compact("ms-coco"), compact("gpt-4"), compact("cifar-10-100"), compact("llama-2-7b")
    ('mscoco', 'gpt4', 'cifar10-100', 'llama2-7b')
    """
    return re.sub(r"(?<!\d)-|-(?!\d)", "", form)


def _once(text: str, type: str | None) -> str:  # noqa: A002
    words = [fold(word) for word in _words(text)]
    heads = _HEADS.get(type or "", frozenset())
    while len(words) > 1 and any(letter.isalpha() for word in words[:-1] for letter in word):
        if words[-1] in heads:
            words = words[:-1]
        elif heads and len(words) > 2 and words[-2:] == ["data", "set"]:
            words = words[:-2]
        else:
            break
    # A name of symbols only is told by their code points, so that no entity has an empty id.
    return "-".join(words) or "u" + "-".join(f"{ord(symbol):x}" for symbol in text.strip() or " ")


def _words(text: str) -> list[str]:
    """The words of a name with their capitals, free of everything but letters, marks, digits, points and pluses."""
    text = unicodedata.normalize("NFKC", text)
    if "\\" in text or "$" in text or "{" in text:
        text = _plain(text)
    text = _BRACKET.sub(_unless_initials, text)
    text = _QUOTES.sub("", _POSSESSIVE.sub("", _DETERMINERS.sub("", text)))
    if not text.isascii():
        # Latin accents go; marks of other scripts are letters' own parts and stay.
        parts = unicodedata.normalize("NFKD", text)
        text = unicodedata.normalize("NFKC", "".join(part for part in parts if not "\u0300" <= part <= "\u036f"))
        text = _LONE_GREEK.sub(lambda found: _GREEK.get(found[0].casefold(), found[0]), text)
    return [word for word in _POINT.sub("-", "".join(map(_character, text))).split("-") if word]


def _character(character: str) -> str:
    if character.isalnum() or character in ".+":
        return character
    if character in _SPELLED:
        return _SPELLED[character]
    category = unicodedata.category(character)
    return character if category[0] == "M" else "" if category == "Cf" else "-"


def _unless_initials(bracket: re.Match[str]) -> str:
    """Nothing in place of a bracket with the initials of the words before it: "Kullback-Leibler (KL) divergence"."""
    initials = "".join(word[0] for word in re.findall(r"[^\W_]+", bracket.string[: bracket.start()]))
    return "" if initials.casefold().endswith(bracket[1].casefold()) else bracket[0]


def _plain(text: str) -> str:
    """A text without its LaTeX: math as letters and digits, commands as what they wrap."""
    text = _ACCENT.sub(r"\1", text)
    text = _MATH.sub(lambda math: re.sub(r"[_^]|(?<!\\)[{}]", "", _COMMAND.sub(r"\1", math[1])), text)
    text = _FONT.sub("", text)
    while (shorter := _COMMAND.sub(r"\1", text)) != text:
        text = shorter
    return re.sub(r"(?<!\\)[{}]", "", _BARE_COMMAND.sub(r"\1", text))
