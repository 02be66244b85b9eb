"""The event store: entries are added by this office or taken over from others, never changed."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from safepassage.domain.errors import RefusedError, StoreError
from safepassage.domain.log.entry import NO_HASH, Draft, Entry, Sealed
from safepassage.formats.log import log_record
from safepassage.formats.log.log_chain import GENESIS, Row, log_name, row_for
from safepassage.store import keys, signing
from safepassage.store.backend import Backend

KEY_DELETED = "key.deleted"
UNDONE = "log.undone"
_OWN_LOG, _SEED, _SEED_OWNER = "own_log", "signing_seed", {"what": "signing seed"}
OWN_VALUES = (_OWN_LOG, _SEED)
"""The named values that make a store this office's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """Where an entry stands now; `repeated` when it stood there before."""

    id: str
    log: str
    seq: int
    hash: str
    repeated: bool = False


class EventStore:
    """One office's store over a backend; not for two threads at once.

    Parameters
    ----------
    backend
        Where the rows are kept.
    clock
        Gives the time of receipt, in milliseconds since 1970.
    """

    def __init__(self, backend: Backend, clock: Callable[[], int]) -> None:
        self.backend, self._clock = backend, clock
        own = backend.value(_OWN_LOG)
        self.log = own.decode("ascii") if own else ""
        self._own: tuple[str, ...] = ()

    def begin(self, *, org: str, by: str, why: str, continues: Mapping[str, Any] | None = None) -> str:
        """Open this office's own log with a new signing key; return its name.

        A restored store begins a new log: had the old one gone on after the backup, two histories of one
        name would exist.
        """
        with self.backend.transaction():
            seed = signing.new_seed()
            body = {
                "org": org,
                "public_key": signing.public_key(seed),
                "nonce": os.urandom(16).hex(),
                "continues": dict(continues or {}),
            }
            self.log = log_name(log_record.canonical(body))
            draft = Draft(id=f"open-{self.log}", org=org, by=by, why=why, kind=GENESIS, body=body)
            self._add(draft, 0, NO_HASH, self._seen())
            wrapped = keys.wrap(self._derived("signing"), seed, _SEED_OWNER)
            self.backend.set_value(_SEED, wrapped)
            self.backend.set_value(_OWN_LOG, self.log.encode("ascii"))
        return self.log

    def append(self, draft: Draft) -> Receipt:
        """Record one draft; it is on disk when this returns.

        Raises
        ------
        RefusedError
            When its id stands there with other content.
        StoreError
            When it could not be recorded; it may then be sent again.
        """
        (outcome,) = self.append_each([draft])
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def append_each(self, drafts: Sequence[Draft]) -> list[Receipt | RefusedError]:
        """Record drafts in one transaction; what is wrong with one stops no other.

        Raises
        ------
        StoreError
            When the storage failed; none was acknowledged.
        """
        if not self.log:
            raise StoreError("This store has no log of its own yet.")
        outcomes: list[Receipt | RefusedError] = []
        with self.backend.transaction():
            (size, head), seen = self.backend.last(self.log), self._seen()
            for draft in drafts:
                try:
                    found = self._stands(draft)
                    if found is None:
                        found = self._add(draft, size, head, seen)
                        size, head = found.seq, found.hash
                    outcomes.append(found)
                except RefusedError as fault:
                    outcomes.append(fault)
                except ValueError as fault:
                    outcomes.append(RefusedError(f"{fault}."))
        return outcomes

    def entries(self, log: str = "", *, after: int = 0) -> Generator[Entry]:
        """Yield the entries of a log (default: this office's own) in order."""
        for row in self.backend.rows(log or self.log, after=after):
            yield log_record.decode(row.record)

    def all_entries(self) -> Iterator[Entry]:
        """Yield the entries of all logs kept here, log by log."""
        for log in sorted(self.backend.lengths()):
            yield from self.entries(log)

    def own_logs(self) -> tuple[str, ...]:
        """Return this office's log, and those that it goes on from after a store was restored."""
        if self._own[:1] != (self.log,):
            found, log = [], self.log
            while log and log not in found:
                found.append(log)
                opening = next(self.entries(log), None)
                goes_on = opening.body.get("continues") if opening is not None else None
                log = str(goes_on.get("log", "")) if isinstance(goes_on, Mapping) else ""
            self._own = tuple(found)
        return self._own

    def own_with_id(self, entry_id: str) -> list[Row]:
        """Return what this office recorded under an id; what others did under the same is theirs."""
        own = self.own_logs()
        return [row for row in self.backend.with_id(entry_id) if row.log in own]

    def private(self, entry: Entry) -> dict[str, Any] | None:
        """Return the personal data of an entry; None where the key was deleted or is another office's."""
        if entry.sealed is None:
            return None
        _, wrapped = self.backend.wrapped_key(entry.org, entry.sealed.key_id)
        if wrapped is None:
            return None
        key = self._unwrapped(entry.org, entry.sealed.key_id, wrapped)
        return keys.unseal(key, entry.sealed, _belongs_to(entry))

    def undo(self, entry_id: str, *, by: str, why: str, org: str) -> Receipt:
        """Record that an entry is taken back; both stay.

        Raises
        ------
        StoreError
            When there is no such entry, or it opens a log.
        """
        found = self.backend.with_id(entry_id)
        if not found or found[0].kind in {GENESIS, KEY_DELETED}:
            raise StoreError(f"There is no entry {entry_id} that could be undone.")
        body = {"undone": [{"log": row.log, "seq": row.seq} for row in found]}
        said = log_record.canonical({"undoes": entry_id, "body": body, "org": org, "by": by, "why": why})
        draft = Draft(
            id=f"undo-{log_record.digest(said)[:40]}",
            org=org,
            by=by,
            why=why,
            kind=UNDONE,
            body=body,
            about=found[0].about,
            undoes=entry_id,
        )
        return self.append(draft)

    def delete_keys(self, org_keys: Iterable[tuple[str, str]], *, by: str, why: str) -> int:
        """Delete keys of personal data, so that what they seal can never be read again; record each.

        The entries stay, and the chain with them. Deletion and record are one transaction.
        """
        count = 0
        with self.backend.transaction():
            (size, head), seen = self.backend.last(self.log), self._seen()
            for org, key_id in org_keys:
                made, wrapped = self.backend.wrapped_key(org, key_id)
                if not made or wrapped is None:
                    continue
                self.backend.delete_key(org, key_id)
                body = {"org": org, "key_id": key_id}
                draft = Draft(
                    id=f"delete-key-{org}-{log_record.digest(key_id.encode())[:32]}",
                    org=org,
                    by=by,
                    why=why,
                    kind=KEY_DELETED,
                    body=body,
                )
                receipt = self._add(draft, size, head, seen)
                size, head, count = receipt.seq, receipt.hash, count + 1
        return count

    def keys_before(self, used_ms: int) -> list[tuple[str, str]]:
        """Return (organisation, key) of the keys that sealed nothing since a time and are not deleted."""
        every = self.backend.every_key()
        return [
            (org, key_id) for org, key_id, used, wrapped in every if used < used_ms and wrapped is not None
        ]

    def forget_keys(self, org_keys: Iterable[tuple[str, str]]) -> int:
        """Delete keys in a backup, without a record: its log must stay the beginning of the true one."""
        count = 0
        with self.backend.transaction():
            for org, key_id in org_keys:
                if self.backend.wrapped_key(org, key_id)[1] is not None:
                    self.backend.delete_key(org, key_id)
                    count += 1
        return count

    def seed(self) -> bytes:
        """Return the secret half of this office's signing key.

        Raises
        ------
        StoreError
            When the store has none, or the key is another.
        """
        wrapped = self.backend.value(_SEED)
        if wrapped is None:
            raise StoreError("This store has no signing key.")
        return keys.unwrap(self._derived("signing"), wrapped, _SEED_OWNER)

    def _stands(self, draft: Draft) -> Receipt | None:
        """Return where a draft already stands; refuse its id with other content."""
        for row in self.own_with_id(draft.id):
            entry = log_record.decode(row.record)
            if entry.org != draft.org:
                continue
            same = log_record.said_digest(entry) == log_record.draft_digest(draft)
            if same and entry.sealed is not None:
                known = self.private(entry)
                same = known is None or known == log_record.thawed(draft.private)
            if not same:
                raise RefusedError(f"The id {draft.id} stands in the log with other content: use a new one.")
            return Receipt(id=row.id, log=row.log, seq=row.seq, hash=row.hash, repeated=True)
        return None

    def _seen(self) -> tuple[tuple[str, int], ...]:
        """Return how long every other office's log is here."""
        lengths = self.backend.lengths()
        return tuple(sorted((log, length) for log, length in lengths.items() if log != self.log))

    def _add(self, draft: Draft, size: int, head: str, seen: tuple[tuple[str, int], ...]) -> Receipt:
        """Write one draft after the last entry, inside a transaction."""
        at_ms = self._clock()
        entry = Entry(
            log=self.log,
            seq=size + 1,
            prev=head,
            at_ms=at_ms,
            id=draft.id,
            org=draft.org,
            by=draft.by,
            why=draft.why,
            kind=draft.kind,
            body=draft.body,
            about=draft.about,
            undoes=draft.undoes,
            sensitivity=draft.sensitivity,
            sealed=self._sealed(draft, at_ms),
            seen=seen,
        )
        row = row_for(entry)
        self.backend.insert([row])
        self.written(entry)
        return Receipt(id=row.id, log=row.log, seq=row.seq, hash=row.hash)

    def written(self, entry: Entry) -> None:
        """Hear of an entry inside its transaction; it may still come to nothing."""

    def _sealed(self, draft: Draft, at_ms: int) -> Sealed | None:
        if not draft.private:
            return None
        made, wrapped = self.backend.wrapped_key(draft.org, draft.key_id)
        if made and wrapped is None:
            raise RefusedError(f"The key {draft.key_id} was deleted for good: use a new one.")
        if wrapped is None:
            key = os.urandom(keys.KEY_BYTES)
            wrapped = keys.wrap(self._org_key(draft.org), key, _key_owner(draft.org, draft.key_id))
        else:
            key = self._unwrapped(draft.org, draft.key_id, wrapped)
        self.backend.keep_key(draft.org, draft.key_id, at_ms, wrapped)
        belongs_to = {"log": self.log, "id": draft.id, "org": draft.org, "kind": draft.kind}
        return keys.seal(key, draft.key_id, draft.private, belongs_to)

    def _unwrapped(self, org: str, key_id: str, wrapped: bytes) -> bytes:
        return keys.unwrap(self._org_key(org), wrapped, _key_owner(org, key_id))

    def _org_key(self, org: str) -> bytes:
        return self._derived(f"organisation:{org}")

    def _derived(self, purpose: str) -> bytes:
        return keys.derived(self.backend.root, self.backend.salt, purpose)


def _belongs_to(entry: Entry) -> dict[str, str]:
    return {"log": entry.log, "id": entry.id, "org": entry.org, "kind": entry.kind}


def _key_owner(org: str, key_id: str) -> dict[str, str]:
    return {"org": org, "key_id": key_id}
