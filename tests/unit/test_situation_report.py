"""The situation in brief: every sentence on claims ends with their ids, and nothing is called clear."""

from __future__ import annotations

import pytest

from safepassage.domain.release import Audience
from safepassage.engines.conflicts import conflicts
from safepassage.engines.release import release
from safepassage.formats.claims import claims_json
from safepassage.formats.sheets import situation_report
from safepassage.testing.sample_documents import sample_documents
from tests.unit.test_conflicts import A, left, number
from tests.unit.test_hazard_on_roads import seen, shelled
from tests.unit.test_hazard_picture import ledger


def brief(*claims, audience=Audience.PLANNING_TEAM):
    book = ledger(*claims)
    document = claims_json.document(
        book, seen(claims), conflicts(book), as_of="2030-05-14T04:00:00Z", without=(), made_from={}
    )
    made = release(*sample_documents(), audience, claims=document)
    return situation_report.write(made).decode()


def test_what_is_reported_and_contested_is_cited():
    other = left("3,000 left", quantities=number(3_000))
    shells = shelled(3, 3)
    text = brief(A, other, shells)
    assert f"[{shells.id}]" in text
    [contested] = [line for line in text.splitlines() if "Contested" in line]
    assert A.id in contested
    assert other.id in contested
    assert "1,724 persons (governor (A)" in contested


def test_it_says_its_class_and_that_staying_is_an_option():
    text = brief(A)
    assert text.startswith("RESTRICTED")
    assert "Do not move now stays an option" in text
    assert "Not reported is not clear" in text


def test_it_is_for_the_planning_team_only():
    with pytest.raises(ValueError, match="PLANNING_TEAM"):
        brief(A, audience=Audience.PUBLIC)
