"""A restored store goes on under a new log: the old one may have gone on after the backup."""

from __future__ import annotations

from typing import Any

from safepassage.formats.log import checkpoint_json
from safepassage.store import checking
from safepassage.store.event_store import EventStore


def go_on(store: EventStore, now_ms: int, *, by: str, why: str) -> dict[str, Any]:
    """Vouch for the log of a backup as far as it goes, open a new one, return what it goes on from.

    Raises
    ------
    StoreError
        When the log of the backup is not consistent.
    """
    last = checking.make_checkpoint(store, now_ms)
    with store.backend.transaction():
        store.backend.set_value(f"checkpoint:{store.log}", checkpoint_json.write(last))
    continues = {"log": last.log, "size": last.size, "head": last.head}
    store.begin(org=last.org, by=by, why=why, continues=continues)
    return continues
