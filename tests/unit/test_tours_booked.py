"""Tours that were searched are booked so that nobody loses a place in a full gate by a few seconds."""

from __future__ import annotations

from types import SimpleNamespace

from safepassage.engines.evacuate.dispatch import Dispatcher
from safepassage.engines.evacuate.schedule import _Making
from safepassage.engines.evacuate.tours import Found, Visit
from safepassage.engines.evacuate.ways import Ways
from tests.support.planned import laid
from tests.support.sketch import Sketch

NO_PRICES = SimpleNamespace(tolls={}, fleet_of={}, seats=(), tours={}, sites=())


def booked(lead_s):
    """Book two vehicles through one gate, ten minutes each; the first comes 30 s late, its load goes last."""
    sketch = Sketch(3, load_base_s=0)
    sketch.road(0, 1, 60, cars_h=12, persons_h=500)
    sketch.road(1, 2, 60)
    sketch.place("yard", 0)
    for home in ("far", "near"):
        sketch.place(home, 1)
        sketch.people(home, 10, group="needs_transport")
    sketch.site("camp", 2)
    sketch.buses("late", "yard", available_from_s=630)
    sketch.buses("soon", "yard")
    problem = laid(sketch).problem
    plan = _Making.of(problem, Ways(problem, 0), {}, reserves=False, earlier=None)
    dispatcher = Dispatcher(problem, plan.fleet, plan.cars, NO_PRICES, plan.decided, lambda: False)
    gate = next(
        a for a, (tail, head) in enumerate(zip(
            problem.network.arcs.tail.tolist(), problem.network.arcs.head.tolist(), strict=True
        )) if (tail, head) == (0, 1)
    )  # fmt: skip
    stop, load = ("west", 1, 0), ({"seat": 10, "wheelchair": 0, "stretcher": 0},)
    first, second = sorted(plan.fleet.states())
    tours = {
        first: [Visit((stop,), "camp", load, enter_s=3_000, arrive_s=3_060, slot=(gate, 600))],
        second: [Visit((stop,), "camp", load, enter_s=2_000, arrive_s=2_060, slot=(gate, 1_200))],
    }
    dispatcher.follow(Found(tours, {}, {}, {}, {}, 0, 0), lead_s)
    dispatcher.run()
    assert sum(claim.left for claim in plan.decided) == 0
    return [chain.legs[0].arrive_s for chain in plan.fleet.chains()]


def test_empty_vehicles_pass_a_gate_in_the_order_of_their_slots_whoever_loads_first():
    assert booked(None) == [690, 1_290]


def test_with_a_lead_they_pass_it_when_their_loads_go_so_much_before_their_slots():
    assert booked(0) == [1_860, 1_260]
    assert booked(600) == [1_260, 660]
