"""A ledger of claims, seen on the roads of a case."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from safepassage.domain.case import Case
from safepassage.domain.claims.conflict import Conflict
from safepassage.domain.claims.ledger import Ledger
from safepassage.domain.claims.picture import HazardPicture
from safepassage.domain.problem import Problem
from safepassage.engines.conflicts import conflicts
from safepassage.engines.hazard_picture import Roads, in_case, narrowed, picture
from safepassage.formats.claims import claims_json
from safepassage.formats.facts.local_clock import instant


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimsInput:
    """A ledger, what it means on the roads of a case, and that case with it laid over.

    `news` are the reports that were read from texts for this plan only, in order.
    """

    ledger: Ledger
    picture: HazardPicture
    case: Case
    document: dict[str, Any]
    problems: tuple[Problem, ...]
    contested: tuple[Conflict, ...] = ()
    news: tuple[str, ...] = ()


def in_layer(case: Case, layer: str) -> Case:
    """Return a case that is planned with the figures of hazard of a layer; as it is for ""."""
    return replace(case, settings=replace(case.settings, hazard_layer=layer)) if layer else case


def on_roads(
    ledger: Ledger, case: Case, roads: Roads, *, without: Iterable[str] = ()
) -> tuple[HazardPicture, Case]:
    """Return what a ledger means on the roads of a case, and that case with it laid over.

    What contradicts what is not looked for: it changes no road, and takes a while in a long ledger.
    """
    found = narrowed(
        picture(
            ledger, epoch_utc_s=round(instant(case.epoch).timestamp()), horizon_s=case.settings.horizon_s,
            without=frozenset(without),
        ),
        roads,
    )  # fmt: skip
    return found, in_case(case, found)


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
    found, laid = on_roads(ledger, case, roads, without=left_out)
    contested = conflicts(ledger)
    document = claims_json.document(
        ledger, found, contested, as_of=case.as_of, without=left_out, made_from=made_from
    )
    return ClaimsInput(
        ledger=ledger, picture=found, case=laid, document=document, problems=problems, contested=contested
    )  # fmt: skip
