"""What differs between two states of the log: what was added, what fell away, what is set otherwise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from safepassage.domain.claims.ledger import Standing
from safepassage.formats.containers.record_json import to_plain
from safepassage.web.desk.folding import State
from safepassage.web.words.changes_said import event_said

ADDED, GONE, OTHER = "new", "gone", "otherwise"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One thing that is new, gone or otherwise, as it was and as it is."""

    how: str
    what: str
    before: str = ""
    after: str = ""


def differences(before: State, after: State) -> list[Difference]:
    """Return what differs between two states, claims first, the plan last."""
    return [
        *_of(_claims(before), _claims(after)),
        *_of(_events(before), _events(after)),
        *_of(dict(before.office.settings), dict(after.office.settings)),
        *_of(_people(before), _people(after)),
        *_of(_accepted(before), _accepted(after)),
    ]


def _of(before: dict[str, str], after: dict[str, str]) -> list[Difference]:
    found = []
    for what in [*before, *(key for key in after if key not in before)]:
        one, two = before.get(what), after.get(what)
        if one != two:
            how = ADDED if one is None else GONE if two is None else OTHER
            found.append(Difference(how=how, what=what, before=one or "", after=two or ""))
    return found


def _claims(state: State) -> dict[str, str]:
    return {f"“{s.claim.span.text[:160]}” ({s.claim.id})": _stands(s) for s in state.ledger.claims.values()}


def _stands(standing: Standing) -> str:
    claim = standing.claim
    grade = f"{claim.source_grade.letter}{claim.information_grade.number}"
    dropped = "" if standing.counts else ", does not count"
    return f"{str(standing.decision).replace('_', ' ')}, {grade}{dropped}"


def _events(state: State) -> dict[str, str]:
    """Return each change of the situation, in words, with when it was known."""
    found: dict[str, str] = {}
    for event in state.events:
        change: dict[str, Any] = to_plain(event.change)
        found[event_said(change)] = "reported"
    return found


def _people(state: State) -> dict[str, str]:
    return {
        person.id: f"{person.role}{'' if person.active else ', ended'}"
        for person in state.office.persons.values()
    }


def _accepted(state: State) -> dict[str, str]:
    accepted = state.accepted
    return {} if accepted is None else {"plan": str(accepted.body.get("plan_sha256", ""))[:12]}
