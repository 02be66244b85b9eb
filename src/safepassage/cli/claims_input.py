"""The claims a plan rests on: read from a ledger, seen on the roads of the case, written beside the plan."""

from __future__ import annotations

import argparse
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safepassage.domain.case import Case
from safepassage.domain.claims.ledger import Ledger
from safepassage.domain.claims.picture import HazardPicture
from safepassage.domain.claims.values import fold
from safepassage.domain.errors import FormatError
from safepassage.domain.network import RoadNetwork
from safepassage.domain.problem import Problem
from safepassage.engines.conflicts import conflicts
from safepassage.engines.hazard_picture import Roads, in_case, narrowed, picture
from safepassage.engines.nested_zones import zones
from safepassage.formats import claims_json, ledger_json
from safepassage.formats.local_clock import instant

IN_CASE = "claims.jsonl"
"""The ledger that a case folder brings with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimsInput:
    """A ledger, what it means on the roads of a case, and that case with it laid over."""

    ledger: Ledger
    picture: HazardPicture
    case: Case
    document: dict[str, Any]
    problems: tuple[Problem, ...]


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
    data = b"" if path is None else path.read_bytes()
    ledger, problems = ledger_json.read(data, file="" if path is None else path.name)
    ledger, faults = _with_news(ledger, options, case)
    problems = (*problems, *faults)
    _require_known(ledger, options.without)
    made_from = {
        "case": str(Path(options.case).resolve()), "network": str(options.network or ""),
        "ledger_sha256": hashlib.sha256(data).hexdigest(),
    }  # fmt: skip
    return seen(ledger, case, Roads(network), without=options.without, made_from=made_from, problems=problems)


def _with_news(ledger: Ledger, options: argparse.Namespace, case: Case) -> tuple[Ledger, tuple[Problem, ...]]:
    """Return the ledger with what the texts propose, filed as of the case; nothing in it is reviewed."""
    problems: list[Problem] = []
    for file in options.news:
        from safepassage.cli.claims_extract import READER, readings_of  # noqa: PLC0415 - loads a parser
        from safepassage.extracting import proposals  # noqa: PLC0415 - loads a parser

        asked = argparse.Namespace(
            file=file, date=case.as_of, outlet="", case=options.case, gazetteer=None, actors=None
        )
        readings, faults = readings_of(asked)
        problems.extend(faults)
        made = proposals(ledger, [reading for reading, _ in readings], at=case.as_of, by=READER)
        ledger = ledger.after(*made)
    return ledger, tuple(problems)


def seen(
    ledger: Ledger,
    case: Case,
    roads: Roads,
    *,
    without: Iterable[str],
    made_from: dict[str, str],
    problems: tuple[Problem, ...] = (),
) -> ClaimsInput:
    """Return a ledger on the roads of a case."""
    left_out = frozenset(without)
    found = narrowed(
        picture(
            ledger, epoch_utc_s=round(instant(case.epoch).timestamp()), horizon_s=case.settings.horizon_s,
            without=left_out,
        ),
        roads,
    )  # fmt: skip
    document = claims_json.document(
        ledger, found, conflicts(ledger), as_of=case.as_of, without=left_out, made_from=made_from
    )
    return ClaimsInput(
        ledger=ledger, picture=found, case=in_case(case, found), document=document, problems=problems
    )


def _require_known(ledger: Ledger, without: Iterable[str]) -> None:
    """Refuse names that leave nothing out: a plan must not look as if it did without a source."""
    known = {fold(link.name) for s in ledger.claims.values() for link in s.claim.chain.links}
    for name in without:
        if name not in ledger.claims and fold(name) not in known:
            raise FormatError(
                file="--without", what=f"no claim of the ledger is called or comes from {name!r}",
                remedy="name a claim (c-…), an origin or an outlet as `claims conflicts` writes them",
            )  # fmt: skip
