"""The map is true to scale, its labels do not overlap, and nothing on it stands without its source."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safepassage.domain.case import AreaKind
from safepassage.domain.map_layers import MapArea, MapLayers
from safepassage.domain.release import Audience
from safepassage.engines.release import release
from safepassage.formats.facts.movements import Movements
from safepassage.formats.facts.people_facts import PeopleFacts
from safepassage.formats.facts.register import Register
from safepassage.formats.maps.map_drawing import PlanMap
from safepassage.formats.maps.map_flows import WIDEST_PX, Chain, FlowLines, draw_chains, offset, width_of
from safepassage.formats.maps.map_frame import MapFrame, along, length, middle
from safepassage.formats.maps.map_labels import Label, LabelPlacer, around, text_width
from safepassage.formats.maps.map_roads import CLOSED, RESTRICTED, UNKNOWN, state_of
from safepassage.testing.sample_documents import sample_documents, sample_layers, sealed

DOCUMENTS = sample_documents()
LAYERS = sample_layers()


def draw(documents=DOCUMENTS, layers=LAYERS):
    given_release = release(*documents, Audience.PLANNING_TEAM)
    register = Register(given_release)
    movements = Movements(given_release, register)
    people = PeopleFacts(given_release, register, movements)
    return PlanMap(given_release, layers, register=register, movements=movements, people=people).draw()


def with_places(change):
    inputs, plan, certificate, _ = DOCUMENTS
    return sealed(inputs | {"places": [change(row) for row in inputs["places"]]}, plan, certificate)


class Texts(HTMLParser):
    """Collects labels as (class, text)."""

    def __init__(self, markup):
        super().__init__()
        self.labels, self.style = [], ""
        self.feed(markup)

    def handle_starttag(self, tag, attrs):
        if tag == "text":
            self.style = dict(attrs).get("class", "")
            self.labels.append([self.style, ""])

    def handle_data(self, data):
        if self.labels and data.strip():
            self.labels[-1][1] += (" " if self.labels[-1][1] else "") + data


@pytest.fixture(scope="module")
def drawn():
    return draw()


@pytest.fixture(scope="module")
def labels(drawn):
    return [(style, text) for style, text in Texts(drawn.picture).labels if style]


coordinate = st.tuples(st.integers(-1_790_000_000, 1_790_000_000), st.integers(-850_000_000, 850_000_000))


@given(st.lists(coordinate, min_size=1, max_size=6))
def test_every_point_lies_in_the_frame(points):
    frame = MapFrame.around(points, width=900)
    assert all(frame.holds(frame.spot(point), 5) for point in points)
    assert 0.5 <= frame.height / frame.width <= 0.87


def test_the_scale_is_the_same_both_ways_and_true():
    frame = MapFrame.around([(350_000_000, 510_000_000), (360_000_000, 512_000_000)], width=900)
    (x0, y0), (x1, y1) = frame.spot((355_000_000, 511_000_000)), frame.spot((355_000_000, 511_100_000))
    assert x0 == x1
    assert (y0 - y1) * frame.km_per_px == pytest.approx(1.112, abs=0.001)
    east = frame.spot((355_100_000, 511_000_000))[0]
    assert (east - x0) * frame.km_per_px == pytest.approx(1.112 * math.cos(math.radians(51.1)), abs=0.001)


def test_the_right_of_the_way_is_drawn_on_its_right():
    northwards = [(10.0, 100.0), (10.0, 0.0)]
    assert offset(northwards, 4) == [pytest.approx((14, 100)), pytest.approx((14, 0))]
    assert offset(northwards[::-1], 4) == [pytest.approx((6, 0)), pytest.approx((6, 100))]
    corner = offset([(0.0, 0.0), (100.0, 0.0), (100.0, 100.0)], 5)
    assert corner[1] == pytest.approx((95, 5))


def test_points_along_a_line():
    line = [(0.0, 0.0), (3.0, 4.0), (3.0, 14.0)]
    assert length(line) == 15
    assert middle(line) == pytest.approx((3, 6.5))
    assert [spot for spot, _ in along(line, [0, 5, 15])] == [(0, 0), (3, 4), (3, 14)]
    assert along([(1.0, 1.0), (1.0, 1.0)], [0.0]) == [((1.0, 1.0), 0.0)]


def test_wider_lines_carry_more():
    widths = [width_of(persons) for persons in (0, 1, 100, 101, 2_000, 5_000, 5_001, 10**9)]
    assert widths == sorted(widths)
    assert len(set(widths)) == 6
    assert widths[-1] == WIDEST_PX


def test_two_directions_on_one_road_lie_beside_each_other():
    frame = MapFrame.around([(0, 0), (10_000_000, 0)], width=900)

    class Straight:
        def arcs(self, run):
            return [(0, 0), (10_000_000, 0)] if run[0] == 0 else [(10_000_000, 0), (0, 0)]

    flows = {0: {0: 400, 1: 3000}, 1: {1: 50}}
    chains = FlowLines(flows, {0: (0, 1), 1: (1, 0)}).chains(frame, Straight())
    bands = sorted(
        (chain.spots[0][1] - chain.width / 2, chain.spots[0][1] + chain.width / 2) for chain in chains
    )
    assert len(bands) == 3
    assert all(upper <= lower for (_, upper), (lower, _) in pairwise(bands))


def test_chains_end_where_the_width_changes_and_keep_every_arc():
    class Steps:
        def arcs(self, run):
            return [(arc * 1_000_000, 0) for arc in (*run, run[-1] + 1)]

    frame = MapFrame.around([(0, 0), (6_000_000, 0)], width=900)
    flows = {0: {0: 40}, 1: {0: 40}, 2: {0: 700}, 3: {0: 700}, 4: {0: 700}}
    chains = FlowLines(flows, {arc: (arc, arc + 1) for arc in flows}).chains(frame, Steps())
    assert [(chain.persons, len(chain.spots)) for chain in chains] == [(40, 3), (700, 4)]


def test_directions_differ_by_more_than_colour():
    line = ((0.0, 0.0), (200.0, 0.0))
    first, second = (
        "".join(draw_chains([Chain(direction=d, persons=900, width=6, spots=line)])) for d in (0, 1)
    )
    assert 'class="core"' in second
    assert 'class="core"' not in first
    assert "#arrow0" in first
    assert "#arrow1" in second


@given(
    st.lists(st.tuples(st.floats(0, 300), st.floats(0, 200), st.integers(1, 24)), max_size=25),
    st.integers(0, 12),
)
def test_labels_never_overlap(places, radius):
    placer = LabelPlacer(300, 200)
    taken = []
    for x, y, letters in places:
        label = Label(lines=("m" * letters,), size=11, style="label")
        before = len(placer._taken)
        if placer.place(label, around(label, (x, y), radius)):
            taken.append(placer._taken[before])
    for i, a in enumerate(taken):
        assert a[0] >= 0
        assert a[1] >= 0
        assert a[2] <= 300
        assert a[3] <= 200
        for b in taken[:i]:
            assert a[2] - 4 <= b[0] or b[2] - 4 <= a[0] or a[3] - 2 <= b[1] or b[3] - 2 <= a[1]


def test_a_label_avoids_what_is_drawn():
    placer, label = LabelPlacer(300, 200), Label(lines=("Oakford",), size=11, style="label")
    placer.add_ink([(x, y) for x in range(155, 260, 4) for y in range(92, 110, 4)], weight=3)
    text = placer.place(label, around(label, (150, 100), 4))
    assert 'text-anchor="end"' in text
    free = LabelPlacer(300, 200).place(label, around(label, (150, 100), 4))
    assert 'text-anchor="start"' in free


def test_text_width_knows_broad_and_narrow_letters():
    assert (
        text_width("illi", 10) < text_width("nnnn", 10) < text_width("ШЩЖЮ", 10) < text_width("漢字漢字", 10)
    )


@pytest.mark.parametrize(
    ("kind", "text", "state"),
    [
        ("road_status", "Seym bridge: NOT_PASSABLE", CLOSED),
        ("road_status", "Closed Lane, CLOSED: PASSABLE", ""),
        ("road_status", "R200: RESTRICTED", RESTRICTED),
        ("road_status", "R200: UNKNOWN", UNKNOWN),
        ("road_status", "R200: reported not passable", CLOSED),
        ("road_status", "Seym bridge: reported restricted, up to 7,500 kg", RESTRICTED),
        ("road_status", "reported restricted: status unknown, up to 3,500 kg", UNKNOWN),
        ("road_status", "R200: reported passable", ""),
        ("border_status", "Crossing: CLOSED; opened by an arrangement", CLOSED),
        ("status NOT_PASSABLE", "a bridge", CLOSED),
        ("window", "Crossing: CLOSED", ""),
    ],
)
def test_states_of_roads_are_read_from_their_status_word(kind, text, state):
    assert state_of(kind, text) == state


def test_every_settlement_and_site_has_its_name_on_the_map(drawn, labels):
    homes = {text for style, text in labels if "home" in style}
    names = {row["name"] for row in DOCUMENTS[0]["places"] if row["kind"] == "settlement"}
    assert len(names - homes) == drawn.names_left_out <= 1
    sites = [text for style, text in labels if "site" in style]
    assert any(re.fullmatch(r"Fenwick school [\d,]+ of 2,600 places", text) for text in sites)
    assert len(sites) == 4


def test_crossings_say_when_they_are_open(labels):
    gates = {text for style, text in labels if "gate" in style}
    assert gates == {"Hallow Bridge crossing open 07:00–15:00", "Quarry Pass crossing open 08:00–19:00"}


def test_every_area_stands_with_its_source(labels):
    areas = " | ".join(text for style, text in labels if "word-of" in style)
    assert "announced by Party B not agreed" in areas
    assert "reported by district duty officer" in areas
    assert "reported by spokesperson of Party B" in areas


def test_states_are_told_in_words_too(drawn, labels):
    told = {text for style, text in labels if "told" in style}
    assert told == {"reported not passable", "status unknown"}
    assert {
        "closed",
        "unknown",
        "announced_zone",
        "reported_hazard",
        "crossing",
        "depot",
        "border",
    } <= drawn.legend


def test_a_far_site_is_shown_at_the_edge_with_its_distance():
    inputs, plan, certificate, _ = DOCUMENTS
    node = next(row["node"] for row in inputs["places"] if row["id"] == "fenwick")
    lon = list(inputs["network"]["nodes"]["lon_e7"])
    lon[node] -= 60_000_000
    nodes = inputs["network"]["nodes"] | {"lon_e7": lon}
    changed = sealed(inputs | {"network": inputs["network"] | {"nodes": nodes}}, plan, certificate)
    picture = Texts(draw(changed).picture)
    assert any(re.search(r"about \d{3} km beyond this map", text) for _, text in picture.labels)


def test_without_layers_and_without_any_route_there_is_still_a_map():
    empty = draw(with_places(lambda row: row | {"node": -1, "pickup_node": -1}), MapLayers())
    assert empty.picture.startswith("<svg")
    assert draw(layers=MapLayers()).legend >= {"closed", "crossing"}


def test_a_crowd_in_one_spot_is_drawn_and_what_is_left_out_is_counted():
    inputs, plan, certificate, _ = DOCUMENTS
    count = len(inputs["network"]["nodes"]["id"])
    nodes = {
        "id": inputs["network"]["nodes"]["id"],
        "lon_e7": [300_000_000] * count,
        "lat_e7": [500_000_000] * count,
    }
    together = sealed(inputs | {"network": inputs["network"] | {"nodes": nodes}}, plan, certificate)
    assert draw(together, MapLayers()).names_left_out > 0


def test_names_cannot_become_markup():
    hostile = "<script>alert(1)</script>\"'&"
    documents = with_places(lambda row: row | {"name": f"{hostile}{row['id']}"})
    areas = tuple(
        replace(area, name=hostile, source=hostile, announced_by=hostile, purposes=hostile)
        for area in LAYERS.areas
    )
    layers = MapLayers(road_class=LAYERS.road_class, areas=areas)
    picture = draw(documents, layers).picture
    assert "<script" not in picture
    assert "&lt;script&gt;" in picture


def test_an_area_ring_has_to_be_closed():
    ring = ((0, 0), (1, 0), (1, 1), (0, 1))
    with pytest.raises(ValueError, match="must be closed"):
        MapArea(id="a", kind=AreaKind.NO_GO, name="a", polygons=((ring,),), source="s")


def test_arcs_after_the_stated_classes_do_not_spoil_them():
    """The overlay adds gates and links behind the arcs of the baseline."""
    layers = MapLayers(road_class=LAYERS.road_class[:-9])
    picture = draw(layers=layers).picture
    for style in ("major", "mid", "rail"):
        assert f'class="road {style}"' in picture
