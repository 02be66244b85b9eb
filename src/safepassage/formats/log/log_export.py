"""Entries of the log as lines of JSON for one audience: the fields it may see, and no more."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from safepassage.domain.log.classes import shown
from safepassage.domain.log.entry import Entry
from safepassage.domain.release import STATEMENT, Audience, SensitivityClass
from safepassage.formats.containers import canonical_json
from safepassage.formats.log.log_record import thawed

_METADATA = {
    "kind": SensitivityClass.PARTNERS,
    "org": SensitivityClass.PARTNERS,
    "log": SensitivityClass.PARTNERS,
    "seq": SensitivityClass.PARTNERS,
    "at_ms": SensitivityClass.RESTRICTED,
    "id": SensitivityClass.RESTRICTED,
    "by": SensitivityClass.RESTRICTED,
    "why": SensitivityClass.RESTRICTED,
    "about": SensitivityClass.RESTRICTED,
    "undoes": SensitivityClass.RESTRICTED,
}


def line(entry: Entry, audience: Audience) -> bytes:
    """Return one entry as far as an audience may see it; empty where nothing of its content is for them.

    Personal data are never exported.
    """
    limit = audience.may_see
    body = thawed(shown(entry.kind, entry.body, limit))
    if not body and limit < SensitivityClass.RESTRICTED:
        return b""
    known: dict[str, Any] = {
        name: getattr(entry, name) for name, sensitivity in _METADATA.items() if sensitivity <= limit
    }
    return canonical_json.encode({**known, "class": min(limit, entry.sensitivity).name, "body": body})


def stamp(audience: Audience, *, data_time_ms: int) -> dict[str, str]:
    """Return what goes with an export of the log."""
    at = datetime.fromtimestamp(data_time_ms / 1000, tz=UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        "class": audience.may_see.name,
        "audience": audience.word,
        "data_time": at,
        "statement": STATEMENT,
    }
