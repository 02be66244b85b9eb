"""Reads OpenStreetMap extracts (.osm.pbf, .osm, .osm.gz, .osm.bz2) into road networks.

`read` gives the network; `read_counted` gives it together with what was seen and left out. A file that is
corrupt, cut off or foreign is one `FormatError`, never a smaller network. Turn restrictions are not read.

PBF files are read with numpy, XML and unusual PBF files with `osmium`; both give the same roads.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from safepassage.domain.errors import FormatError
from safepassage.domain.network import NetworkSource, RoadNetwork
from safepassage.domain.network_report import ReadCounts, Reading, TagShare
from safepassage.domain.road_defaults import RoadDefaults
from safepassage.formats.networks.osm import container as containers
from safepassage.formats.networks.osm import scan_osmium, scan_pbf
from safepassage.formats.networks.osm.build import build_network
from safepassage.formats.networks.osm.roads import Roads
from safepassage.formats.networks.osm.tags import TagRules
from safepassage.formats.networks.osm.varints import UnusualError

READER_VERSION = "osm-1"
"""Changes whenever the same file would give another network; part of the key of the cache."""

ATTRIBUTION = "© OpenStreetMap contributors, ODbL 1.0"

_TAGS = ("maxspeed", "lanes", "surface")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Reads map extracts with one table of defaults and the speed limits of one country ("" for none)."""

    defaults: RoadDefaults = field(default_factory=RoadDefaults)
    country: str = ""

    @property
    def fingerprint(self) -> str:
        """What the network depends on besides the file: reader version, defaults, country."""
        country = f"+{self.country.upper()}" if self.country else ""
        return f"{READER_VERSION}+{self.defaults.fingerprint[:12]}{country}"

    def __call__(self, path: Path) -> Reading:
        """Return the network of `path` and what was seen on the way.

        Raises
        ------
        FormatError
            When the file cannot be read whole, or holds no road for vehicles.
        """
        file = containers.examine(path)
        roads = _scan(path, file, TagRules(self.defaults, self.country))
        source = NetworkSource(
            kind="osm",
            file_name=path.name,
            sha256=file.sha256,
            reader_version=self.fingerprint,
            attribution=ATTRIBUTION,
        )
        network = build_network(roads, source)
        _check_unchanged(path, file)
        if network is None:
            raise _no_roads(path, roads)
        return Reading(network=network, counts=self._counts(file, roads))

    def _counts(self, file: containers.Container, roads: Roads) -> ReadCounts:
        contents = file.contents
        objects = (("nodes", contents.nodes), ("ways", contents.ways), ("relations", contents.relations))
        seen = [(what, number) for what, number in objects if number >= 0]
        seen += [("roads for vehicles", len(roads.ways.way_id)), ("barriers", len(roads.barriers))]
        seen += sorted(roads.tally.seen.items())
        shares = [
            TagShare(tag=tag, missing=roads.tally.missing[tag], roads=len(roads.ways.way_id)) for tag in _TAGS
        ]
        on_bridges = "maxweight on bridges"
        shares.append(
            TagShare(tag=on_bridges, missing=roads.tally.missing[on_bridges], roads=roads.tally.bridges)
        )
        return ReadCounts(
            seen=tuple(seen),
            left_out=tuple(sorted(roads.tally.left_out.items())),
            missing_tags=tuple(shares),
            warnings=tuple(self._warnings(file, roads)),
            data_as_of=roads.tally.data_as_of,
            declared_bbox_e7=roads.tally.declared_bbox_e7,
        )

    def _warnings(self, file: containers.Container, roads: Roads) -> list[str]:
        found = []
        points, torn = (
            roads.tally.left_out["points not in the file"],
            roads.tally.seen["roads with points not in the file"],
        )
        if points:
            found.append(
                f"{points} points of {torn} roads are not in the file: they end at its edge or have gaps"
            )
        if roads.tally.left_out["repeated"]:
            found.append(
                f"{roads.tally.left_out['repeated']} roads stand in the file twice; the first was used"
            )
        if file.contents.relations == 0:
            found.append(
                "the file holds no relations: it was made of roads only, or cut off between two blocks"
            )
        if self.country and not self.defaults.knows_country(self.country):
            found.append(f"no speed limits are known for {self.country}; general ones are used")
        return found


def _scan(path: Path, file: containers.Container, rules: TagRules) -> Roads:
    if file.osmium_format == containers.PBF:
        try:
            return scan_pbf.scan(path, file, rules)
        except UnusualError:
            # Valid, but written as few programs do.
            return scan_osmium.scan(path, file, rules)
    return scan_osmium.scan(path, file, rules)


def _check_unchanged(path: Path, file: containers.Container) -> None:
    now = path.stat()
    if (now.st_size, now.st_mtime_ns) != (file.size_bytes, file.changed_ns):
        what = "the file changed while it was being read"
        raise FormatError(
            file=str(path), what=what, remedy="wait until it has been copied whole and try again"
        )


def _no_roads(path: Path, roads: Roads) -> FormatError:
    tagged, left = (
        roads.tally.seen["ways with a highway or route tag"],
        dict(sorted(roads.tally.left_out.items())),
    )
    reasons = "".join(f", {number} {reason}" for reason, number in left.items() if number)
    what = f"the file holds no road that vehicles may use ({tagged} ways looked at{reasons})"
    return FormatError(file=str(path), what=what, remedy="hand in an extract with roads and their points")


def read_counted(path: Path, *, defaults: RoadDefaults | None = None, country: str | None = None) -> Reading:
    """Return the network of a map extract and what was seen and left out; see `Reader`."""
    return Reader(defaults=defaults or RoadDefaults(), country=country or "")(path)


def read(path: Path, *, defaults: RoadDefaults | None = None, country: str | None = None) -> RoadNetwork:
    """Return the road network of a map extract; see `Reader`."""
    return read_counted(path, defaults=defaults, country=country).network
