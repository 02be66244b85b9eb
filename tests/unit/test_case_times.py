"""Times mean the same in every way they may be written; hours of a day become intervals of the case."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest

from safepassage.domain.case import Interval
from safepassage.formats.case.case_times import (
    Clock,
    Fault,
    changed_at,
    first_zone,
    joined,
    offset_s,
    start_of_case,
    zones,
)

EPOCH = datetime(2024, 8, 16, 3, 0, tzinfo=UTC)
CLOCK = Clock(epoch=EPOCH, offset_s=3 * 3600, horizon_s=24 * 3600)
NOON = datetime.combine(date(2024, 8, 16), time(12, 0))


@pytest.mark.parametrize(
    "cell",
    [
        "12:00",
        "12:00:00",
        "2024-08-16 12:00",
        "2024-08-16T12:00+03:00",
        "2024-08-16T09:00:00Z",
        "2024-08-16T11:00+02:00",
        NOON,
        time(12, 0),
    ],
)
def test_noon_is_six_hours_after_the_start(cell):
    assert CLOCK.seconds(cell) == 6 * 3600


def test_a_date_is_its_local_midnight_and_a_clock_time_may_lie_before_the_start():
    assert CLOCK.seconds(date(2024, 8, 17)) == 18 * 3600
    assert CLOCK.seconds("05:00") == -3600
    assert CLOCK.seconds("24:00") == 18 * 3600


@pytest.mark.parametrize("cell", ["24:01", "12:60", "noon", "16.08.2024", "2024-13-01", "", True, 5, "12"])
def test_what_is_no_time_is_a_fault(cell):
    found = CLOCK.seconds(cell)
    assert isinstance(found, Fault)
    assert found.code == "TIME_FORMAT"


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("8/9/24", "2024-09-08 or 2024-08-09"), ("16.08.2024", "2024-08-16"), ("8-8-24", "2024-08-08"),
        ("16/08/2024 06:30", "2024-08-16 06:30"), ("45520", "2024-08-16"), (45520.25, "2024-08-16"),
    ],
)  # fmt: skip
def test_a_date_in_another_order_is_answered_with_every_day_it_may_be(cell, written):
    assert CLOCK.seconds(cell).hint == f"write {written}, if that day is meant"


@pytest.mark.parametrize(
    ("cell", "hours"),
    [
        (date(2024, 8, 20), 24), (" 2024-08-20 ", 24), (datetime.combine(date(2024, 8, 20), time()), 0),
        ("2024-08-20 00:00", 0), ("2024-08-20 08:00", 8),
    ],
)  # fmt: skip
def test_a_last_day_is_meant_with_all_its_hours_where_the_column_says_so(cell, hours):
    midnight_s = CLOCK.seconds(date(2024, 8, 20))
    assert CLOCK.seconds(cell, ends_day=True) == midnight_s + hours * 3600
    assert CLOCK.seconds("9999-12-31", ends_day=True).code == "TIME_FAR"


def test_what_keeps_for_years_is_no_mistake_where_years_are_allowed():
    assert isinstance(CLOCK.seconds("2027-08-16"), Fault)
    assert CLOCK.seconds("2027-08-16", years=30) == 1_095 * 86_400 - 6 * 3_600
    assert CLOCK.seconds("2204-08-16", years=30).code == "TIME_FAR"


@pytest.mark.parametrize("cell", ["2022-08-16 12:00", "9999-12-31 23:59", "0001-01-01 00:00"])
def test_another_year_is_a_fault(cell):
    found = CLOCK.seconds(cell)
    assert isinstance(found, Fault)
    assert found.code in {"TIME_FAR", "TIME_FORMAT"}


def hours(*pairs: tuple[float, float]) -> tuple[Interval, ...]:
    return tuple(Interval(from_s=round(a * 3600), until_s=round(b * 3600)) for a, b in pairs)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # The case starts at 06:00 local; 24 hours are planned.
        ("06:00-20:00", hours((0, 14))),
        ("08:00-10:00", hours((2, 4))),
        ("08:00 – 10:00; 12:00-13:30", hours((2, 4), (6, 7.5))),
        ("00:00-24:00", hours((0, 42))),
        ("20:00-07:00", hours((0, 1), (14, 25))),
        ("2024-08-16 08:00/2024-08-16 10:00", hours((2, 4))),
        ("2024-08-16T05:00Z/2024-08-16T07:00Z", hours((2, 4))),
        ("08:00-10:00; 09:00-11:00", hours((2, 5))),
    ],
)
def test_hours_become_intervals_in_order_and_apart(text, expected):
    assert CLOCK.windows(text) == expected


def test_hours_that_never_fall_within_the_horizon_do_not_mean_always():
    short = Clock(epoch=EPOCH, offset_s=3 * 3600, horizon_s=3600)
    found = short.windows("03:00-05:00")
    assert len(found) == 1
    assert found[0].from_s >= short.horizon_s


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("8-10", "HOURS_FORMAT"),
        ("always", "HOURS_FORMAT"),
        ("08:00", "HOURS_FORMAT"),
        (";", "HOURS_FORMAT"),
        ("08:00-08:00", "WINDOW_REVERSED"),
        ("2024-08-16 10:00/2024-08-16 08:00", "WINDOW_REVERSED"),
    ],
)
def test_what_are_no_hours_is_a_fault(text, code):
    found = CLOCK.windows(text)
    assert isinstance(found, Fault)
    assert found.code == code


def test_intervals_that_touch_are_one():
    assert joined(hours((3, 4), (1, 2), (2, 3), (6, 7))) == hours((1, 4), (6, 7))


def test_zones_by_name_and_by_offset():
    start = datetime(2024, 8, 16, 6, 0, tzinfo=UTC)
    text = "Sumy=Europe/Kyiv; Kursk=Europe/Moscow; ship=-03:30; base=UTC+2; Europe/Lisbon"
    assert zones(text, start) == (
        ("Sumy", 10_800),
        ("Kursk", 10_800),
        ("ship", -12_600),
        ("base", 7_200),
        ("Europe/Lisbon", 3_600),
    )
    assert zones("Sumy=Europe/Kyiv", start + timedelta(days=120)) == (("Sumy", 7_200),)


def test_a_zone_whose_clocks_are_changed_is_there_twice_and_local_times_are_what_they_show():
    start = datetime(2026, 10, 24, 9, 0, tzinfo=UTC)
    end = start + timedelta(hours=40)
    assert zones("Sumy=Europe/Kyiv; Kursk=Europe/Moscow", start, end) == (
        ("Sumy (–25.10. 04:00)", 10_800), ("Kursk", 10_800), ("Sumy (25.10. 03:00–)", 7_200)
    )  # fmt: skip
    assert zones("Kursk=Europe/Moscow", start, end) == (("Kursk", 10_800),)
    assert changed_at("Europe/Kyiv", start, end) == datetime(2026, 10, 25, 1, 0, tzinfo=UTC)
    kyiv = first_zone("Sumy=Europe/Kyiv; Kursk=Europe/Moscow", start, end)
    clock = Clock(epoch=start, offset_s=10_800, horizon_s=40 * 3_600, changing=kyiv)
    hour = 3_600
    assert [clock.seconds(f"2026-10-25 {at}") for at in ("02:00", "03:30", "10:00")] == [
        14 * hour, 15 * hour + 1_800, 23 * hour,
    ]  # fmt: skip
    # Over the night in which an hour comes twice, hours last an hour longer.
    assert clock.windows("22:00-06:00") == (
        Interval(from_s=10 * hour, until_s=19 * hour), Interval(from_s=35 * hour, until_s=43 * hour),
    )  # fmt: skip


@pytest.mark.parametrize(
    "zone", ["Mars/Olympus", "+15:00", "+02:75", "../etc/passwd", "/etc/passwd", "Europe", "3"]
)
def test_unknown_zones_are_faults_that_name_the_offset_as_remedy(zone):
    found = offset_s(zone, EPOCH)
    assert isinstance(found, Fault)
    assert "+03:00" in found.hint


def test_zone_names_work_without_time_zone_data_only_as_offsets(monkeypatch):
    def nothing(_key):
        raise KeyError

    monkeypatch.setattr("safepassage.formats.case.case_times.ZoneInfo", nothing)
    assert isinstance(offset_s("Europe/Kyiv", EPOCH), Fault)
    assert offset_s("+03:00", EPOCH) == 10_800


@pytest.mark.parametrize(
    ("cell", "code"),
    [("2024-08-16 06:00", "TIME_OFFSET"), ("tomorrow", "TIME_FORMAT"), ("1024-08-16T06:00Z", "TIME_FAR")],
)
def test_the_start_needs_its_offset(cell, code):
    found = start_of_case(cell)
    assert isinstance(found, Fault)
    assert found.code == code


def test_times_that_are_only_printed_keep_their_precision():
    assert CLOCK.text("2024-08-16") == "2024-08-16"
    assert CLOCK.text(date(2024, 8, 16)) == "2024-08-16"
    assert CLOCK.text("2024-08-16 12:00") == "2024-08-16T09:00:00Z"
    assert isinstance(CLOCK.text("2024-02-30"), Fault)
