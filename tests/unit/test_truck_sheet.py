"""A truck's sheet loads and hands over what the distribution says, and knows no other truck."""

from __future__ import annotations

import io

import pypdf
import pytest

from safepassage.casework.sheets import sheet_files, sheet_papers
from safepassage.domain.aid.commodity import Unit
from safepassage.domain.aid.norms import COMMODITIES
from safepassage.domain.map_layers import MapLayers
from safepassage.domain.release import Audience
from safepassage.engines.release import release, with_aid
from safepassage.formats.maps import own_way_map
from safepassage.formats.paper import paper_html, paper_pdf
from safepassage.formats.paper.sheet_texts import sheet_texts
from safepassage.formats.sheets.place_sheets import PlaceSheets
from safepassage.formats.sheets.truck_sheet import TruckSheets, trucks
from safepassage.testing.sample_documents import sample_documents
from tests.support.paper import closed, lost, page_text, pdf_text

PLAIN = release(*sample_documents(), Audience.PLANNING_TEAM)
NOTHING = MapLayers(shapes={}, road_class=())
OUT = PLAIN.plan["routes"][0]
HERE = {"from_node": OUT["to_node"], "to_node": OUT["to_node"], "arcs": []}
BACK = {"from_node": OUT["to_node"], "to_node": OUT["from_node"], "arcs": OUT["arcs"][::-1]}


def leg(number, route, depart, arrive):
    return {
        "id": f"t1.{number}",
        "route": route,
        "depart_s": depart,
        "arrive_s": arrive,
        "waits": [],
        "load": [],
    }


def delivery(leg_id, place, commodity, milli, loaded="", truck="t1"):
    return {"truck": truck, "leg": leg_id, "loaded": loaded, "place": place, "commodity": commodity,
            "lot": f"lot-{commodity}", "due": 0, "milli": milli}  # fmt: skip


def truck(name):
    return {"id": name, "truck": f"lorry-{name}", "type": "lorry", "payload_kg": 10_000, "volume_l": 40_000}


AID = {
    "plan_sha256": PLAIN.stamp["plan_sha256"],
    "routes": [OUT, HERE, BACK],
    "trucks": [
        {"id": "t1", "legs": [leg(1, 0, 600, 3_600), leg(2, 1, 4_000, 4_000), leg(3, 2, 4_800, 8_000)]},
        {"id": "t2", "legs": [leg(9, 0, 0, 3_000)]},
    ],
    "deliveries": [
        delivery("t1.1", "s01", "water", 1_500_250), delivery("t1.1", "s01", "soap", 2_000),
        delivery("t1.2", "s02", "water", 250), delivery("t1.9", "s03", "water", 9_000_000, truck="t2"),
    ],
    "given": {
        "trucks": [truck("t1"), truck("t2")],
        "lots": [{"id": "lot-water", "depot": "depot-1"}, {"id": "lot-soap", "depot": "depot-1"}],
        "goods": [
            {"id": "soap", "name": "Soap", "unit": "piece", "mass_g": 100},
            {"id": "water", "name": "Water", "unit": "L", "mass_g": 1_000},
        ],
        "rules": {"load_base_s": 60, "load_s_per_t": 120, "unload_base_s": 60, "unload_s_per_t": 0},
    },
}  # fmt: skip
GIVEN = with_aid(PLAIN, AID)


def sheets(language="en", given=GIVEN):
    return TruckSheets(given, NOTHING, sheet_texts()[language])


@pytest.mark.parametrize(("break_s", "breaks"), [(0, ()), (740, ((4_060, 4_800),)), (741, ())])
def test_a_break_is_what_is_left_of_a_halt_once_all_is_handed_over(break_s, breaks):
    given = dict(AID["given"], trucks=[truck("t1") | {"break_s": break_s}, truck("t2")])
    made = sheets(given=with_aid(PLAIN, dict(AID, given=given)))
    assert made.stops("t1")[1].breaks == breaks
    assert (closed("Break:") in page_text(paper_html.write(made.paper("t1")))) == bool(breaks)


def test_halts_at_one_place_are_one_stop_and_nothing_is_lost():
    stops = sheets().stops("t1")
    found = [(stop.arrive_s, stop.depart_s, stop.way) for stop in stops]
    assert found == [(None, 600, 0), (3_600, 4_800, 1), (8_000, None, None)]
    assert sum(row["milli"] for row in stops[0].steps[0][1]) == 1_502_500
    assert sum(row["milli"] for row in stops[1].unloads) == 1_502_500
    assert not stops[2].unloads


def test_a_truck_loads_at_the_depot_of_its_lots_and_not_at_a_site_of_the_same_node():
    first, second, _ = sheets().stops("t1")
    assert first.place == "depot-1"
    assert second.place == ", ".join(sheets()._register.place(place) for place in ("s01", "s02"))


def test_a_place_reads_which_truck_brings_what_and_signs_for_it():
    places = PlaceSheets(GIVEN, NOTHING, sheet_texts()["en"])
    text = page_text(paper_html.write(places.settlement("s01")))
    assert closed("lorry-t1 2 pcs Soap; 1,500.3 L Water …") in text
    assert "lorry-t2" not in text
    without = PlaceSheets(PLAIN, NOTHING, sheet_texts()["en"])
    assert closed("Goods that are brought here") not in page_text(paper_html.write(without.settlement("s01")))


def test_a_place_that_nobody_leaves_has_a_sheet_where_goods_come_to_it():
    given = with_aid(PLAIN, {**AID, "deliveries": [delivery("t1.1", "elsewhere", "water", 1)]})
    assert "elsewhere" in PlaceSheets(given, NOTHING, sheet_texts()["en"]).settlements()
    assert "elsewhere" not in PlaceSheets(PLAIN, NOTHING, sheet_texts()["en"]).settlements()


def test_amounts_from_one_on_are_written_to_the_tenth_and_summed_by_goods():
    text = page_text(paper_html.write(sheets().paper("t1")))
    assert closed("Load: 2 pcs Soap; 1,500.5 L Water") in text
    assert closed("Hand over: 2 pcs Soap; 1,500.5 L Water") in text
    assert closed("Water1,500.3 L") in text
    assert closed("Water 1\u00a0500,3 л") in page_text(paper_html.write(sheets("uk").paper("t1")))


def test_built_in_goods_are_named_in_every_language_and_those_of_a_case_as_it_names_them():
    for texts in sheet_texts().values():
        assert set(texts.words["goods"]) == {good.id for good in COMMODITIES}
        assert set(texts.words["units"]) == set(Unit)
        words = [texts.good({"id": good.id, "name": good.name}) for good in COMMODITIES]
        assert texts.language == "en" or not {good.name for good in COMMODITIES} & set(words)
    english, russian = sheet_texts()["en"], sheet_texts()["ru"]
    assert [english.good({"id": good.id, "name": good.name}) for good in COMMODITIES] == [
        good.name for good in COMMODITIES
    ]
    assert russian.good({"id": "blanket", "name": "Blanket of wool"}) == "Blanket of wool"
    assert russian.good({"id": "blanket", "name": "Blanket"}) == "Одеяло"


@pytest.mark.parametrize("language", sorted(sheet_texts()))
def test_what_is_on_the_page_is_in_the_pdf(language):
    made = sheets(language).paper("t1")
    assert lost(made, page_text(paper_html.write(made, rules=own_way_map.RULES))) == []
    assert lost(made, pdf_text(paper_pdf.write(made, rules=own_way_map.RULES))) == []


def test_a_truck_that_serves_the_site_of_its_own_depot_has_a_sheet_without_a_way():
    stays = {"id": "t1", "legs": [leg(1, 1, 4_000, 4_000), leg(2, 1, 4_900, 4_900)]}
    given = with_aid(PLAIN, {**AID, "trucks": [stays], "deliveries": [delivery("t1.1", "s01", "water", 500)]})
    made = sheets(given=given)
    (stop,) = made.stops("t1")
    assert (stop.arrive_s, stop.depart_s, stop.way) == (None, None, None)
    assert [(verb, len(rows)) for verb, rows in stop.steps] == [("load", 1), ("unload", 1)]
    text = page_text(paper_html.write(made.paper("t1")))
    assert closed("1. Load: 0.5 L Water 2. Hand over: 0.5 L Water") in text
    assert closed("Map of your own way") not in text
    assert closed("Map of your own way") in page_text(paper_html.write(sheets().paper("t1")))
    texts, clock = sheet_texts()["en"], made._clock
    loading_s = 61  # half a kilogram: the base, and a second begun
    for second in (4_000 - loading_s, 4_900):
        assert closed(texts.moment(clock, second)) in text


def test_a_driver_is_told_to_be_there_when_loading_begins():
    made = sheets()
    loading_s = 60 + -(-(2 * 100 + 1_500_500) * 120 // 1_000_000)
    said = closed(
        f"Be at{made.stops('t1')[0].place}, {sheet_texts()['en'].moment(made._clock, 600 - loading_s)}"
    )
    assert said in page_text(paper_html.write(made.paper("t1")))


def test_what_is_loaded_for_the_place_of_the_depot_itself_is_loaded_before_it_is_handed_over():
    rows = [delivery("t1.1", "s01", "water", 500), delivery("t1.2", "s02", "water", 700, loaded="t1.1")]
    legs = [leg(1, 0, 600, 3_600), leg(2, 1, 4_000, 4_000)]
    given = with_aid(PLAIN, {**AID, "trucks": [{"id": "t1", "legs": legs}], "deliveries": rows})
    paper = sheets(given=given).paper("t1")
    table = next(block for block in paper.blocks if block.block == "rows")
    assert "0.5 L Water\n2. Load: 0.7 L Water\n3. Hand over" in table.rows[-1][4]
    printed = pypdf.PdfReader(io.BytesIO(paper_pdf.write(paper))).pages[0].extract_text().splitlines()
    assert any(line.strip().startswith("2. Load") for line in printed)
    assert b"white-space: pre-line" in paper_html.write(paper)
    text = page_text(paper_html.write(paper))
    assert closed("1. Hand over: 0.5 L Water 2. Load: 0.7 L Water 3. Hand over: 0.7 L Water") in text


def test_a_truck_in_convoy_knows_its_place_in_line_and_one_that_is_alone_nothing():
    line = [{**row, "convoy": "kilo", "day": 0} for row in AID["given"]["trucks"]]
    given = with_aid(PLAIN, {**AID, "given": {**AID["given"], "trucks": line}})
    lead, tail = (page_text(paper_html.write(sheets(given=given).paper(name))) for name in ("t1", "t2"))
    assert closed("kilo: truck 1 of 2; you lead, the others keep behind you") in lead
    assert closed("kilo: truck 2 of 2; follow lorry-t1 and wait for the others at every stop") in tail
    assert "Convoy" not in page_text(paper_html.write(sheets().paper("t1")))


def test_another_truck_is_not_on_it():
    text = page_text(paper_html.write(sheets().paper("t1")))
    assert "lorry-t2" not in text
    assert closed("9,000 L") not in text


def test_sheets_of_trucks_are_made_where_aid_was_planned_and_nowhere_else():
    texts = sheet_texts()["ru"]
    found = sheet_papers(GIVEN, NOTHING, texts, kinds=("trucks",))
    assert list(found) == ["truck-001-t1", "truck-002-t2"]
    assert "truck-001-t1.ru.pdf" in sheet_files({"truck-001-t1": found["truck-001-t1"]})
    assert sheet_papers(PLAIN, NOTHING, texts, kinds=("trucks",)) == {}
    assert trucks(PLAIN) == ()
