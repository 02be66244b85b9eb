"""What OpenStreetMap writes as the value of a tag: speeds, weights, lanes, durations.

Values are typed by people. Each function returns None for what it does not understand; nothing here raises.
"""

from __future__ import annotations

import re

KMH_PER_MPH = 1.609344
KMH_PER_KNOT = 1.852
KG_PER_TONNE = 1000
KG_PER_SHORT_TON = 907.18474
KG_PER_LONG_TON = 1016.0469088
KG_PER_POUND = 0.45359237
TONNES_LIMIT = 1000
"""A bare number from here on is taken for kilograms: no road sign limits vehicles to a thousand tonnes."""

_NUMBER = re.compile(r"^\s*(\d{1,6}(?:[.,]\d{1,3})?)\s*([^\d\s]*)\s*$")
_SPEED_UNITS = {"": 1.0, "km/h": 1.0, "kmh": 1.0, "kph": 1.0, "mph": KMH_PER_MPH, "knots": KMH_PER_KNOT}
_WEIGHT_UNITS = {
    "": KG_PER_TONNE,
    "t": KG_PER_TONNE,
    "mt": KG_PER_TONNE,
    "т": KG_PER_TONNE,  # Cyrillic, as typed on maps of the region
    "tons": KG_PER_TONNE,
    "kg": 1,
    "кг": 1,
    "st": KG_PER_SHORT_TON,
    "lt": KG_PER_LONG_TON,
    "lbs": KG_PER_POUND,
    "lb": KG_PER_POUND,
}
_CLOCK = re.compile(r"^(?:(\d{1,3}):)?(\d{1,3})(?::(\d{2}))?$")
_ISO = re.compile(r"^P(?:(\d{1,2})D)?(?:T(?:(\d{1,3})H)?(?:(\d{1,4})M)?(?:(\d{1,5})S)?)?$", re.IGNORECASE)
_ZONE = re.compile(r"^(?:[A-Za-z]{2}(?:-[A-Za-z]{2,3})?:)?zone:?(\d{1,3})$")
_IMPLICIT = re.compile(r"^([A-Za-z]{2})(?:-[A-Za-z]{2,3})?:([a-z_]+)$")
_BARE_COUNTRY_NUMBER = re.compile(r"^[A-Za-z]{2}:(\d{1,3})$")


def _amount(text: str, units: dict[str, float]) -> tuple[float, str] | None:
    found = _NUMBER.match(text)
    if found is None or found.group(2).lower() not in units:
        return None
    unit = found.group(2).lower()
    return float(found.group(1).replace(",", ".")), unit


def speed_kmh(text: str) -> float | None:
    """Return a posted speed in km/h; of several ("50; 80") the lowest; None for words and nonsense."""
    speeds = []
    for part in re.split(r"[;|]", text):
        zone = _ZONE.match(part.strip()) or _BARE_COUNTRY_NUMBER.match(part.strip())
        amount = _amount(zone.group(1) if zone else part, _SPEED_UNITS)
        if amount is not None and amount[0] > 0:
            speeds.append(amount[0] * _SPEED_UNITS[amount[1]])
    return min(speeds, default=None)


def implicit_limit(text: str) -> tuple[str, str] | None:
    """Return (country, zone) of an implicit limit: ("RU", "urban") of "RU:urban"."""
    found = _IMPLICIT.match(text.strip())
    return (found.group(1).upper(), found.group(2)) if found else None


def weight_kg(text: str) -> int | None:
    """Return a weight limit in kilograms; of several the lowest; None for words and nonsense."""
    weights = []
    for part in text.split(";"):
        amount = _amount(part, _WEIGHT_UNITS)
        if amount is not None and amount[0] > 0:
            number, unit = amount
            weights.append(
                int(number if not unit and number >= TONNES_LIMIT else number * _WEIGHT_UNITS[unit])
            )
    return min((weight for weight in weights if weight > 0), default=None)


def lanes(text: str, most: int) -> int | None:
    """Return a number of lanes between 1 and `most`; of several the lowest; None for anything else."""
    numbers = [
        int(part) for part in re.split(r"[;|]", text) if part.strip().isascii() and part.strip().isdigit()
    ]
    return min((number for number in numbers if 1 <= number <= most), default=None)


def duration_s(text: str) -> int | None:
    """Return the seconds of "45" (minutes), "1:30" (hours and minutes), "0:20:30" or ISO 8601 "PT45M"."""
    clock = _CLOCK.match(text.strip())
    if clock:
        hours, minutes, seconds = (int(part or 0) for part in clock.groups())
        total = 3600 * hours + 60 * minutes + seconds
        return total or None
    iso = _ISO.match(text.strip())
    if iso:
        days, hours, minutes, seconds = (int(part or 0) for part in iso.groups())
        return 86400 * days + 3600 * hours + 60 * minutes + seconds or None
    return None


def clean_name(text: str, longest: int = 120) -> str:
    """Return a name on one line without invisible or control characters, cut to `longest` characters."""
    printable = "".join(char if char.isprintable() else " " for char in text)
    return " ".join(printable.split())[:longest].rstrip()
