"""What a public alert says, as a person writes it: TOML with a kind, hours, areas and texts by language."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from safepassage.domain.errors import FormatError
from safepassage.domain.movement.form import Label
from safepassage.domain.public_alert import (
    AlertArea,
    AlertInfo,
    Category,
    Certainty,
    ResponseType,
    Severity,
    Urgency,
)
from safepassage.formats.movement.movement_file import utc_s

MAX_BYTES = 1024 * 1024
_E7, _M_PER_KM = 10_000_000, 1000
_FIELDS = {
    "kind",
    "from",
    "until",
    "severity",
    "urgency",
    "certainty",
    "area",
    "text",
    "contact",
    "sender_name",
}
_Kind = tuple[Label, tuple[Category, ...], tuple[ResponseType, ...], Urgency]
KINDS: Mapping[str, _Kind] = MappingProxyType(
    {
        "road_closure": (
            Label(en="Road closed", ru="Дорога закрыта", uk="Дорогу закрито"),
            (Category.TRANSPORT,), (ResponseType.AVOID,), Urgency.IMMEDIATE,
        ),
        "announced_window": (
            Label(
                en="Announced hours of passage", ru="Объявленные часы прохода",
                uk="Оголошені години проходу",
            ),
            (Category.SAFETY, Category.TRANSPORT), (ResponseType.MONITOR,), Urgency.FUTURE,
        ),
        "delay": (
            Label(
                en="Announced hours have changed", ru="Объявленные часы изменены",
                uk="Оголошені години змінено",
            ),
            (Category.SAFETY, Category.TRANSPORT), (ResponseType.MONITOR,), Urgency.EXPECTED,
        ),
    }
)  # fmt: skip
"""Kind of alert to what it is called, its categories, what people may do, and how soon."""


def read(data: bytes, *, file: str) -> tuple[AlertInfo, ...]:
    """Return what an alert says, one block for each language.

    Raises
    ------
    FormatError
        When the file is none, or says something that no alert may.
    """
    try:
        if len(data) > MAX_BYTES:
            raise ValueError("it is larger than any alert")
        return _infos(tomllib.loads(data.decode("utf-8")))
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as fault:
        what = f"is no alert ({str(fault) or type(fault).__name__})"
        raise FormatError(file=file, what=what, remedy="see the page on alerts") from None


def _infos(document: dict[str, Any]) -> tuple[AlertInfo, ...]:
    unknown = sorted(set(document) - _FIELDS)
    if unknown:
        raise ValueError(f"{unknown[0]!r} is no field of it")
    if document["kind"] not in KINDS:
        raise ValueError(f"`kind` must be one of {', '.join(KINDS)}")
    label, categories, responses, urgency = KINDS[document["kind"]]
    texts = document["text"]
    if not texts:
        raise ValueError("there is no [[text]]")
    areas = tuple(_area(row) for row in document["area"])
    return tuple(
        AlertInfo(
            event=label.in_language(text["language"]), language=str(text["language"]), category=categories,
            response=responses, urgency=Urgency(document.get("urgency", urgency.value)),
            severity=Severity(document.get("severity", Severity.MODERATE.value)),
            certainty=Certainty(document.get("certainty", Certainty.LIKELY.value)),
            onset_utc_s=_moment(document.get("from")), expires_utc_s=_moment(document.get("until")),
            sender_name=str(document.get("sender_name", "")), contact=str(document.get("contact", "")),
            headline=str(text["headline"]), description=str(text["description"]),
            instruction=str(text.get("instruction", "")), areas=areas,
        )
        for text in texts
    )  # fmt: skip


def _moment(value: Any) -> int | None:
    if value is None:
        return None
    return utc_s(value.isoformat() if isinstance(value, datetime) else str(value))


def _area(row: dict[str, Any]) -> AlertArea:
    rings = [tuple((_e7(lat), _e7(lon)) for lat, lon in row["polygon"])] if "polygon" in row else []
    closed = tuple(ring if ring[0] == ring[-1] else (*ring, ring[0]) for ring in rings if ring)
    circles: tuple[tuple[int, int, int], ...] = ()
    if "circle" in row:
        lat, lon, kilometres = row["circle"]
        circles = ((_e7(lat), _e7(lon), round(kilometres * _M_PER_KM)),)
    codes = tuple(("pcode", str(code)) for code in row.get("pcodes", ()))
    return AlertArea(description=str(row["description"]), polygons=closed, circles=circles, geocodes=codes)


def _e7(degrees: float) -> int:
    return round(float(degrees) * _E7)
