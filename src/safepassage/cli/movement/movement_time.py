"""The time that a command about a movement gives, or now."""

from __future__ import annotations

from safepassage.cli.log import store_file
from safepassage.domain.errors import StoreError
from safepassage.formats.movement.movement_file import utc_s


def given_utc_s(text: str) -> int:
    """Return the second of a time as typed, or this one.

    Raises
    ------
    StoreError
        When it is no time with an offset.
    """
    if not text:
        return store_file.now_ms() // 1000
    try:
        return utc_s(text)
    except ValueError as fault:
        raise StoreError(f"{fault}.") from None
