"""Grid seconds are said in the local times of the case."""

from __future__ import annotations

import pytest

from safepassage.formats.facts.local_clock import LocalClock

HOUR = 3600


def clock(*zones, epoch="2024-08-16T03:00:00Z"):
    return LocalClock.of({"epoch": epoch, "time_zones": [{"label": n, "offset_s": s} for n, s in zones]})


def test_two_zones_are_told_side_by_side():
    two = clock(("Kyiv", 3 * HOUR), ("Samara", 4 * HOUR))
    assert two.moments(0) == "06:00 / 07:00"
    assert two.named(0) == "06:00 Kyiv / 07:00 Samara"
    assert two.legend == "Times are Kyiv time (UTC+3) / Samara time (UTC+4)"
    assert two.hour(1800) == "06:30–07:30 / 07:30–08:30"


def test_places_with_one_time_share_a_zone():
    one = clock(("Kyiv", 3 * HOUR), ("Moscow", 3 * HOUR))
    assert one.moments(HOUR) == one.named(HOUR) == "07:00"
    assert one.legend == "Times are Kyiv and Moscow time (UTC+3)"


def test_tables_have_the_offset_where_there_are_several_local_times():
    assert clock(("Kyiv", 3 * HOUR)).told(HOUR) == "2024-08-16 07:00"
    assert clock(("Kyiv", 3 * HOUR), ("Moscow", 3 * HOUR)).told(HOUR) == "2024-08-16 07:00"
    assert clock(("before", -3 * HOUR), ("after", -4 * HOUR)).told(HOUR) == "2024-08-16 01:00-03:00"


def test_without_zones_it_is_utc():
    plain = clock()
    assert plain.moments(0) == "03:00"
    assert plain.legend == "Times are UTC"
    assert plain.utc_text(61) == "2024-08-16T03:01:01Z"


@pytest.mark.parametrize(
    ("seconds", "short", "dated"),
    [
        (18 * HOUR - 1, "23:59", "23:59"),
        (18 * HOUR, "Sat 00:00", "Sat 17 Aug 00:00"),
        (18 * HOUR + 6 * 24 * HOUR - 1, "Thu 23:59", "Thu 22 Aug 23:59"),
        (18 * HOUR + 6 * 24 * HOUR, "Fri 23 Aug 00:00", "Fri 23 Aug 00:00"),
        (-7 * HOUR, "Thu 15 Aug 23:00", "Thu 15 Aug 23:00"),
    ],
)
def test_another_day_is_named(seconds, short, dated):
    kyiv = clock(("Kyiv", 3 * HOUR))
    assert kyiv.moment(seconds) == short
    assert kyiv.moment(seconds, dated=True) == dated


def test_each_zone_has_its_own_day():
    both = clock(("Kyiv", 3 * HOUR), ("Samara", 4 * HOUR))
    assert both.moments(17 * HOUR + 1800) == "23:30 / Sat 00:30"


@pytest.mark.parametrize(
    ("offset", "text"), [(5 * HOUR + 1800, "UTC+5:30"), (-3 * HOUR, "UTC−3"), (0, "UTC")]
)
def test_offsets_are_written_out(offset, text):
    assert clock(("X", offset)).zones[0].utc_text == text


def test_iso_times_become_grid_seconds():
    kyiv = clock(("Kyiv", 3 * HOUR))
    assert kyiv.seconds("2024-08-16T03:00:01Z") == 1
    assert kyiv.seconds("2024-08-16T06:00:00+03:00") == 0
    assert kyiv.seconds("2024-08-16T02:00:00") == -HOUR
    assert kyiv.day(20 * HOUR) == "Sat 17 Aug 2024"
