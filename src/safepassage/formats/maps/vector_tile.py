"""Vector tiles of lines (Mapbox Vector Tile specification 2.1), written by columns.

A tile is a square of the Web Mercator plane with `EXTENT` units along each side, x to the right and y down.
Reading them is left to the browser and, in tests, to another library.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Int64 = NDArray[np.int64]
Value = str | int | bool

EXTENT = 4096
"""Units along the side of a tile."""

_VERSION = 2
_LINE = 2
_MOVE_TO_ONE, _LINE_TO = 9, 2
_SEVEN_BITS, _MORE = 0x7F, 0x80
_MOST_BYTES = 5
_LEAST_POINTS = 2
# Field numbers and wire types of vector_tile.proto, as the byte that stands before each field.
_TILE_LAYER, _LAYER_VERSION, _LAYER_NAME, _LAYER_FEATURE = b"\x1a", b"\x78", b"\x0a", b"\x12"
_LAYER_KEY, _LAYER_VALUE, _LAYER_EXTENT = b"\x1a", b"\x22", b"\x28"
_FEATURE_TAGS, _FEATURE_TYPE, _FEATURE_GEOMETRY = b"\x12", b"\x18", b"\x22"
_VALUE_TEXT, _VALUE_COUNT, _VALUE_TRUTH = b"\x0a", b"\x28", b"\x38"


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class LineParts:
    """Lines in units of one tile: part i owns points start[i]:start[i + 1], at least two.

    `group` has shape (n_parts,) and never falls: parts of one group are one feature.

    Raises
    ------
    ValueError
        When a part has fewer than two points or groups are not in order.
    """

    x: Int64
    y: Int64
    start: Int64
    group: Int64

    def __post_init__(self) -> None:
        if len(self.start) != len(self.group) + 1 or int(self.start[-1]) != len(self.x):
            raise ValueError("start must have one entry per part and a last one that closes the points")
        if len(self.group) and int(np.diff(self.start).min()) < _LEAST_POINTS:
            raise ValueError("a line has two or more points")
        if len(self.group) > 1 and int(np.diff(self.group).min()) < 0:
            raise ValueError("parts must be sorted by group")


def encode(layers: Sequence[bytes]) -> bytes:
    """Return a tile of encoded layers; no layers make the empty tile, which is no bytes at all."""
    return b"".join(_field(_TILE_LAYER, layer) for layer in layers)


def encode_lines(name: str, parts: LineParts, properties: Mapping[int, Mapping[str, Value]]) -> bytes:
    """Return a layer with one feature per group of parts; `properties` are those of each group."""
    groups, first = np.unique(parts.group, return_index=True)
    tags = _Tags()
    geometries = _geometries(parts, np.append(first, len(parts.group)))
    features = [
        _field(_LAYER_FEATURE, _feature(tags.of(properties[int(group)]), geometry))
        for group, geometry in zip(groups, geometries, strict=True)
    ]
    return b"".join(
        (
            _LAYER_VERSION + varint(_VERSION),
            _field(_LAYER_NAME, name.encode()),
            *features,
            *(_field(_LAYER_KEY, key.encode()) for key in tags.keys),
            *(_field(_LAYER_VALUE, value) for value in tags.values),
            _LAYER_EXTENT + varint(EXTENT),
        )
    )


def _feature(tags: bytes, geometry: bytes) -> bytes:
    return _field(_FEATURE_TAGS, tags) + _FEATURE_TYPE + varint(_LINE) + _field(_FEATURE_GEOMETRY, geometry)


class _Tags:
    """Keys and values of a layer, each written once and named by its position."""

    def __init__(self) -> None:
        self.keys: dict[str, int] = {}
        self.values: dict[bytes, int] = {}

    def of(self, properties: Mapping[str, Value]) -> bytes:
        """Return the packed positions of the keys and values of a feature."""
        return b"".join(
            varint(self.keys.setdefault(key, len(self.keys)))
            + varint(self.values.setdefault(_value(value), len(self.values)))
            for key, value in properties.items()
        )


def _value(value: Value) -> bytes:
    if isinstance(value, bool):
        return _VALUE_TRUTH + varint(int(value))
    if isinstance(value, int):
        return _VALUE_COUNT + varint(value)
    return _field(_VALUE_TEXT, value.encode())


def _field(key: bytes, data: bytes) -> bytes:
    return key + varint(len(data)) + data


def varint(value: int) -> bytes:
    """Return a whole number, not negative, as protocol buffers write it: seven bits a byte, lowest first."""
    found = bytearray()
    while value > _SEVEN_BITS:
        found.append(value & _SEVEN_BITS | _MORE)
        value >>= 7
    found.append(value)
    return bytes(found)


def _geometries(parts: LineParts, first_part: Int64) -> list[bytes]:
    """Return the geometry of each feature; feature i owns parts first_part[i]:first_part[i + 1]."""
    if not len(parts.group):
        return []
    words, part_at = _words(parts, first_part[:-1])
    data, byte_at = varints(words)
    ends = byte_at[np.append(part_at, len(words))[first_part]]
    return [data[start:end].tobytes() for start, end in pairwise(ends.tolist())]


def _words(parts: LineParts, first_part: Int64) -> tuple[Int64, Int64]:
    """Return the commands of all features in a row, and the position at which each part begins."""
    points = np.diff(parts.start)
    part_at = np.concatenate(([0], np.cumsum(2 * points + 2)))
    words = np.empty(int(part_at[-1]), np.int64)
    part_at, opening = part_at[:-1], parts.start[:-1]
    own = np.repeat(np.arange(len(points)), points)
    place = np.arange(len(parts.x)) - opening[own]
    at = part_at[own] + np.where(place == 0, 1, 2 * place + 2)
    fresh = opening[first_part]
    for axis, column in enumerate((parts.x, parts.y)):
        # The pen stands where it last was, and at the corner of the tile when a feature begins.
        step = np.diff(column, prepend=0)
        step[fresh] = column[fresh]
        words[at + axis] = step << 1 ^ step >> 63
    words[part_at] = _MOVE_TO_ONE
    words[part_at + 3] = points - 1 << 3 | _LINE_TO
    return words, part_at


def varints(words: Int64) -> tuple[NDArray[np.uint8], Int64]:
    """Return numbers under 2**35 as varints in a row, and where each begins, and the end last."""
    sizes = np.ones(len(words), np.int64)
    for byte in range(1, _MOST_BYTES):
        sizes += words >= 1 << 7 * byte
    begins = np.concatenate(([0], np.cumsum(sizes)))
    data = np.zeros(int(begins[-1]), np.uint8)
    for byte in range(_MOST_BYTES):
        long = np.flatnonzero(sizes > byte)
        more = np.where(sizes[long] > byte + 1, _MORE, 0)
        data[begins[long] + byte] = words[long] >> 7 * byte & _SEVEN_BITS | more
    return data, begins
