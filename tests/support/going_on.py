"""Plans that go on from others, event after event, in random small cases."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from safepassage.domain.errors import HistoryError
from safepassage.domain.situation import Event, Situation
from safepassage.planning import Announced, Planned, StoppingRule, make_plan
from safepassage.testing.draws import Draws
from safepassage.testing.small_cases import random_small_case
from tests.support.events import random_change, random_now_s
from tests.support.planned import WORK, accepted

STOP = StoppingRule(work=WORK)


@dataclass
class Step:
    """One event: the plan before it, when and what, and the plan after."""

    before: Planned
    now_s: int
    change: Any
    after: Planned


def events(seed, make=random_small_case, count=3):
    """Yield what becomes of a plan that the verifier accepts, event after event."""
    case, network = make(seed)
    draws, now_s, past = Draws(seed + 77), 0, []
    current = accepted(case, network).planned
    for _ in range(count):
        now_s = random_now_s(draws, current.plan.schedule, case.settings.horizon_s, now_s)
        change = random_change(draws, case, network, now_s)
        if change is None or now_s >= case.settings.horizon_s:
            continue
        event = Event(at=case.as_of, by="duty desk", change=change)
        announced = Announced(problem=current.problem, schedule=current.plan.schedule, now_s=now_s)
        situation = Situation(case=case, events=(*past, event))
        try:
            found = make_plan(network, situation, stop=STOP, announced=announced)
        except HistoryError:
            continue
        past.append(event)
        yield Step(before=current, now_s=now_s, change=change, after=found)
        current = found
