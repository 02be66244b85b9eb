"""Hostile, damaged and foreign map files: one clear error each, no traceback, never a smaller network."""

from __future__ import annotations

import bz2
import gzip
import random
import stat
import struct
import zlib
from pathlib import Path

import pytest

from safepassage.domain.errors import FormatError, SafePassageError
from safepassage.formats.networks import osm
from safepassage.formats.networks.osm import container, pbf

ROAD = (
    b'<?xml version="1.0"?>\n<osm version="0.6">\n'
    b'<node id="1" lon="10" lat="50"/>\n<node id="2" lon="10.01" lat="50"/>\n'
    b'<way id="7"><nd ref="1"/><nd ref="2"/><tag k="highway" v="primary"/></way>\n</osm>\n'
)


def refused(path: Path, *words: str) -> FormatError:
    """Read a file that must be refused in one line that names it."""
    with pytest.raises(FormatError) as caught:
        osm.read(path)
    error = caught.value
    assert isinstance(error, SafePassageError)
    assert isinstance(error, ValueError)
    assert str(error).startswith(str(path))
    assert "\n" not in str(error)
    assert str(error).endswith(".")
    for word in words:
        assert word in str(error), str(error)
    return error


def varint(number: int) -> bytes:
    out = b""
    while number > 127:
        out, number = out + bytes([number & 127 | 128]), number >> 7
    return out + bytes([number])


def text_field(number: int, data: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(data)) + data


def number_field(number: int, value: int) -> bytes:
    return varint(number << 3) + varint(value)


def frame(kind: bytes, blob: bytes, *, size: int | None = None) -> bytes:
    header = text_field(1, kind) + number_field(3, len(blob) if size is None else size)
    return struct.pack(">I", len(header)) + header + blob


def packed(body: bytes, *, raw_size: int | None = None) -> bytes:
    return number_field(2, len(body) if raw_size is None else raw_size) + text_field(3, zlib.compress(body))


HEADER = frame(b"OSMHeader", packed(text_field(4, b"OsmSchema-V0.6") + text_field(4, b"DenseNodes")))


def zigzag(number: int) -> bytes:
    return varint(number << 1 if number >= 0 else (-number << 1) - 1)


def data_block(*, way_texts: bytes = b"primary") -> bytes:
    """Return an OSMData block of two dense nodes and one way."""
    strings = b"".join(text_field(1, text) for text in (b"", b"highway", way_texts))
    dense = text_field(1, zigzag(1) + zigzag(1))
    dense += text_field(8, zigzag(500_000_000) + zigzag(0)) + text_field(
        9, zigzag(100_000_000) + zigzag(100_000)
    )
    way = number_field(1, 7) + text_field(2, b"\x01") + text_field(3, b"\x02")
    way += text_field(8, zigzag(1) + zigzag(1))
    groups = text_field(2, text_field(2, dense)) + text_field(2, text_field(3, way))
    return frame(b"OSMData", packed(text_field(1, strings) + groups))


def test_the_hand_made_pbf_file_is_right(tmp_path):
    """Otherwise the tests below would refuse it for the wrong reason."""
    path = tmp_path / "map.osm.pbf"
    path.write_bytes(HEADER + data_block())
    network = osm.read(path)
    assert network.nodes.id.tolist() == ["1", "2"]
    assert network.nodes.lon_e7.tolist() == [100_000_000, 100_100_000]
    assert network.nodes.lat_e7.tolist() == [500_000_000, 500_000_000]
    assert network.arcs.link.tolist() == ["way/7"] * 2


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", ("empty", "hand in an OpenStreetMap extract")),
        (b"\n \n", ("not an OpenStreetMap file",)),
        (b"hello", ("not an OpenStreetMap file",)),
        (b"\x00" * 5000, ("not an OpenStreetMap file",)),
        (b"<!DOCTYPE html><html><body>404</body></html>", ("web page",)),
        (b"<html>404</html>", ("web page",)),
        (b"<osmChange version='0.6'></osmChange>", ("list of changes",)),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:00\n", ("placeholder",)),
        (b"PK\x03\x04" + b"0" * 100, ("zip archive",)),
        (b'{"type": "FeatureCollection"}', ("JSON",)),
        (b"<gpx version='1.1'></gpx>", ("not an OpenStreetMap file",)),
        (ROAD.decode().encode("utf-16"), ("not an OpenStreetMap file",)),
    ],
)
def test_foreign_files(tmp_path, content, words):
    path = tmp_path / "map.osm.pbf"
    path.write_bytes(content)
    refused(path, *words)


def test_missing_folder_device(tmp_path):
    refused(tmp_path / "nothing.osm.pbf", "there is no such file", "check the name")
    refused(tmp_path, "this is a folder")
    if stat.S_ISCHR(Path("/dev/null").stat().st_mode):
        refused(Path("/dev/null"), "not an ordinary file")


def test_a_file_that_may_not_be_read(tmp_path, monkeypatch):
    path = tmp_path / "map.osm"
    path.write_bytes(ROAD)

    def denied(self, *_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", denied)
    refused(path, "cannot be opened (Permission denied)", "permissions")


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress])
def test_a_compressed_map_cut_off_anywhere(tmp_path, pack):
    path = tmp_path / "map.osm.x"
    whole = pack(ROAD)
    path.write_bytes(whole)
    assert len(osm.read(path).arcs) == 2
    for length in range(1, len(whole)):
        path.write_bytes(whole[:length])
        refused(path)


def test_an_xml_map_cut_off_anywhere(tmp_path):
    path = tmp_path / "map.osm"
    for length in range(len(ROAD) - 2):
        path.write_bytes(ROAD[:length])
        refused(path)


def test_a_pbf_map_cut_off_anywhere(tmp_path):
    path = tmp_path / "map.osm.pbf"
    whole = HEADER + data_block()
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        refused(path)


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress])
def test_a_compressed_map_with_damage(tmp_path, pack):
    path = tmp_path / "map.osm.x"
    whole = pack(ROAD)
    path.write_bytes(whole[: len(whole) // 2] + b"\xff\xfe\xfd" + whole[len(whole) // 2 + 3 :])
    refused(path, "damaged")


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress])
def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path, monkeypatch, pack):
    monkeypatch.setattr(container, "EXPANSION_FLOOR_BYTES", 100_000)
    path = tmp_path / "map.osm.x"
    path.write_bytes(pack(ROAD[:-8] + b" " * 3_000_000 + b"</osm>\n"))
    refused(path, "unpacks to more than 200 times its size")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (HEADER + frame(b"OSMData", packed(b"x" * 10, raw_size=9)), ("block 2", "stated size")),
        (HEADER + frame(b"OSMData", packed(b"x" * 10, raw_size=11)), ("block 2", "stated size")),
        (
            HEADER + frame(b"OSMData", packed(bytes(2**20), raw_size=2**40)),
            ("block 2", "more than the format"),
        ),
        (
            HEADER + frame(b"OSMData", number_field(2, 5) + text_field(3, b"junk")),
            ("block 2", "does not decode"),
        ),
        (HEADER + frame(b"OSMData", b"", size=2**26), ("block 2", "larger than the format allows")),
        (HEADER + frame(b"OSMData", packed(b"\xff" * 12)), ("block 2", "does not decode")),
        (HEADER + b"\x7f\xff\xff\xff", ("block 2", "not possible in a PBF file")),
        (HEADER + b"\x00\x00\x00\x00", ("block 2", "not possible in a PBF file")),
        (HEADER + b"\x00\x00", ("block 2", "cut off")),
        (HEADER + b"\x00\x00\x00\x03abc", ("block 2",)),
        (HEADER, ("no road",)),
        (HEADER + HEADER, ("",)),
    ],
)
def test_blocks_that_lie(tmp_path, content, words):
    path = tmp_path / "map.osm.pbf"
    path.write_bytes(content)
    refused(path, *words)


def test_a_history_file_is_refused(tmp_path):
    features = b"".join(
        text_field(4, name) for name in (b"OsmSchema-V0.6", b"DenseNodes", b"HistoricalInformation")
    )
    path = tmp_path / "map.osm.pbf"
    path.write_bytes(frame(b"OSMHeader", packed(features)) + data_block())
    refused(path, "history file", "one date")


def test_an_unknown_feature_is_refused(tmp_path):
    features = text_field(4, b"OsmSchema-V0.6") + text_field(4, b"SomethingNew\x1b[2J")
    path = tmp_path / "map.osm.pbf"
    path.write_bytes(frame(b"OSMHeader", packed(features)) + data_block())
    error = refused(path, "does not decode")
    assert str(error).isprintable()


def test_text_that_is_not_utf8(tmp_path):
    path = tmp_path / "map.osm.pbf"
    path.write_bytes(HEADER + data_block(way_texts=b"\xff\xfe"))
    refused(path, "not valid UTF-8", "block 2")


def test_a_nul_byte_in_a_tag_never_reaches_the_parser(tmp_path):
    path = tmp_path / "map.osm.pbf"
    path.write_bytes(HEADER + data_block(way_texts=b"pri\0ary"))
    refused(path, "block 2", "NUL byte")


def test_empty_texts_and_long_ones_are_no_nul_bytes(tmp_path):
    path = tmp_path / "map.osm.pbf"
    for text in (b"x" * 128, b"x" * 256, b""):
        path.write_bytes(HEADER + data_block(way_texts=text))
        refused(path, "not for vehicles")


@pytest.mark.parametrize(("lon", "lat"), [("200", "50"), ("-181", "50"), ("10", "95"), ("10", "-90.5")])
def test_coordinates_outside_the_world(tmp_path, lon, lat):
    path = tmp_path / "map.osm"
    path.write_bytes(ROAD.replace(b'lon="10.01" lat="50"', f'lon="{lon}" lat="{lat}"'.encode()))
    refused(path, "node 2", "outside the world")


@pytest.mark.parametrize(
    "change",
    [
        (b'lon="10.01"', b'lon="9000"'),
        (b'lon="10.01"', b'lon="east"'),
        (b'id="7"', b'id="seven"'),
        (b'id="7"', b'id="99999999999999999999999"'),
        (b"</way>", b"</node>"),
        (b'version="0.6"', b'version="0.5"'),
        (b'version="0.6"', b""),
        (b"primary", b"\xff\xfe"),
        (b"primary", b"&unknown;"),
        (b"<osm ", b'<!DOCTYPE x [<!ENTITY a "aaa">]><osm '),
    ],
)
def test_xml_that_is_not_a_map(tmp_path, change):
    path = tmp_path / "map.osm"
    assert change[0] in ROAD
    path.write_bytes(ROAD.replace(*change))
    refused(path)


def test_a_reader_that_skips_ways_is_caught(tmp_path, monkeypatch):
    """Two independent counts must agree: what the parser gave and what the blocks hold."""
    path = tmp_path / "map.osm.pbf"
    path.write_bytes(HEADER + data_block())
    examine = pbf.examine

    def one_more(stream, name):
        found = examine(stream, name)
        return pbf.Contents(nodes=found.nodes, ways=found.ways + 1, relations=found.relations)

    monkeypatch.setattr(pbf, "examine", one_more)
    refused(path, "holds 2 ways but 1 were read")


def test_comments_do_not_upset_the_count(tmp_path):
    path = tmp_path / "map.osm"
    path.write_bytes(ROAD.replace(b"<way", b"<!-- <way id='9'> --><way") + b"<!-- the end -->\n")
    counts = osm.read_counted(path).counts
    assert counts.number("roads for vehicles") == 1
    assert "ways" not in dict(counts.seen)


def test_objects_on_the_edge_of_a_chunk_are_counted_once(tmp_path, monkeypatch):
    path = tmp_path / "map.osm"
    path.write_bytes(ROAD)
    for size in range(1, 60):
        monkeypatch.setattr(container, "_CHUNK_BYTES", size)
        contents = container.examine(path).contents
        assert (contents.nodes, contents.ways, contents.relations) == (2, 1, 0), size


def test_random_damage_is_refused_or_harmless(tmp_path):
    """Whatever bytes change inside the blocks, the answer is a network or one sentence."""
    rng = random.Random(5)
    path = tmp_path / "map.osm.pbf"
    block = data_block()
    blob = memoryview(block)[4 + block[3] :]
    original = zlib.decompress(bytes(pbf.field(blob, 3)))
    refusals, networks = [], 0
    for _ in range(400):
        body = bytearray(original)
        for _ in range(rng.choice((1, 2, 5))):
            body[rng.randrange(len(body))] = rng.randrange(256)
        path.write_bytes(HEADER + frame(b"OSMData", packed(bytes(body))))
        try:
            osm.read(path)
            networks += 1
        except FormatError as error:
            refusals.append(str(error))
    assert networks > 10
    assert len(refusals) > 20
    assert [text for text in refusals if not text.isprintable()] == []
