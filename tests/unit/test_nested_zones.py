"""Versions of one zone: what they share, what any holds, each alone; never an outline from a figure."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import Polygon

from safepassage.cli.claims.zones_weighed import zone_lines, zone_rows
from safepassage.domain.case import Area, AreaKind, Provenance
from safepassage.domain.situation import Situation
from safepassage.engines.nested_zones import read_as, readings, zones
from safepassage.kernels.graphs.polygons import common_and_all
from safepassage.planning import StoppingRule, make_plan
from safepassage.testing.small_cases import random_small_case


def square(west, south, size=10):
    return (
        (west, south),
        (west + size, south),
        (west + size, south + size),
        (west, south + size),
        (west, south),
    )


def version(name, *ring, **values):
    base = Area(id=name, kind=AreaKind.NO_GO, name="Zone", polygons=((ring[0],),), version_of="ford",
                provenance=Provenance(source=f"source {name}"))  # fmt: skip
    return replace(base, **values)


def case_with(*areas):
    case, network = random_small_case(1)
    return replace(case, areas=(*case.areas, *areas)), network


def area_of(polygons):
    return sum(Polygon(rings[0], rings[1:]).area for rings in polygons)


def test_one_version_is_no_zone_of_several():
    assert zones(case_with(version("a", square(0, 0)))[0]) == ()
    case, _ = case_with(version("a", square(0, 0)), version("b", square(5, 0)))
    assert zones(case) == ("ford",)


def test_common_part_whole_and_each_alone_with_whose_word_they_are():
    case, _ = case_with(version("a", square(0, 0)), version("b", square(5, 0)))
    common, whole, first, second = readings(case, "ford")
    assert area_of(common.areas[0].polygons) == 50
    assert area_of(whole.areas[0].polygons) == 150
    assert common.sources == whole.sources == ("source a", "source b")
    assert (first.sources, second.sources) == (("source a",), ("source b",))
    assert "source a, source b" in common.areas[0].provenance.source


def test_versions_that_do_not_meet_have_nothing_in_common():
    case, _ = case_with(version("a", square(0, 0)), version("b", square(10, 0)), version("c", square(50, 50)))
    common, whole, *_ = readings(case, "ford")
    assert common.areas == ()
    assert len(whole.areas[0].polygons) == 2
    assert [a.version_of for a in read_as(case, common).areas if a.version_of] == []


def test_a_hazard_has_the_least_in_common_and_the_greatest_in_all():
    low = version("a", square(0, 0), kind=AreaKind.REPORTED_HAZARD, hazard_ppm=10, hazard_high_ppm=30)
    high = version("b", square(0, 0), kind=AreaKind.REPORTED_HAZARD, hazard_low_ppm=5, hazard_ppm=20,
                   hazard_high_ppm=25)  # fmt: skip
    common, whole, *_ = readings(case_with(low, high)[0], "ford")
    assert (common.areas[0].hazard_low_ppm, common.areas[0].hazard_high_ppm) == (0, 25)
    assert (whole.areas[0].hazard_low_ppm, whole.areas[0].hazard_ppm) == (5, 20)


@given(
    st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30), st.integers(1, 30)), min_size=1, max_size=5)
)
def test_the_common_part_lies_in_every_version_and_every_version_in_the_whole(squares):
    areas = [((square(x, y, size),),) for x, y, size in squares]
    common, whole = common_and_all(areas)
    for ((ring,),) in areas:
        version_ = Polygon(ring)
        assert all(version_.covers(Polygon(rings[0], rings[1:])) for rings in common)
        covered = sum(version_.intersection(Polygon(rings[0], rings[1:])).area for rings in whole)
        assert covered == version_.area


@pytest.mark.slow
def test_the_plan_is_made_under_each_reading_and_says_whether_it_is_the_same():
    bare, network = random_small_case(1)
    lon, lat = network.nodes.lon_e7.astype(int), network.nodes.lat_e7.astype(int)
    far = square(int(lon.max()) + 10**7, int(lat.max()) + 10**7)
    everywhere = square(int(lon.min()) - 10**6, int(lat.min()) - 10**6, 10**8)

    def rows(*areas):
        case = replace(bare, areas=(*bare.areas, *areas))
        planned = make_plan(network, Situation(case=case))
        return zone_rows(network, case, planned, stop=StoppingRule(work=case.settings.work_limit), seed=0)

    [same] = rows(version("a", far), version("b", far))
    assert same["statement"].startswith("The plan is the same under each version")
    assert len(same["readings"]) == 4
    [other] = rows(version("a", far), version("b", everywhere))
    assert "not the same" in other["statement"]
    # The plan keeps to all versions at once, so the whole is never what differs.
    assert [r["same"] for r in other["readings"]] == [False, True, False, True]
    assert any("the plan changes" in line for line in zone_lines([other]))
