"""Numbers and fields of Protocol Buffers, a column at a time, equal those read one by one."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from safepassage.formats.networks.osm import pbf, varints
from safepassage.formats.networks.osm.varints import (
    BYTES,
    FIXED32,
    FIXED64,
    VARINT,
    MessageError,
    UnusualError,
)

NUMBERS = st.one_of(st.integers(0, 300), st.integers(0, 2**64 - 1))


def encode(number: int) -> bytes:
    out = b""
    while number > 127:
        out, number = out + bytes([number & 127 | 128]), number >> 7
    return out + bytes([number])


def signed(number: int) -> int:
    return number - 2**64 if number >= 2**63 else number


def column(data: bytes):
    return np.frombuffer(data, np.uint8)


@given(numbers=st.lists(NUMBERS, max_size=30))
def test_packed_numbers(numbers):
    found = varints.packed_numbers(column(b"".join(map(encode, numbers))))
    assert found.tolist() == [signed(number) for number in numbers]


@given(numbers=st.lists(st.integers(-(2**63), 2**63 - 1), max_size=20))
def test_zigzag(numbers):
    coded = [(number << 1) ^ (number >> 63) for number in numbers]
    data = column(b"".join(encode(code & (2**64 - 1)) for code in coded))
    assert varints.zigzag(varints.packed_numbers(data)).tolist() == numbers


@given(lists=st.lists(st.lists(NUMBERS, max_size=5), max_size=8), gap=st.binary(max_size=3))
def test_packed_lists(lists, gap):
    data, start, stop = gap, [], []
    for numbers in lists:
        start.append(len(data))
        data += b"".join(map(encode, numbers))
        stop.append(len(data))
        data += gap
    found, first = varints.packed_lists(column(data), np.array(start, np.int64), np.array(stop, np.int64))
    got = [found[a:b].tolist() for a, b in itertools.pairwise(first)]
    assert got == [[signed(number) for number in numbers] for numbers in lists]


@pytest.mark.parametrize("data", [b"\x80", b"\x01\xff", b"\x80" * 10 + b"\x01"])
def test_numbers_without_an_end_are_refused(data):
    with pytest.raises(MessageError):
        varints.packed_numbers(column(data))


def test_lists_that_run_into_one_another_are_refused():
    data = column(b"\x01\x82\x03")
    with pytest.raises(MessageError):
        varints.packed_lists(data, np.array([0, 2]), np.array([2, 3]))


FIELDS = st.one_of(
    st.tuples(st.integers(1, 30), st.just(VARINT), NUMBERS.map(encode)),
    st.tuples(st.integers(1, 30), st.just(BYTES), st.binary(max_size=200).map(lambda b: encode(len(b)) + b)),
    st.tuples(st.integers(1, 30), st.just(FIXED32), st.binary(min_size=4, max_size=4)),
    st.tuples(st.integers(1, 30), st.just(FIXED64), st.binary(min_size=8, max_size=8)),
)
MESSAGES = st.lists(st.lists(FIELDS, max_size=6, unique_by=lambda row: row[0]), max_size=6)


@given(messages=MESSAGES)
def test_fields_of_many_messages(messages):
    """The wanted fields of all messages at once are those that the field-by-field reader finds."""
    wanted = {number: kind for message in messages for number, kind, _ in message}
    messages = [[row for row in message if row[1] == wanted[row[0]]] for message in messages]
    data, start, stop = b"", [], []
    for message in messages:
        start.append(len(data))
        data += b"".join(encode(number << 3 | kind) + value for number, kind, value in message)
        stop.append(len(data))
    usable = {number: kind for number, kind in wanted.items() if kind in (VARINT, BYTES)}
    found = varints.message_fields(column(data), np.array(start, np.int64), np.array(stop, np.int64), usable)
    for at, (a, b) in enumerate(zip(start, stop, strict=True)):
        expected = dict(pbf.fields(memoryview(data[a:b])))
        for number, kind in usable.items():
            first, last = found[number][at].tolist()
            if number not in expected:
                assert (first, last) == (0, 0)
            elif kind == VARINT:
                assert (first, last) == (signed(expected[number]), 1)
            else:
                assert data[first:last] == bytes(expected[number])


def whole(data: bytes, wanted: dict[int, int]):
    return varints.message_fields(column(data), np.array([0]), np.array([len(data)]), wanted)


@pytest.mark.parametrize(
    "data",
    [
        b"\x0a",
        b"\x0a\x05abc",
        b"\x08",
        b"\x08\x80",
        b"\x0d\x01\x02",
        b"\x09\x01",
        b"\x0b",
        b"\x0e\x00",
        b"\x80" * 11,
        b"\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",
        b"\x0a\xff\xff\xff\xff\x7f",
    ],
)
def test_messages_that_are_cut_off_or_foreign_are_refused(data):
    with pytest.raises(MessageError):
        whole(data, {1: BYTES})


@pytest.mark.parametrize("data", [b"\x0a\x00\x0a\x00", b"\x08\x01"])
def test_fields_that_stand_there_twice_or_unpacked_are_unusual(data):
    with pytest.raises(UnusualError):
        whole(data, {1: BYTES})


@given(data=st.binary(max_size=60))
def test_any_bytes_are_fields_or_refused(data):
    try:
        found = whole(data, {1: BYTES, 2: VARINT})
    except (MessageError, UnusualError):
        return
    start, stop = found[1][0].tolist()
    assert 0 <= start <= stop <= len(data)
