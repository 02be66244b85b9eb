"""Who may do what: the whole matrix of role, organisation, operation and class; sessions and passwords."""

from __future__ import annotations

import itertools

import pytest

from safepassage.domain import access
from safepassage.domain.access import MAY, AttemptRules, Operation, Person, Role, SessionRules, may
from safepassage.domain.errors import RefusedError, StoreError
from safepassage.domain.log.classes import ENTRY_CLASSES, highest_class, shown
from safepassage.domain.release import FIELD_CLASSES, SensitivityClass, class_of
from safepassage.store import passwords, people
from safepassage.store.event_store import EventStore
from safepassage.store.memory import MemoryBackend
from tests.support.stores import begun, draft, ticking

CLASSES = list(SensitivityClass)
MATRIX = list(itertools.product(Role, Operation, CLASSES, ("own", "other")))

# Written down once more, by hand: what each role reaches in its own organisation.
REACH = {
    Role.PLANNER: {"read": 3, "read private": 3, "record": 3, "undo": 3, "plan": 3, "export": 1},
    Role.APPROVER: {
        "read": 3,
        "undo": 3,
        "approve": 3,
        "export": 3,
        "exchange": 3,
        "purge": 3,
        "manage people": 3,
    },
    Role.LIAISON: {"read": 2, "record": 2, "undo": 2, "notify": 2, "export": 2},
    Role.FIELD: {"read": 1, "record": 3},
    Role.VIEWER: {"read": 1},
}


def test_the_matrix_is_what_was_agreed():
    for role, operation, sensitivity, where in MATRIX:
        person = Person(id="a", org="red", role=role)
        expected = sensitivity <= REACH[role].get(operation.value, -1)
        if where == "other":
            expected = expected and operation is Operation.READ and sensitivity <= SensitivityClass.PARTNERS
        org = {"own": "red", "other": "blue"}[where]
        found = may(person, operation, org=org, sensitivity=sensitivity)
        assert found is expected, (role, operation, sensitivity, where)


def test_nobody_and_those_who_left_may_nothing():
    for role, operation, sensitivity, _ in MATRIX:
        gone = Person(id="a", org="red", role=role, active=False)
        assert not may(gone, operation, org="red", sensitivity=sensitivity)
        assert not may(Person(id="a", org="red", role=role), operation, org="", sensitivity=sensitivity)
        assert not may(None, operation, org="red", sensitivity=sensitivity)


def test_whoever_plans_does_not_approve_and_only_approvers_purge():
    assert Operation.APPROVE not in MAY[Role.PLANNER]
    assert Operation.PLAN not in MAY[Role.APPROVER]
    assert [role for role in Role if Operation.PURGE in MAY[role]] == [Role.APPROVER]


def test_no_field_is_shown_above_the_readers_class():
    for kind, fields in ENTRY_CLASSES.items():
        body = dict.fromkeys([*fields, "untagged"], "canary")
        for limit in CLASSES:
            seen = shown(kind, body, limit)
            assert all(fields.get(name, SensitivityClass.RESTRICTED) <= limit for name in seen)
            assert ("untagged" in seen) is (limit is SensitivityClass.RESTRICTED)
    assert shown("nobody.knows", {"x": 1}, SensitivityClass.PARTIES) == {}


def test_an_entry_is_as_sensitive_as_its_highest_field():
    assert highest_class("export.made", {"class": "PUBLIC"}) is SensitivityClass.PUBLIC
    assert highest_class("export.made", {"class": "PUBLIC", "files": []}) is SensitivityClass.RESTRICTED
    assert highest_class("nobody.knows", {"x": 1}) is SensitivityClass.RESTRICTED
    with pytest.raises(ValueError, match="at least that of each"):
        draft(1, sensitivity=SensitivityClass.PARTIES)
    draft(1, body={}, sensitivity=SensitivityClass.PUBLIC)


@pytest.fixture
def store():
    return begun(MemoryBackend(bytes(32), bytes(16)))


def give(store, name, role, password="", active=True):
    person = Person(id=name, org="red", role=role, active=active)
    return people.set_person(store, person, by="lead", why="duty", password=password)


def test_roles_are_a_fold_of_the_log_and_the_last_word_counts(store):
    give(store, "anna", Role.PLANNER)
    receipt, _ = give(store, "anna", Role.APPROVER)
    assert people.everybody(store)["anna"].role is Role.APPROVER
    store.undo(receipt.id, by="lead", why="wrong person", org="red")
    assert people.everybody(store)["anna"].role is Role.PLANNER
    give(store, "anna", Role.PLANNER, active=False)
    assert not people.everybody(store)["anna"].active


@pytest.mark.parametrize(
    "body",
    [
        {"person": "anna", "role": "king", "active": True},
        {"person": "anna", "role": "planner", "active": 1},
        {"person": "Anna B", "role": "planner", "active": True},
        {"role": "planner", "active": True},
        {},
    ],
)
def test_an_entry_that_does_not_fit_gives_nobody_anything(store, body):
    give(store, "anna", Role.VIEWER)
    store.append(draft(1, kind=access.PERSON_SET, body=body))
    found = people.everybody(store)
    assert all(not one.active or one.role is Role.VIEWER for one in found.values())


def test_a_person_signs_in_with_the_last_password_only(store):
    give(store, "anna", Role.PLANNER, "a long first password")
    assert people.signed_in(store, "anna", "a long first password").role is Role.PLANNER
    give(store, "anna", Role.PLANNER, "a long second password")
    assert people.signed_in(store, "anna", "a long first password") is None
    assert people.signed_in(store, "anna", "a long second password") is not None
    assert people.signed_in(store, "boris", "a long second password") is None
    give(store, "anna", Role.PLANNER, active=False)
    assert people.signed_in(store, "anna", "a long second password") is None


def test_a_new_password_that_was_taken_back_is_none(store):
    give(store, "anna", Role.PLANNER, "a long first password")
    receipt, _ = give(store, "anna", Role.PLANNER, "a long second password")
    store.undo(receipt.id, by="lead", why="not her", org="red")
    assert people.signed_in(store, "anna", "a long second password") is None
    assert people.signed_in(store, "anna", "a long first password") is not None


def test_a_change_of_role_keeps_the_password(store):
    give(store, "anna", Role.PLANNER, "a long first password")
    give(store, "anna", Role.VIEWER)
    assert people.signed_in(store, "anna", "a long first password").role is Role.VIEWER


def test_passwords_and_codes_stand_nowhere_in_the_open(store):
    _, codes = give(store, "anna", Role.PLANNER, "a long first password")
    records = b"".join(row.record for row in store.backend.rows(store.log))
    assert b"argon2" not in records
    assert b"first password" not in records
    assert not any(code.encode() in records for code in codes)


def test_a_recovery_code_sets_a_password_once(store):
    _, codes = give(store, "anna", Role.PLANNER, "a long first password")
    people.recovered(store, "anna", codes[3].upper(), "a long second password")
    assert people.signed_in(store, "anna", "a long second password") is not None
    for name, code in (("anna", codes[3]), ("boris", codes[4]), ("anna", "")):
        with pytest.raises(StoreError, match="wrong"):
            people.recovered(store, name, code, "a long third password")


@pytest.mark.parametrize("password", ["", "short", "x" * 129])
def test_a_password_has_a_length(password):
    with pytest.raises(RefusedError):
        passwords.hashed(password)


def test_nobodys_hash_fits_nothing_and_costs_the_same():
    assert "m=19456,t=2,p=1" in passwords._NOBODY
    assert not passwords.fits("", None)
    assert not passwords.fits("anything", None)
    assert not passwords.fits("anything", "no hash at all")
    assert passwords.hashed("a long first password").startswith("$argon2id$v=19$m=19456,t=2,p=1$")


@pytest.mark.parametrize(
    ("used_s", "now_s", "over"),
    [
        (0, 0, False),
        (0, 1799, False),
        (0, 1800, True),
        (43_000, 43_199, False),
        (43_100, 43_200, True),
        (0, -1, True),
    ],
)
def test_a_session_ends_when_idle_or_old_or_when_the_clock_goes_back(used_s, now_s, over):
    assert SessionRules().is_over(begun_s=0, used_s=used_s, now_s=now_s) is over


@pytest.mark.parametrize(
    ("earlier_s", "allowed"),
    [([], True), ([41] * 5, True), ([41] * 6, False), ([40] * 6, True), ([40] * 6 + [41] * 5, True)],
)
def test_attempts_are_counted_within_a_minute(earlier_s, allowed):
    assert AttemptRules().is_allowed(earlier_s, now_s=100) is allowed


def test_the_store_of_another_root_reads_no_password(store):
    give(store, "anna", Role.PLANNER, "a long first password")
    twin = store.backend.twin()
    twin.root = b"x" * 32
    with pytest.raises(StoreError):
        people.signed_in(EventStore(twin, ticking()), "anna", "a long first password")


def test_no_role_of_no_organisation_reaches_a_field_above_its_class():
    """Every field of every document and entry: allowed exactly where the table by hand allows its class."""
    fields = [
        (f"{noun}.{field}", cls)
        for table in (FIELD_CLASSES, ENTRY_CLASSES)
        for noun, row in table.items()
        for field, cls in row.items()
    ]
    fields += [
        ("plan.unheard_of", class_of("plan", "unheard_of")),
        ("new.kind", highest_class("new.kind", {"x": 1})),
    ]
    tried = 0
    for (name, cls), role, operation, org in itertools.product(fields, Role, Operation, ("red", "blue")):
        person = Person(id="a", org="red", role=role)
        reach = REACH[role].get(operation.value, -1)
        if org == "blue":
            reach = min(reach, 1) if operation is Operation.READ else -1
        assert may(person, operation, org=org, sensitivity=cls) is (cls <= reach), (
            name,
            role,
            operation,
            org,
        )
        tried += 1
    assert tried > 10_000


@pytest.mark.parametrize("kind", ["audit.made", "audit.overridden", "audit.manifest_kept", "claims.entry"])
def test_verdicts_and_responsibility_reach_nobody_outside_the_planning_team(kind):
    body = dict.fromkeys(ENTRY_CLASSES[kind], "x")
    assert body
    for limit in (SensitivityClass.PUBLIC, SensitivityClass.PARTNERS, SensitivityClass.PARTIES):
        assert shown(kind, body, limit) == {}
