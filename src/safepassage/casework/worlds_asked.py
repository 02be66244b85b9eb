"""A plan as a question about worlds, and a form of it that travels to other processes and machines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np

from safepassage.casework.many_workers import Crew
from safepassage.domain.worlds import Chances, WorldsSheet
from safepassage.engines.worlds import (
    PAIRED,
    Outcomes,
    Question,
    Reported,
    doubts,
    evaluated,
    facts,
    forced,
    movements,
    sheet,
    slices,
)
from safepassage.formats.containers import canonical_json
from safepassage.formats.maps.map_roads import RESTRICTED, UNKNOWN, state_of
from safepassage.formats.plan import inputs_json, plan_json
from safepassage.kernels.worlds.world_runs import Int64


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """The documents of a plan as bytes, what no report says, who stands behind which event, how many worlds.

    `doubts` are the facts that are asked both ways.
    """

    inputs: bytes
    plan: bytes
    chances: Chances
    voices: tuple[tuple[str, tuple[str, ...]], ...]
    seed: int
    worlds: int
    doubts: tuple[int, ...] = ()


@lru_cache(maxsize=1)
def question_of(order: Order) -> Question:
    """Return the question that an order asks; made once in each process."""
    plan = canonical_json.decode(order.plan)
    return asked(canonical_json.decode(order.inputs), plan, order)


def asked(inputs: Any, plan: Any, order: Order) -> Question:
    """Return a plan as a question about worlds."""
    problem = inputs_json.parse(inputs)
    schedule, corridors = plan_json.parsed_schedule(plan), plan_json.parsed_corridors(plan)
    clearance = [row["clearance_s"] for row in plan["directions"]]
    last = zip((key for key, _ in problem.directions), clearance, strict=True)
    return Question(
        problem=problem, movements=movements(problem, schedule, corridors),
        facts=facts(problem, schedule, corridors, order.chances, _reported(plan, order)),
        chances=order.chances, seed=order.seed, worlds=order.worlds,
        planned_last_s={key: second for key, second in last if second is not None},
    )  # fmt: skip


def _reported(plan: Any, order: Order) -> Reported:
    rows = [(row["kind"], row["text"], row["arcs"], row["used"]) for row in plan["modifications"]]
    return reported(rows, dict(order.voices))


def reported(
    changes: Iterable[tuple[str, str, Iterable[int], bool]], said: Mapping[str, tuple[str, ...]]
) -> Reported:
    """Return what changes of the network (kind, text, arcs, used) say of roads in use, and who says what."""
    arcs: dict[str, set[int]] = {UNKNOWN: set(), RESTRICTED: set()}
    for kind, text, where, used in changes:
        state = state_of(kind, text)
        if used and state in arcs:
            arcs[state].update(where)
    return Reported(voices=said, unknown=frozenset(arcs[UNKNOWN]), restricted=frozenset(arcs[RESTRICTED]))


def voices(document: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Return who stands behind an event of a claims document, by its id in the inputs; a side is one."""
    voice = {
        row["id"]: f"side {row['side']}" if row["side"] else f"origin {row['chain'][-1]}"
        for row in document["claims"]
        if row["chain"]
    }
    found: dict[str, tuple[str, ...]] = {}
    for event in document["events"]:
        mine = tuple(sorted({voice[name] for name in event["claims"] if name in voice}))
        for k in range(len(event["slices"])):
            found[f"claim:{event['id']}:{k}"] = mine or (f"event {event['id']}",)
    return found


def prepared(order: Order) -> Question:
    """Return the question that an order asks, all loops loaded, so that copies of this process need not."""
    question = question_of(order)
    evaluated(question, 0, 0)
    return question


def weighed(order: Order, crew: Crew) -> WorldsSheet:
    """Return a plan in its worlds: all of them, then both answers to the main doubts in some of them."""
    question = prepared(order)
    outcomes = Outcomes.joined(list(crew.each(evaluated_slice, order, slices(order.worlds))))
    doubted = doubts(question, outcomes)
    if not doubted:
        return sheet(question, outcomes)
    asked = replace(order, doubts=doubted)
    parts = crew.each(answered_slice, asked, slices(min(PAIRED, order.worlds)))
    return sheet(question, outcomes, doubted, np.concatenate(list(parts)))


def answered_slice(order: Order, bounds: tuple[int, int]) -> Int64:
    """Return what comes of both answers to the doubts of an order in worlds [first, last)."""
    return forced(question_of(replace(order, doubts=())), order.doubts, *bounds)


def evaluated_slice(order: Order, bounds: tuple[int, int]) -> Outcomes:
    """Return what comes of the plan of an order in worlds [first, last)."""
    return evaluated(question_of(order), *bounds)
