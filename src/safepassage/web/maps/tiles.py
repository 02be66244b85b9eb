"""Tiles of the loaded network over HTTP: made when asked for, kept while there is room, not sent twice."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from safepassage.formats.maps.road_tiles import RoadTiles

MEDIA_TYPE = "application/vnd.mapbox-vector-tile"
MOST_KEPT_BYTES = 64 * 1024 * 1024
_TAG_DIGITS = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptTile:
    """The bytes of a tile and the tag that changes when they do."""

    data: bytes
    tag: str


class TileCache:
    """Tiles of one network; those unused for longest make room for new ones. Threads may share it."""

    def __init__(self, roads: RoadTiles, *, most_bytes: int = MOST_KEPT_BYTES) -> None:
        self.roads = roads
        self._most_bytes, self._bytes = most_bytes, 0
        self._kept: OrderedDict[tuple[int, int, int], KeptTile] = OrderedDict()
        self._lock = Lock()

    def tile(self, zoom: int, column: int, row: int) -> KeptTile:
        """Return a tile.

        Raises
        ------
        ValueError
            When there is no such tile.
        """
        key = (zoom, column, row)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        # Two readers may make the same tile at once; both make the same bytes.
        data = self.roads.tile(zoom, column, row)
        made = KeptTile(data=data, tag=f'"{hashlib.sha256(data).hexdigest()[:_TAG_DIGITS]}"')
        with self._lock:
            self._keep(key, made)
        return made

    def _keep(self, key: tuple[int, int, int], made: KeptTile) -> None:
        if key in self._kept:
            return
        self._kept[key] = made
        self._bytes += len(made.data)
        while self._bytes > self._most_bytes and len(self._kept) > 1:
            _, old = self._kept.popitem(last=False)
            self._bytes -= len(old.data)


async def tile_response(request: Request, tiles: TileCache) -> Response:
    """Answer `…/{zoom}/{column}/{row}`: the tile; 204 where no road is, 304 where it is known, 404 beyond.

    A tile holds roads and nothing else, so a browser may keep it, but asks each time whether it still holds.
    """
    try:
        place = [int(request.path_params[name]) for name in ("zoom", "column", "row")]
        made = await run_in_threadpool(tiles.tile, *place)
    except ValueError:
        return Response(status_code=404)
    headers = {"ETag": made.tag, "Cache-Control": "private, no-cache"}
    if request.headers.get("If-None-Match") == made.tag:
        return Response(status_code=304, headers=headers)
    if not made.data:
        return Response(status_code=204, headers=headers)
    return Response(made.data, media_type=MEDIA_TYPE, headers=headers)
