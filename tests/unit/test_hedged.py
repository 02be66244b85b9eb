"""Plans under worlds: candidates of one problem, in the same worlds, the best by what is asked for."""

from __future__ import annotations

import pytest

from safepassage.domain.hedge import Care
from safepassage.domain.situation import Situation
from safepassage.domain.worlds import PPM, Chances
from safepassage.engines.worlds import Reported
from safepassage.hedged import Weighing, make_hedged
from safepassage.planning import Making, StoppingRule
from tests.support.planned import WORK
from tests.support.sketch import Sketch, window

EARLY = Chances(
    shut_gate_ppm=0, shut_road_ppm=0, early_ppm=PPM, early_share_most=240, breakdown_day_ppm=0,
    stay_share_most=0, slow_share_most=0,
)  # fmt: skip


def gate():
    """A crossing that is open twice; its party always closes somewhat early; room enough to go before."""
    sketch = Sketch(3, horizon_s=20_000)
    sketch.road(0, 1)
    sketch.road(1, 2)
    sketch.town("home", 0, 40)
    sketch.site("camp", 2)
    sketch.crossing("gate", 1, vehicles_h=60)
    sketch.arrangement(window(0, 2_000), window(4_000, 7_000), places=("gate",))
    return sketch


def hedged(sketch, chances, care=Care.MEAN, worlds=64):
    weighing = Weighing(worlds=worlds, fresh=2 * worlds, care=care, chances=chances)
    return make_hedged(
        sketch.network(), Situation(case=sketch.case()), weighing=weighing, reported=lambda _: Reported(),
        making=Making(stop=StoppingRule(work=WORK)),
    )  # fmt: skip


@pytest.mark.parametrize("care", list(Care))
def test_a_party_that_closes_early_is_met_with_a_margin(care):
    sheet, planned = hedged(gate(), EARLY, care)
    plain, chosen = sheet.rows[0], sheet.rows[sheet.picked]
    assert chosen.mean >= plain.mean
    assert chosen.tail >= plain.tail
    assert chosen.all_out >= plain.all_out
    assert chosen.low <= chosen.gain <= chosen.high
    last = max(row.clearance_s for row in planned.plan.directions if row.clearance_s)
    assert last == chosen.last_s


def test_where_nothing_is_uncertain_the_plan_of_the_case_is_kept():
    nothing = Chances(
        shut_gate_ppm=0, shut_road_ppm=0, early_ppm=0, breakdown_day_ppm=0, stay_share_most=0,
        slow_share_most=0, unknown_ppm=0, restricted_ppm=0,
    )  # fmt: skip
    sheet, _ = hedged(gate(), nothing, worlds=4)
    assert (sheet.picked, sheet.optimism) == (0, 0)
    assert sheet.rows[0].all_out == sheet.fresh
    assert all(row.gain <= 0 for row in sheet.rows[1:])


def test_the_same_twice():
    assert hedged(gate(), EARLY)[0] == hedged(gate(), EARLY)[0]
