"""Mentions of many papers into entities: normal forms, abbreviations, types, and the reason of every merge."""

from __future__ import annotations

from kg.resolve.abbreviations import names_part
from kg.resolve.entities import SAME_FORM, Resolution, resolve
from kg.resolve.forms import compact, normal_form
from kg.resolve.known import Known

__all__ = ["SAME_FORM", "Known", "Resolution", "compact", "names_part", "normal_form", "resolve"]
