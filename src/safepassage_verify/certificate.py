"""Checks `certificate.json`: every sum again, every claim against its sum and against the plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from safepassage_verify import shape
from safepassage_verify.bounds import FleetBound, LabelCuts, changed, pairs
from safepassage_verify.paths import Paths
from safepassage_verify.planfile import Plan
from safepassage_verify.priced import PricedBound
from safepassage_verify.roads import Int64
from safepassage_verify.shape import COUNT, PPM, SECONDS, TOTAL, flag, record, rows, shown, table, text, whole
from safepassage_verify.snapshot import CARRIED, Snapshot
from safepassage_verify.totals import DirectionTotals
from safepassage_verify.verdict import Findings

_ANY = whole(-TOTAL, TOTAL)
_SECOND = whole(0, SECONDS)
_LABELS = table((0, COUNT), (-COUNT, COUNT))
_COMMODITY = shape.one_of("cars", "persons", *CARRIED)
_EXTENSION = shape.one_of("distance", "earliest")
_BEFORE = "before"
_PART = record(
    commodity=_COMMODITY,
    phi=_ANY,
    labels=_LABELS,
    extension=shape.one_of("distance", "earliest", _BEFORE),
)

CERTIFICATE = record(
    schema=shape.exactly("safepassage.certificate/1"),
    class_=shape.exactly("RESTRICTED"),
    inputs_sha256=text,
    bounds=rows(
        record(
            id=text,
            direction=text,
            kind=shape.one_of("label_cut", "fleet"),
            commodity=_COMMODITY,
            persons=_ANY,
            horizon_s=_SECOND,
            phi=_ANY,
            clearance_s=_ANY,
            labels=_LABELS,
            extension=_EXTENSION,
        )
    ),
    envelope=rows(record(direction=text, t_s=_SECOND, persons_at_most=_ANY, parts=rows(_PART))),
)
_PRICE = whole(0, COUNT)
_RUNS = table((0, SECONDS), (0, COUNT))
PRICED = rows(
    record(
        id=text,
        step_s=whole(1, SECONDS),
        arcs=rows(record(arc=whole(0, COUNT), persons=_RUNS, road=_RUNS)),
        sites=rows(record(site=text, price=_PRICE)),
        people=rows(
            record(
                direction=text,
                commodity=shape.one_of(*CARRIED),
                node=whole(0, COUNT),
                release_s=_SECOND,
                price=_PRICE,
            )
        ),
        limit=_ANY,
        person_seconds=_ANY,
    )
)
"""Shape of `priced`, which a certificate may leave out."""
LOADS = record(loads=flag)
"""Shape of the mark that loads are counted, which a priced bound may leave out."""


def fits(certificate: Any, findings: Findings) -> bool:
    """Return whether a certificate has the shape that is agreed."""
    if not CERTIFICATE(certificate, "certificate", findings):
        return False
    priced = certificate.get("priced", [])
    fits = PRICED(priced, "certificate.priced", findings)
    return fits and rows(LOADS)([row for row in priced if "loads" in row], "certificate.priced", findings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proven:
    """What the certificate proves of one direction: its largest bound and who is unserved at the horizon."""

    clearance_s: int | None = None
    kinds: frozenset[str] = frozenset()
    unserved: int = 0


class Sums:
    """Recomputes sums; graphs, times and the labels of the last sum are kept for the next."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.paths = Paths(snapshot.roads)
        self._cuts: dict[tuple[str, str], LabelCuts] = {}
        self._fleets: dict[tuple[str, str], FleetBound] = {}
        self._before: dict[tuple[str, str], Int64] = {}

    def forget(self) -> None:
        """Forget the labels so far: nobody goes on from them."""
        self._before.clear()

    def has_before(self, direction: str, commodity: str) -> bool:
        """Return whether a label sum of the direction and commodity has been made already."""
        return (direction, commodity) in self._before

    def phi(self, direction: str, horizon_s: int, claim: Mapping[str, Any], given: Int64) -> int | None:
        """Return the sum for a commodity: the fleet bound of those carried, otherwise the label cut.

        `given` are the (n, 2) nodes and labels of the claim.
        """
        commodity = claim["commodity"]
        key = direction, commodity
        if commodity in CARRIED:
            if key not in self._fleets:
                self._fleets[key] = FleetBound(self.snapshot, direction, commodity, paths=self.paths)
            return self._fleets[key].phi(horizon_s)
        if key not in self._cuts:
            self._cuts[key] = LabelCuts(self.snapshot, direction, commodity, paths=self.paths)
        cuts = self._cuts[key]
        if claim["extension"] == _BEFORE:
            alpha = changed(self._before[key], given)
        else:
            alpha = cuts.labels(horizon_s, given, claim["extension"])
        self._before[key] = alpha
        return cuts.total(horizon_s, alpha)


class CertificateCheck:
    """One certificate against inputs and plan."""

    def __init__(
        self,
        certificate: Mapping[str, Any],
        snapshot: Snapshot,
        totals: tuple[DirectionTotals, ...],
        findings: Findings,
    ) -> None:
        self.certificate, self.snapshot, self.findings = certificate, snapshot, findings
        self.totals = {row.id: row for row in totals}
        self.sums = Sums(snapshot)
        self._at_horizon: dict[str, int] = {}
        self._most: dict[str, list[tuple[int, int]]] = {}

    def _require(self, code: str, where: str, message: str, *, holds: bool) -> bool:
        self.findings.require(code, where, holds=holds, message=message)
        return holds

    def proven(self) -> dict[str, Proven]:
        """Note every fault; return what is proven per direction by the bounds that have none."""
        best: dict[str, tuple[int, frozenset[str]]] = {}
        ids = [bound["id"] for bound in self.certificate["bounds"]]
        self._require(
            "REFERENCE", "certificate.bounds", "an id occurs twice", holds=len(set(ids)) == len(ids)
        )
        for i, bound in enumerate(self.certificate["bounds"]):
            if self._check_bound(bound, f"certificate.bounds[{i}]"):
                direction, clearance = bound["direction"], bound["clearance_s"]
                known, kinds = best.get(direction, (-1, frozenset()))
                if clearance >= known:
                    kinds = kinds if clearance == known else frozenset()
                    best[direction] = (clearance, kinds | {bound["kind"]})
        self.sums.forget()
        points: set[tuple[str, int]] = set()
        for i, point in enumerate(self.certificate["envelope"]):
            where = f"certificate.envelope[{i}]"
            name = (point["direction"], point["t_s"])
            self._require("REFERENCE", where, "the point is here a second time", holds=name not in points)
            points.add(name)
            self._check_point(point, where)
        out = {}
        for direction, own in self.totals.items():
            clearance, kinds = best.get(direction, (None, frozenset()))
            unserved = own.persons_demand - self._at_horizon.get(direction, own.persons_demand)
            out[direction] = Proven(clearance_s=clearance, kinds=kinds, unserved=unserved)
        return out

    def person_seconds(self, own: int) -> tuple[int | None, int | None]:
        """Note faults of the priced bounds; return what prices prove at most, and what the envelope does.

        `own` is the value of the plan. The arrival envelope proves as much as it leaves on the way from
        second to second, direction by direction. Call it after `proven`.
        """
        rows = self.certificate.get("priced", ())
        ids = [row["id"] for row in rows]
        self._require(
            "REFERENCE", "certificate.priced", "an id occurs twice", holds=len(set(ids)) == len(ids)
        )
        proven = [self._check_priced(row, f"certificate.priced[{i}]", own) for i, row in enumerate(rows)]
        waited = sum(self._waited(direction) for direction in self.totals)
        return max((bound for bound in proven if bound is not None), default=None), waited or None

    def _waited(self, direction: str) -> int:
        """Return the least sum of all arrivals in a direction, the horizon for whoever has none."""
        found, most = 0, self.totals[direction].persons_demand
        ends = self.snapshot.horizon_s
        # From the last point back: who has arrived by a second has by every later one.
        for t, value in sorted(self._most.get(direction, ()), reverse=True):
            found += (self.totals[direction].persons_demand - most) * max(0, ends - 1 - t)
            ends, most = min(ends, t + 1), min(most, value)
        return found + (self.totals[direction].persons_demand - most) * ends

    def _check_priced(self, row: Mapping[str, Any], where: str, own: int) -> int | None:
        """Return the person-seconds a priced bound proves, None if it is faulty."""
        snapshot, arcs, steps = self.snapshot, [line["arc"] for line in row["arcs"]], []
        for line in row["arcs"]:
            steps += [[step for step, _ in line[name]] for name in ("persons", "road")]
        holds = max(arcs, default=0) < len(snapshot.roads) and len(set(arcs)) == len(arcs)
        holds &= all(places == sorted(set(places)) for places in steps)
        sites = [line["site"] for line in row["sites"]]
        holds &= len(set(sites)) == len(sites) and set(sites) <= set(snapshot.places)
        people = [(p["direction"], p["commodity"], p["node"], p["release_s"]) for p in row["people"]]
        holds &= len(set(people)) == len(people)
        message = "an arc, site or class of people does not exist or is here twice, or steps are out of order"
        if not self._require("REFERENCE", where, message, holds=holds):
            return None
        limit = PricedBound(snapshot, row, self.sums.paths).limit()
        message = f"states limit {shown(row['limit'])}, is {'without limit' if limit is None else limit}"
        if not self._require("BOUND_SUM", where, message, holds=row["limit"] == limit) or limit is None:
            return None
        bound = sum(total.persons_demand for total in self.totals.values()) * snapshot.horizon_s - limit
        message = f"states {shown(row['person_seconds'])} person-seconds, proves {bound}"
        fits = self._require("BOUND_CLAIM", where, message, holds=row["person_seconds"] == bound)
        message = f"no plan takes less than {bound} person-seconds, this one takes {own}"
        fits &= self._require("BOUND_CONTRADICTED", where, message, holds=own >= bound)
        return bound if fits else None

    def _check_terms(
        self, direction: str, t: int, claim: Mapping[str, Any], given: Int64, where: str
    ) -> bool:
        """Return whether direction, time and the labels given, (n, 2), are usable."""
        fits = self._require(
            "REFERENCE", where, f"direction {shown(direction)}", holds=direction in self.totals
        )
        fits &= self._require(
            "REFERENCE", where, f"second {t} is off the grid", holds=t <= self.snapshot.horizon_s
        )
        nodes, n_nodes = given[:, 0], self.snapshot.roads.n_nodes
        labelled = int(nodes.max(initial=-1)) < n_nodes
        labelled = labelled and int(np.bincount(nodes, minlength=1).max()) <= 1
        message = "labels of nodes that do not exist, or twice"
        if claim["extension"] == _BEFORE and not self.sums.has_before(direction, claim["commodity"]):
            labelled, message = False, "labels that go on from none"
        return fits & self._require("REFERENCE", where, message, holds=labelled)

    def _check_sum(
        self, claim: Mapping[str, Any], given: Int64, direction: str, t: int, where: str
    ) -> int | None:
        """Return the recomputed sum if the stated one equals it; `given` are its labels, (n, 2)."""
        commodity = claim["commodity"]
        plain = commodity not in CARRIED or not claim["labels"]
        self._require("BOUND_SUM", where, "the fleet bound has no labels", holds=plain)
        phi = self.sums.phi(direction, t, claim, given)
        message = f"states {shown(claim['phi'])}, the sum is {'without limit' if phi is None else phi}"
        return (
            phi if self._require("BOUND_SUM", where, message, holds=claim["phi"] == phi) and plain else None
        )

    def _check_bound(self, bound: Mapping[str, Any], where: str) -> bool:
        """Return whether a bound is proven and concerns this plan."""
        direction, commodity, t = bound["direction"], bound["commodity"], bound["horizon_s"]
        given = pairs(bound["labels"])
        if not self._check_terms(direction, t, bound, given, where):
            return False
        matches = (bound["kind"] == "fleet") == (commodity in CARRIED)
        fits = self._require("BOUND_CLAIM", where, "kind and commodity do not go together", holds=matches)
        phi = self._check_sum(bound, given, direction, t, where)
        message = f"claims {shown(bound['persons'])} persons cannot arrive, at most {phi} can"
        fits &= self._require("BOUND_CLAIM", where, message, holds=phi is not None and phi < bound["persons"])
        message = f"states clearance {shown(bound['clearance_s'])}, proves {t + 1}"
        fits &= self._require("BOUND_CLAIM", where, message, holds=bound["clearance_s"] == t + 1)
        own = self.totals[direction]
        served = own.served_of[commodity]
        message = f"is claimed for {shown(bound['persons'])} persons, the plan serves {served}"
        fits &= self._require("BOUND_PERSONS", where, message, holds=bound["persons"] <= served)
        self._check_against_plan(own, commodity, t, phi, where)
        last = own.last_arrival(commodity)
        if fits and last is not None:
            message = f"no plan has them all arrived before second {t + 1}, this one does in {last}"
            self._require("BOUND_CONTRADICTED", where, message, holds=last >= t + 1)
        return fits

    def _check_against_plan(
        self, own: DirectionTotals, commodity: str, t: int, phi: int | None, where: str
    ) -> None:
        """Note a plan that brings more persons to their sites by second t than the sum allows."""
        if phi is None:
            return
        arrived = own.arrived(commodity, t)
        message = f"at most {phi} persons can have arrived by second {t}, in this plan {arrived} have"
        self._require("BOUND_CONTRADICTED", where, message, holds=arrived <= phi)

    def _check_point(self, point: Mapping[str, Any], where: str) -> None:
        direction, t = point["direction"], point["t_s"]
        if direction not in self.totals:
            self._require("REFERENCE", where, f"direction {shown(direction)} does not exist", holds=False)
            return
        own = self.totals[direction]
        most = dict(own.demand_of)
        names = [part["commodity"] for part in point["parts"]]
        self._require("ENVELOPE", where, "a commodity has two parts", holds=len(set(names)) == len(names))
        for k, part in enumerate(point["parts"]):
            part_where = f"{where}.parts[{k}]"
            given = pairs(part["labels"])
            if self._check_terms(direction, t, part, given, part_where):
                phi = self._check_sum(part, given, direction, t, part_where)
                self._check_against_plan(own, part["commodity"], t, phi, part_where)
                if phi is not None:
                    most[part["commodity"]] = min(most[part["commodity"]], phi)
        value = min(most["persons"], most["cars"] + sum(most[commodity] for commodity in CARRIED))
        message = f"states {shown(point['persons_at_most'])}, is {value}"
        self._require("ENVELOPE", where, message, holds=point["persons_at_most"] == value)
        arrived = own.arrived("persons", t)
        message = f"at most {value} persons can have arrived by second {t}, in this plan {arrived} have"
        self._require("BOUND_CONTRADICTED", where, message, holds=arrived <= value)
        if 0 <= t <= self.snapshot.horizon_s:
            self._most.setdefault(direction, []).append((t, value))
        if t == self.snapshot.horizon_s:
            self._at_horizon[direction] = value


def person_seconds(totals: tuple[DirectionTotals, ...], horizon_s: int) -> int:
    """Return the arrivals of all decided persons added up, the horizon for those unserved."""
    arrived = sum(n * t for own in totals for t, n in own.arrivals_of["persons"])
    return arrived + horizon_s * sum(own.persons_unserved for own in totals)


def check_joint(
    plan: Plan,
    totals: tuple[DirectionTotals, ...],
    horizon_s: int,
    bounds: tuple[tuple[int | None, ...], tuple[int | None, ...]],
    findings: Findings,
) -> None:
    """Note joint numbers that are not the recomputed ones.

    `bounds` are what is proven of person-seconds and of the last arrival: any of them may be stated.
    """
    if "joint" not in plan.raw or not JOINT(plan.raw["joint"], "plan.joint", findings):
        return
    last = max((own.clearance_s for own in totals if own.clearance_s is not None), default=None)
    values = {"person_seconds": person_seconds(totals, horizon_s), "last_arrival": last}
    for (name, value), bound in zip(values.items(), bounds, strict=True):
        unit = "" if name == "person_seconds" else "_s"
        stated = plan.raw["joint"][f"{name}_bound{unit}"]
        known = stated if stated in bound else bound[0]
        known = known if value is not None else None
        gap = None if not known or value is None else (value - known) * PPM // known
        for field, own in (
            (f"{name}{unit}", value),
            (f"{name}_bound{unit}", known),
            (f"{name}_gap_ppm", gap),
        ):
            message = f"states {shown(plan.raw['joint'][field])}, is {own}"
            findings.require(
                "JOINT", f"plan.joint.{field}", holds=plan.raw["joint"][field] == own, message=message
            )


_MAYBE = shape.nullable(_ANY)
JOINT = record(
    person_seconds=_ANY, person_seconds_bound=_MAYBE, person_seconds_gap_ppm=_MAYBE,
    last_arrival_s=_MAYBE, last_arrival_bound_s=_MAYBE, last_arrival_gap_ppm=_MAYBE,
)  # fmt: skip
"""Shape of `joint`, which a plan may leave out."""


def check_stated_bounds(
    plan: Plan, totals: tuple[DirectionTotals, ...], proven: Mapping[str, Proven], findings: Findings
) -> None:
    """Note bounds and gaps of directions that the certificate does not prove."""
    for i, (row, own) in enumerate(zip(plan.raw["directions"], totals, strict=False)):
        where, proof = f"plan.directions[{i}]", proven.get(own.id, Proven())
        bound = proof.clearance_s if own.clearance_s is not None else None
        message = f"states bound {shown(row['clearance_bound_s'])}, the certificate proves {bound}"
        findings.require("CLEARANCE_BOUND", where, holds=row["clearance_bound_s"] == bound, message=message)
        gap = None if not bound or own.clearance_s is None else (own.clearance_s - bound) * PPM // bound
        message = f"states gap {shown(row['gap_ppm'])}, is {gap}"
        findings.require("CLEARANCE_BOUND", where, holds=row["gap_ppm"] == gap, message=message)
        kinds = proof.kinds if bound is not None else {""}
        message = f"states kind {shown(row['bound_kind'])}, is {' or '.join(sorted(kinds)) or 'empty'}"
        findings.require("CLEARANCE_BOUND", where, holds=row["bound_kind"] in kinds, message=message)
        message = f"states {shown(row['unserved_bound'])}, the envelope proves {proof.unserved}"
        findings.require(
            "UNSERVED_BOUND", where, holds=row["unserved_bound"] == proof.unserved, message=message
        )
