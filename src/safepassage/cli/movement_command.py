"""`safepassage movement`: notify, record answers, follow a movement, look back on it."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from safepassage.cli import movement_copies, movement_events, movement_papers, movement_views
from safepassage.cli.outcome import Outcome

_Run = Callable[[argparse.Namespace], Outcome]
_ACTIONS: dict[str, _Run] = {
    "draft": movement_papers.draft,
    "revise": movement_papers.revise,
    "check": movement_papers.check,
    "submit": movement_events.submit,
    "consent": movement_events.consent,
    "send": movement_copies.send,
    "acknowledge": movement_events.acknowledge,
    "object": movement_events.object_,
    "relay": movement_events.relay,
    "go": movement_events.go,
    "no-go": movement_events.no_go,
    "depart": movement_events.depart,
    "waypoint": movement_events.waypoint,
    "arrive": movement_events.arrive,
    "abort": movement_events.abort,
    "incident": movement_events.incident,
    "escalate": movement_events.escalate,
    "cancel": movement_events.cancel,
    "close": movement_events.close,
    "undo": movement_events.undo,
    "status": movement_views.status,
    "no-reply": movement_views.no_reply,
    "overdue": movement_views.overdue,
    "safeguards": movement_views.safeguards,
    "copy": movement_copies.copy,
    "who-sees": movement_views.who_sees,
    "desk": movement_copies.desk,
}
ACTIONS = tuple(_ACTIONS)


def run(options: argparse.Namespace) -> Outcome:
    """Run one of the commands on movements."""
    return _ACTIONS[options.action](options)
