"""What the planner writes on the built-in example is said in Ukrainian and Russian, with its numbers."""

from __future__ import annotations

import re

import pytest

from safepassage.casework.explained import explained_corridor
from safepassage.domain.aid.distribution import REASONS
from safepassage.domain.claims.conflict import DISPUTED
from safepassage.formats.plan import inputs_json
from safepassage.web.words import words
from safepassage.web.words.explain_words import explained
from safepassage.web.words.planner_words import SENTENCES, planned, titled
from tests.support.desks import first_plan


def written():
    """Return every sentence that the planner wrote for the example, and some that other cases have."""
    plan = first_plan().document("plan")
    return sorted(
        {
            *(row["text"] for row in plan["binding"]), *(row["text"] for row in plan["not_assessed"]),
            *(row["bottleneck_reason"] for row in plan["corridors"]),
            "the fleet: 3 vehicles with 9 seats in all, for 9 people on stretchers, have to make round trips",
            "travel time alone: North needs that long on free roads",
            "2 places (East, West) share A1: 60 vehicles/h and 40 persons/h while open",
            "unknown road: 800 vehicles/h",
        }
    )  # fmt: skip


@pytest.mark.parametrize("locale", ["uk", "ru"])
def test_every_sentence_of_the_example_is_said_in_other_languages(locale):
    said = words(locale)
    silent = [text for text in written() if planned(text, said) == text]
    assert silent == ["unknown road: 800 vehicles/h"]


@pytest.mark.parametrize("locale", ["uk", "ru"])
def test_numbers_and_names_are_kept(locale):
    for text in written():
        told = planned(text, words(locale))
        assert sorted(re.findall(r"\d+", told)) == sorted(re.findall(r"\d+", text.replace("1 place (", "(")))


def test_nested_parts_are_said_too():
    text = "15 places (A, B, C, D and 11 more) share Bridge and 1 more: 40 persons/h while open"
    told = planned(text, words("uk"))
    assert "і ще 11" in told
    assert "Bridge і ще 1" in told
    assert "осіб/год, поки відкрито" in told
    assert " share " not in told


def test_several_reasons_are_said_each():
    told = planned("; ".join(REASONS.values()), words("uk"))
    assert not set(told.split("; ")) & set(REASONS.values())
    assert len(told.split("; ")) == len(REASONS)


def test_english_stays_as_it_is_and_so_does_what_is_no_sentence():
    for text in (*written(), "something else"):
        assert planned(text, words("en")) == text
    assert planned("something else", words("uk")) == "something else"


def test_titles_of_conflicts_keep_their_place():
    assert titled("Persons left: Sudzha", words("en")) == "Persons left: Sudzha"
    told = titled("Persons left: Sudzha", words("uk"))
    assert told.endswith(": Sudzha")
    assert "Persons" not in told
    claimed = titled("Personnel, as claimed: the district", words("uk"))
    assert claimed.endswith(": the district")
    assert "claimed" not in claimed
    assert titled("Persons left", words("uk")) == told.partition(":")[0]
    assert "disputed" not in titled(DISPUTED, words("uk"))


def test_the_fields_of_every_sentence_come_back():
    for sentence in SENTENCES:
        fields = dict.fromkeys(re.findall(r"\{([a-z]+)\}", sentence), "7")
        assert planned(sentence.format(**fields), lambda text: text) == sentence.format(**fields)


@pytest.mark.parametrize("locale", ["uk", "ru"])
def test_why_a_corridor_is_what_it_is_is_said_line_by_line(locale):
    made = first_plan()
    problem, plan = inputs_json.parse(made.document("inputs")), made.document("plan")
    lon_e7, lat_e7 = problem.network.lon_e7, problem.network.lat_e7
    for corridor in plan["corridors"][:6]:
        start = plan["routes"][corridor["route"]]["from_node"]
        via = f"{lat_e7[start] / 1e7},{lon_e7[start] / 1e7}"
        lines, _ = explained_corridor(problem, plan, corridor, via)
        for line in lines:
            told = explained(line, words(locale))
            assert told != line, line
            assert len(told) - len(told.lstrip()) == len(line) - len(line.lstrip())
            assert explained(line, words("en")) == line
