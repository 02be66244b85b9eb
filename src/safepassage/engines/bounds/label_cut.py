"""Label cuts: one time label per node proves how many can have arrived by a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from safepassage.domain.planning_problem import PlanningProblem
from safepassage.engines.bounds.commodity import CARS, ArcSupply, Origin, origins
from safepassage.engines.bounds.steady_cut import SteadyCuts
from safepassage.kernels.graphs.shortest_paths import ArcGraph
from safepassage.kernels.graphs.static_cut import UNLIMITED, least_cut

Int64 = NDArray[np.int64]
UNREACHED_S = 2**40
NEVER_EARLY = -1
LARGE_ARCS = 50_000
SPARE = 1_000
"""Within such a part of the last arrival flows prove alike, and static cuts of large networks too."""
STEADY_PERSONS = 20_000
"""From so many persons in cars on steady flows give labels: with fewer a sweep costs more than they prove.
Where flows behind the plan tell who waits where, no sweep is needed, and they do for any number."""
STATIC_ARCS = 20_000
"""From so many arcs on static cuts are tried only where no steady flow is."""


class Cut(NamedTuple):
    """A horizon, the proved sum and the labels that prove it: (node, label) pairs on an extension rule.

    The rule says what labels other nodes have: `distance`, `earliest`, or those of the cut `before`.
    """

    horizon_s: int
    phi: int
    labels: tuple[tuple[int, int], ...]
    extension: str


class Proof(NamedTuple):
    """A horizon, the proved sum and the (n_nodes,) labels that prove it, of which no list is made yet."""

    horizon_s: int
    phi: int
    alpha: Int64


class LabelCuts:
    """Label cuts of one commodity in one direction.

    Good labels come from a static least cut: each arc may carry what its capacity allows between the first
    arrival of anyone at its tail and the last moment from which a site is reached by T. On large networks
    they come from steady flows, which know what queues do once it is known at which places people wait. Any
    labels are valid; the sum is ours, not the solver's. With `static` both are tried on any network, with
    `steady` steady flows for any number of persons. Without a `solver` the least of two cuts that need none
    takes the place of the least of all.
    """

    def __init__(
        self, problem: PlanningProblem, direction: str, commodity: str, *, static: bool = False,
        steady: bool = False, solver: bool = True,
    ) -> None:  # fmt: skip
        self._solver = solver
        self.problem, self.direction, self.commodity = problem, direction, commodity
        self.origins: tuple[Origin, ...] = origins(problem, direction, commodity)
        self._supply = ArcSupply(problem, direction, commodity)
        self._static = static or len(self._supply.arc) < STATIC_ARCS
        self._n = problem.network.n_nodes
        self._graph = ArcGraph(
            problem.network.arcs.tail, problem.network.arcs.head, self._n, self._supply.usable
        )
        self._cost = np.full(len(problem.network.arcs), np.inf)
        self._cost[self._supply.arc] = self._supply.travel_s
        room: dict[int, int] = {}
        for site in problem.sites(direction):
            stated = site.capacity_persons if site.capacity_persons >= 0 else UNLIMITED
            room[site.node] = min(UNLIMITED, room.get(site.node, 0) + stated)
        self._site_nodes = np.asarray(sorted(room), dtype=np.int64)
        self._site_room = np.asarray([room[node] for node in sorted(room)], dtype=np.int64)
        self._to_site = self._distances(sorted(room), [0] * len(room), reverse=True)
        self._first = self._distances(
            [o.node for o in self.origins], [o.release_s for o in self.origins], reverse=False
        )
        self._steady: SteadyCuts | None = None
        self._phi: dict[int, int] = {}
        self._points: dict[int, int] = {}
        self._kept: dict[int, Proof] = {}
        if commodity == CARS and (steady or self.demand >= STEADY_PERSONS) and len(self._site_nodes):
            self._steady = SteadyCuts(
                self._supply, self.origins, self._site_nodes, (self._to_site, self._first),
                problem.network.horizon_s,
            )  # fmt: skip

    @property
    def demand(self) -> int:
        """Decided persons of the commodity that lie on the network."""
        return sum(origin.persons for origin in self.origins)

    @property
    def first_arrival_s(self) -> int:
        """First second in which anybody can be at a site; 0 where nobody can."""
        first = int(self._first[self._site_nodes].min(initial=UNREACHED_S))
        return first if first < UNREACHED_S else 0

    def distance_s(self, node: int) -> int:
        """Return the least travel time from a node to a site; UNREACHED_S where there is no way."""
        return int(self._to_site[node])

    def _distances(self, roots: list[int], offsets: list[int], *, reverse: bool) -> Int64:
        if not roots:
            return np.full(self._n, UNREACHED_S, dtype=np.int64)
        cost = self._graph.tree(self._cost, roots, reverse=reverse, offsets=offsets).cost
        return np.where(np.isfinite(cost), np.rint(np.where(np.isfinite(cost), cost, 0)), UNREACHED_S).astype(
            np.int64
        )

    def cut(self, horizon_s: int, *, among: tuple[Origin, ...] | None = None) -> Cut:
        """Return the least static cut for arrivals by `horizon_s`.

        `among` are the origins whose first arrivals open the arcs (None: all). Leaving out near origins makes
        the cut tighter for the far ones and counts the near ones in full.
        """
        return self.listed(self.least(horizon_s, among=among))

    def least(self, horizon_s: int, *, among: tuple[Origin, ...] | None = None) -> Proof:
        """Return what the least static cut proves, as `cut` has it."""
        latest = self._latest(horizon_s)
        if not len(self._site_nodes) or not self.origins:
            return Proof(horizon_s, 0, latest)
        first = self._first
        if among is not None:
            first = self._distances([o.node for o in among], [o.release_s for o in among], reverse=False)
        early = np.minimum(first, latest)
        if not self._solver:
            plain = (Proof(horizon_s, self.phi(alpha, horizon_s), alpha) for alpha in (latest, early))
            return min(plain, key=lambda proof: proof.phi)
        s = self._supply
        carries = s.carries(early[s.tail], latest[s.head] - s.travel_s)
        used = carries > 0
        arcs = (s.tail[used], s.head[used], carries[used])
        sources = [o for o in self.origins if latest[o.node] > o.release_s]
        supplies = (
            np.asarray([o.node for o in sources], dtype=np.int64),
            np.asarray([o.persons for o in sources], dtype=np.int64),
        )
        reached = early[self._site_nodes] <= horizon_s
        sinks = (self._site_nodes[reached], self._site_room[reached])
        _value, side = least_cut(self._n, arcs, supplies, sinks)
        alpha = np.where(side, early, latest)
        return Proof(horizon_s, self.phi(alpha, horizon_s), alpha)

    @property
    def is_steady(self) -> bool:
        """Whether labels come from steady flows, which makes a further horizon cheap."""
        return self._steady is not None

    def prepare(
        self, last_s: int, emptied_s: Sequence[Mapping[int, int]] = (), persons: int = UNLIMITED
    ) -> None:
        """Learn where people wait, for a plan that has `persons` by `last_s`, where steady flows need it.

        `emptied_s` says by which second nobody waits at a node any more, in one flow or more; empty where
        that is not known. Of several flows the one is taken whose labels prove longest that fewer can have
        arrived: a flow on smaller bins does not always tell better.
        """
        if self._steady is None:
            return
        flows = self._steady.prepare(last_s, emptied_s)
        best_s, chosen = NEVER_EARLY, flows - 1
        # The finest flow is asked first: of two that prove as much it is the one to take.
        for flow in reversed(range(flows if flows > 1 else 0)):
            self._steady.choose(flow)
            found = self._longer(persons, best_s, last_s)
            if found > best_s:
                best_s, chosen = found, flow
        if flows > 1:
            self._steady.choose(chosen)

    def _longer(self, persons: int, known_s: int, last_s: int) -> int:
        """Return the last horizon found at which fewer have arrived; `known_s` if none is much later."""
        beyond_s = known_s + 1 + last_s // SPARE
        if known_s >= 0 and (beyond_s >= last_s or self._steady_sum(beyond_s).phi >= persons):
            return known_s
        found = self._search_by(persons, self._steady_sum, max(0, known_s), last_s, last_s // SPARE)
        return known_s if found is None else found.horizon_s

    def best(self, horizon_s: int, *, keep: bool = False) -> Proof:
        """Return what the least cut found for arrivals by `horizon_s` proves; `keep` it until asked again."""
        if horizon_s in self._kept:
            return self._kept[horizon_s] if keep else self._kept.pop(horizon_s)
        if self._steady is None:
            found = self.least(horizon_s)
        else:
            found = self._steady_sum(horizon_s)
            self._phi[horizon_s] = found.phi
            static = self.least(horizon_s) if self._static else found
            found = static if static.phi <= found.phi else found
        self._points[horizon_s] = found.phi
        if keep:
            self._kept[horizon_s] = found
        return found

    def _steady_sum(self, horizon_s: int) -> Proof:
        if self._steady is None:
            raise ValueError("no steady flow for so few")
        self._steady.prepare(max(1, horizon_s), ())
        alpha = self._steady.labels(horizon_s)
        return Proof(horizon_s, self.phi(alpha, horizon_s), alpha)

    def listed(self, found: Proof, before: Int64 | None = None) -> Cut:
        """Return the cut with the shortest of the lists that the extension rules leave.

        `before` are the (n_nodes,) labels of the cut that it is listed after.
        """
        horizon_s, phi, alpha = found
        latest = self._latest(horizon_s)
        rules = [("distance", latest), ("earliest", np.minimum(self._first, latest))]
        if before is not None:
            rules.append(("before", before))
        rule, given = min(rules, key=lambda row: np.count_nonzero(alpha != row[1]))
        listed = np.flatnonzero(alpha != given)
        pairs = tuple(zip(listed.tolist(), alpha[listed].tolist(), strict=True))
        return Cut(horizon_s, phi, pairs, rule)

    def _latest(self, horizon_s: int) -> Int64:
        reachable = self._to_site < UNREACHED_S
        return np.where(reachable, horizon_s + 1 - np.where(reachable, self._to_site, 0), NEVER_EARLY)

    def phi(self, alpha: Int64, horizon_s: int) -> int:
        """Return the label sum: at most so many persons can have arrived by `horizon_s`."""
        s = self._supply
        carried = s.carries(alpha[s.tail], alpha[s.head] - s.travel_s)
        total = int(carried.sum()) + sum(o.persons for o in self.origins if alpha[o.node] > o.release_s)
        late = alpha[self._site_nodes] <= horizon_s
        return min(UNLIMITED, total + int(self._site_room[late].sum()))

    def explain(self, cut: Cut) -> tuple[tuple[int, ...], tuple[str, ...]]:
        """Return (arcs the cut counts, places that are not early: those behind it)."""
        latest = self._latest(cut.horizon_s)
        alpha = np.minimum(self._first, latest) if cut.extension == "earliest" else latest.copy()
        for node, label in cut.labels:
            alpha[node] = label
        s = self._supply
        carried = s.carries(alpha[s.tail], alpha[s.head] - s.travel_s)
        behind = tuple(dict.fromkeys(o.place for o in self.origins if alpha[o.node] <= o.release_s))
        return tuple(int(a) for a in s.arc[carried > 0]), behind

    def latest_short_of(self, persons: int, *, low_s: int, high_s: int) -> Cut | None:
        """Return the cut of the largest horizon found at which fewer than `persons` can have arrived.

        `high_s` is a time by which a plan has them all. Subsets of far origins are tried after the whole. It
        is never earlier than the last point looked at by `best` at which fewer can have arrived.
        """
        found = self._looked_for(persons, low_s, high_s)
        known_s = max(
            (t for t, phi in self._points.items() if low_s <= t < high_s and phi < persons), default=-1
        )
        if known_s > (-1 if found is None else found.horizon_s):
            found = self.best(known_s)
        return None if found is None else self.listed(found)

    def _looked_for(self, persons: int, low_s: int, high_s: int) -> Proof | None:
        self.prepare(high_s)
        best: Proof | None = None
        if self._steady is not None:
            best = self._steady_short_of(persons, low_s, high_s)
            if best is not None and not self._static:
                return best
        static = self._search(persons, None, low_s if best is None else best.horizon_s + 1, high_s)
        best = static or best
        for among in self._far_subsets():
            start = low_s if best is None else best.horizon_s + 1
            trial = self.least(start, among=among) if start < high_s else None
            if trial is not None and trial.phi < persons:
                best = self._search(persons, among, start, high_s) or trial
        return best

    def _steady_short_of(self, persons: int, low_s: int, high_s: int) -> Proof | None:
        """Return what proves the largest horizon by steady labels, between horizons looked at before."""
        short = [t for t, phi in self._phi.items() if low_s <= t < high_s and phi < persons]
        known_s = max(short, default=low_s)
        beyond = min((t for t in self._phi if t > known_s), default=high_s)
        found = self._search_by(persons, self._steady_sum, known_s, min(high_s, beyond), 0)
        if found is None and short:
            # Where no horizon between two is short, the earlier of them still is.
            found = self._steady_sum(known_s)
        return found if found is not None and found.phi < persons else None

    def _search(
        self, persons: int, among: tuple[Origin, ...] | None, low_s: int, high_s: int
    ) -> Proof | None:
        # A static cut of a large network takes its time: there the search ends within 0.1 %.
        spare_s = high_s // SPARE if len(self._supply.arc) > LARGE_ARCS else 0
        return self._search_by(persons, partial(self.least, among=among), low_s, high_s, spare_s)

    @staticmethod
    def _search_by(
        persons: int, proof_by: Callable[[int], Proof], low_s: int, high_s: int, spare_s: int
    ) -> Proof | None:
        best: Proof | None = None
        low, high = low_s, high_s
        while low + spare_s < high:
            middle = (low + high) // 2
            found = proof_by(middle)
            if found.phi < persons:
                best, low = found, middle + 1
            else:
                high = middle
        return best

    def _far_subsets(self) -> list[tuple[Origin, ...]]:
        reachable = [o for o in self.origins if self.distance_s(o.node) < UNREACHED_S]
        ranked = sorted(reachable, key=lambda o: (-self.distance_s(o.node), o.place, o.node))
        sizes = sorted(
            {len(ranked) // 2, len(ranked) // 4, len(ranked) // 10, 1} - {0, len(ranked)}, reverse=True
        )
        largest = sorted(reachable, key=lambda o: (-o.persons, o.place, o.node))[:1]
        subsets = [tuple(ranked[:size]) for size in sizes]
        return [*subsets, tuple(largest)] if len(ranked) > 1 else subsets
