"""Whatever a plan names that does not exist is named back with its place; the last that exists is known."""

from __future__ import annotations

import copy

import pytest

from safepassage_verify import verify
from tests.unit.test_verify_breaks import full_case

ARC, NODE, ROUTE = "an arc", "a node", "route"
N_ARCS, N_NODES, N_ROUTES = 5, 4, 3
ITEM = ("vehicles", 0, "legs", 2, "load", 0)
WAIT = "the place of a wait (in order, before the second arc or a later one)"


@pytest.fixture(scope="module")
def whole():
    inputs, plan, _ = full_case()
    change = {
        "id": "m",
        "kind": "",
        "text": "",
        "source": "",
        "arcs": [4],
        "from_s": 0,
        "to_s": 1,
        "used": True,
    }
    names = {"kind": "cut", "text": "", "arcs": [4], "places": ["V", "X"]}
    plan["modifications"] = [change, dict(change)]
    plan["binding"] = [{"direction": "west", **names}, {"direction": "east", **names}]
    return inputs, plan


def references(whole, path, value):
    """Return what is noted under REFERENCE where the plan has this value at a path."""
    inputs, plan = whole[0], copy.deepcopy(whole[1])
    at = plan
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = value
    return [(v.where, v.message) for v in verify(inputs, plan).violations if v.code == "REFERENCE"]


LAST = [
    (("routes", 0, "to_node"), N_NODES - 1), (("routes", 1, "from_node"), N_NODES - 1),
    (("routes", 0, "arcs"), [N_ARCS - 1]), (("cars", 0, "route"), N_ROUTES - 1),
    (("vehicles", 0, "legs", 1, "route"), N_ROUTES - 1), (("link_rides", 0, "arc"), N_ARCS - 1),
    (("corridors", 0, "route"), N_ROUTES - 1), (("corridors", 0, "alternative"), 0),
    (("corridors", 0, "bottleneck_arc"), -1), (("corridors", 0, "cut_arcs"), [N_ARCS - 1]),
    (("modifications", 1, "arcs"), []), (("binding", 1, "places"), []),
    (("cars", 0, "departures", 0, 2), [[1, 1]]),
]  # fmt: skip


@pytest.mark.parametrize(("path", "value"), LAST, ids=str)
def test_the_last_that_exists_is_known(whole, path, value):
    assert references(whole, path, value) == []


BEYOND = [
    (("routes", 2, "to_node"), N_NODES, "plan.routes[2]", NODE),
    (("routes", 1, "from_node"), N_NODES, "plan.routes[1]", NODE),
    (("routes", 1, "arcs"), [2, N_ARCS], "plan.routes[1]", ARC),
    (("cars", 1, "place"), "Y", "plan.cars[1]", "place 'Y'"),
    (("cars", 1, "site"), "Y", "plan.cars[1]", "place 'Y'"),
    (("cars", 0, "site"), "", "plan.cars[0]", "place ''"),
    (("cars", 1, "direction"), "up", "plan.cars[1]", "direction 'up'"),
    (("cars", 1, "route"), N_ROUTES, "plan.cars[1]", "route 3"),
    (("vehicles", 0, "id"), "z", "plan.vehicles[0]", "vehicle 'z'"),
    (("vehicles", 0, "legs", 1, "route"), N_ROUTES, "plan.vehicles[0].legs[1]", "route 3"),
    ((*ITEM, "place"), "Y", "plan.vehicles[0].legs[2].load[0]", "place 'Y'"),
    ((*ITEM, "site"), "Y", "plan.vehicles[0].legs[2].load[0]", "place 'Y'"),
    ((*ITEM, "direction"), "up", "plan.vehicles[0].legs[2].load[0]", "direction 'up'"),
    (("link_rides", 0, "arc"), N_ARCS, "plan.link_rides[0]", ARC),
    (("link_rides", 0, "load", 0, "place"), "Y", "plan.link_rides[0].load[0]", "place 'Y'"),
    (("reserves", 1, "place"), "Y", "plan.reserves[1]", "place 'Y'"),
    (("reserves", 1, "direction"), "up", "plan.reserves[1]", "direction 'up'"),
    (("unserved", 0, "place"), "Y", "plan.unserved[0]", "place 'Y'"),
    (("unserved", 0, "direction"), "up", "plan.unserved[0]", "direction 'up'"),
    (("corridors", 0, "place"), "Y", "plan.corridors[0]", "place 'Y'"),
    (("corridors", 0, "site"), "Y", "plan.corridors[0]", "place 'Y'"),
    (("corridors", 0, "direction"), "up", "plan.corridors[0]", "direction 'up'"),
    (("corridors", 0, "route"), N_ROUTES, "plan.corridors[0]", "route 3"),
    (("corridors", 0, "alternative"), N_ROUTES, "plan.corridors[0]", "route 3"),
    (("corridors", 0, "bottleneck_arc"), N_ARCS, "plan.corridors[0]", ARC),
    (("corridors", 0, "cut_arcs"), [1, N_ARCS], "plan.corridors[0]", ARC),
    (("hold", 1, "place"), "Y", "plan.hold[1]", "place 'Y'"),
    (("modifications", 1, "arcs"), [N_ARCS], "plan.modifications[1]", ARC),
    (("binding", 1, "direction"), "up", "plan.binding[1]", "direction 'up'"),
    (("binding", 1, "arcs"), [N_ARCS], "plan.binding[1]", ARC),
    (("binding", 1, "places"), ["V", "Y"], "plan.binding[1]", "place 'Y'"),
    (("cars", 0, "departures", 1, 2), [[0, 1]], "plan.cars[0].departures[1]", WAIT),
    (("cars", 0, "departures", 1, 2), [[2, 1]], "plan.cars[0].departures[1]", WAIT),
    (("cars", 0, "departures", 1, 2), [[1, 1], [1, 1]], "plan.cars[0].departures[1]", WAIT),
    (("vehicles", 0, "legs", 2, "waits"), [[1, 1]], "plan.vehicles[0].legs[2]", WAIT),
]  # fmt: skip


@pytest.mark.parametrize(("path", "value", "where", "what"), BEYOND, ids=str)
def test_what_does_not_exist_is_named(whole, path, value, where, what):
    assert references(whole, path, value) == [(where, f"{what} does not exist")]


@pytest.mark.parametrize(
    ("path", "value", "where", "message"),
    [
        (("vehicles", 0, "legs", 1, "id"), "", "plan.legs_and_rides", "a leg or ride needs an id"),
        (("link_rides", 0, "id"), "", "plan.legs_and_rides", "a leg or ride needs an id"),
        (("link_rides", 0, "id"), "b-0", "plan.legs_and_rides[3]", "'b-0' is here a second time"),
        (("vehicles", 0, "legs", 1, "id"), "b-0", "plan.legs_and_rides[1]", "'b-0' is here a second time"),
        (("cars", 1, "id"), "c0", "plan.cars[1]", "'c0' is here a second time"),
    ],
)
def test_an_id_is_there_and_there_once(whole, path, value, where, message):
    assert references(whole, path, value) == [(where, message)]


def test_a_wait_on_a_route_that_does_not_exist_is_that_of_no_route(whole):
    inputs, plan = whole[0], copy.deepcopy(whole[1])
    plan["cars"][1] |= {"route": N_ROUTES, "departures": [[0, 1, [[1, 1]]]]}
    found = [(v.code, v.message) for v in verify(inputs, plan).violations]
    assert found == [("REFERENCE", f"route {N_ROUTES} does not exist")]


@pytest.mark.parametrize("direction", ["stays", "undecided"])
@pytest.mark.parametrize("path", [("cars", 1, "direction"), ("link_rides", 0, "load", 0, "direction")])
def test_whoever_stays_or_has_not_decided_is_not_moved(whole, path, direction):
    inputs, plan = whole[0], copy.deepcopy(whole[1])
    at = plan
    for step in path[:-1]:
        at = at[step]
    at["direction"] = direction
    found = [(v.code, v.message) for v in verify(inputs, plan).violations]
    assert found == [("STAYS", f"people whose direction is {direction} are moved")]
