"""How well all places can be served at most, against every number of pieces."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.optimize import linprog

from safepassage.engines.distribution.least_share import Priced, place_costs
from safepassage_verify.aid_share import dearer_than

NANO, PPM = 10**9, 10**6
GIVEN = {"goods": [{"id": "litre", "step_milli": 1}, {"id": "piece", "step_milli": 1_000}]}


def rows_of(numbers):
    return [Priced(cost, worth, pieces) for cost, worth, pieces in numbers]


ROWS = st.lists(st.tuples(st.integers(0, 10**6), st.integers(1, 100), st.integers(0, 3)), min_size=1,
                max_size=3).map(rows_of)  # fmt: skip


def least_of_all(rows, whole, share_ppm):
    """Return the least cost by trying all numbers of pieces, the parts by a linear program."""
    lumps = [row for row in rows if row.pieces]
    parts = [row for row in rows if not row.pieces]
    found = []
    for counts in product(*(range(row.pieces + 1) for row in lumps)):
        gained = sum(row.worth * n / row.pieces for row, n in zip(lumps, counts, strict=True))
        cost = sum(row.cost * n / row.pieces for row, n in zip(lumps, counts, strict=True))
        left = share_ppm * whole / PPM - gained
        if left > 0 and not parts:
            continue
        if left > 0:
            solved = linprog([r.cost for r in parts], A_ub=[[-r.worth for r in parts]], b_ub=[-left],
                             bounds=(0, 1))  # fmt: skip
            if solved.status:
                continue
            cost += solved.fun
        found.append(cost)
    return min(found, default=None)


@given(ROWS, st.integers(0, 50), st.integers(1, PPM))
def test_the_least_cost_of_a_share_is_that_of_all_numbers_of_pieces(rows, out_of_reach, share_ppm):
    whole = sum(row.worth for row in rows) + out_of_reach
    place = place_costs(rows, whole)
    assert len(place.lumps) + len(place.parts) == len(rows)
    assume(all(row.worth * 100 > 2 * whole * row.pieces for row in rows if row.pieces))
    best, found = least_of_all(rows, whole, share_ppm), place.least(share_ppm)
    assert (found is None) == (best is None)
    assert found is None or best - len(rows) * 2 - 1e-3 <= found <= best + 1e-3


@given(ROWS, st.integers(0, 50), st.integers(1, PPM), st.integers(0, 200), st.integers(0, NANO))
def test_what_the_planner_rules_out_the_verifier_rules_out(rows, out_of_reach, share_ppm, behind, met):
    """What was needed and met before counts with both alike."""
    met_nano = behind * met
    whole = sum(row.worth for row in rows) + out_of_reach + behind
    found = place_costs(rows, whole, met_nano).least(share_ppm)
    given = {**GIVEN, "behind": [{"place": "p", "worth": behind, "met_nano": met_nano}]}
    needs = [
        ({"place": "p", "commodity": "piece" if row.pieces else "litre", "worth": row.worth,
          "amount_milli": 1_000 * max(1, row.pieces)}, row.cost)
        for row in rows
    ]  # fmt: skip
    if out_of_reach:
        needs.append(({"place": "p", "commodity": "litre", "worth": out_of_reach, "amount_milli": 1}, None))
    if found is None:
        assert dearer_than(10**9, needs, given, share_ppm)
    else:
        assert found == 0 or dearer_than(found - 1, needs, given, share_ppm)
        assert not dearer_than(found + 2 * len(rows), needs, given, share_ppm)


@pytest.mark.parametrize(("kits", "share_ppm"), [(1, 600_000), (2, PPM)])
def test_one_kit_for_two_places_leaves_one_without(kits, share_ppm):
    """Water is worth 60 of 100 and a kit 40: with one kit for two places one gets no more than its water."""
    needs = [
        ({"place": place, "commodity": name, "worth": worth, "amount_milli": 1_000}, cost)
        for place in "ab" for name, worth, cost in (("litre", 60, 0), ("piece", 40, 1))
    ]  # fmt: skip
    assert not dearer_than(kits, needs, GIVEN, share_ppm)
    assert share_ppm == PPM or dearer_than(kits, needs, GIVEN, share_ppm + 1)
