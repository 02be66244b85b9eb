"""What the log knows of movements and requests, as rows of the table `safeguards` for the plan audit."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Any

from safepassage.domain.access_work.request import AccessReply, RequestState
from safepassage.domain.movement.state import MovementState, Standing, confirmed, standings
from safepassage.domain.movement.words import Answer, Course, MovementKind, RecipientRole
from safepassage.domain.safeguard import SafeguardKind as Kind
from safepassage.formats.movement.movement_file import iso
from safepassage.formats.tables.schedule_rows import harmless

COLUMNS = ("id", "kind", "answer", "number", "party", "at", "text", "document")
_OVER = frozenset({Course.CANCELLED, Course.CLOSED, Course.NO_GO})
_WORDS = {
    Answer.AGREED: "yes",
    Answer.NOTED: "comment",
    Answer.COMMENT: "comment",
    Answer.OBJECTION: "objection",
}
"""Answer to the word of the table: who took note has answered and has not agreed."""


def write(states: Iterable[MovementState], requests: Iterable[RequestState]) -> bytes:
    """Return the rows as CSV, in order of movements and requests; what is over or cancelled has none."""
    stream = io.StringIO(newline="")
    table = csv.DictWriter(stream, COLUMNS, lineterminator="\n", restval="")
    table.writeheader()
    for state in states:
        if state.course not in _OVER:
            table.writerows(_shown(row) for row in _movement(state))
    table.writerows(_shown(_request(one)) for one in requests)
    return stream.getvalue().encode("utf-8")


def _shown(row: dict[str, Any]) -> dict[str, str]:
    return {key: harmless(value) if value else "" for key, value in row.items()}


def _row(state: MovementState, kind: Kind, *about: str, **more: Any) -> dict[str, Any]:
    return {"id": "-".join((state.id, kind.value, *about)), "kind": kind.value, **more}


def _movement(state: MovementState) -> Iterator[dict[str, Any]]:
    particulars = state.particulars
    if particulars.emergency:
        yield _row(state, Kind.EMERGENCY, answer="yes")
    if state.current.renewed_in > 1:
        renewed = next(one for one in state.revisions if one.number == state.current.renewed_in)
        yield _row(state, Kind.REVISION, number=renewed.number, at=iso(renewed.drafted.event.at_utc_s),
                   document=renewed.drafted.id)  # fmt: skip
    for one in standings(state):
        if one.recipient.role is RecipientRole.PARTY:
            yield from _party(state, one)
    if state.decided is not None:
        event = state.decided.event
        answer = "yes" if event.go else "no"
        yield _row(state, Kind.LEAD_DECISION, answer=answer, party=event.lead, at=iso(event.at_utc_s),
                   text=event.despite, document=state.decided.id)  # fmt: skip
    if particulars.kind is MovementKind.AGREED:
        yield _row(state, Kind.WHO_MAY_LEAVE, text=particulars.terms.who_may_leave)
        yield _row(state, Kind.AID_IN, text=particulars.terms.aid_in)


def _party(state: MovementState, one: Standing) -> Iterator[dict[str, Any]]:
    """Yield what a party was told of what counts now, and what it said; what was not read back is unknown.

    An answer to an earlier revision says which, since it may have come after the change. Others say none:
    they are those of one movement among several, each with revisions of its own.
    """
    name, party = one.recipient.id, one.recipient.name
    if one.sent is not None:
        told = state.sends(name, since=state.current.renewed_in)
        at = iso(told[0].event.at_utc_s) if told else ""
        document = (told[0] if told else one.sent).id
        yield _row(state, Kind.NOTIFICATION, name, party=party, at=at, document=document)
    if one.answer is not None:
        event = one.answer.event
        answer = _WORDS[event.answer] if confirmed(event) or one.objects else "unknown"
        number = event.revision if event.revision < state.current.renewed_in else ""
        document = event.reference or one.answer.id
        yield _row(state, Kind.ACKNOWLEDGEMENT, name, answer=answer, number=number, party=party,
                   at=iso(event.at_utc_s), text=event.text, document=document)  # fmt: skip
    if one.relayed is not None:
        relay = one.relayed.event
        answer = "unknown" if one.relay_is_stale else relay.units_told.value
        yield _row(state, Kind.RELAYED_TO_UNITS, name, answer=answer, party=party,
                   at=iso(relay.at_utc_s), text=relay.text, document=one.relayed.id)  # fmt: skip


def _request(one: RequestState) -> dict[str, Any]:
    asked = one.asked
    said = one.answer
    answer = "" if said is None else "no" if said.answer is AccessReply.NO else "yes"
    return {
        "id": f"request-{asked.request}", "kind": Kind.ACCESS_REQUEST.value, "answer": answer,
        "party": asked.organisation, "at": iso(asked.at_utc_s), "text": asked.purpose,
    }  # fmt: skip
