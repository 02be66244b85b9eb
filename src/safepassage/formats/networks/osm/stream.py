"""The roads of an extract one after the other, in memory that does not grow with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import osmium

from safepassage.domain.errors import FormatError


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamedRoad:
    """A way with a highway tag: its line as well-known text, and what it is called."""

    id: int
    highway: str
    name: str
    ref: str
    line: str


def roads_streamed(path: Path, index: Path) -> Iterator[StreamedRoad]:
    """Yield the roads of an OpenStreetMap file in its order; ways with fewer than two places are left out.

    Parameters
    ----------
    index : file to be made for the positions of nodes, so that they are not held in memory; remove it after.

    Raises
    ------
    FormatError
        When the file cannot be read.
    """
    tagged = osmium.filter.KeyFilter("highway")
    tagged.enable_for(osmium.osm.WAY)
    kinds = osmium.osm.NODE | osmium.osm.WAY
    try:
        processor = osmium.FileProcessor(str(path), kinds).with_locations(f"sparse_file_array,{index}")
        ways: Iterator[Any] = iter(processor.with_filter(tagged))
        for way in ways:
            if not way.is_way():
                continue
            places = [f"{node.lon} {node.lat}" for node in way.nodes if node.location.valid()]
            if len(places) > 1:
                tags = way.tags
                yield StreamedRoad(
                    id=way.id, highway=tags.get("highway", ""), name=tags.get("name", ""),
                    ref=tags.get("ref", ""), line=f"LINESTRING({','.join(places)})",
                )  # fmt: skip
    except (RuntimeError, ValueError) as error:
        raise FormatError(
            file=str(path), what=f"this OpenStreetMap file cannot be read ({error})",
            remedy="hand in a whole .osm.pbf or .osm file",
        ) from None  # fmt: skip
