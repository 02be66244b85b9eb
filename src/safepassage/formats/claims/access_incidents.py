"""Access incidents as rows, in the nine categories of the access monitoring and reporting framework (OCHA).

`category` (its number or name) and `description` are needed; `date`, `place`, `lat`, `lon`, `reported_by`,
`side` may be given. Columns that name private persons are left out of the record before anything is kept.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import UTC, datetime

from safepassage.domain.access_work.incident import CATEGORIES, AccessIncident
from safepassage.domain.claims.claim import CivilianClaim
from safepassage.domain.claims.reading import ProposedClaim, Reading
from safepassage.domain.claims.words import Medium, Modality, PlacePrecision, Predicate
from safepassage.domain.problem import Problem, warning
from safepassage.formats.claims.intake import IntakeRow, place_of, read_rows, reading_of, rows_of, words_in
from safepassage.formats.tables.schedule_rows import harmless

_KEYS = (
    ("entry", "entry_into_the_country", "entry_into_country"),
    ("movement", "movement_within_the_country", "movement_within_country"),
    ("interference", "interference_in_implementation"),
    ("violence", "violence_against_personnel", "violence_against_personnel_assets_facilities"),
    ("hostilities", "active_hostilities", "ongoing_hostilities"),
    ("environment", "physical_environment"),
    ("mines", "mines_and_unexploded_ordnance", "mines_and_uxo", "uxo"),
    ("denial", "denial_of_needs", "denial_of_needs_or_entitlements"),
    ("services", "restrictions_on_peoples_access_to_services", "access_to_services"),
)
KNOWN = {
    key: str(n)
    for n, keys in enumerate(_KEYS, start=1)
    for key in (str(n), *keys, CATEGORIES[n - 1].replace(",", "").replace(" ", "_"))
}
MINES = 7
CATEGORY, WORDS = (
    ("category", "amrf_category", "constraint", "type"),
    ("description", "words", "text", "incident"),
)
PRIVATE = (
    "victim",
    "victim_name",
    "name",
    "names",
    "staff_name",
    "contact",
    "phone",
    "email",
    "witness",
    "perpetrator",
)
"""Columns of private persons: nobody of them becomes a source or an accused in the ledger."""


def read(
    data: bytes, *, file: str, outlet: str, received: str
) -> tuple[tuple[Reading, ...], tuple[Problem, ...]]:
    """Return what the rows propose, and every row that cannot be used."""
    rows, faults = rows_of(data, file=file, outlet=outlet, received=received, need=(CATEGORY, WORDS))
    readings, problems = read_rows(rows, row)
    return readings, (*faults, *_left_out(rows), *problems)


def _left_out(rows: list[IntakeRow]) -> tuple[Problem, ...]:
    dropped = sorted({name for row in rows for name in PRIVATE if row.cells.get(name)})
    if not dropped:
        return ()
    message = f"columns of private persons were left out: {', '.join(dropped)}"
    where = rows[0].where
    return (
        warning(
            "PRIVATE_COLUMNS", type(where)(file=where.file), message, "leave them out of what you hand on"
        ),
    )


def write(incidents: Iterable[AccessIncident]) -> bytes:
    """Return incidents as CSV rows that `read` takes: category, day, place, words, on whose word."""
    stream = io.StringIO(newline="")
    table = csv.writer(stream, lineterminator="\n")
    table.writerow(("category", "date", "place", "description", "reported_by"))
    for one in incidents:
        day = datetime.fromtimestamp(one.day_utc_s, tz=UTC).date().isoformat()
        table.writerow((one.category, day, *map(harmless, (one.place, one.description, one.reported_by))))
    return stream.getvalue().encode("utf-8")


def row(cells: IntakeRow) -> Reading:
    """Return what one row proposes."""
    number = int(cells.chosen(KNOWN, *CATEGORY))
    words = cells.text(*WORDS, needed=True)
    times = cells.times(("date", "date_start", "when"), ("date_end", "until"))
    day = times[0].text[:10] if times else ""
    report = cells.report(published=day, medium=Medium.TABLE, without=PRIVATE)
    claim = CivilianClaim(
        report=report.id,
        span=words_in(report, words),
        predicate=Predicate.EXPLOSIVE_HAZARD if number == MINES else Predicate.ACCESS_CONSTRAINT,
        chain=cells.chain(cells.text("reported_by", "source", "organisation"), side=cells.text("side")),
        arguments=(("category", CATEGORIES[number - 1]),),
        modality=Modality.ASSERTED,
        times=times,
        uttered=day,
        places=place_of(
            cells.text("place", "location", "admin3", "admin2", "admin1"), cells.position(), _precision(cells)
        ),
    )
    return reading_of(report, ProposedClaim(claim=claim))


def _precision(cells: IntakeRow) -> PlacePrecision:
    if cells.text("place", "location"):
        return PlacePrecision.NEAR
    return PlacePrecision.DISTRICT if cells.text("admin3", "admin2") else PlacePrecision.PROVINCE
