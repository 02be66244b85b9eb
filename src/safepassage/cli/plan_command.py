"""`safepassage plan`: read, plan, verify, write."""

from __future__ import annotations

import argparse
import time

from safepassage.casework.reading import CaseInput, read_case_input
from safepassage.casework.solver_room import SolverRoom
from safepassage.cli.outcome import Outcome, problems_json, problems_text
from safepassage.cli.progress import Progress
from safepassage.cli.run import MALFORMED
from safepassage.cli.written import refuse_output


def run(options: argparse.Namespace) -> Outcome:
    """Plan one case."""
    started = time.monotonic()
    refuse_output(options.output)
    progress = Progress(enabled=False) if options.json else Progress()
    progress.phase("reading")
    # Solvers load in the room while this process loads what plans, and reads.
    room = SolverRoom()
    try:
        given = read_case_input(options.case, options.network, region_km=options.region_km)
        if given.malformed or given.case is None or given.network is None:
            return _malformed(given)
        from safepassage.cli.plan.ahead import ask_ahead  # noqa: PLC0415 - once the room has begun

        ahead = ask_ahead(given, options, room)
        from safepassage.cli.plan.whole_plan import whole_plan  # noqa: PLC0415 - while prices are looked for

        return whole_plan(given, options, progress, started, room, ahead)
    finally:
        room.close()
        progress.done()


def _malformed(given: CaseInput) -> Outcome:
    text = problems_text(given.problems)
    count = sum(p.severity == "error" for p in given.problems)
    tail = f"{count} error{'s' if count != 1 else ''}; nothing was written."
    return Outcome(
        code=MALFORMED,
        text=f"{text}\n{tail}",
        data={"problems": problems_json(given.problems)},
        to_stderr=True,
    )
