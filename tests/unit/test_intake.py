"""Tables, status exports, alerts and events come in as proposals; a bad row is one message, no more."""

from __future__ import annotations

import io
import json

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safepassage.domain.access_work.incident import CATEGORIES
from safepassage.domain.claims.claim import CivilianClaim, ForcesClaim
from safepassage.domain.claims.ledger import Ledger
from safepassage.domain.claims.words import Modality, PlacePrecision, Polarity, Predicate, TimePrecision
from safepassage.extracting import proposals
from safepassage.formats.claims import access_incidents, cap_alert, field_rows, logie, ucdp_events

READERS = {"rows": field_rows, "logie": logie, "ucdp": ucdp_events, "incidents": access_incidents}
FROM = {"file": "x.csv", "outlet": "Desk", "received": "2031-05-14T12:00:00Z"}


def taken(kind, text):
    data = text if isinstance(text, bytes) else text.encode()
    if kind == "cap":
        readings, _, problems = cap_alert.read(data, **FROM)
    else:
        readings, problems = READERS[kind].read(data, **FROM)
    for reading in readings:
        for proposed in reading.claims:
            span = proposed.claim.span
            assert reading.report.text[span.start : span.end] == span.text
    return [proposed.claim for reading in readings for proposed in reading.claims], problems


ROWS = "date,event,place,lat,lon,source,via,kind,side,words,low,high,unit,status,denied,source_grade\n"


def test_a_row_is_a_claim_with_its_chain_place_number_and_grade():
    line = "2031-05-14,persons left,Orlec,-37.9,-20.6,mayor,Radio,local,Tarn,they left,30,40,families,,,b\n"
    (claim,), problems = taken("rows", ROWS + line)
    assert problems == ()
    assert claim.span.text == "they left"
    assert [link.name for link in claim.chain.links] == ["Desk", "Radio", "mayor"]
    assert claim.chain.origin.side == "tarn"
    assert (claim.quantities[0].low, claim.quantities[0].high, claim.quantities[0].unit) == (
        30,
        40,
        "families",
    )
    assert (claim.places[0].lat_e7, claim.places[0].precision) == (-379_000_000, PlacePrecision.NEAR)
    assert (claim.source_grade.letter, claim.source_grade.set_by) == ("B", "the row")
    assert claim.times[0].until_utc_s - claim.times[0].from_utc_s == 86_400
    assert claim.modality == Modality.ASSERTED


def test_a_denial_and_a_status_are_kept_as_words_of_the_slot():
    lines = "14.05.2031,road,,,,road office,,,,shut,,,,not passable,,\n,shelling,,,,x,,,,none,,,,,yes,\n"
    (road, denied), problems = taken("rows", ROWS + lines)
    assert problems == ()
    assert (road.predicate, dict(road.arguments)["status"]) == (Predicate.ROAD_STATUS, "NOT_PASSABLE")
    assert (denied.polarity, denied.modality) == (Polarity.NEGATED, Modality.DENIED)


BAD_ROWS = {
    "date": ("yesterday,shelling,,,,,,,,w,,,,,,", "is no date"),
    "event": (",rumour,,,,,,,,w,,,,,,", "is not known here"),
    "words": (",shelling,,,,,,,,,,,,,,", "is empty"),
    "lat": (",shelling,,95,1,,,,,w,,,,,,", "swapped"),
    "lon": (",shelling,,1,,,,,,w,,,,,,", "beside the other"),
    "kind": (",shelling,,,,x,,king,,w,,,,,,", "no kind of source"),
    "low": (",shelling,,,,,,,,w,9,3,,,,", "exceeds high"),
    "high": (",shelling,,,,,,,,w,,nan,,,,", "no number"),
    "denied": (",shelling,,,,,,,,w,,,,,maybe,", "is not known here"),
    "source_grade": (",shelling,,,,,,,,w,,,,,,Z", "from A to F"),
}


@pytest.mark.parametrize("column", BAD_ROWS)
def test_each_bad_row_names_its_column_and_the_good_one_survives(column):
    line, message = BAD_ROWS[column]
    claims, problems = taken("rows", f"{ROWS}{line}\n,looting,,,,,,,,good,,,,,,\n")
    assert [c.span.text for c in claims] == ["good"]
    (problem,) = problems
    assert (problem.code, problem.where.row, problem.where.column) == ("INTAKE_ROW", 2, column)
    assert message in problem.message
    assert problem.hint


def test_a_word_of_no_list_is_answered_by_one_word_for_each_meaning():
    _, (problem,) = taken("incidents", "category,description\nrumour,turned back\n")
    words = "entry, movement, interference, violence, hostilities, environment, mines, denial, services"
    assert problem.hint == f"write one of: {words}"


def test_a_workbook_is_read_as_a_csv_file_is_and_a_missing_column_is_named():
    book = openpyxl.Workbook()
    for row in (["Date", "Event", "Words"], ["2031-05-14", "Looting", "=1+1 is what he said"]):
        book.active.append(row)
    book.active.cell(2, 3).data_type = "s"
    out = io.BytesIO()
    book.save(out)
    (claim,), problems = taken("rows", out.getvalue())
    assert problems == ()
    assert claim.span.text == "=1+1 is what he said"
    assert taken("rows", "date,words\n2031-05-14,x\n")[1][0].code == "COLUMN_MISSING"


def test_the_same_rows_twice_add_nothing():
    readings, _ = field_rows.read((ROWS + ",looting,,,,a,,,,good,,,,,,\n").encode(), **FROM)
    at = {"at": "2031-05-14T12:00:00Z", "by": "import"}
    first = Ledger().after(*proposals(Ledger(), readings, **at))
    assert len(first.claims) == 1
    assert proposals(first, [*readings, *readings], **at) == ()


def geojson(*features):
    rows = [{"type": "Feature", "properties": p, "geometry": g} for p, g in features]
    return json.dumps({"type": "FeatureCollection", "features": rows})


POINT = {"type": "Point", "coordinates": [34.5, 51.2]}
LINE = {"type": "LineString", "coordinates": [[34, 51], [34.1, 51.1], [34.2, 51.2]]}


def test_status_exports_keep_the_words_of_roads_and_borders():
    text = geojson(
        ({"name": "H07", "ref": "H07", "status": "Not Passable"}, LINE),
        ({"name": "Kolva", "status": "passable", "feature_type": "border_crossing"}, POINT),
        ({"obstype": "Mines/UXO", "locprecision": "Approximate"}, POINT),
        ({"name": "nothing known", "status": "Unknown"}, POINT),
        ({"name": "B", "status": "perhaps"}, POINT),
        ({"name": "C"}, POINT),
    )
    (road, border, mines), problems = taken("logie", text)
    assert (dict(road.arguments)["status"], road.places[0].selector) == ("NOT_PASSABLE", "ref:H07")
    assert road.places[0].lat_e7 == 511_000_000
    assert (border.predicate, dict(border.arguments)["status"]) == (Predicate.CROSSING_STATUS, "OPEN")
    assert (mines.predicate, mines.places[0].precision) == (Predicate.EXPLOSIVE_HAZARD, PlacePrecision.NEAR)
    assert [(p.code, p.where.row) for p in problems] == [("INTAKE_ROW", 6), ("INTAKE_ROW", 5)]


def test_obstacles_come_as_csv_with_the_published_column_names():
    text = "obstype,obsdate,maxloadmt,latitude,longitude,notes\nBridge damage,2031-05-14,5,1,2,one lane\n"
    (claim,), problems = taken("logie", text)
    assert problems == ()
    assert (claim.quantities[0].high, claim.quantities[0].unit) == (5, "t")
    assert (claim.span.text, dict(claim.arguments)["status"]) == ("one lane", "RESTRICTED")


GED = (
    "id,type_of_violence,side_a,side_b,where_prec,where_coordinates,latitude,longitude,geom_wkt,date_prec,"
    "date_start,date_end,deaths_civilians,low,best,high,source_original\n"
)


def test_what_was_done_to_civilians_has_a_place_and_a_fight_has_none():
    one_sided = "1,3,A,B,1,Orlec town,1.5,2.5,POINT (2.5 1.5),1,2031-05-14,2031-05-14,2,2,3,5,police\n"
    fight = (
        "2,1,Army of A,Front B,1,Lysk ridge,1.25,2.75,POINT (2.75 1.25),3,2031-05-01,2031-05-07,0,4,4,9,x\n"
    )
    both = "3,1,A,B,2,Lysk,1.5,2.5,,1,2031-05-14,2031-05-14,1,4,4,9,x\n"
    readings, problems = ucdp_events.read((GED + one_sided + fight + both).encode(), **FROM)
    assert problems == ()
    harm, forces, within = (reading.claims[0].claim for reading in readings)
    assert isinstance(harm, CivilianClaim)
    assert (harm.quantities[0].low, harm.quantities[0].high, dict(harm.arguments)["best"]) == (2, 5, "3")
    assert harm.places[0].precision == PlacePrecision.EXACT
    assert isinstance(forces, ForcesClaim)
    assert forces.times[0].precision == TimePrecision.WEEK
    kept = readings[1].report.text
    assert not any(sign in kept for sign in ("1.25", "2.75", "POINT", "ridge"))
    assert (within.quantities[0].low, within.quantities[0].high) == (1, 1)


def test_numbers_out_of_order_are_named():
    line = "1,3,A,B,1,X,1,2,,1,2031-05-14,2031-05-14,2,3,2,5,police\n"
    claims, (problem,) = taken("ucdp", GED + line)
    assert claims == []
    assert problem.where.column == "best"


def test_incidents_stand_in_the_nine_categories_and_name_nobody():
    header = "category,description,date,admin2,reported_by,victim_name,phone\n"
    lines = [f"{n},what {n},2031-05-14,Tarn,field office,A Person,123\n" for n in range(1, 10)]
    readings, problems = access_incidents.read((header + "".join(lines)).encode(), **FROM)
    assert [p.code for p in problems] == ["PRIVATE_COLUMNS"]
    assert not any("A Person" in r.report.text or "123" in r.report.text for r in readings)
    claims = [r.claims[0].claim for r in readings]
    assert [dict(c.arguments)["category"] for c in claims] == list(CATEGORIES)
    assert [c.predicate for c in claims].count(Predicate.EXPLOSIVE_HAZARD) == 1
    by_name = (
        "category,description\nMines and unexploded ordnance,x\nDenial of needs or entitlements,x\nTenth,x\n"
    )
    named, problems = taken("incidents", by_name)
    assert [dict(c.arguments)["category"] for c in named] == [
        CATEGORIES[6],
        CATEGORIES[7],
    ]
    assert problems[0].where.column == "category"


def alert(
    status="Actual",
    kind="Alert",
    event="Shelling",
    certainty="Observed",
    area="<circle>-37.6,-20.9 5</circle>",
):
    return f"""<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>A1</identifier>
    <sender>crisis@example</sender><sent>2031-05-14T10:00:00+02:00</sent><status>{status}</status>
    <msgType>{kind}</msgType><references>crisis@x,A0,2031-05-14T09:00:00+02:00</references>
    <info><event>{event}</event><certainty>{certainty}</certainty><expires>2031-05-14T20:00:00+02:00</expires>
    <senderName>Crisis Centre</senderName><headline>Keep off the road</headline>
    <area><areaDesc>Harnow north</areaDesc>{area}</area></info></alert>"""


def test_an_alert_is_a_claim_with_place_time_and_sender():
    (claim,), problems = taken("cap", alert())
    assert problems == ()
    assert claim.predicate == Predicate.SHELLING
    assert claim.chain.origin.name == "Crisis Centre"
    assert claim.places[0].precision == PlacePrecision.NEAR
    assert claim.times[0].until_utc_s - claim.times[0].from_utc_s == 10 * 3_600
    assert taken("cap", alert(certainty="Possible"))[0][0].modality == Modality.CONDITIONAL
    box = "<polygon>1,1 1,3 3,3 3,1 1,1</polygon>"
    (wide,), _ = taken("cap", alert(area=box))
    assert (wide.places[0].lat_e7, wide.places[0].precision) == (20_000_000, PlacePrecision.PROVINCE)


def test_cancelled_alerts_are_named_and_exercises_left_out():
    readings, ended, problems = cap_alert.read(alert(kind="Cancel").encode(), **FROM)
    assert (readings, problems) == ((), ())
    assert [end.identifier for end in ended] == ["A0"]
    assert taken("cap", alert(status="Exercise"))[1][0].code == "ALERT_NOT_ACTUAL"


BAD_ALERTS = {
    "polygon": alert(area="<polygon>1,1 2,2</polygon>"),
    "circle": alert(area="<circle>1,1 wide</circle>"),
    "event": alert(event=""),
    "sent": alert().replace("2031-05-14T10:00:00+02:00</sent>", "noon</sent>"),
    "identifier": alert().replace("<identifier>A1</identifier>", ""),
    "expires": alert().replace("2031-05-14T20:00", "2030-05-14T20:00"),
}


@pytest.mark.parametrize("column", BAD_ALERTS)
def test_a_broken_alert_names_the_element(column):
    claims, (problem,) = taken("cap", BAD_ALERTS[column])
    assert claims == []
    assert (problem.code, problem.where.column) == ("INTAKE_ROW", column)


BOMB = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]><alert>&c;</alert>'
OUTSIDE = '<?xml version="1.0"?><!DOCTYPE a SYSTEM "file:///etc/passwd"><alert/>'
HOSTILE = {
    "empty": b"",
    "binary": bytes(range(256)) * 20,
    "zip": b"PK\x03\x04 no archive",
    "bomb": BOMB.encode(),
    "outside": OUTSIDE.encode(),
    "deep": b"<alert>" * 5_000,
    "deep json": b"[" * 100_000,
    "json": b'{"type":"FeatureCollection","features":[1,null,{"type":"Feature","geometry":[]}]}',
    "json words": b'{"type":"FeatureCollection","features":"all"}',
    "script": b"<html><script>alert(1)</script></html>",
    "utf-16": (ROWS + ",looting,,,,,,,,w,,,,,,\n").encode("utf-16"),
    "mixed": (ROWS + ",looting,,,,,,,,").encode() + "ü".encode() + "ж".encode("cp1251") + b",,,,,,\n",
    "quotes": (ROWS + ',looting,,,,,,,,"open,,,,,,\n').encode(),
    "header only": ROWS.encode(),
}


@pytest.mark.parametrize("kind", [*READERS, "cap"])
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_one_message_and_never_a_crash(kind, name):
    claims, problems = taken(kind, HOSTILE[name])
    assert problems or claims
    for problem in problems:
        assert problem.hint
        assert len(problem.message) < 500


@pytest.mark.parametrize("kind", [*READERS, "cap"])
def test_ten_megabytes_are_read_or_refused(kind):
    long_cell = b"event,words,status,category,description,type_of_violence,low,high,date_start\n"
    claims, problems = taken(
        kind, long_cell + b"looting," + b"x" * 3_000_000 + b",,1,d,3,1,1,2031-05-14\n" * 3
    )
    assert problems or claims


def test_a_report_from_right_to_left_is_kept_as_received():
    words = "\u202bقصف قرب الجسر\u202c"
    (claim,), problems = taken("rows", f"{ROWS},shelling,الجسر,,,,,,,{words},,,,,,\n")
    assert problems == ()
    assert claim.span.text == words


@given(st.sampled_from([*READERS, "cap"]), st.binary(max_size=400))
@settings(max_examples=150, deadline=None)
def test_no_bytes_crash_a_reader(kind, data):
    taken(kind, data)


CELLS = st.text(st.characters(codec="utf-8", exclude_characters='",\r\n'), max_size=12)


@given(st.lists(st.lists(CELLS, min_size=16, max_size=16), max_size=4))
@settings(max_examples=60, deadline=None)
def test_no_cells_crash_a_reader(rows):
    text = ROWS + "".join(",".join(row) + "\n" for row in rows)
    taken("rows", text)
    taken("ucdp", GED + "".join(",".join(row) + ",\n" for row in rows))
