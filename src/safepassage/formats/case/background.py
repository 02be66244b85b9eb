"""Background lines of a case folder: `background.geojson` with borders and the like, for orientation only."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from safepassage.domain.map_layers import MapLine

FILE = "background.geojson"
E7 = 10_000_000


def read(folder: Path) -> tuple[MapLine, ...]:
    """Return the lines of a case's background; none without the file.

    A background is decoration: nothing is planned from it, so a file that is no GeoJSON of lines is left out
    and not an error.
    """
    try:
        document = json.loads((folder / FILE).read_text(encoding="utf-8"))
        return tuple(line for feature in document["features"] for line in _lines(feature))
    except (OSError, ValueError, KeyError, TypeError, IndexError):
        return ()


def _lines(feature: Any) -> list[MapLine]:
    geometry, properties = feature["geometry"], feature.get("properties") or {}
    parts = {"LineString": [geometry["coordinates"]], "MultiLineString": geometry["coordinates"]}[
        geometry["type"]
    ]
    kind, name = str(properties.get("kind", "border")), str(properties.get("name", ""))
    return [
        MapLine(kind=kind, name=name, points=tuple((round(x * E7), round(y * E7)) for x, y, *_ in part))
        for part in parts
    ]
