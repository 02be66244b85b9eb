"""What `safepassage plan` does with a case that was read: plan, verify, write."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from functools import cache
from typing import Any

from safepassage.casework.aided import begin_aid
from safepassage.casework.audited import audited
from safepassage.casework.claims_seen import ClaimsInput
from safepassage.casework.layers import map_layers
from safepassage.casework.reading import CaseInput
from safepassage.casework.solver_room import SolverRoom
from safepassage.casework.verified import Checking, documents_of
from safepassage.cli.claims.claims_weighed import Scales, claims_lines, weighed_document
from safepassage.cli.claims.layers_weighed import layers_document
from safepassage.cli.claims.news_told import news_lines
from safepassage.cli.claims.zones_weighed import zone_rows
from safepassage.cli.outcome import Outcome, problems_json
from safepassage.cli.plan.ahead import Ahead
from safepassage.cli.plan.aid_text import aid_data, aid_lines, call_lines
from safepassage.cli.plan.crew import crew_of
from safepassage.cli.plan.frontier_text import frontier_text
from safepassage.cli.plan.going_on import GoingOn, going_on
from safepassage.cli.plan.hedge_text import hedge_text
from safepassage.cli.plan.hedging import hedge_document, hedged_plan
from safepassage.cli.plan.judged import judged
from safepassage.cli.plan.plan_text import change_text, plan_text
from safepassage.cli.progress import Progress
from safepassage.cli.run import INSUFFICIENT, NOT_VERIFIED, OK, UNSERVED
from safepassage.domain.aid.distribution import AidPlan
from safepassage.domain.audit_sheet import holding
from safepassage.domain.case import Case
from safepassage.domain.crew import at_once
from safepassage.domain.errors import SafePassageError
from safepassage.domain.frontier import Frontier
from safepassage.domain.hedge import HedgeSheet
from safepassage.domain.map_layers import MapLayers
from safepassage.domain.network import RoadNetwork
from safepassage.domain.problem import Problem
from safepassage.domain.release import Audience, Release
from safepassage.engines.pricing import price
from safepassage.engines.release import release, with_aid, with_audit, with_judges
from safepassage.formats.containers import canonical_json
from safepassage.formats.facts.change_facts import ChangeFacts
from safepassage.formats.facts.frontier_facts import FrontierFacts
from safepassage.formats.facts.local_clock import LocalClock, instant
from safepassage.formats.plan import changes_json, frontier_json
from safepassage.formats.sheets import public_notice
from safepassage.frontier import Pick, make_frontier
from safepassage.planning import Begun, Making, Planned, begin_plan
from safepassage.provisioning import with_past
from safepassage_verify import Verdict


class FrontierError(SafePassageError):
    """Plans side by side cannot be made, or one of them does not hold."""


DAY_S = 86_400
STALE_AFTER_S = 3 * DAY_S
"""Reports older than this when the plan begins are stale (72 hours: rule SP-19's age for road reports)."""


def whole_plan(
    given: CaseInput, options: argparse.Namespace, progress: Progress, started: float, room: SolverRoom,
    ahead: Ahead,
) -> Outcome:  # fmt: skip
    """Plan a case that can be planned, have the plan verified, and write it."""
    assert given.case is not None and given.network is not None  # noqa: S101, PT018 - checked by the caller
    entered, network = given.case, given.network.network
    case, claims, stop, scales = ahead.case, ahead.claims, ahead.stop, None
    news = going_on(options, case)
    if claims is not None:
        alone = replace(stop, beside=at_once)
        scales = Scales(network=network, entered=entered, claims=claims, stop=alone, seed=options.seed)
        _begin(scales, options, news)
    frontier, hedge, begun = _made(network, news, options, ahead, progress)
    progress.phase("planning aid")
    aid, checking = _aid(news, begun, room)
    progress.phase("verifying")
    planned = begun.planned()
    documents, parsed, verdict = checking().with_aid(aid)
    changes = _changes(planned, news, documents)
    beside = _beside(frontier, documents)
    hedges = hedge_document(hedge, documents)
    said: dict[str, Any] = {}
    if scales is not None:
        progress.phase("planning without claims")
        said = _said(
            scales, planned, options, documents, anew=planned.change is None and not (beside or hedges)
        )
    problems = (*given.problems, *_faults(claims), *given.located(planned.problems))
    if not verdict.verified:
        return _refused(verdict, problems_json(problems), started)
    progress.phase("judging")
    found = judged(documents["inputs"], documents["plan"], said, options, crew_of(options))
    documents |= found.documents
    progress.phase("writing")
    public = release(*parsed, Audience.PUBLIC)
    team = _with_aid(
        release(*parsed, Audience.PLANNING_TEAM, changes=changes, claims=said, frontier=beside), documents
    )
    team = with_judges(team, found.worlds, found.simulation)
    team = with_audit(team, _add_audit(documents, case, public))
    outputs = _write(
        options, documents, (team, public),
        map_layers(network, entered, given.background, None if claims is None else claims.picture), room,
    )  # fmt: skip
    code, seconds = _code(case, planned), round(time.monotonic() - started, 2)
    data = {
        "verified": True, "complete": planned.plan.complete, "exercise": case.exercise,
        "directions": _directions(planned), "joint": _joint(planned), "outputs": outputs,
        "holding": list(holding(team.audit)),
        "problems": problems_json(problems), "seconds": seconds, "solver_faults": room.faults,
        **aid_data(aid),
    }  # fmt: skip
    text = "\n".join([
        plan_text(planned, outputs, problems, seconds, code), *room.lines(), *_held(team),
        *call_lines(team), *aid_lines(aid), *news_lines(claims), *claims_lines(said), *found.lines,
    ])  # fmt: skip
    beside_it = {"claims": said, "changes": changes, "frontier": beside}
    data |= {name: _shown(rows, name) for name, rows in beside_it.items() if rows}
    data |= {"hedge": hedges} if hedges else {}
    return Outcome(code=code, text=_with_plans_beside(text, team, hedge), data=data)


def _write(
    options: argparse.Namespace, documents: dict[str, bytes], releases: tuple[Release, Release],
    layers: MapLayers, room: SolverRoom,
) -> dict[str, str]:  # fmt: skip
    from safepassage.cli.outputs import write_outputs  # noqa: PLC0415 - loaded while prices are looked for

    return write_outputs(
        options.output, documents, releases, layers, field_devices=options.field_devices, beside=room.beside
    )


def _with_plans_beside(text: str, team: Release, hedge: HedgeSheet | None) -> str:
    """Return what is said of a plan, with the plan before it in front and plans beside it at the end."""
    if team.changes:
        text = f"{change_text(ChangeFacts(team))}\n\n{text}"
    if hedge is not None:
        text = f"{text}\n\n{hedge_text(hedge, LocalClock.of(team.inputs))}"
    return f"{text}\n\n{frontier_text(FrontierFacts(team))}" if team.frontier else text


WEIGHED_OF_NEWS = 1
"""So many claims of the texts read a plan is made without, to show what one of them carries."""
_SHOWN = {
    "claims": ("without", "compared", "withdrawals", "zones", "layers"),
    "changes": ("now_s", "to_notify", "kept", "persons", "price"),
    "frontier": ("picked", "order", "slack_percent", "narrow", "tried", "fewer", "worlds", "points"),
}
"""What of a document beside the plan is printed with `--json`."""


def _shown(rows: dict[str, Any], name: str) -> dict[str, Any]:
    return {field: rows[field] for field in _SHOWN[name]}


def _joint(planned: Planned) -> dict[str, Any] | None:
    return None if planned.plan.joint is None else asdict(planned.plan.joint)


def _made(
    network: RoadNetwork,
    news: GoingOn,
    options: argparse.Namespace,
    ahead: Ahead,
    progress: Progress,
) -> tuple[Frontier | None, HedgeSheet | None, Begun]:
    """Return the plan to write, and those beside it where plans were asked for side by side."""
    stop = ahead.stop
    if crew_of(options).is_many:
        # What travels to other processes takes no process with it.
        stop = replace(stop, prices=price, bounds_beside=None, beside=at_once)
    how = Making(stop=stop, seed=options.seed, observer=progress, each=crew_of(options).each)
    if options.under_worlds is not None:
        hedge, planned = hedged_plan(network, news.situation, options, ahead.claims, how)
        return None, hedge, _there(planned)
    if options.frontier is not None or options.pick is not None or options.by:
        frontier, planned = _side_by_side(network, news, options, how)
        return frontier, None, _there(planned)
    begun = begin_plan(
        network, news.situation, stop=stop, seed=options.seed, announced=news.announced, observer=progress,
        ground=None if ahead.ground is None else ahead.ground(),
    )  # fmt: skip
    problem = with_past(begun.problem, news.situation.current(), news.aid, news.aid_sha256)

    @cache
    def with_its_past() -> Planned:
        return replace(begun.planned(), problem=problem)

    return None, None, replace(begun, problem=problem, planned=with_its_past)


def _there(planned: Planned) -> Begun:
    return Begun(problem=planned.problem, schedule=planned.plan.schedule, planned=lambda: planned)


def _aid(news: GoingOn, begun: Begun, room: SolverRoom) -> tuple[AidPlan | None, Callable[[], Checking]]:
    """Plan aid in another process; meanwhile have the plan itself verified."""
    asked = begin_aid(room, news.situation.current(), begun.problem, begun.schedule, news.aid)

    @cache
    def checking() -> Checking:
        return Checking(begun.planned())

    checking()
    return asked(), checking


def _with_aid(team: Release, documents: dict[str, bytes]) -> Release:
    return with_aid(team, canonical_json.decode(documents["aid"])) if "aid" in documents else team


def _add_audit(documents: dict[str, bytes], case: Case, public: Release) -> dict[str, Any]:
    """Hold the plan against the rules of the audit; add the sheet to what is written, and return it."""
    texts = {"PUBLIC-notice.txt": public_notice.write_text(public).decode()}
    documents["audit"] = audited(documents, case=case, public=texts)
    sheet: dict[str, Any] = canonical_json.decode(documents["audit"])
    return sheet


def _held(team: Release) -> list[str]:
    held = holding(team.audit)
    return [f"The plan audit holds the public notice and every release: {', '.join(held)}."] if held else []


def _said(
    scales: Scales, planned: Planned, options: argparse.Namespace, documents: dict[str, bytes], *, anew: bool
) -> dict[str, Any]:
    """Return what the plan knows of claims, and add it to what is written."""
    most = _weighed(options, scales.claims)
    said = weighed_document(scales, planned, most=most, compare=anew)
    case, network = scales.claims.case, scales.network
    said["zones"] = zone_rows(network, case, planned, stop=scales.stop, seed=scales.seed) if anew else []
    asked = options.layers and anew
    said["layers"] = (
        layers_document(network, case, planned, stop=scales.stop, seed=scales.seed) if asked else {}
    )
    documents["claims"] = canonical_json.encode(said)
    return said


def _weighed(options: argparse.Namespace, claims: ClaimsInput) -> int:
    """Return how many claims a plan is made without."""
    return options.weigh or (WEIGHED_OF_NEWS if claims.news else 0)


def _weighs_one(options: argparse.Namespace, news: GoingOn, claims: ClaimsInput) -> bool:
    """Tell whether a plan is sure to be made without a claim, and to be the same whenever it is made."""
    beside = options.frontier is not None or options.under_worlds is not None
    anew = news.announced is None and not beside and options.time_limit is None
    return anew and _weighed(options, claims) > 0


def _begin(scales: Scales, options: argparse.Namespace, news: GoingOn) -> None:
    """Begin beside with the plan without a claim, where it is sure to be asked for."""
    if _weighs_one(options, news, scales.claims):
        scales.begin()


def _faults(claims: ClaimsInput | None) -> tuple[Problem, ...]:
    return () if claims is None else claims.problems


def _side_by_side(
    network: RoadNetwork, news: GoingOn, options: argparse.Namespace, how: Making
) -> tuple[Frontier, Planned]:
    """Return plans side by side and the one to write."""
    if options.frontier is None:
        raise FrontierError("--pick and --by take a plan of a frontier: add --frontier N, or leave them out.")
    if options.pick is not None and options.by:
        raise FrontierError("--pick names the plan and --by chooses one: leave out one of them.")
    if news.announced is not None:
        raise FrontierError("--frontier compares plans made anew: leave out --previous, or --frontier.")

    def check(planned: Planned) -> None:
        _, _, verdict = documents_of(planned)
        if not verdict.verified:
            first = verdict.violations[0]
            raise FrontierError(
                f"a plan on the way does not hold ({first.code} at {first.where}: {first.message}); "
                "nothing was written. Please report this."
            )

    return make_frontier(
        network, news.situation, points=options.frontier, check=check,
        pick=Pick(number=options.pick, order=options.by or (), slack_percent=options.slack),
        making=how,
    )  # fmt: skip


def _beside(frontier: Frontier | None, documents: dict[str, bytes]) -> dict[str, Any]:
    """Return the plans beside this one, and add them to what is written; nothing without a frontier."""
    if frontier is None:
        return {}
    found = frontier_json.document(
        frontier, inputs_sha256=canonical_json.sha256(documents["inputs"]),
        plan_sha256=canonical_json.sha256(documents["plan"]),
    )  # fmt: skip
    documents["frontier"] = canonical_json.encode(found)
    return found


def _changes(planned: Planned, news: GoingOn, documents: dict[str, bytes]) -> dict[str, Any]:
    """Return what differs from the earlier plan, and add it to what is written; nothing without one."""
    if planned.change is None:
        return {}
    found = changes_json.document(
        planned.change, earlier_sha256=news.earlier_sha256,
        plan_sha256=canonical_json.sha256(documents["plan"]),
    )  # fmt: skip
    documents["changes"] = canonical_json.encode(found)
    return found


def _refused(verdict: Verdict, problems: list[dict[str, Any]], started: float) -> Outcome:
    rows = [{"code": v.code, "where": v.where, "message": v.message} for v in verdict.violations]
    lines = [f"{row['code']} at {row['where']}: {row['message']}" for row in rows[:20]]
    text = "\n".join(["The plan failed its verification; nothing was written. Please report this.", *lines])
    data = {"verified": False, "violations": rows, "problems": problems, "directions": [], "outputs": {},
            "seconds": round(time.monotonic() - started, 2)}  # fmt: skip
    return Outcome(code=NOT_VERIFIED, text=text, data=data, to_stderr=True)


def _directions(planned: Planned) -> list[dict[str, Any]]:
    rows = zip(planned.problem.directions, planned.plan.directions, strict=True)
    return [
        {
            "id": key, "name": d.name, "persons_demand": d.persons_demand, "persons_served": d.persons_served,
            "persons_unserved": d.persons_unserved, "persons_reserved": d.persons_reserved,
            "clearance_s": d.clearance_s, "clearance_bound_s": d.clearance_bound_s,
            "gap": None if d.gap_ppm is None else d.gap_ppm / 1_000_000, "bound_kind": d.bound_kind,
            "unserved_bound": d.unserved_bound,
        }
        for (key, _), d in rows
    ]  # fmt: skip


def _code(case: Case, planned: Planned) -> int:
    stale = (instant(case.epoch) - instant(case.as_of)).total_seconds() > STALE_AFTER_S
    nobody = all(d.persons_demand == 0 for d in planned.plan.directions)
    lost = any(row.code == "STATUS_WITHOUT_ROAD" for row in planned.plan.not_assessed)
    if stale or nobody or lost:
        return INSUFFICIENT
    return OK if planned.plan.complete else UNSERVED
