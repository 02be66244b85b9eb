"""`safepassage sheets`: paper for drivers, settlements and reception sites, in one language."""

from __future__ import annotations

import argparse
from pathlib import Path

from safepassage.casework.layers import map_layers
from safepassage.casework.reading import read_case_input
from safepassage.casework.sheets import KINDS, sheet_files, sheet_papers
from safepassage.casework.verified_plan import NotVerifiedError, read_documents
from safepassage.cli.outcome import Outcome
from safepassage.cli.progress import Progress
from safepassage.cli.run import NOT_VERIFIED, OK
from safepassage.cli.written import RESTRICTED, write_beside, write_later
from safepassage.domain.errors import FormatError
from safepassage.domain.map_layers import MapLayers
from safepassage.domain.release import NOUNS, Audience, Release
from safepassage.engines.release import release, with_aid
from safepassage.formats.containers import canonical_json
from safepassage.formats.paper.sheet_texts import sheet_texts
from safepassage_verify import verify
from safepassage_verify.files import AID

FOLDER = "sheets"


def run(options: argparse.Namespace) -> Outcome:
    """Verify the plan again, then write its sheets."""
    progress = Progress(enabled=False) if options.json else Progress()
    try:
        return _written(options, progress)
    finally:
        progress.done()


def _written(options: argparse.Namespace, progress: Progress) -> Outcome:
    progress.phase("verifying")
    team = released(options.plan)
    if team is None:
        text = "The plan is NOT VERIFIED, so no sheet is written: `safepassage verify` lists why."
        return Outcome(code=NOT_VERIFIED, text=text, data={"error": text}, to_stderr=True)
    progress.phase("writing sheets")
    kinds = (options.kind,) if options.kind else KINDS
    papers = sheet_papers(
        team, _layers(options, team), sheet_texts()[options.language], kinds=kinds,
        only=(*options.vehicle, *options.place), phone=options.phone,
    )  # fmt: skip
    files = {f"{RESTRICTED}-{name}": data for name, data in sheet_files(papers).items()}
    folder = options.output or options.plan / RESTRICTED / FOLDER
    if options.output:
        write_beside(folder, files)
    else:
        write_later(options.plan, {f"{RESTRICTED}/{FOLDER}/{name}": data for name, data in files.items()})
    count = f"{len(papers)} sheet{'s' if len(papers) != 1 else ''}"
    lines = [
        f"Wrote {count} (HTML and PDF, {RESTRICTED}) to {folder}.",
        "A sheet holds one way and no other: give each driver their own, and take it back.",
    ]
    if sheet_texts()[options.language].say("unreviewed"):
        lines.append("The translation was not reviewed by a speaker, and says so on every page.")
    return Outcome(code=OK, text="\n".join(lines), data={"files": sorted(files), "folder": str(folder)})


def released(folder: Path) -> Release | None:
    """Return what the planning team may see of a written plan; None where the verifier refuses it."""
    there = (folder / RESTRICTED / f"{RESTRICTED}-{AID}").is_file()
    try:
        data = read_documents(folder, *NOUNS[:3], *(["aid"] if there else []))
    except NotVerifiedError:
        return None
    brought = data.pop("aid", None)
    inputs, plan, certificate = (canonical_json.decode(content) for content in data.values())
    aid = None if brought is None else canonical_json.decode(brought)
    verdict = verify(
        inputs, plan, certificate, aid, inputs_bytes=data["inputs"], plan_bytes=data["plan"],
        certificate_bytes=data["certificate"], aid_bytes=brought,
    )  # fmt: skip
    if not verdict.verified:
        return None
    team = release(inputs, plan, certificate, verdict.record(), Audience.PLANNING_TEAM)
    return team if aid is None else with_aid(team, aid)


def _layers(options: argparse.Namespace, team: Release) -> MapLayers:
    """Return the shapes of roads where the case is given and its network is the plan's."""
    if options.case is None:
        return MapLayers(shapes={}, road_class=())
    given = read_case_input(options.case, options.network)
    if given.case is None or given.network is None:
        what = "the case cannot be read"
        raise FormatError(file=str(options.case), what=what, remedy="run `safepassage check CASE`")
    network = given.network.network
    if network.source.sha256 != team.inputs["network"]["source_sha256"]:
        what = "its road network is not the one that the plan was made on"
        raise FormatError(file=str(options.case), what=what, remedy="give the network file with --network")
    return map_layers(network, given.case, ())
