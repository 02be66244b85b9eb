"""People and their roles as entries of the log; passwords and recovery codes sealed with them."""

from __future__ import annotations

from typing import Any

from safepassage.domain.access import PERSON_SET, Person, Role, people
from safepassage.domain.errors import StoreError
from safepassage.domain.log.entry import Draft
from safepassage.domain.log.merge import undone
from safepassage.formats.log.log_record import canonical, digest
from safepassage.store import passwords
from safepassage.store.event_store import EventStore, Receipt


def set_person(
    store: EventStore, person: Person, *, by: str, why: str, password: str = ""
) -> tuple[Receipt, tuple[str, ...]]:
    """Give a person a role, or end it; with a password, return new recovery codes to be written down.

    A new password ends the old one and its codes; without one, the sealed part of before is kept.

    Raises
    ------
    StoreError
        When it could not be recorded.
    """
    codes: tuple[str, ...] = ()
    private = dict(_private(store, person.id) or {})
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


def everybody(store: EventStore) -> dict[str, Person]:
    """Return who has which role by this office's own log."""
    entries = list(store.entries())
    gone = undone(entries)
    return people(entry for entry in entries if entry.id not in gone)


def signed_in(store: EventStore, name: str, password: str) -> Person | None:
    """Return the person whose name and password these are, with the same effort if there is none."""
    person = everybody(store).get(name)
    private = _private(store, name) if person is not None and person.active else None
    known = private.get("password") if private else None
    return person if passwords.fits(password, known) else None


def recovered(store: EventStore, name: str, code: str, new_password: str) -> tuple[str, ...]:
    """Set a new password with a recovery code, which is used up with all others; return new codes.

    Raises
    ------
    StoreError
        When the code is none of this person's, or the password does not fit.
    """
    person = everybody(store).get(name)
    private = _private(store, name) if person is not None and person.active else None
    hashes = tuple(private.get("codes", ())) if private else ()
    if person is None or passwords.used_code(code, hashes) is None:
        raise StoreError("The name or the code is wrong.")
    _, codes = set_person(store, person, by=name, why="recovered with a code", password=new_password)
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


def _private(store: EventStore, name: str) -> dict[str, Any] | None:
    entries, found = list(store.entries()), None
    gone = undone(entries)
    for entry in entries:
        if entry.kind == PERSON_SET and entry.id not in gone and entry.body.get("person") == name:
            found = entry
    return None if found is None else store.private(found)
