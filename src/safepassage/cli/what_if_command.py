"""`safepassage what-if`: the plan beside what it would be without a road, without forks, with a lane more."""

from __future__ import annotations

import argparse
import time
from dataclasses import asdict
from functools import partial
from typing import Any

from safepassage.casework.reading import CaseInput, read_case_input
from safepassage.casework.solver_room import SolverRoom, nothing
from safepassage.cli.claims.claims_input import claims_input
from safepassage.cli.outcome import Outcome, problems_json, problems_text
from safepassage.cli.plan.what_if_text import contraflow_text, convergent_text, losses_text
from safepassage.cli.progress import Progress
from safepassage.cli.run import MALFORMED, OK
from safepassage.domain import what_if as nouns
from safepassage.domain.errors import FormatError, SafePassageError
from safepassage.domain.plan import Plan
from safepassage.domain.planning_problem import PlanningProblem
from safepassage.domain.situation import Situation
from safepassage.formats.containers import canonical_json
from safepassage.formats.facts.local_clock import LocalClock
from safepassage.formats.plan import inputs_json, plan_json
from safepassage.planning import Planned, StoppingRule, make_plan
from safepassage.what_if import Scales, bridges_of, weigh_contraflow, weigh_convergent, weigh_losses
from safepassage_verify import verify
from safepassage_verify.one_sheet import check_one_sheet

RESTRICTED = "RESTRICTED"
SHOWN_FILES = ("one-sheet.html", "what-if.json")


class NotVerifiedError(SafePassageError):
    """A plan made for a what-if does not hold."""


def run(options: argparse.Namespace) -> Outcome:
    """Weigh what was asked; without a question, losses and the plan without forks."""
    started = time.monotonic()
    progress = Progress(enabled=False) if options.json else Progress()
    try:
        progress.phase("reading")
        given = read_case_input(options.case, options.network)
        if given.malformed or given.case is None or given.network is None:
            data = {"problems": problems_json(given.problems)}
            return Outcome(code=MALFORMED, text=problems_text(given.problems), data=data, to_stderr=True)
        room = SolverRoom()
        try:
            return _weighed(given, options, (progress, room), started)
        finally:
            room.close()
    finally:
        progress.done()


def _weighed(
    given: CaseInput, options: argparse.Namespace, by: tuple[Progress, SolverRoom], started: float
) -> Outcome:
    assert given.case is not None and given.network is not None  # noqa: S101, PT018 - checked by the caller
    settings, network, (progress, room) = given.case.settings, given.network.network, by
    claims = claims_input(options, given.case, network)
    case = given.case if claims is None else claims.case
    stop = StoppingRule(work=settings.work_limit, prices=partial(room.prices, nothing), bounds=room.bounds)
    progress.phase("planning")
    planned = make_plan(network, Situation(case=case), stop=stop)
    checks = _Checks()
    checks(planned.problem, planned.plan)
    scales = Scales(
        planned, exposure_weight=settings.exposure_weight, stop=stop, reserves=settings.plan_reserves,
        check=checks,
    )  # fmt: skip
    everything = not (options.losses or options.convergent or options.contraflow)
    clock = LocalClock.of(inputs_json.document(planned.problem))
    texts: list[str] = []
    files: dict[str, bytes] = {}
    data: dict[str, Any] = {"plan": [asdict(o) for o in scales.itself()]}
    if options.losses or everything:
        progress.phase("weighing losses")
        losses = weigh_losses(scales, bridges_of(network))
        texts.append(losses_text(losses, scales.itself(), planned, clock))
        data["losses"] = asdict(losses)
    if options.convergent or everything:
        progress.phase("planning without forks")
        tree, weighed = weigh_convergent(scales)
        checks.one_sheet(tree, weighed.problem, weighed.plan)
        texts.append(convergent_text(tree, scales.itself(), planned, clock))
        data["convergent"] = asdict(tree)
        files |= _documents(weighed.problem, weighed.plan) | {"one-sheet.html": _sheet(tree, planned, clock)}
    if options.contraflow:
        progress.phase("planning with the lane")
        lane = _contraflow(scales, options.contraflow)
        texts.append(contraflow_text(lane, scales.itself(), planned, clock))
        data["contraflow"] = asdict(lane)
    outputs = _written(options, files, data)
    seconds = round(time.monotonic() - started, 2)
    texts.extend(room.lines())
    texts.append(f"{checks.plans} plans made and verified independently. {seconds:.1f} s.")
    texts.extend(f"Written (RESTRICTED): {path}" for name, path in outputs.items() if name in SHOWN_FILES)
    data |= {"verified": True, "plans": checks.plans, "outputs": outputs, "seconds": seconds}
    data["solver_faults"] = room.faults
    return Outcome(code=OK, text="\n\n".join(texts), data=data)


def _contraflow(scales: Scales, road: str) -> nouns.Contraflow:
    lane, _ = weigh_contraflow(scales, road)
    if not lane.lanes:
        what = "no lane to borrow: the plan does not drive there, or it is a one-way road"
        raise FormatError(
            file=f"--contraflow {road}", what=what, remedy="name a two-way road that the plan uses"
        )
    return lane


class _Checks:
    """Verifies every plan on the way."""

    def __init__(self) -> None:
        self.plans = 0

    def __call__(self, problem: PlanningProblem, plan: Plan) -> None:
        documents = _documents(problem, plan)
        inputs, made, proof = (
            canonical_json.decode(documents[f"{n}.json"]) for n in ("inputs", "plan", "certificate")
        )
        verdict = verify(inputs, made, proof, inputs_bytes=documents["inputs.json"])
        if not verdict.verified:
            first = verdict.violations[0]
            what = f"a plan made on the way does not hold ({first.code} at {first.where}: {first.message})"
            raise NotVerifiedError(f"{what}; nothing was written. Please report this.")
        self.plans += 1

    def one_sheet(self, tree: nouns.Convergent, problem: PlanningProblem, plan: Plan) -> None:
        """Check that everybody has one road and one window, as is said."""
        documents = _documents(problem, plan)
        inputs, made = (canonical_json.decode(documents[f"{n}.json"]) for n in ("inputs", "plan"))
        faults = check_one_sheet(inputs, made, [asdict(line) for line in tree.lines])
        if faults:
            what = f"the one sheet does not hold ({faults[0]}); nothing was written. Please report this."
            raise NotVerifiedError(what)


def _documents(problem: PlanningProblem, plan: Plan) -> dict[str, bytes]:
    inputs = canonical_json.encode(inputs_json.document(problem))
    digest = canonical_json.sha256(inputs)
    return {
        "inputs.json": inputs,
        "plan.json": canonical_json.encode(plan_json.plan_document(plan, inputs_sha256=digest)),
        "certificate.json": canonical_json.encode(
            plan_json.certificate_document(plan.certificate, inputs_sha256=digest)
        ),
    }


def _sheet(tree: nouns.Convergent, planned: Planned, clock: LocalClock) -> bytes:
    from safepassage.formats.sheets import one_sheet  # noqa: PLC0415 - templates load when written

    directions = dict(planned.problem.directions)
    return one_sheet.write(
        tree, clock, directions, title=planned.plan.title, exercise=planned.plan.exercise,
        attribution=planned.problem.network.attribution,
    )  # fmt: skip


def _written(options: argparse.Namespace, files: dict[str, bytes], data: dict[str, Any]) -> dict[str, str]:
    if options.output is None:
        return {}
    from safepassage.cli.written import write_files  # noqa: PLC0415

    files = {**files, "what-if.json": canonical_json.encode(data)}
    return write_files(options.output, {f"{RESTRICTED}/{RESTRICTED}-{n}": b for n, b in files.items()})
