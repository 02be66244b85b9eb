"""A movement does what its rules allow: informing asks nobody, silence is no answer, two persons release."""

from __future__ import annotations

from dataclasses import replace

import pytest

from safepassage.domain.errors import TransitionError
from safepassage.domain.movement import events as ev
from safepassage.domain.movement.lifecycle import RENEWING, fold
from safepassage.domain.movement.state import standings
from safepassage.domain.movement.words import (
    Answer,
    Channel,
    Course,
    HazardStatus,
    Paper,
    Reply,
    Shape,
    YesNo,
)
from tests.support.movements import NOW_S, START_S, Desk, agreed, later, particulars


def replies(desk):
    return {one.recipient.id: one.reply for one in standings(desk.state)}


def refused(desk, kind, match, **fields):
    before = desk.state
    with pytest.raises(TransitionError, match=match) as caught:
        desk.do(kind, **fields)
    assert desk.state is before
    assert str(caught.value).startswith("Not recorded: ")
    assert caught.value.remedy
    return caught.value


def test_a_movement_runs_from_draft_to_review():
    desk = Desk().under_way()
    desk.do(ev.Reported, channel=Channel.RADIO, person="R2", point="ford")
    desk.do(ev.Arrived, persons=43).do(ev.Closed, review="as planned", persons_left=43, persons_arrived=43)
    assert desk.state.course is Course.CLOSED
    refused(desk, ev.Cancelled, "closed", reason="x")


@pytest.mark.parametrize(
    ("kind", "fields"),
    [(ev.Submitted, {}), (ev.Decided, {"go": True, "lead": "head of mission"}), (ev.Departed, {}),
     (ev.Arrived, {}), (ev.Aborted, {"reason": "x"}), (ev.Closed, {"review": "x"}),
     (ev.Reported, {"channel": Channel.RADIO, "person": "R2"}),
     (ev.Sent, {"recipient": "side-a", "revision": 1, "channel": Channel.MAIL})],
)  # fmt: skip
def test_a_draft_cannot_skip_its_steps(kind, fields):
    refused(Desk(), kind, "Not recorded", **fields)


def test_whoever_submitted_cannot_release():
    desk = Desk().ready()
    send = {"recipient": "side-a", "revision": 1, "channel": Channel.MAIL}
    refused(desk, ev.Sent, "second person", by=" Planner ", **send)
    desk.do(ev.Sent, by="liaison", **send)


def test_nothing_is_sent_without_consent():
    desk = Desk().do(ev.Checked).do(ev.Submitted)
    send = {"recipient": "side-a", "revision": 1, "channel": Channel.MAIL, "by": "liaison"}
    refused(desk, ev.Sent, "has not agreed", **send)
    desk.do(ev.Consented, recipient="side-a", fields=("14",), given_by="director")
    desk.do(ev.Consented, recipient="side-a", fields=(), given_by="director")
    refused(desk, ev.Sent, "has not agreed", **send)


def test_silence_is_no_answer_and_a_reading_is_none_either():
    desk = Desk().ready().send().answer("side-a", Answer.READ)
    assert replies(desk) == dict.fromkeys(("side-a", "side-b", "icrc"), Reply.NO_REPLY)
    one = standings(desk.state)[0]
    assert one.waiting_s(one.since_utc_s + 7200) == 7200
    assert (one.is_due(one.since_utc_s + 7200), one.is_due(one.since_utc_s + 6 * 3600)) == (False, True)


def test_a_notified_movement_cannot_be_agreed_to():
    refused(Desk().ready().send(), ev.Answered, "information", recipient="side-a", revision=1,
            answer=Answer.AGREED, channel=Channel.MAIL, person="x")  # fmt: skip


def test_only_parties_agree_to_a_passage():
    desk = Desk(agreed()).ready().send()
    refused(desk, ev.Answered, "only a party", recipient="icrc", revision=1, answer=Answer.AGREED,
            channel=Channel.MAIL, person="x")  # fmt: skip


def test_what_was_heard_counts_once_it_was_read_back():
    desk = Desk().ready().send("side-a", channel=Channel.RADIO).answer("side-a", channel=Channel.RADIO)
    assert replies(desk)["side-a"] is Reply.UNCONFIRMED
    desk.answer("side-a", channel=Channel.RADIO, read_back=True)
    assert replies(desk)["side-a"] is Reply.ACKNOWLEDGED


@pytest.mark.parametrize("change", RENEWING)
def test_a_change_of_time_route_or_terms_turns_acknowledgements_stale(change):
    desk = Desk(agreed()).ready().send().answer("side-a", Answer.AGREED).answer("side-b", Answer.AGREED).go()
    given = desk.state.particulars
    new = {
        "kind": {}, "shape": {"shape": Shape.WATERBORNE}, "origin": {"origin": given.destination},
        "destination": {"destination": given.origin}, "route": {"route": given.route[1:]},
        "start_utc_s": {"start_utc_s": START_S - 60}, "end_utc_s": {"end_utc_s": given.end_utc_s + 60},
        "valid_until_utc_s": {"valid_until_utc_s": given.end_utc_s + 60}, "standing": {"standing": True},
        "overnight": {"overnight": "Ford"}, "return_leg": {"return_leg": "the same"},
        "armed_escort": {"armed_escort": YesNo.YES}, "terms": {"terms": replace(given.terms, aid_in="none")},
    }[change]  # fmt: skip
    if change == "kind":
        refused(desk, ev.Revised, "notified as agreed", particulars=particulars())
        return
    desk.do(ev.Revised, particulars=replace(given, **new))
    assert (desk.state.current.number, desk.state.paper, desk.state.course) == (
        2,
        Paper.DRAFT,
        Course.NOT_DECIDED,
    )
    assert replies(desk) == {"side-a": Reply.STALE, "side-b": Reply.STALE, "icrc": Reply.NOT_SENT}
    assert set(replies(desk.ready().send()).values()) == {Reply.STALE, Reply.NO_REPLY}
    refused(desk, ev.Decided, "not every party has agreed", go=True, lead="head of mission", despite="urgent")


def test_a_change_of_the_telephone_is_a_new_revision_and_leaves_acknowledgements():
    desk = Desk().ready().send().answer("side-a").go(despite="one side is silent as ever")
    desk.do(ev.Revised, particulars=replace(desk.state.particulars, mandate="partner of blue"))
    assert (desk.state.current.number, replies(desk)["side-a"]) == (2, Reply.ACKNOWLEDGED)
    assert desk.state.course is Course.GO


def test_a_change_back_does_not_bring_an_acknowledgement_back():
    desk = Desk().ready().send().answer("side-a")
    first = desk.state.particulars
    desk.do(ev.Revised, particulars=later(first)).ready().send()
    desk.do(ev.Revised, particulars=first)
    assert (desk.state.current.number, replies(desk)["side-a"]) == (3, Reply.STALE)


def test_before_anybody_was_told_a_draft_is_rewritten_in_place():
    desk = Desk().do(ev.Checked)
    desk.do(ev.Revised, particulars=later(desk.state.particulars))
    assert (desk.state.current.number, desk.state.paper) == (1, Paper.DRAFT)
    refused(desk, ev.Revised, "changes nothing", particulars=desk.state.particulars)


def test_whoever_was_told_stays_a_recipient():
    desk = Desk().ready().send("icrc")
    given = desk.state.particulars
    refused(desk, ev.Revised, "icrc was told", particulars=replace(given, recipients=given.recipients[:2]))


def test_going_in_spite_of_an_objection_or_a_silence_needs_the_leads_reason():
    desk = Desk().ready().send().answer("side-a", Answer.OBJECTION, text="not on that day")
    refused(desk, ev.Decided, "side-a objects; side-b: no reply", go=True, lead="head of mission")
    refused(desk, ev.Decided, "was named as the lead", go=True, lead="somebody", despite="x")
    desk.go(despite="asked again, they have no fire planned there")
    assert desk.state.course is Course.GO


def test_an_objection_after_the_decision_ends_it():
    desk = Desk().ready().send().answer("side-a").answer("side-b").go()
    desk.answer("side-b", Answer.OBJECTION, text="not today", channel=Channel.PHONE)
    refused(desk, ev.Departed, "nobody decided to go")
    refused(desk, ev.Decided, "side-b objects", go=True, lead="head of mission")


def test_a_comment_takes_no_agreement_back_and_an_objection_does():
    desk = Desk(agreed()).ready().send().answer("side-a", Answer.AGREED).answer("side-a", Answer.COMMENT)
    assert replies(desk)["side-a"] is Reply.AGREED
    desk.answer("side-a", Answer.OBJECTION, text="no").answer("side-a", Answer.NOTED)
    assert replies(desk)["side-a"] is Reply.OBJECTED


def test_an_objection_stands_until_its_author_answers_again():
    desk = Desk().ready().send().answer("side-a", Answer.OBJECTION, text="no").answer("side-b")
    desk.do(ev.Revised, particulars=later(desk.state.particulars)).ready().send().answer("side-b")
    assert [one.objects for one in standings(desk.state)] == [True, False, False]
    refused(desk, ev.Decided, "side-a objects", go=True, lead="head of mission")
    desk.answer("side-a").go()


def test_unknown_explosive_hazards_hold_go_until_the_lead_gives_a_reason():
    desk = Desk(particulars(explosive_hazards=HazardStatus.UNKNOWN)).ready().send().answer("side-a")
    desk.answer("side-b")
    refused(desk, ev.Decided, "explosive hazards: unknown", go=True, lead="head of mission")


def test_a_safe_passage_needs_every_party_and_nothing_replaces_its_agreement():
    desk = Desk(agreed()).ready().send().answer("side-a", Answer.AGREED)
    desk.answer("side-b", Answer.AGREED, channel=Channel.PHONE)
    refused(desk, ev.Decided, "heard, not read back", go=True, lead="head of mission", despite="urgent")
    desk.answer("side-b")
    refused(desk, ev.Decided, "side-b: acknowledged", go=True, lead="head of mission", despite="urgent")
    desk.answer("side-b", Answer.AGREED, channel=Channel.PHONE, read_back=True).go()


def test_an_imprecise_agreement_does_not_pass_the_check():
    given = agreed()
    vague = replace(given, terms=replace(given.terms, who_may_leave="", aid_in=" "))
    refused(Desk(vague), ev.Checked, "who may leave, aid in")
    untimed = replace(given, route=(replace(given.route[0], from_utc_s=None, until_utc_s=None),))
    refused(Desk(untimed), ev.Checked, "no window at alder")


def test_short_notice_holds_unless_it_is_an_emergency():
    soon = later(particulars(), -30 * 3600)
    refused(Desk(soon), ev.Checked, "hours of notice")
    Desk(replace(soon, emergency=True)).do(ev.Checked)


def test_only_an_exercise_is_rehearsed_after_its_hour():
    over = later(particulars(), -10 * 86_400)
    refused(Desk(over), ev.Checked, "lies in the past")
    Desk(replace(over, exercise=True)).do(ev.Checked)


def test_a_cancelled_movement_is_closed_once_all_who_were_told_know_it():
    desk = Desk().ready().send("side-a").do(ev.Cancelled, reason="road washed away")
    refused(desk, ev.Closed, "side-a was not told", review="x")
    refused(
        desk,
        ev.Sent,
        "never told",
        by="l",
        recipient="icrc",
        revision=1,
        channel=Channel.MAIL,
        cancellation=True,
    )
    desk.send("side-a", cancellation=True).do(ev.Closed, review="cancelled in time")


def test_people_unaccounted_for_are_explained_before_closing():
    desk = Desk().under_way().do(ev.Arrived)
    refused(desk, ev.Closed, "nobody counted", review="x")
    refused(desk, ev.Closed, "43 left and 41 arrived", review="x", persons_left=43, persons_arrived=41)
    desk.do(ev.Closed, review="x", persons_left=43, persons_arrived=41, unaccounted="two got off at the ford")


def test_a_departure_without_a_decision_is_an_incident():
    desk = Desk().ready().send()
    refused(desk, ev.Departed, "record an incident")
    desk.do(ev.IncidentHappened, text="left without a decision")
    refused(desk, ev.IncidentHappened, "not under way", text="x", ends=True)


def test_an_incident_can_end_a_movement():
    desk = Desk().under_way().do(ev.IncidentHappened, text="shots near the ford", ends=True)
    assert desk.state.course is Course.ENDED_BY_INCIDENT


def test_a_diversion_under_way_is_a_revision_that_goes_through_two_persons_and_does_not_stop_it():
    desk = Desk().under_way()
    desk.do(ev.Revised, particulars=later(desk.state.particulars))
    assert (desk.state.course, replies(desk)["side-a"]) == (Course.DEPARTED, Reply.STALE)
    desk.ready().send()
    assert replies(desk)["side-a"] is Reply.STALE


def test_answers_are_about_what_was_sent_and_not_before_it():
    desk = Desk().ready().send("side-a")
    said = {"answer": Answer.NOTED, "channel": Channel.MAIL, "person": "x"}
    refused(desk, ev.Answered, "never sent", recipient="side-b", revision=1, **said)
    refused(desk, ev.Answered, "never sent", recipient="side-a", revision=2, **said)
    refused(desk, ev.Answered, "no recipient; name one of side-a", recipient="side-x", revision=1, **said)
    refused(desk, ev.Answered, "before the sending", recipient="side-a", revision=1, at=NOW_S, **said)
    refused(desk, ev.Answered, "who answered", recipient="side-a", revision=1, **(said | {"person": " "}))


def test_a_site_that_stays_needs_no_route():
    site = particulars(shape=Shape.STATIC_SITE, route=())
    assert Desk(site).ready().send().answer("side-a").answer("side-b").go().state.course is Course.GO
    with pytest.raises(ValueError, match="has no route"):
        particulars(shape=Shape.STATIC_SITE)


def test_what_does_not_fit_any_more_is_kept_and_changes_nothing():
    desk = Desk().ready().send().answer("side-a")
    without = [one for one in desk.log if not isinstance(one.event, ev.Submitted)]
    state = fold(without)["m1"]
    assert (state.paper, state.sent, state.answered) == (Paper.CHECKED, (), ())
    assert len(state.out_of_place) == 4
    assert "submit it" in state.out_of_place[0][1]
    assert fold(desk.log)["m1"] == desk.state


def sent_to(name, revision=1, **more):
    return {"recipient": name, "revision": revision, "channel": Channel.MAIL, "by": "releaser", **more}


def answer_of(name, word, **more):
    said = {"recipient": name, "revision": 1, "channel": Channel.MAIL, "person": "x", "text": "words"}
    return {**said, "answer": word, **more}


def test_what_is_over_is_not_revised_checked_or_sent():
    desk = Desk().under_way().do(ev.Aborted, reason="shots heard")
    refused(desk, ev.Revised, "is aborted", particulars=later(desk.state.particulars))
    refused(desk, ev.Checked, "is aborted")
    refused(desk, ev.Sent, "is aborted", **sent_to("side-a"))
    refused(desk, ev.Cancelled, "is aborted", reason="x")
    refused(desk, ev.Decided, "is aborted", go=True, lead="head of mission")
    refused(desk, ev.Decided, "is aborted", go=False, lead="head of mission")


def test_consent_is_for_recipients_fields_and_by_somebody():
    desk = Desk()
    refused(
        desk, ev.Consented, "press is no recipient", recipient="press", fields=("14",), given_by="director"
    )
    refused(desk, ev.Consented, "fields 29 need none", recipient="icrc", fields=("29",), given_by="director")
    refused(desk, ev.Consented, "who gave it", recipient="icrc", fields=("14",), given_by=" ")


def test_sending_is_of_the_current_revision_to_a_recipient():
    desk = Desk().ready()
    refused(desk, ev.Sent, "it is no recipient", **sent_to("press"))
    refused(desk, ev.Sent, "revision 1 is the one that counts, not 2", **sent_to("side-a", 2))
    refused(desk, ev.Sent, "is not cancelled", **sent_to("side-a", cancellation=True))


def test_times_follow_each_other_and_may_be_the_same():
    desk = Desk().ready().send()
    at = desk.state.sends("side-a")[0].event.at_utc_s
    desk.do(ev.Answered, at=at, **answer_of("side-a", Answer.NOTED)).answer("side-b").go()
    decided = desk.state.decided.event.at_utc_s
    refused(desk, ev.Departed, "before the decision", at=decided - 1)
    desk.do(ev.Departed, at=decided)
    radio = {"channel": Channel.RADIO, "person": "R2"}
    refused(desk, ev.Reported, "before the departure", at=decided - 1, **radio)
    refused(desk, ev.Arrived, "before the departure", at=decided - 1)
    refused(desk, ev.Reported, "mill is no point of the route", point="mill", **radio)
    desk.do(ev.Reported, at=decided, point="alder", **radio)


def test_an_objection_has_its_words():
    refused(
        Desk().ready().send(),
        ev.Answered,
        "without its words",
        **answer_of("side-a", Answer.OBJECTION, text=" "),
    )


def test_go_comes_after_every_party_was_told_this_revision_and_while_it_is_valid():
    lead = {"go": True, "lead": "head of mission", "despite": "urgent"}
    desk = Desk().ready().send("side-a", "icrc")
    refused(desk, ev.Decided, "not sent to side-b", **lead)
    desk.send("side-b")
    refused(desk, ev.Decided, "no longer valid", at=desk.state.particulars.end_utc_s + 1, **lead)
    desk.do(ev.Decided, at=desk.state.particulars.end_utc_s, **lead)


def test_a_cancellation_has_its_reason_and_a_review_its_words():
    desk = Desk()
    refused(desk, ev.Cancelled, "does not say why", reason="")
    refused(desk, ev.Closed, "is not decided", review="x")
    desk.do(ev.Cancelled, reason="flood")
    refused(desk, ev.Closed, "no review", review=" ")
    refused(desk, ev.Cancelled, "is cancelled", reason="again")


def test_an_abort_an_incident_and_a_step_have_their_words():
    desk = Desk().under_way()
    refused(desk, ev.Aborted, "does not say why", reason="")
    refused(desk, ev.IncidentHappened, "what happened", text="")
    refused(desk, ev.Escalated, "what came of it", alarm="check-in", step="1", outcome="")


def test_a_reading_is_kept_for_the_revision_that_was_read():
    desk = Desk().ready().send("side-a").answer("side-a", Answer.READ)
    read = desk.state.answered[-1].event.at_utc_s
    assert standings(desk.state)[0].read_utc_s == read
    desk.do(ev.Revised, particulars=later(desk.state.particulars))
    assert standings(desk.state)[0].read_utc_s is None


def test_the_stage_is_that_of_the_papers_until_it_has_left():
    desk = Desk()
    stages = [desk.state.stage]
    for step in (desk.ready, lambda: desk.send().answer("side-a").answer("side-b"), desk.go):
        step()
        stages.append(desk.state.stage)
    desk.do(ev.Revised, particulars=replace(desk.state.particulars, mandate="another"))
    stages.append(desk.state.stage)
    desk.do(ev.Departed, at=START_S)
    assert [*stages, desk.state.stage] == ["draft", "submitted", "sent", "go", "draft", "departed"]
