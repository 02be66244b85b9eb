"""The roads of a map before they are cut: columns of ways and points, and a tally of what was left out."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from safepassage.domain.errors import FormatError
from safepassage.domain.network import Mode
from safepassage.domain.network_report import Box
from safepassage.formats.networks.osm.tags import Rule, TagRules
from safepassage.formats.networks.osm.values import clean_name

Int64 = NDArray[np.int64]

ABSENT = 2**31 - 1
"""The coordinate of a point whose node is not in the file (the value that libosmium gives it)."""
MAX_LON_E7 = 180 * 10**7
MAX_LAT_E7 = 90 * 10**7


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ways:
    """Ways as columns: way i owns the points `first[i]:first[i + 1]` and obeys rule `rule[i]`.

    `ref`, `lon_e7`, `lat_e7` are columns of points; ABSENT marks a node that is not in the file. `name` and
    `number` are positions in a table of names.
    """

    way_id: Int64
    first: Int64
    rule: Int64
    name: Int64
    number: Int64
    ref: Int64
    lon_e7: Int64
    lat_e7: Int64

    def only(self, keep: NDArray[np.bool_]) -> Ways:
        """Return the ways of a mask, with their points."""
        count = np.diff(self.first)
        point = np.repeat(keep, count)
        return Ways(
            way_id=self.way_id[keep],
            first=np.append(0, np.cumsum(count[keep])),
            rule=self.rule[keep],
            name=self.name[keep],
            number=self.number[keep],
            ref=self.ref[point],
            lon_e7=self.lon_e7[point],
            lat_e7=self.lat_e7[point],
        )


@dataclass(slots=True, kw_only=True)
class Tally:
    """What was seen in a map and what was left out, and what the map says of itself."""

    seen: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    missing: Counter[str] = field(default_factory=Counter)
    bridges: int = 0
    data_as_of: str = ""
    declared_bbox_e7: Box | None = None


class Register:
    """Rules and names, each kept once, shared by all ways that agree."""

    def __init__(self, tag_rules: TagRules) -> None:
        self._tag_rules = tag_rules
        self._rule_of: dict[tuple[tuple[str, str], ...], int] = {}
        self._names: dict[str, int] = {"": 0}
        self.rules: list[Rule] = []

    def is_road(self, highway: str) -> bool:
        """Whether vehicles may use ways of that kind at all."""
        return self._tag_rules.defaults.row(highway) is not None

    def rule(self, pairs: tuple[tuple[str, str], ...]) -> int:
        """Return the position of the rule for these tags."""
        index = self._rule_of.get(pairs)
        if index is None:
            index = self._rule_of[pairs] = len(self.rules)
            self.rules.append(self._tag_rules.rule(dict(pairs)))
        return index

    def name(self, text: str | None) -> int:
        """Return the position of a name, 0 for none."""
        if not text:
            return 0
        known = self._names.get(text)
        return self._names.setdefault(clean_name(text), len(self._names)) if known is None else known

    @property
    def names(self) -> tuple[str, ...]:
        """All names by position."""
        return tuple(self._names)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Roads:
    """Roads ready to be cut, with their rules and names; `barriers` says who cannot pass a node."""

    ways: Ways
    rules: tuple[Rule, ...]
    names: tuple[str, ...]
    barriers: dict[int, Mode]
    tally: Tally


def roads(
    path: Path, ways: Ways, rule_of_all: Int64, register: Register, barriers: dict[int, Mode], tally: Tally
) -> Roads:
    """Return the roads among `ways`, each once and with at least two points; adds to `tally`.

    `rule_of_all` is the rule of every way that carries a highway or route tag, those left out included.

    Raises
    ------
    FormatError
        When a point lies outside the world.
    """
    for rule, times in zip(register.rules, _times(rule_of_all, register), strict=True):
        if rule.left_out:
            tally.left_out[rule.left_out] += times
    long_enough = np.diff(ways.first) >= 2  # noqa: PLR2004 - a line needs two ends
    lines = ways.only(long_enough)
    first_time = np.zeros(len(lines.way_id), bool)
    first_time[np.unique(lines.way_id, return_index=True)[1]] = True
    once = lines.only(first_time)
    tally.left_out["fewer than two points"] += len(ways.way_id) - len(lines.way_id)
    tally.left_out["repeated"] += len(lines.way_id) - len(once.way_id)
    for rule, times in zip(register.rules, _times(once.rule, register), strict=True):
        tally.bridges += times * rule.bridge
        for tag in rule.missing:
            tally.missing[tag] += times
    absent = once.lon_e7 == ABSENT
    way = np.repeat(np.arange(len(once.way_id)), np.diff(once.first))
    tally.left_out["points not in the file"] = len(np.unique(once.ref[absent]))
    tally.seen["roads with points not in the file"] = len(np.unique(way[absent]))
    tally.seen["ways with a highway or route tag"] = len(rule_of_all)
    _check_coordinates(path, once, absent)
    return Roads(ways=once, rules=tuple(register.rules), names=register.names, barriers=barriers, tally=tally)


def _times(rule: Int64, register: Register) -> list[int]:
    times: list[int] = np.bincount(rule, minlength=len(register.rules)).tolist()
    return times


def _check_coordinates(path: Path, ways: Ways, absent: NDArray[np.bool_]) -> None:
    east_west = (ways.lon_e7 > MAX_LON_E7) | (ways.lon_e7 < -MAX_LON_E7)
    outside = ~absent & (east_west | (ways.lat_e7 > MAX_LAT_E7) | (ways.lat_e7 < -MAX_LAT_E7))
    if outside.any():
        at = int(np.argmax(outside))
        lon, lat = ways.lon_e7[at] / 1e7, ways.lat_e7[at] / 1e7
        what = f"longitude {lon:.4f}, latitude {lat:.4f} is outside the world"
        remedy = "mend the coordinates or take a fresh extract"
        raise FormatError(file=str(path), where=f"node {ways.ref[at]}", what=what, remedy=remedy)
