"""The documents of a distribution add up, and the report says what trucks bring in."""

from __future__ import annotations

import csv
import io
from collections import Counter
from dataclasses import replace

import pytest
from openpyxl import load_workbook

from safepassage.domain.aid.norms import NORMS
from safepassage.domain.map_layers import MapLayers
from safepassage.domain.release import Audience
from safepassage.engines.release import release, with_aid
from safepassage.formats.gis import device_routes, gpx
from safepassage.formats.tables import aid_tables, table_files
from safepassage.testing.aid_cases import random_aid_case
from tests.support.aids import provided

WHO = "=Red Cross society"


@pytest.fixture(scope="module")
def whole():
    case, network = random_aid_case(5)
    (pair,) = case.trucks
    assert pair.count == 2
    trucks = (replace(pair, count=1, organisation=WHO), replace(pair, id="other", count=1))
    return provided(replace(case, trucks=trucks), network)


@pytest.fixture(scope="module")
def team(whole):
    documents = (whole.inputs, whole.plan, whole.certificate, whole.verdict().record())
    return with_aid(release(*documents, Audience.PLANNING_TEAM), whole.aid)


def rows(team, name):
    text = table_files.write_csv(aid_tables.tables(team)[name]).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_planned_and_gap_add_up_to_what_is_needed(team, whole):
    table = rows(team, "aid-needs")
    assert len(table) == len(whole.aid["given"]["needs"])
    for row in table:
        assert float(row["planned"]) + float(row["gap"]) == pytest.approx(float(row["needed"]))
        assert (float(row["gap"]) > 0) == bool(row["reason"])


def test_waybills_and_arrival_boards_hold_every_delivery(team, whole):
    planned = Counter()
    for row in rows(team, "aid-needs"):
        planned[row["place"], row["good"]] += float(row["planned"])
    for name in ("aid-waybills", "aid-arrivals", "aid-3w"):
        found = Counter()
        for row in rows(team, name):
            found[row["place"], row["good"]] += float(row["quantity"])
        assert {key: n for key, n in planned.items() if n} == pytest.approx(dict(found))
    lines = {(d["leg"], d["loaded"], d["place"], d["lot"]) for d in whole.aid["deliveries"]}
    assert len(rows(team, "aid-waybills")) == len(lines)
    assert all(not row["received"] for row in rows(team, "aid-waybills"))


def test_a_waybill_and_a_board_have_one_row_for_what_a_truck_brings_of_a_lot_at_once(team):
    first, *others = team.aid["deliveries"]
    halves = [{**first, "milli": 1}, {**first, "milli": first["milli"] - 1}]
    parted = replace(team, aid={**team.aid, "deliveries": [*halves, *others]})
    assert rows(parted, "aid-waybills") == rows(team, "aid-waybills")
    assert rows(parted, "aid-arrivals") == rows(team, "aid-arrivals")


def test_who_does_what_where_says_for_how_many(team):
    for row in rows(team, "aid-3w"):
        days = {
            int(need["persons"])
            for need in rows(team, "aid-needs")
            if (need["place"], need["good"]) == (row["place"], row["good"]) and float(need["planned"])
        }
        assert int(row["persons"]) in days


def test_a_need_says_for_how_many_it_is(whole):
    given = whole.aid["given"]
    norms = Counter(norm.commodity for norm in NORMS)
    for need in given["needs"]:
        counted = need["persons"] * given["rules"]["weights"][need["priority"] - 1]
        assert counted == need["worth"] if norms[need["commodity"]] == 1 else counted <= need["worth"]


def test_who_does_what_where_says_when(team):
    days = {}
    for row in rows(team, "aid-arrivals"):
        days.setdefault((row["place"], row["good"]), []).append(row["arrival"][:10])
    for row in rows(team, "aid-3w"):
        found = days[row["place"], row["good"]]
        assert (row["first_day"], row["last_day"]) == (min(found), max(found))


def test_who_does_what_where_says_who_and_for_whom(team, whole):
    sites = {row["id"] for row in whole.inputs["places"] if row["kind"] == "reception_site"}
    runs = {row["id"]: row.get("organisation") for row in team.aid["given"]["trucks"]}
    assert set(runs.values()) == {WHO, None}
    brought, found = Counter(), Counter()
    for row in rows(team, "aid-waybills"):
        who = f"'{WHO}" if runs[row["truck"]] else ""
        brought[who, row["place"], row["good"]] += float(row["quantity"])
    for row in rows(team, "aid-3w"):
        found[row["organisation"], row["place"], row["good"]] += float(row["quantity"])
        assert ("reception site" in row["for_whom"]) == (row["place"] in sites)
    assert dict(found) == pytest.approx(dict(brought))
    assert len({who for who, _, _ in found}) == 2


def test_a_waybill_is_one_load_of_one_truck(team):
    trucks = {}
    for row in rows(team, "aid-waybills"):
        assert trucks.setdefault(row["waybill"], row["truck"]) == row["truck"]
        assert row["loading"] <= row["arrival"]


def test_the_workbook_has_every_table_and_a_dictionary_of_every_column(team):
    book = load_workbook(io.BytesIO(aid_tables.write_xlsx(team)))
    tables = aid_tables.tables(team)
    assert book.sheetnames == ["Dictionary", *tables]
    header, *known = [tuple(cell.value for cell in row) for row in book["Dictionary"].iter_rows()]
    assert header == ("table", "column", "meaning", "unit", "source")
    named = [(name, column) for name, (columns, _) in tables.items() for column in columns]
    assert [row[:2] for row in known] == named
    assert all(row[2] and row[4] for row in known)
    for row in known:
        if row[1] in {"needed", "planned", "mass_kg", "persons", "arrival"}:
            assert row[3]
    assert aid_tables.write_xlsx(team) == aid_tables.write_xlsx(team)
    beside = table_files.write_csv(table_files.dictionary(tables)).decode("utf-8-sig")
    assert [tuple(row) for row in csv.reader(io.StringIO(beside))][1:] == [
        tuple(cell or "" for cell in row) for row in known
    ]


def test_places_stand_with_their_codes_and_rows_with_class_and_exercise(team):
    served = team.aid["deliveries"][0]["place"]
    stated = {"adm1_name": "Sumska", "adm1_pcode": "UA59", "adm2_pcode": "UA5908", "pcode": "UA5908"}
    places = [{**row, "admin": stated} if row["id"] == served else row for row in team.inputs["places"]]
    coded = replace(team, inputs={**team.inputs, "places": places})
    for name in aid_tables.tables(coded):
        table = rows(coded, name)
        assert {row["place"] for row in table} >= {served}
        for row in table:
            found = {column: row[column] for column in stated}
            assert found == (stated if row["place"] == served else dict.fromkeys(stated, ""))
            assert row["adm2_name"] == ""
            assert (row["class"], row["exercise"]) == ("RESTRICTED", "EXERCISE")


def test_who_does_what_where_has_the_columns_of_a_template_and_what_had_left(team):
    planned = rows(team, "aid-3w")
    for row in planned:
        assert row["status"] == "planned"
        assert row["sex_age_not_known"] == row["persons"]
        assert not any(row[column] for column in aid_tables.BY_SEX_AND_AGE)
    first = team.aid["deliveries"][0]
    line = {
        "waybill": "WB-1", "place": first["place"], "commodity": first["commodity"], "lot": first["lot"],
        "due": 0, "dispatched_milli": 3_000, "received_milli": 2_500, "counted": True,
    }  # fmt: skip
    since = {"brought": [line, {**line, "waybill": "WB-2", "counted": False}]}
    later = rows(replace(team, aid={**team.aid, "since": since}), "aid-3w")
    assert later[: len(planned)] == planned
    assert [(row["status"], row["quantity"], row["persons"]) for row in later[len(planned) :]] == [
        ("ongoing", "2.5", ""), ("completed", "2.5", ""),
    ]  # fmt: skip


def test_nobody_but_the_team_sees_any_of_it(whole):
    documents = (whole.inputs, whole.plan, whole.certificate, whole.verdict().record())
    public = with_aid(release(*documents, Audience.PUBLIC), whole.aid)
    assert public.aid == {}
    with pytest.raises(ValueError, match="PLANNING_TEAM"):
        aid_tables.tables(public)
    with pytest.raises(ValueError, match="another plan"):
        with_aid(public, {**whole.aid, "plan_sha256": "x"})


def test_names_that_spreadsheets_would_run_are_made_harmless(team):
    places = [{**row, "name": "=1+1"} for row in team.inputs["places"]]
    odd = replace(team, inputs={**team.inputs, "places": places})
    assert {row["name"] for row in rows(odd, "aid-needs")} == {"'=1+1"}


def test_going_on_needs_hold_what_was_delivered_and_the_days_that_are_over(team):
    first, *others = team.aid["given"]["needs"]
    key = ("place", "commodity", "due", "priority")
    amount = first["amount_milli"]
    met = [
        {**{name: first[name] for name in key}, "needed_milli": amount + 2_000, "milli": 2_000},
        {**{name: others[-1][name] for name in key}, "needed_milli": 5_000, "milli": 3_000},
    ]
    given = {**team.aid["given"], "needs": [first, *others[:-1]]}
    truck = team.aid["deliveries"][0]["truck"]
    behind = {
        "id": truck,
        "began_s": 0,
        "free_s": 0,
        "legs": 2,
        "loads": 3,
        "works_from_s": 0,
        "driven_s": 0,
        "unbroken_s": 0,
    }
    later = replace(team, aid={**team.aid, "given": given, "since": {"delivered": met, "trucks": [behind]}})
    table = {
        (row["place"], row["commodity"], row["date"]): row
        for row in rows(later, "aid-needs")
    }  # fmt: skip
    assert len(table) == len(others) + 1
    dates = [day["date"] for day in team.aid["given"]["days"]]
    ahead, over = (table[row["place"], row["commodity"], dates[row["due"]]] for row in met)
    assert float(ahead["needed"]) == pytest.approx((amount + 2_000) / 1_000)
    assert float(ahead["delivered"]) == pytest.approx(2)
    assert float(ahead["planned"]) + float(ahead["gap"]) == pytest.approx(amount / 1_000)
    assert (over["needed"], over["delivered"], over["planned"], over["gap"]) == ("5.0", "3.0", "0.0", "2.0")
    assert over["reason"] == "the day is over"
    codes = {row["waybill"] for row in rows(later, "aid-waybills") if row["truck"] == truck}
    assert f"WB-{truck}-4" in codes
    assert not codes & {f"WB-{truck}-{number}" for number in (1, 2, 3)}


def test_a_phone_may_hold_one_way_of_a_truck_without_times_or_loads(team):
    driven = device_routes.driven_routes(team)
    used = {leg["route"] for truck in team.aid["trucks"] for leg in truck["legs"]}
    assert set(driven) == {route for route in used if team.aid["routes"][route]["arcs"]}
    assert driven
    for route in driven:
        text = gpx.write(device_routes.of_trucks(team), MapLayers(), route).decode()
        arcs = team.aid["routes"][route]["arcs"]
        assert text.count("<rtept") == len(arcs) + 1
        assert "<time>" not in text
        assert "WB-" not in text
        assert "EXERCISE" in text
    assert device_routes.driven_routes(replace(team, aid={})) == ()
