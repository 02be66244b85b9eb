"""Two statements are set against each other by topic and a sign of opposition, the strongest pair only."""

from __future__ import annotations

import pytest

pytest.importorskip("spacy")

from safepassage.domain.claims.gazetteer import Gazetteer
from safepassage.domain.claims.values import Quantity
from safepassage.domain.claims.words import LinkKind
from safepassage.engines.extraction.opposition import LEAST, WEIGHTS, meet
from safepassage.engines.extraction.topics import TOPICS, topics
from safepassage.extracting import extract
from tests.support.reports import report


def contradicted(text):
    reading = extract(report(text), Gazetteer())
    words = {p.claim.id: p.claim.span.text for p in reading.claims}
    return [(words[x.a], words[x.b]) for x in reading.links if x.kind == LinkKind.CONTRADICTS]


def test_two_texts_without_a_word_in_common_have_a_topic_in_common():
    assert "ships" in topics("The port was working around the clock") & topics("Not one vessel was unloaded")
    assert not topics("Nobody knows") & topics("The mayor agreed to speak on Friday")


def test_every_topic_is_met_by_a_word_of_its_own():
    for name, words in TOPICS.items():
        assert name in topics(words.split()[0].replace("*", "")), name


def test_being_right_behind_and_of_one_topic_is_not_enough():
    assert WEIGHTS["right behind"] + WEIGHTS["has a topic in common"] < LEAST


def more_than(n):
    return Quantity(low=n, high=None, unit="persons", text=f"more than {n}")


@pytest.mark.parametrize(("first", "second", "agree"), [(76_000, 121_000, False), (100, 110, True)])
def test_two_bounds_agree_only_near_each_other(first, second, agree):
    assert meet(more_than(first), more_than(second)) == agree
    assert meet(more_than(second), more_than(first)) == agree


def test_numbers_of_unlike_things_contradict_nothing():
    text = (
        "The headquarters said 90,000 people have left. The nurse said 2,000 people were killed."
        " The clerk said 500 people remain in the cellars."
    )
    assert contradicted(text) == []


def test_a_number_counted_unlike_is_found_paragraphs_later():
    between = "\n\n".join(f"The {who} said the weather was fine." for who in
                          ("baker", "teacher", "priest", "farmer", "clerk"))  # fmt: skip
    text = (
        f"The general said his forces hold 640 square kilometres.\n\n{between}\n\n"
        "The governor said the forces hold 310 square kilometres."
    )
    assert len(contradicted(text)) == 1


def test_what_somebody_found_is_one_statement():
    text = "The deputy minister said 20 buses came on Monday. Volunteers said they had counted six buses."
    found = contradicted(text)
    assert len(found) == 1
    assert {word for pair in found for word in pair} == {
        "20 buses came on Monday",
        "they had counted six buses",
    }


def test_a_voice_contradicts_a_statement_once():
    text = (
        "The mayor said the bridge is open.\n\nThe colonel said the bridge is closed. "
        "He said nobody can cross the bridge."
    )
    assert len(contradicted(text)) == 1
