"""Cypher text into its tokens, so that what stands in strings, names and comments is not taken for clauses."""

from __future__ import annotations

import re
from typing import NamedTuple

from kg.errors import QueryError

_PATTERN = re.compile(
    r"""(?P<space>\s+|//[^\n]*|/\*.*?\*/)
      | (?P<string>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")
      | (?P<quoted>`(?:[^`]|``)*`)
      | (?P<parameter>\$(?:[^\W\d]\w*|\d+|`(?:[^`]|``)*`))
      | (?P<number>0[xo][0-9a-fA-F]+|(?:\d+(?:\.(?!\.)\d+)?|(?<!\.)\.\d+)(?:[eE][+-]?\d+)?)
      | (?P<name>[^\W\d]\w*)
      | (?P<mark>\.\.|::|<>|<=|>=|=~|\+=|\|\||[^\w\s])
    """,
    re.VERBOSE | re.DOTALL,
)


class Token(NamedTuple):
    """A piece of a query: its ``kind`` (string, quoted, parameter, number, name or mark), text and offset.

    The text of a quoted name is what stands between the backticks, that of a parameter its name without ``$``.
    """

    kind: str
    text: str
    start: int

    @property
    def word(self) -> str:
        """The text in capitals if it may be a keyword, else nothing."""
        return self.text.upper() if self.kind == "name" else ""

    @property
    def names(self) -> bool:
        """Whether it may be the name of a variable, label or property."""
        return self.kind in ("name", "quoted")

    def place(self, query: str) -> str:
        """Where it stands, in words."""
        return place(query, self.start)


def place(query: str, offset: int) -> str:
    """Where a character of a query stands, in words.

    >>> place("MATCH (n)\\nRETURN m", 17)
    'line 2, column 8'
    """
    before = query[:offset]
    return f"line {before.count(chr(10)) + 1}, column {offset - before.rfind(chr(10))}"


def tokens(query: str) -> list[Token]:
    """The tokens of a query, without white space and comments.

    Raises:
        QueryError: A string, a quoted name or a comment is not closed.

    >>> [token.text for token in tokens("RETURN `a b`, 'x' // done")]
    ['RETURN', 'a b', ',', "'x'"]
    """
    found, at = [], 0
    while at < len(query):
        match = _PATTERN.match(query, at)
        if (
            match is None
            or match.group() in ("'", '"', "`")
            or (query.startswith("/*", at) and match.lastgroup == "mark")
        ):
            raise QueryError(f"{place(query, at)}: {query[at]} opens something that is never closed")
        kind, text = str(match.lastgroup), match.group()
        if kind in ("quoted", "parameter"):
            text = text.removeprefix("$")
            text = text[1:-1].replace("``", "`") if text.startswith("`") else text
        if kind != "space":
            found.append(Token(kind, text, at))
        at = match.end()
    return found


def without_comments(query: str) -> str:
    """The query with its ``/* ... */`` blanked, which some engines do not read; every other character stays in place.

    >>> without_comments("/* a */ RETURN '/* b */' AS x")
    "        RETURN '/* b */' AS x"
    """
    kept = []
    for match in _PATTERN.finditer(query):
        block = match.group().startswith("/*") and match.lastgroup == "space"
        kept.append(re.sub(r"[^\n]", " ", match.group()) if block else match.group())
    return "".join(kept)
