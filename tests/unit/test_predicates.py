"""What a clause is about: words of fire, in active and passive voice, and of nothing of the kind."""

from __future__ import annotations

import pytest

from safepassage.domain.claims.words import Predicate
from safepassage.engines.extraction.predicates import hits

AT_PEOPLE, SOMEWHERE = {Predicate.FIRE_ON_EVACUEES}, {Predicate.SMALL_ARMS_FIRE}


@pytest.mark.parametrize(
    ("clause", "about"),
    [
        ("soldiers fired at the residents", AT_PEOPLE),
        ("anyone had been fired at on the road", AT_PEOPLE),
        ("two buses came under fire near the bridge", AT_PEOPLE),
        ("the outpost came under fire", SOMEWHERE),
        ("the director was fired", set()),
    ],
)
def test_whoever_is_fired_at_is_heard_in_either_voice(clause, about):
    assert {hit.slot.predicate for hit in hits(clause)} == about
