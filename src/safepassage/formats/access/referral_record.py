"""A referral record: read from what a person writes, and written for its one recipient as JSON and PDF."""

from __future__ import annotations

import tomllib
from typing import Any

from safepassage.domain.access_work.referral import Referral
from safepassage.domain.errors import FormatError
from safepassage.formats.containers import canonical_json
from safepassage.formats.containers.record_json import from_plain, to_plain
from safepassage.formats.paper.typeset import typeset

SCHEMA = "safepassage.referral/1"
NOTE = "For this recipient and purpose only. It holds no name; the person keeps the token."
_E7 = 10_000_000
MAX_BYTES = 65_536


def read(data: bytes, *, file: str) -> Referral:
    """Return the record of a TOML file.

    Raises
    ------
    FormatError
        When a field is missing, unknown, or one that this kind may not hold.
    """
    try:
        if len(data) > MAX_BYTES:
            raise ValueError("it is larger than any referral")
        document = tomllib.loads(data.decode("utf-8"))
        for name in ("lat", "lon"):
            if name in document:
                document[f"{name}_e7"] = round(float(document.pop(name)) * _E7)
        found: Referral = from_plain(Referral, document)
    except (ValueError, TypeError, OverflowError, RecursionError) as fault:
        what = f"is no referral ({str(fault).removeprefix('Referral: ')})"
        raise FormatError(file=file, what=what, remedy="see the page on referrals") from None
    return found


def write(name: str, record: Referral) -> dict[str, bytes]:
    """Return the record as JSON and as PDF, by file name; RESTRICTED."""
    document = {
        "schema": SCHEMA,
        "class": "RESTRICTED",
        "note": NOTE,
        "referral": name,
        "record": to_plain(record),
    }
    stem = f"RESTRICTED-{name}"
    return {f"{stem}.json": canonical_json.encode(document), f"{stem}.pdf": _pdf(name, record)}


def _pdf(name: str, record: Referral) -> bytes:
    plain: dict[str, Any] = {key: value for key, value in to_plain(record).items() if key != "is"}
    lines = [f"{key.replace('_', ' ')}: {_text(value)}" for key, value in plain.items()]
    part = {
        "heading": record.kind.value.replace("_", " "),
        "lines": lines,
        "heads": [],
        "rows": [],
        "weights": [],
    }
    facts = {"heading": "Referral", "movement": name, "legend": NOTE, "parts": [{**part, "tall": False}]}
    return typeset("movement_desk", facts, title=f"Referral {name}", stamp=["RESTRICTED"], running=name,
                   foot=f"For {record.recipient}: {record.purpose}")  # fmt: skip


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value).replace("_", " ")
