"""The claims a plan rests on: read from a ledger, seen on the roads of the case, written beside the plan."""

from __future__ import annotations

import argparse
import hashlib
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from safepassage.casework.claims_seen import ClaimsInput, seen
from safepassage.cli.claims import ledger_file
from safepassage.domain.case import Case
from safepassage.domain.claims.ledger import Ledger
from safepassage.domain.claims.values import fold
from safepassage.domain.errors import FormatError
from safepassage.domain.network import RoadNetwork
from safepassage.domain.problem import Problem
from safepassage.engines.hazard_picture import Roads
from safepassage.engines.nested_zones import zones
from safepassage.formats.claims import ledger_json

IN_CASE = "claims.jsonl"
"""The ledger that a case folder brings with it."""


def ledger_path(options: argparse.Namespace) -> Path | None:
    """Return the ledger that was named, else the one in the case folder, None without either."""
    if options.claims is not None:
        return Path(options.claims)
    own = Path(options.case) / IN_CASE
    return own if own.is_file() else None


def claims_input(options: argparse.Namespace, case: Case, network: RoadNetwork) -> ClaimsInput | None:
    """Return what the claims mean for a case, None where there are no claims.

    Raises
    ------
    FormatError
        When something is to be left out and no claim comes from it.
    """
    path = ledger_path(options)
    if path is None and not options.news and not zones(case):
        if options.without:
            raise FormatError(
                file="--without", what="there is no ledger to leave anything out of",
                remedy="name one with --claims LEDGER",
            )  # fmt: skip
        return None
    data, ledger, problems = _ledger(options, path)
    ledger, news, faults = _with_news(ledger, options, case)
    problems = (*problems, *faults)
    _require_known(ledger, options.without)
    made_from = {
        "case": str(Path(options.case).resolve()), "network": str(options.network or ""),
        "ledger_sha256": hashlib.sha256(data).hexdigest(),
    }  # fmt: skip
    found = seen(
        ledger, case, Roads(network), without=options.without, made_from=made_from, problems=problems
    )  # fmt: skip
    return replace(found, news=news)


def _ledger(options: argparse.Namespace, path: Path | None) -> tuple[bytes, Ledger, tuple[Problem, ...]]:
    """Return the bytes of a ledger, what it holds, and its faults; a store's are written as a file's are."""
    if path is not None and options.claims is not None and options.store:
        ledger, problems = ledger_file.load_at(options, path)
        return ledger_json.write(ledger.entries), ledger, problems
    data = b"" if path is None else path.read_bytes()
    return data, *ledger_json.read(data, file="" if path is None else path.name)


def _with_news(
    ledger: Ledger, options: argparse.Namespace, case: Case
) -> tuple[Ledger, tuple[str, ...], tuple[Problem, ...]]:
    """Return the ledger with what the texts propose, and their reports; nothing in it is reviewed."""
    problems: list[Problem] = []
    news: dict[str, None] = {}
    for file in options.news:
        from safepassage.cli.claims.claims_extract import READER, readings_of  # noqa: PLC0415 - loads a parser
        from safepassage.extracting import proposals  # noqa: PLC0415 - loads a parser

        asked = argparse.Namespace(
            language="", file=file, date=case.as_of, outlet="", case=options.case, gazetteer=None, actors=None
        )
        readings, faults = readings_of(asked)
        problems.extend(faults)
        made = proposals(ledger, [reading for reading, _ in readings], at=case.as_of, by=READER)
        ledger = ledger.after(*made)
        news |= dict.fromkeys(reading.report.id for reading, _ in readings)
    return ledger, tuple(news), tuple(problems)


def _require_known(ledger: Ledger, without: Iterable[str]) -> None:
    """Refuse names that leave nothing out: a plan must not look as if it did without a source."""
    known = {fold(link.name) for s in ledger.claims.values() for link in s.claim.chain.links}
    for name in without:
        if name not in ledger.claims and fold(name) not in known:
            raise FormatError(
                file="--without", what=f"no claim of the ledger is called or comes from {name!r}",
                remedy="name a claim (c-…), an origin or an outlet as `claims conflicts` writes them",
            )  # fmt: skip
