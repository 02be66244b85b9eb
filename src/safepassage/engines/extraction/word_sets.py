"""Sets of words, written as people write them."""

from __future__ import annotations


def words(text: str) -> frozenset[str]:
    """Return the words of a text that white space parts."""
    return frozenset(text.split())
