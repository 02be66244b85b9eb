"""Answers the one question: does this plan hold, and do its bounds."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from safepassage_verify.aid import check_aid
from safepassage_verify.aid_before import check_before
from safepassage_verify.aid_inputs import read_supplies
from safepassage_verify.aid_needs import Moved
from safepassage_verify.canonical import canonical_bytes
from safepassage_verify.carers import check_carers
from safepassage_verify.certificate import (
    CertificateCheck,
    Proven,
    check_joint,
    check_stated_bounds,
    fits,
    person_seconds,
)
from safepassage_verify.flows import check_flows
from safepassage_verify.history import History, check_history, read_history, remaining
from safepassage_verify.layers import Pieces, check_layers, read_layers
from safepassage_verify.movements import check_movements
from safepassage_verify.people import follow_people
from safepassage_verify.planfile import Plan, read_plan
from safepassage_verify.shape import shown
from safepassage_verify.snapshot import Snapshot, read_snapshot
from safepassage_verify.totals import (
    DirectionTotals,
    check_corridors,
    check_hold,
    check_totals,
    total_directions,
)
from safepassage_verify.trips import list_trips, travel
from safepassage_verify.verdict import Findings, Verdict

NOT_PROVED: tuple[int | None, int | None] = (None, None)


def verify(
    inputs: Mapping[str, Any],
    plan: Mapping[str, Any],
    certificate: Mapping[str, Any] | None = None,
    aid: Mapping[str, Any] | None = None,
    *,
    inputs_bytes: bytes | None = None,
    plan_bytes: bytes | None = None,
    certificate_bytes: bytes | None = None,
    aid_bytes: bytes | None = None,
) -> Verdict:
    """Return whether `plan`, `certificate` and `aid` hold for `inputs`, with every violation found.

    Parameters
    ----------
    inputs, plan, certificate, aid
        Parsed JSON of any shape; nothing in them makes this function raise.
    inputs_bytes, plan_bytes, certificate_bytes, aid_bytes
        The files, where there are any: their hashes are taken from them, and they must be canonical. Without
        them the hash is that of the canonical form.
    """
    checked = Checked(
        inputs, plan, certificate, inputs_bytes=inputs_bytes, plan_bytes=plan_bytes,
        certificate_bytes=certificate_bytes,
    )  # fmt: skip
    return checked.verdict(aid, aid_bytes=aid_bytes)


class Checked:
    """A plan and its certificate, checked; the distribution of aid beside it may come later.

    Parameters are those of `verify`.
    """

    def __init__(
        self,
        inputs: Mapping[str, Any],
        plan: Mapping[str, Any],
        certificate: Mapping[str, Any] | None = None,
        *,
        inputs_bytes: bytes | None = None,
        plan_bytes: bytes | None = None,
        certificate_bytes: bytes | None = None,
    ) -> None:
        self._findings, self._failed = Findings(), False
        self._hashes: dict[str, str] = {}
        self._directions: tuple[Any, ...] = ()
        self._read: tuple[Snapshot, Plan] | None = None
        self._inputs, self._moved = inputs, list[Moved]()
        self._bounded: tuple[Any, Snapshot, History | None, tuple[DirectionTotals, ...]] | None = None
        given = {
            "inputs": (inputs, inputs_bytes),
            "plan": (plan, plan_bytes),
            "certificate": (certificate, certificate_bytes),
        }
        try:
            for name, (value, data) in given.items():
                if name != "certificate" or value is not None:
                    self._hashes[f"{name}_sha256"] = _hash(name, value, data, self._findings)
            self._check(inputs, plan, certificate)
        except Exception as error:  # noqa: BLE001 - an answer is owed whatever a hostile file does; never "verified"
            self._fail(error)

    def verdict(
        self,
        aid: Mapping[str, Any] | None = None,
        *,
        aid_bytes: bytes | None = None,
        previous: tuple[Any, bytes] | None = None,
    ) -> Verdict:
        """Return the answer for the plan with the aid beside it, which is asked for once.

        `previous` is the distribution of aid that was gone on from, and its file; without it what it had
        announced is not assessed.
        """
        recomputed: dict[str, Any] = {"directions": self._directions}
        if aid is not None and not self._failed:
            try:
                _hash("aid", aid, aid_bytes, self._findings)
                recomputed["aid"] = self._check_aid(aid)
                self._check_before(previous)
            except Exception as error:  # noqa: BLE001 - as above
                self._fail(error)
        return self._findings.verdict(recomputed=recomputed, hashes=self._hashes)

    def _fail(self, error: Exception) -> None:
        self._failed = True
        self._findings.add("INTERNAL", "verifier", f"failed with {type(error).__name__}")

    def _check(self, inputs: Any, plan: Any, certificate: Any) -> None:
        """Check everything of the plan; no rows of directions are found if the files cannot be understood."""
        findings, inputs_sha256 = self._findings, self._hashes["inputs_sha256"]
        snapshot, history = read_snapshot(inputs, findings), None
        if snapshot is not None:
            snapshot, history = read_history(inputs, snapshot, findings)
        read = read_plan(plan, snapshot, findings)
        has_certificate = certificate is not None and fits(certificate, findings)
        if snapshot is None or read is None:
            return
        self._read = snapshot, read
        _check_header(read, snapshot, inputs_sha256, findings)
        layers = read_layers(inputs, snapshot, findings)
        found = _check_plan(read, snapshot, history, layers, findings)
        if found is None:
            return
        totals, self._moved = found
        proven, bound = dict[str, Proven](), NOT_PROVED
        self._bounded = inputs, snapshot, history, totals
        if has_certificate:
            same = certificate["inputs_sha256"] == inputs_sha256
            findings.require(
                "HASH", "certificate.inputs_sha256", holds=same, message="was made from other inputs"
            )
            proven, bound = self.prove(certificate)
        check_stated_bounds(read, totals, proven, findings)
        cleared = [proven.get(own.id, Proven()).clearance_s for own in totals if own.clearance_s is not None]
        last = max((t for t in cleared if t is not None), default=None)
        check_joint(read, totals, snapshot.horizon_s, (bound, (last,)), findings)
        self._directions = tuple(_row(own, proven.get(own.id, Proven())) for own in totals)

    def prove(self, certificate: Any) -> tuple[dict[str, Proven], tuple[int | None, int | None]]:
        """Return what a certificate of the agreed shape proves by direction, and of all person-seconds.

        Every fault is noted. Nothing is proven beside a plan that cannot be understood.
        """
        if self._bounded is None:
            return {}, NOT_PROVED
        inputs, snapshot, history, totals = self._bounded
        left = snapshot if history is None else remaining(inputs, snapshot, history, self._findings)
        check = CertificateCheck(certificate, left, totals, self._findings)
        proven = check.proven()
        return proven, check.person_seconds(person_seconds(totals, left.horizon_s))

    def _check_aid(self, aid: Any) -> tuple[dict[str, Any], ...]:
        """Check the distribution beside the plan; return its totals, none if they cannot be had."""
        if self._read is None:
            return ()
        snapshot, read = self._read
        of = self._hashes["inputs_sha256"], self._hashes["plan_sha256"]
        return check_aid(aid, read, snapshot, of, self._findings, tables=(self._inputs, self._moved))

    def _check_before(self, previous: tuple[Any, bytes] | None) -> None:
        """Hold what had left against the distribution that was gone on from."""
        if self._read is None or "past" not in self._inputs.get("aid", {}):
            return
        if read_supplies(self._inputs, Findings()) is None:  # which was noted
            return
        earlier = None if previous is None else (previous[0], hashlib.sha256(previous[1]).hexdigest())
        check_before(self._inputs["aid"], earlier, self._read[0], self._findings)


def _hash(name: str, value: Any, data: bytes | None, findings: Findings) -> str:
    """Return the SHA-256 of a file, or of the canonical form of a value that came without one."""
    canonical = canonical_bytes(value)
    if data is None and canonical is not None:
        data = canonical
    if data is None:
        findings.add("CANONICAL", name, "cannot be written as canonical JSON")
        return ""
    written = data.removesuffix(b"\n") == canonical
    message = "is not canonical JSON: keys sorted, no spaces, whole numbers, UTF-8"
    findings.require("CANONICAL", name, holds=written, message=message)
    return hashlib.sha256(data).hexdigest()


def _check_header(plan: Plan, snapshot: Snapshot, inputs_sha256: str, findings: Findings) -> None:
    same = plan.raw["inputs_sha256"] == inputs_sha256
    findings.require("HASH", "plan.inputs_sha256", holds=same, message="was made from other inputs")
    for name, value in snapshot.header.items():
        message = f"states {shown(plan.raw[name])}, the inputs {shown(value)}"
        findings.require("HEADER", f"plan.{name}", holds=plan.raw[name] == value, message=message)


def _check_plan(
    plan: Plan,
    snapshot: Snapshot,
    history: History | None,
    layers: Mapping[str, Pieces] | None,
    findings: Findings,
) -> tuple[tuple[DirectionTotals, ...], list[Moved]] | None:
    """Check movements and totals; return totals and who arrived, or None where the plan is too large."""
    trips = list_trips(plan, snapshot)
    happens = travel(plan, trips, snapshot.roads, findings)
    if happens is None:
        return None
    if history is not None:
        check_history(history, plan, trips, happens, findings)
    check_movements(plan, trips, happens, snapshot, findings)
    check_flows(trips, happens, snapshot, findings)
    outcome = follow_people(plan, happens, snapshot, findings)
    check_carers(outcome.stages, snapshot, findings)
    totals = total_directions(outcome, snapshot)
    check_totals(plan, totals, findings)
    check_layers(plan, trips, snapshot, layers, findings)
    check_hold(plan, snapshot, findings)
    check_corridors(plan, snapshot, findings)
    return totals, outcome.moved


def _row(own: DirectionTotals, proof: Proven) -> dict[str, Any]:
    """Return a direction as `verification.json` shows it."""
    row = {
        field.name: getattr(own, field.name)
        for field in fields(own)
        if field.name not in {"demand_of", "served_of", "arrivals_of", "arrived_of"}
    }
    bound = proof.clearance_s if own.clearance_s is not None else None
    return row | {"clearance_bound_s": bound, "unserved_bound": proof.unserved}
