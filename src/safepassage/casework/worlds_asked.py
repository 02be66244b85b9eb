"""A plan as a question about worlds, and a form of it that travels to other processes and machines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from safepassage.domain.worlds import Chances
from safepassage.engines.worlds import Outcomes, Question, evaluated, facts, movements
from safepassage.formats.containers import canonical_json
from safepassage.formats.plan import inputs_json, plan_json


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """The documents of a plan as bytes, what no report says, and who alone stands behind which event."""

    inputs: bytes
    plan: bytes
    chances: Chances
    origins: tuple[tuple[str, str], ...]
    seed: int


@lru_cache(maxsize=1)
def question_of(order: Order) -> Question:
    """Return the question that an order asks; made once in each process."""
    plan = canonical_json.decode(order.plan)
    return asked(canonical_json.decode(order.inputs), plan, order.chances, dict(order.origins), order.seed)


def asked(inputs: Any, plan: Any, chances: Chances, origins: Mapping[str, str], seed: int) -> Question:
    """Return a plan as a question about worlds."""
    problem = inputs_json.parse(inputs)
    schedule, corridors = plan_json.parsed_schedule(plan), plan_json.parsed_corridors(plan)
    clearance = [row["clearance_s"] for row in plan["directions"]]
    last = zip((key for key, _ in problem.directions), clearance, strict=True)
    return Question(
        problem=problem, movements=movements(problem, schedule, corridors),
        facts=facts(problem, schedule, corridors, chances, origins), chances=chances, seed=seed,
        planned_last_s={key: second for key, second in last if second is not None},
    )  # fmt: skip


def evaluated_slice(order: Order, first: int, last: int) -> Outcomes:
    """Return what comes of the plan of an order in worlds [first, last)."""
    return evaluated(question_of(order), first, last)
