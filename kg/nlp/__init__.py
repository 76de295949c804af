"""Texts of papers into what they say; the only place with spaCy and the model."""
