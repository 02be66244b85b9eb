"""Plans under worlds for `plan --under-worlds`."""

from __future__ import annotations

import argparse
from typing import Any

from safepassage.casework.claims_seen import ClaimsInput
from safepassage.casework.worlds_asked import reported, voices
from safepassage.cli.plan.judged import chances_of
from safepassage.domain.errors import SafePassageError
from safepassage.domain.hedge import Care, HedgeSheet
from safepassage.domain.network import RoadNetwork
from safepassage.domain.situation import Situation
from safepassage.engines.worlds import Reported
from safepassage.formats.containers import canonical_json
from safepassage.formats.plan import hedge_json
from safepassage.hedged import Weighing, make_hedged
from safepassage.planning import Ground, Making, Planned

FRESH_FOR_EACH = 4


class HedgeError(SafePassageError):
    """Plans under worlds cannot be made from what was asked."""


def hedged_plan(
    network: RoadNetwork,
    situation: Situation,
    options: argparse.Namespace,
    claims: ClaimsInput | None,
    how: Making,
) -> tuple[HedgeSheet, Planned]:
    """Return plans under worlds side by side, and the one to write."""
    if options.frontier is not None or options.previous is not None:
        raise HedgeError("--under-worlds makes plans anew: leave out --frontier and --previous.")
    said = {} if claims is None else voices(claims.document)

    def told(ground: Ground) -> Reported:
        return reported([(row.kind, row.text, row.arcs, row.used) for row in ground.laid.modifications], said)

    weighing = Weighing(
        worlds=options.under_worlds, fresh=FRESH_FOR_EACH * options.under_worlds, care=Care(options.care),
        chances=chances_of(options), seed=options.seed,
    )  # fmt: skip
    return make_hedged(network, situation, weighing=weighing, reported=told, making=how)


def hedge_document(sheet: HedgeSheet | None, documents: dict[str, bytes]) -> dict[str, Any]:
    """Return plans under worlds, and add them to what is written; nothing without any."""
    if sheet is None:
        return {}
    found = hedge_json.document(
        sheet, inputs_sha256=canonical_json.sha256(documents["inputs"]),
        plan_sha256=canonical_json.sha256(documents["plan"]),
    )  # fmt: skip
    documents["hedge"] = canonical_json.encode(found)
    return found
