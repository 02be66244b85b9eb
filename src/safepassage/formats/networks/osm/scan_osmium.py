"""One pass of `osmium` over a map: for XML, and for PBF files written in ways that few programs write."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import osmium

from safepassage.domain.errors import FormatError
from safepassage.domain.network import Mode
from safepassage.formats.networks.osm.container import Container
from safepassage.formats.networks.osm.roads import ABSENT, Register, Roads, Tally, Ways, roads
from safepassage.formats.networks.osm.tags import RELEVANT, TagRules, barrier_blocks
from safepassage.formats.networks.osm.values import clean_name

_ISO_TIME = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
_LOCATIONS_ON_WAYS = "LocationsOnWays"

# What libosmium and pyosmium raise on bytes they cannot make sense of.
_PARSER_ERRORS = (
    *(RuntimeError, ValueError, LookupError, OverflowError, OSError, MemoryError),
    osmium.InvalidLocationError,
)


class _Others:
    """Counts the ways that carry neither a highway nor a route tag."""

    def __init__(self) -> None:
        self.ways = 0

    def way(self, _way: Any) -> None:
        self.ways += 1


class _Scanner:
    def __init__(self, path: Path, container: Container, rules: TagRules) -> None:
        self._path, self._container = path, container
        self._register, self._tally = Register(rules), Tally()
        self._barriers: dict[int, Mode] = {}
        self._where: tuple[str, int] | None = None
        self._rule_of_all, self._rule, self._way_id, self._first = (array("q") for _ in range(4))
        self._name, self._number, self._ref, self._lon, self._lat = (array("q") for _ in range(5))
        self._first.append(0)

    def run(self) -> Roads:
        others = _Others()
        try:
            for item in self._objects(others):
                if item.is_way():
                    self._way(item)
                else:
                    self._barrier(item)
            if ABSENT in self._lon:
                self._find_absent()
        except _PARSER_ERRORS as error:
            if isinstance(error, FormatError):
                raise
            raise self._unreadable(error) from None
        self._check_complete(len(self._rule_of_all) + others.ways)
        rule_of_all = np.array(self._rule_of_all)
        return roads(self._path, self._ways(), rule_of_all, self._register, self._barriers, self._tally)

    def _file(self) -> Any:
        return osmium.io.File(str(self._path), self._container.osmium_format)

    def _objects(self, others: _Others) -> Iterator[Any]:
        processor = osmium.FileProcessor(self._file(), osmium.osm.NODE | osmium.osm.WAY)
        self._read_header(processor.header)
        if _LOCATIONS_ON_WAYS not in self._container.contents.features:
            processor = processor.with_locations()
        barriers = osmium.filter.KeyFilter("barrier")
        barriers.enable_for(osmium.osm.NODE)
        tagged = osmium.filter.KeyFilter("highway", "route")
        tagged.enable_for(osmium.osm.WAY)
        return iter(processor.with_filter(barriers).with_filter(tagged).handler_for_filtered(others))

    def _read_header(self, header: Any) -> None:
        if header.has_multiple_object_versions:
            what = "this is a history file, in which old and new versions of a road stand side by side"
            raise FormatError(file=str(self._path), what=what, remedy="hand in an extract of one date")
        when = header.get("timestamp", "") or header.get("osmosis_replication_timestamp", "")
        self._tally.data_as_of = when if _ISO_TIME.match(when) else ""
        box = header.box()
        if box.valid():
            low, high = box.bottom_left, box.top_right
            self._tally.declared_bbox_e7 = (low.x, low.y, high.x, high.y)

    def _barrier(self, node: Any) -> None:
        self._where = "node", node.id
        blocks = barrier_blocks(dict(node.tags))
        if blocks and not node.deleted:
            self._barriers[node.id] = blocks

    def _way(self, way: Any) -> None:
        tags = way.tags
        self._where = "way", way.id
        rule = self._rule_index(tags)
        self._rule_of_all.append(rule)
        if self._register.rules[rule].left_out or way.deleted:
            return
        nodes = way.nodes
        # By position: the list's own iterator takes a quarter longer, and this is most of the reading.
        for at in range(len(nodes)):
            node = nodes[at]
            place = node.location
            self._ref.append(node.ref)
            self._lon.append(place.x)
            self._lat.append(place.y)
        self._way_id.append(way.id)
        self._first.append(len(self._ref))
        self._rule.append(rule)
        self._name.append(self._register.name(tags.get("name")))
        self._number.append(self._register.name(tags.get("ref")))

    def _rule_index(self, tags: Any) -> int:
        highway = tags.get("highway", "")
        if not self._register.is_road(highway) and tags.get("route") != "ferry":
            return self._register.rule((("highway", highway),))
        return self._register.rule(tuple([(tag.k, tag.v) for tag in tags if tag.k in RELEVANT]))

    def _ways(self) -> Ways:
        return Ways(
            way_id=np.array(self._way_id),
            first=np.array(self._first),
            rule=np.array(self._rule),
            name=np.array(self._name),
            number=np.array(self._number),
            ref=np.array(self._ref),
            lon_e7=np.array(self._lon),
            lat_e7=np.array(self._lat),
        )

    def _find_absent(self) -> None:
        """Look once more for nodes that came after their way, or have the negative number of a draft."""
        absent = [at for at, lon in enumerate(self._lon) if lon == ABSENT]
        wanted = {self._ref[at] for at in absent}
        # No IdFilter: it would reserve hundreds of megabytes for the highest node number.
        nodes: Iterator[Any] = iter(osmium.FileProcessor(self._file(), osmium.osm.NODE))
        found = {
            node.id: (node.location.x, node.location.y)
            for node in nodes
            if node.id in wanted and not node.deleted
        }
        for at in absent:
            self._lon[at], self._lat[at] = found.get(self._ref[at], (ABSENT, ABSENT))

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
        remedy = "fetch or copy the file again, it is damaged"
        return FormatError(file=str(self._path), where=where, what=what, remedy=remedy)


def scan(path: Path, container: Container, rules: TagRules) -> Roads:
    """Return the roads for vehicles of a map that `container` has proved to be whole.

    Raises
    ------
    FormatError
        When the map does not decode, is a history file, or gives fewer ways than it holds.
    """
    return _Scanner(path, container, rules).run()
