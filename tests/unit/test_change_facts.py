"""What has changed is said so that whoever is told can see what is other than before."""

from __future__ import annotations

from dataclasses import replace

import pytest

from safepassage.cli.plan.plan_text import change_text
from safepassage.domain.release import Audience
from safepassage.engines.release import release
from safepassage.formats.facts.change_facts import OTHER_WAY, ChangeFacts
from safepassage.testing.sample_documents import sample_documents
from safepassage.web.words import words
from safepassage.web.words.change_words import differing

TEAM = release(*sample_documents(), Audience.PLANNING_TEAM)
NODE = TEAM.inputs["places"][0]["node"]


def leg(*, depart_s=3_600, arcs=(1, 2)):
    return {
        "id": "bus-001/1", "kind": "leg", "vehicle": "bus-001", "departures": [[depart_s, 0, []]], "load": [],
        "place": "", "site": "", "from_node": NODE, "to_node": NODE, "arcs": list(arcs),
    }  # fmt: skip


def facts(before, after):
    movement = {"change": "changed", "notify": True, "persons": 0, "before": before, "after": after}
    changes = {
        "now_s": 1_800, "to_notify": 1, "kept": 0, "persons": 0, "price": None, "directions": [],
        "movements": [movement],
    }  # fmt: skip
    return ChangeFacts(replace(TEAM, changes=changes))


def test_who_leaves_as_announced_by_other_roads_is_said_to_and_not_twice():
    found = facts(leg(), leg(arcs=(1, 3)))
    assert [row.change for row in found.movements()] == [OTHER_WAY]
    line = change_text(found).splitlines()[1]
    assert line.startswith("  bus-001/1 by another way: bus-001, empty")
    assert "; now" not in line


def test_who_leaves_at_another_minute_is_said_with_both():
    found = facts(leg(), leg(depart_s=3_660))
    assert [row.change for row in found.movements()] == ["changed"]
    assert "; now bus-001, empty" in change_text(found)


@pytest.mark.parametrize(("persons", "said"), [(1, "1 person moves"), (2, "2 persons move")])
def test_one_person_moves_and_several_move(persons, said):
    """On paper, on a terminal, and on pages in every language, which know both sentences."""
    one = leg() | {"departures": [[3_600, persons, []]]}
    found = facts(one, leg() | {"departures": [[3_660, persons, []]]})
    headline = ChangeFacts(replace(TEAM, changes={**found._changes, "persons": persons})).headline()
    assert f"({said} differently)" in headline
    before = found.movements()[0].before
    assert before.startswith(f"bus-001, {said.rpartition(' ')[0]}, ")
    for text in (headline, before):
        told = differing(text, words("uk"))
        assert "осіб" in told
        assert "person" not in told
