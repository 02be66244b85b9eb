"""The scarcest resource of a reception site is its limit and is named."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from importlib.resources import files

import numpy as np
import pytest

from safepassage.domain.aid.commodity import Setting
from safepassage.domain.aid.needs import Presence
from safepassage.domain.aid.site_room import room_norms, thresholds_of
from safepassage.domain.case import Place, PlaceKind
from safepassage.domain.provenance import Provenance
from safepassage.domain.safeguard import Safeguard, SafeguardKind
from safepassage.engines.needs import rooms_of
from safepassage.testing.small_cases import random_small_case

HAVE = {
    SafeguardKind.FLOOR_M2: 700, SafeguardKind.WATER_L_DAY: 2_400, SafeguardKind.TOILETS: 4,
    SafeguardKind.BEDS: 210, SafeguardKind.WATER_POINTS: 2,
}  # fmt: skip


def rooms(have, *, capacity=None, persons=0, cold=False):
    case = replace(
        random_small_case(0)[0],
        places=(Place(id="hall", name="Hall", kind=PlaceKind.RECEPTION_SITE, capacity_day_persons=capacity),),
        safeguards=tuple(
            Safeguard(id=f"s{k}", kind=kind, number=number, place="hall")
            for k, (kind, number) in enumerate(have.items())
        ),
    )
    presence = Presence(
        places=("hall",), settings=(Setting.SITE,), persons=np.array([[persons // 2, persons]], np.int64)
    )
    return rooms_of(case, presence, room_norms(cold=cold, water_l_person_day=15))[0]


def test_a_site_is_limited_by_water():
    room = rooms(HAVE, persons=200)
    assert (room.limit.resource, room.limit.persons) == ("water", 160)
    assert (room.persons, room.over, room.not_stated) == (200, 40, ())


@pytest.mark.parametrize(
    ("kind", "number", "persons"),
    [("floor", 35, 10), ("toilets", 1, 50), ("beds", 3, 3), ("water", 15, 1), ("water points", 0, 0)],
)
def test_each_resource_can_be_the_limit(kind, number, persons):
    kinds = {"floor": SafeguardKind.FLOOR_M2, "toilets": SafeguardKind.TOILETS, "beds": SafeguardKind.BEDS,
             "water": SafeguardKind.WATER_L_DAY, "water points": SafeguardKind.WATER_POINTS}  # fmt: skip
    assert rooms({**HAVE, kinds[kind]: number}).limit.persons == persons


def test_in_the_cold_the_floor_is_for_fewer():
    assert rooms({SafeguardKind.FLOOR_M2: 450}).limit.persons == 128
    assert rooms({SafeguardKind.FLOOR_M2: 450}, cold=True).limit.persons == 100


def test_what_nobody_stated_limits_nothing_and_is_named():
    room = rooms({SafeguardKind.BEDS: 5})
    assert room.not_stated == ("floor", "water", "water points", "toilets")
    assert rooms({}).limit is None
    assert rooms({}, capacity=40).limit.resource == "stated capacity"


def test_the_norms_are_those_of_the_audit():
    limits = tomllib.loads((files("safepassage.audit") / "thresholds.toml").read_text("utf-8"))
    norms = {norm.resource: norm for norm in room_norms(cold=False, water_l_person_day=15)}
    cold = {norm.resource: norm for norm in room_norms(cold=True, water_l_person_day=15)}
    assert norms["water points"].persons == limits["persons_per_tap"]["value"]
    assert norms["toilets"].persons == limits["persons_per_toilet"]["value"]
    assert norms["floor"].per_amount == limits["floor_dm2"]["value"]
    assert cold["floor"].per_amount == limits["floor_cold_dm2"]["value"]
    assert norms["water"].per_amount == limits["water_l_day"]["value"]


def test_a_threshold_of_the_case_with_a_reason_takes_the_place_of_a_norm():
    rows = [
        Safeguard(
            id=f"t{k}",
            kind=SafeguardKind.THRESHOLD,
            text=name,
            number=number,
            provenance=Provenance(note=why),
        )
        for k, (name, number, why) in enumerate(
            [("persons_per_tap", 80, "hand pumps"), ("floor_dm2", 500, "")]
        )
    ]
    norms = {n.id: n for n in room_norms(cold=False, water_l_person_day=15, thresholds=thresholds_of(rows))}
    assert norms["persons_per_tap"].persons == 80
    assert norms["floor_dm2"].per_amount == 350
    assert all(norm.source for norm in norms.values())
