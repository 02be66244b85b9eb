"""Who makes plans side by side: this process, several, or a cluster."""

from __future__ import annotations

import argparse

from safepassage.casework.many_workers import Crew
from safepassage.domain.errors import SafePassageError


class CrewError(SafePassageError):
    """What was asked cannot be shared out among workers."""


def crew_of(options: argparse.Namespace, *, plans: bool) -> Crew:
    """Return who makes plans side by side.

    Raises
    ------
    CrewError
        When there are no plans to share out, or a clock would decide what they are.
    """
    crew = Crew(workers=options.workers, cluster=options.cluster)
    if crew.is_many and not plans:
        raise CrewError("--workers and --cluster share out plans: add --frontier or --under-worlds.")
    if crew.is_many and options.time_limit is not None:
        raise CrewError(
            "--time-limit goes by the clock of one machine: take --work-limit with --workers or --cluster."
        )
    return crew
