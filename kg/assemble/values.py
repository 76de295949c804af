"""A reported value as a paper writes it into a number and a unit, where it is one number."""

from __future__ import annotations

import re
import unicodedata

_NUMBER = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?|\.\d+"
_VALUE = re.compile(
    rf"(?P<sign>[+-]?)\s*(?P<number>{_NUMBER})"
    r"(?:\s*x\s*10\s*\^?\s*(?P<exponent>-?\d{1,2}))?"
    r"(?P<thousands>[KMB](?![A-Za-z])|\s+(?:thousand|million|billion)\b)?"
    rf"(?:\s*±\s*(?:{_NUMBER}))?"
    r"(?:\s*-?\s*(?P<unit>%|[A-Za-zµ°][A-Za-zµ°/%. ]{0,23}))?"
)
_UNIT = re.compile(r"[\d.)+]\s*-?\s*(%|[A-Za-zµ°][A-Za-zµ°/%. ]{0,23})\+?$")
_THOUSANDS = {"K": 1e3, "M": 1e6, "B": 1e9, "thousand": 1e3, "million": 1e6, "billion": 1e9}
_WORDS = {
    word: number
    for number, word in enumerate(
        ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"), start=1
    )
}
_ALONE = {"twice": 2.0, "thrice": 3.0, "double": 2.0, "triple": 3.0}
_ORDINALS = frozenset(("st", "nd", "rd", "th"))
_UNITS = {
    "percent": "%",
    "per cent": "%",
    "x": "x",
    "times": "x",
    "time": "x",
    "fold": "x",
    "folds": "x",
    "pt": "points",
    "pts": "points",
    "point": "points",
    "points": "points",
    "pp": "points",
    "% points": "points",
    "percent points": "points",
    "percentage point": "points",
    "percentage points": "points",
    "absolute points": "points",
    "fps": "FPS",
}


def parse_value(text: str) -> tuple[float | None, str | None]:
    """The number and the unit of a value; None for what is not plainly there.

    A range, a bound ("less than 1%") or a fraction in words is no single number, and gives None. Percentages keep
    their figures: "84.5%" is 84.5 and "%". Factors have the unit "x", differences of percentages "points".

    >>> parse_value("84.5 %"), parse_value("284$\\\\times$"), parse_value("+16.2 pts"), parse_value("10,000 times")
    ((84.5, '%'), (284.0, 'x'), (16.2, 'points'), (10000.0, 'x'))
    >>> parse_value("20-45\\\\%"), parse_value("six-fold"), parse_value("30 mins"), parse_value("two thirds")
    ((None, '%'), (6.0, 'x'), (30.0, 'mins'), (None, None))
    """
    plain = _plain(text)
    word = re.fullmatch(r"(?:a factor of |factor of )?([a-z]+)(?:[ -](times|fold|points?|percent))?", plain.lower())
    if word and word[1] in _ALONE and not word[2]:
        return _ALONE[word[1]], "x"
    if word and word[1] in _WORDS and (word[2] or "factor" in plain):
        return float(_WORDS[word[1]]), _unit(word[2] or "x")
    found = _VALUE.fullmatch(plain)
    if found is None:
        unit = _UNIT.search(plain)
        return None, _unit(unit[1]) if unit and len(unit[1].split()) <= 3 else None
    number = float(found["number"].replace(",", "")) * _THOUSANDS.get((found["thousands"] or "").strip(), 1)
    number *= 10.0 ** int(found["exponent"] or 0)
    return -number if found["sign"] == "-" else number, _unit(found["unit"])


def _unit(text: str | None) -> str | None:
    if text is None:
        return None
    unit = text.strip(" .")
    return None if unit in _ORDINALS else _UNITS.get(unit.lower(), unit) or None


def _plain(text: str) -> str:
    """The value without LaTeX, in plain characters, and without a word or sign for "about"."""
    plain = unicodedata.normalize("NFKC", text)
    plain = re.sub(r"\\(?:text)?times\b|[×✕]", "x", plain)
    plain = re.sub(r"\\pm\b|\+/-|\+-", "±", plain)
    plain = re.sub(r"\\(?:sim|approx|,|;|!)", " ", plain)
    plain = re.sub(r"[\\${}]", "", plain)
    plain = re.sub("[−–—‐‑‒]", "-", plain).replace("ˆ", "^")
    plain = " ".join(plain.split())
    return re.sub(r"^(?:[~∼≈]|about |around |nearly |almost |roughly |approximately )\s*", "", plain)
