"""What is known about a network besides its arcs: what its reader saw and left out, and a report."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from safepassage.domain.network import RoadNetwork

Box = tuple[int, int, int, int]
"""West, south, east, north in degrees times 10**7."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TagShare:
    """How often a tag is missing: `missing` of `roads` roads do not carry it, so a default stands in."""

    tag: str
    missing: int
    roads: int

    @property
    def missing_ppm(self) -> int:
        """The share of roads without the tag, in parts per million."""
        return 1_000_000 * self.missing // self.roads if self.roads else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadCounts:
    """What a reader saw in a file and what it left out, in fixed order so that two readings can be compared.

    `seen` and `left_out` are (what, how many) pairs. `data_as_of` is the file's own date of its data or "".
    `declared_bbox_e7` is the box the file says it covers, or None.
    """

    seen: tuple[tuple[str, int], ...] = ()
    left_out: tuple[tuple[str, int], ...] = ()
    missing_tags: tuple[TagShare, ...] = ()
    warnings: tuple[str, ...] = ()
    data_as_of: str = ""
    declared_bbox_e7: Box | None = None

    def number(self, what: str) -> int:
        """Return one count of `seen` or `left_out`, 0 where it is not mentioned."""
        return dict((*self.seen, *self.left_out)).get(what, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkNote:
    """Where the figures of one link come from, as its table says."""

    link: str
    source: str
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A network together with what its reader saw and left out."""

    network: RoadNetwork
    counts: ReadCounts
    notes: tuple[LinkNote, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassTotal:
    """Roads of one class: stretches and their length, each stretch counted once whichever way it is open."""

    road_class: str
    stretches: int
    length_m: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkReport:
    """What is in a road network, so that a thin, torn or foreign one is seen before a plan rests on it.

    `component_sizes` are numbers of nodes, largest first (at most ten); `strong_share_ppm` is the share of
    all nodes that lie in the largest set whose nodes cars can reach from one another.
    """

    kind: str
    file_name: str
    sha256: str
    reader_version: str
    attribution: str
    schematic: bool
    nodes: int
    arcs: int
    stretches: int
    length_m: int
    classes: tuple[ClassTotal, ...]
    bbox_e7: Box
    components: int
    component_sizes: tuple[int, ...]
    strong_components: int
    strong_share_ppm: int
    one_way_stretches: int
    bridges: int
    ferries: int
    bus_only_arcs: int
    weight_limited_arcs: int
    counts: ReadCounts
    warnings: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the report as plain lists, dictionaries, numbers and text."""
        counts = self.counts
        plain: dict[str, Any] = {
            name: getattr(self, name)
            for name in ("kind", "file_name", "sha256", "reader_version", "attribution", "schematic")
        }
        plain |= {name: getattr(self, name) for name in ("nodes", "arcs", "stretches", "length_m")}
        plain["classes"] = [
            {"class": row.road_class, "stretches": row.stretches, "length_m": row.length_m}
            for row in self.classes
        ]
        plain["bbox"] = [value / 10**7 for value in self.bbox_e7]
        plain["components"] = {"number": self.components, "nodes_of_largest": list(self.component_sizes)}
        plain["strong"] = {"number": self.strong_components, "largest_share_ppm": self.strong_share_ppm}
        tallies = ("one_way_stretches", "bridges", "ferries", "bus_only_arcs", "weight_limited_arcs")
        plain |= {name: getattr(self, name) for name in tallies}
        plain["seen"], plain["left_out"] = dict(counts.seen), dict(counts.left_out)
        plain["missing_tags"] = {
            row.tag: {"missing": row.missing, "roads": row.roads, "missing_ppm": row.missing_ppm}
            for row in counts.missing_tags
        }
        declared = counts.declared_bbox_e7
        plain["data_as_of"] = counts.data_as_of
        plain["declared_bbox"] = None if declared is None else [value / 10**7 for value in declared]
        plain["warnings"] = list(self.warnings)
        return plain
