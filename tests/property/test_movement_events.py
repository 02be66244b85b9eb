"""Whatever is recorded in whatever order, a movement never reaches a state that its rules forbid."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from safepassage.domain.errors import TransitionError
from safepassage.domain.movement import events as ev
from safepassage.domain.movement.lifecycle import fold
from safepassage.domain.movement.overdue import alarms
from safepassage.domain.movement.state import confirmed, standings
from safepassage.domain.movement.words import Answer, Channel, Course, MovementKind, Reply
from tests.support.movements import NOW_S, START_S, Desk, agreed, later, particulars

NAMES = st.sampled_from(["side-a", "side-b", "icrc", "nobody"])
ANSWERS = st.sampled_from(list(Answer))
PEOPLE = st.sampled_from(["planner", "releaser"])
CHANNELS = st.sampled_from([Channel.MAIL, Channel.RADIO])
WORDS = (
    *("check", "submit", "consent all", "send all", "revise", "mandate", "go", "depart", "arrive", "abort"),
    *("incident", "close", "cancel", "answer all"),
)
STEPS = st.one_of(
    st.tuples(st.sampled_from(WORDS)),
    st.tuples(st.just("send"), NAMES, PEOPLE, st.integers(1, 3)),
    st.tuples(st.just("answer"), NAMES, ANSWERS, CHANNELS, st.booleans(), st.integers(1, 3)),
)  # fmt: skip


def act(desk, step):
    """Try one step; a refusal is as good as an event."""
    word, *more = step
    state = desk.state
    number = state.current.number
    if word == "send":
        name, by, revision = more
        desk.do(ev.Sent, by=by, recipient=name, revision=revision, channel=Channel.MAIL)
    elif word == "answer":
        name, answer, channel, read_back, revision = more
        desk.do(ev.Answered, recipient=name, revision=revision, answer=answer, channel=channel,
                person="x", read_back=read_back, text="words")  # fmt: skip
    elif word == "revise":
        desk.do(ev.Revised, particulars=later(state.particulars, 60 * (len(desk.log) + 1)))
    elif word == "mandate":
        desk.do(ev.Revised, particulars=replace(state.particulars, mandate=f"{len(desk.log)}"))
    elif word == "consent all":
        for one in state.particulars.recipients:
            desk.do(ev.Consented, recipient=one.id, fields=("14",), given_by="director")
    elif word == "send all":
        desk.send()
    elif word == "answer all":
        best = Answer.AGREED if state.particulars.kind is MovementKind.AGREED else Answer.NOTED
        for one in state.particulars.parties:
            desk.answer(one.id, best, revision=number)
    else:
        kind, fields = {
            "check": (ev.Checked, {}), "submit": (ev.Submitted, {}), "depart": (ev.Departed, {}),
            "go": (ev.Decided, {"go": True, "lead": "head of mission", "despite": "reason"}),
            "arrive": (ev.Arrived, {}), "abort": (ev.Aborted, {"reason": "x"}),
            "incident": (ev.IncidentHappened, {"text": "x", "ends": True}),
            "close": (ev.Closed, {"review": "x", "persons_left": 1, "persons_arrived": 1}),
            "cancel": (ev.Cancelled, {"reason": "x"}),
        }[word]  # fmt: skip
        desk.do(kind, **fields)


def assert_answers_are_given(state):
    """Assert that nobody is taken to know or to agree who did not say so about this route and time."""
    for one in standings(state):
        answers = [a.event for a in state.answered if a.event.recipient == one.recipient.id]
        said = [a for a in answers if a.answer is not Answer.READ and a.revision >= state.current.renewed_in]
        if one.reply in {Reply.ACKNOWLEDGED, Reply.AGREED}:
            assert any(confirmed(a) for a in said)
        if not said:
            assert one.reply in {Reply.NOT_SENT, Reply.NO_REPLY, Reply.STALE}
        if one.reply is Reply.AGREED:
            assert state.particulars.kind is MovementKind.AGREED


def assert_lawful(state):
    """Assert what holds in every state that can be reached."""
    assert_answers_are_given(state)
    for sent in state.sent:
        revision = next(r for r in state.revisions if r.number == sent.event.revision)
        if not sent.event.cancellation:
            assert revision.submitted is not None
            assert revision.submitted.by != sent.by
    if state.course in {Course.GO, Course.DEPARTED}:
        assert state.decided is not None
    if state.course is Course.GO and state.particulars.kind is MovementKind.AGREED:
        parties = {one.id for one in state.particulars.parties}
        assert all(o.reply is Reply.AGREED for o in standings(state) if o.recipient.id in parties)
    if state.course is Course.CLOSED:
        assert state.closed.event.review
        assert state.not_told_of_cancellation() == ()
    for when in (NOW_S, START_S, START_S + 10**6):
        assert all(alarm.due_utc_s <= when for alarm in alarms(state, when))


ON_THE_WAY = [("check",), ("submit",), ("consent all",), ("send all",), ("answer all",), ("go",), ("depart",)]


@given(st.booleans(), st.integers(0, len(ON_THE_WAY)), st.lists(STEPS, max_size=20), st.data())
def test_no_order_of_events_reaches_a_forbidden_state(is_agreed, begun, more, data):
    desk = Desk(agreed() if is_agreed else particulars())
    steps = ON_THE_WAY[:begun] + more
    for step in steps:
        before = desk.state
        with suppress(TransitionError):
            act(desk, step)
        if before.course is Course.NOT_DECIDED and desk.state.course is Course.GO and is_agreed:
            parties = {one.id for one in desk.state.particulars.parties}
            assert all(o.reply is Reply.AGREED for o in standings(desk.state) if o.recipient.id in parties)
        assert_lawful(desk.state)
    assert fold(desk.log)["m1"] == desk.state
    kept = [one for one in desk.log if data.draw(st.booleans(), label=one.id)]
    for state in fold(kept).values():
        assert_lawful(state)
        known = {one.id for one in kept}
        assert {one.id for one, _ in state.out_of_place} <= known
