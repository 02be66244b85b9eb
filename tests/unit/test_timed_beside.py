"""Tours timed by a copy of this process are those timed here."""

from __future__ import annotations

import sys

import pytest

from safepassage.casework.many_workers import Crew
from safepassage.domain.crew import at_once
from safepassage.domain.situation import Situation
from safepassage.planning import StoppingRule, make_plan
from safepassage.testing.small_cases import random_small_case

WORK = 10**6


@pytest.mark.skipif(sys.platform != "linux", reason="a process is a copy of this one on Linux only")
def test_a_schedule_is_the_same_whoever_times_tours_beside():
    asked = []

    def here(task, job, /):
        asked.append(job)
        return at_once(task, job)

    for seed in range(40):
        case, network = random_small_case(seed)
        plans = [
            make_plan(network, Situation(case=case), stop=StoppingRule(work=WORK, beside=beside)).plan
            for beside in (here, Crew(workers=2).beside)
        ]
        assert plans[0] == plans[1]
        if len(asked) > 3:
            break
    assert len(asked) > 3
