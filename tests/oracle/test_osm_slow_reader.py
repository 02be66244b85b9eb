"""A second reader, slow and simple, sees the same roads: same segments, same length, nothing lost."""

from __future__ import annotations

import gzip
import itertools
import math
from collections import Counter
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safepassage.domain.road_defaults import RoadDefaults
from safepassage.formats.networks import osm
from safepassage.formats.networks.osm.tags import TagRules, barrier_blocks
from tests.support.effort import examples

RADIUS_M = 6_371_008.8


def metres(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Great-circle distance by the law of cosines of chords: another formula than the reader's."""
    (lon_a, lat_a), (lon_b, lat_b) = (tuple(map(math.radians, point)) for point in (a, b))
    x, y, z = (
        math.cos(lat_a) * math.cos(lon_a) - math.cos(lat_b) * math.cos(lon_b),
        math.cos(lat_a) * math.sin(lon_a) - math.cos(lat_b) * math.sin(lon_b),
        math.sin(lat_a) - math.sin(lat_b),
    )
    return 2 * RADIUS_M * math.asin(math.sqrt(x * x + y * y + z * z) / 2)


def slow_segments(text: str) -> tuple[Counter, dict, set]:
    """Return every drivable step (link, from, to) of a document, the places of nodes, and closed barriers."""
    root = ET.fromstring(text)
    rules, place, closed, steps = TagRules(RoadDefaults()), {}, set(), Counter()
    for node in root.iter("node"):
        place[node.get("id")] = (float(node.get("lon")), float(node.get("lat")))
        if barrier_blocks({tag.get("k"): tag.get("v") for tag in node.iter("tag")}):
            closed.add(node.get("id"))
    seen = set()
    for way in root.iter("way"):
        rule = rules.rule({tag.get("k"): tag.get("v") for tag in way.iter("tag")})
        refs = [nd.get("ref") for nd in way.iter("nd")]
        if rule.left_out or len(refs) < 2 or way.get("id") in seen:
            continue
        seen.add(way.get("id"))
        for a, b in itertools.pairwise(refs):
            if a == b or a not in place or b not in place:
                continue
            if rule.forward.modes:
                steps[f"way/{way.get('id')}", a, b] += 1
            if rule.backward.modes:
                steps[f"way/{way.get('id')}", b, a] += 1
    return steps, place, closed


def fast_segments(network) -> Counter:
    """Return the steps of all arcs, by coordinates, passages across barriers left out."""
    steps = Counter()
    for arc in range(len(network.arcs)):
        line = network.polyline_e7(arc)
        ends = {
            str(network.nodes.id[int(column[arc])]).split("/")[0]
            for column in (network.arcs.tail, network.arcs.head)
        }
        if len(ends) == 1 and len(line) == 2:
            continue
        for a, b in itertools.pairwise(line):
            steps[str(network.arcs.link[arc]), a, b] += 1
    return steps


def compare(text: str, network) -> None:
    steps, place, _ = slow_segments(text)
    e7 = {number: (round(lon * 1e7), round(lat * 1e7)) for number, (lon, lat) in place.items()}
    expected = Counter({(link, e7[a], e7[b]): 0 for link, a, b in steps})
    for (link, a, b), times in steps.items():
        expected[link, e7[a], e7[b]] += times
    assert fast_segments(network) == expected
    total = sum(times * metres(place[a], place[b]) for (_, a, b), times in steps.items())
    # Every arc is rounded to a metre, and is at least one.
    assert float(network.arcs.length_m.sum(dtype=np.int64)) == pytest.approx(total, abs=len(network.arcs) + 1)


def check_shape(network) -> None:
    """Assert what holds for every network that was ever read."""
    arcs, every = network.arcs, np.arange(len(network.arcs))
    paired = arcs.twin >= 0
    assert (arcs.twin[arcs.twin[paired]] == every[paired]).all()
    assert (arcs.tail[paired] == arcs.head[arcs.twin[paired]]).all()
    assert (arcs.length_m[paired] == arcs.length_m[arcs.twin[paired]]).all()
    assert (arcs.link[paired] == arcs.link[arcs.twin[paired]]).all()
    assert (arcs.tail != arcs.head).all()
    assert (arcs.modes > 0).all()
    assert (arcs.travel_s >= 1).all()
    assert (np.diff(network.shapes.start) >= 0).all()
    assert len(set(network.nodes.id.tolist())) == len(network.nodes)
    used = np.zeros(len(network.nodes), bool)
    used[arcs.tail], used[arcs.head] = True, True
    assert used.all()


def reach(steps) -> dict[str, frozenset[str]]:
    """Return which nodes can be reached from every node along (from, to) steps."""
    following: dict[str, set[str]] = {}
    for a, b in steps:
        following.setdefault(a, set()).add(b)
        following.setdefault(b, set())
    found = {}
    for start in following:
        seen, waiting = {start}, [start]
        while waiting:
            fresh = following[waiting.pop()] - seen
            seen |= fresh
            waiting.extend(fresh)
        found[start] = frozenset(seen)
    return found


HIGHWAYS = st.sampled_from(
    [
        {"highway": "primary"},
        {"highway": "residential", "oneway": "yes"},
        {"highway": "service", "oneway": "-1"},
        {"highway": "motorway"},
        {"highway": "track"},
        {"highway": "footway"},
        {"highway": "service", "access": "private"},
        {"highway": "tertiary", "junction": "roundabout", "oneway:bus": "no"},
        {"route": "ferry", "motor_vehicle": "yes", "duration": "00:10"},
    ]
)
BARRIERS = st.sampled_from([{}, {}, {}, {"barrier": "bollard"}, {"barrier": "bollard", "bus": "yes"}])
PLACES = st.tuples(st.integers(-50, 50), st.integers(-50, 50))


@st.composite
def maps(draw) -> str:
    """Draw a small map: ways through nodes that may meet, repeat, cross, block the road or be absent."""
    nodes = draw(st.lists(st.tuples(PLACES, BARRIERS), min_size=6, max_size=16))
    numbers = st.integers(1, len(nodes) + 1)
    ways = draw(
        st.lists(st.tuples(st.lists(numbers, min_size=1, max_size=9), HIGHWAYS), min_size=1, max_size=5)
    )
    root = ET.Element("osm", version="0.6")
    for number, ((lon, lat), tags) in enumerate(nodes, start=1):
        node = ET.SubElement(
            root, "node", id=str(number), lon=f"{lon / 100:.2f}", lat=f"{50 + lat / 100:.2f}"
        )
        for key, value in tags.items():
            ET.SubElement(node, "tag", k=key, v=value)
    for number, (refs, tags) in enumerate(ways, start=1):
        way = ET.SubElement(root, "way", id=str(number))
        for ref in refs:
            ET.SubElement(way, "nd", ref=str(ref))
        for key, value in tags.items():
            ET.SubElement(way, "tag", k=key, v=value)
    return ET.tostring(root, encoding="unicode")


@pytest.mark.slow
@settings(max_examples=150)
@given(text=maps())
def test_any_small_map_is_read_as_the_slow_reader_reads_it(tmp_path_factory, text):
    path = tmp_path_factory.getbasetemp() / "drawn.osm"
    path.write_text(text, "utf-8")
    steps, _, _ = slow_segments(text)
    if not steps:
        with pytest.raises(osm.FormatError, match="no road"):
            osm.read(path)
        return
    network = osm.read(path)
    compare(text, network)
    check_shape(network)


@settings(max_examples=examples(100))
@given(text=maps())
def test_cutting_neither_joins_nor_parts_roads(tmp_path_factory, text):
    """From one junction the same junctions can be reached as along the single steps of the ways."""
    path = tmp_path_factory.getbasetemp() / "drawn.osm"
    text = text.replace('k="barrier"', 'k="note"')
    path.write_text(text, "utf-8")
    steps, _, _ = slow_segments(text)
    if not steps:
        return
    network = osm.read(path)
    ids = network.nodes.id.tolist()
    arcs = [(ids[a], ids[b]) for a, b in zip(network.arcs.tail, network.arcs.head, strict=True)]
    fine, coarse = reach((a, b) for _, a, b in steps), reach(arcs)
    assert coarse == {node: fine[node] & set(ids) for node in ids}


@settings(max_examples=examples(100))
@given(text=maps())
def test_a_barrier_lets_nobody_through_who_may_not_pass(tmp_path_factory, text):
    path = tmp_path_factory.getbasetemp() / "drawn.osm"
    path.write_text(text, "utf-8")
    steps, _, closed = slow_segments(text)
    if not steps:
        return
    network = osm.read(path)
    cars = (network.arcs.modes & 1) > 0
    base = np.array([str(node).split("/")[0] for node in network.nodes.id])
    # Around a closed barrier no copy of the node has cars on two different stretches.
    for node in np.flatnonzero(np.isin(base, sorted(closed))):
        at = cars & ((network.arcs.tail == node) | (network.arcs.head == node))
        stretches = {
            tuple(sorted((arc, int(network.arcs.twin[arc])))) if network.arcs.twin[arc] >= 0 else (arc,)
            for arc in np.flatnonzero(at).tolist()
        }
        assert len(stretches) <= 1


def test_a_whole_city_is_read_as_the_slow_reader_reads_it(shared_dir):
    path = shared_dir / "data" / "osm" / "monaco.osm.gz"
    network = osm.read(path)
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        compare(stream.read(), network)
    check_shape(network)
