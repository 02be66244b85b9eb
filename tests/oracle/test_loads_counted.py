"""Heads of whole loads in the joint bound, beside the best of all tours of one vehicle and drawn towns."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from typing import Any

import pytest

from safepassage.engines.pricing import contracted
from safepassage.formats.containers import canonical_json
from safepassage.formats.plan import inputs_json
from safepassage.testing.small_cases import random_small_case
from safepassage_verify import priced
from safepassage_verify.paths import Paths
from safepassage_verify.snapshot import read_snapshot
from safepassage_verify.verdict import Findings
from tests.support.best_tours import BestTours
from tests.support.effort import examples
from tests.support.going_on import events
from tests.support.planned import accepted, laid, planned, verdict_on, written
from tests.support.sketch import Sketch

HORIZON_S = 2_400
STEP_S = 10
"""All times of a village are so many seconds, so that nothing is lost by steps."""


def village(draw: random.Random) -> tuple[dict[str, Any], list[int]]:
    """Return inputs of two or three pick-ups and a vehicle, and the arcs of a road that closes for good."""
    base_s = draw.choice([20, 60])
    sketch = Sketch(
        6, horizon_s=HORIZON_S, load_base_s=base_s, load_per_person_s=draw.choice([10, 30, 90]),
        unload_base_s=draw.choice([20, 60]), unload_per_person_s=draw.choice([0, 10]),
        load_more_assisted_s=draw.choice([0, 20]),
    )  # fmt: skip
    for a, b in ((0, 1), (1, 2), (2, 3), (3, 4)):
        sketch.road(a, b, draw.randint(1, 12) * 10)
    if draw.random() < 0.4:
        sketch.road(0, 3, draw.randint(20, 50) * 10)
    for name, node in zip("abc", draw.choice([(0, 2, 5), (0, 3, 5), (1, 2, 5), (0, 1, 2)]), strict=True):
        way = "east" if draw.random() < 0.2 else "west"
        sketch.town(name, node, release_s=draw.choice([0, 0, 200, 610]))
        if name != "c" or draw.random() < 0.3:
            group = draw.choice(["needs_transport", "needs_transport", "assisted"])
            sketch.people(name, draw.randint(1, 4), way, group=group)
    sketch.road(5, draw.choice([1, 2]), 40)
    sketch.site("camp", 4)
    sketch.site("hall", draw.choice([0, 4]), "east")
    sketch.buses("bus", draw.choice(["a", "b", "camp"]), 1, draw.randint(2, 5))
    problem = laid(sketch)
    inputs = inputs_json.document(getattr(problem, "problem", problem))
    if draw.random() < 0.7:
        return inputs, closed(inputs, draw.choice(["l1", "l2"]), draw.randint(15, 120) * 10)
    return inputs, []


def road(draw: random.Random) -> tuple[dict[str, Any], list[int]]:
    """Return inputs where one is taken along past a road that is about to close, and others after it."""
    base_s, each_s, seats = draw.choice([20, 60]), draw.choice([30, 60, 90]), draw.randint(2, 5)
    sketch = Sketch(
        5, horizon_s=HORIZON_S, load_base_s=base_s, load_per_person_s=each_s,
        unload_base_s=20, unload_per_person_s=draw.choice([0, 10]),
    )  # fmt: skip
    lengths = [draw.randint(1, 4) * 10, 30, draw.randint(20, 60) * 10]
    for (a, b), travel_s in zip(((0, 1), (1, 2), (2, 4)), lengths, strict=True):
        sketch.road(a, b, travel_s)
    persons = draw.randint(1, seats - 1)
    for name, node, n in (("a", 0, persons), ("b", 2, draw.randint(1, seats - persons))):
        sketch.town(name, node, release_s=draw.choice([0, 0, 100]))
        sketch.people(name, n, group="needs_transport")
    sketch.site("camp", 4)
    sketch.buses("bus", "a", 1, seats)
    problem = laid(sketch)
    inputs = inputs_json.document(getattr(problem, "problem", problem))
    passed_s = base_s + persons * each_s + lengths[0] + 30
    return inputs, closed(inputs, "l1", passed_s + draw.randint(0, 12) * 10)


def closed(inputs: dict[str, Any], road: str, at_s: int) -> list[int]:
    """Close a road for good; return its arcs."""
    arcs = inputs["network"]["arcs"]
    found = [i for i, label in enumerate(arcs["label"]) if label == road]
    for arc in found:
        travel_s, capacity = arcs["travel_s"][arc], arcs["capacity_mveh_h"][arc]
        pieces = [[0, at_s, capacity, -1, travel_s], [at_s, HORIZON_S, 0, -1, travel_s]]
        inputs["network"]["profiles"].append([arc, pieces])
    return found


def proved(inputs: dict[str, Any], arcs: list[int], price: list[int], *, loads: bool) -> int:
    """Return the person-seconds that prices of the classes prove."""
    snapshot = read_snapshot(inputs, Findings())
    places = {row["id"]: row for row in inputs["places"]}
    names = sorted({
        (r["direction"], "seated", places[r["place"]]["pickup_node"], places[r["place"]]["release_s"])
        for r in inputs["demand"]
    })  # fmt: skip
    people = [
        {"direction": d, "commodity": c, "node": n, "release_s": r, "price": p}
        for (d, c, n, r), p in zip(names, price, strict=False)
    ]
    listed = [{"arc": arc, "persons": [], "road": []} for arc in arcs]
    row = {"step_s": STEP_S, "arcs": listed, "sites": [], "people": people, "loads": loads}
    limit = priced.PricedBound(snapshot, row, Paths(snapshot.roads)).limit()
    assert limit is not None
    return sum(r["persons"] for r in inputs["demand"]) * HORIZON_S - limit


@pytest.fixture
def few_places(monkeypatch):
    """Let heads be counted in vehicles of two places, too."""
    monkeypatch.setattr(priced, "MANY_PLACES", 2)
    monkeypatch.setattr(contracted, "LEAST_PLACES", 2)


def held(seed: int, drawn: Any) -> tuple[int, int, int]:
    """Hold what many prices prove against the best tour; return the most, that without loads, the best.

    From what people gain at best on average, each price is changed where that proves more.
    """
    draw = random.Random(seed)
    inputs, arcs = drawn(draw)
    best, most, plain = BestTours(inputs).solved(), 0, 0
    listed = arcs if draw.random() < 0.7 else []
    kept = [HORIZON_S - best // sum(row["persons"] for row in inputs["demand"])] * 3
    for scale in (0, HORIZON_S, 800, 400, 200, 100, 50):
        for k in range(3):
            price = [*kept]
            price[k] = max(0, price[k] + draw.randint(-scale, scale))
            counted = proved(inputs, listed, price, loads=True)
            assert counted <= best, (seed, price)
            if counted > most:
                kept, most, plain = price, counted, proved(inputs, listed, price, loads=False)
    return most, plain, best


@pytest.mark.usefixtures("few_places")
@pytest.mark.parametrize("drawn", [village, road])
def test_whatever_the_prices_no_tour_betters_what_they_prove_with_loads_counted(drawn):
    found = [held(seed, drawn) for seed in range(examples(120))]
    # A bound that is always far below would hold as well, and so would one that counts nothing.
    assert max(most / best for most, _, best in found) > 0.9
    assert sum(most > plain for most, plain, _ in found) > len(found) // 2


def slow_to_board(seed: int) -> tuple[Any, Any]:
    """Return a small case in which each head takes a while."""
    case, network = random_small_case(seed)
    slow = replace(case.settings, load_base_s=90, load_per_person_s=30, unload_base_s=60)
    return replace(case, settings=slow), network


@pytest.mark.usefixtures("few_places")
def test_the_planner_and_the_verifier_count_loads_alike_and_no_plan_is_better():
    found = [planned(*slow_to_board(seed)) for seed in range(examples(30))]
    files = [plan.files for plan in found]
    steps = [
        step for seed in range(examples(20)) for step in events(seed, slow_to_board, count=2) if step.now_s
    ]
    files += [written(step.after) for step in steps]
    counted = 0
    for each in files:
        assert verdict_on(each).violations == ()
        counted += any(row.get("loads") for row in json.loads(each["certificate"])["priced"])
    assert counted > len(files) // 6


def shuttle() -> Sketch:
    """Sixty persons and a bus of twenty seats that returns for them."""
    sketch = Sketch(
        3, horizon_s=14_400, junction_wait_max_s=60, load_base_s=120, load_per_person_s=10, unload_base_s=60
    )
    sketch.road(0, 1, 600)
    sketch.road(1, 2, 300)
    sketch.town("a", 0)
    sketch.people("a", 60, group="needs_transport")
    sketch.buses("bus", "a", 1, 20)
    sketch.site("s", 2)
    return sketch


def test_a_bus_that_fills_up_is_charged_all_heads():
    found = accepted(shuttle())
    (row,) = found.certificate["priced"]
    assert row["loads"] is True
    # 320 s to load, 900 there, and 60 + 900 more for each return: arrivals after 1,220, 3,400 and 5,580 s.
    best = 20 * (1_220 + 3_400 + 5_580)
    assert best * 0.93 <= row["person_seconds"] <= best == found.plan["joint"]["person_seconds"]
    plain = dict(row, loads=False)
    snapshot = read_snapshot(found.inputs, Findings())
    least = 60 * 14_400 - priced.PricedBound(snapshot, plain, Paths(snapshot.roads)).limit()
    assert row["person_seconds"] > least + best // 20


def test_a_mark_that_is_changed_is_refused():
    found = accepted(shuttle())

    def codes(**changed: Any) -> set[str]:
        certificate = found.certificate
        certificate["priced"][0] |= changed
        files = found.files | {"certificate": canonical_json.encode(certificate)}
        return {violation.code for violation in verdict_on(files).violations}

    assert not codes()
    assert "BOUND_SUM" in codes(loads=False)
    assert "SCHEMA" in codes(loads=1)
    assert "BOUND_SUM" in codes(limit=found.certificate["priced"][0]["limit"] - 1)
    # In steps longer than a loading nothing is proved.
    assert "BOUND_SUM" in codes(step_s=135)
