"""`safepassage claims extract`: propose claims from a text, with whose words each is."""

from __future__ import annotations

import argparse
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from safepassage.cli.claims import ledger_file
from safepassage.cli.claims.claim_line import ONLY_PROPOSED, facts_line
from safepassage.cli.claims.claims_model import Read, Received, model_readings
from safepassage.cli.outcome import Outcome, problems_json, problems_text
from safepassage.cli.run import MALFORMED, OK
from safepassage.domain.claims.actors import Actor
from safepassage.domain.claims.gazetteer import Gazetteer
from safepassage.domain.claims.ledger import Entry
from safepassage.domain.claims.reading import ProposedClaim, Reading, StatedBy
from safepassage.domain.claims.values import Report, fold
from safepassage.domain.claims.words import Medium
from safepassage.domain.problem import Problem, Severity, Where, error
from safepassage.engines.extraction.slavic import language_of
from safepassage.formats.case.case_reading import read_case
from safepassage.formats.claims import actors_in, gazetteer_in, reading_json, report_text
from safepassage.formats.claims.html_text import FILL
from safepassage.formats.claims.report_text import ReceivedText

READER, MODEL = "extractor", "language model"
SHOWN = 100
WRITTEN_DATE = re.compile(r"\b(?:19|20)\d{2}-\d{2}-\d{2}\b")

EXPERIMENTAL = {"ru": "Russian", "uk": "Ukrainian"}
"""Languages that are read without a parser."""


def run(options: argparse.Namespace) -> Outcome:
    """Read a file and print what it proposes; with `--into`, put it into the queue of a ledger."""
    received, problems = _received(options)
    readings = _read(received)
    modelled, silent = model_readings(options.model, received) if options.model else ([], ())
    problems = (*problems, *silent)
    data = reading_json.document(
        [(reading, r.offset, f"r{r.row}-" if r.row else "") for reading, r in readings]
        + [(reading, r.offset, f"m{r.row or ''}-") for reading, r in modelled]
    )
    parts = [problems_text(problems), *(reading_text(reading) for reading, _ in readings)]
    parts += [f"Proposed by the language model:\n{reading_text(reading)}" for reading, _ in modelled]
    data["experimental"] = sorted({r.report.language for r, _ in readings} & EXPERIMENTAL.keys())
    parts += [
        f"{EXPERIMENTAL[code]} is read by word order alone: experimental, look at every proposal twice."
        for code in data["experimental"]
    ]
    if options.into is not None:
        problems = (*problems, *_filed(options, {READER: readings, MODEL: modelled}, parts, data))
    if problems:
        data["problems"] = problems_json(problems)
    text = "\n\n".join(part for part in parts if part)
    wrong = any(p.severity is Severity.ERROR for p in problems)
    return Outcome(code=MALFORMED if wrong else OK, text=text, data=data)


def _filed(
    options: argparse.Namespace, readings: Mapping[str, list[Read]], parts: list[str], data: dict[str, Any]
) -> tuple[Problem, ...]:
    """Put what was read into the queue of a ledger, by who read it; return what is wrong with the ledger."""
    from safepassage.extracting import proposals  # noqa: PLC0415 - loads a parser

    ledger, damaged = ledger_file.load_at(options, options.into)
    at = ledger_file.now()
    entries: tuple[Entry, ...] = ()
    for by, rows in readings.items():
        made = proposals(ledger, [reading for reading, _ in rows], at=at, by=by)
        ledger, entries = ledger.after(*made), (*entries, *made)
    ledger_file.append_at(options, options.into, entries)
    parts.append(f"{len(entries)} entries added to {options.into}.")
    data["entries"] = len(entries)
    return damaged


def readings_of(options: argparse.Namespace) -> tuple[list[Read], tuple[Problem, ...]]:
    """Return what each text of a file proposes, and what is wrong with the file."""
    received, problems = _received(options)
    return _read(received), problems


def _received(options: argparse.Namespace) -> tuple[Received, tuple[Problem, ...]]:
    """Return the reports of a file with the places and actors they are read with."""
    from safepassage.extracting import countries_in  # noqa: PLC0415 - loads a parser

    received, problems = report_text.read(options.file.read_bytes(), file=options.file.name)
    published, faults = _published(options)
    words = " ".join(r.text for r in received)
    gazetteer, missing = _gazetteer(options, countries_in(words) if received else frozenset())
    actors, wrong = _actors(options.actors)
    undated = tuple(_row_without_date(options.file.name, r) for r in received if not _is_dated(r))
    reports = tuple((_report(options, r, published), r) for r in received)
    found = Received(reports=reports, gazetteer=gazetteer, actors=actors)
    return found, (*problems, *faults, *missing, *wrong, *undated)


def _read(received: Received) -> list[Read]:
    from safepassage.extracting import extract  # noqa: PLC0415 - loads a parser

    return [(extract(report, received.gazetteer, received.actors), r) for report, r in received.reports]


def _published(options: argparse.Namespace) -> tuple[str, tuple[Problem, ...]]:
    """Return when the file was published, "" where nobody says it."""
    if not options.date:
        return "", ()
    if _is_time(options.date):
        return options.date, ()
    where = Where(file=options.file.name)
    hint = "write it as 2024-08-14 or 2024-08-14T18:30:00+03:00"
    return "", (error("REPORT_DATE", where, f"{options.date!r} is no date of publication", hint),)


def _is_dated(received: ReceivedText) -> bool:
    return not received.published or _is_time(received.published)


def _row_without_date(file: str, received: ReceivedText) -> Problem:
    where = Where(file=file, row=received.row)
    hint = "write it as 2024-08-14; the row was read without it"
    return error("REPORT_DATE", where, f"{received.published[:40]!r} is no date of publication", hint)


def _is_time(words: str) -> bool:
    try:
        datetime.fromisoformat(words)
    except ValueError:
        return False
    return True


def _report(options: argparse.Namespace, received: ReceivedText, published: str) -> Report:
    """Return a report as received; a row's own date and outlet come before those of the command."""
    own = received.published if _is_time(received.published) else ""
    return Report(
        outlet=options.outlet or received.outlet or options.file.stem,
        text=received.text,
        published=own or published or _written_date(received.text),
        received="",
        language=options.language or language_of(received.text),
        medium=Medium.UNKNOWN,
    )


def _written_date(text: str) -> str:
    """Return the first ISO date at the head of a text, "" without one."""
    match = WRITTEN_DATE.search(text[: SHOWN * 5])
    try:
        return date.fromisoformat(match[0]).isoformat() if match else ""
    except ValueError:
        return ""


def _gazetteer(
    options: argparse.Namespace, countries: frozenset[str]
) -> tuple[Gazetteer, tuple[Problem, ...]]:
    """Return the places of the case, then those of the file, then the towns of the countries named."""
    found = Gazetteer()
    problems: tuple[Problem, ...] = ()
    if options.case is not None:
        reading = read_case(options.case, network_given=True)
        if reading.case is None:
            problems = tuple(reading.problems)
        else:
            found = gazetteer_in.of_case(reading.case.places)
            named = {fold(place.name) for place in found.places}
            ends = gazetteer_in.of_roads(reading.nodes, reading.links).places
            found = found.with_places(end for end in ends if fold(end.name) not in named)
    if options.gazetteer is not None:
        more, faults = gazetteer_in.read(options.gazetteer.read_bytes(), file=options.gazetteer.name)
        return found.with_places(more.places), (*problems, *faults)
    return found.with_places(gazetteer_in.geonames(countries).places), problems


def _actors(path: Path | None) -> tuple[tuple[Actor, ...], tuple[Problem, ...]]:
    return ((), ()) if path is None else actors_in.read(path.read_bytes(), file=path.name)


def reading_text(reading: Reading) -> str:
    """Return a reading as people go through it: who says what, the claims below, then what is open."""
    lines = []
    for stated in reading.attributions:
        lines.append(_stated(stated))
        lines += [_claim(c) for c in reading.claims if c.attribution == stated.id]
    own = [c for c in reading.claims if not c.attribution]
    if own:
        lines += [f"{reading.report.outlet} itself:", *(_claim(c) for c in own)]
    if reading.gaps:
        lines += ["Not said, to be asked:", *(f"  {gap.question}" for gap in reading.gaps)]
    lines += _links(reading)
    counts = (len(reading.attributions), len(reading.claims), len(reading.gaps))
    lines.append("{} attributions, {} claims, {} questions. ".format(*counts) + ONLY_PROPOSED)
    return "\n".join(lines)


def _stated(stated: StatedBy) -> str:
    said = _short(stated.content.text)
    return f"{stated.id} {stated.chain} [{stated.modality}]: {said}"


def _claim(proposed: ProposedClaim) -> str:
    claim = proposed.claim
    return f"    {claim.id} {facts_line(claim)}: “{_short(claim.span.text)}”"


def _links(reading: Reading) -> Sequence[str]:
    rows = [f"  {link.a} {str(link.kind).replace('_', ' ')} {link.b}" for link in reading.links]
    return ["How they stand to each other:", *rows] if rows else []


def _short(words: str) -> str:
    plain = " ".join(words.replace(FILL, "").split())
    return plain if len(plain) <= SHOWN else f"{plain[: SHOWN - 1]}…"
