"""Plans chosen by objectives, one after the other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safepassage.domain.frontier import Worths
from safepassage.domain.objectives import OBJECTIVES, chosen, objective_order


def worth(*, unserved=0, expected=0, tail=0, person_s=0, clearance_s=0):
    return Worths(
        unserved=unserved, clearance_s=clearance_s, person_s=person_s, exposure=expected, layers=None,
        expected=expected, tail=tail, least=0,
    )  # fmt: skip


class TestOrder:
    def test_names_are_read_in_order(self):
        assert objective_order("Exposure, arrivals;clearance") == ("exposure", "arrivals", "clearance")

    @pytest.mark.parametrize("text", ["", " , ", "speed", "arrivals,arrivals"])
    def test_what_says_nothing_or_too_much_is_refused(self, text):
        with pytest.raises(ValueError, match=r"name|objective|once"):
            objective_order(text)


class TestChosen:
    def test_persons_served_are_never_traded(self):
        found = chosen([worth(unserved=1), worth(expected=100)], ["exposure"], slack_percent=50)
        assert found == 1

    def test_the_next_objective_decides_within_the_slack(self):
        rows = [worth(expected=100, person_s=90), worth(expected=101, person_s=10), worth(expected=102)]
        assert chosen(rows, ["exposure", "arrivals"], slack_percent=1) == 1
        assert chosen(rows, ["exposure", "arrivals"], slack_percent=0) == 0
        assert chosen(rows, ["exposure", "arrivals"], slack_percent=2) == 2

    @given(
        st.lists(st.tuples(*[st.integers(0, 9)] * 5), min_size=1, max_size=8),
        st.permutations(sorted(OBJECTIVES)),
        st.integers(0, 100),
    )
    def test_nothing_serves_more_and_the_first_objective_is_within_its_slack(self, rows, order, slack):
        names = ("unserved", "expected", "tail", "person_s", "clearance_s")
        worths = [worth(**dict(zip(names, row, strict=True))) for row in rows]
        found = worths[chosen(worths, order, slack_percent=slack)]
        among = [w for w in worths if w.unserved == min(w.unserved for w in worths)]
        assert found in among
        value = OBJECTIVES[order[0]]
        assert value(found) * 100 <= min(map(value, among)) * (100 + slack)

    @given(st.lists(st.tuples(*[st.integers(0, 9)] * 4), min_size=1, max_size=8))
    def test_without_slack_it_is_the_lexicographic_best(self, rows):
        order = ("exposure", "tail", "arrivals", "clearance")
        names = ("expected", "tail", "person_s", "clearance_s")
        worths = [worth(**dict(zip(names, row, strict=True))) for row in rows]
        assert rows[chosen(worths, order, slack_percent=0)] == min(rows)
