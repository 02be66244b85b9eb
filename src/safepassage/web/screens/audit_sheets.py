"""The sheet of a plan's audit at the desk: recorded with the acceptance, overridden rule by rule.

What leaves needs the same as on the command line: the sheet stands in the log with every override on it,
and no rule that is not kept is left without one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from safepassage.domain.access import Person
from safepassage.domain.audit_sheet import Override, holding
from safepassage.domain.log.entry import Draft
from safepassage.formats.containers import canonical_json
from safepassage.store import audits
from safepassage.web.desk.desk import Desk
from safepassage.web.desk.planner import MadePlan
from safepassage.web.screens.forms import FormError

NOT_RECORDED = "the audit of this plan does not stand in the log"


def sheet(desk: Desk, made: MadePlan, also: Mapping[str, Mapping[str, str]] | None = None) -> dict[str, Any]:
    """Return the sheet of a plan with the overrides that stand in the log, and further ones by rule."""
    found = made.document("audit")
    given = {**audits.overrides(desk.folding.few(), made.sha256), **(also or {})}
    rows = [
        {**row, "override": given.get(row["id"]) if row["verdict"] == "FAIL" else None}
        for row in found["findings"]
    ]
    return {**found, "findings": rows}


def holds(desk: Desk, made: MadePlan) -> tuple[str, ...]:
    """Return what holds a release up: rules that nobody overrode, or a sheet that nobody recorded."""
    now = sheet(desk, made)
    recorded = audits.is_recorded(desk.folding.few(), canonical_json.encode(now))
    return (*holding(now), *(() if recorded else (NOT_RECORDED,)))


def recording(desk: Desk, person: Person, made: MadePlan, *, why: str) -> list[Draft]:
    """Return what records the sheet as it stands now."""
    return audits.drafts(canonical_json.encode(sheet(desk, made)), org=desk.org, by=person.id, why=why)


def overriding(desk: Desk, person: Person, made: MadePlan, reasons: Mapping[str, str]) -> list[Draft]:
    """Return what records that a person takes responsibility for rules that are not kept, each with a reason.

    Raises
    ------
    FormError
        When no reason is given, or one for a rule that does not hold the plan up.
    """
    if not reasons:
        raise FormError("reason", "Give a reason for at least one rule.")
    strange = sorted(set(reasons) - set(holding(sheet(desk, made))))
    if strange:
        raise FormError("reason", f"{strange[0]} does not hold this plan up.")
    at = desk.now_iso()
    also = {
        rule: {"by": one.by, "reason": one.reason, "at": one.at}
        for rule, reason in sorted(reasons.items())
        for one in [Override(rule=rule, by=person.id, reason=reason, at=at)]
    }
    whole = canonical_json.encode(sheet(desk, made, also))
    why = f"responsibility was taken for {', '.join(also)}"
    return audits.drafts(whole, org=desk.org, by=person.id, why=why)
