"""Rights as doors: what a person must be allowed to do to pass, and how far a person may read."""

from __future__ import annotations

from dataclasses import dataclass

from safepassage.domain.access import Operation, Person, may
from safepassage.domain.release import SensitivityClass


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """What a person must be allowed to do, up to which class, to pass; without an operation, be anybody.

    `open` doors are passed by everybody, signed in or not.
    """

    operation: Operation | None = None
    sensitivity: SensitivityClass = SensitivityClass.RESTRICTED
    open: bool = False

    def lets(self, person: Person | None, org: str) -> bool:
        """Tell whether a person may pass in an office of this organisation."""
        if self.open:
            return True
        if person is None or not person.active:
            return False
        return self.operation is None or may(person, self.operation, org=org, sensitivity=self.sensitivity)


ANYBODY = Door(open=True)
SIGNED_IN = Door()
READS_PARTNERS = Door(operation=Operation.READ, sensitivity=SensitivityClass.PARTNERS)
READS_PARTIES = Door(operation=Operation.READ, sensitivity=SensitivityClass.PARTIES)
READS_ALL = Door(operation=Operation.READ)
RECORDS = Door(operation=Operation.RECORD, sensitivity=SensitivityClass.PARTIES)
RECORDS_ALL = Door(operation=Operation.RECORD)
UNDOES = Door(operation=Operation.UNDO, sensitivity=SensitivityClass.PARTIES)
PLANS = Door(operation=Operation.PLAN)
APPROVES = Door(operation=Operation.APPROVE)
EXPORTS = Door(operation=Operation.EXPORT, sensitivity=SensitivityClass.PARTNERS)
EXPORTS_ALL = Door(operation=Operation.EXPORT)
EXCHANGES = Door(operation=Operation.EXCHANGE)
NOTIFIES = Door(operation=Operation.NOTIFY, sensitivity=SensitivityClass.PARTIES)
MANAGES = Door(operation=Operation.MANAGE_PEOPLE)


def reach(person: Person | None, org: str) -> SensitivityClass:
    """Return the highest class that a person may read in an office of this organisation."""
    classes = sorted(SensitivityClass, reverse=True)
    return next(
        (c for c in classes if may(person, Operation.READ, org=org, sensitivity=c)), SensitivityClass.PUBLIC
    )


def can(person: Person | None, door: Door, org: str) -> bool:
    """Tell whether a person may pass a door, for what a page offers."""
    return door.lets(person, org)
