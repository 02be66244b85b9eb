"""Events of the UCDP Georeferenced Event Dataset: low, best and high numbers of deaths, coded places.

What happened to civilians becomes a civilian claim with place and numbers: attacks on civilians
(`type_of_violence` 3), and civilian deaths in fights. A fight among armed actors becomes a claim about
forces: words and numbers, and neither the claim nor the row that is kept holds where (columns of position
are left out). Columns follow the GED codebook (Högbladh, UCDP GED Codebook, Uppsala University): where_prec
1–7, date_prec 1–5.
"""

from __future__ import annotations

from dataclasses import replace

from safepassage.domain.claims.claim import CivilianClaim, Claim, ForcesClaim
from safepassage.domain.claims.reading import ProposedClaim, Reading
from safepassage.domain.claims.values import Report, TimeSpan
from safepassage.domain.claims.words import (
    ForcesPredicate,
    Modality,
    OriginKind,
    PlacePrecision,
    Predicate,
    TimePrecision,
)
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

NEED = (("type_of_violence",), ("low", "deaths_low"), ("high", "deaths_high"), ("date_start", "start_date"))
KINDS = {"1": "fight", "2": "fight", "3": "civilians"}
KINDS |= {"state_based": "fight", "non_state": "fight", "one_sided": "civilians"}
PRECISIONS = {str(int(p)): str(int(p)) for p in PlacePrecision}
TIME_PRECISIONS = {
    "1": TimePrecision.DAY,
    "2": TimePrecision.DAY,
    "3": TimePrecision.WEEK,
    "4": TimePrecision.VAGUE,
    "5": TimePrecision.VAGUE,
}
POSITIONS = ("latitude", "longitude", "geom_wkt", "priogrid_gid", "where_coordinates", "where_description")
SOURCE = ("source_original", "source_office", "source_article")


def read(
    data: bytes, *, file: str, outlet: str, received: str
) -> tuple[tuple[Reading, ...], tuple[Problem, ...]]:
    """Return what the events propose, and every row that cannot be used."""
    rows, faults = rows_of(data, file=file, outlet=outlet, received=received, need=NEED)
    readings, problems = read_rows(rows, row)
    return readings, (*faults, *problems)


def row(cells: IntakeRow) -> Reading:
    """Return what one event proposes."""
    kind = cells.chosen(KINDS, "type_of_violence")
    times = _times(cells)
    day = times[0].text[:10]
    civilians = cells.number("deaths_civilians", "deaths_civilian") or 0.0
    if kind == "fight" and not civilians:
        report = cells.report(published=day, without=POSITIONS)
        return reading_of(report, ProposedClaim(claim=_fight(cells, report, times)))
    report = cells.report(published=day)
    claim: Claim = _harm(cells, report, times, None if kind == "civilians" else civilians)
    return reading_of(report, ProposedClaim(claim=claim))


def _times(cells: IntakeRow) -> tuple[TimeSpan, ...]:
    spans = cells.times(("date_start", "start_date"), ("date_end", "end_date"))
    if not spans:
        raise CellError("date_start", "the column date_start is empty", "fill it in")
    precision = cells.chosen({k: k for k in TIME_PRECISIONS}, "date_prec", default="1")
    return (replace(spans[0], precision=TIME_PRECISIONS[precision]),)


def _bounds(cells: IntakeRow) -> tuple[float, float, float]:
    """Return low, best and high; best defaults to low, as coders most often set it."""
    low, high = cells.number("low", "deaths_low"), cells.number("high", "deaths_high")
    if low is None or high is None:
        raise CellError("low", "low and high are both needed", "fill them in, 0 where nobody died")
    best = cells.number("best", "deaths_best")
    best = low if best is None else best
    if not low <= best <= high:
        message = f"low {low:g}, best {best:g}, high {high:g} are out of order"
        raise CellError("best", message, "low must not exceed best, nor best high")
    return low, best, high


def _harm(
    cells: IntakeRow, report: Report, times: tuple[TimeSpan, ...], civilians: float | None
) -> CivilianClaim:
    low, best, high = _bounds(cells)
    if civilians is not None:
        # Of a fight only the number of dead civilians is about them; it has no range of its own.
        low = high = best = civilians
    return CivilianClaim(
        report=report.id,
        span=words_in(report, cells.text("source_headline")),
        predicate=Predicate.PERSONS_HARMED,
        modality=Modality.ASSERTED,
        times=times,
        uttered=times[0].text[:10],
        chain=cells.chain(cells.text(*SOURCE)[:200], kind=str(OriginKind.UNKNOWN)),
        arguments=(("best", f"{best:g}"),),
        quantities=quantity_of(low, high, "persons", _range_text(low, high)),
        places=place_of(
            cells.text("where_coordinates", "location_where_name", "adm_2", "adm_1", "country"),
            cells.position(),
            PlacePrecision(int(cells.chosen(PRECISIONS, "where_prec", default="4"))),
        ),
    )


def _range_text(low: float, high: float) -> str:
    return f"{low:g}" if low == high else f"{low:g}–{high:g}"


def _fight(cells: IntakeRow, report: Report, times: tuple[TimeSpan, ...]) -> ForcesClaim:
    low, best, high = _bounds(cells)
    sides = " – ".join(filter(None, (cells.text("side_a"), cells.text("side_b"))))
    return ForcesClaim(
        report=report.id,
        span=words_in(report, cells.text("source_headline")),
        times=times,
        predicate=ForcesPredicate.OPERATION,
        modality=Modality.ASSERTED,
        uttered=times[0].text[:10],
        chain=cells.chain(cells.text(*SOURCE)[:200], kind=str(OriginKind.UNKNOWN)),
        arguments=(("about", sides), ("best", f"{best:g}")),
        quantities=quantity_of(low, high, "persons", _range_text(low, high)),
    )
