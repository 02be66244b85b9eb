"""Civil twilight agrees with a longer formula of the sun's place, and knows the polar day and night."""

from __future__ import annotations

import math
from datetime import date

import pytest

from safepassage.kernels.daylight import DAY_S, civil_daylight_s

PLACES = [
    (51.477, 0.0),
    (0.0, -78.5),
    (-33.87, 151.21),
    (50.9, 34.8),
    (40.7, -74.0),
    (-16.5, 179.9),
    (60.2, 24.9),
]
DAYS = [date(2000, 1, 1), date(2024, 3, 20), date(2024, 6, 21), date(2024, 11, 3), date(2031, 2, 11)]


def altitude_deg(day: date, seconds: float, lat_deg: float, lon_deg: float) -> float:
    """Return the sun's altitude by Meeus, Astronomical Algorithms (2nd ed.), chapters 12, 13 and 25.

    It goes by sidereal time and never forms an equation of time, unlike the function under test.
    """
    days = day.toordinal() - date(2000, 1, 1).toordinal() - 0.5 + seconds / DAY_S
    t = days / 36_525
    anomaly = math.radians(357.52911 + 35_999.05029 * t - 0.0001537 * t * t)
    centre = (1.914602 - 0.004817 * t) * math.sin(anomaly)
    centre += (0.019993 - 0.000101 * t) * math.sin(2 * anomaly) + 0.000289 * math.sin(3 * anomaly)
    node = math.radians(125.04 - 1934.136 * t)
    longitude = math.radians(280.46646 + 36_000.76983 * t + centre - 0.00569 - 0.00478 * math.sin(node))
    obliquity = math.radians(23.43929 - 0.013004 * t + 0.00256 * math.cos(node))
    ascension = math.atan2(math.cos(obliquity) * math.sin(longitude), math.cos(longitude))
    declination = math.asin(math.sin(obliquity) * math.sin(longitude))
    sidereal = math.radians(280.46061837 + 360.98564736629 * days + lon_deg)
    lat, hour = math.radians(lat_deg), sidereal - ascension
    sine = math.sin(lat) * math.sin(declination) + math.cos(lat) * math.cos(declination) * math.cos(hour)
    return math.degrees(math.asin(sine))


@pytest.mark.parametrize("day", DAYS, ids=str)
@pytest.mark.parametrize(("lat", "lon"), PLACES)
def test_the_sun_stands_six_degrees_below_the_horizon_at_both_ends(day, lat, lon):
    light = civil_daylight_s(day.toordinal(), lat, lon)
    assert light is not None
    # Ends are rounded inwards to a minute, in which the sun moves a quarter of a degree at most.
    for end in light:
        assert -6.05 <= altitude_deg(day, end, lat, lon) <= -5.70
    assert altitude_deg(day, sum(light) / 2, lat, lon) > -5.7


def test_whole_minutes():
    light = civil_daylight_s(date(2024, 8, 16).toordinal(), 50.9, 34.8)
    assert light is not None
    assert light[0] % 60 == light[1] % 60 == 0


@pytest.mark.parametrize("lat", [80.0, 90.0])
def test_polar_night_has_no_light(lat):
    assert civil_daylight_s(date(2024, 12, 21).toordinal(), lat, 20.0) is None


@pytest.mark.parametrize("lat", [69.6, 90.0])
def test_polar_day_has_no_dark(lat):
    today = civil_daylight_s(date(2024, 6, 21).toordinal(), lat, 20.0)
    tomorrow = civil_daylight_s(date(2024, 6, 22).toordinal(), lat, 20.0)
    assert today is not None
    assert tomorrow is not None
    assert today[1] >= tomorrow[0] + DAY_S


def test_days_grow_towards_the_pole_in_summer_and_shrink_in_winter():
    def length(month: int, lat: float) -> int:
        light = civil_daylight_s(date(2024, month, 21).toordinal(), lat, 0.0)
        return 0 if light is None else light[1] - light[0]

    summer = [length(6, lat) for lat in (0.0, 20.0, 40.0, 55.0)]
    winter = [length(12, lat) for lat in (0.0, 20.0, 40.0, 55.0)]
    assert summer == sorted(summer)
    assert winter == sorted(winter, reverse=True)
