"""The claims ledger kept in a store: a fold of its claims entries, added to as entries."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from safepassage.cli.log import store_file
from safepassage.domain.claims.ledger import Entry, Ledger
from safepassage.domain.log import merge
from safepassage.domain.problem import Problem, Where, error
from safepassage.store import claims_events
from safepassage.store.event_store import EventStore


def load(path: Path, key_file: Path | None) -> tuple[Ledger, tuple[Problem, ...]]:
    """Return the ledger that all offices' claims entries make, without those taken back."""
    backend = store_file.open_backend(path, store_file.secret(key_file), writes=False)
    try:
        entries = merge.standing(EventStore(backend, store_file.now_ms).all_entries())
    finally:
        backend.close()
    ledger, left_out = claims_events.ledger(entries)
    if not left_out:
        return ledger, ()
    fault = f"{left_out} entries speak of what the ledger does not hold, or no longer holds"
    hint = "receive the bundles they came from, or take them back"
    return ledger, (error("LEDGER_LINE", Where(file=path.name), fault, hint),)


def append(path: Path, key_file: Path | None, entries: Iterable[Entry]) -> None:
    """Record ledger entries, all or none; they are on disk when this returns.

    Raises
    ------
    StoreError
        When one could not be recorded.
    """
    backend = store_file.open_backend(path, store_file.secret(key_file))
    try:
        store = EventStore(backend, store_file.now_ms)
        drafts = claims_events.drafts(entries, org=store_file.own_org(store))
        for outcome in store.append_each(drafts):
            if isinstance(outcome, Exception):
                raise outcome
    finally:
        backend.close()
