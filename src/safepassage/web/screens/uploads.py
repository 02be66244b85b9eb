"""Files that are handed in as reports: tables of rows, alerts, and texts that claims are read from."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from importlib.util import find_spec

from safepassage.domain.access import Person
from safepassage.domain.claims.ledger import Entry
from safepassage.domain.claims.reading import Reading
from safepassage.domain.claims.values import Report
from safepassage.domain.problem import Problem, Severity
from safepassage.extracting import countries_in, extract, proposals
from safepassage.formats.claims import cap_alert, field_rows, gazetteer_in, report_text
from safepassage.formats.claims.report_text import ReceivedText
from safepassage.web.desk.desk import Desk
from safepassage.web.screens.forms import FormError

TABLES = (".csv", ".xlsx")
ALERTS = (".xml", ".cap")
TEXTS = (".txt", ".html", ".htm", ".pdf")
MOST_TEXT = 1_000_000


def entries_of(desk: Desk, person: Person, name: str, data: bytes) -> list[Entry]:
    """Return what a file proposes as entries of the ledger; nothing in it is reviewed.

    Raises
    ------
    FormError
        When nothing can be read in it.
    """
    readings, problems = _read(desk, name, data)
    faults = [problem for problem in problems if problem.severity is Severity.ERROR]
    if not readings:
        raise FormError("file", "; ".join(map(str, faults[:3])) or "Nothing was read in this file.")
    return list(proposals(desk.state().ledger, readings, at=desk.now_iso(), by=person.id))


def _read(desk: Desk, name: str, data: bytes) -> tuple[Sequence[Reading], Sequence[Problem]]:
    lower, received, outlet = name.lower(), desk.now_iso(), name.rsplit(".", 1)[0]
    if lower.endswith(TABLES):
        return field_rows.read(data, file=name, outlet=outlet, received=received)
    if lower.endswith(ALERTS):
        readings, _, problems = cap_alert.read(data, file=name, outlet="", received=received)
        return readings, problems
    if lower.endswith(TEXTS):
        return _text(desk, name, data)
    kinds = ", ".join((*TABLES, *ALERTS, *TEXTS, ".geojson", ".kml", ".kmz", ".gpx"))
    raise FormError("file", f"This is no file that can be read here: hand in {kinds}.")


def _text(desk: Desk, name: str, data: bytes) -> tuple[Sequence[Reading], Sequence[Problem]]:
    if not find_spec("spacy"):
        raise FormError("file", "Reading texts needs the extra nlp: install safepassage[nlp].")
    texts, problems = report_text.read(data, file=name)
    texts = tuple(text for text in texts if len(text.text) <= MOST_TEXT)
    words = " ".join(text.text for text in texts)
    places = gazetteer_in.of_case(desk.given.case.places)
    if texts:
        places = places.with_places(gazetteer_in.geonames(countries_in(words)).places)
    return [extract(_report(text, name, desk.now_iso()), places) for text in texts], problems


def _report(text: ReceivedText, name: str, now: str) -> Report:
    return Report(
        outlet=text.outlet or name.rsplit(".", 1)[0], text=text.text,
        published=text.published if _is_time(text.published) else now[:10], received=now, language="en",
    )  # fmt: skip


def _is_time(words: str) -> bool:
    try:
        datetime.fromisoformat(words)
    except ValueError:
        return False
    return True
