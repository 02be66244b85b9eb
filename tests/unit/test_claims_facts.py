"""What a report says of claims: every version alike, ages in words, what each claim does."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from safepassage.domain.claims.words import Predicate
from safepassage.engines.conflicts import conflicts
from safepassage.formats.claims import claims_json
from safepassage.formats.facts.claims_facts import ClaimsFacts, age_in_words
from safepassage.formats.facts.local_clock import LocalClock
from tests.unit.test_conflicts import A, left, number
from tests.unit.test_hazard_on_roads import seen, shelled
from tests.unit.test_hazard_picture import ledger

AS_OF = "2030-05-14T04:00:00Z"
CLOCK = LocalClock.of({"epoch": AS_OF, "time_zones": [{"label": "Amber", "offset_s": 7_200}]})


def facts(*claims, accepted=None, without=()):
    book = ledger(*claims, accepted=accepted)
    document = claims_json.document(
        book, seen(claims, accepted), conflicts(book), as_of=AS_OF, without=without, made_from={}
    )
    return ClaimsFacts(SimpleNamespace(claims=document), CLOCK)


@pytest.mark.parametrize(
    ("published", "words"),
    [
        ("2030-05-14T05:30", "less than an hour old"),
        ("2030-05-14T01:00", "5 h old"),
        ("2030-05-11T01:00", "3 days old"),
        ("2030-05-13", "1 day old"),
        ("2030-05-14", "of the same day"),
        ("2030-05-15", "of the same day"),
        ("", "age not known"),
        ("some day", "age not known"),
    ],
)
def test_ages_are_said_as_exactly_as_the_report_is_dated(published, words):
    assert age_in_words(published, "2030-05-14T06:00") == words


def test_every_version_of_a_conflict_has_the_same_parts():
    [conflict] = facts(A, left("3,000 left", quantities=number(3_000))).conflicts()
    assert [v.said for v in conflict.versions] == ["1,724 persons", "3,000 persons"]
    assert all(v.origin and v.words and v.ids and v.outlets for v in conflict.versions)
    assert "1,724–3,000" in conflict.asserted
    assert conflict.estimate


def test_a_hazard_says_its_layers_and_whether_a_person_accepted_it():
    accepted, pending = shelled(3, 3), shelled(12, 12)
    first, second = facts(accepted, pending, accepted=[accepted]).hazards()
    assert (first.standing, second.standing) == (
        "accepted by a person",
        "not reviewed: precautionary layer only",
    )
    assert second.hazard.startswith("0 % / 0 % / ")
    assert accepted.id == first.ids


def test_every_claim_says_what_it_does_here():
    accepted, pending = shelled(3, 3), shelled(12, 12)
    other = left("3,000 left", quantities=number(3_000), predicate=Predicate.PERSONS_LEFT)
    effects = {row.id: row.effect for row in facts(accepted, pending, other, accepted=[accepted]).claims()}
    assert effects[accepted.id] == "raises hazard"
    assert effects[pending.id] == "raises the precautionary layer only"
    assert effects[other.id] == "shown only"


def test_nothing_is_said_of_a_plan_without_claims():
    nothing = ClaimsFacts(SimpleNamespace(claims={}), CLOCK)
    assert not nothing
    assert (nothing.conflicts(), nothing.gaps(), nothing.hazards(), nothing.claims()) == ((), (), (), ())


def test_a_document_gives_back_its_ledger_and_refuses_another():
    claim = shelled(3, 3)
    book = ledger(claim)
    document = claims_json.document(book, seen([claim]), (), as_of=AS_OF, without=(), made_from={})
    assert claims_json.parsed_ledger(document) == book
    with pytest.raises(ValueError, match="schema"):
        claims_json.parsed_ledger({"schema": "other"})
