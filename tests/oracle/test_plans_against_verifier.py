"""The verifier accepts every plan the planner makes for random small snapshots."""

from __future__ import annotations

import hashlib
import json
import random
from dataclasses import replace

import pytest

from safepassage.domain.case import CARER_OF, Settings
from safepassage.domain.plan import MadeWith, Plan
from safepassage.engines.bounds import certify
from safepassage.engines.corridors import corridors
from safepassage.engines.evacuate import evacuate
from safepassage.engines.evacuate.schedule import Limits
from safepassage.engines.summary import binding, direction_summaries, hold, totals
from safepassage.formats.plan import inputs_json, plan_json
from safepassage.planning import _served
from safepassage.testing.tiny_plans import TinyCase, canonical
from safepassage_verify import verify
from tests.support.effort import examples

GROUPS = ("own_vehicle", "needs_transport", "assisted", "wheelchair", "stretcher")


def random_snapshot(chance):
    """Return inputs with windows, hazards, timetables, waiting places and limits of every kind."""
    n_nodes, horizon_s = chance.randint(3, 10), chance.choice([300, 900, 3600])
    case = TinyCase(
        n_nodes,
        horizon_s=horizon_s,
        burst_mveh=2500,
        persons_per_car=chance.randint(1, 4),
        junction_wait_max_s=chance.choice([0, 20, 60]),
        exposure_cap_ppm_s=chance.choice([-1, -1, 3000, 20_000]),
        load_base_s=chance.choice([0, 30]),
        load_per_person_s=chance.choice([0, 3]),
        unload_base_s=chance.choice([0, 20]),
        unload_per_person_s=chance.choice([0, 2]),
    )
    if chance.random() < 0.2:
        a, b = sorted(chance.sample(range(1, horizon_s), 2))
        case.rules["movement_windows"] = [[0, a], [b, horizon_s]]
    for k in range(n_nodes - 1):
        add_arc(case, chance, k, k + 1)
        if chance.random() < 0.8:
            add_arc(case, chance, k + 1, k)
    for _ in range(chance.randint(0, 2 * n_nodes)):
        add_arc(case, chance, *chance.sample(range(n_nodes), 2))
    case.waiting += [[v, chance.choice([1000, 5000])] for v in range(n_nodes) if chance.random() < 0.1]
    add_people(case, chance)
    carried = [sum(v[name] for name in ("seats", "wheelchair", "stretcher")) for v in case.fleet]
    case.rules["burst_persons"] = max([case.rules["persons_per_car"], *carried])
    return case.inputs()


def add_arc(case, chance, tail, head):
    modes = chance.choice([3, 3, 3, 3, 1, 4, 8, 2])
    link = modes in {4, 8}

    def capacity(least):
        return chance.choice([least, 1]) if link else chance.choice([least, 36_000, 360_000, 1_800_000])

    arc = case.arc(
        tail,
        head,
        chance.randint(1, 60),
        capacity_mveh_h=capacity(1) if link else capacity(36_000),
        persons_h=chance.choice([-1, -1, -1, 360, 3600]),
        modes=modes,
        directions=chance.choice([3, 3, 3, 1, 2]),
        empty_ok=chance.choice([1, 1, 1, 0]),
        max_weight_kg=chance.choice([-1, -1, -1, 3000]),
        length_m=chance.randint(1, 3000),
    )
    horizon_s = case.horizon_s
    if chance.random() < 0.25:
        cut = chance.randint(1, horizon_s - 1)
        pieces = [[0, cut], [cut, horizon_s]]
        limits = [-1, -1, 3600, 0]
        rows = [[*ends, capacity(0), chance.choice(limits), chance.randint(1, 60)] for ends in pieces]
        case.profiles.append([arc, rows])
    if chance.random() < 0.2:
        a, b = sorted(chance.sample(range(horizon_s + 1), 2))
        case.hazard.append([arc, [[a, b, chance.choice([1, 50, 500])]]])
    if modes == 8 and chance.random() < 0.7:
        seconds = sorted(chance.sample(range(horizon_s), 4))
        case.timetables.append([arc, [[t, chance.randint(0, 20)] for t in seconds]])


def add_people(case, chance):
    n, horizon_s = case.n_nodes, case.horizon_s
    for k in range(chance.randint(1, 4)):
        release = chance.choice([0, 0, 0, 50])
        case.place(
            f"V{k}", chance.randrange(-1, n - 1), release_s=release, pickup_node=chance.randrange(-1, n)
        )
        for group in GROUPS:
            for direction in ("west", "east", "undecided", "stays"):
                if chance.random() < 0.4:
                    basis = chance.choice(["tally", "tally", "assumption"])
                    case.demand(f"V{k}", chance.randint(0, 30), group=group, direction=direction, basis=basis)
    for k in range(chance.randint(1, 3)):
        node = chance.choice([n - 1, 0, chance.randrange(n)])
        case.site(f"S{k}", node, chance.choice(["west", "east"]), chance.choice([-1, -1, 0, 5, 100]))
    for k in range(chance.randint(0, 4)):
        case.vehicle(
            f"b{k}",
            chance.randrange(n),
            seats=chance.randint(0, 20),
            wheelchair=chance.choice([0, 2]),
            stretcher=chance.choice([0, 1]),
            units_mveh=chance.choice([1000, 2000, 2500]),
            weight_kg=chance.choice([2500, 12_000]),
            available_from_s=chance.choice([0, 0, 30]),
            available_until_s=chance.choice([-1, -1, horizon_s, horizon_s // 2]),
            max_duty_s=chance.choice([-1, -1, horizon_s // 2]),
        )


def with_helped(chance, inputs):
    """Return inputs in which two groups take longer to get on and off, and places have caps of their own."""
    for place in inputs["places"]:
        if chance.random() < 0.3:
            place["exposure_cap_ppm_s"] = chance.choice([0, 500, 3_000, 20_000])
    inputs["rules"]["help_times"] = [
        {"group": group, "load_s": chance.choice([0, 5, 40]), "unload_s": chance.choice([0, 5, 40])}
        for group in chance.sample(GROUPS[1:], 2)
    ]
    return inputs


def with_carers(chance, inputs):
    """Return inputs in which some who need help have carers with them."""
    for row in list(inputs["demand"]):
        if row["group"] in CARER_OF and row["persons"] and chance.random() < 0.7:
            carers = chance.choice([row["persons"], chance.randint(1, row["persons"] + 2)])
            inputs["demand"].append(row | {"group": CARER_OF[row["group"]], "persons": carers})
    return inputs


def planned(inputs):
    """Return plan and certificate as JSON, made by the engines in the order of the canonical flow."""
    problem = inputs_json.parse(json.loads(canonical(inputs)))
    schedule = evacuate(problem, exposure_weight=20, limits=Limits(work=10**6), reserves=True)
    ways, routes = corridors(problem, schedule, exposure_weight=20)
    schedule = replace(schedule, routes=routes)
    found = totals(problem, schedule)
    certificate, behind = certify(problem, _served(found))
    plan = Plan(
        **{name: inputs[name] for name in ("case_id", "title", "exercise", "epoch", "as_of", "horizon_s")},
        complete=not schedule.unserved,
        made_with=MadeWith(version="test", seed=0, work_limit=10**6),
        schedule=schedule,
        directions=direction_summaries(problem, schedule, found, certificate),
        corridors=ways,
        hold=hold(problem.demand, Settings()),
        basis=(),
        modifications=(),
        not_assessed=(),
        binding=binding(problem, certificate, behind),
        certificate=certificate,
    )
    digest = hashlib.sha256(canonical(inputs)).hexdigest()
    return (
        json.loads(canonical(plan_json.plan_document(plan, inputs_sha256=digest))),
        json.loads(canonical(plan_json.certificate_document(certificate, inputs_sha256=digest))),
    )


def check(seeds, *, helped=False):
    served = 0
    for seed in seeds:
        chance = random.Random(seed)
        inputs = random_snapshot(chance)
        if helped:
            inputs = with_carers(chance, with_helped(chance, inputs))
        verdict = verify(inputs, *planned(inputs))
        assert verdict.violations == (), seed
        served += sum(row["persons_served"] for row in verdict.recomputed["directions"])
    return served


def test_the_verifier_accepts_every_plan():
    assert check(range(examples(100))) > examples(500)


def test_the_verifier_accepts_every_plan_where_some_take_longer_to_board_or_have_carers():
    assert check(range(examples(60)), helped=True) > examples(250)


@pytest.mark.slow
def test_the_verifier_accepts_a_thousand_plans():
    assert check(range(1000, 2000)) > 5000
