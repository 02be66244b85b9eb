"""The numbers of handling and driving that a case sets for aid."""

from __future__ import annotations

from safepassage.domain.aid.distribution import AidRules
from safepassage.domain.case import Case


def rules_of(case: Case) -> AidRules:
    """Return the rules that a distribution of aid is planned by."""
    settings = case.settings
    return AidRules(
        weights=(
            settings.weight_priority_1, settings.weight_priority_2, settings.weight_priority_3,
            settings.weight_priority_4,
        ),
        headway_s=settings.truck_headway_s,
        convoy_slack_s=settings.convoy_slack_s if any(row.convoy for row in case.trucks) else -1,
    )  # fmt: skip
