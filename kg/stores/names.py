"""Tokens of a Cypher text into the labels, relationship types and properties that it names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from kg import schema
from kg.errors import QueryError
from kg.stores.tokens import Token

_SUBQUERIES = frozenset({"EXISTS", "COUNT", "COLLECT", "CALL"})
_LABEL_MARKS = frozenset("|&!(:")
_CLOSING = {"(": ")", "[": "]", "{": "}"}


class Bracket(NamedTuple):
    """A pair of brackets, as indices of its tokens; ``relationship`` if it is that of a pattern's relationship."""

    mark: str
    start: int
    end: int
    relationship: bool
    subquery: bool


@dataclass
class Names:
    """What a query names: labels with those that would be known, and properties of variables with known labels."""

    labels: list[tuple[Token, tuple[str, ...], str]] = field(default_factory=list)
    properties: list[tuple[Token, frozenset[str], bool]] = field(default_factory=list)
    projections: list[Token] = field(default_factory=list)


def brackets(found: Sequence[Token]) -> list[Bracket]:
    """All pairs of brackets, by where they open; one that is never closed ends with the text."""
    stack: list[int] = []
    ends: dict[int, int] = {}
    for index, token in enumerate(found):
        if token.kind == "mark" and token.text in _CLOSING:
            stack.append(index)
        elif token.kind == "mark" and stack and token.text == _CLOSING[found[stack[-1]].text]:
            ends[stack.pop()] = index
    ends.update(dict.fromkeys(stack, len(found)))
    pairs = []
    for start in sorted(ends):
        before = found[start - 1] if start else Token("mark", "", 0)
        relationship = found[start].text == "[" and before.text == "-" and before.kind == "mark"
        pairs.append(Bracket(found[start].text, start, ends[start], relationship, before.word in _SUBQUERIES))
    return pairs


def bindings(query: str, found: Sequence[Token]) -> Names:
    """The labels, relationship types and properties in a query.

    A property is looked into only where its variable can be nothing but nodes or relationships of a pattern: one that
    AS or IN gives a value to elsewhere may be anything.

    Raises:
        QueryError: A label is given as a parameter.
    """
    names = Names()
    inner = _innermost(found)
    nodes: dict[str, list[frozenset[str]]] = {}
    edges: dict[str, list[frozenset[str]]] = {}
    free = {found[i + 1].text for i, t in enumerate(found[:-1]) if t.word == "AS" and found[i + 1].names}
    free |= {t.text for t, after in pairwise(found) if t.names and after.word == "IN"}
    for index, token in enumerate(found):
        bracket = inner[index]
        if token.text != ":" or token.kind != "mark" or (bracket and bracket.mark == "{" and not bracket.subquery):
            continue
        kind, known = "label or relationship type", (*schema.NODE_LABELS, *schema.EDGE_LABELS)
        if bracket and bracket.relationship:
            kind, known = "relationship type", schema.EDGE_LABELS
        elif bracket and bracket.mark == "(" and bracket.start >= index - 2 and _opens_pattern(found, bracket.start):
            kind, known = "label", schema.NODE_LABELS
        for label in _labels(query, found, index + 1):
            names.labels.append((label, known, kind))
    for bracket in brackets(found):
        if bracket.mark == "(" and _opens_pattern(found, bracket.start):
            variable, labels, properties = _element(query, found, bracket, schema.NODE_LABELS)
            into = nodes
        elif bracket.relationship:
            variable, labels, properties = _element(query, found, bracket, schema.EDGE_LABELS)
            into = edges
        else:
            continue
        if variable:
            into.setdefault(variable, []).append(labels)
        if properties:
            names.properties += [(key, labels, into is edges) for key in _keys(found, properties, inner)]
    for index, token in enumerate(found[:-2]):
        before = found[index - 1].text if index else ""
        if not token.names or before in (".", ":", "|") or token.text in free:
            continue
        reads = found[index + 1].text == "." and found[index + 2].names
        if token.text in edges and token.text not in nodes:
            if reads:
                names.properties.append((found[index + 2], _meet(edges[token.text], schema.EDGE_LABELS), True))
            elif found[index + 1].text == "{" and found[index + 2].text == "." and not _in_pattern(inner[index]):
                names.projections.append(token)
        elif token.text in nodes and token.text not in edges and reads:
            names.properties.append((found[index + 2], _meet(nodes[token.text], schema.NODE_LABELS), False))
    return names


def _in_pattern(bracket: Bracket | None) -> bool:
    return bracket is not None and bracket.relationship


def _meet(seen: list[frozenset[str]], every: tuple[str, ...]) -> frozenset[str]:
    """The labels that a variable can have which several patterns bind."""
    met = frozenset(every).intersection(*seen)
    return met or frozenset().union(*seen)


def _innermost(found: Sequence[Token]) -> list[Bracket | None]:
    inside: list[Bracket | None] = [None] * len(found)
    for bracket in brackets(found):
        for index in range(bracket.start + 1, min(bracket.end, len(found))):
            inside[index] = bracket
    return inside


def _opens_pattern(found: Sequence[Token], start: int) -> bool:
    """Whether this round bracket may hold a node of a pattern: (n), (n:Label ...), (:Label ...), (n {...}) or ()."""
    before = found[start - 1] if start else Token("mark", "", 0)
    if before.names and before.word not in {"MATCH", "WHERE", "AND", "OR", "NOT", "XOR", "EXISTS"}:
        return False
    at = start + 1
    if at < len(found) and found[at].names:
        at += 1
    return at < len(found) and found[at].text in {":", "{", ")", "WHERE"}


def _labels(query: str, found: Sequence[Token], at: int) -> list[Token]:
    """The labels of an expression such as ``A|B`` or ``!(A&B)`` that starts at a token."""
    labels: list[Token] = []
    expects = True
    for token in found[at:]:
        if token.kind == "parameter" or token.text == "$":
            raise QueryError(f"{token.place(query)}: a label cannot be a parameter: write it out")
        if expects and token.names:
            labels.append(token)
            expects = False
        elif token.kind == "mark" and token.text in _LABEL_MARKS:
            expects = True
        else:
            break
    return labels


def _element(
    query: str, found: Sequence[Token], bracket: Bracket, every: tuple[str, ...]
) -> tuple[str, frozenset[str], int]:
    """Variable, possible labels, and the index of the property map (0: none) of a node or relationship pattern."""
    at, variable = bracket.start + 1, ""
    if at < bracket.end and found[at].names:
        variable, at = found[at].text, at + 1
    possible = frozenset(every)
    if at < bracket.end and found[at].text == ":":
        labels = _labels(query, found, at + 1)
        plain = {token.text for token in labels}
        body = {token.text for token in found[at + 1 : bracket.end] if token.kind == "mark"}
        if plain and plain <= possible and not body & {"!", "%", "&"}:
            possible = frozenset(plain)
    properties = next((i for i in range(at, bracket.end) if found[i].text == "{" and found[i].kind == "mark"), 0)
    where = next((i for i in range(at, bracket.end) if found[i].word == "WHERE"), bracket.end)
    return variable, possible, properties if properties < where else 0


def _keys(found: Sequence[Token], brace: int, inner: Sequence[Bracket | None]) -> list[Token]:
    """The keys of the map that opens at a token."""
    keys = []
    for index in range(brace + 1, len(found) - 1):
        bracket = inner[index]
        if bracket and bracket.start == brace and found[index].names and found[index + 1].text == ":":
            keys.append(found[index])
    return keys
