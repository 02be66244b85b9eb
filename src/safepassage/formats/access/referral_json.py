"""An incident referral as a JSON file for its recipient."""

from __future__ import annotations

from typing import Any

from safepassage.domain.claims.referral import IncidentReferral
from safepassage.formats.containers.canonical_json import encode
from safepassage.formats.containers.record_json import from_plain, to_plain

SCHEMA = "safepassage.incident/1"
NOTE = "Reported, not established. Nobody is accused by this record, and no source is named in it."


def write(referral: IncidentReferral) -> bytes:
    """Return the record, its class and what it is not, as canonical JSON."""
    document: dict[str, Any] = {"schema": SCHEMA, "class": referral.sensitivity.name, "note": NOTE}
    return encode(document | {"incident": to_plain(referral)})


def parse(document: dict[str, Any]) -> IncidentReferral:
    """Return the record of a document.

    Raises
    ------
    ValueError
        When it is none.
    """
    if document.get("schema") != SCHEMA:
        raise ValueError(f"this is no document of schema {SCHEMA}")
    found: IncidentReferral = from_plain(IncidentReferral, document.get("incident"))
    return found
