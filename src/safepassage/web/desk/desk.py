"""What the pages are about: one case that is worked on, everything recorded about it, and the planner."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from safepassage.casework.claims_seen import in_layer, on_roads
from safepassage.casework.reading import CaseInput, read_case_input
from safepassage.domain.access import Operation, Person, may
from safepassage.domain.case import Case
from safepassage.domain.claims.ledger import Ledger
from safepassage.domain.claims.picture import HazardPicture
from safepassage.domain.errors import RefusedError, SafePassageError, StorageError
from safepassage.domain.log.entry import Draft, Entry
from safepassage.domain.map_layers import MapLine
from safepassage.domain.movement.events import KINDS, NEEDS
from safepassage.domain.network import RoadNetwork
from safepassage.domain.release import SensitivityClass
from safepassage.domain.situation import Situation
from safepassage.domain.timed_network import LAYERS
from safepassage.engines.conflicts import conflicts
from safepassage.engines.hazard_picture import Roads
from safepassage.formats.case.case_clock import typed_clock
from safepassage.formats.case.case_times import Clock, iso_utc
from safepassage.formats.claims import claims_json, ledger_json
from safepassage.formats.facts.local_clock import LocalClock, Zone, instant
from safepassage.store import movement_events
from safepassage.store.audits import AUDITED, OVERRIDDEN
from safepassage.store.backend import Backend
from safepassage.store.claims_events import CLAIMS_ENTRY
from safepassage.store.event_store import Receipt
from safepassage.store.exports import EXPORT_MADE
from safepassage.web.desk.folding import PLAN_ACCEPTED, SETTING_SET, SITUATION_EVENT, Folding, Office, State
from safepassage.web.desk.hub import Hub
from safepassage.web.desk.journal import Journal
from safepassage.web.desk.packed_lines import packed
from safepassage.web.desk.plan_facts import PlanFacts
from safepassage.web.desk.planner import Order, Planner
from safepassage.web.desk.refusals import Refusals
from safepassage.web.desk.sessions import Attempts, Sessions
from safepassage.web.desk.waiting import outcome

CLAIMS = "claims.jsonl"
OPERATIONS: Mapping[str, Operation] = {
    PLAN_ACCEPTED: Operation.APPROVE, AUDITED: Operation.APPROVE, OVERRIDDEN: Operation.APPROVE,
    SETTING_SET: Operation.PLAN,
}  # fmt: skip
"""Kinds of entries that take more than recording."""
ORDERED_AFTER_S = 0.05
"""Reports that come within so long are planned with together."""
TAKEN_BACK = frozenset({CLAIMS_ENTRY, SITUATION_EVENT, SETTING_SET, PLAN_ACCEPTED, OVERRIDDEN})
"""Kinds of entries that can be taken back here, beside those of movements."""
RECORDED_WITHIN_S = 10.0
"""How long somebody waits for the disk before being told to try again."""


class DeskError(SafePassageError):
    """A case cannot be worked on in the pages; the message says why."""


class DeniedError(SafePassageError):
    """A person may not do this with what it holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A case as handed in: where it was read from, what was in it, and the claims it brings."""

    path: Path
    network_path: Path | None
    case: Case
    network: RoadNetwork
    background: tuple[MapLine, ...]
    ledger: Ledger

    @classmethod
    def read(cls, path: Path, network: Path | None) -> Given:
        """Read a case.

        Raises
        ------
        DeskError
            When it has faults that forbid to go on.
        FormatError
            When its network cannot be read.
        """
        found: CaseInput = read_case_input(path, network)
        if found.malformed or found.case is None or found.network is None:
            raise DeskError("The case has faults: run `safepassage check` to see them all.")
        own = path / CLAIMS
        data = own.read_bytes() if own.is_file() else b""
        ledger, _ = ledger_json.read(data, file=CLAIMS)
        return cls(
            path=path, network_path=network, case=found.case, network=found.network.network,
            background=found.background, ledger=ledger,
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """What the claims mean on the roads of the case at one state of the log; `case` is as it stands then."""

    revision: int
    picture: HazardPicture
    situation: Situation
    case: Case


@dataclass
class Desk:
    """One case that is worked on by one office.

    `open_roles` lets everybody on this computer take any role, for the example only; `kept` is whether
    what is recorded outlasts the program.
    """

    given: Given
    org: str
    clock_ms: Callable[[], int]
    open_roles: bool = False
    kept: bool = True
    sessions: Sessions = field(default_factory=Sessions)
    attempts: Attempts = field(default_factory=Attempts)
    facts: PlanFacts = field(default_factory=PlanFacts)
    folding: Folding = field(init=False)
    hub: Hub = field(init=False)
    journal: Journal = field(init=False)
    planner: Planner = field(init=False)
    refusals: Refusals = field(init=False)
    clock: LocalClock = field(init=False)
    started_ms: int = field(init=False)
    _roads: Roads = field(init=False)
    _base: bytes = field(init=False)
    _weighed: Weighed | None = None
    _said: tuple[int, dict[str, Any]] | None = None
    _lock: threading.RLock = field(default_factory=threading.RLock)
    _said_lock: threading.Lock = field(default_factory=threading.Lock)
    _ordered: int = -1
    _timer: threading.Timer | None = None

    @classmethod
    def over(
        cls, given: Given, backend: Backend, *, org: str, open_roles: bool = False, kept: bool = True,
        clock_ms: Callable[[], int] | None = None,
    ) -> Desk:  # fmt: skip
        """Return the desk of a case over what is recorded in a store that has a log of its own."""
        desk = cls(given, org, clock_ms or now_ms, open_roles, kept)
        desk.refusals = Refusals(desk.clock_ms)
        desk.clock = clock_of(given.case)
        desk._roads = Roads(given.network)
        desk._base = packed(ledger_json.write(given.ledger.entries))
        desk.journal = Journal(backend, desk.clock_ms, desk._heard)
        desk.folding = Folding(given.ledger, desk.journal.log)
        desk.hub = Hub(desk.journal.log)
        desk.planner = Planner(given.path, given.network_path, desk.hub.passing)
        desk.journal.store.tell()
        few = desk.folding.entries.few()
        desk.started_ms = few[0].at_ms if few else desk.clock_ms()
        desk.take_others()
        return desk

    def take_others(self) -> None:
        """Put the logs of other offices that the store holds beside this one's; nobody writes meanwhile."""
        store = self.journal.store
        others = [
            entry
            for log in sorted(store.backend.lengths())
            if log != store.log
            for entry in store.entries(log)
        ]
        if others:
            self.folding.take_others(others)
            self.hub.ring()

    @property
    def entered(self) -> Case:
        """The case as it was handed in."""
        return self.given.case

    @property
    def network(self) -> RoadNetwork:
        """The roads of the case."""
        return self.given.network

    @property
    def background(self) -> tuple[MapLine, ...]:
        """Lines for orientation."""
        return self.given.background

    def _heard(self, entries: list[Entry]) -> None:
        self.folding.take(entries)
        self.hub.ring()

    def close(self) -> None:
        """Stop the planner, write what is waiting, close the store."""
        with self._lock:
            if self._timer is not None:
                self._timer.cancel()
        self.planner.close()
        self.journal.close()

    def now_s(self) -> int:
        """Return the time by this computer, for sessions."""
        return self.clock_ms() // 1000

    def now_iso(self) -> str:
        """Return the time of the case: of the world, or of an exercise as long after its start as it runs."""
        if not self.given.case.exercise:
            return iso_utc(instant("1970-01-01T00:00:00Z") + timedelta(milliseconds=self.clock_ms()))
        run = timedelta(milliseconds=self.clock_ms() - self.started_ms)
        return iso_utc(instant(self.given.case.as_of) + run)

    def now_grid_s(self) -> int:
        """Return the second of the plan's hours that it is, 0 before they begin."""
        return min(max(0, self.clock.seconds(self.now_iso())), self.given.case.settings.horizon_s - 1)

    def typed_clock(self) -> Clock:
        """Return what understands times as people type them."""
        return typed_clock(self.given.case)

    def office(self) -> Office:
        """Return who has which role and what is set."""
        return self.folding.office()

    def state(self) -> State:
        """Return what stands after the last entry."""
        return self.folding.state()

    def situation(self) -> Situation:
        """Return the case as entered with the claims seen on its roads, and what happened since."""
        return self.weighed().situation

    def current(self) -> Case:
        """Return the case as it stands now."""
        return self.weighed().case

    def weighed(self) -> Weighed:
        """Return what the claims mean on the roads of the case; worked out once for each state."""
        with self._lock:
            state, held = self.state(), self._weighed
            if held is None or held.revision != state.revision:
                entered = in_layer(self.given.case, layer_of(state))
                picture, case = on_roads(state.ledger, entered, self._roads, without=without_of(state))
                situation = Situation(case=case, events=state.events)
                held = Weighed(
                    revision=state.revision, picture=picture, situation=situation, case=situation.current()
                )
                self._weighed = held
            return held

    def claims(self) -> dict[str, Any]:
        """Return all that is known of claims, as a document; worked out once for each state."""
        with self._said_lock:
            state, held = self.state(), self._said
            if held is None or held[0] != state.seq:
                ledger, picture = state.ledger, self.weighed().picture
                found = claims_json.document(
                    ledger, picture, conflicts(ledger), as_of=self.given.case.as_of,
                    without=without_of(state), made_from={},
                )  # fmt: skip
                held = self._said = (state.seq, found)
            return held[1]

    async def record(self, person: Person, draft: Draft) -> Receipt:
        """Record what a person did; it is on disk when this returns.

        Raises
        ------
        DeniedError
            When the person may not record what the draft holds.
        RefusedError
            When its id stands in the log with other content.
        StorageError
            When the disk failed or took too long; it may be sent again.
        """
        self.allow(person, [draft])
        try:
            return await outcome(self.journal.record(draft), RECORDED_WITHIN_S)
        except TimeoutError:
            raise StorageError("The disk is slow: it may or may not be recorded, send it again.") from None

    async def record_each(self, person: Person, drafts: Sequence[Draft]) -> list[Receipt]:
        """Record drafts in one transaction: a crash leaves all or none; all are on disk when this returns.

        Raises
        ------
        DeniedError, RefusedError, StorageError
            As `record`, for the first that could not be recorded.
        """
        self.allow(person, drafts)
        try:
            return await outcome(self.journal.record_together(drafts), RECORDED_WITHIN_S)
        except TimeoutError:
            raise StorageError("The disk is slow: it may or may not be recorded, send it again.") from None

    def may_take_back(self, person: Person, entry: Entry) -> bool:
        """Tell whether a person may take an entry back: what it says, and by whose right it was said.

        Roles are given and ended on the page for them, never by taking back; whoever takes back a taking back
        needs the right to what comes to stand again.
        """
        first = entry
        while first.undoes and (found := self.folding.entry(first.undoes)) is not None:
            first = found
        if first.kind not in TAKEN_BACK and first.kind not in KINDS:
            return False
        needed = (
            NEEDS[KINDS[first.kind]] if first.kind in KINDS else OPERATIONS.get(first.kind, Operation.UNDO)
        )
        # Whoever tells recipients may tell them what parties may know, and take back the same.
        limit = SensitivityClass.PARTIES if needed is Operation.NOTIFY else first.sensitivity
        return all(may(person, right, org=self.org, sensitivity=limit) for right in (Operation.UNDO, needed))

    def take_back(self, person: Person, entry_id: str, why: str) -> Receipt:
        """Record that an entry is taken back; both stay.

        Raises
        ------
        DeniedError
            When the person could not have recorded it.
        StoreError
            When there is no such entry, it opens a log, or later events of a movement rest on it.
        """
        store = self.journal.store
        with store.lock:
            entry = self.folding.entry(entry_id)
            if entry is not None and not self.may_take_back(person, entry):
                raise DeniedError("Your role does not take this back.")
            if entry is not None and entry.kind.startswith("movement."):
                return movement_events.take_back(store, entry_id, by=person.id, why=why)
            return store.undo(entry_id, by=person.id, why=why, org=self.org)

    def order_soon(self) -> None:
        """Have the planner plan what stands, unless the office plans by hand; many calls are one."""
        if self.office().settings.get("replan", "at once") != "at once":
            return
        with self._lock:
            if self._timer is not None:
                return
            self._timer = threading.Timer(ORDERED_AFTER_S, self._order_now)
            self._timer.daemon = True
            self._timer.start()

    def _order_now(self) -> None:
        with self._lock:
            self._timer = None
        self.order()

    def allow(self, person: Person, drafts: Sequence[Draft]) -> None:
        """Refuse what a person may not record.

        Raises
        ------
        DeniedError
            When a draft holds what the role does not record.
        """
        for draft in drafts:
            operation = OPERATIONS.get(draft.kind, Operation.RECORD)
            good = may(person, operation, org=draft.org, sensitivity=draft.sensitivity)
            if draft.kind == EXPORT_MADE and not good:
                # That something left is recorded by whoever may let things of its class leave.
                given = SensitivityClass[str(draft.body["class"])]
                good = may(person, Operation.EXPORT, org=draft.org, sensitivity=given)
            if not good:
                raise DeniedError("Your role does not record this.")

    def draft(
        self, person: Person, *, kind: str, body: dict[str, Any], why: str, id: str,  # noqa: A002
        about: str = "", sensitivity: SensitivityClass = SensitivityClass.RESTRICTED,
    ) -> Draft:  # fmt: skip
        """Return what a person did as a draft.

        Raises
        ------
        RefusedError
            When a field does not fit.
        """
        try:
            return Draft(
                id=id, org=self.org, by=person.id, why=why.strip() or "no reason was given", kind=kind,
                body=body, about=about, sensitivity=sensitivity,
            )  # fmt: skip
        except ValueError as fault:
            raise RefusedError(f"{fault}.") from None

    def order(self, *, again: bool = False, beside: int = 0) -> bool:
        """Have the planner plan what stands now, unless it does already; tell whether it was asked.

        With `beside`, have it look for up to so many plans to choose from instead.
        """
        state = self.state()
        with self._lock:
            if self._ordered == state.revision and not again:
                return False
            self._ordered = state.revision
        accepted = state.accepted
        kept = self.planner.plan(str(accepted.body.get("plan_sha256"))) if accepted else None
        self.planner.start(
            Order(
                revision=state.revision,
                ledger=(self._base, *state.lines.parts()),
                events=state.events,
                without=without_of(state),
                layer=layer_of(state),
                announced=kept,
                now_s=self.now_grid_s(),
                beside=beside,
            )
        )
        return True


def without_of(state: State) -> tuple[str, ...]:
    """Return what the office leaves out of its plans: claims, origins or outlets."""
    said = state.office.settings.get("without", "")
    return tuple(part.strip() for part in said.split(";") if part.strip())


def layer_of(state: State) -> str:
    """Return which figures of hazard the office plans with, "" for those that the case names."""
    said = state.office.settings.get("layer", "")
    return said if said in LAYERS else ""


def clock_of(case: Case) -> LocalClock:
    """Return what writes grid seconds in the zones of both sides."""
    labels: dict[int, list[str]] = {}
    for label, offset_s in case.time_zones:
        labels.setdefault(offset_s, []).append(label)
    zones = tuple(Zone(label=" and ".join(names), offset_s=offset) for offset, names in labels.items())
    return LocalClock(epoch=instant(case.epoch), zones=zones or (Zone(label="UTC", offset_s=0),))


def now_ms() -> int:
    """Return milliseconds since 1970 by this computer."""
    return time.time_ns() // 1_000_000
