"""What stands on the shared map of a server."""

from __future__ import annotations

from dataclasses import dataclass

E7 = 10_000_000
"""Positions are whole ten-millionths of a degree here, degrees in the database."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    """Something with a place: `shape` is its geometry as well-known text, in degrees (WGS 84)."""

    layer: str
    id: str
    at_ms: int
    facts: tuple[tuple[str, str], ...]
    shape: str


def point_text(lon_e7: int, lat_e7: int) -> str:
    """Return a point as well-known text."""
    return f"POINT({lon_e7 / E7} {lat_e7 / E7})"
