"""From scanned roads to a `RoadNetwork`: cut, measured, timed, with both directions of a road as twins."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from safepassage.domain.network import NO_LIMIT, Arcs, Mode, NetworkSource, Nodes, RoadNetwork, Shapes
from safepassage.formats.networks.osm import pieces as cut
from safepassage.formats.networks.osm.roads import ABSENT, Roads
from safepassage.formats.networks.osm.tags import Rule

Int64 = NDArray[np.int64]
Bool = NDArray[np.bool_]

PASSAGE_M = 1
"""Length of the passage that joins the two sides of a barrier for those who may pass it."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _RuleColumns:
    """The rules as columns; those with a direction have shape (n_rules, 2): forward, backward."""

    modes: Int64
    speed_m_h: Int64
    capacity_mveh_h: Int64
    road_class: Int64
    max_weight_kg: Int64
    bridge: Bool
    duration_s: Int64

    @classmethod
    def of(cls, rules: tuple[Rule, ...]) -> _RuleColumns:
        sides = [(rule.forward, rule.backward) for rule in rules]
        return cls(
            modes=np.array([[int(side.modes) for side in pair] for pair in sides], np.int64),
            speed_m_h=np.array([[side.speed_m_h for side in pair] for pair in sides], np.int64),
            capacity_mveh_h=np.array([[side.capacity_mveh_h for side in pair] for pair in sides], np.int64),
            road_class=np.array([rule.road_class for rule in rules], np.int64),
            max_weight_kg=np.array([rule.max_weight_kg for rule in rules], np.int64),
            bridge=np.array([rule.bridge for rule in rules], bool),
            duration_s=np.array([rule.duration_s for rule in rules], np.int64),
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Ends:
    """Network nodes at the ends of pieces; `passages` are (node, node, piece, modes) across barriers."""

    tail: Int64
    head: Int64
    node: Int64
    copy: Int64
    passages: NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Course:
    """Arcs before they have a length: the piece each runs along, which way, from where to where, for whom."""

    piece: Int64
    backward: Bool
    tail: Int64
    head: Int64
    modes: Int64


def _ends(points: cut.Points, pieces: cut.Pieces, blocks: Int64, modes: Int64) -> _Ends:
    """Give every piece its end nodes; at a barrier each piece gets an end of its own.

    `blocks` has shape (n_nodes,): who cannot pass; `modes` has shape (n_pieces,): who uses a piece at all.
    """
    ends = np.concatenate([points.node[pieces.first], points.node[pieces.last]])
    piece = np.tile(np.arange(len(pieces.first)), 2)
    # Ends in order of node, then piece: the n-th end at a barrier becomes the n-th copy of its node.
    order = np.lexsort((piece, ends))
    begins = np.append(True, np.diff(ends[order]) != 0)
    rank = np.arange(len(order)) - np.flatnonzero(begins)[np.cumsum(begins) - 1]
    copy = np.where(blocks[ends[order]] > 0, rank, 0)
    fresh = begins | (copy > 0)
    number = np.cumsum(fresh) - 1
    at_end = np.empty(len(ends), np.int64)
    at_end[order] = number
    count = len(pieces.first)
    crossing = np.flatnonzero(copy > 0)
    # Whoever may pass the barrier and uses any of the roads that meet there.
    users = np.bitwise_or.reduceat(modes[piece[order]], np.flatnonzero(begins))[np.cumsum(begins) - 1]
    allowed = (int(Mode.road()) & ~blocks[ends[order]] & users)[crossing]
    passages = np.stack([number[crossing - 1], number[crossing], piece[order][crossing], allowed], axis=1)
    return _Ends(
        tail=at_end[:count],
        head=at_end[count:],
        node=ends[order][fresh],
        copy=copy[fresh],
        passages=passages[allowed > 0],
    )


def _nodes(points: cut.Points, ends: _Ends) -> Nodes:
    place = np.zeros(len(points.number), np.int64)
    place[points.node] = np.arange(len(points.node))
    numbers, copies = points.number[ends.node].tolist(), ends.copy.tolist()
    names = [
        f"{number}/{copy + 1}" if copy else str(number) for number, copy in zip(numbers, copies, strict=True)
    ]
    at = place[ends.node]
    return Nodes(
        id=np.array(names, np.str_), lon_e7=_int32(points.lon_e7[at]), lat_e7=_int32(points.lat_e7[at])
    )


def _seconds(length_m: Int64, speed_m_h: Int64) -> Int64:
    """Return whole seconds, halves rounded up, at least 1."""
    seconds: Int64 = np.maximum(1, (2 * 3600 * length_m + speed_m_h) // (2 * speed_m_h))
    return seconds


def _twins(piece: Int64, backward: Bool) -> Int64:
    """Return the position of the arc the other way; the two arcs of a piece stand side by side."""
    twin = np.full(len(piece), -1, np.int64)
    pair = np.flatnonzero((piece[1:] == piece[:-1]) & backward[1:] & ~backward[:-1])
    twin[pair], twin[pair + 1] = pair + 1, pair
    return twin


def _side_by_side(count: int) -> Int64:
    """Return 1, 0, 3, 2, …: the neighbour of each in pairs."""
    return np.arange(count) ^ 1


def _int32(values: Int64) -> NDArray[np.int32]:
    """Return a column of the network; lengths and times beyond its range (absurd data) become the largest."""
    return np.minimum(values, np.iinfo(np.int32).max).astype(np.int32)


class _Builder:
    def __init__(self, roads: Roads, points: cut.Points) -> None:
        self._roads, self._points = roads, points
        self._rules = _RuleColumns.of(roads.rules)
        blocks = np.zeros(len(points.number), np.int64)
        keys = np.array(sorted(roads.barriers), np.int64)
        at = np.searchsorted(points.number, keys)
        known = at < len(points.number)
        known[known] = points.number[at[known]] == keys[known]
        for key, position in zip(keys[known].tolist(), at[known].tolist(), strict=True):
            blocks[position] = int(roads.barriers[key])
        self._pieces = cut.split(points, blocks > 0)
        self._rule = roads.ways.rule[self._pieces.way]
        users = self._rules.modes[:, 0] | self._rules.modes[:, 1]
        self._ends = _ends(points, self._pieces, blocks, users[self._rule])

    def network(self, source: NetworkSource) -> RoadNetwork:
        """Return the network: the arcs of the pieces first, then the passages across barriers."""
        ends, passages = self._ends, self._ends.passages
        piece, backward = self._open_sides()
        # A passage is two arcs of one metre; it has no shape and takes a second.
        crossing = _Course(
            piece=np.repeat(passages[:, 2], 2),
            backward=np.tile([False, True], len(passages)),
            tail=passages[:, :2].ravel(),
            head=passages[:, 1::-1].ravel(),
            modes=np.repeat(passages[:, 3], 2),
        )
        roads = _Course(
            piece=piece,
            backward=backward,
            tail=np.where(backward, ends.head[piece], ends.tail[piece]),
            head=np.where(backward, ends.tail[piece], ends.head[piece]),
            modes=self._rules.modes[self._rule[piece], backward.astype(np.int64)],
        )
        return RoadNetwork(
            nodes=_nodes(self._points, ends),
            arcs=self._arcs(roads, crossing),
            shapes=self._shapes(roads, len(crossing.piece)),
            names=self._roads.names,
            source=source,
        )

    def _open_sides(self) -> tuple[Int64, Bool]:
        """Return the arcs as (piece, runs backward): of each piece the open directions, forward first."""
        piece, side = np.nonzero(self._rules.modes[self._rule] > 0)
        return piece.astype(np.int64), side == 1

    def _arcs(self, roads: _Course, crossing: _Course) -> Arcs:
        rules, count = self._rules, len(roads.piece)
        piece = np.append(roads.piece, crossing.piece)
        rule, way = self._rule[piece], self._pieces.way[piece]
        length, travel, capacity = (np.ones(len(piece), np.int64) for _ in range(3))
        length[:count] = np.maximum(1, np.rint(self._pieces.length_m[roads.piece]))
        length[count:] = PASSAGE_M
        travel[:count] = self._travel_s(roads, length[:count])
        capacity[:count] = rules.capacity_mveh_h[rule[:count], roads.backward.astype(np.int64)]
        capacity[count:] = rules.capacity_mveh_h[rule[count:]].max(axis=1)
        twin = np.append(_twins(roads.piece, roads.backward), count + _side_by_side(len(crossing.piece)))
        links = np.array([f"way/{number}" for number in self._roads.ways.way_id.tolist()], np.str_)
        return Arcs(
            tail=_int32(np.append(roads.tail, crossing.tail)),
            head=_int32(np.append(roads.head, crossing.head)),
            length_m=_int32(length),
            travel_s=_int32(travel),
            capacity_mveh_h=_int32(capacity),
            person_capacity_h=np.full(len(piece), NO_LIMIT, np.int32),
            max_weight_kg=_int32(rules.max_weight_kg[rule]),
            road_class=rules.road_class[rule].astype(np.int8),
            modes=np.append(roads.modes, crossing.modes).astype(np.uint8),
            bridge=rules.bridge[rule],
            link=links[way],
            name=_int32(self._roads.ways.name)[way],
            ref=_int32(self._roads.ways.number)[way],
            twin=_int32(twin),
        )

    def _travel_s(self, roads: _Course, length_m: Int64) -> Int64:
        """Return whole seconds at the speed of the rule; the stated duration of a crossing by its length."""
        rule = self._rule[roads.piece]
        travel = _seconds(length_m, self._rules.speed_m_h[rule, roads.backward.astype(np.int64)])
        timed = np.flatnonzero(self._rules.duration_s[rule] > 0)
        part = roads.piece[timed]
        whole = np.bincount(self._pieces.way, weights=self._pieces.length_m)
        share = self._pieces.length_m[part] / np.maximum(whole[self._pieces.way[part]], 1e-9)
        travel[timed] = np.maximum(1, np.rint(self._rules.duration_s[rule[timed]] * share))
        return travel

    def _shapes(self, roads: _Course, bare: int) -> Shapes:
        first, last = self._pieces.first[roads.piece], self._pieces.last[roads.piece]
        start, inner = cut.inner_points(first, last, roads.backward)
        return Shapes(
            start=_int32(np.append(start, np.full(bare, start[-1]))),
            lon_e7=_int32(self._points.lon_e7[inner]),
            lat_e7=_int32(self._points.lat_e7[inner]),
        )


def build_network(roads: Roads, source: NetworkSource) -> RoadNetwork | None:
    """Return the network of the roads of a map, or None where there is not one stretch of road."""
    ways = roads.ways
    points = cut.join_points(ways.first, ways.ref, ways.lon_e7, ways.lat_e7, ABSENT)
    return _Builder(roads, points).network(source) if len(points.node) else None
