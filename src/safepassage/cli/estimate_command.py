"""`safepassage estimate`: how long an area takes to empty, before there is a case."""

from __future__ import annotations

import argparse
import gc
import time
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from safepassage.casework.reading import read_network
from safepassage.casework.solver_room import SolverRoom
from safepassage.cli.outcome import Outcome, problems_json, problems_text
from safepassage.cli.plan.estimate_text import estimate_text
from safepassage.cli.progress import Progress
from safepassage.cli.run import MALFORMED, NOT_VERIFIED, OK, UNSERVED
from safepassage.cli.written import refuse_output
from safepassage.domain.errors import FormatError
from safepassage.domain.estimate_sheet import EstimateSheet
from safepassage.domain.quick_look import QuickLook
from safepassage.estimating import Estimated, load_cuts, make_estimate
from safepassage.formats.case import area_in, population_grid
from safepassage.formats.case import quick_look_tables as tables
from safepassage.formats.containers import canonical_json
from safepassage.formats.plan import inputs_json, plan_json
from safepassage_verify import Verdict, verify

RESTRICTED = "RESTRICTED"


def run(options: argparse.Namespace) -> Outcome:
    """Estimate one area."""
    started = time.monotonic()
    if options.output:
        refuse_output(options.output)
    progress = Progress(enabled=False) if options.json else Progress()
    # The room is a copy of this process: made before anything large is read.
    room = SolverRoom(loading=load_cuts)
    # Millions of small values and no circles among them: looking for circles takes a third of the time.
    collecting = gc.isenabled()
    gc.disable()
    try:
        progress.phase("reading")
        look = _question(options)
        reading, _ = read_network(options.network)
        progress.phase("planning")
        found = make_estimate(
            reading.network, look, begin=room.begin, have_loaded=room.ahead, observer=progress
        )
        if not isinstance(found, Estimated):
            data = {"problems": problems_json(found)}
            return Outcome(code=MALFORMED, text=problems_text(found), data=data, to_stderr=True)
        progress.phase("verifying")
        documents, verdict = _verified(found)
        if not verdict.verified:
            return _refused(verdict)
        page = replace(
            found.sheet, checks=sum(verdict.checks.values()), sha256=str(verdict.record()["plan_sha256"])
        )
        progress.phase("writing")
        outputs = _written(options.output, documents, page, reading.network) if options.output else {}
        return _outcome(page, outputs, round(time.monotonic() - started, 2), room)
    finally:
        room.close()
        progress.done()
        if collecting:
            gc.enable()


def _question(options: argparse.Namespace) -> QuickLook:
    """Return what is asked; each fault in it is one sentence."""
    if (options.population is None) == (options.grid is None):
        what = "give the number of persons with --population, or a grid with --grid"
        raise FormatError(file="estimate", what=what)
    name, polygons = area_in.read_area(options.area, options.network)
    if options.population == 0:
        raise FormatError(
            file="--population", what="0 persons leave nobody to move", remedy="give their number"
        )
    return QuickLook(
        area_name=options.title or name, area=polygons, persons=options.population,
        cells=population_grid.read_grid(options.grid) if options.grid else (),
        exits=tables.read_exits(options.exits) if options.exits else (),
        links=tables.read_links(options.links) if options.links else (),
        checkpoints=tables.read_checkpoints(options.checkpoints) if options.checkpoints else (),
        persons_per_car=options.persons_per_car,
    )  # fmt: skip


def _verified(found: Estimated) -> tuple[dict[str, bytes], Verdict]:
    """Write the documents down and verify them; the verifier refuses bytes that say anything else."""
    inputs = inputs_json.document(found.problem)
    inputs_bytes = canonical_json.encode(inputs)
    digest = canonical_json.sha256(inputs_bytes)
    plan = plan_json.plan_document(found.plan, inputs_sha256=digest)
    proof = plan_json.certificate_document(found.plan.certificate, inputs_sha256=digest)
    plan_bytes, proof_bytes = canonical_json.encode(plan), canonical_json.encode(proof)
    verdict = verify(
        inputs, plan, proof,
        inputs_bytes=inputs_bytes, plan_bytes=plan_bytes, certificate_bytes=proof_bytes,
    )  # fmt: skip
    documents = {
        "inputs": inputs_bytes, "plan": plan_bytes, "certificate": proof_bytes,
        "verification": canonical_json.encode(verdict.record()),
    }  # fmt: skip
    return documents, verdict


def _refused(verdict: Verdict) -> Outcome:
    lines = [f"{v.code} at {v.where}: {v.message}" for v in verdict.violations[:20]]
    text = "\n".join(
        ["The estimate failed its verification; nothing was written. Please report this.", *lines]
    )
    return Outcome(
        code=NOT_VERIFIED, text=text, data={"verified": False, "violations": lines}, to_stderr=True
    )


def _written(output: Path, documents: dict[str, bytes], page: EstimateSheet, network: Any) -> dict[str, str]:
    from safepassage.cli.written import write_files  # noqa: PLC0415 - writers are needed with --output only
    from safepassage.formats.pages import estimate_html  # noqa: PLC0415

    files = {f"{RESTRICTED}/{RESTRICTED}-{name}.json": data for name, data in documents.items()}
    files[f"{RESTRICTED}/{RESTRICTED}-estimate.html"] = estimate_html.write(page, network)
    return write_files(output, files)


def _outcome(page: EstimateSheet, outputs: dict[str, str], seconds: float, room: SolverRoom) -> Outcome:
    data = {"verified": True, **_facts(page), "outputs": outputs, "seconds": seconds}
    data["solver_faults"] = room.faults
    code = OK if page.served == page.persons else UNSERVED
    text = "\n".join([estimate_text(page, outputs, seconds), *room.lines()])
    return Outcome(code=code, text=text, data=data)


def _facts(page: EstimateSheet) -> dict[str, Any]:
    exits = [
        {"name": e.name, "kind": e.kind, "lat": e.lat_e7 / 1e7, "lon": e.lon_e7 / 1e7, "persons": e.persons,
         "last_s": e.last_s}
        for e in page.exits
    ]  # fmt: skip
    roads = [{**asdict(road), "arcs": list(road.arcs)} for road in page.roads]
    return {
        "area": page.title, "persons": page.persons, "served": page.served, "cars": page.cars,
        "by_link": page.by_link, "clearance_s": page.clearance_s, "bound_s": page.bound_s,
        "gap": None if page.gap_ppm is None else page.gap_ppm / 1_000_000, "bottleneck": page.bottleneck,
        "bottleneck_roads": roads, "exits": exits, "arrivals": [list(step) for step in page.arrivals],
        "envelope": [list(step) for step in page.envelope], "assumptions": list(page.assumptions),
        "warnings": list(page.warnings), "checks": page.checks, "plan_sha256": page.sha256,
    }  # fmt: skip
