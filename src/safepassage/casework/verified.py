"""The documents of a plan and the word of the independent verifier on their bytes."""

from __future__ import annotations

from typing import Any

from safepassage.domain.aid.distribution import AidPlan
from safepassage.formats.containers import canonical_json
from safepassage.formats.plan import aid_json, inputs_json, plan_json
from safepassage.planning import Planned
from safepassage_verify import Checked, Verdict

Documented = tuple[dict[str, bytes], tuple[Any, Any, Any, Any], Verdict]
"""Documents as bytes, as read back, and what the independent verifier says of them."""


def documents_of(planned: Planned, aid: AidPlan | None = None) -> Documented:
    """Return a plan's documents with what the independent verifier says of them.

    The distribution of aid beside the plan, where there is one, is among the bytes and in the verdict.
    """
    return Checking(planned).with_aid(aid)


class Checking:
    """The documents of a plan, checked by the verifier before there is aid beside it."""

    def __init__(self, planned: Planned) -> None:
        inputs = inputs_json.document(planned.problem)
        inputs_bytes = canonical_json.encode(inputs)
        self._digest = canonical_json.sha256(inputs_bytes)
        plan = plan_json.plan_document(planned.plan, inputs_sha256=self._digest)
        certificate = plan_json.certificate_document(planned.plan.certificate, inputs_sha256=self._digest)
        self._documents = {
            "inputs": inputs_bytes, "plan": canonical_json.encode(plan),
            "certificate": canonical_json.encode(certificate),
        }  # fmt: skip
        inputs, plan, certificate = (canonical_json.decode(data) for data in self._documents.values())
        self._parsed = inputs, plan, certificate
        self._checked = Checked(
            inputs, plan, certificate, inputs_bytes=inputs_bytes, plan_bytes=self._documents["plan"],
            certificate_bytes=self._documents["certificate"],
        )  # fmt: skip

    def with_aid(self, aid: AidPlan | None) -> Documented:
        """Return everything, with the distribution of aid beside the plan if there is one."""
        beside = {} if aid is None else {"aid": self._aid_bytes(aid)}
        verdict = self._checked.verdict(
            canonical_json.decode(beside["aid"]) if beside else None, aid_bytes=beside.get("aid")
        )
        verification = verdict.record()
        documents = {**self._documents, "verification": canonical_json.encode(verification), **beside}
        return documents, (*self._parsed, verification), verdict

    def _aid_bytes(self, aid: AidPlan) -> bytes:
        plan_sha256 = canonical_json.sha256(self._documents["plan"])
        return canonical_json.encode(
            aid_json.document(aid, inputs_sha256=self._digest, plan_sha256=plan_sha256)
        )
