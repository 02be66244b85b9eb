"""What stands after the entries of the log: situation, ledger, roles, and the plan that counts."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import Any

from safepassage.domain.access import PERSON_SET, Person, people
from safepassage.domain.claims.ledger import (
    ClaimProposed,
    ClaimsLinked,
    GapAnswered,
    GapNoted,
    Ledger,
    ReportFiled,
)
from safepassage.domain.claims.ledger import Entry as LedgerEntry
from safepassage.domain.log.entry import Entry
from safepassage.domain.log.merge import merged, undone
from safepassage.domain.situation import Event
from safepassage.engines.hazard_picture import can_weigh
from safepassage.formats.containers.record_json import from_plain, to_plain
from safepassage.store.claims_events import CLAIMS_ENTRY
from safepassage.web.desk.kept_log import KeptLog
from safepassage.web.desk.packed_lines import PackedLines
from safepassage.web.desk.pool import Pool

SITUATION_EVENT = "situation.event"
PLAN_ACCEPTED = "plan.accepted"
SETTING_SET = "setting.set"
WEIGHING = frozenset({"without", "layer"})
"""Settings of the office that change what is planned with."""


def event_body(event: Event) -> dict[str, Any]:
    """Return a change of the situation as the body of an entry."""
    return {"line": json.dumps(to_plain(event), ensure_ascii=False, sort_keys=True)}


def read_event(body: Mapping[str, Any]) -> Event | None:
    """Return the change of the situation that a body holds, None where it holds none."""
    try:
        found: Event = from_plain(Event, json.loads(str(body.get("line", ""))))
    except (ValueError, RecursionError):
        return None
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """Who has which role, what the office has set, and the acceptance of the plan that counts."""

    persons: Mapping[str, Person] = field(default_factory=dict)
    settings: Mapping[str, str] = field(default_factory=dict)
    accepted: Entry | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What stands after `seq` entries of this office's log; `revision` changes with what weighs.

    What can change neither roads nor hazards (how many have left, say) needs no new plan. `lines` are the
    claims entries of the log, as a ledger file holds them.
    """

    seq: int = 0
    revision: int = 0
    ledger: Ledger = field(default_factory=Ledger)
    events: tuple[Event, ...] = ()
    lines: PackedLines = field(default_factory=PackedLines)
    office: Office = Office()

    @property
    def accepted(self) -> Entry | None:
        """The acceptance of the plan that counts."""
        return self.office.accepted


class Folding:
    """Keeps the state moved on; entries may come from any thread.

    The ledger is folded when somebody asks, so that many reports that come at once cost one fold; roles and
    settings, which every request asks for, at once. One that takes another back has everything folded anew.
    """

    def __init__(self, base: Ledger, log: KeptLog) -> None:
        self._base, self._lock, self._log = base, threading.RLock(), log
        self._pending: list[Entry] = []
        self._pool = Pool()
        self._others: tuple[Entry, ...] = ()
        self._state, self._office = State(ledger=base), Office()
        self._gone: frozenset[str] = frozenset()
        self._anew = False

    @property
    def entries(self) -> KeptLog:
        """The entries of this office's own log, in order; it only grows."""
        return self._log

    @property
    def size(self) -> int:
        """How many entries this office's log has."""
        return len(self._log)

    def entry(self, name: str) -> Entry | None:
        """Return the entry of this office's log with an id, None where there is none."""
        return self._log.with_id(name)

    def few(self) -> tuple[Entry, ...]:
        """Return the entries of all logs that hold no claims and stand, in the order that all agree on."""
        gone = self.gone()
        if not self._others:
            found: Iterable[Entry] = self._log.few()
        else:
            found = (e for e in merged([*self._log, *self._others]) if e.kind != CLAIMS_ENTRY)
        return tuple(e for e in found if not e.undoes and e.id not in gone)

    def take(self, entries: Iterable[Entry]) -> None:
        """Add what was recorded."""
        with self._lock:
            for entry in entries:
                self._log.take(entry)
                self._pending.append(entry)
                self._anew = self._anew or bool(entry.undoes)
                self._office = _office_after(self._office, entry)

    def office(self) -> Office:
        """Return who has which role and what is set now."""
        if self._anew:
            self.state()
        return self._office

    def take_others(self, entries: Iterable[Entry]) -> None:
        """Put the logs of other offices beside this one's."""
        with self._lock:
            self._others, self._anew = tuple(entries), True

    def gone(self) -> frozenset[str]:
        """Return the ids of entries that were taken back."""
        self.state()
        return self._gone

    def state(self) -> State:
        """Return what stands now."""
        with self._lock:
            if not self._anew:
                return self._moved_on()
        # The log is read from the store, whose writer waits for the fold: first its lock, then ours.
        with self._log.reading, self._lock:
            if self._anew:
                self._fold_anew()
            return self._moved_on()

    def at(self, seq: int) -> State:
        """Return what stood after so many entries of this office's log, without what was taken back."""
        entries = self._log[:seq]
        gone = undone(entries)
        kept = [entry for entry in entries if not entry.undoes and entry.id not in gone]
        moved = _moved(State(ledger=self._base), kept, Pool())
        return replace(moved, seq=len(entries), office=reduce(_office_after, kept, Office()))

    def _moved_on(self) -> State:
        if self._pending or self._state.seq != len(self._log) or self._state.office is not self._office:
            moved = _moved(self._state, self._pending, self._pool)
            self._state = replace(moved, seq=len(self._log), office=self._office)
            self._pending = []
        return self._state

    def _fold_anew(self) -> None:
        every = merged([*self._log, *self._others])
        self._gone = undone(every)
        kept = [entry for entry in every if not entry.undoes and entry.id not in self._gone]
        self._office = reduce(_office_after, kept, Office())
        fresh = State(ledger=self._base, revision=self._state.revision + 1)
        self._state = _moved(fresh, kept, self._pool)
        self._pending, self._anew = [], False


def _office_after(office: Office, entry: Entry) -> Office:
    """Return roles, settings and acceptance after one more entry."""
    if entry.kind == SETTING_SET:
        setting = {str(entry.body.get("name")): str(entry.body.get("value"))}
        return replace(office, settings={**office.settings, **setting})
    if entry.kind == PLAN_ACCEPTED:
        return replace(office, accepted=entry)
    if entry.kind == PERSON_SET:
        others = {name: p for name, p in office.persons.items() if name != entry.body.get("person")}
        return replace(office, persons={**others, **people([entry])})
    return office


def _moved(state: State, entries: list[Entry], pool: Pool) -> State:
    """Return ledger and situation after further entries; one that cannot be understood changes nothing."""
    lines = [entry for entry in entries if entry.kind == CLAIMS_ENTRY]
    found = [read_event(entry.body) for entry in entries if entry.kind == SITUATION_EVENT]
    events = tuple(event for event in found if event is not None)
    acts = [pool.shared(entry) for entry in _read(lines)]
    return replace(
        state, ledger=fitting(state.ledger, acts), events=(*state.events, *events),
        lines=state.lines.plus(str(entry.body.get("line", "")) for entry in lines),
        revision=state.revision + (bool(events) or any(map(_weighs, acts)) or any(map(_is_policy, entries))),
    )  # fmt: skip


def _read(entries: list[Entry]) -> list[LedgerEntry]:
    """Return the entries of a ledger that the claims entries of a log hold, but what cannot be read."""
    taken: list[LedgerEntry] = []
    for entry in entries:
        with suppress(ValueError, RecursionError):
            taken.append(from_plain(LedgerEntry, json.loads(str(entry.body.get("line", "")))))
    return taken


def _is_policy(entry: Entry) -> bool:
    return entry.kind == SETTING_SET and entry.body.get("name") in WEIGHING


def _weighs(entry: LedgerEntry) -> bool:
    """Tell whether what was done to the ledger can change a plan."""
    match entry.act:
        case ClaimProposed(claim=claim):
            return can_weigh(claim)
        case ReportFiled() | ClaimsLinked() | GapNoted() | GapAnswered():
            return False
        case _:
            return True


def fitting(ledger: Ledger, taken: list[LedgerEntry]) -> Ledger:
    """Return a ledger with those of further entries that fit."""
    try:
        return ledger.after(*taken)
    except ValueError:
        pass
    for fitting in taken:
        try:
            ledger = ledger.after(fitting)
        except ValueError:
            continue
    return ledger
