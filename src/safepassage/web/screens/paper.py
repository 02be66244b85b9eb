"""The screen of paper: sheets for drivers and the notice to the public, from the accepted plan."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from safepassage.casework.layers import map_layers
from safepassage.casework.sheets import VEHICLES, SheetError, sheet_papers
from safepassage.domain.access import Person
from safepassage.domain.audit_sheet import holding
from safepassage.domain.errors import RefusedError
from safepassage.domain.log.entry import Draft, Entry
from safepassage.domain.release import Audience, Release
from safepassage.engines.release import release
from safepassage.formats.log.log_chain import row_for
from safepassage.formats.log.log_record import thawed
from safepassage.formats.maps.own_way_map import RULES
from safepassage.formats.paper import paper_pdf
from safepassage.formats.paper.sheet_texts import sheet_texts
from safepassage.formats.sheets import public_notice
from safepassage.formats.sheets.driver_sheet import vehicles
from safepassage.store import exports
from safepassage.store.event_store import Receipt
from safepassage.web.desk.desk import Desk
from safepassage.web.desk.plan_facts import team_release
from safepassage.web.desk.planner import MadePlan
from safepassage.web.doors import CLASS, Way
from safepassage.web.pages import asking, desk_of, page
from safepassage.web.rights import APPROVES, EXPORTS, READS_ALL, RECORDS_ALL
from safepassage.web.screens import audit_sheets
from safepassage.web.screens.forms import FormError, form_of
from safepassage.web.words import name_of

DRIVERS = "drivers"
MOST_DIGITS = 12
NOTICE_TEXT, NOTICE_PDF = "PUBLIC-notice.txt", "PUBLIC-notice.{language}.pdf"
_MOST_SHEETS = 40
_NO_PLAN = "Paper is made from an accepted plan: accept one first."


async def show(request: Request) -> Response:
    """Show what can be printed, and the notice as it will read."""
    return await _page(request)


async def _page(request: Request, *, problem: str = "", status: int = 200, **more: Any) -> Response:
    desk, made = desk_of(request), accepted_plan(desk_of(request))
    facts = await run_in_threadpool(_facts, desk, made) if made else None
    return page(
        request, "paper", status=status, problem=problem, made=made, paper=facts,
        sheet_languages=[(code, name_of(code)) for code in sheet_texts()],
        **{"sheets": (), "chosen": "", "signed": "", **more},
    )  # fmt: skip


def accepted_plan(desk: Desk) -> MadePlan | None:
    """Return the plan that was accepted last, None without one or when it is no longer kept."""
    accepted = desk.state().accepted
    return desk.planner.plan(str(accepted.body.get("plan_sha256"))) if accepted else None


def _facts(desk: Desk, made: MadePlan) -> dict[str, Any]:
    team = team_release(made)
    types = {str(row["id"]): str(row["type"]) for row in team.inputs["fleet"]}
    return {
        "vehicles": [(key, types.get(key, "")) for key in vehicles(team)],
        "notice": public_notice.write_text(public_release(made)).decode(),
        "holding": audit_sheets.holds(desk, made),
        "rules": holding(audit_sheets.sheet(desk, made)),
        "languages": list(public_notice.papers(public_release(made))), "released": released(desk, made),
    }  # fmt: skip


def public_release(made: MadePlan) -> Release:
    """Return what the public sees of a plan."""
    names = ("inputs", "plan", "certificate", "verification")
    inputs, plan, certificate, verification = (made.document(name) for name in names)
    return release(inputs, plan, certificate, verification, Audience.PUBLIC)


def released(desk: Desk, made: MadePlan) -> dict[str, str]:
    """Return who released the notice of a plan and why; empty before that."""
    found: dict[str, str] = {}
    for entry in desk.folding.entries.few():
        said = (entry.kind, entry.body.get("audience"), entry.body.get("plan_sha256"))
        if said == (exports.EXPORT_MADE, Audience.PUBLIC.word, made.sha256):
            found = {"by": entry.by, "why": entry.why, "list": str(entry.seq)}
    return found


async def sheets(request: Request) -> Response:
    """Record which sheets are handed out, in which language, and show where they are."""
    desk, person, form = desk_of(request), asking(request), await form_of(request)
    made, language = accepted_plan(desk), form.text("language", "en")
    chosen = [key.removeprefix("vehicle:") for key in form.fields if key.startswith("vehicle:")]
    if made is None:
        return await _page(request, problem=_NO_PLAN, status=422)
    if not 0 < len(chosen) <= _MOST_SHEETS or language not in sheet_texts():
        return await _page(
            request, problem=f"Choose one to {_MOST_SHEETS} vehicles and a language.", status=422
        )
    try:
        files = await run_in_threadpool(sheet_pdfs, desk, made, language, chosen)
    except SheetError as fault:
        return await _page(request, problem=str(fault), status=422)
    stamp = {**team_release(made).stamp, "audience": DRIVERS}
    draft = _export(desk, person, stamp, files, why="sheets for drivers", key=form.text("id"))
    receipt = await desk.record(person, draft)
    return await _page(request, sheets=list(files), chosen=language, signed=str(receipt.seq))


def sheet_pdfs(desk: Desk, made: MadePlan, language: str, chosen: list[str]) -> dict[str, bytes]:
    """Return the sheets of vehicles as PDF by name of file.

    Raises
    ------
    SheetError
        When a vehicle has no sheet.
    """
    layers = map_layers(desk.network, desk.entered, desk.background)
    papers = sheet_papers(
        team_release(made), layers, sheet_texts()[language], kinds=(VEHICLES,), only=chosen,
        phone=desk.entered.hotline,
    )  # fmt: skip
    return {f"{stem}.{language}.pdf": paper_pdf.write(paper, rules=RULES) for stem, paper in papers.items()}


async def sheet(request: Request) -> Response:
    """Answer one sheet as PDF: of the accepted plan, whoever may read all."""
    desk, name = desk_of(request), request.path_params["name"]
    made, language = accepted_plan(desk), name.removesuffix(".pdf").rpartition(".")[2]
    if made is None or language not in sheet_texts():
        return await _page(request, problem=_NO_PLAN, status=404)
    team = team_release(made)
    key = next((key for key in vehicles(team) if name.startswith(_stem_start(team, key))), "")
    files = await run_in_threadpool(sheet_pdfs, desk, made, language, [key]) if key else {}
    if name not in files:
        return await _page(request, problem="There is no such sheet.", status=404)
    return _pdf(files[name], name)


def _stem_start(team: Release, key: str) -> str:
    return f"vehicle-{list(vehicles(team)).index(key) + 1:03d}-"


async def release_notice(request: Request) -> Response:
    """Record that the notice goes to the public, by whom and why; rules that are not kept hold it up."""
    desk, person, form = desk_of(request), asking(request), await form_of(request)
    made, why = accepted_plan(desk), form.text("why")
    if made is None or not why:
        return await _page(request, problem="Say why it goes out." if made else _NO_PLAN, status=422)
    held = await run_in_threadpool(audit_sheets.holds, desk, made)
    if held:
        return await _page(request, problem=f"The plan audit holds it up: {', '.join(held)}.", status=422)
    files = await run_in_threadpool(notice_files, made)
    draft = _export(desk, person, public_release(made).stamp, files, why=why, key=form.text("id"))
    try:
        await desk.record(person, draft)
    except RefusedError as fault:
        return await _page(request, problem=str(fault), status=422)
    return RedirectResponse("/paper#notice", status_code=303)


def notice_files(made: MadePlan) -> dict[str, bytes]:
    """Return the files of the notice to the public by name: plain text, and PDF in each of its languages."""
    public = public_release(made)
    pages = {
        NOTICE_PDF.format(language=code): paper_pdf.write(p)
        for code, p in public_notice.papers(public).items()
    }
    return {NOTICE_TEXT: public_notice.write_text(public), **pages}


async def notice(request: Request) -> Response:
    """Answer a file of the notice, once it was released."""
    desk, name = desk_of(request), request.path_params["name"]
    made = accepted_plan(desk)
    files = await run_in_threadpool(notice_files, made) if made and released(desk, made) else {}
    if name not in files:
        return await _page(request, problem="The notice was not released.", status=404)
    text = Response(files[name], media_type="text/plain; charset=utf-8")
    answer = text if name == NOTICE_TEXT else _pdf(files[name], name)
    answer.headers[CLASS] = Audience.PUBLIC.may_see.name
    return answer


def _pdf(data: bytes, name: str) -> Response:
    return Response(
        data, media_type="application/pdf", headers={"content-disposition": f'inline; filename="{name}"'}
    )


def _export(
    desk: Desk, person: Person, stamp: Mapping[str, str], files: Mapping[str, bytes], *, why: str, key: str
) -> Draft:
    """Return what leaves as an entry: what stands on it, from which plan, the hash of each file.

    `key` comes with the form, so that a form sent twice is one export.
    """
    hashes = {name: hashlib.sha256(data).hexdigest() for name, data in sorted(files.items())}
    said = hashlib.sha256(repr(sorted(hashes.items())).encode()).hexdigest()
    return desk.draft(
        person, kind=exports.EXPORT_MADE, body={**stamp, "files": hashes}, why=why,
        id=key or f"export-{desk.folding.size}-{said[:24]}", about=f"plan:{stamp['plan_sha256'][:32]}",
    )  # fmt: skip


async def signed_list(request: Request) -> Response:
    """Answer the signed list of the files of an export, to be kept beside them."""
    desk, said = desk_of(request), str(request.path_params["seq"])
    seq = int(said) if said.isascii() and said.isdigit() and len(said) <= MOST_DIGITS else 0
    entry = desk.folding.entries[seq - 1] if 0 < seq <= desk.folding.size else None
    if entry is None or entry.kind != exports.EXPORT_MADE:
        return await _page(request, problem="There is no such export.", status=404)
    data = await run_in_threadpool(_signed_list, desk, entry)
    name = f"{entry.body.get('class', 'RESTRICTED')}-export.json"
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(data, media_type="application/json", headers=headers)


def _signed_list(desk: Desk, entry: Entry) -> bytes:
    receipt = Receipt(id=entry.id, log=entry.log, seq=entry.seq, hash=row_for(entry).hash)
    store = desk.journal.store
    with store.lock:
        return exports.signed_list(store, receipt, thawed(entry.body), org=entry.org)


async def override(request: Request) -> Response:
    """Record that somebody takes responsibility for rules that are not kept, each with a reason."""
    desk, person, form = desk_of(request), asking(request), await form_of(request)
    made = accepted_plan(desk)
    if made is None:
        return await _page(request, problem=_NO_PLAN, status=422)
    named = {key.removeprefix("reason:"): form.text(key) for key in form.fields if key.startswith("reason:")}
    try:
        drafts = audit_sheets.overriding(desk, person, made, {r: why for r, why in named.items() if why})
        await desk.record_each(person, drafts)
    except (FormError, RefusedError) as fault:
        return await _page(request, problem=str(fault), status=422)
    return RedirectResponse("/paper#notice", status_code=303)


WAYS = [
    Way("/paper", show, READS_ALL),
    Way("/paper/sheets", sheets, RECORDS_ALL, methods=("POST",)),
    Way("/paper/sheets/{name}", sheet, READS_ALL),
    Way("/paper/overrides", override, APPROVES, methods=("POST",)),
    Way("/paper/exports/{seq}", signed_list, READS_ALL),
    Way("/paper/notice", release_notice, EXPORTS, methods=("POST",)),
    Way("/paper/notice/{name}", notice, READS_ALL),
]
"""The addresses of the screen."""
