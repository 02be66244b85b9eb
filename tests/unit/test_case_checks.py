"""Checks of a case hold exactly at their limits: overlaps, distances, names that nearly match."""

from __future__ import annotations

from dataclasses import replace

import pytest

from safepassage.domain.case import (
    UNDECIDED,
    Area,
    AreaKind,
    Demand,
    DirectionBasis,
    Group,
    Interval,
    Place,
    PlaceKind,
    RoadSelector,
    RoadStatus,
    RoadStatusWord,
    SelectorKind,
    Settings,
    VehicleType,
)
from safepassage.domain.case_checks.case_checks import check_case
from safepassage.domain.case_checks.case_draft import CaseDraft, Located
from safepassage.domain.case_checks.case_people_checks import carers_have_somebody, seats_are_kept_spare
from safepassage.domain.case_checks.case_place_checks import FAR_KM, distance_km, seems_swapped
from safepassage.domain.problem import Where
from safepassage.domain.suggestions import did_you_mean, nearest

EMPTY = CaseDraft(file="case", exercise=True, settings=Settings(horizon_s=3600), ids={})
HERE = Where(file="x.csv", row=2)
BUS = VehicleType(
    id="bus", count=1, seats=40, wheelchair_places=0, stretcher_places=0, base="a", units_mveh=2_000,
    weight_kg=18_000,
)  # fmt: skip


def located(rows):
    return tuple(
        Located(value=row, where=replace(HERE, row=number)) for number, row in enumerate(rows, start=2)
    )


def codes(draft: CaseDraft) -> list[tuple[str, int]]:
    return sorted((problem.code, problem.where.row) for problem in check_case(draft))


def status(word: str, span: tuple[int, int] | None, road: str = "R1") -> RoadStatus:
    return RoadStatus(
        id=f"{word}-{span}",
        roads=(RoadSelector(kind=SelectorKind.REF, value=road),),
        status=RoadStatusWord(word),
        interval=None if span is None else Interval(from_s=span[0], until_s=span[1]),
    )


@pytest.mark.parametrize(
    ("rows", "rows_named"),
    [
        ([status("PASSABLE", (0, 60)), status("RESTRICTED", (60, 120))], []),
        ([status("PASSABLE", (0, 61)), status("RESTRICTED", (60, 120))], [3]),
        ([status("RESTRICTED", (60, 120)), status("PASSABLE", (0, 61))], [3]),
        ([status("PASSABLE", (0, 99)), status("PASSABLE", (5, 50))], []),
        ([status("PASSABLE", None), status("RESTRICTED", (3_599, 9_999))], [3]),
        ([status("PASSABLE", None), status("RESTRICTED", (3_600, 9_999))], []),
        ([status("PASSABLE", (0, 60)), status("RESTRICTED", (0, 60), "R2")], []),
        ([status("PASSABLE", (0, 60)), status("RESTRICTED", (0, 60), "r1")], [3]),
        # The long row covers the last one although a short row of the same word lies between.
        ([status("PASSABLE", (0, 900)), status("PASSABLE", (5, 9)), status("UNKNOWN", (500, 600))], [4]),
        ([status("PASSABLE", (0, 9)), status("PASSABLE", (5, 900)), status("UNKNOWN", (500, 600))], [4]),
        ([status("PASSABLE", (0, 9)), status("UNKNOWN", (3, 5)), status("RESTRICTED", (4, 8))], [3, 4]),
    ],
)
def test_statuses_contradict_where_they_overlap_and_differ(rows, rows_named):
    found = [
        row
        for code, row in codes(replace(EMPTY, road_status=located(rows)))
        if code == "STATUS_CONTRADICTION"
    ]
    assert found == rows_named


def place(name: str, lon: float, lat: float, kind: PlaceKind = PlaceKind.SETTLEMENT) -> Place:
    return Place(id=name, name=name, kind=kind, lon_e7=round(lon * 1e7), lat_e7=round(lat * 1e7))


NEAR = [place(name, 34.5 + number / 10, 51.2) for number, name in enumerate("abcde")]


def test_distances_agree_with_known_ones():
    # Sudzha to Kursk: 87 km as the crow flies between (51.19 N, 35.27 E) and (51.73 N, 36.19 E).
    assert distance_km((352_700_000, 511_900_000), (361_900_000, 517_300_000)) == pytest.approx(87, abs=2)
    assert distance_km((1_799_000_000, 0), (-1_799_000_000, 0)) == pytest.approx(22.2, abs=0.1)


@pytest.mark.parametrize(
    ("far", "code"),
    [
        (place("f", 34.7, 51.2 + (FAR_KM + 1) / 111.195), "PLACE_FAR"),
        (place("f", 34.7, 51.2 + (FAR_KM - 1) / 111.195), None),
        (place("f", 51.2, 34.7), "PLACE_SWAPPED"),
        (place("f", 30.5, 50.4, PlaceKind.RECEPTION_SITE), "SITE_NO_DIRECTION"),
    ],
)
def test_places_far_from_the_rest(far, code):
    found = {name for name, row in codes(replace(EMPTY, places=located([*NEAR, far]))) if row == 7}
    assert found - {"SITE_NO_CAPACITY"} == ({code} if code else set())


def test_two_places_are_too_few_to_say_which_is_swapped():
    assert codes(replace(EMPTY, places=located([NEAR[0], place("f", 51.2, 34.7)]))) == []


def test_the_network_says_where_the_case_is():
    nodes = dict.fromkeys("abc", (345000000, 512000000))
    swapped = [place("f", 51.2, 34.5), place("g", 51.2, 34.6)]
    assert codes(replace(EMPTY, places=located(swapped), nodes=nodes)) == [
        ("PLACE_SWAPPED", 2),
        ("PLACE_SWAPPED", 3),
    ]


def test_swapping_is_suspected_only_where_it_helps():
    middle = (345_000_000, 512_000_000)
    assert seems_swapped((512_000_000, 345_000_000), middle)
    assert not seems_swapped((346_000_000, 513_000_000), middle)
    assert not seems_swapped((0, 0), middle)
    assert not seems_swapped((1_345_000_000, 512_000_000), middle)


def test_areas_are_compared_by_their_nearest_corner():
    ring = (
        (345_000_000, 512_000_000),
        (345_000_000, 900_000_000),
        (346_000_000, 512_000_000),
        (345_000_000, 512_000_000),
    )
    area = Area(id="long", kind=AreaKind.NO_GO, name="", polygons=((ring,),))
    assert codes(replace(EMPTY, places=located(NEAR), areas=located([area]))) == []


def test_windows_are_outside_only_if_no_second_of_them_is_planned():
    inside = status("UNKNOWN", (3_599, 9_999))
    outside = status("UNKNOWN", (3_600, 9_999), "R2")
    before = status("UNKNOWN", (-99, 0), "R3")
    draft = replace(EMPTY, road_status=located([inside, outside, before]))
    assert codes(draft) == [("WINDOW_OUTSIDE", 3), ("WINDOW_OUTSIDE", 4)]
    assert codes(replace(draft, clock_known=False)) == []


@pytest.mark.parametrize(
    ("spare", "group", "direction", "basis", "warned"),
    [
        (0, "needs_transport", "undecided", "tally", "7 undecided persons would need a seat; none of"),
        (9, "assisted", "undecided", "tally", "7 undecided persons would need a seat; only 9 % of"),
        (10, "needs_transport", "undecided", "tally", ""),
        (0, "needs_transport", "west", "assumption", "7 undecided"),
        (0, "needs_transport", "stays", "assumption", "7 undecided"),
        (0, "needs_transport", "west", "tally", ""),
        (0, "needs_transport", "stays", "tally", ""),
        (0, "own_vehicle", "undecided", "tally", ""),
        (0, "wheelchair", "undecided", "tally", ""),
    ],
)
def test_seats_are_to_be_kept_spare_where_people_who_need_one_are_undecided(
    spare, group, direction, basis, warned
):
    row = Demand(place="a", direction=direction, group=Group(group), persons=7, basis=DirectionBasis(basis))
    draft = replace(
        EMPTY, demand=located([row]), fleet=located([BUS]),
        settings=replace(EMPTY.settings, spare_seat_percent=spare),
    )  # fmt: skip
    said = [str(p) for p in seats_are_kept_spare(draft)]
    assert len(said) == bool(warned)
    assert warned in "".join(said)


def test_carers_who_leave_have_somebody_to_care_for():
    def row(group, direction="west", basis=DirectionBasis.TALLY):
        return Demand(place="a", direction=direction, group=Group(group), persons=2, basis=basis)

    def said(*rows):
        draft = replace(EMPTY, demand=located(list(rows)))
        # Where a row could not be read nobody is missed.
        assert not list(carers_have_somebody(draft))
        return [p.code for p in carers_have_somebody(replace(draft, complete=frozenset({"demand"})))]

    carers = row("carer_wheelchair")
    assert said(carers, row("wheelchair")) == []
    assert said(carers, row("stretcher")) == ["CARERS_ALONE"]
    assert said(carers, row("wheelchair", "east")) == ["CARERS_ALONE"]
    assert said(carers, row("wheelchair", basis=DirectionBasis.ASSUMPTION)) == ["CARERS_ALONE"]
    assumed = row("wheelchair", "west", DirectionBasis.ASSUMPTION)
    assert said(row("carer_wheelchair", UNDECIDED), assumed) == []
    assert said(row("carer_wheelchair", "stays")) == []


@pytest.mark.parametrize("fleet", [[], [replace(BUS, count=0)], [replace(BUS, seats=0, stretcher_places=2)]])
def test_without_seats_none_are_to_be_kept_spare(fleet):
    row = Demand(
        place="a", direction=UNDECIDED, group=Group.NEEDS_TRANSPORT, persons=7, basis=DirectionBasis.TALLY
    )
    assert not list(seats_are_kept_spare(replace(EMPTY, demand=located([row]), fleet=located(fleet))))


def test_suggestions():
    assert nearest("Persns", ("persons", "place")) == "persons"
    assert nearest("xyz", ("persons", "place")) == ""
    assert did_you_mean("est", ("east", "west")).endswith("allowed: east, west")
    assert did_you_mean("a", ()) == "there are none yet"


def test_suggestions_among_many_words_are_found_by_how_they_begin():
    words = [f"village-{number}" for number in range(5_000)]
    assert nearest("village-42", words) == "village-42"
    assert nearest("village-4321x", words) == "village-4321"
