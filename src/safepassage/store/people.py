"""People and their roles as entries of the log; passwords and recovery codes sealed with them.

Whoever holds the entries that are no claims hands them in as `among`, so that the log need not be read.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from safepassage.domain.access import PERSON_SET, Person, Role, people
from safepassage.domain.errors import StoreError
from safepassage.domain.log.entry import Draft, Entry
from safepassage.domain.log.merge import undone
from safepassage.formats.log.log_record import canonical, digest
from safepassage.store import passwords
from safepassage.store.event_store import EventStore, Receipt


def set_person(
    store: EventStore, person: Person, *, by: str, why: str, password: str = "",
    among: Iterable[Entry] | None = None,
) -> tuple[Receipt, tuple[str, ...]]:  # fmt: skip
    """Give a person a role, or end it; with a password, return new recovery codes to be written down.

    A new password ends the old one and its codes; without one, the sealed part of before is kept.

    Raises
    ------
    StoreError
        When it could not be recorded.
    """
    codes: tuple[str, ...] = ()
    private = dict(_private(store, person.id, among) or {})
    if password:
        codes, hashes = passwords.recovery_codes()
        private = {"password": passwords.hashed(password), "codes": list(hashes)}
    body = {"person": person.id, "role": person.role.value, "active": person.active}
    said = {"body": body, "private": private, "after": store.backend.last(store.log)[0]}
    draft = Draft(
        id=f"person-{digest(canonical(said))[:40]}",
        org=person.org,
        by=by,
        why=why,
        kind=PERSON_SET,
        body=body,
        about=f"person:{person.id}",
        private=private,
        key_id=f"person:{person.id}" if private else "",
    )
    return store.append(draft), codes


def everybody(store: EventStore, among: Iterable[Entry] | None = None) -> dict[str, Person]:
    """Return who has which role by this office's own log."""
    return people(_standing(store, among))


def signed_in(
    store: EventStore, name: str, password: str, among: Iterable[Entry] | None = None
) -> Person | None:
    """Return the person whose name and password these are, with the same effort if there is none."""
    kept = _standing(store, among)
    fits = passwords.fits(password, known_hash(store, name, kept))
    return people(kept).get(name) if fits else None


def known_hash(store: EventStore, name: str, among: Iterable[Entry] | None = None) -> str | None:
    """Return the hash of a person's password, None where nobody active has this name or it has none."""
    kept = _standing(store, among)
    person = people(kept).get(name)
    private = _private(store, name, kept) if person is not None and person.active else None
    known = private.get("password") if private else None
    return known if isinstance(known, str) else None


def recovered(
    store: EventStore, name: str, code: str, new_password: str, among: Iterable[Entry] | None = None
) -> tuple[str, ...]:
    """Set a new password with a recovery code, which is used up with all others; return new codes.

    Raises
    ------
    StoreError
        When the code is none of this person's, or the password does not fit.
    """
    kept = _standing(store, among)
    person = people(kept).get(name)
    private = _private(store, name, kept) if person is not None and person.active else None
    hashes = tuple(private.get("codes", ())) if private else ()
    if person is None or passwords.used_code(code, hashes) is None:
        raise StoreError("The name or the code is wrong.")
    _, codes = set_person(
        store, person, by=name, why="recovered with a code", password=new_password, among=kept
    )
    return codes


def role_named(text: str) -> Role:
    """Return a role by its name.

    Raises
    ------
    StoreError
        When there is none.
    """
    try:
        return Role(text)
    except ValueError:
        raise StoreError(f"There is no role {text!r}: choose from {', '.join(Role)}.") from None


def _standing(store: EventStore, among: Iterable[Entry] | None) -> list[Entry]:
    """Return the entries about people that were not taken back; a long log is read and not kept."""
    entries = store.entries() if among is None else among
    few = [entry for entry in entries if entry.kind == PERSON_SET or entry.undoes]
    gone = undone(few)
    return [entry for entry in few if entry.kind == PERSON_SET and entry.id not in gone]


def _private(store: EventStore, name: str, among: Iterable[Entry] | None) -> dict[str, Any] | None:
    """Return the sealed part of the last entry about a person, None where there is none."""
    found = [entry for entry in _standing(store, among) if entry.body.get("person") == name]
    return store.private(found[-1]) if found else None
