"""From what people type or hand in to entries: reports, closures, areas, decisions about claims."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from safepassage.domain.access import Person
from safepassage.domain.case import (
    Area,
    AreaKind,
    Case,
    Interval,
    Place,
    PlaceKind,
    Provenance,
    RoadSelector,
    RoadStatus,
    RoadStatusWord,
    SelectorKind,
)
from safepassage.domain.claims.edit import edited
from safepassage.domain.claims.ledger import (
    Act,
    ClaimCorrected,
    ClaimDecided,
    ClaimProposed,
    ClaimRetracted,
    Entry,
    GradeSet,
    ReportFiled,
    Standing,
)
from safepassage.domain.claims.reading import Reading
from safepassage.domain.claims.values import InformationGrade, SourceGrade, fold
from safepassage.domain.claims.words import Decision
from safepassage.domain.dictionary.dictionary import table
from safepassage.domain.problem import Where
from safepassage.domain.situation import AreaReported, Event, RoadStatusReported
from safepassage.engines.overlay.build import roads_named
from safepassage.extracting import proposals
from safepassage.formats.case.case_times import Fault
from safepassage.formats.case.case_values import read_cell
from safepassage.formats.claims import field_rows
from safepassage.formats.claims.intake import CellError, IntakeRow
from safepassage.formats.geometry.geometry import Feature
from safepassage.web.desk.desk import Desk
from safepassage.web.screens.forms import Form, FormError

DESK = "duty desk"
CROSSINGS = (PlaceKind.BORDER_CROSSING, PlaceKind.CHECKPOINT)
EDITED = ("predicate", "polarity", "modality", "low", "high", "unit")
REPORT_FIELDS = ("event", "place", "words", "source", "via", "date", "value", "grade")
"""The eight fields of a report, in the order of the form."""


def report(desk: Desk, person: Person, form: Form, *, accept: bool) -> list[Entry]:
    """Return the ledger entries that a report typed into the form stands for.

    Raises
    ------
    FormError
        When a field cannot be used.
    """
    reading = read_report(desk, form.fields)
    at, ledger = desk.now_iso(), desk.state().ledger
    entries = list(proposals(ledger, [reading], at=at, by=person.id))
    if accept:
        why = form.text("why", "accepted with the report")
        for proposed in reading.claims:
            act = ClaimDecided(claim=proposed.claim.id, decision=Decision.ACCEPTED)
            entries.append(Entry(at=at, by=person.id, act=act, why=why))
    return entries


def filed(reading: Reading, *, at: str, by: str) -> list[Entry]:
    """Return a report and its claims as entries, without looking for what they contradict.

    Links between claims are drawn anew for all of them with the next report from a form or file.
    """
    acts: list[Act] = [ReportFiled(report=reading.report)]
    acts += [ClaimProposed(claim=proposed.claim) for proposed in reading.claims]
    return [Entry(at=at, by=by, act=act) for act in acts]


def read_report(desk: Desk, fields: Mapping[str, str]) -> Reading:
    """Return what the eight fields say, as a report with one claim.

    Raises
    ------
    FormError
        When a field cannot be used.
    """
    cells = {
        "event": fields.get("event", ""), "words": fields.get("words", ""),
        "source": fields.get("source", ""), "date": fields.get("date", ""),
        **_place(desk.given.case, fields.get("place", ""), fields.get("event", "")),
        **_value(fields.get("value", "")), **_grade(fields.get("grade", "")),
    }  # fmt: skip
    row = IntakeRow(
        where=Where(file="the form"), cells={name: cell for name, cell in cells.items() if cell},
        outlet=fields.get("via", "") or DESK, received=desk.now_iso(),
    )  # fmt: skip
    try:
        return field_rows.row(row)
    except CellError as fault:
        raise FormError(fault.column, f"{fault.message}: {fault.remedy}.") from None


def _place(case: Case, text: str, event: str) -> dict[str, str]:
    """Return the columns of a place that was typed: a place of the case, a selector of roads, or a name."""
    known = place_named(case, text)
    if known is not None:
        found = {"place": known.name, "precision": "1" if known.kind in CROSSINGS else "2"}
        if known.lat_e7 is not None and known.lon_e7 is not None:
            found |= {"lat": f"{known.lat_e7 / 1e7:.7f}", "lon": f"{known.lon_e7 / 1e7:.7f}"}
        if known.kind in CROSSINGS and event in {"road_status", "crossing_status"}:
            found["selector"] = f"place:{known.id}"
        return found
    kind, sign, value = text.partition(":")
    if sign and kind in set(SelectorKind) and value:
        return {"place": text, "selector": text, "precision": "1"}
    return {"place": text}


def place_named(case: Case, text: str) -> Place | None:
    """Return the place of the case with this name or id, None where there is none."""
    plain = fold(text)
    return next((p for p in case.places if plain and plain in {fold(p.name), fold(p.id)}), None)


def _value(text: str) -> dict[str, str]:
    word = text.strip().upper().replace(" ", "_")
    if not word:
        return {}
    low, dash, high = text.replace("–", "-").partition("-")
    if dash and low.strip().isdigit() and high.strip().isdigit():
        return {"low": low.strip(), "high": high.strip()}
    return {"number": text} if text.strip()[:1].isdigit() else {"status": word}


def _grade(text: str) -> dict[str, str]:
    plain = text.replace(" ", "").upper()
    return {"source_grade": plain[:1], "information_grade": plain[1:]} if plain else {}


def closure(desk: Desk, person: Person, form: Form, *, id: str) -> Event:  # noqa: A002 - the noun has an id
    """Return the event that a road was reported in a status from some time on.

    Raises
    ------
    FormError
        When the road, the status or the time cannot be used.
    """
    text = form.needed("roads", "Say which road: choose one, or write ref:R200, name:…, link:… or place:….")
    clock, column = desk.typed_clock(), next(c for c in table("road_status").columns if c.name == "roads")
    known = place_named(desk.given.case, text)
    roads = read_cell(f"place:{known.id}" if known else text, column, clock)
    if isinstance(roads, Fault):
        raise FormError("roads", f"{roads.message}: {roads.hint}.")
    _require_found(desk, roads)
    at_s = clock.seconds(form.text("from")) if form.text("from") else desk.now_grid_s()
    if isinstance(at_s, Fault):
        raise FormError("from", f"{at_s.message}: {at_s.hint}.")
    horizon_s = desk.given.case.settings.horizon_s
    if not at_s < horizon_s:
        raise FormError("from", "That is after the hours that are planned.")
    try:
        word = RoadStatusWord(form.text("status", str(RoadStatusWord.NOT_PASSABLE)))
    except ValueError:
        raise FormError("status", f"Choose one of {', '.join(RoadStatusWord)}.") from None
    grade = form.text("grade").upper()
    said = Provenance(
        source=form.text("source", f"reported to the {DESK}"), source_grade=grade[:1],
        information_grade=grade[1:2], as_of=desk.now_iso(), note=form.text("why"),
    )  # fmt: skip
    status = RoadStatus(
        id=f"desk-{id[-24:]}", roads=roads, status=word,
        interval=Interval(from_s=max(0, at_s), until_s=horizon_s), provenance=said,
    )  # fmt: skip
    return Event(at=desk.now_iso(), by=person.id, change=RoadStatusReported(status=status))


def _require_found(desk: Desk, roads: Sequence[RoadSelector]) -> None:
    for selector in roads:
        try:
            found = roads_named(desk.given.network, desk.given.case, selector)
        except (KeyError, ValueError):
            found = ()
        if not found:
            raise FormError("roads", f"No road or crossing of this case is {selector}.")


def decision(desk: Desk, person: Person, standing: Standing, form: Form) -> list[Entry]:
    """Return what a person decided about a claim: a better reading, grades, accepted or not.

    Raises
    ------
    FormError
        When a value cannot be used.
    """
    at, why, claim = desk.now_iso(), form.text("why"), standing.claim
    acts: list[Act] = []
    changes = {name: form.fields[name] for name in EDITED if form.fields.get(name)}
    try:
        better = edited(claim, changes) if changes else claim
        if better != claim:
            acts.append(ClaimCorrected(claim=claim.id, by_claim=better))
        letter, number = form.text("source_grade").upper(), form.text("information_grade")
        if letter or number:
            source = SourceGrade(letter=letter, set_by=person.id) if letter else None
            information = InformationGrade(number=int(number), set_by=person.id) if number else None
            acts.append(GradeSet(claim=better.id, source=source, information=information))
        if form.text("retracted_by"):
            acts.append(ClaimRetracted(claim=better.id, retracted_by=form.text("retracted_by")))
        if form.text("decision"):
            acts.append(ClaimDecided(claim=better.id, decision=Decision(form.text("decision"))))
    except ValueError as fault:
        raise FormError("decision", f"{fault}.") from None
    if not acts:
        raise FormError("decision", "Nothing was decided: choose a decision, a grade or a better reading.")
    return [Entry(at=at, by=person.id, act=act, why=why) for act in acts]


def areas(desk: Desk, person: Person, features: Iterable[Feature], form: Form, file: str) -> list[Event]:
    """Return the areas of a map file as events; each keeps whose word it is.

    Raises
    ------
    FormError
        When the kind is none, or the file holds no area.
    """
    try:
        kind = AreaKind(form.text("kind", str(AreaKind.REPORTED_HAZARD)))
    except ValueError:
        raise FormError("kind", f"Choose one of {', '.join(AreaKind)}.") from None
    found: list[Event] = []
    at, source = desk.now_iso(), form.text("source", file)
    low, central, high = _probability(form) if kind is AreaKind.REPORTED_HAZARD else (0, 0, 0)
    for number, feature in enumerate(features, start=1):
        if not feature.polygons:
            continue
        area = Area(
            id=f"desk-{form.text('id')[-12:]}-{number}", kind=kind, name=feature.name or f"{file} {number}",
            polygons=feature.polygons, hazard_low_ppm=low, hazard_ppm=central, hazard_high_ppm=high,
            provenance=Provenance(source=source, as_of=at),
        )  # fmt: skip
        found.append(Event(at=at, by=person.id, change=AreaReported(area=area)))
    if not found:
        raise FormError("file", "The file holds no area: hand in polygons.")
    return found


def _probability(form: Form) -> tuple[int, int, int]:
    """Return (low, central, high) ppm of a typed probability: `2` or `0.5-2-5`, in percent."""
    message = "Write how probable harm is there, in percent: 2, or 0.5-2-5 (least, middle, most)."
    text = form.needed("probability", message)
    try:
        parts = [round(float(part) * 10_000) for part in text.replace("–", "-").replace("%", "").split("-")]
    except ValueError:
        raise FormError("probability", message) from None
    if len(parts) == 1:
        parts *= 3
    if len(parts) != 3 or not 0 <= parts[0] <= parts[1] <= parts[2] <= 1_000_000:  # noqa: PLR2004
        raise FormError("probability", message)
    return parts[0], parts[1], parts[2]
