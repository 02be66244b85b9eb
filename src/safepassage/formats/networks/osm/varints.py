"""Protocol Buffers read a column at a time: many numbers, or the fields of many messages, in one go.

Everything is checked against the end of the data: a length that points beyond it is a `MessageError`, never a
read outside. Numbers are those of the encoding guide of Protocol Buffers (base 128, seven bits a byte).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Int64 = NDArray[np.int64]

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5
_LONGEST = 10
_LAST_BYTE = 0x80


class MessageError(ValueError):
    """A message that ends too early or has a field of an unknown kind."""


class UnusualError(ValueError):
    """A message that is valid but written in a way that nobody does: a field given twice, or unpacked."""


def packed_numbers(data: Bytes) -> Int64:
    """Return the numbers of a packed field, as 64-bit two's complement."""
    last = np.flatnonzero(data < _LAST_BYTE)
    if len(data) and (not len(last) or last[-1] != len(data) - 1):
        raise MessageError
    first = np.append(0, last[:-1] + 1) if len(last) else last
    length = last - first + 1
    if len(length) and int(length.max()) > _LONGEST:
        raise MessageError
    value = (data[first] & 0x7F).astype(np.uint64)
    for place in range(1, int(length.max(initial=1))):
        longer = np.flatnonzero(length > place)
        digit = (data[first[longer] + place] & 0x7F).astype(np.uint64)
        value[longer] |= digit << np.uint64(7 * place)
    return value.view(np.int64)


def zigzag(value: Int64) -> Int64:
    """Return signed numbers of their zigzag form, in which 0, 1, 2, 3 stand for 0, -1, 1, -2."""
    unsigned = value.view(np.uint64)
    return (unsigned >> np.uint64(1)).view(np.int64) ^ -(value & 1)


def slices(start: Int64, stop: Int64) -> tuple[Int64, Int64]:
    """Return (position, first): the positions of all slices one after the other, and where each begins."""
    length = stop - start
    first = np.append(0, np.cumsum(length))
    position = np.arange(first[-1]) + np.repeat(start - first[:-1], length)
    return position, first


def packed_lists(data: Bytes, start: Int64, stop: Int64) -> tuple[Int64, Int64]:
    """Return (number, first) of many packed fields: field i owns `number[first[i]:first[i + 1]]`."""
    position, first = slices(start, stop)
    flat = data[position]
    # Each list has to end with the end of a number, or two lists would run into one another.
    ends = first[1:][stop > start]
    if len(ends) and (flat[ends - 1] >= _LAST_BYTE).any():
        raise MessageError
    count = np.append(0, np.cumsum(flat < _LAST_BYTE))
    return packed_numbers(flat), count[first]


def _numbers_at(data: Bytes, at: Int64, stop: Int64) -> tuple[Int64, Int64]:
    """Return (number, position after it) for one number at each position."""
    value = np.zeros(len(at), np.uint64)
    at, going = at.copy(), np.arange(len(at))
    for place in range(_LONGEST):
        if (at[going] >= stop[going]).any():
            raise MessageError
        byte = data[at[going]]
        value[going] |= (byte & 0x7F).astype(np.uint64) << np.uint64(7 * place)
        at[going] += 1
        going = going[byte >= _LAST_BYTE]
        if not len(going):
            return value.view(np.int64), at
    raise MessageError


def message_fields(data: Bytes, start: Int64, stop: Int64, wanted: dict[int, int]) -> dict[int, Int64]:
    """Return the wanted fields of many messages: shape (n, 2), start and stop, or the number and 1.

    `wanted` maps field numbers to kinds. A field that a message does not have is (0, 0).

    Raises
    ------
    MessageError
        When a message is cut off or of an unknown kind.
    UnusualError
        When a wanted field stands in a message twice, or is of another kind.
    """
    found = {field: np.zeros((len(start), 2), np.int64) for field in wanted}
    seen = {field: np.zeros(len(start), bool) for field in wanted}
    at, going = start.copy(), np.flatnonzero(start < stop)
    while len(going):
        end = stop[going]
        key, value_at = _numbers_at(data, at[going], end)
        kind, field = key & 7, key >> 3
        after, value = _skip(data, value_at, end, kind)
        for number, expected in wanted.items():
            here = np.flatnonzero(field == number)
            message = going[here]
            if (kind[here] != expected).any() or seen[number][message].any():
                raise UnusualError
            seen[number][message] = True
            found[number][message, 0] = value[here] if expected == VARINT else after[here] - value[here]
            found[number][message, 1] = 1 if expected == VARINT else after[here]
        at[going] = after
        going = going[after < end]
    return found


def _skip(data: Bytes, at: Int64, end: Int64, kind: Int64) -> tuple[Int64, Int64]:
    """Return (position after the value, the number or the length of the value)."""
    after, value = at.copy(), np.zeros(len(at), np.int64)
    counted = np.flatnonzero((kind == VARINT) | (kind == BYTES))
    value[counted], after[counted] = _numbers_at(data, at[counted], end[counted])
    for fixed, size in ((FIXED32, 4), (FIXED64, 8)):
        after[kind == fixed] += size
    sized = kind == BYTES
    if ((value < 0) | (value > end - after))[sized].any():
        raise MessageError
    after[sized] += value[sized]
    known = (kind == VARINT) | sized | (kind == FIXED32) | (kind == FIXED64)
    if not known.all() or (after > end).any():
        raise MessageError
    return after, value
