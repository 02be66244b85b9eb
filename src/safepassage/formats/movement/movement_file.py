"""Particulars of a movement as a person writes them: TOML or JSON, times as ISO 8601, positions in degrees.

Fields are those of the particulars. `start`, `end`, `from`, `until`, `valid_until`, `pause_from` and
`pause_until` are times; `lat` and `lon` degrees; names that end in `_min` or `_h` minutes and hours.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from safepassage.domain.errors import FormatError
from safepassage.domain.movement.particulars import Particulars
from safepassage.formats.containers.record_json import from_plain

TIMES = ("start", "end", "from", "until", "valid_until", "pause_from", "pause_until")
_SECONDS = {"_min": 60, "_h": 3600}
_DEGREES = ("lat", "lon")
_E7 = 10_000_000
MAX_BYTES = 1024 * 1024


def read(data: bytes, *, file: str) -> dict[str, Any]:
    """Return what a file states, as plain particulars that may be incomplete.

    Raises
    ------
    FormatError
        When it is neither TOML nor JSON, or a time or position cannot be read.
    """
    try:
        if len(data) > MAX_BYTES:
            raise ValueError("it is larger than any form")
        text = data.decode("utf-8")
        document = json.loads(text) if text.lstrip().startswith("{") else tomllib.loads(text)
        plain = _plain(document)
    except (ValueError, OverflowError, RecursionError) as fault:
        raise FormatError(
            file=file, what=f"holds no particulars ({fault})", remedy="see the page on movements"
        ) from None
    if not isinstance(plain, dict):
        raise FormatError(file=file, what="holds no particulars", remedy="see the page on movements")
    return plain


def particulars(*parts: Mapping[str, Any], file: str) -> Particulars:
    """Return particulars from parts, a later one in the place of an earlier one, field by field.

    Raises
    ------
    FormatError
        When a field is missing, unknown, of the wrong type, or nonsense.
    """
    whole: dict[str, Any] = {}
    for part in parts:
        whole |= part
    try:
        found: Particulars = from_plain(Particulars, whole)
    except ValueError as fault:
        what = str(fault).removeprefix("Particulars: ")
        raise FormatError(file=file, what=what, remedy="mend it and try again") from None
    return found


def utc_s(text: str) -> int:
    """Return the second of an ISO 8601 time, which has to say its offset from UTC.

    Raises
    ------
    ValueError
        When it does not, or is no time.
    """
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise ValueError(f"{text!r} is no time: write 2026-11-25T14:30+02:00, or end it in Z") from None
    if moment.tzinfo is None:
        raise ValueError(
            f"{text!r} does not say its offset from UTC: write 2026-11-25T14:30+02:00, or end it in Z"
        )
    return round(moment.timestamp())


def iso(utc_seconds: int) -> str:
    """Return a second as ISO 8601 in UTC, to the minute where it is whole."""
    moment = datetime.fromtimestamp(utc_seconds, tz=UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ" if utc_seconds % 60 else "%Y-%m-%dT%H:%MZ")


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, datetime):
        return utc_s(value.isoformat())
    if not isinstance(value, dict):
        return value
    found: dict[str, Any] = {}
    for key, item in value.items():
        name, plain = _field(key, item)
        found[name] = plain
    return found


def _field(key: str, value: Any) -> tuple[str, Any]:
    """Return a field under the name, and in the unit, of the particulars."""
    if key in TIMES:
        return f"{key}_utc_s", utc_s(value) if isinstance(value, str) else _plain(value)
    if key in _DEGREES and isinstance(value, int | float):
        return f"{key}_e7", round(value * _E7)
    for ending, seconds in _SECONDS.items():
        if key.endswith(ending) and isinstance(value, int):
            return f"{key.removesuffix(ending)}_s", value * seconds
    return key, _plain(value)
