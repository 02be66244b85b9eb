"""What reported statuses and areas do to roads, and for how long."""

from __future__ import annotations

import numpy as np
import pytest

from safepassage.domain.case import AreaKind, RoadSelector, RoadStatusWord, SelectorKind
from safepassage.domain.timed_network import HazardPiece, Piece, hazard_pieces
from safepassage.engines.overlay.effects import Effect, closed_outside, pieces
from tests.support.planned import accepted, laid
from tests.support.sketch import SAID, Sketch, window

Word = RoadStatusWord
BASE = Piece(from_s=0, until_s=100, capacity_mveh_h=1_000, persons_h=60, travel_s=10)


def line(**settings):
    sketch = Sketch(3, **settings)
    sketch.road(0, 1, travel_s=100, cars_h=100)
    sketch.road(1, 2, travel_s=100, cars_h=100)
    sketch.town("home", 0, 10)
    sketch.site("camp", 2)
    return sketch


def state(sketch, arc=0):
    """Return (from, until, cars/h, travel time) pieces of an arc."""
    timed = laid(sketch).problem.network
    if arc in timed.profiles:
        return [(p.from_s, p.until_s, p.capacity_mveh_h // 1_000, p.travel_s) for p in timed.profiles[arc]]
    return [
        (0, timed.horizon_s, int(timed.arcs.capacity_mveh_h[arc]) // 1_000, int(timed.arcs.travel_s[arc]))
    ]


class TestWords:
    @pytest.mark.parametrize(
        ("word", "settings", "cars_h", "travel_s"),
        [
            (Word.PASSABLE, {}, 100, 100),
            (Word.UNSPECIFIED, {}, 100, 100),
            (Word.ALTERNATIVE_ROUTE, {}, 100, 100),
            (Word.ALTERNATIVE_ROUTE, {"alternative_route_use": False}, 0, 100),
            (Word.NOT_PASSABLE, {}, 0, 100),
            (Word.UNKNOWN, {}, 50, 143),
            (Word.UNKNOWN, {"unknown_speed_permille": 1_000, "unknown_capacity_permille": 900}, 90, 100),
            (Word.UNKNOWN, {"unknown_use": False}, 0, 143),
            (Word.UNKNOWN, {"unknown_speed_permille": 0}, 0, 100),
            (Word.RESTRICTED, {}, 50, 200),
            (Word.RESTRICTED, {"restricted_use": False}, 0, 200),
        ],
    )
    def test_what_a_word_does_to_both_ways_of_a_road(self, word, settings, cars_h, travel_s):
        sketch = line(**settings)
        sketch.status(word, "l0")
        assert state(sketch, 0) == state(sketch, 1) == [(0, 7_200, cars_h, travel_s)]
        assert state(sketch, 2) == [(0, 7_200, 100, 100)]

    def test_stated_figures_take_the_place_of_the_derating(self):
        sketch = line()
        sketch.status(Word.RESTRICTED, "l0", speed_kmh=18, capacity_veh_h=70)
        assert state(sketch) == [(0, 7_200, 70, 200)]

    def test_a_stated_speed_makes_no_road_faster_nor_a_stated_capacity_wider(self):
        sketch = line()
        sketch.status(Word.PASSABLE, "l0", speed_kmh=120, capacity_veh_h=500)
        assert state(sketch) == [(0, 7_200, 100, 100)]

    def test_persons_per_hour_are_derated_with_the_road(self):
        sketch = line()
        sketch.road(0, 2, persons_h=80)
        sketch.status(Word.UNKNOWN, "l2")
        assert laid(sketch).problem.network.arcs.persons_h[4] == 40


class TestIntervals:
    def test_a_status_holds_in_its_interval_only(self):
        sketch = line()
        sketch.status(Word.NOT_PASSABLE, "l0", interval=window(1_000, 2_000))
        assert state(sketch) == [(0, 1_000, 100, 100), (1_000, 2_000, 0, 100), (2_000, 7_200, 100, 100)]

    def test_an_interval_is_clipped_to_the_grid(self):
        sketch = line()
        sketch.status(Word.NOT_PASSABLE, "l0", interval=window(-500, 2_000))
        sketch.status(Word.NOT_PASSABLE, "l1", interval=window(5_000, 90_000))
        assert state(sketch, 0) == [(0, 2_000, 0, 100), (2_000, 7_200, 100, 100)]
        assert state(sketch, 2) == [(0, 5_000, 100, 100), (5_000, 7_200, 0, 100)]

    def test_a_status_wholly_outside_the_grid_is_shown_and_does_nothing(self):
        sketch = line()
        sketch.status(Word.NOT_PASSABLE, "l0", interval=window(8_000, 9_000), max_weight_kg=1_000)
        row = laid(sketch).modifications[0]
        assert not row.used
        assert state(sketch) == [(0, 7_200, 100, 100)]
        assert laid(sketch).problem.network.arcs.max_weight_kg[0] == -1

    def test_where_statuses_overlap_the_strictest_closure_speed_and_capacity_win(self):
        sketch = line()
        sketch.status(Word.RESTRICTED, "l0", interval=window(0, 3_000))
        sketch.status(Word.UNKNOWN, "l0", interval=window(1_000, 4_000))
        sketch.status(Word.NOT_PASSABLE, "l0", interval=window(2_000, 2_500))
        assert state(sketch) == [
            (0, 2_000, 50, 200), (2_000, 2_500, 0, 200), (2_500, 3_000, 50, 200),
            (3_000, 4_000, 50, 143), (4_000, 7_200, 100, 100),
        ]  # fmt: skip

    def test_cars_have_left_the_road_when_it_closes_and_wait_till_it_opens(self):
        sketch = line()
        sketch.rows["demand"].clear()
        sketch.people("home", 4)
        sketch.status(Word.NOT_PASSABLE, "l0", interval=window(172, 3_600))
        # Entries every 36 s at 100 cars/h: the third would leave l0 in second 172, just as it closes.
        assert accepted(sketch).departures("home") == [0, 36, 72, 3_600]


class TestWeight:
    def test_the_lowest_limit_counts(self):
        sketch = line()
        sketch.road(0, 2, max_weight_kg=3_000)
        sketch.status(Word.RESTRICTED, "l2", max_weight_kg=5_000)
        sketch.status(Word.RESTRICTED, "l0", max_weight_kg=4_000)
        sketch.status(Word.RESTRICTED, "l0", max_weight_kg=2_500)
        limits = laid(sketch).problem.network.arcs.max_weight_kg
        assert (limits[0], limits[2], limits[4]) == (2_500, -1, 3_000)

    def test_no_heavy_bus_crosses_and_the_limit_is_told(self):
        sketch = line()
        sketch.people("home", 5, group="needs_transport")
        sketch.buses("heavy", "home", weight_kg=12_000)
        sketch.status(Word.RESTRICTED, "l0", max_weight_kg=7_500)
        found = accepted(sketch)
        assert sum(found.reasons().values()) == 5
        assert "up to 7,500 kg" in found.plan["modifications"][0]["text"]

    def test_a_limit_for_some_hours_is_kept_in_all_and_says_so(self):
        """Weight limits do not change with time in the model: the strict reading is planned."""
        sketch = line()
        sketch.status(Word.RESTRICTED, "l0", max_weight_kg=7_500, interval=window(0, 600))
        assert laid(sketch).problem.network.arcs.max_weight_kg[0] == 7_500
        assert "for all hours" in laid(sketch).modifications[0].text


class TestAreas:
    def test_hazard_counts_for_the_share_of_the_road_inside(self):
        sketch = line()
        sketch.area(0.75, 3, 40_000)
        hazard = laid(sketch).problem.network.hazard
        assert {arc: [p.ppm for p in rows] for arc, rows in hazard.items()} == {
            0: [10_000], 1: [10_000], 2: [40_000], 3: [40_000],
        }  # fmt: skip
        assert (hazard[0][0].from_s, hazard[0][0].until_s) == (0, 7_200)

    @pytest.mark.parametrize(("layer", "ppm"), [("low", 20_000), ("central", 40_000), ("high", 80_000)])
    def test_the_setting_chooses_the_layer(self, layer, ppm):
        sketch = line(hazard_layer=layer)
        sketch.area(-0.5, 0.5 + 1, 40_000)
        assert laid(sketch).problem.network.hazard[0][0].ppm == ppm

    def test_where_hazards_overlap_the_highest_counts(self):
        sketch = line()
        sketch.area(-1, 1.5, 10_000, interval=window(0, 2_000))
        sketch.area(-1, 1.5, 30_000, interval=window(1_000, 3_000))
        pieces_of = laid(sketch).problem.network.hazard[0]
        assert [(p.from_s, p.until_s, p.ppm) for p in pieces_of] == [
            (0, 1_000, 10_000), (1_000, 3_000, 30_000),
        ]  # fmt: skip

    def test_a_no_go_area_closes_every_road_that_touches_it_in_its_interval(self):
        sketch = line()
        sketch.area(0.4, 0.6, kind=AreaKind.NO_GO, interval=window(0, 600))
        assert state(sketch, 0) == [(0, 600, 0, 100), (600, 7_200, 100, 100)]
        assert state(sketch, 2) == [(0, 7_200, 100, 100)]

    @pytest.mark.parametrize("kind", [AreaKind.ANNOUNCED_ZONE, AreaKind.PROTECTED_ZONE])
    def test_a_zone_without_hazard_is_shown_and_changes_nothing(self, kind):
        sketch = line()
        sketch.area(-1, 3, kind=kind)
        overlaid = laid(sketch)
        assert (overlaid.modifications[0].used, dict(overlaid.problem.network.hazard)) == (False, {})

    def test_a_crossing_in_an_area_shares_its_fate(self):
        """Who waits at a crossing in a reported hazard is exposed there; one in a no-go area is closed."""
        sketch = line()
        sketch.crossing("post", 1, vehicles_h=60)
        sketch.area(0.9, 1.1, 5_000)
        assert laid(sketch).problem.network.hazard[4] == (HazardPiece(from_s=0, until_s=7_200, ppm=5_000),)
        sketch.area(0.9, 1.1, kind=AreaKind.NO_GO)
        assert state(sketch, 4) == [(0, 7_200, 0, 60)]

    def test_exposure_is_hazard_times_seconds_of_everybody(self):
        sketch = line()
        sketch.area(-1, 0.5, 40_000)
        assert accepted(sketch).direction("west")["exposure_person_ppm_s"] == 10 * 100 * 20_000


class TestSelectors:
    def find(self, kind, value, sketch=None):
        sketch = sketch or line()
        sketch.rows["road_statuses"].clear()
        sketch.status(Word.NOT_PASSABLE)
        row = sketch.rows["road_statuses"].pop()
        selector = (RoadSelector(kind=kind, value=value),)
        sketch.rows["road_statuses"].append(type(row)(id="r", roads=selector, status=row.status))
        return laid(sketch)

    def test_a_link(self):
        assert self.find(SelectorKind.LINK, "l1").modifications[0].arcs == (2, 3)

    def test_the_road_nearest_a_point_both_ways(self):
        assert self.find(SelectorKind.NEAR, "0.001,0.005").modifications[0].arcs == (0, 1)

    def test_no_road_within_500_m_of_a_point(self):
        found = self.find(SelectorKind.NEAR, "0.006,0.005")
        assert [p.code for p in found.problems] == ["ROAD_NOT_FOUND"]
        assert found.modifications[0].arcs == ()

    def test_a_crossing_by_its_place(self):
        sketch = line()
        sketch.crossing("post", 1)
        assert self.find(SelectorKind.PLACE, "post", sketch).modifications[-1].arcs == (4,)

    def test_all_roads_at_a_place_that_is_no_crossing(self):
        assert self.find(SelectorKind.PLACE, "home").modifications[0].arcs == (0, 1)

    def test_the_roads_of_an_area(self):
        sketch = line()
        area = sketch.area(1.2, 1.4)
        assert self.find(SelectorKind.AREA, area, sketch).modifications[0].arcs == (2, 3)

    @pytest.mark.parametrize(
        "kind", [SelectorKind.LINK, SelectorKind.WAY, SelectorKind.REF, SelectorKind.NAME]
    )
    def test_what_points_nowhere_is_reported_and_has_no_effect(self, kind):
        found = self.find(kind, "nowhere")
        assert [(p.code, p.severity) for p in found.problems] == [("ROAD_NOT_FOUND", "warning")]
        assert not found.problem.network.profiles
        row = found.modifications[0]
        assert not row.used
        assert row.text.endswith("; no such road in the network, no effect")

    def test_names_and_numbers_are_compared_part_by_part_without_regard_to_case(self):
        from dataclasses import replace

        from safepassage.engines.overlay.selectors import RoadFinder

        network = line().network()
        arcs = replace(network.arcs, ref=np.array([1, 1, 2, 2]), name=np.array([3, 3, 0, 0]))
        network = replace(network, arcs=arcs, names=("", "E38;H-07", "E3", "вулиця Миру"))
        finder = RoadFinder(network=network, areas={}, gate_arcs={}, place_nodes={})

        def find(kind, value):
            return finder.find(RoadSelector(kind=kind, value=value))

        assert find(SelectorKind.REF, "h-07") == find(SelectorKind.REF, "E38") == [0, 1]
        assert find(SelectorKind.REF, "E3") == [2, 3]
        assert find(SelectorKind.NAME, "ВУЛИЦЯ МИРУ") == [0, 1]
        assert find(SelectorKind.NAME, "") == []

    @pytest.mark.parametrize("written", ["CG-3", "CG3", "cg 3", "CG \u2013 3"])
    @pytest.mark.parametrize("mapped", ["CG-3", "CG 3", "CG3;CG-3i"])
    def test_a_road_number_is_the_same_with_hyphen_blank_or_nothing_before_its_digits(self, written, mapped):
        assert self.by_number(mapped, written) == [0, 1]

    @pytest.mark.parametrize(("mapped", "written"), [("A1-1", "A11"), ("CG-3", "CG-33"), ("CG-3", "3")])
    def test_other_numbers_are_other_roads(self, mapped, written):
        assert self.by_number(mapped, written) == []

    @staticmethod
    def by_number(mapped, written):
        from dataclasses import replace

        from safepassage.engines.overlay.selectors import RoadFinder

        network = line().network()
        arcs = replace(network.arcs, ref=np.array([1, 1, 2, 2]))
        network = replace(network, arcs=arcs, names=("", mapped, "B9"))
        finder = RoadFinder(network=network, areas={}, gate_arcs={}, place_nodes={})
        return finder.find(RoadSelector(kind=SelectorKind.REF, value=written))


class TestModifications:
    def test_they_stand_in_their_order_with_source_and_span(self):
        sketch = line()
        sketch.crossing("post", 1, open_windows=(window(0, 600),))
        sketch.arrangement(window(10, 20), places=("post",))
        sketch.area(-1, 1, 10_000)
        sketch.status(Word.UNKNOWN, "l0", interval=window(5, 9_000), provenance=SAID)
        sketch.transit("home", "camp")
        rows = laid(sketch).modifications
        assert [m.id for m in rows] == ["hours-post", "t0", "r0", "h0", "a0"]
        assert (rows[2].source, rows[2].from_s, rows[2].to_s) == ("somebody", 5, 7_200)
        assert rows[2].text.startswith("l0: ")


class TestEffects:
    def test_pieces_cover_the_grid_and_equal_ones_are_joined(self):
        slow = [
            Effect(from_s=10, until_s=20, speed_permille=500),
            Effect(from_s=20, until_s=30, speed_permille=500),
        ]
        found = pieces(BASE, slow, 100)
        assert [(p.from_s, p.until_s, p.travel_s) for p in found] == [
            (0, 10, 10),
            (10, 30, 20),
            (30, 100, 10),
        ]

    def test_travel_times_are_rounded_up(self):
        found = pieces(BASE, [Effect(from_s=0, until_s=100, speed_permille=999)], 100)
        assert found[0].travel_s == 11

    def test_closed_pieces_are_joined_whatever_else_differs(self):
        closed = [
            Effect(from_s=0, until_s=50, closed=True),
            Effect(from_s=50, until_s=100, closed=True, travel_s=77),
        ]
        assert [(p.capacity_mveh_h, p.persons_h) for p in pieces(BASE, closed, 100)] == [(0, 0)]

    def test_everything_is_closed_outside_overlapping_windows(self):
        found = closed_outside([window(30, 50), window(-5, 10), window(40, 60), window(99, 300)], 100)
        assert [(e.from_s, e.until_s) for e in found] == [(10, 30), (60, 99)]

    def test_hazard_pieces_are_disjoint_and_joined(self):
        claims = [(0, 10, 5), (10, 20, 5), (15, 30, 3), (-50, 2, 9), (90, 500, 1)]
        assert [(p.from_s, p.until_s, p.ppm) for p in hazard_pieces(claims, 100)] == [
            (0, 2, 9), (2, 20, 5), (20, 30, 3), (90, 100, 1),
        ]  # fmt: skip


@pytest.mark.parametrize(
    ("permille", "cars_h", "kept_mveh_h"), [(800, 600, 480_000), (999, 9_000, 8_991_000)]
)
def test_roads_are_planned_with_a_share_of_their_capacity_and_the_plan_says_so(permille, cars_h, kept_mveh_h):
    sketch = Sketch(2, road_capacity_permille=permille)
    sketch.road(0, 1, cars_h=cars_h)
    sketch.town("home", 0, 5)
    sketch.site("camp", 1)
    made = accepted(sketch)
    arcs = made.planned.problem.network.arcs
    assert set(arcs.capacity_mveh_h[:2].tolist()) == {kept_mveh_h}
    assert f"every road at {permille / 10:g} % of its capacity" in [row["text"] for row in made.plan["basis"]]
