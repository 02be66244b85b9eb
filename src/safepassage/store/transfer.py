"""Copies a whole store from one place to another: from a server into a file, or from a file to a server."""

from __future__ import annotations

from itertools import islice

from safepassage.domain.errors import StoreError
from safepassage.store.backend import Backend
from safepassage.store.event_store import OWN_VALUES

GROUP_ROWS = 2000


def copy_store(source: Backend, copy: Backend) -> int:
    """Copy entries, keys and this office's signing key to an empty store; return how many entries.

    Raises
    ------
    StoreError
        When there is something already, or the keys of the two places are derived differently.
    """
    if copy.lengths():
        raise StoreError("There are entries already where the store was to be copied: take an empty place.")
    if copy.salt != source.salt:
        raise StoreError(
            "The keys of that place are derived in another way: what is sealed would stay closed."
        )
    count = 0
    for log, length in sorted(source.lengths().items()):
        rows = islice(source.rows(log), length)
        while group := list(islice(rows, GROUP_ROWS)):
            with copy.transaction():
                copy.insert(group)
            count += len(group)
    with copy.transaction():
        for key in source.every_key():
            copy.keep_key(*key)
        vouched = [f"checkpoint:{log}" for log in sorted(source.lengths())]
        for name in (*OWN_VALUES, *vouched):
            value = source.value(name)
            if value is not None:
                copy.set_value(name, value)
    return count
