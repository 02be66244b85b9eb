"""The documents of a plan and the word of the independent verifier on their bytes."""

from __future__ import annotations

from typing import Any

from safepassage.formats import canonical_json, inputs_json, plan_json
from safepassage.planning import Planned
from safepassage_verify import Verdict, verify


def documents_of(planned: Planned) -> tuple[dict[str, bytes], tuple[Any, Any, Any, Any], Verdict]:
    """Return a plan's documents as bytes, as read back, and what the independent verifier says of them."""
    inputs = inputs_json.document(planned.problem)
    inputs_bytes = canonical_json.encode(inputs)
    digest = canonical_json.sha256(inputs_bytes)
    plan = plan_json.plan_document(planned.plan, inputs_sha256=digest)
    certificate = plan_json.certificate_document(planned.plan.certificate, inputs_sha256=digest)
    plan_bytes, certificate_bytes = canonical_json.encode(plan), canonical_json.encode(certificate)
    inputs, plan, certificate = (
        canonical_json.decode(b) for b in (inputs_bytes, plan_bytes, certificate_bytes)
    )
    verdict = verify(
        inputs, plan, certificate,
        inputs_bytes=inputs_bytes, plan_bytes=plan_bytes, certificate_bytes=certificate_bytes,
    )  # fmt: skip
    verification = verdict.record()
    documents = {
        "inputs": inputs_bytes, "plan": plan_bytes, "certificate": certificate_bytes,
        "verification": canonical_json.encode(verification),
    }  # fmt: skip
    return documents, (inputs, plan, certificate, verification), verdict
