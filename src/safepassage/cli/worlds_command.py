"""`safepassage worlds`: what comes of a verified plan in many worlds, and what to confirm first."""

from __future__ import annotations

import argparse

from safepassage.casework.many_workers import Crew
from safepassage.casework.verified_plan import CLAIMS, NotVerifiedError, PlanFolder, plan_folder, verdict_on
from safepassage.casework.worlds_asked import prepared
from safepassage.cli.outcome import Outcome
from safepassage.cli.plan.judged import judged, order_of
from safepassage.cli.run import NOT_VERIFIED, OK
from safepassage.cli.written import RESTRICTED, write_beside
from safepassage.formats.containers import canonical_json
from safepassage.formats.pages import worlds_html


def run(options: argparse.Namespace) -> Outcome:
    """Draw worlds, run the plan through each, print and write what comes of it."""
    crew = Crew(workers=options.workers, cluster=options.cluster)
    try:
        given = _verified(options, crew)
    except NotVerifiedError as fault:
        return Outcome(code=NOT_VERIFIED, text=str(fault), data={"error": str(fault)}, to_stderr=True)
    found = judged(given.inputs, given.plan, given.beside(CLAIMS), options, crew)
    page = worlds_html.write(canonical_json.decode(given.inputs), found.worlds, found.simulation)
    files = {f"{RESTRICTED}-{name}.json": data for name, data in found.documents.items()}
    write_beside(options.output or given.folder, {**files, f"{RESTRICTED}-worlds.html": page})
    data = {**found.worlds, "simulation": found.simulation["runs"]} if found.simulation else found.worlds
    return Outcome(code=OK, text="\n".join(found.lines), data=dict(data))


def _verified(options: argparse.Namespace, crew: Crew) -> PlanFolder:
    """Return the plan, verified; where there are workers, loops are loaded meanwhile."""
    given = plan_folder(options.plan)
    verdict = crew.beside(verdict_on, options.plan)
    try:
        prepared(order_of(given.inputs, given.plan, given.beside(CLAIMS), options))
    finally:
        # A plan that does not pass may be anything: that is said first.
        verdict()
    return given
