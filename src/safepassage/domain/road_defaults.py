"""What is assumed of a road where the map does not say: speed, capacity, lanes, by class and country.

Speeds, lanes and capacities are nearly never tagged (in one extract of 51,349 roads, 4 % had a speed limit
and 6 % a number of lanes), so this table decides most travel times. It is one table on purpose: read it,
replace a row with `RoadDefaults.with_row`, and the network says which table it was read with.

Sources, named in the rows by these words:

graphhopper
    Average car speeds of GraphHopper, ``CarAverageSpeedParser`` (Apache-2.0), commit 02b21d59; the share of
    a posted limit that is driven, and the speed on unpaved roads, come from there too.
matsim
    Lane capacities and lanes per direction of MATSim's OpenStreetMap reader, ``LinkProperties`` of
    ``org.matsim.contrib.osm.networkReader``, commit 32dfbbf1. They are lower than the base capacities of
    the Highway Capacity Manual because they stand for streets with junctions.
hcm
    Highway Capacity Manual 2000, two-lane highways: 1,700 passenger cars an hour in one direction. A road
    with one lane for both directions has half a lane in each: FHWA, HPMS Field Manual, Appendix N, "Rural
    One-Lane Capacity".
osrm
    Speed caps by surface and smoothness of OSRM's car profile (BSD-2), commit 0012f458.
osm-limits
    Legal limits as collected on the OpenStreetMap wiki page "Default speed limits", revision 2607051
    (2023-10-21). For the United States, whose states differ: the median of the states' rows for urban and
    rural roads, 65 mph on motorways. Where the page has no motorway row, the highest other limit.
assumption
    Ours, no source; chosen low.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace

from safepassage.domain.network import RoadClass

MATSIM, HCM, GRAPHHOPPER = "matsim", "hcm", "graphhopper"
OSRM, OSM_LIMITS, ASSUMPTION = "osrm", "osm-limits", "assumption"


@dataclass(frozen=True, slots=True, kw_only=True)
class RoadDefault:
    """What is assumed of one kind of road: `highway` is OpenStreetMap's word, lanes are per direction."""

    highway: str
    road_class: RoadClass
    speed_kmh: int
    capacity_veh_h_lane: int
    lanes: int
    speed_source: str
    capacity_source: str

    def __post_init__(self) -> None:
        if min(self.speed_kmh, self.lanes) < 1 or self.capacity_veh_h_lane < 0:
            raise ValueError(f"{self.highway}: speed and lanes must be at least 1, capacity not negative")


@dataclass(frozen=True, slots=True, kw_only=True)
class LegalLimits:
    """Speed limits of a country in km/h where no sign stands.

    `main_kmh` is for trunk and primary roads out of town, `rural_kmh` for all others there.
    """

    country: str
    urban_kmh: int
    rural_kmh: int
    main_kmh: int
    motorway_kmh: int
    living_street_kmh: int
    source: str


def _rows() -> tuple[RoadDefault, ...]:
    c = RoadClass
    table = (
        ("motorway", c.MOTORWAY, 100, 2000, 2, GRAPHHOPPER, MATSIM),
        ("motorway_link", c.MOTORWAY, 70, 1500, 1, GRAPHHOPPER, MATSIM),
        ("trunk", c.TRUNK, 70, 1700, 1, GRAPHHOPPER, HCM),
        ("trunk_link", c.TRUNK, 65, 1500, 1, GRAPHHOPPER, MATSIM),
        ("primary", c.PRIMARY, 65, 1500, 1, GRAPHHOPPER, MATSIM),
        ("primary_link", c.PRIMARY, 60, 1500, 1, GRAPHHOPPER, MATSIM),
        ("secondary", c.SECONDARY, 60, 800, 1, GRAPHHOPPER, MATSIM),
        ("secondary_link", c.SECONDARY, 50, 800, 1, GRAPHHOPPER, MATSIM),
        ("tertiary", c.TERTIARY, 50, 600, 1, GRAPHHOPPER, MATSIM),
        ("tertiary_link", c.TERTIARY, 40, 600, 1, GRAPHHOPPER, MATSIM),
        ("unclassified", c.UNCLASSIFIED, 30, 600, 1, GRAPHHOPPER, MATSIM),
        ("road", c.UNCLASSIFIED, 20, 300, 1, GRAPHHOPPER, ASSUMPTION),
        ("busway", c.UNCLASSIFIED, 30, 600, 1, ASSUMPTION, ASSUMPTION),
        ("residential", c.RESIDENTIAL, 30, 600, 1, GRAPHHOPPER, MATSIM),
        ("living_street", c.RESIDENTIAL, 10, 300, 1, MATSIM, MATSIM),
        ("service", c.SERVICE, 20, 300, 1, GRAPHHOPPER, ASSUMPTION),
        ("track", c.TRACK, 15, 100, 1, GRAPHHOPPER, ASSUMPTION),
        ("ferry", c.FERRY, 6, 30, 1, ASSUMPTION, ASSUMPTION),
        ("rail", c.RAIL, 40, 0, 1, ASSUMPTION, ASSUMPTION),
        ("footway", c.FOOTWAY, 3, 0, 1, ASSUMPTION, ASSUMPTION),
    )
    return tuple(
        RoadDefault(
            highway=highway,
            road_class=road_class,
            speed_kmh=speed,
            capacity_veh_h_lane=capacity,
            lanes=lanes,
            speed_source=speed_source,
            capacity_source=capacity_source,
        )
        for highway, road_class, speed, capacity, lanes, speed_source, capacity_source in table
    )


def _limits() -> tuple[LegalLimits, ...]:
    # country: urban, rural, trunk and primary out of town, motorway, living street
    table = {
        "": (50, 80, 80, 110, 10),
        "AD": (50, 60, 90, 120, 20),
        "BY": (60, 90, 90, 110, 20),
        "DE": (50, 100, 100, 130, 7),
        "HU": (50, 90, 110, 130, 20),
        "LI": (50, 80, 80, 80, 20),
        "MC": (50, 50, 50, 50, 20),
        "MD": (50, 90, 110, 110, 20),
        "PL": (50, 90, 100, 140, 20),
        "PT": (50, 90, 100, 120, 20),
        "RO": (50, 90, 100, 130, 20),
        "RU": (60, 90, 90, 110, 20),
        "SK": (50, 90, 90, 130, 20),
        "UA": (50, 90, 110, 130, 20),
        "US": (48, 88, 88, 105, 20),
    }
    return tuple(
        LegalLimits(
            country=country,
            urban_kmh=urban,
            rural_kmh=rural,
            main_kmh=main,
            motorway_kmh=motorway,
            living_street_kmh=living,
            source=OSM_LIMITS if country else ASSUMPTION,
        )
        for country, (urban, rural, main, motorway, living) in table.items()
    )


_TRACK_KMH = {"grade1": 20, "grade2": 15, "grade3": 10, "grade4": 8, "grade5": 5}
_SURFACE_KMH = {
    "unpaved": 30,
    "compacted": 30,
    "gravel": 30,
    "fine_gravel": 30,
    "dirt": 30,
    "ground": 30,
    "earth": 30,
    "grass": 30,
    "grass_paver": 30,
    "clay": 20,
    "sand": 15,
    "mud": 15,
}
_SMOOTHNESS_KMH = {"bad": 30, "very_bad": 15, "horrible": 5}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RoadDefaults:
    """One documented table: what is assumed of roads by class, limits by country, caps by surface.

    `driven_share_ppm` is the part of a posted or legal limit that is driven. Speeds outside
    [`slowest_kmh`, `fastest_kmh`] are not believed. Dictionaries are never changed after construction.
    """

    rows: tuple[RoadDefault, ...] = field(default_factory=_rows)
    limits: tuple[LegalLimits, ...] = field(default_factory=_limits)
    track_kmh: Mapping[str, int] = field(default_factory=lambda: dict(_TRACK_KMH))
    surface_kmh: Mapping[str, int] = field(default_factory=lambda: dict(_SURFACE_KMH))
    smoothness_kmh: Mapping[str, int] = field(default_factory=lambda: dict(_SMOOTHNESS_KMH))
    driven_share_ppm: int = 900_000
    walking_pace_kmh: int = 6
    slowest_kmh: int = 3
    fastest_kmh: int = 140
    most_lanes: int = 16
    _by_highway: Mapping[str, RoadDefault] = field(init=False, repr=False, default_factory=dict)
    _by_country: Mapping[str, LegalLimits] = field(init=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_highway", {row.highway: row for row in self.rows})
        object.__setattr__(self, "_by_country", {row.country: row for row in self.limits})
        if len(self._by_highway) != len(self.rows) or len(self._by_country) != len(self.limits):
            raise ValueError("a kind of road and a country may stand in the table only once")
        if "" not in self._by_country:
            raise ValueError("the table of limits needs a row for countries it does not name")

    def row(self, highway: str) -> RoadDefault | None:
        """Return the row of a kind of road, or None where vehicles have no business on it."""
        return self._by_highway.get(highway)

    def of_class(self, road_class: RoadClass) -> RoadDefault:
        """Return the first row of a road class, which is its plain kind (not a slip road)."""
        return next(row for row in self.rows if row.road_class == road_class)

    def knows_country(self, country: str) -> bool:
        """Return whether the table has limits of this two-letter country code."""
        return bool(country) and country.upper() in self._by_country

    def limits_of(self, country: str) -> LegalLimits:
        """Return the limits of a country, or the general row where it is not in the table."""
        return self._by_country.get(country.upper(), self._by_country[""])

    def with_row(self, row: RoadDefault) -> RoadDefaults:
        """Return a table in which `row` takes the place of the row of the same kind of road."""
        if row.highway not in self._by_highway:
            raise ValueError(f"{row.highway} is not a kind of road in the table")
        rows = tuple(row if old.highway == row.highway else old for old in self.rows)
        return replace(self, rows=rows)

    @property
    def fingerprint(self) -> str:
        """The SHA-256 of every value in the table, in hexadecimal."""
        values = {
            "rows": [asdict(row) for row in self.rows],
            "limits": [asdict(row) for row in self.limits],
            "track": sorted(self.track_kmh.items()),
            "surface": sorted(self.surface_kmh.items()),
            "smoothness": sorted(self.smoothness_kmh.items()),
            "driven": [self.driven_share_ppm, self.walking_pace_kmh],
            "believed": [self.slowest_kmh, self.fastest_kmh],
            "lanes": self.most_lanes,
        }
        return hashlib.sha256(repr(values).encode()).hexdigest()
