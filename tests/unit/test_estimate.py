"""The quick look's engines: roads and exits of an area, people on them, the plan and what limits it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from safepassage.domain.quick_look import Checkpoint, OffRoadLink, PopulationCell, QuickLook
from safepassage.engines.estimate.area import area_roads
from safepassage.engines.estimate.people import spread
from safepassage.estimating import Estimated, make_estimate
from safepassage.formats.containers import canonical_json
from safepassage.formats.plan import inputs_json, plan_json
from safepassage_verify import verify
from tests.support.town import SOUTH, STEP, WEST, square, town


@pytest.fixture(scope="module")
def network(tmp_path_factory):
    return town(tmp_path_factory.mktemp("town"))


@pytest.fixture
def look():
    return QuickLook(area_name="the middle", area=((square(),),), persons=1_000)


def at(row: float, column: float) -> tuple[int, int]:
    return round((WEST + STEP * column) * 1e7), round((SOUTH + STEP * row) * 1e7)


def verdict(found: Estimated):
    inputs = canonical_json.encode(inputs_json.document(found.problem))
    digest = canonical_json.sha256(inputs)
    plan = plan_json.plan_document(found.plan, inputs_sha256=digest)
    proof = plan_json.certificate_document(found.plan.certificate, inputs_sha256=digest)
    documents = (canonical_json.decode(canonical_json.encode(d)) for d in (plan, proof))
    return verify(canonical_json.decode(inputs), *documents, inputs_bytes=inputs)


class TestRoads:
    def test_exits_are_the_junctions_just_outside(self, network, look):
        roads, problems = area_roads(network, look)
        assert problems == ()
        # Six rows and six columns of streets leave the square on two sides each.
        assert len(roads.exits) == 24
        assert roads.inside.sum() == 36
        assert not roads.inside[roads.exits].any()

    def test_with_named_exits_the_whole_network_is_kept(self, network, look):
        roads, _ = area_roads(network, replace(look, exits=(at(0, 0), at(0, 0.1))))
        assert len(roads.exits) == 1
        assert len(roads.node) == len(network.nodes)

    @pytest.mark.parametrize(
        ("area", "code"),
        [
            (square(-1, 30), "AREA_WITHOUT_EXIT"),
            (square(50, 60), "AREA_BEYOND_MAP"),
            (square(3.2, 3.8), "AREA_WITHOUT_ROADS"),
        ],
    )
    def test_an_area_that_cannot_be_left_is_one_problem(self, network, look, area, code):
        found = make_estimate(network, replace(look, area=((area,),)))
        assert [p.code for p in found if p.severity == "error"] == [code]

    def test_an_area_partly_beyond_the_map_is_told_and_planned(self, network, look):
        found = make_estimate(network, replace(look, area=((square(5.5, 14),),)))
        assert [p.code for p in found.problems] == ["AREA_BEYOND_MAP"]

    def test_an_exit_far_from_any_road_is_a_problem(self, network, look):
        found = make_estimate(network, replace(look, exits=(at(60, 60),)))
        assert [p.code for p in found] == ["EXIT_OFF_NETWORK"]


class TestPeople:
    def test_a_number_is_spread_to_the_last_person_along_local_roads(self, network, look):
        roads, _ = area_roads(network, look)
        people = spread(network, roads, look)
        assert sum(cell.persons for cell in people.cells) == 1_000
        assert people.length_km == pytest.approx(12 * 5 * (0.29 + 0.445) / 2 * 5 / 6, rel=0.5)
        assert all(roads.inside[list(cell.junctions)].all() for cell in people.cells)

    def test_grid_cells_count_by_the_share_that_lies_inside(self, network, look):
        ring = (at(2, 3), at(2, 4), at(3, 4), at(3, 3), at(2, 3))
        cells = (
            PopulationCell(lon_e7=at(4, 4)[0], lat_e7=at(4, 4)[1], persons=70),
            PopulationCell(lon_e7=at(0, 0)[0], lat_e7=at(0, 0)[1], persons=500),
            PopulationCell(lon_e7=at(2.5, 3.5)[0], lat_e7=at(2.5, 3.5)[1], persons=200, rings=(ring,)),
        )
        asked = replace(look, persons=None, cells=cells)
        roads, _ = area_roads(network, asked)
        people = spread(network, roads, asked)
        assert sum(cell.persons for cell in people.cells) == 70 + 100
        assert people.outside_persons == 600

    def test_a_grid_elsewhere_is_one_problem(self, network, look):
        cells = (PopulationCell(lon_e7=0, lat_e7=0, persons=5),)
        found = make_estimate(network, replace(look, persons=None, cells=cells))
        assert [p.code for p in found] == ["GRID_OUTSIDE_AREA"]

    def test_more_cars_than_can_be_planned_one_by_one_are_one_problem(self, network, look):
        found = make_estimate(network, replace(look, persons=2_000_000))
        assert [p.code for p in found] == ["AREA_TOO_POPULOUS"]

    def test_nobody_is_one_problem(self, network, look):
        assert [p.code for p in make_estimate(network, replace(look, persons=0))] == ["AREA_WITHOUT_PEOPLE"]


class TestEstimates:
    def test_the_plan_is_verified_and_near_its_bound(self, network, look):
        found = make_estimate(network, replace(look, persons=30_000))
        assert verdict(found).verified
        row = found.plan.directions[0]
        assert row.persons_served == 30_000
        assert row.clearance_bound_s <= row.clearance_s <= 1.15 * row.clearance_bound_s

    def test_the_same_question_gives_the_same_plan(self, network, look):
        first, second = make_estimate(network, look), make_estimate(network, look)
        assert plan_json.plan_document(first.plan, inputs_sha256="") == plan_json.plan_document(
            second.plan, inputs_sha256=""
        )

    def test_more_people_never_get_a_smaller_bound(self, network, look):
        bounds = [
            make_estimate(network, replace(look, persons=n)).plan.directions[0].clearance_bound_s
            for n in (3_000, 10_000, 40_000)
        ]
        assert bounds == sorted(bounds)

    def test_one_way_out_takes_its_headways(self, network, look):
        """All cars over one checkpoint of 600 vehicles/h before the only exit: 999 headways of 6 s apart."""
        corner = at(0, 0)
        gates = tuple(
            Checkpoint(name=f"gate {k}", lon_e7=p[0], lat_e7=p[1], vehicles_h=300)
            for k, p in enumerate((at(0, 1), at(1, 0)))
        )
        asked = replace(look, persons=3_000, exits=(corner,), checkpoints=gates)
        found = make_estimate(network, asked)
        assert verdict(found).verified
        row = found.plan.directions[0]
        assert 499 * 12 <= row.clearance_bound_s <= row.clearance_s <= 499 * 12 + 900
        assert "gate 0" in found.sheet.bottleneck
        assert "600 vehicles/hour" in found.sheet.bottleneck

    def test_a_train_takes_those_who_can_walk_to_it(self, network, look):
        corner = at(0, 0)
        gate = tuple(
            Checkpoint(name="gate", lon_e7=p[0], lat_e7=p[1], vehicles_h=60) for p in (at(0, 1), at(1, 0))
        )
        lon, lat = at(5, 5)
        train = OffRoadLink(
            name="station", mode="train", lon_e7=lon, lat_e7=lat, travel_s=1_800,
            departures=((3_600, 400), (7_200, 400)),
        )  # fmt: skip
        asked = replace(look, persons=3_000, exits=(corner,), checkpoints=gate)
        without, with_train = (make_estimate(network, q) for q in (asked, replace(asked, links=(train,))))
        assert verdict(with_train).verified
        # Who rides was chosen by the plan: what is proved must hold for any choice.
        assert {b.commodity for b in with_train.plan.certificate.bounds} == {"persons"}
        assert 760 <= with_train.sheet.by_link <= 800
        assert with_train.sheet.clearance_s < without.sheet.clearance_s
        assert with_train.sheet.bound_s < without.sheet.bound_s

    @pytest.mark.parametrize("links", [False, True])
    def test_without_a_solver_it_still_stands_with_weaker_bounds(self, network, look, links):
        lon, lat = at(5, 5)
        gate = tuple(
            Checkpoint(name="gate", lon_e7=p[0], lat_e7=p[1], vehicles_h=60) for p in (at(0, 1), at(1, 0))
        )
        bridge = OffRoadLink(name="bridge", mode="foot", lon_e7=lon, lat_e7=lat, travel_s=120, persons_h=900)
        asked = replace(look, persons=3_000, exits=(at(0, 0),), checkpoints=gate)
        asked = replace(asked, links=(bridge,)) if links else asked
        best, asked_for = make_estimate(network, asked), []

        def lost(what, _task, *_arguments, **_options):
            asked_for.append(what)
            return lambda: None

        found = make_estimate(network, asked, begin=lost)
        assert [asked_for[0], asked_for[-1]] == ["the best ways over links", "the best cuts"]
        assert verdict(found).verified
        assert found.sheet.served == 3_000
        assert 0 < found.sheet.bound_s <= best.sheet.bound_s
        assert (found.sheet.by_link > 0) == links

    def test_a_footbridge_lets_its_persons_per_hour_through(self, network, look):
        lon, lat = at(5, 5)
        gate = tuple(
            Checkpoint(name="gate", lon_e7=p[0], lat_e7=p[1], vehicles_h=60) for p in (at(0, 1), at(1, 0))
        )
        bridge = OffRoadLink(
            name="bridge", mode="foot", lon_e7=lon, lat_e7=lat, travel_s=120, persons_h=1_200
        )
        asked = replace(look, persons=3_000, exits=(at(0, 0),), checkpoints=gate, links=(bridge,))
        found = make_estimate(network, asked)
        assert verdict(found).verified
        assert found.sheet.by_link > 1_500
        assert found.sheet.served == 3_000

    def test_the_sheet_adds_up(self, network, look):
        page = make_estimate(network, look).sheet
        assert sum(row.persons for row in page.exits) == page.served == 1_000
        assert page.arrivals[-1] == (page.clearance_s, 1_000)
        counts = np.asarray([n for _, n in page.arrivals])
        assert (np.diff(counts) > 0).all()
        assert sum(row.persons for row in page.starts) == 1_000
        assert all(0 <= arc < len(network.arcs) for arc, _ in page.flows)
