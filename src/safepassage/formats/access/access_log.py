"""Access requests, access incidents and referrals as entries of the log; referrals only sealed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from types import MappingProxyType
from typing import Any

from safepassage.domain.access_work import referral as ref
from safepassage.domain.access_work import request as req
from safepassage.domain.access_work.incident import AccessIncident
from safepassage.domain.errors import TransitionError
from safepassage.domain.log.entry import Draft, Entry
from safepassage.formats.containers.record_json import from_plain, to_plain
from safepassage.formats.log.log_record import canonical, digest, thawed

KINDS: Mapping[str, type[Any]] = MappingProxyType(
    {
        "request.made": req.AccessRequested,
        "request.answered": req.AccessAnswered,
        "request.closed": req.AccessClosed,
        "incident.recorded": AccessIncident,
        "referral.made": ref.ReferralMade,
        "referral.handed": ref.ReferralHanded,
        "referral.closed": ref.ReferralClosed,
    }
)
"""Kind of entry to what it holds."""
_WORDS = {kind: word for word, kind in KINDS.items()}


def draft(event: Any, *, org: str, by: str, why: str, key: str = "", after: int = 0) -> Draft:
    """Return the draft of an event; the record of a referral goes in sealed, under a key of its own.

    Deleting that key (`store purge --key-id referral:ID`) erases the record and leaves that there was one.
    """
    body, private, key_id = to_plain(event), {}, ""
    if isinstance(event, ref.ReferralMade):
        private = {"record": body.pop("record")}
        body |= {"kind": event.record.kind.value, "recipient": event.record.recipient}
        key_id = f"referral:{event.referral}"
    said = canonical({"body": body, "private": private, "by": by, "why": why, "after": after})
    name = getattr(event, "request", None) or getattr(event, "referral", None)
    word = _WORDS[type(event)]
    return Draft(
        id=key or f"access-{digest(said)[:40]}", org=org, by=by, why=why, kind=word, body=body,
        about=f"{word.partition('.')[0]}:{name}" if name else "", private=private, key_id=key_id,
    )  # fmt: skip


def requests(entries: Iterable[Entry]) -> dict[str, req.RequestState]:
    """Return every access request after standing entries."""
    found: list[req.AccessEvent] = list(_of(entries, "request."))
    return req.fold(found)


def incidents(entries: Iterable[Entry]) -> tuple[AccessIncident, ...]:
    """Return every access incident, by day."""
    found: list[AccessIncident] = list(_of(entries, "incident."))
    return tuple(sorted(found, key=lambda one: (one.day_utc_s, one.category, one.place, one.description)))


def _of(entries: Iterable[Entry], prefix: str) -> Iterable[Any]:
    for entry in entries:
        if entry.kind.startswith(prefix) and entry.kind in KINDS:
            with suppress(ValueError):
                yield from_plain(KINDS[entry.kind], thawed(entry.body))


def referrals(
    entries: Iterable[Entry], opened: Callable[[Entry], Mapping[str, Any] | None]
) -> dict[str, ref.ReferralState]:
    """Return every referral; `opened` gives the sealed part of an entry, or None where it cannot be read."""
    states: dict[str, ref.ReferralState] = {}
    for entry in entries:
        if entry.kind not in KINDS or not entry.kind.startswith("referral."):
            continue
        body = thawed(entry.body)
        with suppress(ValueError, TransitionError, KeyError):
            name = str(body["referral"])
            if entry.kind == "referral.made":
                states.setdefault(name, _made(name, body, opened(entry)))
            else:
                states[name] = ref.after(states.get(name), from_plain(KINDS[entry.kind], body))
    return states


def _made(name: str, body: Mapping[str, Any], private: Mapping[str, Any] | None) -> ref.ReferralState:
    record: ref.Referral | None = None
    if private is not None:
        record = from_plain(ref.Referral, thawed(private["record"]))
    return ref.ReferralState(
        id=name, kind=str(body["kind"]), recipient=str(body["recipient"]), made_utc_s=int(body["at_utc_s"]),
        record=record,
    )  # fmt: skip
