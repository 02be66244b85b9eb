"""The one table of assumptions: complete, sourced, and printed as it is."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from safepassage.domain import road_defaults
from safepassage.domain.network import RoadClass
from safepassage.domain.road_defaults import RoadDefaults

SOURCES = {"graphhopper", "matsim", "hcm", "osrm", "osm-limits", "assumption"}


def page_rows(root, heading: str) -> list[tuple[str, ...]]:
    """Return the cells of the table below a heading of the reference page, without code marks."""
    page = (root / "docs" / "reference" / "road-defaults.md").read_text("utf-8")
    section = re.search(rf"^## {heading}\n(.*?)(?=^## |\Z)", page, re.DOTALL | re.MULTILINE).group(1)
    rows = [line.strip("|").split("|") for line in section.splitlines() if line.startswith("|")]
    return [tuple(cell.strip().replace("`", "").replace(",", "") for cell in row) for row in rows[2:]]


def test_the_page_prints_the_table_of_roads(repo_root):
    printed = page_rows(repo_root, "By kind of road")
    expected = [
        (
            row.highway,
            row.road_class.name.lower(),
            str(row.speed_kmh),
            str(row.capacity_veh_h_lane),
            str(row.lanes),
            row.speed_source,
            row.capacity_source,
        )
        for row in RoadDefaults().rows
    ]
    assert printed == expected


def test_the_page_prints_the_limits(repo_root):
    printed = page_rows(repo_root, "By country")
    expected = [
        (
            row.country or "others",
            str(row.urban_kmh),
            str(row.rural_kmh),
            str(row.main_kmh),
            str(row.motorway_kmh),
            str(row.living_street_kmh),
            row.source,
        )
        for row in RoadDefaults().limits
    ]
    assert printed == expected


def test_the_page_prints_the_ceilings(repo_root):
    defaults = RoadDefaults()
    tables = (
        ("tracktype", defaults.track_kmh),
        ("surface", defaults.surface_kmh),
        ("smoothness", defaults.smoothness_kmh),
    )
    expected = [(tag, word, str(speed)) for tag, table in tables for word, speed in table.items()]
    assert page_rows(repo_root, "By surface and track") == expected


def test_every_source_is_explained_on_the_page_and_in_the_module(repo_root):
    defaults = RoadDefaults()
    named = {source for row in defaults.rows for source in (row.speed_source, row.capacity_source)}
    named |= {row.source for row in defaults.limits}
    assert named <= SOURCES
    assert {row[0] for row in page_rows(repo_root, "Sources")} == SOURCES
    assert all(f"\n{source}\n" in road_defaults.__doc__ for source in SOURCES)


def test_every_class_has_a_plain_row():
    defaults = RoadDefaults()
    for road_class in RoadClass:
        assert defaults.of_class(road_class).road_class is road_class
    assert defaults.of_class(RoadClass.TRUNK).highway == "trunk"


def test_a_higher_class_is_never_slower_or_narrower():
    defaults = RoadDefaults()
    plain = [defaults.of_class(road_class) for road_class in RoadClass if road_class <= RoadClass.TRACK]
    speeds, capacities = [row.speed_kmh for row in plain], [row.capacity_veh_h_lane for row in plain]
    assert speeds == sorted(speeds, reverse=True)
    assert capacities == sorted(capacities, reverse=True)


def test_limits_of_a_country():
    defaults = RoadDefaults()
    assert defaults.limits_of("ru").urban_kmh == 60
    assert defaults.limits_of("XX") == defaults.limits_of("")
    assert defaults.knows_country("ua")
    assert not defaults.knows_country("XX")
    assert not defaults.knows_country("")


def test_the_fingerprint_changes_with_every_value():
    defaults = RoadDefaults()
    row = replace(defaults.rows[0], speed_kmh=99)
    limit = replace(defaults.limits[1], urban_kmh=31)
    others = [
        defaults.with_row(row),
        replace(defaults, limits=(defaults.limits[0], limit)),
        replace(defaults, track_kmh={"grade1": 21}),
        replace(defaults, surface_kmh={}),
        replace(defaults, smoothness_kmh={}),
        replace(defaults, driven_share_ppm=800_000),
        replace(defaults, walking_pace_kmh=5),
        replace(defaults, slowest_kmh=4),
        replace(defaults, fastest_kmh=130),
        replace(defaults, most_lanes=12),
    ]
    prints = {each.fingerprint for each in (defaults, *others)}
    assert len(prints) == len(others) + 1
    assert RoadDefaults().fingerprint == defaults.fingerprint


def test_a_row_that_is_not_in_the_table_is_refused():
    with pytest.raises(ValueError, match="not a kind of road"):
        RoadDefaults().with_row(replace(RoadDefaults().rows[0], highway="runway"))


@pytest.mark.parametrize("change", [{"speed_kmh": 0}, {"lanes": 0}, {"capacity_veh_h_lane": -1}])
def test_impossible_rows_are_refused(change):
    with pytest.raises(ValueError, match="must be at least"):
        replace(RoadDefaults().rows[0], **change)


def test_tables_that_contradict_themselves_are_refused():
    defaults = RoadDefaults()
    with pytest.raises(ValueError, match="only once"):
        replace(defaults, rows=(*defaults.rows, defaults.rows[0]))
    with pytest.raises(ValueError, match="does not name"):
        replace(defaults, limits=defaults.limits[1:])
