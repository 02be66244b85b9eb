"""What should have been heard by now and was not: a pure function of the state of a movement and the time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from safepassage.domain.movement.events import Escalated, Recorded
from safepassage.domain.movement.particulars import EscalationStep, RoutePoint
from safepassage.domain.movement.state import MovementState, standings
from safepassage.domain.movement.words import ENDED, Course, Paper


@dataclass(frozen=True, slots=True, kw_only=True)
class StepDue:
    """A step of escalation that is due, and the record of it once it was taken."""

    step: EscalationStep
    due_utc_s: int
    taken: Recorded[Escalated] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """Something is overdue: what (`code` names it), since when, and which steps are due."""

    movement: str
    code: str
    text: str
    due_utc_s: int
    steps: tuple[StepDue, ...] = ()

    def overdue_s(self, now_utc_s: int) -> int:
        """Return for how long it is overdue."""
        return now_utc_s - self.due_utc_s


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckIn:
    """A time at which a movement is expected to report: from a point of its route, or wherever it is."""

    point: RoutePoint | None
    expected_utc_s: int
    latest_utc_s: int


def alarms(state: MovementState, now_utc_s: int) -> tuple[Alarm, ...]:
    """Return what is overdue about a movement, longest first; empty when it is closed or nothing is late."""
    if state.course is Course.CLOSED:
        return ()
    found = [*_papers(state), *_before(state), *_under_way(state), *_after(state)]
    due = [_with_steps(state, one, now_utc_s) for one in found if one.due_utc_s <= now_utc_s]
    return tuple(sorted(due, key=lambda one: (one.due_utc_s, one.code)))


def timetable(state: MovementState) -> tuple[CheckIn, ...]:
    """Return when a movement is expected to report, from its start to its end, in order of time."""
    particulars = state.particulars
    rules = particulars.timetable
    found = [
        CheckIn(point=point, expected_utc_s=point.from_utc_s, latest_utc_s=point.until_utc_s + rules.grace_s)
        for point in particulars.route
        if point.from_utc_s is not None and point.until_utc_s is not None
    ]
    times = range(
        particulars.start_utc_s + rules.check_in_every_s, particulars.end_utc_s, rules.check_in_every_s
    )
    found += [CheckIn(point=None, expected_utc_s=at, latest_utc_s=at + rules.grace_s) for at in times]
    return tuple(sorted(found, key=lambda one: (one.expected_utc_s, one.point is None)))


def last_heard_utc_s(state: MovementState) -> int | None:
    """Return when a movement under way was last heard of."""
    if state.departed is None:
        return None
    heard = [state.departed, *state.reported, *state.incidents]
    return max(one.event.at_utc_s for one in heard)


def _alarm(state: MovementState, code: str, text: str, due_utc_s: int) -> Alarm:
    return Alarm(movement=state.id, code=code, text=text, due_utc_s=due_utc_s)


def _papers(state: MovementState) -> Iterator[Alarm]:
    """Yield who has not answered, and who was told of something that has changed since."""
    if state.course in ENDED - {Course.NO_GO}:
        return
    for one in standings(state):
        name = one.recipient.id
        if one.since_utc_s is not None and one.waiting_s(one.since_utc_s) is not None:
            due_utc_s = one.since_utc_s + one.recipient.ask_again_after_s
            text = f"{name} has not answered about revision {state.current.number}: {one.reply.value}"
            yield _alarm(state, f"no-answer:{name}", text, due_utc_s)
        if state.sends(name) and not state.was_told_current(name):
            told = state.sends(name)[-1].event.revision
            text = f"{name} knows revision {told} only, {state.current.number} is the one that counts"
            yield _alarm(state, f"not-told:{name}", text, state.current.drafted.event.at_utc_s)


def _before(state: MovementState) -> Iterator[Alarm]:
    particulars = state.particulars
    rules = particulars.timetable
    if state.course is Course.NOT_DECIDED and state.paper is Paper.SENT:
        text = f"{particulars.lead} has not decided"
        yield _alarm(state, "decision", text, particulars.start_utc_s - rules.decide_before_s)
    if state.course is Course.GO:
        first = particulars.route[0].until_utc_s if particulars.route else None
        latest = particulars.start_utc_s if first is None else first
        yield _alarm(state, "departure", "no word that it left", latest + rules.grace_s)


def _under_way(state: MovementState) -> Iterator[Alarm]:
    heard = last_heard_utc_s(state)
    if state.course is not Course.DEPARTED or heard is None:
        return
    rules = state.particulars.timetable
    yield _alarm(state, "check-in", "no word from it", heard + rules.check_in_every_s + rules.grace_s)
    point = _next_point(state)
    if point is not None and point.until_utc_s is not None:
        text = f"no report from {point.id} ({point.place.name})"
        yield _alarm(state, f"point:{point.id}", text, point.until_utc_s + rules.grace_s)
    yield _alarm(state, "arrival", "no word that it arrived", state.particulars.end_utc_s + rules.grace_s)


def _next_point(state: MovementState) -> RoutePoint | None:
    """Return the first timed point behind the start from which, or beyond which, it has not reported."""
    route = state.particulars.route
    seen = {one.event.point for one in state.reported}
    reached = max((i for i, point in enumerate(route) if point.id in seen), default=0)
    return next((point for point in route[reached + 1 :] if point.until_utc_s is not None), None)


def _after(state: MovementState) -> Iterator[Alarm]:
    if state.cancelled is not None:
        for name in state.not_told_of_cancellation():
            text = f"{name} was told of it and does not know that it is cancelled"
            yield _alarm(state, f"not-told:{name}", text, state.cancelled.event.at_utc_s)
    if state.ended is not None:
        due_utc_s = state.ended.event.at_utc_s + state.particulars.timetable.review_within_s
        yield _alarm(state, "review", "it was not closed with a review", due_utc_s)


_ESCALATED = ("departure", "check-in", "point", "arrival")


def _with_steps(state: MovementState, alarm: Alarm, now_utc_s: int) -> Alarm:
    """Return an alarm with the steps that are due by now."""
    if alarm.code.partition(":")[0] not in _ESCALATED:
        return alarm
    taken = {one.event.step: one for one in state.escalated if one.event.alarm == alarm.code}
    steps = tuple(
        StepDue(
            step=step,
            due_utc_s=alarm.due_utc_s + step.after_s,
            taken=taken.get(str(number)),
        )
        for number, step in enumerate(state.particulars.timetable.escalation, start=1)
        if alarm.due_utc_s + step.after_s <= now_utc_s
    )
    return Alarm(
        movement=alarm.movement, code=alarm.code, text=alarm.text, due_utc_s=alarm.due_utc_s, steps=steps
    )
