"""What the log knows reaches the plan audit as rows; noting is not agreeing."""

from __future__ import annotations

import csv
import io
from datetime import datetime

from safepassage.domain.access_work.request import AccessRequested, RequesterKind, RequestState
from safepassage.domain.movement import events as ev
from safepassage.domain.movement.words import Answer, Channel, YesNo
from safepassage.domain.safeguard import ANSWERS, SafeguardKind
from safepassage.formats.movement import movement_safeguards
from tests.support.movements import NOW_S, Desk, agreed, later


def rows(desk, *requests):
    text = movement_safeguards.write([desk.state], requests).decode()
    return {row["id"]: row for row in csv.DictReader(io.StringIO(text))}


def test_rows_are_of_kinds_and_answers_that_the_table_knows():
    desk = (
        Desk(agreed())
        .ready()
        .send()
        .answer("side-a", Answer.AGREED)
        .answer("side-b", Answer.OBJECTION, text="no")
    )
    desk.do(
        ev.Relayed, recipient="side-a", revision=1, units_told=YesNo.UNKNOWN, channel=Channel.MAIL, person="x"
    )
    asked = AccessRequested(request="r1", at_utc_s=NOW_S, organisation="ICRC", kind=RequesterKind.ICRC,
                            addressed_to="side-a", purpose="visit", place="Ford", standing=True)  # fmt: skip
    found = rows(desk, RequestState(asked=asked))
    assert {row["kind"] for row in found.values()} <= set(SafeguardKind)
    assert {row["answer"] for row in found.values()} <= {"", *ANSWERS}
    assert all(datetime.fromisoformat(row["at"]).tzinfo for row in found.values() if row["at"])
    assert found["m1-acknowledgement-side-a"]["answer"] == "yes"
    assert found["m1-acknowledgement-side-b"]["answer"] == "objection"
    assert found["m1-relayed_to_units-side-a"]["answer"] == "unknown"
    assert found["m1-who_may_leave"]["text"] == "everybody who wishes"
    assert (found["request-r1"]["answer"], found["request-r1"]["party"]) == ("", "ICRC")
    assert "m1-notification-icrc" not in found


def test_noting_is_no_agreement_and_what_was_not_read_back_is_unknown():
    desk = Desk().ready().send().answer("side-a").answer("side-b", channel=Channel.RADIO)
    found = rows(desk)
    assert found["m1-acknowledgement-side-a"]["answer"] == "comment"
    assert found["m1-acknowledgement-side-b"]["answer"] == "unknown"


def test_a_change_has_its_row_so_that_earlier_answers_are_stale():
    desk = Desk().ready().send().answer("side-a")
    desk.do(ev.Revised, particulars=later(desk.state.particulars))
    found = rows(desk)
    assert found["m1-revision"]["at"] > found["m1-acknowledgement-side-a"]["at"]


def test_what_was_said_of_an_earlier_revision_never_counts_however_late_it_came():
    desk = Desk(agreed()).ready().send()
    desk.do(ev.Revised, particulars=later(desk.state.particulars))
    desk.answer("side-a", Answer.AGREED, revision=1)
    said = {"recipient": "side-a", "units_told": YesNo.YES, "channel": Channel.MAIL, "person": "x"}
    desk.do(ev.Relayed, revision=1, **said)
    found = rows(desk)
    assert found["m1-revision"]["number"] == "2"
    assert found["m1-acknowledgement-side-a"]["number"] == "1"
    assert found["m1-relayed_to_units-side-a"]["answer"] == "unknown"
    assert found["m1-notification-side-a"]["at"] == ""
    desk.ready().send().answer("side-a", Answer.AGREED).do(ev.Relayed, revision=2, **said)
    found = rows(desk)
    assert found["m1-acknowledgement-side-a"]["number"] == ""
    assert found["m1-relayed_to_units-side-a"]["answer"] == "yes"
    assert found["m1-notification-side-a"]["at"] > found["m1-revision"]["at"]


def test_a_cancelled_movement_has_no_rows():
    assert rows(Desk().ready().send().do(ev.Cancelled, reason="x")) == {}
