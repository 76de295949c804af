"""A graph file into an embedded engine that answers Cypher, and a cache of it beside the file."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from kg import schema
from kg.errors import QueryError
from kg.model import Edge, Node
from kg.stores import cache
from kg.stores.engine import Rows, asked, stopped
from kg.stores.graph_file import GraphFile
from kg.stores.suggest import suggest

if TYPE_CHECKING:
    from types import TracebackType

    from kglite import KnowledgeGraph

# How a graph is laid out in the engine; a cache with another layout is built again.
_LAYOUT = 1
# The engine answers to `name` and `title` with what it holds as a node's title.
_TITLES = {schema.PAPER: "title", schema.RESULT: "text"}


class EmbeddedEngine:
    """Cypher over one graph file, in this process; ``EmbeddedEngine.open`` makes one."""

    def __init__(self, graph: KnowledgeGraph, path: Path) -> None:
        self._graph, self._path = graph, path
        graph.read_only(True)

    @classmethod
    def open(cls, path: str | Path, *, use_cache: bool = True) -> Self:
        """Load the graph of a graph file, from its cache ``<path>.cache`` if that was made from the same graph.

        A cache that is missing, stale or damaged is made again; where none can be written, it does without.

        Raises:
            GraphFileError: The file cannot be used, or its graph was never assembled.
        """
        import kglite

        # Everything the engine warns about is an error here, or the work of the guard.
        kglite.set_query_warning_policy("silent")
        path = Path(path)
        beside = path.with_name(path.name + ".cache")
        with GraphFile.open(path) as file:
            key = f"kglite {kglite.__version__} layout {_LAYOUT} graph {file.need_graph()}"
            # While a build is under way, papers in the file may already differ from the graph of the fingerprint.
            use_cache = use_cache and file.state()
            if use_cache and (saved := cache.read(beside, key)) is not None:
                try:
                    return cls(kglite.from_bytes(saved), path)
                except Exception:  # whatever is wrong with a cache, the graph file has it all
                    pass
            graph = kglite.from_records(json.dumps(_records(file)), on_missing_endpoint="drop")
        if use_cache:
            cache.write(beside, key, graph.to_bytes(), like=path)
        return cls(graph, path)

    def run(
        self,
        text: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        timeout: float = 60.0,
        max_rows: int | None = None,
    ) -> Rows:
        """Answer a query; see ``Engine.run``."""
        import kglite

        given = dict(parameters or {})
        query = asked(text, given, timeout=timeout, max_rows=max_rows)
        options: dict[str, Any] = {} if max_rows is None else {"row_limit": max_rows}
        try:
            answer: Any = self._graph.cypher(
                query, params=given, timeout_ms=int(timeout * 1000), hide_structural_keys=True, **options
            )
            columns = tuple(answer.columns)
            rows = [tuple(plain(row[column]) for column in columns) for row in answer.to_list()]
            total = answer.diagnostics.get("total_rows")
        except kglite.CypherTimeoutError:
            raise stopped(timeout) from None
        except kglite.KgError as error:
            raise QueryError(_one_line(error)) from None
        except (ValueError, TypeError, OverflowError, RecursionError) as error:
            raise QueryError(_one_line(error)) from None
        except BaseException as error:
            # A panic inside the engine is no Exception; the person needs to hear of the query, not of the engine.
            if type(error).__name__ == "PanicException":
                raise QueryError(f"the engine cannot run this query: {_one_line(error)}") from None
            raise
        return Rows(columns, rows, total is not None and total > len(rows))

    def remark(self) -> str | None:
        """See ``Engine.remark``."""
        with GraphFile.open(self._path) as file:
            return None if file.state() else f"{self._path} is behind its papers: run `kg build` again"

    def instead_of(self, name: str) -> list[str] | None:
        """See ``Engine.instead_of``."""
        with GraphFile.open(self._path) as file:
            return None if file.find(name) else suggest(file, name)

    def close(self) -> None:
        """Let go of the graph."""
        del self._graph

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


def plain(value: Any) -> Any:
    """A value of the engine as plain Python: its nodes, relationships and paths without the engine's own keys."""
    if value is None or isinstance(value, str | int | float | bool):  # first, being most of what there is
        return value
    if isinstance(value, dict):
        if value.keys() == {"id", "labels", "properties"}:
            label = (value["labels"] or [""])[0]
            kept = {"id", *schema.NODE_PROPERTIES.get(label, ())}
            properties = {key: plain(item) for key, item in sorted(value["properties"].items()) if key in kept}
            return {"label": label, "id": properties.pop("id", None), **properties}
        if value.keys() == {"id", "start", "end", "type", "properties"}:
            return {"type": value["type"], **{key: plain(item) for key, item in sorted(value["properties"].items())}}
        return {key: plain(item) for key, item in sorted(value.items())}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _records(file: GraphFile) -> dict[str, Any]:
    """The whole graph as the engine's bulk loader takes it."""
    nodes: dict[str, list[dict[str, Any]]] = {label: [] for label in schema.NODE_LABELS}
    label_of: dict[str, str] = {}
    for node in file.nodes():
        label_of[node.id] = node.label
        nodes[node.label].append(_node(node))
    edges: dict[tuple[str, str, str], list[dict[str, Any]]] = defaultdict(list)
    for edge in file.edges():
        if edge.head in label_of and edge.tail in label_of:
            edges[edge.label, label_of[edge.head], label_of[edge.tail]].append(_edge(edge))
    return {
        "nodes": [
            {"type": label, "id_field": "id", "title_field": _TITLES.get(label, "name"), "records": records}
            for label, records in nodes.items()
            if records
        ],
        "connections": [
            {
                "type": label,
                "source_type": head,
                "source_id_field": "head",
                "target_type": tail,
                "target_id_field": "tail",
                "records": records,
            }
            for (label, head, tail), records in sorted(edges.items())
        ],
    }


def _node(node: Node) -> dict[str, Any]:
    # A property that the engine never saw is an error in a pattern, so every property of the schema is named.
    return {"id": node.id, **dict.fromkeys(schema.NODE_PROPERTIES[node.label]), **node.properties}


def _edge(edge: Edge) -> dict[str, Any]:
    return {"head": edge.head, "tail": edge.tail, **edge.properties}


def _one_line(error: BaseException) -> str:
    """The first line of an engine's message, without the name of its kind."""
    message = (str(error).strip() or type(error).__name__).splitlines()[0]
    for opening in ("Cypher syntax error at ", "Cypher syntax error: ", "Cypher execution error: ", "Schema error: "):
        message = message.removeprefix(opening)
    return message.replace(", col ", ", column ", 1) if message.startswith("line ") else message
