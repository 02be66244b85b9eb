"""One pass of `osmium` over a map: roads for vehicles as flat columns, and a tally of what was left out."""

from __future__ import annotations

import re
from array import array
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import osmium
from numpy.typing import NDArray

from safepassage.domain.errors import FormatError
from safepassage.domain.network import Mode
from safepassage.domain.network_report import Box
from safepassage.formats.osm.container import Container
from safepassage.formats.osm.tags import RELEVANT, Rule, TagRules, barrier_blocks
from safepassage.formats.osm.values import clean_name

ABSENT = 2**31 - 1
"""The coordinate `osmium` gives to a point whose node is not in the file."""
MAX_LON_E7 = 180 * 10**7
MAX_LAT_E7 = 90 * 10**7
_ISO_TIME = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
_LOCATIONS_ON_WAYS = "LocationsOnWays"
_SORTED = "Sort.Type_then_ID"

_COMMON_TAGS = tuple(
    (key, key in RELEVANT)
    for key in (
        *("highway", "source", "name", "oneway", "surface", "ref", "lanes", "maxspeed", "service"),
        *("access", "layer", "bridge", "tracktype", "smoothness", "lit"),
    )
)
"""The tags that roads carry most often, and whether they decide a rule; which ones changes only the speed."""

# What libosmium and pyosmium raise on bytes they cannot make sense of.
_PARSER_ERRORS = (
    *(RuntimeError, ValueError, LookupError, OverflowError, OSError, MemoryError),
    osmium.InvalidLocationError,
)


@dataclass(slots=True, kw_only=True)
class Scan:
    """Roads as columns: way i owns the points `first[i]:first[i + 1]` and obeys `rules[rule[i]]`.

    `ref`, `lon_e7`, `lat_e7` are columns of points; ABSENT marks a node that is not in the file.
    `barriers` says who cannot pass a node.
    """

    way_id: array[int] = field(default_factory=lambda: array("q"))
    first: array[int] = field(default_factory=lambda: array("q", [0]))
    rule: array[int] = field(default_factory=lambda: array("i"))
    name: array[int] = field(default_factory=lambda: array("i"))
    number: array[int] = field(default_factory=lambda: array("i"))
    ref: array[int] = field(default_factory=lambda: array("q"))
    lon_e7: array[int] = field(default_factory=lambda: array("i"))
    lat_e7: array[int] = field(default_factory=lambda: array("i"))
    rules: list[Rule] = field(default_factory=list)
    names: dict[str, int] = field(default_factory=lambda: {"": 0})
    barriers: dict[int, Mode] = field(default_factory=dict)
    seen: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    missing: Counter[str] = field(default_factory=Counter)
    bridges: int = 0
    data_as_of: str = ""
    declared_bbox_e7: Box | None = None


class _Others:
    """Counts the ways that carry neither a highway nor a route tag."""

    def __init__(self) -> None:
        self.ways = 0

    def way(self, _way: Any) -> None:
        self.ways += 1


class _Scanner:
    def __init__(self, path: Path, container: Container, rules: TagRules) -> None:
        self._path, self._container, self._tag_rules = path, container, rules
        self._rule_of: dict[tuple[tuple[str, str], ...], int] = {}
        self._known_ways: set[int] = set()
        self._where: tuple[str, int] | None = None
        self._tagged = 0
        self.scan = Scan()

    def run(self) -> Scan:
        others = _Others()
        try:
            for item in self._objects(others):
                if item.is_way():
                    self._way(item)
                else:
                    self._barrier(item)
            if ABSENT in self.scan.lon_e7 and _SORTED not in self._container.contents.features:
                self._find_absent()
        except _PARSER_ERRORS as error:
            if isinstance(error, FormatError):
                raise
            raise self._unreadable(error) from None
        for index, times in Counter(self.scan.rule).items():
            rule = self.scan.rules[index]
            self.scan.bridges += times * rule.bridge
            for tag in rule.missing:
                self.scan.missing[tag] += times
        self.scan.seen["ways with a highway or route tag"] = self._tagged
        self._check_complete(self._tagged + others.ways)
        return self.scan

    def _file(self) -> Any:
        return osmium.io.File(str(self._path), self._container.osmium_format)

    def _objects(self, others: _Others) -> Iterator[Any]:
        processor = osmium.FileProcessor(self._file(), osmium.osm.NODE | osmium.osm.WAY)
        self._read_header(processor.header)
        if _LOCATIONS_ON_WAYS not in self._container.contents.features:
            processor = processor.with_locations()
        barriers = osmium.filter.KeyFilter("barrier")
        barriers.enable_for(osmium.osm.NODE)
        roads = osmium.filter.KeyFilter("highway", "route")
        roads.enable_for(osmium.osm.WAY)
        return iter(processor.with_filter(barriers).with_filter(roads).handler_for_filtered(others))

    def _read_header(self, header: Any) -> None:
        if header.has_multiple_object_versions:
            what = "this is a history file, in which old and new versions of a road stand side by side"
            raise FormatError(file=str(self._path), what=what, remedy="hand in an extract of one date")
        when = header.get("timestamp", "") or header.get("osmosis_replication_timestamp", "")
        self.scan.data_as_of = when if _ISO_TIME.match(when) else ""
        box = header.box()
        if box.valid():
            low, high = box.bottom_left, box.top_right
            self.scan.declared_bbox_e7 = (low.x, low.y, high.x, high.y)

    def _barrier(self, node: Any) -> None:
        self._where = "node", node.id
        blocks = barrier_blocks(dict(node.tags))
        if blocks and not node.deleted:
            self.scan.barriers[node.id] = blocks

    def _way(self, way: Any) -> None:
        scan, way_id, tags, nodes = self.scan, way.id, way.tags, way.nodes
        self._where = "way", way_id
        self._tagged += 1
        index = self._rule_index(tags)
        count = len(nodes)
        reason = scan.rules[index].left_out
        if not reason and (count < 2 or way.deleted):  # noqa: PLR2004 - a line needs two ends
            reason = "fewer than two points"
        if not reason and way_id in self._known_ways:
            reason = "repeated"
        if reason:
            scan.left_out[reason] += 1
            return
        self._known_ways.add(way_id)
        ref, lon, lat = scan.ref, scan.lon_e7, scan.lat_e7
        # By position: the list's own iterator takes a quarter longer, and this is most of the reading.
        for at in range(count):
            node = nodes[at]
            place = node.location
            ref.append(node.ref)
            lon.append(place.x)
            lat.append(place.y)
        scan.way_id.append(way_id)
        scan.first.append(len(ref))
        scan.rule.append(index)
        scan.name.append(self._name(tags.get("name")))
        scan.number.append(self._name(tags.get("ref")))

    def _rule_index(self, tags: Any) -> int:
        """Return the position of the rule for the tags of a way; ways that agree share one."""
        highway = tags.get("highway", "")
        if self._tag_rules.defaults.row(highway) is None and tags.get("route") != "ferry":
            pairs = [("highway", highway)]
        else:
            pairs = self._relevant(tags)
        key = tuple(pairs)
        index = self._rule_of.get(key)
        if index is None:
            index = len(self.scan.rules)
            self.scan.rules.append(self._tag_rules.rule(dict(pairs)))
            self._rule_of[key] = index
        return index

    @staticmethod
    def _relevant(tags: Any) -> list[tuple[str, str]]:
        # Asking for a tag is ten times cheaper than listing them, and most ways carry only common ones.
        found = []
        unseen = len(tags)
        for key, decides in _COMMON_TAGS:
            value = tags.get(key)
            if value is not None:
                if decides:
                    found.append((key, value))
                unseen -= 1
                if not unseen:
                    return found
        return [(tag.k, tag.v) for tag in tags if tag.k in RELEVANT]

    def _name(self, text: str | None) -> int:
        if not text:
            return 0
        names = self.scan.names
        known = names.get(text)
        return names.setdefault(clean_name(text), len(names)) if known is None else known

    def _find_absent(self) -> None:
        """Look once more for nodes that came after their way, or have the negative number of a draft."""
        scan = self.scan
        ref = np.frombuffer(scan.ref, np.int64)
        lon, lat = (np.frombuffer(column, np.int32) for column in (scan.lon_e7, scan.lat_e7))
        wanted = set(ref[lon == ABSENT].tolist())
        # No IdFilter: it would reserve hundreds of megabytes for the highest node number.
        nodes: Iterator[Any] = iter(osmium.FileProcessor(self._file(), osmium.osm.NODE))
        found = {
            node.id: (node.location.x, node.location.y)
            for node in nodes
            if node.id in wanted and not node.deleted
        }
        if not found:
            return
        number = np.array(sorted(found), np.int64)
        x, y = np.array([found[key] for key in number.tolist()], np.int32).T
        at = np.minimum(np.searchsorted(number, ref), len(number) - 1)
        hit = (number[at] == ref) & (lon == ABSENT)
        lon[hit], lat[hit] = x[at[hit]], y[at[hit]]

    def _check_complete(self, ways: int) -> None:
        expected = self._container.contents.ways
        if expected not in {-1, ways}:
            what = f"the file holds {expected} ways but only {ways} of them could be read"
            raise FormatError(file=str(self._path), what=what, remedy="fetch or copy the file again")

    def _unreadable(self, error: Exception) -> FormatError:
        if isinstance(error, UnicodeDecodeError):
            what = "a name or tag is not valid UTF-8 text"
        elif isinstance(error, MemoryError):
            what = "the file asks for more memory than there is"
        else:
            # The parser quotes the file, which may hold anything.
            what = f"the map does not decode ({clean_name(str(error)).rstrip('.')})"
        where = "" if self._where is None else "after {} {}".format(*self._where)
        return FormatError(
            file=str(self._path), where=where, what=what, remedy="fetch or copy the file again, it is damaged"
        )


def check_coordinates(
    path: Path, ref: NDArray[np.int64], lon: NDArray[np.int32], lat: NDArray[np.int32]
) -> None:
    """Raise FormatError where a point that is not ABSENT lies outside the world."""
    outside = (lon != ABSENT) & ((np.abs(lon) > MAX_LON_E7) | (np.abs(lat) > MAX_LAT_E7))
    if outside.any():
        at = int(np.argmax(outside))
        what = f"longitude {lon[at] / 1e7:.4f}, latitude {lat[at] / 1e7:.4f} is outside the world"
        raise FormatError(
            file=str(path),
            where=f"node {ref[at]}",
            what=what,
            remedy="mend the coordinates or take a fresh extract",
        )


def scan_roads(path: Path, container: Container, rules: TagRules) -> Scan:
    """Return the roads for vehicles of a map that `container` has proved to be whole.

    Raises
    ------
    FormatError
        When the map does not decode, is a history file, or gives fewer ways than it holds.
    """
    return _Scanner(path, container, rules).run()
