"""Public alerts as entries of the log: each message as it was issued, and the chains they make."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from safepassage.domain.log.entry import Draft, Entry
from safepassage.domain.public_alert import PublicAlert, followed
from safepassage.formats.containers.record_json import from_plain, to_plain
from safepassage.formats.log.log_record import canonical, digest, thawed

ALERT_ISSUED = "alert.issued"


def draft(alert: PublicAlert, *, chain: str, org: str, by: str, why: str) -> Draft:
    """Return the draft of a message; the same message again is the same entry."""
    body: dict[str, Any] = {"chain": chain, "alert": to_plain(alert)}
    name = f"alert-{digest(canonical(body))[:40]}"
    return Draft(id=name, org=org, by=by, why=why, kind=ALERT_ISSUED, body=body, about=f"alert:{chain}")


def chains(entries: Iterable[Entry]) -> dict[str, tuple[PublicAlert, ...]]:
    """Return the messages of each alert in their order; what does not fit its chain is left out."""
    found: dict[str, tuple[PublicAlert, ...]] = {}
    for entry in entries:
        if entry.kind != ALERT_ISSUED:
            continue
        name = str(entry.body.get("chain", ""))
        try:
            alert: PublicAlert = from_plain(PublicAlert, thawed(entry.body.get("alert")))
            found[name] = followed(found.get(name, ()), alert)
        except ValueError:
            continue
    return found
