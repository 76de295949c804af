"""A Cypher text into the same text, known to only read and to name what the graph has, or a refusal of one line."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from difflib import get_close_matches
from functools import lru_cache

from kg import schema
from kg.errors import QueryError
from kg.stores.names import bindings, brackets
from kg.stores.tokens import Token, tokens, without_comments

_WRITING = frozenset(["CREATE", "INSERT", "MERGE", "SET", "DELETE", "DETACH", "NODETACH", "REMOVE", "DROP", "FOREACH"])
_FOREIGN = {
    "LOAD": "LOAD reads files, and a query may only read the graph",
    "CALL": "CALL is not allowed: a query may only read the graph; for a subquery use EXISTS { }, COUNT { } or WITH",
}
# These open a statement, and are good names anywhere else.
_FIRST = frozenset({"ALTER", "BEGIN", "COMMIT", "CYPHER", "DENY", "EXPLAIN", "GRANT", "PROFILE", "REVOKE", "ROLLBACK"})
_FIRST |= {"SHOW", "START", "STOP", "TERMINATE", "USE"}
_INTERNAL = frozenset({"ID", "ELEMENTID"})
_STORED_LISTS = frozenset({"aliases", "authors", "papers", "sentences"})
_BEFORE_A_VALUE = frozenset({"AND", "BY", "DISTINCT", "ELSE", "IN", "NOT", "OR", "RETURN", "THEN", "WHEN", "WHERE"})
_BEFORE_A_VALUE |= {"WITH", "XOR"}
_CLAUSES = frozenset({"MATCH", "OPTIONAL", "UNWIND", "WITH", "RETURN", "UNION", "ORDER", "SKIP", "LIMIT"})


def guarded(query: str, parameters: Collection[str]) -> str:
    """Check a query before any engine sees it.

    Refused are writing, reading of files, procedures, a second statement, variable length without an upper bound,
    labels, relationship types and properties that the schema does not have, parameters that are missing or too many,
    and what only some engines answer, or answer differently: ``id()``, ``elementId()``, ``keys()``, ``reverse()`` of a
    stored list, ``COLLECT { }``, brackets that begin with ``COUNT { }``, and ORDER BY a property of a variable whose
    name is a column's too.

    Args:
        query: The Cypher text.
        parameters: The names of the parameters that are given.

    Returns:
        The text for the engine: without block comments and without a semicolon at its end.

    Raises:
        QueryError: What is wrong, where, and what to write instead.
    """
    return _checked(query, frozenset(parameters))


@lru_cache(256)
def _checked(query: str, parameters: frozenset[str]) -> str:
    found = tokens(query)
    text = without_comments(query)
    while found and found[-1].text == ";" and found[-1].kind == "mark":
        text = text[: found.pop().start]
    if not found:
        raise QueryError("the query is empty: write one such as MATCH (m:Method) RETURN m.name AS name LIMIT 10")
    _refuse_clauses(query, found)
    _refuse_unbounded(query, found)
    _refuse_unknown_names(query, found)
    _refuse_hidden_variables(query, found)
    _compare_parameters(found, parameters)
    return text


def _refuse_clauses(query: str, found: Sequence[Token]) -> None:
    first = found[0]
    if first.word in _FIRST:
        raise QueryError(f"{first.place(query)}: {first.word} is not allowed: start with MATCH, UNWIND or WITH")
    for index, token in enumerate(found):
        before = found[index - 1] if index else None
        after = found[index + 1] if index + 1 < len(found) else None
        if token.text == ";" and token.kind == "mark":
            raise QueryError(f"{token.place(query)}: one statement at a time: leave out the semicolon and what follows")
        # After these a word can only be a name; before a colon it is a key of a map.
        names = before is not None and (before.text in {".", ":", "|", "&", "!"} or before.word == "AS")
        if names or (after is not None and after.text == ":" and after.kind == "mark"):
            continue
        quoted = f"if it is a name, write `{token.text}` in backticks"
        if token.word in _WRITING:
            raise QueryError(f"{token.place(query)}: {token.word} writes, and a query may only read; {quoted}")
        if token.word in _FOREIGN:
            raise QueryError(f"{token.place(query)}: {_FOREIGN[token.word]}; {quoted}")
        if token.word == "FORMAT" and after is not None and after.word == "CSV":
            raise QueryError(f"{token.place(query)}: FORMAT CSV is no Cypher: use --format csv")
        _refuse_differing(query, found, index)


def _refuse_differing(query: str, found: Sequence[Token], index: int) -> None:
    """Refuse the token at ``index``, which is no name, where it opens what only some engines answer, or not alike."""
    token = found[index]
    opening = found[index + 1].text if index + 1 < len(found) else ""
    if token.word == "KEYS" and opening == "(":
        raise QueryError(f"{token.place(query)}: keys() differs between engines: write properties(n)")
    if token.word in _INTERNAL and opening == "(":
        raise QueryError(f"{token.place(query)}: {token.text}() differs between engines: use the property, n.id")
    if token.word == "COLLECT" and opening == "{":
        raise QueryError(f"{token.place(query)}: COLLECT {{ }} fails in some engines: use WITH and collect()")
    if token.word == "COUNT" and opening == "{" and _opens_a_value(found, index - 1):
        raise QueryError(
            f"{token.place(query)}: brackets that begin with COUNT {{ }} fail in some engines: "
            "compare the other way round, (1 < COUNT { ... })"
        )
    if token.word == "REVERSE" and [one.text for one in found[index + 1 : index + 6 : 2]] == ["(", ".", ")"]:
        variable, name = found[index + 2].text, found[index + 4].text
        if name in _STORED_LISTS:
            instead = f"reverse([x IN {variable}.{name} | x])"
            raise QueryError(f"{token.place(query)}: reverse() of a stored list fails on Neo4j: write {instead}")


def _opens_a_value(found: Sequence[Token], index: int) -> bool:
    """Whether the token at ``index`` is a bracket around a value, and not that of a function."""
    if index < 1 or found[index].text != "(":
        return False
    return not found[index - 1].names or found[index - 1].word in _BEFORE_A_VALUE


def _refuse_unbounded(query: str, found: Sequence[Token]) -> None:
    for bracket in brackets(found):
        if not bracket.relationship:
            continue
        for index in range(bracket.start + 1, bracket.end):
            if found[index].text in ("{", "WHERE", "where"):
                break
            if found[index].text != "*" or found[index].kind != "mark":
                continue
            rest = [token.text for token in found[index + 1 : min(index + 4, bracket.end)]]
            bounded = rest[:1] and (
                (rest[0] == ".." and len(rest) > 1 and rest[1].isdigit())
                or (rest[0].isdigit() and (len(rest) < 2 or rest[1] != ".." or (len(rest) > 2 and rest[2].isdigit())))
            )
            if not bounded:
                raise QueryError(f"{found[index].place(query)}: variable length needs an upper bound, such as *1..3")


def _refuse_unknown_names(query: str, found: Sequence[Token]) -> None:
    bound = bindings(query, found)
    for token, known, kind in bound.labels:
        if token.text not in known:
            raise QueryError(f"{token.place(query)}: unknown {kind} {token.text}: {_one_of(token.text, known)}")
    for token, labels, edge in bound.properties:
        table = schema.EDGE_PROPERTIES if edge else schema.NODE_PROPERTIES
        has = sorted({name for label in labels for name in table[label]} | (set() if edge else {"id"}))
        if token.text not in has:
            whose = "/".join(sorted(labels)) if len(labels) < 4 else "relationship" if edge else "node"
            advice = _one_of(token.text, has) if has else "it has none"
            raise QueryError(f"{token.place(query)}: {whose} has no property {token.text}: {advice}")
    for token in bound.projections:
        raise QueryError(
            f"{token.place(query)}: {token.text} {{ }} on a relationship gives nothing in some engines: "
            f"write {{support: {token.text}.support}}"
        )


def _refuse_hidden_variables(query: str, found: Sequence[Token]) -> None:
    """Refuse ``RETURN t.name AS t ORDER BY t.id``: the second t is the node in some engines, the name in others."""
    hidden: set[str] = set()
    first: dict[str, int] = {}  # where each name stands first
    clause = item = 0  # where the clause and the column begin
    depth = 0
    for index, token in enumerate(found):
        depth += (token.text in "([{") - (token.text in ")]}") if token.kind == "mark" else 0
        if token.word in _CLAUSES:
            if token.word in ("RETURN", "WITH"):
                hidden = set()
            clause = item = index
        elif depth == 0 and token.text == ",":
            item = index
        elif token.word == "AS" and found[clause].word in ("RETURN", "WITH") and index + 1 < len(found):
            alias = found[index + 1].text
            column = [one.text for one in found[item + 1 : index] if one.word != "DISTINCT"]
            if first.get(alias, clause) < clause and column != [alias]:
                hidden.add(alias)
        elif found[clause].word == "ORDER" and token.names and token.text in hidden:
            after = found[index + 1].text if index + 1 < len(found) else ""
            if after == "." and found[index - 1].text != ".":
                raise QueryError(
                    f"{token.place(query)}: {token.text} is a column here in some engines and a variable in others: "
                    "give the column another name"
                )
        if token.names:
            first.setdefault(token.text, index)


def _one_of(text: str, known: Collection[str]) -> str:
    folded = {name.casefold(): name for name in known}
    close = get_close_matches(text.casefold(), list(folded), n=1)
    return (f"did you mean {folded[close[0]]}? " if close else "") + "one of " + ", ".join(sorted(known))


def _compare_parameters(found: Sequence[Token], given: Collection[str]) -> None:
    asked = {token.text for token in found if token.kind == "parameter"}
    if missing := sorted(asked - set(given)):
        raise QueryError(f"no value for parameter {', '.join(missing)}: give it as -p {missing[0]}=TEXT")
    if unknown := sorted(set(given) - asked):
        asks = f"it asks for {', '.join(sorted(asked))}" if asked else "it asks for none"
        raise QueryError(f"the query has no parameter {', '.join(unknown)}: {asks}")
