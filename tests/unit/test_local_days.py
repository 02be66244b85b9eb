"""Days and typed times of a case within which clocks are changed."""

from __future__ import annotations

import argparse
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from safepassage.cli.plan import going_on
from safepassage.domain.local_days import ClockChange, day_dates, day_ends
from safepassage.formats.case.case_clock import ChangedOnce, typed_clock
from safepassage.formats.case.case_reading import read_case
from safepassage.formats.plan import inputs_json
from safepassage.testing.aid_cases import random_aid_case
from safepassage.web.maps.map_view import clock_facts
from safepassage_verify.aid_needs import days_of
from tests.support.aids import provided
from tests.support.folders import HEAD, write_case

HOUR = 3_600
CHANGES = [
    ("2026-10-24T12:00+03:00", "Europe/Kyiv"),
    ("2026-03-28T12:00+02:00", "Europe/Kyiv"),
    ("2026-10-24T12:00+00:00", "Atlantic/Azores"),  # midnight comes twice
    ("2026-03-28T12:00+02:00", "Asia/Beirut"),  # midnight is leapt over
    ("2026-10-24T12:00+03:00", "Asia/Beirut"),  # 23:00 comes twice
]


def case_of(folder, start, zone, hours=60):
    head = HEAD.replace("2024-05-01T06:00+03:00", start).replace("2024-05-01T05:30+03:00", start)
    head = head.replace("horizon_h = 4", f"horizon_h = {hours}").replace("Here=+03:00", f"one={zone}")
    return read_case(write_case(folder, head=head)).case


@pytest.mark.parametrize(("start", "zone"), CHANGES)
def test_a_day_ends_when_clocks_show_the_next_date(tmp_path, start, zone):
    case = case_of(tmp_path, start, zone)
    epoch = datetime.fromisoformat(case.epoch)
    first = epoch.astimezone(ZoneInfo(zone)).date()
    wanted = [
        datetime.combine(first + timedelta(days=day), datetime.min.time(), ZoneInfo(zone))
        for day in range(1, 4)
    ]
    ends = [(end.astimezone(UTC) - epoch) // timedelta(seconds=1) for end in wanted]
    assert list(day_ends(case, 3)) == ends
    assert list(day_ends(replace(case, clock_change=None), 3)) != ends
    assert day_dates(case, 3) == tuple((first + timedelta(days=day)).isoformat() for day in range(3))


@pytest.mark.parametrize(("start", "zone"), CHANGES)
def test_what_a_case_keeps_of_its_clocks_is_what_the_zone_shows(tmp_path, start, zone):
    case = case_of(tmp_path, start, zone)
    epoch, change = datetime.fromisoformat(case.epoch), case.clock_change
    kept = ChangedOnce(epoch + timedelta(seconds=change.at_s), case.time_zones[0][1], change.offset_s)
    for minute in range(0, 60 * 60, 15):
        moment = epoch + timedelta(minutes=minute)
        shown, wanted = moment.astimezone(kept), moment.astimezone(ZoneInfo(zone))
        assert (shown.replace(tzinfo=None), shown.fold) == (wanted.replace(tzinfo=None), wanted.fold)
        for fold in (0, 1):
            local = moment.replace(tzinfo=None, fold=fold)
            assert local.replace(tzinfo=kept).utcoffset() == local.replace(tzinfo=ZoneInfo(zone)).utcoffset()
    assert kept.tzname(None).startswith("UTC")


def test_times_typed_while_a_plan_is_under_way_are_what_clocks_show_then(tmp_path, monkeypatch):
    case = case_of(tmp_path, *CHANGES[0])
    assert typed_clock(case).seconds("2026-10-25 10:00") == 23 * HOUR
    heard = []
    monkeypatch.setattr(going_on, "_announced", lambda _, now_s: (heard.append(now_s), "", (None, "")))
    options = argparse.Namespace(
        previous=tmp_path, at="2026-10-25 10:00", window=["home=22:00-06:00"],
        close=[], lost=[], no_answer=[], count=[],
    )  # fmt: skip
    found = going_on.going_on(options, case)
    assert heard == [23 * HOUR]
    (event,) = found.situation.events
    assert event.at == "2026-10-25T08:00:00Z"
    assert [(window.from_s, window.until_s) for window in event.change.windows] == [
        (10 * HOUR, 19 * HOUR), (35 * HOUR, 43 * HOUR), (59 * HOUR, 67 * HOUR),
    ]  # fmt: skip


def test_clocks_that_are_not_changed_leave_no_trace(tmp_path):
    case = case_of(tmp_path, CHANGES[0][0], "Europe/Moscow")
    assert case.clock_change is None
    assert typed_clock(case).changing is None
    assert clock_facts(case) == {"zero_s": 12 * HOUR, "change": None}


def test_the_clock_of_the_pages_knows_the_change(tmp_path):
    assert clock_facts(case_of(tmp_path, *CHANGES[0])) == {"zero_s": 12 * HOUR, "change": (16 * HOUR, -HOUR)}


def test_aid_of_a_night_in_which_clocks_are_changed_is_due_by_local_midnight():
    drawn, network = random_aid_case(5)
    start = datetime(2024, 10, 26, 20, tzinfo=UTC)
    case = replace(
        drawn, epoch=f"{start:%FT%TZ}", as_of=f"{start:%FT%TZ}",
        time_zones=(("before", 3 * HOUR), ("after", 2 * HOUR)),
        clock_change=ClockChange(at_s=5 * HOUR, offset_s=2 * HOUR),
        settings=replace(drawn.settings, horizon_s=48 * HOUR),
    )  # fmt: skip
    whole = provided(case, network)
    days = [(day["from_s"], day["until_s"], day["date"]) for day in whole.aid["given"]["days"]]
    assert days == [
        (0, HOUR, "2024-10-26"), (HOUR, 26 * HOUR, "2024-10-27"), (26 * HOUR, 48 * HOUR, "2024-10-28")
    ]  # fmt: skip
    assert days_of(whole.inputs) == days
    assert whole.verdict().violations == ()
    assert inputs_json.document(inputs_json.parse(whole.inputs)) == whole.inputs
    whole.inputs["clock_change"] = {"at_s": "soon", "offset_s": 0}
    assert "SCHEMA" in whole.codes()


@pytest.mark.parametrize("wrong", [{"at_s": -1, "offset_s": 0}, {"at_s": 0, "offset_s": 15 * HOUR}])
def test_a_change_of_clocks_that_no_zone_has_is_refused(wrong):
    with pytest.raises(ValueError, match="no change of clocks"):
        ClockChange(**wrong)
