"""`safepassage explain`: why a corridor is what it is, and what would change it."""

from __future__ import annotations

import argparse
from typing import Any

from safepassage.casework.explained import explained_corridor, in_minutes
from safepassage.casework.verified_plan import NotVerifiedError, verified_plan
from safepassage.cli.audit_command import RULE, explained
from safepassage.cli.outcome import Outcome
from safepassage.cli.run import NOT_VERIFIED, OK
from safepassage.domain.errors import FormatError
from safepassage.domain.planning_problem import PlanningProblem
from safepassage.formats.containers import canonical_json
from safepassage.formats.plan import inputs_json


def run(options: argparse.Namespace) -> Outcome:
    """Explain one corridor, or list them; only of a plan that passes its verification."""
    if RULE.fullmatch(str(options.plan)) and not options.plan.exists():
        return explained(str(options.plan))
    try:
        found = verified_plan(options.plan)
    except NotVerifiedError:
        text = "This plan does not pass its verification, so nothing is explained: run `safepassage verify`."
        return Outcome(code=NOT_VERIFIED, text=text, data={"error": text}, to_stderr=True)
    plan, problem = canonical_json.decode(found.plan), inputs_json.parse(canonical_json.decode(found.inputs))
    known = [key for key, _ in problem.directions]
    if options.direction and options.direction not in known:
        what, remedy = f"there is no direction {options.direction}", f"name one of {', '.join(known)}"
        raise FormatError(file=str(options.plan), what=what, remedy=remedy)
    corridors = _matching(plan["corridors"], options.thing, options.direction)
    if not options.thing:
        return _list(problem, corridors)
    if not corridors:
        raise FormatError(
            file=str(options.plan), what=f"there is no corridor {options.thing}",
            remedy="run `safepassage explain OUT` to list them",
        )  # fmt: skip
    answers = [explained_corridor(problem, plan, corridor, options.via) for corridor in corridors]
    text = "\n\n".join("\n".join(lines) for lines, _ in answers)
    return Outcome(code=OK, text=text, data={"corridors": [data for _, data in answers]})


def _matching(corridors: list[dict[str, Any]], thing: str, direction: str) -> list[dict[str, Any]]:
    return [
        c for c in corridors
        if (not thing or thing in {c["id"], c["place"]}) and direction in {"", c["direction"]}
    ]  # fmt: skip


def _list(problem: PlanningProblem, corridors: list[dict[str, Any]]) -> Outcome:
    names = {p.id: p.name for p in problem.places}
    lines = [
        f"{c['id']:>5}  {c['direction']:<14} {names[c['place']]} → {names[c['site']]}: "
        f"{in_minutes(c['travel_s'])}, {c['length_m'] / 1000:.1f} km, {c['bottleneck_reason']}"
        for c in corridors
    ]
    return Outcome(
        code=OK, text="\n".join(lines) or "The plan has no corridors.", data={"corridors": corridors}
    )
