"""Civil twilight by the equations of the Astronomical Almanac, as far as a plan of movements needs it."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

ZENITH_DEG = 96.0
"""The sun's centre six degrees below the horizon: the end of civil twilight."""
DAY_S = 86_400


def twilight_s(epoch: str, at_s: int, lon_deg: float, lat_deg: float) -> tuple[int, int] | None:
    """Return begin and end of the civil day at a place around a second after the epoch; None in polar night.

    Low-precision solar position (Astronomical Almanac, about 0.01 degrees between 1950 and 2050); good to
    about two minutes below 65 degrees of latitude.
    """
    start = datetime.fromisoformat(epoch).astimezone(UTC)
    # The solar day at the place: its noon is what the two times lie around.
    moment = start + timedelta(seconds=at_s) + timedelta(seconds=lon_deg * 240)
    noon = datetime(moment.year, moment.month, moment.day, 12, tzinfo=UTC) - timedelta(seconds=lon_deg * 240)
    days = (noon - datetime(2000, 1, 1, 12, tzinfo=UTC)).total_seconds() / DAY_S
    mean_long = math.radians((280.460 + 0.9856474 * days) % 360)
    anomaly = math.radians((357.528 + 0.9856003 * days) % 360)
    ecliptic = mean_long + math.radians(1.915 * math.sin(anomaly) + 0.020 * math.sin(2 * anomaly))
    tilt = math.radians(23.439 - 0.0000004 * days)
    declination = math.asin(math.sin(tilt) * math.sin(ecliptic))
    ascension = math.atan2(math.cos(tilt) * math.sin(ecliptic), math.cos(ecliptic))
    equation = (mean_long - ascension + math.pi) % (2 * math.pi) - math.pi
    latitude = math.radians(lat_deg)
    cosine = (math.cos(math.radians(ZENITH_DEG)) - math.sin(latitude) * math.sin(declination)) / (
        math.cos(latitude) * math.cos(declination)
    )
    transit_s = (noon - start).total_seconds() - math.degrees(equation) * 240
    if cosine > 1:
        return None
    half_s = DAY_S / 2 if cosine < -1 else math.degrees(math.acos(cosine)) * 240
    return math.ceil(transit_s - half_s), math.floor(transit_s + half_s)
