"""PBF files are read a column at a time; `osmium`, object by object, finds the same roads in them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import osmium
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safepassage.domain.road_defaults import RoadDefaults
from safepassage.formats.networks import osm
from safepassage.formats.networks.osm import container, scan_osmium, scan_pbf
from safepassage.formats.networks.osm.tags import TagRules
from safepassage.formats.networks.osm.varints import UnusualError

EXTRACTS = ["andorra", "baltimore", "heidelberg", "helsinki", "liechtenstein"]


def scans(path: Path):
    file = container.examine(path)
    rules = TagRules(RoadDefaults())
    return scan_pbf.scan(path, file, rules), scan_osmium.scan(path, file, rules)


def assert_same_roads(one, two) -> None:
    for column in ("way_id", "first", "ref", "lon_e7", "lat_e7"):
        assert np.array_equal(getattr(one.ways, column), getattr(two.ways, column)), column
    for column, table in (("rule", "rules"), ("name", "names"), ("number", "names")):
        left, right = (
            [getattr(each, table)[at] for at in getattr(each.ways, column).tolist()] for each in (one, two)
        )
        assert left == right, column
    assert one.barriers == two.barriers
    assert one.tally == two.tally


@pytest.mark.parametrize("name", EXTRACTS)
def test_both_find_the_same_roads(shared_dir, name):
    assert_same_roads(*scans(shared_dir / "data" / "osm" / f"{name}.osm.pbf"))


@pytest.mark.slow
def test_both_find_the_same_roads_in_a_large_extract(shared_dir):
    assert_same_roads(*scans(shared_dir / "data" / "osm" / "porto.osm.pbf"))


KEYS = st.sampled_from(
    ["highway", "route", "oneway", "name", "ref", "barrier", "access", "bus", "note", "maxspeed"]
)
WORDS = st.sampled_from(
    [
        "primary",
        "service",
        "ferry",
        "yes",
        "no",
        "bollard",
        "private",
        "50",
        "Сумська",
        "",
        "x" * 200,
        "highway",
    ]
)
TAGS = st.dictionaries(KEYS, WORDS, max_size=5)
NUMBERS = st.integers(1, 2**40)
DEGREES = st.tuples(st.integers(-1_800_000_000, 1_800_000_000), st.integers(-900_000_000, 900_000_000))


@st.composite
def objects(draw):
    nodes = draw(st.dictionaries(NUMBERS, st.tuples(DEGREES, TAGS), min_size=1, max_size=8))
    refs = st.one_of(st.sampled_from(sorted(nodes)), NUMBERS)
    ways = draw(st.dictionaries(NUMBERS, st.tuples(st.lists(refs, max_size=6), TAGS), min_size=1, max_size=6))
    return nodes, ways


def write(path: Path, nodes, ways, options: str) -> None:
    """Write objects as a PBF file with libosmium."""
    path.unlink(missing_ok=True)
    file = osmium.io.File(str(path), f"pbf{options}")
    with osmium.SimpleWriter(file) as writer:
        for number, ((lon, lat), tags) in nodes.items():
            place = osmium.osm.Location(lon / 1e7, lat / 1e7)
            writer.add_node(osmium.osm.mutable.Node(id=number, location=place, tags=tags))
        for number, (refs, tags) in ways.items():
            writer.add_way(osmium.osm.mutable.Way(id=number, nodes=refs, tags=tags))


@settings(max_examples=120)
@given(drawn=objects(), options=st.sampled_from(["", ",pbf_compression=none", ",add_metadata=false"]))
def test_both_find_the_same_roads_in_drawn_files(tmp_path_factory, drawn, options):
    path = tmp_path_factory.getbasetemp() / "drawn.osm.pbf"
    write(path, *drawn, options)
    assert_same_roads(*scans(path))


NODES = {1: ((100_000_000, 500_000_000), {}), 2: ((100_100_000, 500_000_000), {"barrier": "bollard"})}
WAYS = {7: ([1, 2], {"highway": "primary"})}


@pytest.mark.parametrize("options", [",pbf_dense_nodes=false", ",pbf_compression=lz4"])
def test_files_of_unusual_programs_are_read_with_osmium(tmp_path, options):
    usual, unusual = tmp_path / "usual.osm.pbf", tmp_path / "unusual.osm.pbf"
    write(usual, NODES, WAYS, "")
    write(unusual, NODES, WAYS, options)
    with pytest.raises(UnusualError):
        scan_pbf.scan(unusual, container.examine(unusual), TagRules(RoadDefaults()))
    one, two = osm.read_counted(usual), osm.read_counted(unusual)
    assert one.network.nodes.id.tolist() == two.network.nodes.id.tolist() == ["1", "2"]
    assert one.network.arcs.link.tolist() == two.network.arcs.link.tolist() == ["way/7"] * 2
    assert one.counts.left_out == two.counts.left_out


def test_a_file_with_locations_inside_its_ways_is_read_with_osmium(tmp_path):
    """Such a file may lack the nodes themselves."""
    usual, path = tmp_path / "usual.osm.pbf", tmp_path / "map.osm.pbf"
    write(usual, NODES, WAYS, "")
    with osmium.SimpleWriter(osmium.io.File(str(path), "pbf,locations_on_ways=true")) as writer:
        for item in osmium.FileProcessor(str(usual)).with_locations():
            if item.is_way():
                writer.add(item)
    with pytest.raises(UnusualError):
        scan_pbf.scan(path, container.examine(path), TagRules(RoadDefaults()))
    network = osm.read(path)
    assert network.nodes.id.tolist() == ["1", "2"]
    assert network.nodes.lon_e7.tolist() == [100_000_000, 100_100_000]
