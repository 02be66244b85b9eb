"""The map of a server: `safepassage store map-sql`, `map-import`, `map-near` and `map-tile`."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from safepassage.cli.log import store_file
from safepassage.cli.outcome import Outcome
from safepassage.cli.run import OK
from safepassage.domain.errors import StoreError
from safepassage.formats.networks.osm.stream import roads_streamed
from safepassage.store.map_feature import E7, Feature
from safepassage.store.map_schema import map_sql

if TYPE_CHECKING:
    from safepassage.store.shared_map import SharedMap

ROADS = "roads"


def sql(options: argparse.Namespace) -> Outcome:
    """Print what the administrator of a server runs for the map, after `server-sql`; it may run again."""
    text = map_sql(options.tenant, options.login)
    return Outcome(code=OK, text=text, data={"sql": text})


def import_extract(options: argparse.Namespace) -> Outcome:
    """Stream the roads of an extract to the server."""
    with tempfile.TemporaryDirectory() as folder, opened(options.server) as shared:
        index = Path(folder) / "nodes"
        number = shared.put(_features(options.extract, index, store_file.now_ms()))
        stands = shared.count(ROADS)
    text = f"{number:,} roads of {options.extract} taken in; the server holds {stands:,}."
    return Outcome(code=OK, text=text, data={"taken": number, "held": stands})


def near(options: argparse.Namespace) -> Outcome:
    """Print what lies nearest to a point."""
    lon_e7, lat_e7 = _point(options.at)
    with opened(options.server) as shared:
        found = shared.near(options.layer, lon_e7, lat_e7, most=options.most)
    lines = [f"{away:>8,} m  {one.id}  {_words(one)}" for one, away in found]
    data = {"found": [{"id": one.id, "metres": away, **dict(one.facts)} for one, away in found]}
    return Outcome(code=OK, text="\n".join(lines) or f"Nothing in {options.layer}.", data=data)


def tile(options: argparse.Namespace) -> Outcome:
    """Write one vector tile."""
    try:
        zoom, column, row = (int(part) for part in options.tile.split("/"))
        with opened(options.server) as shared:
            content = shared.tile(options.layer, zoom, column, row)
    except ValueError:
        raise StoreError(f"{options.tile} is no tile: take zoom/column/row.") from None
    options.output.write_bytes(content)
    text = f"{len(content):,} bytes in {options.output}."
    return Outcome(code=OK, text=text, data={"bytes": len(content)})


@contextmanager
def opened(server: Path) -> Iterator[SharedMap]:
    """Yield the map of the server that a file describes.

    Raises
    ------
    StoreError
        When the driver is not installed, nobody answers, or the map lacks a migration.
    """
    try:
        # The driver is an extra: whoever keeps the store in a file need not have it.
        from safepassage.store.postgres import connected  # noqa: PLC0415
        from safepassage.store.shared_map import SharedMap  # noqa: PLC0415
    except ImportError:
        raise StoreError(
            "The map of a server needs the extra `server`: install safepassage[server]."
        ) from None
    known = store_file.server(server)
    connection = connected(known)
    try:
        yield SharedMap(connection, known.tenant)
    finally:
        connection.close()


def _features(extract: Path, index: Path, at_ms: int) -> Iterator[Feature]:
    for road in roads_streamed(extract, index):
        facts = (("highway", road.highway), ("name", road.name), ("ref", road.ref))
        known = tuple(pair for pair in facts if pair[1])
        yield Feature(layer=ROADS, id=f"way/{road.id}", at_ms=at_ms, facts=known, shape=road.line)


def _point(words: str) -> tuple[int, int]:
    try:
        lon, lat = (float(part) for part in words.split(","))
    except ValueError:
        raise StoreError(f"{words} is no point: take longitude,latitude in degrees.") from None
    return round(lon * E7), round(lat * E7)


def _words(one: Feature) -> str:
    return ", ".join(f"{name} {value}" for name, value in one.facts)
