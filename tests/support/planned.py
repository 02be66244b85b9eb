"""Plans a case, has the plan verified from its bytes, and reads off what happens in it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from safepassage.domain.case import Case
from safepassage.domain.network import RoadNetwork
from safepassage.domain.situation import Situation
from safepassage.engines.overlay import overlay
from safepassage.formats.containers import canonical_json
from safepassage.formats.plan import inputs_json, plan_json
from safepassage.planning import Planned, StoppingRule, make_plan
from safepassage_verify import Verdict, verify

WORK = 10**7


@dataclass(frozen=True)
class Checked:
    """A plan with its documents, as bytes and parsed, and the verifier's word on them."""

    planned: Planned
    files: dict[str, bytes]
    verdict: Verdict

    @property
    def plan(self) -> dict[str, Any]:
        return json.loads(self.files["plan"])

    @property
    def inputs(self) -> dict[str, Any]:
        return json.loads(self.files["inputs"])

    @property
    def certificate(self) -> dict[str, Any]:
        return json.loads(self.files["certificate"])

    def direction(self, name: str) -> dict[str, Any]:
        ids = [row["id"] for row in self.inputs["directions"]]
        return self.plan["directions"][ids.index(name)]

    def reasons(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for row in self.plan["unserved"]:
            found[row["reason"]] = found.get(row["reason"], 0) + row["persons"]
        return found

    def departures(self, place: str) -> list[int]:
        streams = [c for c in self.plan["cars"] if c["place"] == place]
        return sorted(row[0] for stream in streams for row in stream["departures"])


def planned(
    sketch_or_case: Any, network: RoadNetwork | None = None, *, work: int = WORK, seed: int = 0
) -> Checked:
    """Plan a sketch, or a case on a network, and verify what was written."""
    case: Case = sketch_or_case if isinstance(sketch_or_case, Case) else sketch_or_case.case()
    network = network or sketch_or_case.network()
    found = make_plan(network, Situation(case=case), stop=StoppingRule(work=work), seed=seed)
    files = written(found)
    return Checked(found, files, verdict_on(files))


def written(found: Planned) -> dict[str, bytes]:
    """Return the bytes of inputs, plan and certificate."""
    inputs = canonical_json.encode(inputs_json.document(found.problem))
    digest = canonical_json.sha256(inputs)
    return {
        "inputs": inputs,
        "plan": canonical_json.encode(plan_json.plan_document(found.plan, inputs_sha256=digest)),
        "certificate": canonical_json.encode(
            plan_json.certificate_document(found.plan.certificate, inputs_sha256=digest)
        ),
    }


def verdict_on(files: dict[str, bytes]) -> Verdict:
    """Return what the verifier says of written files."""
    return verify(
        *(json.loads(files[name]) for name in ("inputs", "plan", "certificate")),
        inputs_bytes=files["inputs"], plan_bytes=files["plan"], certificate_bytes=files["certificate"],
    )  # fmt: skip


def accepted(sketch_or_case: Any, network: RoadNetwork | None = None, **more: Any) -> Checked:
    """Plan, and insist that the verifier accepts the plan."""
    found = planned(sketch_or_case, network, **more)
    assert found.verdict.violations == ()
    assert found.verdict.verified
    return found


def laid(sketch: Any) -> Any:
    """Return the overlay of a sketch."""
    return overlay(sketch.network(), sketch.case())
