"""The built-in example keeps to its facts, names its sources and harms nobody."""

from __future__ import annotations

import csv
import json
import math
import re
from itertools import pairwise

import pytest

from safepassage import example

HOME = example.path().parent
CASE = example.path()
FILES = sorted(path for path in HOME.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
DATA = [path for path in FILES if path.suffix in {".csv", ".toml", ".geojson"}]
TABLES = ("places", "demand", "fleet", "arrangements", "road_status", "areas", "safeguards", "transit_links")


def rows(name, home=CASE):
    """The rows of one table."""
    with (home / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def by_id(name):
    return {row["id"]: row for row in rows(name)}


def kilometres(a, b):
    """Great-circle distance of two nodes."""
    lat_a, lon_a, lat_b, lon_b = (math.radians(float(node[key])) for node in (a, b) for key in ("lat", "lon"))
    h = (
        math.sin((lat_b - lat_a) / 2) ** 2
        + math.cos(lat_a) * math.cos(lat_b) * math.sin((lon_b - lon_a) / 2) ** 2
    )
    return 2 * 6371.0088 * math.asin(math.sqrt(h))


@pytest.fixture(scope="module")
def nodes():
    return by_id("nodes")


def test_it_is_small():
    assert sum(path.stat().st_size for path in FILES) < 200_000


def test_it_says_what_it_is():
    settings = (CASE / "case.toml").read_text("utf-8")
    sources = (HOME / "SOURCES.md").read_text("utf-8")
    for text in (settings, sources):
        assert "EXERCISE" in text
        assert "not for navigation" in text
        assert "GeoNames" in text
        assert "CC BY 4.0" in text or "Creative Commons Attribution 4.0" in text
        assert "Natural Earth" in text


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_nothing_is_garbled(path):
    """Files are UTF-8 and hold no script but Latin: a stray Cyrillic letter breaks every search."""
    text = path.read_bytes().decode("utf-8")
    strange = {character for character in text if ord(character) > 126 and character not in "–×©°²…"}
    assert strange == set()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_words_we_do_not_use_do_not_occur(path):
    words = r"\b(target\w*|enem(y|ies)|kill\w*|strikes?|safe route|cleared|deconflict\w*|refugees?)\b"
    assert re.findall(words, path.read_text("utf-8"), re.IGNORECASE) == []


@pytest.mark.parametrize("path", DATA, ids=lambda path: path.name)
def test_no_office_holder_is_named(path):
    """Those whose statements are restated appear by their office only."""
    names = (
        "Syrsk", "Smirnov", "Artiukh", "Vereshchuk", "Gladkov", "Alaudinov", "Zakharova", "Peskov", "Sybiha",
        "Moskalkova", "Throssell", "Sharov", "Zelensk", "Putin",
    )  # fmt: skip
    text = path.read_text("utf-8")
    assert [name for name in names if name.lower() in text.lower()] == []


@pytest.mark.parametrize("table", TABLES)
def test_every_row_has_a_source(table):
    assert [row for row in rows(table) if not row["source"].strip()] == []


def test_every_node_and_link_has_a_source():
    listed = {(row["kind"], row["id"]) for row in rows("network_sources", HOME) if row["source"]}
    assert listed == {("node", key) for key in by_id("nodes")} | {("link", key) for key in by_id("links")}


def test_the_network_has_the_size_of_the_schematic_map(nodes):
    assert len(nodes) == 80
    assert len(by_id("links")) == 108


@pytest.mark.parametrize(
    ("node", "lat", "lon"),
    [
        ("sudzha", 51.191, 35.271),
        ("sumy", 50.9174, 34.7991),
        ("kursk", 51.7269, 36.1846),
        ("glushkovo", 51.3407, 34.6392),
        ("yunakivka", 51.1226, 35.0385),
        ("x-yunakivka", 51.171, 35.134),
        ("x-kolotylivka", 50.813, 35.41),
    ],
)
def test_places_lie_where_they_lie(nodes, node, lat, lon):
    assert (float(nodes[node]["lat"]), float(nodes[node]["lon"])) == (lat, lon)


@pytest.mark.parametrize(
    ("node", "neighbour", "published_km"),
    [
        ("kharkiv", "x-hoptivka", 38.0),
        ("konotop", "buryn", 43.9),
        ("konotop", "terny", 60.2),
        ("okhtyrka", "trostyanets", 20.1),
        ("romny", "nedryhailiv", 29.4),
    ],
)
def test_positions_from_memory_agree_with_known_distances(nodes, node, neighbour, published_km):
    assert kilometres(nodes[node], nodes[neighbour]) == pytest.approx(published_km, abs=0.6)


def test_roads_are_longer_than_the_crow_flies_and_not_by_much(nodes):
    for link in rows("links"):
        crow = kilometres(nodes[link["from"]], nodes[link["to"]])
        assert 0.98 * crow <= int(link["length_m"]) / 1000 <= 1.34 * crow + 0.5, link["id"]


def test_the_road_from_the_crossing_to_sumy_has_its_length():
    h07 = [link for link in rows("links") if link["ref"] == "H07"]
    to_sumy = [link for link in h07 if {link["from"], link["to"]} & {"x-yunakivka", "basivka", "yunakivka"}]
    assert sum(int(link["length_m"]) for link in to_sumy) == 43_700


@pytest.mark.parametrize(
    ("place", "population"),
    [("sudzha", 6036), ("zaoleshenka", 3434), ("goncharovka", 3093), ("korenevo", 5483), ("yunakivka", 1741)],
)
def test_populations_are_those_of_the_sources(place, population):
    row = by_id("places")[place]
    assert int(row["population"]) == population


def test_council_populations_are_marked_approximate():
    councils = [row for row in rows("places") if "rural council" in row["source"]]
    assert len(councils) >= 10
    assert all(row["note"].startswith("approximate") for row in councils)


def test_nobody_is_asked_to_move_who_does_not_live_there():
    people: dict[str, int] = {}
    for row in rows("demand"):
        people[row["place"]] = people.get(row["place"], 0) + int(row["persons"])
    places = by_id("places")
    assert all(persons <= int(places[place]["population"] or persons) for place, persons in people.items())
    assert sum(people.values()) == 12_086


def test_directions_are_exercise_tallies_or_assumptions():
    bases = {row["direction_basis"] for row in rows("demand")}
    assert bases == {"exercise", "assumption"}


def test_people_leave_in_both_directions_stay_and_are_undecided():
    persons: dict[str, int] = {}
    for row in rows("demand"):
        persons[row["direction"]] = persons.get(row["direction"], 0) + int(row["persons"])
    assert set(persons) == {"to_kursk", "to_sumy", "stays", "undecided"}
    assert min(persons.values()) > 1_000


def test_every_vehicle_is_an_assumption_and_some_are_accessible():
    fleet = rows("fleet")
    assert {row["assumption"] for row in fleet} == {"yes"}
    assert sum(int(row["count"]) * int(row["wheelchair_places"]) for row in fleet) > 0
    assert sum(int(row["count"]) * int(row["stretcher_places"]) for row in fleet) > 0


def test_kursk_oblast_has_the_places_that_were_reported():
    places = [row for row in rows("places") if row["direction"] == "to_kursk"]
    assert 6_500 <= sum(int(row["capacity_night_persons"]) for row in places) <= 7_000


def test_kolotylivka_passes_two_hundred_a_day_one_way_on_foot_and_is_suspended():
    gate = by_id("places")["x-kolotylivka"]
    assert gate["opening_hours"] == "09:00-17:00"
    assert int(gate["persons_h"]) * 8 == 200
    assert (gate["permitted_directions"], gate["status"], gate["foot_m"]) == ("to_sumy", "CLOSED", "2000")
    assert by_id("arrangements")["kolotylivka-corridor"]["status"] == "suspended"


def test_every_crossing_was_closed():
    gates = [row for row in rows("places") if row["kind"] in {"border_crossing", "checkpoint"}]
    assert len(gates) == 8
    assert {row["status"] for row in gates} == {"CLOSED"}


def test_gates_stand_on_nodes_of_their_own():
    places = rows("places")
    gates = {row["node"] for row in places if row["kind"] in {"border_crossing", "checkpoint"}}
    others = {row["node"] for row in places if row["kind"] not in {"border_crossing", "checkpoint"}}
    assert not gates & others


def test_only_an_inject_opens_a_way_and_says_so():
    usable = [row for row in rows("arrangements") if row["status"] in {"agreed_in_detail", "in_force"}]
    windows = [row for row in usable if row["kind"] in {"pause", "corridor"}]
    assert {row["id"] for row in windows} == {"pause-yunakivka", "pause-martynovka"}
    assert all("EXERCISE INJECT, not history" in row["source"] for row in windows)


def test_the_announced_zone_carries_the_purposes_of_its_announcer():
    zone = by_id("arrangements")["announced-zone"]
    assert (zone["kind"], zone["status"]) == ("announced_zone", "announced_unilaterally")
    assert zone["announced_by"] == "Government of Ukraine"
    assert "military command offices if necessary" in zone["stated_purposes"]


def test_the_seym_has_three_bridges_and_one_is_gone():
    bridges = {row["id"] for row in rows("links") if row["bridge"] == "yes"}
    status = {row["roads"]: row["status"] for row in rows("road_status")}
    assert bridges == {"seym-zvannoye", "seym-glushkovo", "seym-karyzh"}
    assert [status[f"link:{b}"] for b in sorted(bridges)] == ["NOT_PASSABLE", "UNKNOWN", "RESTRICTED"]


def test_the_train_leaves_at_its_time():
    train = by_id("transit_links")["train-kyiv"]
    assert "06:47" in train["timetable"]
    assert float(train["travel_min"]) == 294


def test_all_42_statements_are_there_and_later_ones_apart():
    now, later = rows("reports"), rows("later_reports", HOME)
    claims = {row["id"] for row in now + later if row["id"].startswith("c")}
    assert claims == {f"c{n:02d}" for n in range(1, 43)}
    assert max(row["published"] for row in now) < "2024-08-16 05:41"
    assert min(row["published"] for row in later) > "2024-08-16 05:41"


def test_statements_that_contradict_each_other_stand_side_by_side():
    text = {row["id"]: row["text"] for row in rows("reports")}
    counts = dict(zip(("c03", "c04", "c05", "c06"), ("28", "44", "74", "82"), strict=True))
    assert all(count in text[claim] for claim, count in counts.items())
    assert "1,000 square" in text["c01"]
    assert "800 square" in text["c02"]
    assert "hundred" in text["c30"]
    assert "thousand" in text["c31"]


def test_every_statement_has_a_speaker_an_outlet_a_day_and_a_grade():
    for row in rows("reports") + rows("later_reports", HOME):
        assert all(row[key] for key in ("outlet", "speaker", "published", "text", "source_grade")), row["id"]


def test_a_party_speaking_of_itself_is_graded_no_higher_than_c():
    """Only the ICRC, OHCHR and exercise control are graded above C."""
    high = {row["id"] for row in rows("reports") + rows("later_reports", HOME) if row["source_grade"] < "C"}
    assert high == {"c34", "c35", "i01", "i03"}


def test_an_allegation_stays_attributed():
    allegation = next(row for row in rows("reports") if row["id"] == "c40")
    assert allegation["text"].startswith("Allegation, not verified")
    assert allegation["information_grade"] == "6"


def test_nothing_rests_on_a_statement_about_forces():
    used = {row["report"] for table in TABLES if table not in {"demand", "fleet"} for row in rows(table)}
    assert "c42" not in used
    assert next(row for row in rows("reports") if row["id"] == "c42")["about"] == "context only"


def test_zones_and_hazards_are_drawn_coarsely():
    for area in rows("areas"):
        numbers = [float(n) for n in re.findall(r"[\d.]+", area["geometry"])]
        step = 100 if area["kind"] == "no_go" else 20
        assert all(abs(n * step - round(n * step)) < 1e-9 for n in numbers), area["id"]


def test_ids_refer_to_what_exists(nodes):
    places, areas, reports = by_id("places"), by_id("areas"), by_id("reports")
    assert all(row["node"] in nodes for row in places.values() if row["node"])
    assert all(row["assembly_point"] in places for row in places.values() if row["assembly_point"])
    assert all(row["place"] in places for row in rows("demand"))
    assert all(row["base"] in places for row in rows("fleet"))
    assert all({link["from"], link["to"]} <= set(nodes) for link in rows("links"))
    assert all({row["from_place"], row["to_place"]} <= set(places) for row in rows("transit_links"))
    assert all(row["area"] in areas for row in rows("arrangements") if row["area"])
    named = [row["report"] for table in TABLES for row in rows(table) if row.get("report")]
    assert set(named) <= set(reports)


def test_ids_are_unique():
    for table in (
        "places",
        "fleet",
        "arrangements",
        "road_status",
        "areas",
        "transit_links",
        "nodes",
        "links",
    ):
        ids = [row["id"] for row in rows(table)]
        assert len(ids) == len(set(ids)), table


def test_background_lines_are_small_and_lie_in_the_picture():
    text = example.background().read_text("utf-8")
    features = json.loads(text)["features"]
    points = [p for feature in features for line in feature["geometry"]["coordinates"] for p in line]
    assert len(text) < 10_000
    assert {feature["properties"]["kind"] for feature in features} == {"border", "oblast"}
    assert all("public domain" in feature["properties"]["source"] for feature in features)
    assert all(33 <= lon <= 37.1 and 49.9 <= lat <= 52.3 for lon, lat in points)


def test_the_border_runs_between_the_two_sides():
    """From Yunakivka to Sudzha one crosses the line; within one side, one does not."""
    features = json.loads(example.background().read_text("utf-8"))["features"]
    border = next(f for f in features if f["properties"]["kind"] == "border")["geometry"]["coordinates"]
    segments = [(a, b) for line in border for a, b in pairwise(line)]

    def crossings(p, q):
        def side(a, b, c):
            return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])

        return sum(
            side(a, b, p) * side(a, b, q) < 0 and side(p, q, a) * side(p, q, b) < 0 for a, b in segments
        )

    spot = {key: (float(n["lon"]), float(n["lat"])) for key, n in by_id("nodes").items()}
    assert crossings(spot["yunakivka"], spot["sudzha"]) % 2 == 1
    assert crossings(spot["sudzha"], spot["kursk"]) % 2 == 0
    assert crossings(spot["yunakivka"], spot["sumy"]) % 2 == 0
