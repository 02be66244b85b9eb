"""What was read in the reports of one file as one JSON object; spans are code points of the file's text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from safepassage.domain.claims.claim import CivilianClaim
from safepassage.domain.claims.reading import ProposedClaim, Reading, StatedBy, Words
from safepassage.domain.claims.values import DEGREE_E7, PlaceReference, Quantity, TimeSpan
from safepassage.formats.claims.html_text import FILL

CIVILIAN, FORCES = "civilian", "forces"


def document(readings: Sequence[tuple[Reading, int, str]]) -> dict[str, Any]:
    """Return the object for readings with the offset of each in the file and a prefix for its ids."""
    attributions, claims, links, gaps = [], [], [], []
    for reading, offset, prefix in readings:
        attributions += [_attribution(a, offset, prefix) for a in reading.attributions]
        claims += [_claim(c, offset, prefix) for c in reading.claims]
        links += [{"type": str(link.kind), "a": link.a, "b": link.b} for link in reading.links]
        gaps += [{"id": gap.id, "question": gap.question} for gap in reading.gaps]
    return {"attributions": attributions, "claims": claims, "links": links, "gaps": gaps}


def _attribution(a: StatedBy, offset: int, prefix: str) -> dict[str, Any]:
    return {
        "id": f"{prefix}{a.id}",
        "source": _words(a.source, offset),
        "cue": _words(a.cue, offset),
        "content": _words(a.content, offset),
        "chain": [link.name for link in a.chain.links],
        "kind": a.kind,
        "modality": str(a.modality),
        "implicit_source": a.implicit_source,
    }


def _words(words: Words, offset: int) -> dict[str, Any]:
    return {
        "text": words.text.replace(FILL, ""),
        "spans": [[s.start + offset, s.end + offset] for s in words.spans],
    }


def _claim(proposed: ProposedClaim, offset: int, prefix: str) -> dict[str, Any]:
    claim = proposed.claim
    civilian = isinstance(claim, CivilianClaim)
    return {
        "id": claim.id,
        "attribution": f"{prefix}{proposed.attribution}" if proposed.attribution else None,
        "text": _words(Words(spans=(claim.span,)), offset),
        "predicate": str(claim.predicate),
        "arguments": dict(claim.arguments),
        "polarity": str(claim.polarity),
        "modality": str(claim.modality),
        "quantities": [_quantity(q) for q in claim.quantities],
        "places": _places(claim.places if isinstance(claim, CivilianClaim) else ()),
        "times": [_time(t) for t in claim.times],
        "grade": f"{claim.source_grade.letter}{claim.information_grade.number}",
        "scope": CIVILIAN if civilian else FORCES,
    }


def _quantity(q: Quantity) -> dict[str, Any]:
    return {"low": q.low, "high": q.high, "unit": q.unit, "text": q.text}


def _places(places: Iterable[PlaceReference]) -> list[dict[str, Any]]:
    return [
        {
            "name": place.name,
            "lat": None if place.lat_e7 is None else place.lat_e7 / DEGREE_E7,
            "lon": None if place.lon_e7 is None else place.lon_e7 / DEGREE_E7,
            "precision": place.precision.name.lower(),
            "metonym": place.metonym,
        }
        for place in places
    ]


def _time(t: TimeSpan) -> dict[str, Any]:
    return {"from": _iso(t.from_utc_s), "to": _iso(t.until_utc_s), "text": t.text}


def _iso(second: int | None) -> str | None:
    if second is None:
        return None
    return datetime.fromtimestamp(second, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
