"""A network comes from the cache as it was read, and anything wrong with the cache only costs time."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path

import numpy as np
import pytest

from safepassage.domain.errors import FormatError
from safepassage.domain.network_report import LinkNote
from safepassage.domain.road_defaults import RoadDefaults
from safepassage.formats.networks import network_cache, osm

MAP = (
    b'<osm version="0.6"><bounds minlat="50" minlon="10" maxlat="51" maxlon="11"/>\n'
    b'<node id="1" lon="10" lat="50"/><node id="2" lon="10.01" lat="50"/>\n'
    b'<node id="3" lon="10.02" lat="50"/>\n'
    b'<way id="7"><nd ref="1"/><nd ref="2"/><nd ref="3"/><tag k="highway" v="primary"/>'
    b'<tag k="name" v="\xd0\x9a\xd0\xb8\xd1\x97\xd0\xb2"/><tag k="ref" v="R7"/></way></osm>\n'
)


@pytest.fixture
def map_file(tmp_path) -> Path:
    path = tmp_path / "map.osm"
    path.write_bytes(MAP)
    return path


@pytest.fixture
def cache_dir(tmp_path) -> Path:
    return tmp_path / "cache" / "networks"


class CountingReader:
    """An `osm.Reader` that knows how often it was asked to read."""

    def __init__(self, reader: osm.Reader | None = None) -> None:
        self._reader, self.times = reader or osm.Reader(), 0

    @property
    def fingerprint(self) -> str:
        return self._reader.fingerprint

    def __call__(self, path: Path):
        self.times += 1
        return self._reader(path)


def assert_same(one, two) -> None:
    for table in ("nodes", "arcs", "shapes"):
        for field in dataclasses.fields(getattr(one.network, table)):
            left, right = (getattr(getattr(each.network, table), field.name) for each in (one, two))
            assert left.dtype == right.dtype, field.name
            assert np.array_equal(left, right), field.name
            assert not right.flags.writeable
    assert one.network.names == two.network.names
    assert one.network.source == two.network.source
    assert one.counts == two.counts
    assert one.notes == two.notes


def test_the_second_time_it_comes_from_the_cache(map_file, cache_dir):
    reader = CountingReader()
    first = network_cache.load_or_read(map_file, cache_dir=cache_dir, reader=reader)
    second = network_cache.load_or_read(map_file, cache_dir=cache_dir, reader=reader)
    assert (first.from_cache, second.from_cache, reader.times) == (False, True, 1)
    assert first.cache_file == second.cache_file
    assert first.not_kept == second.not_kept == ""
    assert_same(first.reading, second.reading)
    assert [file.name for file in cache_dir.iterdir()] == [first.cache_file.name]


def test_everything_a_reading_holds_comes_back(map_file, tmp_path):
    reading = osm.read_counted(map_file)
    reading = dataclasses.replace(reading, notes=(LinkNote(link="way/7", source="a", evidence="b"),))
    assert network_cache.save(reading, tmp_path / "one.spcache") == ""
    assert_same(reading, network_cache.load(tmp_path / "one.spcache"))


@pytest.mark.parametrize(
    "other",
    [osm.Reader(country="UA"), osm.Reader(defaults=RoadDefaults(walking_pace_kmh=5))],
    ids=["country", "defaults"],
)
def test_another_reader_reads_again(map_file, cache_dir, other):
    network_cache.load_or_read(map_file, cache_dir=cache_dir, reader=osm.Reader())
    reader = CountingReader(other)
    assert not network_cache.load_or_read(map_file, cache_dir=cache_dir, reader=reader).from_cache
    assert network_cache.load_or_read(map_file, cache_dir=cache_dir, reader=reader).from_cache
    assert reader.times == 1


def test_another_file_is_read_again(map_file, cache_dir):
    network_cache.load_or_read(map_file, cache_dir=cache_dir, reader=osm.Reader())
    map_file.write_bytes(MAP.replace(b"primary", b"tertiary"))
    again = network_cache.load_or_read(map_file, cache_dir=cache_dir, reader=osm.Reader())
    assert not again.from_cache
    assert again.reading.network.arcs.road_class.tolist() == [4, 4]


def test_the_same_bytes_under_another_name_are_known(map_file, cache_dir):
    network_cache.load_or_read(map_file, cache_dir=cache_dir, reader=osm.Reader())
    moved = map_file.rename(map_file.with_name("other.osm"))
    again = network_cache.load_or_read(moved, cache_dir=cache_dir, reader=osm.Reader())
    assert again.from_cache
    assert again.reading.network.source.file_name == "other.osm"


def test_a_damaged_cache_is_ignored_and_mended(map_file, cache_dir):
    first = network_cache.load_or_read(map_file, cache_dir=cache_dir, reader=osm.Reader())
    whole = first.cache_file.read_bytes()
    for damage in (b"", b"\0", b"PK\x03\x04", whole[:100], whole[:-1], whole[: len(whole) // 2], b"x" * 5000):
        first.cache_file.write_bytes(damage)
        assert network_cache.load(first.cache_file) is None
    again = network_cache.load_or_read(map_file, cache_dir=cache_dir, reader=osm.Reader())
    assert not again.from_cache
    assert network_cache.load_or_read(map_file, cache_dir=cache_dir, reader=osm.Reader()).from_cache


def test_no_changed_byte_of_the_data_is_believed(map_file, cache_dir):
    """Each array carries a checksum; a flipped byte is noticed or lies in padding and names."""
    first = network_cache.load_or_read(map_file, cache_dir=cache_dir, reader=osm.Reader())
    whole = first.cache_file.read_bytes()
    for at in range(0, len(whole), 7):
        first.cache_file.write_bytes(whole[:at] + bytes([whole[at] ^ 0x55]) + whole[at + 1 :])
        loaded = network_cache.load(first.cache_file)
        if loaded is not None:
            assert_same(first.reading, loaded)


def test_pickles_are_never_opened(tmp_path):
    class Trap:
        def __reduce__(self):
            return (os.mkdir, (str(tmp_path / "sprung"),))

    file = tmp_path / "trap.spcache"
    with file.open("wb") as stream:
        np.savez(stream, head=np.array([Trap()], dtype=object))
    assert network_cache.load(file) is None
    assert not (tmp_path / "sprung").exists()


def test_a_folder_that_cannot_be_written_to_only_keeps_nothing(map_file, tmp_path):
    (tmp_path / "file").write_text("in the way", "utf-8")
    result = network_cache.load_or_read(map_file, cache_dir=tmp_path / "file" / "cache", reader=osm.Reader())
    assert not result.from_cache
    assert result.cache_file is None
    assert result.not_kept.startswith("the cache folder cannot be written to")
    assert len(result.reading.network.arcs) == 2


def test_a_full_disk_leaves_no_half_written_file(map_file, cache_dir, monkeypatch):
    def full(*_args, **_columns):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez", full)
    result = network_cache.load_or_read(map_file, cache_dir=cache_dir, reader=osm.Reader())
    assert "No space left on device" in result.not_kept
    assert list(cache_dir.iterdir()) == []


def test_no_folder_keeps_nothing(map_file):
    result = network_cache.load_or_read(map_file, cache_dir=None, reader=osm.Reader())
    assert result.not_kept == "no cache folder is set"


def test_a_missing_file_is_the_readers_error(tmp_path, cache_dir):
    with pytest.raises(FormatError, match="there is no such file"):
        network_cache.load_or_read(tmp_path / "none.osm", cache_dir=cache_dir, reader=osm.Reader())
    with pytest.raises(FormatError, match="this is a folder"):
        network_cache.load_or_read(tmp_path, cache_dir=cache_dir, reader=osm.Reader())


def test_a_file_that_cannot_be_read_leaves_nothing_in_the_cache(map_file, cache_dir):
    map_file.write_bytes(MAP[:200])
    with pytest.raises(FormatError):
        network_cache.load_or_read(map_file, cache_dir=cache_dir, reader=osm.Reader())
    assert not cache_dir.exists()


def test_only_the_latest_networks_are_kept(map_file, cache_dir, monkeypatch):
    monkeypatch.setattr(network_cache, "MOST_KEPT", 2)
    written = []
    for pace in (3, 4, 5):
        reader = osm.Reader(defaults=RoadDefaults(walking_pace_kmh=pace))
        written.append(network_cache.load_or_read(map_file, cache_dir=cache_dir, reader=reader).cache_file)
        os.utime(written[-1], ns=(pace, pace))
    assert sorted(cache_dir.iterdir()) == sorted(written[1:])


@pytest.mark.parametrize(
    ("environment", "platform", "folder"),
    [
        ({"HOME": "/home/a"}, "linux", "/home/a/.cache/safepassage/networks"),
        ({"HOME": "/home/a", "XDG_CACHE_HOME": "/c"}, "linux", "/c/safepassage/networks"),
        ({"HOME": "/Users/a"}, "darwin", "/Users/a/Library/Caches/safepassage/networks"),
        ({"USERPROFILE": "/u", "LOCALAPPDATA": "/l"}, "win32", "/l/safepassage/networks"),
        ({"USERPROFILE": "/u"}, "win32", "/u/AppData/Local/safepassage/networks"),
        ({"HOME": "/home/a", "SAFEPASSAGE_CACHE": "/mine"}, "linux", "/mine/networks"),
    ],
)
def test_where_the_cache_is(environment, platform, folder):
    assert network_cache.default_cache_dir(environment, platform) == Path(folder)


def test_an_empty_variable_switches_the_cache_off():
    assert network_cache.default_cache_dir({"SAFEPASSAGE_CACHE": ""}, "linux") is None
