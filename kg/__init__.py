"""Abstracts of papers into a knowledge graph of methods, datasets, tasks and metrics."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kg.stores.memory import load

__all__ = ["load"]


def __getattr__(name: str) -> Any:
    # `import kg` must cost nothing: what it offers is imported when it is asked for.
    if name == "load":
        from kg.stores.memory import load

        return load
    raise AttributeError(f"module 'kg' has no attribute {name!r}")
