"""What had left is held against the distribution that was gone on from, where that is at hand."""

from __future__ import annotations

import copy

import pytest

from safepassage.testing.aid_cases import random_aid_case, random_convoy_case
from tests.support.aid_office import LORRY, STRAIGHT, Office, slowed
from tests.support.aids import in_steps, provided

CODE = "AID_BEFORE"


def departures(found):
    return sorted(leg["depart_s"] for truck in found.aid["trucks"] for leg in truck["legs"])


@pytest.mark.parametrize(
    ("draw", "seed"),
    [(random_aid_case, 5), (random_aid_case, 12), (random_aid_case, 33), (random_convoy_case, 24)],
)
def test_what_a_plan_goes_on_from_is_what_was_announced(draw, seed):
    case, network = draw(seed)
    times = departures(provided(case, network))
    steps = [(times[len(times) * part // 10] + 1, ()) for part in (2, 5, 8)]
    for later in in_steps(case, network, *steps)[1:]:
        alone, both = later.verdict(), later.verdict(previous=True)
        assert both.violations == ()
        assert both.checks[CODE] > 2
        assert CODE not in {row.code for row in both.not_assessed}
        assert CODE not in alone.checks
        assert CODE in {row.code for row in alone.not_assessed}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Two plans, the second of which goes on from the first on a slower road."""
    office = Office(tmp_path_factory.mktemp("before"), STRAIGHT, LORRY)
    now_s = office.legs()[1]["depart_s"] + 60
    first_s = office.legs()[0]["depart_s"] + 60
    steps = (first_s, (slowed(first_s, "l2", kmh=40),)), (now_s, ())
    return in_steps(office.case, office.network, *steps)


@pytest.fixture
def later(made):
    return copy.deepcopy(made[-1])


def test_trips_that_got_other_times_are_gone_on_from_in_these(later):
    assert later.verdict(previous=True).violations == ()
    assert later.inputs["aid"]["past"]["trips"] == later.before.aid["since"]["trips"]


def less_was_received(past, since):
    for rows in (past, since):
        rows["brought"][0]["received_milli"] -= 1_000


def a_line_is_missing(past, since):
    for rows in (past, since):
        rows["brought"].pop()


def a_line_more(past, since):
    for rows in (past, since):
        rows["brought"].append({**rows["brought"][0], "lot": "more", "counted": True})


def driven_less(past, since):
    for rows in (past, since):
        rows["trucks"][0]["driven_s"] -= 600


def exposed_less(past, since):
    for rows in (past, since):
        rows["trucks"][0]["exposure_ppm_s"] += 7


def another_trip(past, since):
    for rows in (past, since):
        rows["trips"][0]["goods"][0]["waybill"] = "WB-9"


def of_another(past, since):
    past["aid_sha256"] = "0" * 64


@pytest.mark.parametrize(
    "breaks",
    [less_was_received, a_line_is_missing, a_line_more, driven_less, exposed_less, another_trip, of_another],
)
def test_what_was_not_announced_so_is_found(later, breaks):
    """The inputs and what follows from them are changed alike: only the earlier distribution tells."""
    breaks(later.inputs["aid"]["past"], later.aid["since"])
    verdict = later.verdict(previous=True)
    assert not verdict.verified
    assert CODE in verdict.counts


def test_inputs_that_do_not_name_it_are_not_assessed(later):
    del later.inputs["aid"]["past"]["aid_sha256"]
    assert CODE in {row.code for row in later.verdict(previous=True).not_assessed}
