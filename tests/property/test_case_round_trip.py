"""Any case that is written, as a folder or as a workbook, is read back as the same case."""

from __future__ import annotations

import unicodedata
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safepassage.domain.case import (
    STAYS,
    UNDECIDED,
    Area,
    AreaKind,
    Arrangement,
    ArrangementKind,
    ArrangementStatus,
    Case,
    Demand,
    Direction,
    DirectionBasis,
    Interval,
    Place,
    PlaceKind,
    Provenance,
    ReportRow,
    RoadSelector,
    RoadStatus,
    SelectorKind,
    Settings,
    TransitLink,
    VehicleType,
)
from safepassage.domain.dictionary.dictionary import Column, ValueType, table
from safepassage.formats.case.case_reading import read_case
from safepassage.formats.case.case_write import write_case_folder, write_case_xlsx
from tests.support.effort import examples

DAY_S = 86_400
BOX_E7 = 5_000_000
"""Half a degree: nothing in it can be taken for swapped or far away."""

LETTERS = st.characters(categories=("L", "N"))
ANY = st.characters(codec="utf-8", exclude_categories=("C", "Zl", "Zp"), include_characters="\n_=+@#\"';,")
TEXT = st.text(ANY, max_size=40).map(lambda text: unicodedata.normalize("NFC", text).strip()[:40])
NAME = TEXT.filter(bool)
LISTED = st.text(LETTERS | st.sampled_from(" -.()"), min_size=1, max_size=20).map(str.strip).filter(bool)
LISTED = LISTED.map(lambda text: unicodedata.normalize("NFC", text))
WORD = st.text(LETTERS, min_size=1, max_size=8).map(lambda text: unicodedata.normalize("NFC", text))
IDS = st.tuples(WORD, st.text(LETTERS | st.sampled_from(" -._/()"), max_size=8)).map(
    lambda pair: unicodedata.normalize("NFC", "".join(pair)).strip()
)
SECONDS = st.integers(-30 * DAY_S, 30 * DAY_S)
MOMENT = st.sampled_from(["", "2024-08-16", "2024-08-16T05:41:07Z", "1999-12-31T23:59:59Z"])


@st.composite
def windows(draw: Any) -> tuple[Interval, ...]:
    """Return intervals in order, none touching the next."""
    ends = sorted(draw(st.sets(st.integers(0, 10 * DAY_S), max_size=6)))
    pairs = zip(ends[::2], ends[1::2], strict=False)
    return tuple(Interval(from_s=first, until_s=last) for first, last in pairs)


@st.composite
def interval(draw: Any) -> Interval:
    first = draw(SECONDS)
    return Interval(from_s=first, until_s=first + draw(st.integers(1, DAY_S)))


def number(column: Column) -> st.SearchStrategy[Any]:
    """Return what a column of numbers may hold, in the unit of the noun, None where it may be empty."""
    least, most = round(column.minimum * column.scale), round(column.maximum * column.scale)
    values = st.integers(max(least, 1 if column.name == "horizon_h" else least), most)
    return values if column.required or column.default else st.none() | values


def numbers(name: str) -> dict[str, st.SearchStrategy[Any]]:
    """Return strategies for all plain numbers and yes-or-no fields of a table."""
    found: dict[str, st.SearchStrategy[Any]] = {}
    for column in table(name).columns:
        if column.type in {ValueType.WHOLE, ValueType.NUMBER}:
            found[column.field] = number(column)
        elif column.type is ValueType.YES_NO and "." not in column.field:
            found[column.field] = st.booleans()
    return found


def unique_ids(**size: int) -> st.SearchStrategy[list[str]]:
    names = IDS.filter(lambda name: name.casefold() not in {STAYS, UNDECIDED})
    return st.lists(names, unique_by=str.casefold, **size)


class Drawn:
    """Draws a case noun by noun, so that ids exist before they are named."""

    def __init__(self, draw: Any) -> None:
        self.draw = draw
        self.reports = draw(unique_ids(max_size=2))
        self.directions = draw(unique_ids(min_size=1, max_size=3))
        self.places = draw(unique_ids(min_size=4, max_size=6))
        self.areas = draw(unique_ids(max_size=2))
        self.horizon_s = draw(st.integers(1, 14 * DAY_S))

    def one(self, names: list[str]) -> str:
        return self.draw(st.sampled_from(["", *names]))

    def some(self, names: list[str]) -> tuple[str, ...]:
        return tuple(self.draw(st.lists(st.sampled_from(names), unique=True, max_size=3))) if names else ()

    def numbers(self, name: str) -> dict[str, Any]:
        return self.draw(st.fixed_dictionaries(numbers(name)))

    def text(self) -> str:
        return self.draw(TEXT)

    def provenance(self) -> Provenance:
        return Provenance(
            source=self.text(),
            source_grade=self.draw(st.sampled_from(["", *"ABCDEF"])),
            information_grade=self.draw(st.sampled_from(["", *"123456"])),
            report=self.one(self.reports),
            as_of=self.draw(MOMENT),
            note=self.text(),
        )

    def place(self, position: int, name: str) -> Place:
        kinds = [PlaceKind.SETTLEMENT, PlaceKind.RECEPTION_SITE, PlaceKind.INSTITUTION]
        kind = kinds[position] if position < 3 else self.draw(st.sampled_from(list(PlaceKind)))
        site = kind is PlaceKind.RECEPTION_SITE
        plain = self.numbers("places")
        plain["lon_e7"], plain["lat_e7"] = self.draw(st.tuples(*[st.integers(0, BOX_E7)] * 2))
        return Place(
            **plain,
            id=name,
            name=self.draw(NAME),
            kind=kind,
            node=self.text(),
            assembly_point=self.draw(st.sampled_from(["", self.places[0], self.places[2]])),
            direction=self.draw(st.sampled_from(self.directions)) if site else "",
            open_windows=self.draw(windows()),
            directions=self.some(self.directions),
            release_s=self.draw(st.integers(0, 30 * DAY_S)),
            status=self.draw(st.sampled_from(type(Place(id="", name="", kind=kind).status))),
            provenance=self.provenance(),
        )

    def demand(self) -> tuple[Demand, ...]:
        column = table("demand").column("direction")
        answers = [*self.directions, *column.allowed]
        keys = self.draw(
            st.lists(
                st.tuples(
                    st.sampled_from([self.places[0], self.places[2]]),
                    st.sampled_from(answers),
                    st.sampled_from(table("demand").column("group").allowed),
                    st.sampled_from(
                        [basis for basis in DirectionBasis if basis is not DirectionBasis.EXERCISE]
                    ),
                ),
                unique=True,
                min_size=1,
                max_size=4,
            )
        )
        return tuple(self.demand_row(*key) for key in keys)

    def demand_row(self, place: str, direction: str, group: Any, basis: Any) -> Demand:
        persons = self.draw(st.integers(0, 5_000_000))
        sizes = self.draw(st.lists(st.tuples(st.integers(1, 99), st.integers(0, 99)), max_size=2))
        fits = sum(size * count for size, count in sizes) <= persons
        return Demand(
            place=place,
            direction=direction,
            group=group,
            persons=persons,
            basis=basis,
            household_sizes=tuple(sizes) if fits else (),
            provenance=self.provenance(),
        )

    def vehicles(self, name: str) -> VehicleType:
        first = self.draw(st.integers(0, 30 * DAY_S))
        last = self.draw(st.none() | st.integers(first + 1, 31 * DAY_S))
        return VehicleType(
            **self.numbers("fleet"),
            id=name,
            name=self.text(),
            base=self.draw(st.sampled_from(self.places)),
            available_from_s=first,
            available_until_s=last,
            provenance=self.provenance(),
        )

    def road(self) -> RoadSelector:
        kind = self.draw(st.sampled_from(list(SelectorKind)))
        if kind is SelectorKind.AREA and self.areas:
            return RoadSelector(kind=kind, value=self.draw(st.sampled_from(self.areas)))
        if kind in {SelectorKind.AREA, SelectorKind.PLACE}:
            return RoadSelector(kind=SelectorKind.PLACE, value=self.draw(st.sampled_from(self.places)))
        if kind is SelectorKind.NEAR:
            return RoadSelector(kind=kind, value="51.25,-34.3")
        if kind is SelectorKind.WAY:
            return RoadSelector(kind=kind, value=str(self.draw(st.integers(1, 10**12))))
        return RoadSelector(kind=kind, value=self.draw(LISTED))

    def arrangement(self, name: str) -> Arrangement:
        return Arrangement(
            id=name,
            kind=self.draw(st.sampled_from(list(ArrangementKind))),
            status=self.draw(st.sampled_from([ArrangementStatus.IN_FORCE, ArrangementStatus.SUSPENDED])),
            name=self.text(),
            parties=tuple(self.draw(st.lists(LISTED, min_size=1, max_size=2))),
            announced_by=self.draw(NAME),
            stated_purposes=self.draw(NAME),
            windows=self.draw(windows()),
            roads=tuple(self.road() for _ in range(self.draw(st.integers(0, 2)))),
            places=self.some(self.places),
            area=self.one(self.areas),
            directions=self.some(self.directions),
            accepted_by_lead=self.text(),
            legal_basis=self.draw(NAME),
            document=self.draw(NAME),
            provenance=self.provenance(),
        )

    def status(self, position: int, name: str) -> RoadStatus:
        # Every row has a road of its own, or its word might contradict another row's.
        return RoadStatus(
            **self.numbers("road_status"),
            id=name,
            roads=(RoadSelector(kind=SelectorKind.REF, value=f"R{position}"),),
            status=self.draw(st.sampled_from(list(table("road_status").column("status").allowed))),
            interval=self.draw(st.none() | interval()),
            provenance=self.provenance(),
        )

    def area(self, name: str) -> Area:
        x, y, size = (
            self.draw(st.integers(0, BOX_E7)),
            self.draw(st.integers(0, BOX_E7)),
            self.draw(st.integers(9, 999)),
        )
        square = tuple((x + size * a, y + size * b) for a, b in ((0, 0), (9, 0), (9, 9), (0, 9), (0, 0)))
        hole = tuple((x + size * a, y + size * b) for a, b in ((2, 2), (7, 2), (7, 7), (2, 2)))
        shape = self.draw(
            st.sampled_from([((square,),), ((square, hole),), ((square,), _moved(square, size * 20))])
        )
        low, central, high = sorted(self.draw(st.tuples(*[st.integers(1, 10**6)] * 3)))
        return Area(
            id=name,
            kind=self.draw(
                st.sampled_from([AreaKind.NO_GO, AreaKind.REPORTED_HAZARD, AreaKind.ANNOUNCED_ZONE])
            ),
            name=self.text(),
            polygons=shape if len(shape) == 1 else tuple(shape),
            hazard_low_ppm=low,
            hazard_ppm=central,
            hazard_high_ppm=high,
            interval=self.draw(st.none() | interval()),
            provenance=self.provenance(),
        )

    def report(self, name: str) -> ReportRow:
        return ReportRow(
            id=name,
            outlet=self.draw(NAME),
            speaker=self.text(),
            published=self.draw(MOMENT.filter(bool)),
            text=self.draw(NAME),
            about=self.text(),
            cites=self.text(),
            source_grade=self.draw(st.sampled_from(["", "A"])),
            information_grade=self.draw(st.sampled_from(["", "6"])),
            url=self.text(),
        )

    def transit_link(self, name: str) -> TransitLink:
        departures = self.draw(st.lists(st.tuples(SECONDS, st.integers(0, 10_000)), max_size=3, unique=True))
        return TransitLink(
            **self.numbers("transit_links"),
            id=name,
            from_place=self.places[0],
            to_place=self.places[1],
            mode=self.draw(st.sampled_from(["train", "boat", "foot"])),
            timetable=tuple(sorted(departures)),
            windows=self.draw(windows()),
            provenance=self.provenance(),
        )

    def settings(self) -> Settings:
        extra = self.draw(st.dictionaries(st.from_regex(r"x_[a-z]{1,6}", fullmatch=True), NAME, max_size=2))
        plain = self.numbers("settings") | {"horizon_s": self.horizon_s}
        return Settings(
            **plain,
            hazard_layer=self.draw(st.sampled_from(["low", "central", "high"])),
            movement_windows=self.draw(windows()),
            country=self.draw(st.sampled_from(["", "UA", "PT"])),
            extra=MappingProxyType(extra),
        )

    def ids(self) -> list[str]:
        return self.draw(unique_ids(max_size=2))

    def case(self) -> Case:
        labels = self.draw(st.lists(LISTED, min_size=1, max_size=2))
        return Case(
            id=self.draw(IDS),
            title=self.draw(NAME),
            exercise=False,
            epoch="2024-08-16T03:00:00Z",
            as_of=self.draw(st.sampled_from(["2024-08-16T02:41:07Z", "2024-08-16T03:00:00Z"])),
            time_zones=tuple((label, 60 * self.draw(st.integers(-840, 840))) for label in labels),
            directions=tuple(Direction(id=name, name=self.draw(NAME)) for name in self.directions),
            places=tuple(self.place(position, name) for position, name in enumerate(self.places)),
            demand=self.demand(),
            fleet=tuple(self.vehicles(name) for name in self.ids()),
            arrangements=tuple(self.arrangement(name) for name in self.ids()),
            road_statuses=tuple(self.status(position, name) for position, name in enumerate(self.ids())),
            areas=tuple(self.area(name) for name in self.areas),
            reports=tuple(self.report(name) for name in self.reports),
            transit_links=tuple(self.transit_link(name) for name in self.ids()),
            settings=self.settings(),
            network_file="roads.osm.pbf",
            hotline=self.text(),
            notice_languages=tuple(self.draw(st.lists(LISTED, max_size=2))),
            attribution=self.text(),
        )


def _moved(ring: tuple[tuple[int, int], ...], by: int) -> tuple[tuple[tuple[int, int], ...], ...]:
    return (tuple((x + by, y) for x, y in ring),)


@st.composite
def cases(draw: Any) -> Case:
    return Drawn(draw).case()


def assert_same(case: Case, read: Any) -> None:
    assert read.errors == (), [str(problem) for problem in read.errors]
    assert read.case == case


@given(case=cases())
@settings(max_examples=examples(15))
def test_a_folder_is_read_back(case, tmp_path_factory):
    folder = tmp_path_factory.mktemp("round")
    (folder / "roads.osm.pbf").touch()
    write_case_folder(case, folder)
    assert_same(case, read_case(folder))


@given(case=cases())
@settings(max_examples=examples(10))
def test_a_workbook_is_read_back(case, tmp_path_factory):
    folder = tmp_path_factory.mktemp("round")
    (folder / "roads.osm.pbf").touch()
    write_case_xlsx(case, folder / "case.xlsx")
    assert_same(case, read_case(folder / "case.xlsx"))


@given(case=cases())
@settings(max_examples=2)
def test_the_same_case_gives_the_same_bytes(case, tmp_path_factory):
    folder = tmp_path_factory.mktemp("bytes")
    for name in ("one.xlsx", "two.xlsx"):
        write_case_xlsx(case, folder / name)
    assert (folder / "one.xlsx").read_bytes() == (folder / "two.xlsx").read_bytes()


@pytest.mark.slow
@given(case=cases())
@settings(max_examples=examples(300))
def test_many_cases_are_read_back_in_both_forms(case, tmp_path_factory):
    folder = tmp_path_factory.mktemp("many")
    (folder / "roads.osm.pbf").touch()
    write_case_folder(case, folder)
    write_case_xlsx(case, folder / "case.xlsx")
    assert_same(case, read_case(folder))
    assert_same(case, read_case(folder / "case.xlsx"))
