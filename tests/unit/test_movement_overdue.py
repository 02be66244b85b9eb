"""An alarm is a function of what was recorded and the time, due to the second, with its steps."""

from __future__ import annotations

import pytest

from safepassage.domain.movement import events as ev
from safepassage.domain.movement.overdue import alarms, last_heard_utc_s, timetable
from safepassage.domain.movement.words import Channel
from tests.support.movements import HOUR_S, START_S, Desk, later

GRACE_S = 900


def codes(desk, at_s):
    return [one.code for one in alarms(desk.state, at_s)]


def test_silence_is_asked_about_to_the_second():
    desk = Desk().ready().send("side-a")
    due = desk.state.sent[0].event.at_utc_s + 6 * HOUR_S
    assert (codes(desk, due - 1), codes(desk, due)) == ([], ["no-answer:side-a"])
    assert alarms(desk.state, due + 60)[0].overdue_s(due + 60) == 60
    assert "no-answer:side-a" not in codes(desk.answer("side-a"), due + 60)


def test_who_knows_an_earlier_revision_only_is_named_at_once():
    desk = Desk().ready().send("side-a").answer("side-a")
    desk.do(ev.Revised, particulars=later(desk.state.particulars))
    (alarm,) = alarms(desk.state, desk.now_s)
    assert (alarm.code, alarm.text) == (
        "not-told:side-a",
        "side-a knows revision 1 only, 2 is the one that counts",
    )


def test_decision_and_departure_fall_due():
    desk = Desk().ready().send().answer("side-a").answer("side-b").answer("icrc")
    assert (codes(desk, START_S - HOUR_S - 1), codes(desk, START_S - HOUR_S)) == ([], ["decision"])
    late = START_S + 900 + GRACE_S
    assert (codes(desk.go(), late - 1), codes(desk, late)) == ([], ["departure"])


def test_under_way_the_next_point_the_next_word_and_the_arrival_are_awaited():
    desk = Desk().under_way()
    left = desk.state.departed.event.at_utc_s
    assert codes(desk, left + HOUR_S + GRACE_S - 1) == []
    assert codes(desk, left + HOUR_S + GRACE_S) == ["check-in"]
    ford = START_S + HOUR_S + 900 + GRACE_S
    assert codes(desk, ford) == ["check-in", "point:ford"]
    desk.do(ev.Reported, at=ford, channel=Channel.RADIO, person="R2", point="ford")
    assert last_heard_utc_s(desk.state) == ford
    assert codes(desk, START_S + 3 * HOUR_S + GRACE_S) == ["point:birch", "check-in", "arrival"]
    desk.do(ev.Arrived, at=START_S + 3 * HOUR_S)
    review = START_S + 3 * HOUR_S + 72 * HOUR_S
    assert (codes(desk, review - 1), codes(desk, review)) == ([], ["review"])


def test_a_report_from_a_later_point_settles_the_earlier_ones():
    desk = (
        Desk()
        .under_way()
        .do(ev.Reported, at=START_S + 400, channel=Channel.RADIO, person="R2", point="birch")
    )
    assert not any(code.startswith("point") for code in codes(desk, START_S + 10 * HOUR_S))


def test_steps_fall_due_one_after_the_other_and_are_ticked_off():
    desk = Desk().under_way()
    due = desk.state.departed.event.at_utc_s + HOUR_S + GRACE_S
    assert [len(alarms(desk.state, due + s)[0].steps) for s in (0, 899, 900, 1800, 7200)] == [1, 1, 2, 3, 5]
    desk.do(ev.Escalated, at=due, alarm="check-in", step="1", outcome="no answer on HF")
    first, second = alarms(desk.state, due + 900)[0].steps
    assert (first.taken.event.outcome, second.taken) == ("no answer on HF", None)


@pytest.mark.parametrize("told", [True, False])
def test_whoever_was_told_has_to_learn_of_a_cancellation(told):
    desk = Desk().ready().send("side-a").answer("side-a").do(ev.Cancelled, reason="flood")
    if told:
        desk.send("side-a", cancellation=True)
    assert codes(desk, desk.now_s) == ([] if told else ["not-told:side-a"])


def test_the_timetable_lists_points_and_hours_in_order():
    rows = timetable(Desk().state)
    names = [row.point.id if row.point else "" for row in rows]
    assert names == ["alder", "ford", "", "birch", ""]
    assert rows[0].latest_utc_s == START_S + 900 + GRACE_S
