"""Reports of field staff as rows: what, where, when, on whose word.

Columns, by any usual spelling: `event` (a predicate: shelling, road status, persons left …) and `words`
(what was said, word for word) are needed; `date`, `until`, `place`, `lat`, `lon`, `selector`, `source`,
`via`, `kind`, `side`, `number` or `low`/`high` with `unit`, `status`, `denied` (yes), `source_grade`,
`information_grade` may be given.
"""

from __future__ import annotations

from safepassage.domain.claims.claim import CivilianClaim
from safepassage.domain.claims.reading import ProposedClaim, Reading
from safepassage.domain.claims.values import InformationGrade, Quantity, SourceGrade
from safepassage.domain.claims.words import Medium, Modality, PlacePrecision, Polarity, Predicate
from safepassage.domain.problem import Problem
from safepassage.formats.claims.intake import (
    CellError,
    IntakeRow,
    place_of,
    quantity_of,
    read_rows,
    reading_of,
    rows_of,
    words_in,
)

EVENT = ("event", "predicate", "what", "type", "event_type")
WORDS = ("words", "report", "text", "description", "message", "said")
DATE = ("date", "when", "time", "date_start", "from")
UNTIL = ("until", "date_end", "to")
EVENTS: dict[str, str] = {
    **{str(p): str(p) for p in Predicate},
    "road": "road_status",
    "road_closed": "road_status",
    "bridge": "road_status",
    "crossing": "crossing_status",
    "border_crossing": "crossing_status",
    "checkpoint": "access_constraint",
    "drone": "air_or_drone_attack",
    "air_attack": "air_or_drone_attack",
    "airstrike": "air_or_drone_attack",
    "gunfire": "small_arms_fire",
    "shooting": "small_arms_fire",
    "artillery": "shelling",
    "mine": "explosive_hazard",
    "mines": "explosive_hazard",
    "uxo": "explosive_hazard",
    "casualties": "persons_harmed",
    "wounded": "persons_harmed",
    "displaced": "persons_left",
    "evacuated": "persons_left",
    "remaining": "persons_remain",
    "shelter": "persons_sheltered",
    "aid": "aid_delivered",
    "access": "access_constraint",
}
YES = {"yes": "yes", "true": "yes", "1": "yes", "y": "yes", "no": "no", "false": "no", "0": "no", "n": "no"}
PRECISIONS = {str(int(p)): str(int(p)) for p in PlacePrecision} | {
    p.name.lower(): str(int(p)) for p in PlacePrecision
}


def read(
    data: bytes, *, file: str, outlet: str, received: str
) -> tuple[tuple[Reading, ...], tuple[Problem, ...]]:
    """Return what the rows propose, and every row that cannot be used."""
    need = (EVENT, WORDS)
    rows, faults = rows_of(data, file=file, outlet=outlet, received=received, need=need)
    readings, problems = read_rows(rows, row)
    return readings, (*faults, *problems)


def row(cells: IntakeRow) -> Reading:
    """Return what one row proposes."""
    predicate = Predicate(cells.chosen(EVENTS, *EVENT))
    words = cells.text(*WORDS, needed=True)
    times = cells.times(DATE, UNTIL)
    report = cells.report(published=times[0].text[:10] if times else "", medium=Medium.FIELD_REPORT)
    status = cells.text("status").upper().replace(" ", "_")
    denied = cells.chosen(YES, "denied", "negated", default="no") == "yes"
    claim = CivilianClaim(
        report=report.id,
        span=words_in(report, words),
        predicate=predicate,
        times=times,
        chain=cells.chain(
            cells.text("source", "origin", "reported_by"),
            via=cells.text("via"),
            kind=cells.text("kind"),
            side=cells.text("side"),
        ),
        arguments=(("status", status),) if status else (),
        polarity=Polarity.NEGATED if denied else Polarity.AFFIRMED,
        modality=Modality.DENIED if denied else Modality.ASSERTED,
        quantities=_quantity(cells),
        places=place_of(
            cells.text("place", "location", "where"),
            cells.position(),
            PlacePrecision(int(cells.chosen(PRECISIONS, "precision", default="2"))),
            cells.text("selector"),
        ),
        uttered=times[0].text[:10] if times else "",
        source_grade=_source_grade(cells),
        information_grade=_information_grade(cells),
    )
    return reading_of(report, ProposedClaim(claim=claim))


def _quantity(cells: IntakeRow) -> tuple[Quantity, ...]:
    number = cells.number("number", "quantity", "count", "persons")
    low, high = cells.number("low"), cells.number("high")
    if low is None and high is None:
        low = high = number
    unit = cells.text("unit") or "persons"
    text = cells.text("number", "quantity", "count", "persons", "low", "high")
    return quantity_of(low, high, unit, text)


def _source_grade(cells: IntakeRow) -> SourceGrade:
    letter = cells.text("source_grade").upper()
    try:
        return SourceGrade(letter=letter, set_by="the row") if letter else SourceGrade()
    except ValueError as fault:
        raise CellError("source_grade", str(fault), "write A to F, or leave it empty") from None


def _information_grade(cells: IntakeRow) -> InformationGrade:
    number = cells.text("information_grade")
    try:
        return InformationGrade(number=int(number), set_by="the row") if number else InformationGrade()
    except ValueError:
        message = f"{number!r} is no information grade"
        raise CellError("information_grade", message, "write 1 to 6, or leave it empty") from None
