"""A distribution goes on from what has left: nothing is delivered twice, no truck is in two places."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from types import SimpleNamespace

import pytest

from safepassage.domain.aid.case_rules import rules_of
from safepassage.domain.aid.stock import Consignment
from safepassage.domain.plan import Leg, VehicleChain
from safepassage.domain.situation import Situation
from safepassage.engines.distribution import delivered, distribute, gone, onward, since
from safepassage.engines.distribution.onward import trips_of
from safepassage.engines.evacuate.trucks import TruckRoads
from safepassage.formats.plan import aid_json
from safepassage.planning import StoppingRule, make_plan
from safepassage.provisioning import provide
from safepassage.testing.aid_cases import random_aid_case
from tests.support.aids import WORK


@pytest.fixture(scope="module")
def earlier():
    case, network = random_aid_case(5)
    planned = make_plan(network, Situation(case=case), stop=StoppingRule(work=WORK))
    return provide(case, planned.problem, planned.plan.schedule)


@pytest.fixture(scope="module")
def roads():
    case, network = random_aid_case(5)
    planned = make_plan(network, Situation(case=case), stop=StoppingRule(work=WORK))
    settings = case.settings
    return TruckRoads(planned.problem, planned.plan.schedule, settings.exposure_weight, rules_of(case))


def departures(plan):
    return sorted(leg.depart_s for chain in plan.trucks for leg in chain.legs)


def test_what_has_left_is_taken_off_needs_and_stock(earlier):
    now_s = departures(earlier)[len(departures(earlier)) // 2]
    past = gone(earlier, now_s)
    left = onward(earlier.problem, past)
    brought = sum(row.received_milli for row in past.brought)
    assert brought > 0
    assert brought == sum(past.lots.values())
    before = sum(need.amount_milli for need in earlier.problem.needs)
    later = sum(need.amount_milli for need in left.needs)
    assert later + brought == before
    stock = sum(lot.quantity_milli for lot in earlier.problem.lots)
    assert sum(lot.quantity_milli for lot in left.lots) + sum(past.lots.values()) == stock


def test_a_truck_is_free_when_its_trip_is_over_and_never_before_now(earlier):
    now_s = departures(earlier)[1] + 1
    past = gone(earlier, now_s)
    for truck in onward(earlier.problem, past).trucks:
        assert truck.available_from_s >= now_s
        assert all(leg.arrive_s <= truck.available_from_s for leg in past.legs.get(truck.id, ()))


def test_before_the_first_departure_nothing_has_left(earlier):
    past = gone(earlier, 0)
    assert not past.brought
    assert onward(earlier.problem, past) == earlier.problem


def test_drivers_who_go_on_as_announced_are_not_told_anew(earlier):
    past = gone(earlier, 0)
    told = since(earlier, earlier, past)
    assert told.drivers == ()
    assert told.same == len({row.truck for row in earlier.deliveries})
    other = replace(earlier, deliveries=earlier.deliveries[1:])
    told = since(earlier, other, past)
    assert [row.truck for row in told.drivers] == [earlier.deliveries[0].truck]
    written = aid_json.document(replace(earlier, since=told), inputs_sha256="", plan_sha256="")
    assert aid_json.parsed(written).since == told


def middle(plan):
    return departures(plan)[len(departures(plan)) // 2]


def gone_on(plan, now_s):
    """A plan in which all that lies ahead at `now_s` is left as it was, and the rest stands behind it."""
    past = gone(plan, now_s)
    left = {leg.id for legs in past.legs.values() for leg in legs}
    return replace(
        plan,
        trucks=tuple(
            replace(chain, legs=tuple(leg for leg in chain.legs if leg.id not in left))
            for chain in plan.trucks
        ),
        deliveries=tuple(row for row in plan.deliveries if row.leg not in left),
        since=since(plan, plan, past),
    )


def test_the_share_of_a_place_counts_what_was_brought_since_the_first_plan(earlier, roads):
    """Drivers go on as announced: the figure is that of the first plan, and so is its bound or below."""
    times = departures(earlier)
    past = gone(earlier, times[len(times) * 9 // 10])
    left = onward(earlier.problem, past)
    assert sum(row.met_nano for row in left.behind) > 0
    whole = worths(left) + Counter({row.place: row.worth for row in left.behind})
    assert whole == worths(earlier.problem)
    later, first = distribute(left, roads, announced=(earlier, past)).totals, earlier.totals
    assert later.reached == first.reached
    assert first.least_share_ppm <= later.least_share_ppm <= later.least_share_bound_ppm
    assert later.least_share_bound_ppm <= first.least_share_bound_ppm
    alone = distribute(replace(left, behind=()), roads, announced=(earlier, past)).totals
    assert alone.least_share_ppm < first.least_share_ppm / 2


def worths(problem):
    found = Counter()
    for need in problem.needs:
        found[need.place] += need.worth
    return found


def test_going_on_twice_forgets_nothing(earlier):
    first_s, second_s = departures(earlier)[0] + 1, departures(earlier)[-1] + 1
    at_once, step_by_step = gone(earlier, second_s), gone(gone_on(earlier, first_s), second_s)
    assert 0 < len(gone(earlier, first_s).brought) < len(at_once.brought)
    assert step_by_step.trucks == at_once.trucks
    assert onward(earlier.problem, step_by_step) == onward(earlier.problem, at_once)

    def lines(past):
        return sorted((row.waybill, row.place, row.lot, row.due, row.received_milli) for row in past.brought)

    assert lines(step_by_step) == lines(at_once)


def test_what_is_known_of_the_past_is_written_and_read(earlier):
    plan = gone_on(earlier, middle(earlier))
    met = delivered(earlier.problem, gone(earlier, middle(earlier)))
    plan = replace(plan, since=replace(plan.since, delivered=met))
    written = aid_json.document(plan, inputs_sha256="", plan_sha256="")
    assert aid_json.parsed(written).since == plan.since
    assert plan.since.brought
    assert plan.since.trucks
    assert plan.since.delivered


def counted(line, *, dispatched, received, received_s=None, waybill=None):
    return Consignment(
        waybill=waybill or line.waybill, depot="depot", place=line.place, commodity=line.commodity,
        lot=line.lot, dispatched_milli=dispatched, received_milli=received, received_s=received_s,
    )  # fmt: skip


def only(rows, line):
    return sum(row.milli for row in rows if (row.place, row.commodity) == (line.place, line.commodity))


def test_what_was_lost_on_the_way_is_needed_still_and_gone_from_the_stock(earlier):
    now_s = departures(earlier)[-1] + 1
    announced = gone(earlier, now_s)
    line = max(announced.brought, key=lambda row: row.received_milli)
    same = [
        row for row in announced.brought
        if (row.waybill, row.place, row.commodity, row.lot)
        == (line.waybill, line.place, line.commodity, line.lot)
    ]  # fmt: skip
    whole = sum(row.received_milli for row in same)
    past = gone(earlier, now_s, [counted(line, dispatched=whole, received=whole // 4)])
    assert past.lots == announced.lots
    assert (
        sum(row.received_milli for row in announced.brought) - sum(row.received_milli for row in past.brought)
        == whole - whole // 4
    )
    assert sum(row.counted for row in past.brought) == len(same)
    before, after = (delivered(earlier.problem, one) for one in (announced, past))
    assert only(before, line) - only(after, line) == whole - whole // 4


def test_a_waybill_without_a_count_says_what_left_the_depot(earlier):
    now_s = departures(earlier)[-1] + 1
    line = gone(earlier, now_s).brought[0]
    past = gone(earlier, now_s, [counted(line, dispatched=0, received=None)])
    found = [row for row in past.brought if row.waybill == line.waybill and row.lot == line.lot]
    assert any(row.dispatched_milli == row.received_milli == 0 and not row.counted for row in found)


def test_what_is_over_serves_later_days_and_what_nobody_announced_counts_when_it_came(earlier):
    need = max(earlier.problem.needs, key=lambda need: need.amount_milli)
    later = [n for n in earlier.problem.needs if (n.place, n.commodity) == (need.place, need.commodity)]
    whole = sum(n.amount_milli for n in later)
    gift = Consignment(
        waybill="GIFT-1", depot="depot", place=need.place, commodity=need.commodity, received_s=0,
        dispatched_milli=10 * whole, received_milli=10 * whole,
    )  # fmt: skip
    past = gone(earlier, 1, [gift])
    rows = [row for row in delivered(earlier.problem, past) if row.place == need.place]
    assert sum(row.milli for row in rows if row.commodity == need.commodity) == whole
    left = onward(earlier.problem, past)
    assert not [n for n in left.needs if (n.place, n.commodity) == (need.place, need.commodity)]
    assert not gone(earlier, 0, [gift]).brought, "it comes later"


def test_a_count_that_is_mended_takes_the_place_of_the_first(earlier):
    now_s = departures(earlier)[-1] + 1
    line = gone(earlier, now_s).brought[0]
    once = gone(earlier, now_s, [counted(line, dispatched=9, received=3)])
    again = gone(
        earlier, now_s, [counted(line, dispatched=9, received=3), counted(line, dispatched=9, received=5)]
    )
    assert sum(r.received_milli for r in again.brought) - sum(r.received_milli for r in once.brought) == 2


def test_without_news_drivers_go_on_as_announced(earlier, roads):
    past = gone(earlier, departures(earlier)[0] + 1)
    left = onward(earlier.problem, past)
    kept, anew = distribute(left, roads, announced=(earlier, past)), distribute(left, roads)
    assert kept.totals.worth_nano >= anew.totals.worth_nano - anew.totals.needed_nano // 50
    told = [since(earlier, plan, past) for plan in (kept, anew)]
    assert told[0].same > 0
    assert len(told[0].drivers) <= len(told[1].drivers)
    legs = [leg.id for chain in kept.trucks for leg in chain.legs]
    assert not {leg.id for some in past.legs.values() for leg in some} & set(legs)


def test_what_is_gone_from_the_stock_is_brought_no_more_though_announced(earlier, roads):
    past = gone(earlier, departures(earlier)[0] + 1)
    left = onward(earlier.problem, past)
    lost = earlier.deliveries[-1].lot
    left = replace(left, lots=tuple(lot for lot in left.lots if lot.id != lost))
    found = distribute(left, roads, announced=(earlier, past))
    assert all(row.lot != lost for row in found.deliveries)


BASE, DEPOT, VILLAGE = 7, 3, 5


def legs_by_trip(nodes, handed_out):
    """Trips of a truck; goods are loaded after one leg (0: at the base) and handed out after another."""
    legs = tuple(
        Leg(id=f"a.{k}", route=k - 1, depart_s=k * 100, arrive_s=k * 100 + 50, load=(), waits=())
        for k in range(1, len(nodes) + 1)
    )
    plan = SimpleNamespace(
        problem=SimpleNamespace(trucks=[SimpleNamespace(id="a", base_node=BASE, convoy="")]),
        routes=[SimpleNamespace(to_node=node) for node in nodes],
        deliveries=[
            SimpleNamespace(truck="a", loaded=f"a.{loaded}" if loaded else "", leg=f"a.{leg}")
            for loaded, leg in handed_out
        ],
    )  # fmt: skip
    return [[leg.id for leg in trip] for trip in trips_of(VehicleChain(id="a", legs=legs), plan)]


def test_a_truck_that_hands_out_at_its_base_goes_on_with_the_rest():
    on_the_way = legs_by_trip((DEPOT, BASE, VILLAGE, BASE), [(1, 2), (1, 3)])
    assert on_the_way == [["a.1", "a.2", "a.3", "a.4"]]
    loaded_anew = legs_by_trip((DEPOT, BASE, VILLAGE, BASE), [(1, 2), (2, 3)])
    assert loaded_anew == [["a.1", "a.2"], ["a.3", "a.4"]]
