"""Who makes plans side by side: this process, several, or a cluster."""

from __future__ import annotations

import argparse

from safepassage.casework.many_workers import Crew
from safepassage.domain.errors import SafePassageError


class CrewError(SafePassageError):
    """What was asked cannot be shared out among workers."""


def crew_of(options: argparse.Namespace) -> Crew:
    """Return who makes plans side by side, and runs a plan through worlds.

    Raises
    ------
    CrewError
        When there is nothing to share out, or a clock would decide which plans are made.
    """
    crew = Crew(workers=options.workers, cluster=options.cluster)
    plans = options.frontier is not None or options.under_worlds is not None
    if crew.is_many and not plans and options.worlds is None:
        raise CrewError(
            "--workers and --cluster share out plans and worlds: add --frontier, --under-worlds or --worlds."
        )
    if crew.is_many and plans and options.time_limit is not None:
        raise CrewError(
            "--time-limit goes by the clock of one machine: take --work-limit with --workers or --cluster."
        )
    return crew
