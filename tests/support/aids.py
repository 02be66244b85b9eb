"""Plans with a distribution of aid, written down and verified."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any

from safepassage.domain.aid.distribution import AidPlan
from safepassage.domain.case import Case
from safepassage.domain.network import RoadNetwork
from safepassage.domain.situation import Event, Situation
from safepassage.formats.containers import canonical_json
from safepassage.formats.plan import aid_json, inputs_json, plan_json
from safepassage.planning import Announced, Planned, StoppingRule, make_plan
from safepassage.provisioning import provide, with_past
from safepassage_verify import Checked, Verdict

WORK = 200_000


@dataclass
class Provided:
    """The documents of a plan, as parsed JSON, and the distribution beside it."""

    inputs: Any
    plan: Any
    certificate: Any
    aid: Any
    value: AidPlan
    before: Provided | None = None

    def verdict(self, *, previous: bool = False) -> Verdict:
        """Verify the documents as they are now, the distribution with its hashes renewed.

        With `previous` what had left is held against the distribution that was gone on from.
        """
        data = [canonical_json.encode(value) for value in (self.inputs, self.plan, self.certificate)]
        aid = {**self.aid, "inputs_sha256": canonical_json.sha256(data[0])}
        aid["plan_sha256"] = canonical_json.sha256(data[1])
        checked = Checked(
            self.inputs, self.plan, self.certificate, inputs_bytes=data[0], plan_bytes=data[1],
            certificate_bytes=data[2],
        )  # fmt: skip
        earlier = self.before if previous else None
        before = None if earlier is None else (earlier.aid, canonical_json.encode(earlier.aid))
        return checked.verdict(aid, aid_bytes=canonical_json.encode(aid), previous=before)

    def codes(self) -> set[str]:
        """Return the codes of all violations."""
        return {violation.code for violation in self.verdict().violations}


def provided(case: Case, network: RoadNetwork, stop: StoppingRule | None = None) -> Provided:
    """Plan people and aid of a case."""
    planned = make_plan(network, Situation(case=case), stop=stop or StoppingRule(work=WORK))
    return _documents(planned, provide(case, planned.problem, planned.plan.schedule))


def gone_on(
    case: Case, network: RoadNetwork, now_s: int, *, later: Case | None = None, events: tuple[Event, ...] = ()
) -> tuple[Provided, Provided]:
    """Plan people and aid of a case, and once more in a second of the plan, by the case as it is `later`."""
    first, second = in_steps(case, network, (now_s, events), later=later)
    return first, second


def in_steps(
    case: Case, network: RoadNetwork, *steps: tuple[int, tuple[Event, ...]], later: Case | None = None
) -> list[Provided]:
    """Plan people and aid of a case, then go on in each of these seconds, with all events by then."""
    planned = make_plan(network, Situation(case=case), stop=StoppingRule(work=WORK))
    aid = provide(case, planned.problem, planned.plan.schedule)
    found, past = [_documents(planned, aid)], tuple[Event, ...]()
    for now_s, events in steps:
        past = (*past, *events)
        situation = Situation(case=later or case, events=past)
        announced = Announced(problem=planned.problem, schedule=planned.plan.schedule, now_s=now_s)
        planned = make_plan(network, situation, stop=StoppingRule(work=WORK), announced=announced)
        now = situation.current()
        sha256 = canonical_json.sha256(canonical_json.encode(found[-1].aid))
        planned = replace(planned, problem=with_past(planned.problem, now, aid, sha256))
        aid = provide(now, planned.problem, planned.plan.schedule, aid)
        found.append(replace(_documents(planned, aid), before=found[-1]))
    return found


def _documents(planned: Planned, value: AidPlan | None) -> Provided:
    assert value is not None
    inputs = canonical_json.encode(inputs_json.document(planned.problem))
    digest = canonical_json.sha256(inputs)
    plan = canonical_json.encode(plan_json.plan_document(planned.plan, inputs_sha256=digest))
    certificate = plan_json.certificate_document(planned.plan.certificate, inputs_sha256=digest)
    aid = aid_json.document(value, inputs_sha256=digest, plan_sha256=canonical_json.sha256(plan))
    parsed = (
        json.loads(d) for d in (inputs, plan, canonical_json.encode(certificate), canonical_json.encode(aid))
    )
    return Provided(*parsed, value)
