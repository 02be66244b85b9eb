"""Who may do what: organisations, people and their roles, default deny; and the rules of sessions.

Numbers of sessions and attempts: OWASP ASVS 5.0.0 (chapters 6 and 7) leaves them to the project; ours are
those of comparable humanitarian systems.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from safepassage.domain.log.entry import Entry
from safepassage.domain.release import SensitivityClass

PERSON_SET = "access.person_set"
"""The kind of entry that gives a person a role, or ends it."""
_ID = re.compile(r"[a-z][a-z0-9._-]{0,63}")


class Role(StrEnum):
    """What a person is in an organisation."""

    PLANNER = "planner"
    APPROVER = "approver"
    LIAISON = "liaison"
    FIELD = "field"
    VIEWER = "viewer"


class Operation(StrEnum):
    """What can be done with the records of an organisation."""

    READ = "read"
    READ_PRIVATE = "read private"
    RECORD = "record"
    UNDO = "undo"
    PLAN = "plan"
    APPROVE = "approve"
    NOTIFY = "notify"
    EXPORT = "export"
    EXCHANGE = "exchange"
    PURGE = "purge"
    MANAGE_PEOPLE = "manage people"


_P, _S, _A, _R = SensitivityClass

_MAY: dict[Role, dict[Operation, SensitivityClass]] = {
    Role.PLANNER: {
        Operation.READ: _R,
        Operation.READ_PRIVATE: _R,
        Operation.RECORD: _R,
        Operation.UNDO: _R,
        Operation.PLAN: _R,
        Operation.EXPORT: _S,
    },
    Role.APPROVER: {
        Operation.READ: _R,
        Operation.UNDO: _R,
        Operation.APPROVE: _R,
        Operation.EXPORT: _R,
        Operation.EXCHANGE: _R,
        Operation.PURGE: _R,
        Operation.MANAGE_PEOPLE: _R,
    },
    Role.LIAISON: {
        Operation.READ: _A,
        Operation.RECORD: _A,
        Operation.UNDO: _A,
        Operation.NOTIFY: _A,
        Operation.EXPORT: _A,
    },
    # Phones are searched at checkpoints: who is in the field writes more than may be read back.
    Role.FIELD: {Operation.READ: _S, Operation.RECORD: _R},
    Role.VIEWER: {Operation.READ: _S},
}
MAY: Mapping[Role, Mapping[Operation, SensitivityClass]] = MappingProxyType(
    {role: MappingProxyType(allowed) for role, allowed in _MAY.items()}
)
"""Role to operation to the highest class it reaches in the own organisation; what is not listed is denied."""

ELSEWHERE: Mapping[Operation, SensitivityClass] = MappingProxyType({Operation.READ: _S})
"""What reaches into records of other organisations, and how far."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A person by function or short name, in one organisation, with one role; `active` until it ends."""

    id: str
    org: str
    role: Role
    active: bool = True

    def __post_init__(self) -> None:
        if not _ID.fullmatch(self.id) or not self.org:
            raise ValueError("a person is named by up to 64 small letters, digits, dots and dashes")


def may(person: Person | None, operation: Operation, *, org: str, sensitivity: SensitivityClass) -> bool:
    """Tell whether a person may do this with records of an organisation that hold this class."""
    if person is None or not person.active or not org:
        return False
    limit = MAY[person.role].get(operation)
    if limit is None:
        return False
    if person.org != org:
        elsewhere = ELSEWHERE.get(operation)
        return elsewhere is not None and sensitivity <= min(limit, elsewhere)
    return sensitivity <= limit


def people(entries: Iterable[Entry]) -> dict[str, Person]:
    """Return who has which role after these entries, by id; a later entry about a person counts.

    An entry that does not fit gives nobody anything.
    """
    found: dict[str, Person] = {}
    for entry in entries:
        if entry.kind != PERSON_SET:
            continue
        body = entry.body
        name = str(body.get("person", ""))
        found.pop(name, None)
        try:
            role, active = Role(str(body.get("role"))), body.get("active") is True
            found[name] = Person(id=name, org=entry.org, role=role, active=active)
        except ValueError:
            continue
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRules:
    """How long a session lasts and how its token is made; the token is stored hashed only."""

    idle_s: int = 30 * 60
    longest_s: int = 12 * 3600
    token_bytes: int = 32

    def is_over(self, *, begun_s: int, used_s: int, now_s: int) -> bool:
        """Tell whether a session has ended; a clock that went back ends it, too."""
        return (
            not begun_s <= used_s <= now_s
            or now_s - used_s >= self.idle_s
            or now_s - begun_s >= self.longest_s
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptRules:
    """How many attempts an account, and an address, have within a while."""

    most: int = 6
    within_s: int = 60

    def is_allowed(self, earlier_s: Iterable[int], *, now_s: int) -> bool:
        """Tell whether one more attempt may be made after those at these times."""
        return sum(now_s - self.within_s < at_s <= now_s for at_s in earlier_s) < self.most


SESSION_RULES = SessionRules()
ATTEMPT_RULES = AttemptRules()
SHORTEST_PASSWORD, LONGEST_PASSWORD = 12, 128
RECOVERY_CODES = 10
