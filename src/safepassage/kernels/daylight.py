"""When it is light: civil twilight at a place on a day, by a closed formula that needs no tables.

Civil twilight begins and ends with the centre of the sun 6 degrees below the horizon: outdoor work is
possible without lamps. The low-precision position of the sun of the Astronomical Almanac (section C) is good
to 0.01 degrees between 1950 and 2050, which is a few seconds of time; hills, haze and refraction matter more.
"""

from __future__ import annotations

import math

CIVIL_TWILIGHT_DEG = -6.0
DAY_S = 86_400
_J2000_ORDINAL = 730_120
"""Day number of 2000-01-01, as `datetime.date.toordinal`; that day began half a day before J2000.0."""


def civil_daylight_s(day_ordinal: int, lat_deg: float, lon_deg: float) -> tuple[int, int] | None:
    """Return dawn and dusk of civil twilight in whole minutes, as seconds from 0:00 UTC of the day.

    The light period is the one around local solar noon of that UTC day, so that either end may lie before 0
    or after 86,400 east or west of Greenwich. None: it does not get light; a period of a full day: it does
    not get dark. Rounded inwards to whole minutes, so that the last bits of a sine hardly ever change the
    answer.

    Parameters
    ----------
    day_ordinal : proleptic Gregorian day number, as `datetime.date.toordinal`.
    lat_deg, lon_deg : WGS 84, degrees north and east.

    References
    ----------
    Astronomical Almanac, section C, "Low-precision formulas for the Sun's coordinates and the equation of
    time".
    """
    days = day_ordinal - _J2000_ORDINAL - 0.5
    mean_noon_s = DAY_S / 2 - lon_deg * 240.0
    latitude = math.radians(lat_deg)
    noon_s, half_s = _noon_and_half_day_s(days, mean_noon_s, mean_noon_s, latitude)
    if half_s <= 0.0:
        return None
    if half_s >= DAY_S / 2:
        # Outwards, so that one day without darkness touches the next.
        return math.floor((noon_s - half_s) / 60) * 60, math.ceil((noon_s + half_s) / 60) * 60
    # Once more with the sun where it is at either end: near an equinox it moves a degree in two days.
    dawn_noon_s, before_s = _noon_and_half_day_s(days, noon_s - half_s, mean_noon_s, latitude)
    dusk_noon_s, after_s = _noon_and_half_day_s(days, noon_s + half_s, mean_noon_s, latitude)
    return math.ceil((dawn_noon_s - before_s) / 60) * 60, math.floor((dusk_noon_s + after_s) / 60) * 60


def _noon_and_half_day_s(
    days: float, at_s: float, mean_noon_s: float, latitude: float
) -> tuple[float, float]:
    """Return true noon and half the light period, with the sun where it is `at_s` seconds into the day."""
    declination, equation_s = _sun(days + at_s / DAY_S)
    return mean_noon_s - equation_s, _half_day_s(declination, latitude)


def _half_day_s(declination: float, latitude: float) -> float:
    """Return half the time in which the sun is above -6 degrees, 0 where it never is."""
    altitude = math.radians(CIVIL_TWILIGHT_DEG)
    numerator = math.sin(altitude) - math.sin(latitude) * math.sin(declination)
    denominator = math.cos(latitude) * math.cos(declination)
    if abs(denominator) < 1e-12:  # at a pole the day is all light or all dark
        return DAY_S / 2 if numerator < 0 else 0.0
    cosine = max(-1.0, min(1.0, numerator / denominator))
    return math.acos(cosine) * DAY_S / (2 * math.pi)


def _sun(days: float) -> tuple[float, float]:
    """Return declination (radians) and equation of time (seconds) of the sun, `days` after J2000.0."""
    mean_longitude = math.radians(280.460 + 0.9856474 * days)
    anomaly = math.radians(357.528 + 0.9856003 * days)
    centre = math.radians(1.915 * math.sin(anomaly) + 0.020 * math.sin(2 * anomaly))
    longitude = mean_longitude + centre
    obliquity = math.radians(23.439 - 0.0000004 * days)
    declination = math.asin(math.sin(obliquity) * math.sin(longitude))
    ascension = math.atan2(math.cos(obliquity) * math.sin(longitude), math.cos(longitude))
    difference = math.remainder(mean_longitude - ascension, 2 * math.pi)
    return declination, difference * DAY_S / (2 * math.pi)
