"""A driver's sheet holds the driver's own work in one language, and nothing else of the plan."""

from __future__ import annotations

import copy
import re
import string

import pytest

from safepassage.domain.map_layers import MapLayers
from safepassage.domain.release import Audience
from safepassage.engines.release import release
from safepassage.formats.facts.register import Register
from safepassage.formats.maps import own_way_map
from safepassage.formats.paper import paper_html, paper_pdf
from safepassage.formats.paper.sheet_texts import sheet_texts
from safepassage.formats.sheets.driver_sheet import DriverSheets, sheet_hash, vehicles
from safepassage.formats.sheets.place_sheets import PlaceSheets
from safepassage.testing.sample_documents import sample_documents, sample_layers, sealed
from tests.support.paper import closed, lost, page_text, pdf_text

INPUTS, PLAN, CERTIFICATE, _ = sample_documents()
RELEASE = release(*sample_documents(), Audience.PLANNING_TEAM)
NOTHING = MapLayers(shapes={}, road_class=())
LANGUAGES = tuple(sheet_texts())
VEHICLES = {row["id"]: row for row in PLAN["vehicles"]}


def sheet(vehicle="bus-03", language="en", given=RELEASE, **options):
    return DriverSheets(given, NOTHING, sheet_texts()[language], **options).paper(vehicle)


def changed(inputs=INPUTS, plan=PLAN):
    return release(*sealed(inputs, plan, CERTIFICATE), Audience.PLANNING_TEAM)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_on_the_page_is_in_the_pdf(language):
    made = sheet(language=language)
    assert lost(made, page_text(paper_html.write(made, rules=own_way_map.RULES))) == []
    assert lost(made, pdf_text(paper_pdf.write(made, rules=own_way_map.RULES))) == []


def test_the_stops_are_those_of_the_legs_and_persons_balance():
    for vehicle in vehicles(RELEASE):
        legs = VEHICLES[vehicle]["legs"]
        stops = DriverSheets(RELEASE, NOTHING, sheet_texts()["en"]).trips(vehicle).stops
        assert len(stops) == len(legs) + 1
        assert [stop.depart_s for stop in stops[:-1]] == [leg["depart_s"] for leg in legs]
        assert [stop.arrive_s for stop in stops[1:]] == [leg["arrive_s"] for leg in legs]
        aboard = 0
        for stop, leg in zip(stops, legs, strict=False):
            aboard += sum(stop.board.values()) + sum(stop.kept.values()) - sum(stop.alight.values())
            assert aboard == sum(item["persons"] for item in leg["load"])
        assert aboard == sum(stops[-1].alight.values())


def test_who_stays_aboard_neither_gets_off_nor_on():
    plan = copy.deepcopy(PLAN)
    legs = next(row for row in plan["vehicles"] if row["id"] == "bus-03")["legs"]
    loaded = next(i for i, leg in enumerate(legs) if leg["load"])
    item = {"place": "s01", "group": "assisted", "direction": "west", "persons": 4, "reserve": False}
    item |= {"after": "", "site": ""}
    legs[loaded]["load"] = [item]
    legs[loaded + 1]["load"] = [item | {"after": legs[loaded]["id"], "site": "marbury"}]
    stops = DriverSheets(changed(plan=plan), NOTHING, sheet_texts()["en"]).trips("bus-03").stops
    assert stops[loaded].board == {"assisted": 4}
    assert (stops[loaded + 1].alight, stops[loaded + 1].board) == ({}, {})
    assert stops[loaded + 2].alight == {"assisted": 4}


def test_both_times_stand_in_the_table_and_the_number_once():
    text = page_text(paper_html.write(sheet()))
    leg = VEHICLES["bus-03"]["legs"][0]
    clock = DriverSheets(RELEASE, NOTHING, sheet_texts()["en"])._clock
    assert len(clock.zones) == 2
    both = " / ".join(clock.at(leg["depart_s"], zone).strftime("%H:%M") for zone in clock.zones)
    assert closed(both) in text
    assert text.count(closed(INPUTS["notice"]["hotline"])) == 1
    assert closed("+1 234") in page_text(paper_html.write(sheet(phone="+1 234")))


def test_nothing_of_other_vehicles_ways_or_hazard_is_on_it():
    layers, register = sample_layers(), Register(RELEASE)
    made = DriverSheets(RELEASE, layers, sheet_texts()["en"]).paper("bus-03")
    page = paper_html.write(made, rules=own_way_map.RULES)
    text = page_text(page)
    own = {leg["route"] for leg in VEHICLES["bus-03"]["legs"]}
    assert not any(other in text for other in VEHICLES if other != "bus-03")
    arcs = INPUTS["network"]["arcs"]
    driven = {arcs["label"][arc] for route in own for arc in PLAN["routes"][route]["arcs"]}
    stops = {stop.place for stop in DriverSheets(RELEASE, layers, sheet_texts()["en"]).trips("bus-03").stops}
    named = {arcs["label"][arc] for arc in range(len(arcs["label"]))} - driven - {""}
    ends = {
        arcs[end][arc] for route in own for arc in PLAN["routes"][route]["arcs"] for end in ("tail", "head")
    }
    passed = {row["name"] for row in INPUTS["places"] if row["node"] in ends} | stops
    others = {row["name"] for row in INPUTS["places"]} - passed
    said = [word for word in named | others if closed(word) in text]
    # A name may be part of one that belongs there ("Marbury" of "Marbury stadium").
    assert [word for word in said if not any(word in own_word for own_word in driven | passed)] == []
    assert not any(closed(area.name) in text for area in layers.areas)
    assert not re.search(r"exposure|hazard|alternative|ppm", text, re.IGNORECASE)
    assert register.directions


def test_the_hash_names_the_content_and_the_code_both():
    first, again, other = sheet(), sheet(), sheet("bus-04")
    assert sheet_hash(first) == sheet_hash(again) != sheet_hash(other)
    assert sheet_hash(first) in first.code_text
    assert RELEASE.stamp["plan_sha256"][:12] in first.code_text
    assert first.code == again.code != other.code
    later = copy.deepcopy(PLAN)
    legs = next(row for row in later["vehicles"] if row["id"] == "bus-03")["legs"]
    legs[0]["depart_s"] += 60
    assert sheet_hash(sheet(given=changed(plan=later))) != sheet_hash(first)


def test_an_exercise_says_so_and_so_does_a_translation():
    page = page_text(paper_html.write(sheet(language="uk")))
    assert closed("Переклад не перевірено") in page
    assert closed("ОБМЕЖЕНИЙ ДОСТУП (RESTRICTED)") in page
    assert ("НАВЧАННЯ" in page) == PLAN["exercise"]
    assert closed("Перевод не проверен") in page_text(paper_html.write(sheet(language="ru")))


@pytest.mark.parametrize("language", [code for code in LANGUAGES if code != "en"])
def test_a_language_is_complete_and_is_no_other(language):
    english, other = sheet_texts()["en"].words, sheet_texts()[language].words
    assert english.keys() == other.keys()
    for key, text in english.items():
        blanks = [name for part in _flat(text) for _, name, _, _ in string.Formatter().parse(part) if name]
        found = [
            name for part in _flat(other[key]) for _, name, _, _ in string.Formatter().parse(part) if name
        ]
        assert sorted(blanks) == sorted(found), key
        assert len(_flat(text)) == len(_flat(other[key])), key
        if key != "decimal":
            assert not re.search(r"[A-Za-z]{2,}", re.sub(r"\{\w+\}", "", " ".join(_flat(other[key])))), key


def _blanks(text):
    parts = [part for line in _flat(text) for part in string.Formatter().parse(line)]
    return sorted(name for _, name, _, _ in parts if name)


def _flat(value):
    if isinstance(value, dict):
        return list(value.values())
    return [value] if isinstance(value, str) else list(value)


def test_a_sheet_in_ukrainian_has_no_english_of_ours():
    """What Latin letters are left are names of places, roads and vehicles, time zones and the class."""
    text = " ".join(sheet(language="uk").texts())
    names = {row["name"] for row in INPUTS["places"]} | set(INPUTS["network"]["arcs"]["label"])
    names |= {zone["label"] for zone in INPUTS["time_zones"]} | {row["type"] for row in INPUTS["fleet"]}
    for name in sorted(
        names | {"RESTRICTED", "UTC", "bus-03", INPUTS["network"]["attribution"]}, key=len, reverse=True
    ):
        text = text.replace(name, " ")
    left = set(re.findall(r"[A-Za-z]{3,}", text))
    assert left <= {word for word in left if re.fullmatch(r"[0-9a-f]+", word)}, left


def places(language="en"):
    return PlaceSheets(RELEASE, NOTHING, sheet_texts()[language])


@pytest.mark.parametrize("language", LANGUAGES)
def test_sheets_of_places_are_the_same_on_page_and_pdf(language):
    for made in (places(language).settlement("s01"), places(language).site("marbury")):
        assert lost(made, page_text(paper_html.write(made))) == []
        assert lost(made, pdf_text(paper_pdf.write(made))) == []


def test_a_board_counts_everybody_who_arrives_once():
    for site in places().sites():
        made = places().site(site)
        tables = [block for block in made.blocks if block.block == "rows"]
        expected = int(made.blocks[0].rows[1][1])
        counted = sum(int(row[1]) for table in tables for row in table.rows)
        assert counted == expected
        assert all(int(row[1]) == int(row[2]) + int(row[3]) for table in tables for row in table.rows)
        if tables:
            assert int(tables[0].rows[-1][7]) == expected
    cars = sum(d[1] for group in PLAN["cars"] if not group["reserve"] for d in group["departures"])
    legs = [leg for vehicle in PLAN["vehicles"] for leg in vehicle["legs"]]
    loads = [item for row in (*legs, *PLAN["link_rides"]) for item in row["load"]]
    rides = sum(item["persons"] for item in loads if item["site"] and not item["reserve"])
    boards = sum(int(places().site(site).blocks[0].rows[1][1]) for site in places().sites())
    assert boards == cars + rides


def test_a_settlement_sheet_counts_everybody_who_leaves_by_car():
    total = 0
    for place in places().settlements():
        for block in places().settlement(place).blocks:
            if block.block == "rows" and block.heads == sheet_texts()["en"].heads("car_heads"):
                total += sum(int(row[3]) for row in block.rows)
    assert total == sum(d[1] for group in PLAN["cars"] for d in group["departures"])


def test_sheets_are_for_the_planning_team_only():
    public = release(*sample_documents(), Audience.PUBLIC)
    with pytest.raises(ValueError, match="PLANNING_TEAM"):
        DriverSheets(public, NOTHING, sheet_texts()["en"])


def test_a_vehicle_stands_ready_sooner_for_those_who_take_longer_to_board():
    plan, inputs = copy.deepcopy(PLAN), copy.deepcopy(INPUTS)
    row = next(row for row in plan["vehicles"] if len(row["legs"]) > 1 and row["legs"][1]["load"])
    del row["legs"][0]
    load = row["legs"][0]["load"]
    inputs["rules"]["help_times"] = [
        {"group": group, "load_s": 7, "unload_s": 0} for group in sorted({item["group"] for item in load})
    ]
    before, after = (
        DriverSheets(changed(given, plan), NOTHING, sheet_texts()["en"]).trips(row["id"]).stops[0].arrive_s
        for given in (INPUTS, inputs)
    )
    assert before - after == 7 * sum(item["persons"] for item in load) > 0
