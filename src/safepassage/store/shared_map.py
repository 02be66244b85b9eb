"""Features of a tenant on a server, found by place in the database, served as features and as tiles."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

import pg8000.native

from safepassage.domain.errors import StoreError
from safepassage.store.map_feature import E7, Feature
from safepassage.store.map_schema import MIGRATIONS
from safepassage.store.postgres import told
from safepassage.store.server_schema import TENANT_SETTING

BATCH_ROWS, MOST_FOUND, MOST_ZOOM = 20_000, 1_000, 22
MOST_IN_TILE = 20_000
"""No tile holds more: a map of the whole country is not drawn from its reports one by one."""
LONGEST_MS = 60_000
"""A statement that takes longer is ended by the server: one question must not hold up the other offices."""
_COLUMNS = "layer, id, at_ms, facts, ST_AsText(geom) AS shape"


class SharedMap:
    """A tenant's map on a server.

    Raises
    ------
    StoreError
        When the server's map lacks a migration, or is ahead of this program.
    """

    def __init__(self, connection: pg8000.native.Connection, tenant: str) -> None:
        self._connection, self._tenant = connection, tenant
        with told():
            connection.run("SELECT set_config(:name, :tenant, false)", name=TENANT_SETTING, tenant=tenant)
            connection.run(f"SET statement_timeout = {LONGEST_MS}")
            # Questions take milliseconds; compiling one takes tenths of a second.
            connection.run("SET jit = off")
            known = connection.run("SELECT to_regclass('safepassage.migrations') IS NOT NULL")[0][0]
            done = connection.run("SELECT count(*) FROM safepassage.migrations")[0][0] if known else 0
        if done != len(MIGRATIONS):
            raise StoreError(
                f"The map of this server has {done} of {len(MIGRATIONS)} migrations: the administrator runs "
                "what `safepassage store map-sql` prints."
            )

    def put(self, features: Iterable[Feature]) -> int:
        """Add features, or take the place of those with the same layer and id; return how many.

        They are streamed in batches of BATCH_ROWS, each committed as a whole: memory does not grow with their
        number. Within a batch they are laid down along the Hilbert curve that PostGIS orders by, so that
        neighbours share pages: a box of a thousand reads some 70 pages of the disk instead of 950.
        """
        # A table behind walls takes no COPY, so each batch is copied beside it and moved by the server.
        with told():
            self._connection.run(
                "CREATE TEMP TABLE IF NOT EXISTS incoming"
                " (layer text, id text, at_ms bigint, facts jsonb, geom geometry(Geometry, 4326))"
            )
        rows, number = iter(features), 0
        while batch := list(islice(rows, BATCH_ROWS)):
            with told():
                self._connection.run("TRUNCATE incoming")
                self._connection.run("COPY incoming FROM STDIN", stream=_lines(batch))
                self._connection.run(
                    "INSERT INTO safepassage.features (tenant, layer, id, at_ms, facts, geom)"
                    " SELECT :tenant, layer, id, at_ms, facts, geom FROM (SELECT DISTINCT ON (layer, id) *"
                    "  FROM incoming ORDER BY layer, id, at_ms DESC) AS newest ORDER BY layer, geom"
                    " ON CONFLICT (tenant, layer, id) DO UPDATE"
                    " SET at_ms = excluded.at_ms, facts = excluded.facts, geom = excluded.geom",
                    tenant=self._tenant,
                )
            number += len(batch)
        return number

    def layers(self) -> list[str]:
        """Return the names of all layers, in order; each is looked up in the index, not counted."""
        query = (
            "WITH RECURSIVE names AS ("
            " (SELECT layer FROM safepassage.features ORDER BY layer LIMIT 1) UNION ALL"
            " SELECT (SELECT layer FROM safepassage.features WHERE layer > names.layer"
            "  ORDER BY layer LIMIT 1)"
            " FROM names WHERE names.layer IS NOT NULL)"
            " SELECT layer FROM names WHERE layer IS NOT NULL"
        )
        return [str(row[0]) for row in self._all(query)]

    def count(self, layer: str) -> int:
        """Return how many features a layer has."""
        query = "SELECT count(*) FROM safepassage.features WHERE layer = :layer"
        return int(self._all(query, layer=layer)[0][0])

    def within(self, layer: str, box_e7: tuple[int, int, int, int], *, since_ms: int = 0) -> list[Feature]:
        """Return the newest features of a layer in a box (west, south, east, north), at most MOST_FOUND."""
        west, south, east, north = (value / E7 for value in box_e7)
        query = (
            f"SELECT {_COLUMNS} FROM safepassage.features WHERE layer = :layer AND at_ms >= :since"  # noqa: S608
            " AND geom && ST_MakeEnvelope(:west, :south, :east, :north, 4326)"
            " AND ST_Intersects(geom, ST_MakeEnvelope(:west, :south, :east, :north, 4326))"
            " ORDER BY at_ms DESC, id LIMIT :most"
        )
        values = {"west": west, "south": south, "east": east, "north": north}
        return [
            _feature(row) for row in self._all(query, layer=layer, since=since_ms, most=MOST_FOUND, **values)
        ]

    def near(self, layer: str, lon_e7: int, lat_e7: int, *, most: int = 10) -> list[tuple[Feature, int]]:
        """Return the features nearest to a point with their distance in metres, the nearest first."""
        # The index orders by degrees; a few more are fetched, and metres decide among them.
        query = (
            f"SELECT {_COLUMNS}, away FROM (SELECT *, ST_Distance(geom::geography,"  # noqa: S608
            " ST_SetSRID(ST_MakePoint(:lon, :lat), 4326)::geography) AS away FROM safepassage.features"
            " WHERE layer = :layer ORDER BY geom <-> ST_SetSRID(ST_MakePoint(:lon, :lat), 4326)"
            " LIMIT :some) AS found ORDER BY away, id LIMIT :most"
        )
        rows = self._all(query, layer=layer, lon=lon_e7 / E7, lat=lat_e7 / E7, some=most * 4 + 20, most=most)
        return [(_feature(row[:-1]), round(row[-1])) for row in rows]

    def crossing(self, layer: str, area: str) -> list[Feature]:
        """Return the features of a layer that an area (as text) touches, by id, at most MOST_FOUND."""
        query = (
            f"SELECT {_COLUMNS} FROM safepassage.features WHERE layer = :layer"  # noqa: S608
            " AND ST_Intersects(geom, ST_GeomFromText(:area, 4326)) ORDER BY id LIMIT :most"
        )
        return [_feature(row) for row in self._all(query, layer=layer, area=area, most=MOST_FOUND)]

    def tile(self, layer: str, zoom: int, column: int, row: int) -> bytes:
        """Return a vector tile (Mapbox Vector Tile 2) of a layer, of at most MOST_IN_TILE features.

        Empty bytes where nothing lies.

        Raises
        ------
        ValueError
            When there is no such tile.
        """
        if not 0 <= zoom <= MOST_ZOOM or not (0 <= column < 1 << zoom and 0 <= row < 1 << zoom):
            raise ValueError(f"there is no tile {zoom}/{column}/{row}")
        query = (
            "WITH edge AS (SELECT ST_TileEnvelope(:zoom, :column, :row) AS tile), there AS ("
            " SELECT id, facts, geom, edge.tile FROM safepassage.features, edge"
            " WHERE layer = :layer AND geom && ST_Transform(edge.tile, 4326) LIMIT :most), shown AS ("
            " SELECT id, facts, ST_AsMVTGeom(ST_Transform(geom, 3857), tile) AS geom FROM there ORDER BY id)"
            " SELECT ST_AsMVT(shown.*, :layer) FROM shown WHERE geom IS NOT NULL"
        )
        found = self._all(query, layer=layer, zoom=zoom, column=column, row=row, most=MOST_IN_TILE)
        return bytes(found[0][0] or b"") if found else b""

    def _all(self, query: str, **values: Any) -> list[Any]:
        with told():
            return list(self._connection.run(query, **values) or [])


def _lines(batch: list[Feature]) -> Iterator[str]:
    """Yield the rows of a batch as COPY reads them."""
    for one in batch:
        facts = json.dumps(dict(one.facts), ensure_ascii=False)
        cells = (one.layer, one.id, str(one.at_ms), facts, f"SRID=4326;{one.shape}")
        yield "\t".join(_escaped(cell) for cell in cells) + "\n"


def _escaped(cell: str) -> str:
    return (
        cell.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")
        .replace("\0", "")
    )  # fmt: skip


def _feature(row: list[Any]) -> Feature:
    layer, name, at_ms, facts, shape = row
    known = facts if isinstance(facts, dict) else json.loads(facts)
    return Feature(layer=layer, id=name, at_ms=at_ms, facts=tuple(sorted(known.items())), shape=shape)
