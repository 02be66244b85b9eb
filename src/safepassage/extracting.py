"""From a report to what it proposes: reading, then how its claims stand to each other; where engines meet."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from safepassage.domain.claims.actors import Actor
from safepassage.domain.claims.gazetteer import Gazetteer
from safepassage.domain.claims.ledger import (
    Act,
    ClaimProposed,
    ClaimsLinked,
    Entry,
    GapNoted,
    Ledger,
    ReportFiled,
)
from safepassage.domain.claims.reading import Reading, Verbatim
from safepassage.domain.claims.values import Report
from safepassage.engines.conflicts import relate
from safepassage.engines.extraction.countries import countries_in
from safepassage.engines.extraction.model_frames import frames_of
from safepassage.engines.extraction.read import read

__all__ = ["countries_in", "extract", "extract_proposed", "proposals"]


def extract(report: Report, gazetteer: Gazetteer, actors: Sequence[Actor] = ()) -> Reading:
    """Return what a report proposes, with the links between its own claims.

    Raises
    ------
    ParserMissingError
        When no parser is installed.
    """
    return _related(read(report, gazetteer, actors))


def extract_proposed(
    report: Report, gazetteer: Gazetteer, actors: Sequence[Actor], proposed: Sequence[Verbatim]
) -> Reading:
    """Return what a report says in the attributions that somebody else proposed, and in no others.

    Everything behind them is the same: chains, numbers, places, what a claim is about. What the report says
    with its own voice is left to `extract`.

    Raises
    ------
    ParserMissingError
        When no parser is installed.
    """
    reading = read(report, gazetteer, actors, frames=frames_of(proposed))
    attributed = tuple(claim for claim in reading.claims if claim.attribution)
    return _related(replace(reading, claims=attributed, gaps=()))


def _related(reading: Reading) -> Reading:
    return replace(reading, links=relate([proposed.claim for proposed in reading.claims]))


def proposals(ledger: Ledger, readings: Iterable[Reading], *, at: str, by: str) -> tuple[Entry, ...]:
    """Return the entries that put readings into a ledger's queue; what it holds already adds nothing.

    Links are drawn anew between all claims that count, so that a report meets those that came before it.
    """
    acts: list[Act] = []
    for reading in readings:
        acts.append(ReportFiled(report=reading.report))
        acts += [ClaimProposed(claim=proposed.claim) for proposed in reading.claims]
        acts += [GapNoted(gap=gap) for gap in reading.gaps]
    filled = ledger.after(*(Entry(at=at, by=by, act=act) for act in acts))
    links = relate([standing.claim for standing in filled.counting()])
    filled = filled.after(*(Entry(at=at, by=by, act=ClaimsLinked(link=link)) for link in links))
    return filled.entries[len(ledger.entries) :]
