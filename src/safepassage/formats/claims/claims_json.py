"""What a plan knows of claims, as a document: the hazard picture, conflicts, gaps, and the ledger itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from safepassage.domain.claims.claim import CivilianClaim, Claim
from safepassage.domain.claims.conflict import Conflict
from safepassage.domain.claims.ledger import Entry, Ledger, Standing
from safepassage.domain.claims.picture import HazardEvent, HazardPicture
from safepassage.formats.containers.record_json import from_plain, to_plain

SCHEMA = "safepassage.claims/1"
PPM = 1_000_000


def document(
    ledger: Ledger,
    picture: HazardPicture,
    conflicts: Sequence[Conflict],
    *,
    as_of: str,
    without: Iterable[str],
    made_from: Mapping[str, str],
) -> dict[str, Any]:
    """Return the document that is written beside a plan (docs/reference/claims-format.md).

    Claims about forces stand in it as words and numbers, without any place.
    """
    return {
        "schema": SCHEMA, "class": "RESTRICTED", "as_of": as_of, "without": sorted(without),
        "made_from": dict(made_from),
        "events": [event_row(event) for event in picture.events],
        "closures": [asdict(closure) for closure in picture.closures],
        "unplaced": [asdict(row) for row in picture.unplaced],
        "conflicts": [asdict(conflict) for conflict in conflicts],
        "gaps": [_gap(ledger, gap.id) for gap in ledger.open_gaps()],
        "claims": [_claim(ledger, standing) for standing in ledger.claims.values()],
        "ledger": [to_plain(entry) for entry in ledger.entries],
    }  # fmt: skip


def parsed_ledger(document: Mapping[str, Any]) -> Ledger:
    """Return the ledger of a document.

    Raises
    ------
    KeyError, ValueError
        When the document is none of this kind.
    """
    if document.get("schema") != SCHEMA:
        raise ValueError(f"this is no document of schema {SCHEMA}")
    return Ledger.of(from_plain(Entry, entry) for entry in document["ledger"])


def event_row(event: HazardEvent) -> dict[str, Any]:
    """Return an event as the document holds it: slices are [from_s, until_s, low, central, high]."""
    rows = [[p.from_s, p.until_s, p.low_ppm, p.central_ppm, p.high_ppm] for p in event.slices]
    belief = [round(PPM * p) for p in event.belief]
    plain = {
        name: value for name, value in asdict(event).items() if name not in {"slices", "belief", "charged"}
    }
    return {**plain, "slices": rows, "belief_ppm": belief}


def _gap(ledger: Ledger, name: str) -> dict[str, Any]:
    gap = ledger.gaps[name]
    report = ledger.reports[gap.report]
    return {**asdict(gap), "outlet": report.outlet, "published": report.published}


def _claim(ledger: Ledger, standing: Standing) -> dict[str, Any]:
    claim = standing.claim
    report, origin = ledger.reports[claim.report], claim.chain.origin
    return {
        "id": claim.id, "about": "civilians" if isinstance(claim, CivilianClaim) else "forces",
        "predicate": str(claim.predicate), "polarity": str(claim.polarity), "modality": str(claim.modality),
        "words": claim.span.text, "chain": [link.name for link in claim.chain.links],
        "origin_kind": str(origin.kind), "side": origin.side, "published": report.published,
        "uttered": claim.uttered, "quantities": [str(q) for q in claim.quantities],
        "places": place_names(claim),
        "grade": f"{claim.source_grade.letter}{claim.information_grade.number}",
        "decision": str(standing.decision), "decided_by": standing.decided_by, "counts": standing.counts,
    }  # fmt: skip


def place_names(claim: Claim) -> list[str]:
    """Return the names of the places of a civilian claim; a claim about forces has none."""
    return [place.name for place in claim.places] if isinstance(claim, CivilianClaim) else []
