"""A copy holds what class, role and consent leave over, and nothing of another recipient."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safepassage.domain.movement import events as ev
from safepassage.domain.movement.copies import copy_for, own_form
from safepassage.domain.movement.form import BY_NUMBER, CONSENTED, FIELDS, TERMS, numbers_of
from safepassage.domain.movement.words import Answer
from safepassage.domain.release import SensitivityClass
from safepassage.formats.log.log_record import thawed
from tests.support.movements import Desk, agreed, later


def text(copy):
    return json.dumps(thawed(copy.fields), ensure_ascii=False)


def test_the_form_has_38_numbered_fields_in_three_languages():
    assert [one.number for one in FIELDS] == [str(n) for n in range(1, 39)]
    assert [one.number for one in TERMS] == [f"A{n}" for n in range(1, 10)]
    labels = [label for one in (*FIELDS, *TERMS) for label in (one.label.en, one.label.ru, one.label.uk)]
    assert all(labels)
    cyrillic = [one.label.ru + one.label.uk for one in (*FIELDS, *TERMS)]
    assert all(any("\u0400" <= sign <= "\u04ff" for sign in label) for label in cyrillic)


def test_own_form_has_a_value_for_every_field_that_is_filled():
    desk = Desk(agreed()).ready().send().answer("side-a", Answer.AGREED, reference="17/a")
    own = own_form(desk.state)
    assert own.sensitivity is SensitivityClass.RESTRICTED
    assert {"1", "13", "14", "18", "19", "27", "29", "31", "A1", "A9"} <= set(own.fields)
    assert own.withheld == ()


def test_a_party_sees_no_needs_no_other_route_and_no_word_of_the_others():
    desk = (
        Desk()
        .ready()
        .send()
        .answer("side-b", Answer.OBJECTION, text="planted words of B", person="planted B")
    )
    mine = copy_for(desk.state, "side-a")
    assert "18" in mine.withheld
    assert text(mine).find("planted") == -1
    assert "wheelchair" not in text(mine)
    assert thawed(mine.fields["9"]) == [{"category": "all", "persons": 43}]
    assert "wheelchair" in text(copy_for(desk.state, "icrc"))
    assert "planted words of B" in text(copy_for(desk.state, "side-b"))


def test_only_those_who_help_get_the_report():
    desk = Desk().under_way().do(ev.Arrived)
    assert "38" not in copy_for(desk.state, "side-a").fields
    assert "38" in copy_for(desk.state, "icrc").fields


@given(st.sets(st.sampled_from(CONSENTED)), st.sampled_from(["side-a", "icrc"]))
def test_what_has_no_consent_is_not_in_the_copy(consents, name):
    desk = Desk(agreed())
    desk.do(ev.Consented, recipient=name, fields=tuple(sorted(consents)), given_by="director")
    shown = set(copy_for(desk.state, name).fields)
    assert {number for number in shown if BY_NUMBER[number].consent} <= consents
    other = "icrc" if name == "side-a" else "side-a"
    assert not any(BY_NUMBER[number].consent for number in copy_for(desk.state, other).fields)


def test_a_change_is_named_for_whoever_knows_an_earlier_revision():
    desk = Desk().ready().send("side-a")
    desk.do(ev.Revised, particulars=later(desk.state.particulars)).ready()
    assert thawed(copy_for(desk.state, "side-a").fields["36"]) == {
        "revision": 1, "fields": ["14", "15", "19", "20"],
    }  # fmt: skip
    assert "36" not in copy_for(desk.state, "side-b").fields


def test_a_cancellation_says_so_and_little_else():
    desk = Desk().ready().send("side-a").do(ev.Cancelled, reason="the road is flooded")
    gone = copy_for(desk.state, "side-a")
    assert gone.cancellation
    assert "the road is flooded" in text(gone)
    assert set(gone.fields) <= {"1", "2", "3", "4", "13", "19", "28", "29", "37"}


def test_consent_is_named_by_number_word_or_all():
    assert numbers_of("route, 4") == ("4", "14")
    assert numbers_of("all") == CONSENTED
    with pytest.raises(ValueError, match="no field"):
        numbers_of("sent_at")


def test_nobody_else_gets_a_copy():
    with pytest.raises(ValueError, match="no recipient"):
        copy_for(Desk().state, "press")
