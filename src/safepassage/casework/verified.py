"""The documents of a plan and the word of the independent verifier on their bytes."""

from __future__ import annotations

from typing import Any

from safepassage.domain.aid.distribution import AidPlan
from safepassage.formats.containers import canonical_json
from safepassage.formats.plan import aid_json, inputs_json, plan_json
from safepassage.planning import Planned
from safepassage_verify import Verdict, verify


def documents_of(
    planned: Planned, aid: AidPlan | None = None
) -> tuple[dict[str, bytes], tuple[Any, Any, Any, Any], Verdict]:
    """Return a plan's documents as bytes, as read back, and what the independent verifier says of them.

    The distribution of aid beside the plan, where there is one, is among the bytes and in the verdict.
    """
    inputs = inputs_json.document(planned.problem)
    inputs_bytes = canonical_json.encode(inputs)
    digest = canonical_json.sha256(inputs_bytes)
    plan = plan_json.plan_document(planned.plan, inputs_sha256=digest)
    certificate = plan_json.certificate_document(planned.plan.certificate, inputs_sha256=digest)
    plan_bytes, certificate_bytes = canonical_json.encode(plan), canonical_json.encode(certificate)
    inputs, plan, certificate = (
        canonical_json.decode(b) for b in (inputs_bytes, plan_bytes, certificate_bytes)
    )
    beside = {} if aid is None else {"aid": _aid_bytes(aid, digest, plan_bytes)}
    verdict = verify(
        inputs, plan, certificate, canonical_json.decode(beside["aid"]) if beside else None,
        inputs_bytes=inputs_bytes, plan_bytes=plan_bytes, certificate_bytes=certificate_bytes,
        aid_bytes=beside.get("aid"),
    )  # fmt: skip
    verification = verdict.record()
    documents = {
        "inputs": inputs_bytes, "plan": plan_bytes, "certificate": certificate_bytes,
        "verification": canonical_json.encode(verification), **beside,
    }  # fmt: skip
    return documents, (inputs, plan, certificate, verification), verdict


def _aid_bytes(aid: AidPlan, inputs_sha256: str, plan_bytes: bytes) -> bytes:
    plan_sha256 = canonical_json.sha256(plan_bytes)
    return canonical_json.encode(aid_json.document(aid, inputs_sha256=inputs_sha256, plan_sha256=plan_sha256))
