"""Other people's readers open what we write: GDAL for GeoJSON, gpxpy for GPX, fastkml for KML."""

from __future__ import annotations

import io
import json
import re
import warnings
import zipfile
from xml.etree import ElementTree as ET

import gpxpy
import pyogrio.raw
import pytest
import shapely
from shapely.geometry import shape

from safepassage.domain.release import Audience
from safepassage.engines.release import release
from safepassage.formats.gis import device_routes, gpx, kmz, plan_geojson
from safepassage.testing.sample_documents import sample_documents, sample_layers, sealed

with warnings.catch_warnings():
    # It works without lxml and says so on import.
    warnings.simplefilter("ignore")
    from fastkml import kml

INPUTS, PLAN, CERTIFICATE, VERIFICATION = sample_documents()
RELEASE = release(INPUTS, PLAN, CERTIFICATE, VERIFICATION, Audience.PLANNING_TEAM)
LAYERS = sample_layers()
HOSTILE = "<b>&\"'\x00\u202e]]> K10"
COLLECTIONS = {
    "corridors": plan_geojson.write_corridors(RELEASE, LAYERS),
    "places": plan_geojson.write_places(RELEASE),
    "modifications": plan_geojson.write_modifications(RELEASE, LAYERS),
    "areas": plan_geojson.write_areas(RELEASE, LAYERS),
}
ROUTE = device_routes.travelled_routes(RELEASE)[0]
# The order of child elements in the GPX 1.1 schema, for the types we write.
GPX_ORDER = {
    "gpx": ("metadata", "wpt", "rte", "trk", "extensions"),
    "metadata": ("name", "desc", "author", "copyright", "link", "time", "keywords", "bounds", "extensions"),
    "copyright": ("year", "license"),
    "wpt": ("ele", "time", "magvar", "geoidheight", "name", "cmt", "desc", "src", "link", "sym", "type"),
    "rtept": ("ele", "time", "magvar", "geoidheight", "name", "cmt", "desc", "src", "link", "sym", "type"),
    "rte": ("name", "cmt", "desc", "src", "link", "number", "type", "extensions", "rtept"),
}


def hostile_release():
    """The sample with a name and labels that try to break out of every format."""
    inputs = json.loads(json.dumps(INPUTS))
    for row in inputs["places"]:
        row["name"] = HOSTILE
    inputs["network"]["arcs"]["label"] = [HOSTILE for _ in inputs["network"]["arcs"]["label"]]
    inputs["network"]["attribution"] = HOSTILE
    return release(*sealed(inputs, PLAN | {"title": HOSTILE}, CERTIFICATE), Audience.PLANNING_TEAM)


def test_places_carry_the_codes_that_the_case_states():
    inputs = json.loads(json.dumps(INPUTS))
    codes = {"adm1_name": "Sumska", "adm1_pcode": "UA59", "pcode": "UA5908"}
    inputs["places"][0]["admin"] = codes
    team = release(*sealed(inputs, PLAN, CERTIFICATE), Audience.PLANNING_TEAM)
    features = json.loads(plan_geojson.write_places(team))["features"]
    by_id = {feature["id"]: feature["properties"] for feature in features}
    assert codes.items() <= by_id[inputs["places"][0]["id"]].items()
    assert all("pcode" not in by_id[row["id"]] for row in inputs["places"][1:] if row["id"] in by_id)


def positions(geometry):
    """Yield every [lon, lat] of a geometry."""
    stack = [geometry["coordinates"]]
    while stack:
        part = stack.pop()
        if isinstance(part[0], list):
            stack.extend(part)
        else:
            yield part


@pytest.mark.parametrize("name", list(COLLECTIONS))
def test_gdal_reads_every_feature(name, tmp_path):
    path = tmp_path / f"{name}.geojson"
    path.write_bytes(COLLECTIONS[name])
    meta, _, geometry, fields = pyogrio.raw.read(path)
    features = json.loads(COLLECTIONS[name])["features"]
    assert len(geometry) == len(features) > 0
    assert meta["crs"] == "EPSG:4326"
    assert all(
        shapely.from_wkb(wkb).equals(shape(f["geometry"])) for wkb, f in zip(geometry, features, strict=True)
    )
    assert set(features[0]["properties"]) <= set(meta["fields"])
    assert len(fields) == len(meta["fields"])


@pytest.mark.parametrize("name", list(COLLECTIONS))
def test_geojson_follows_rfc_7946(name):
    collection = json.loads(COLLECTIONS[name])
    assert "crs" not in collection
    for feature in collection["features"]:
        assert feature["type"] == "Feature"
        for lon, lat in positions(feature["geometry"]):
            assert -180 <= lon <= 180
            assert -90 <= lat <= 90
            assert 29 < lon < 33 < lat, "longitude comes first"
            assert max(len(repr(v).partition(".")[2]) for v in (lon, lat)) <= 7


@pytest.mark.parametrize("name", list(COLLECTIONS))
def test_foreign_members_say_class_exercise_and_attribution(name):
    collection = json.loads(COLLECTIONS[name])
    assert collection["class"] == "RESTRICTED"
    assert collection["exercise"] is True
    assert collection["complete"] is False
    assert collection["attribution"] == INPUTS["network"]["attribution"]
    assert collection["generated_from"]["plan.json"] == VERIFICATION["plan_sha256"]


@pytest.mark.parametrize("turned", [False, True])
def test_outer_rings_run_counter_clockwise_and_holes_clockwise(turned):
    outer = ((300_000_000, 500_000_000), (301_000_000, 500_000_000), (300_500_000, 501_000_000))
    inner = ((300_300_000, 500_200_000), (300_600_000, 500_200_000), (300_500_000, 500_500_000))
    rings = [(*ring, ring[0])[:: -1 if turned else 1] for ring in (outer, inner)]
    area = LAYERS.areas[0].__class__(
        id="a", kind=LAYERS.areas[0].kind, name="a", polygons=(tuple(rings),), source="somebody"
    )
    layers = LAYERS.__class__(areas=(area,))
    polygon = json.loads(plan_geojson.write_areas(RELEASE, layers))["features"][0]["geometry"]["coordinates"][
        0
    ]
    assert shapely.LinearRing(polygon[0]).is_ccw
    assert not shapely.LinearRing(polygon[1]).is_ccw


def test_every_area_says_whose_word_it_is():
    for feature in json.loads(COLLECTIONS["areas"])["features"]:
        assert feature["properties"]["reported_by"]


def test_a_route_within_one_place_is_still_a_line():
    route = {"from_node": 3, "to_node": 3, "arcs": []}
    corridor = PLAN["corridors"][0] | {"route": len(PLAN["routes"]), "alternative": -1}
    plan = PLAN | {"routes": [*PLAN["routes"], route], "corridors": [corridor]}
    given = release(*sealed(INPUTS, plan, CERTIFICATE), Audience.PLANNING_TEAM)
    (feature,) = json.loads(plan_geojson.write_corridors(given, LAYERS))["features"]
    assert len(feature["geometry"]["coordinates"]) == 2


def test_shapes_of_arcs_are_followed():
    arcs = PLAN["routes"][ROUTE]["arcs"]
    lon, lat = (INPUTS["network"]["nodes"][key] for key in ("lon_e7", "lat_e7"))
    tail, head = (INPUTS["network"]["arcs"][key][arcs[0]] for key in ("tail", "head"))
    bend = (lon[tail] + 1234, lat[tail] + 4321)
    layers = LAYERS.__class__(shapes={arcs[0]: [(lon[tail], lat[tail]), bend, (lon[head], lat[head])]})
    points = gpxpy.parse(gpx.write(RELEASE, layers, ROUTE).decode()).routes[0].points
    assert (points[1].longitude, points[1].latitude) == (bend[0] / 1e7, bend[1] / 1e7)
    straight = gpxpy.parse(gpx.write(RELEASE, LAYERS, ROUTE).decode()).routes[0].points
    assert len(points) == len(straight) + 1


def test_gpxpy_reads_a_route_with_its_ends():
    read = gpxpy.parse(gpx.write(RELEASE, LAYERS, ROUTE).decode())
    row = PLAN["routes"][ROUTE]
    assert read.version == "1.1"
    assert not read.tracks
    assert len(read.routes) == 1
    points = read.routes[0].points
    nodes = [row["from_node"], *(INPUTS["network"]["arcs"]["head"][arc] for arc in row["arcs"])]
    lon = INPUTS["network"]["nodes"]["lon_e7"]
    expected = [lon[node] / 1e7 for i, node in enumerate(nodes) if i == 0 or lon[node] != lon[nodes[i - 1]]]
    assert [point.longitude for point in points] == expected
    assert [stop.name for stop in read.waypoints] == [points[0].name, points[-1].name]


def test_gpx_elements_stand_in_the_order_of_the_schema():
    root = ET.fromstring(gpx.write(RELEASE, LAYERS, ROUTE))
    namespace = "{http://www.topografix.com/GPX/1/1}"
    checked = 0
    for parent in root.iter():
        assert parent.tag.startswith(namespace)
        children = [child.tag.removeprefix(namespace) for child in parent]
        order = GPX_ORDER.get(parent.tag.removeprefix(namespace), ())
        if children:
            assert children == sorted(children, key=order.index)
            checked += 1
    assert checked >= 4
    assert root.get("version") == "1.1"
    assert root.get("creator")


def kml_of(release_given, route):
    with zipfile.ZipFile(io.BytesIO(kmz.write(release_given, LAYERS, route))) as packed:
        assert packed.namelist() == ["doc.kml"]
        assert packed.getinfo("doc.kml").date_time == (1980, 1, 1, 0, 0, 0)
        return packed.read("doc.kml")


def test_fastkml_reads_line_and_stops():
    (document,) = kml.KML.from_string(kml_of(RELEASE, ROUTE)).features
    line, *stops = document.features
    assert line.geometry.geom_type == "LineString"
    points = gpxpy.parse(gpx.write(RELEASE, LAYERS, ROUTE).decode()).routes[0].points
    assert [tuple(c[:2]) for c in line.geometry.coords] == [(p.longitude, p.latitude) for p in points]
    assert [stop.name for stop in stops] == [points[0].name, points[-1].name]
    assert re.fullmatch("[0-9a-f]{8}", re.search(b"<color>(.*?)</color>", kml_of(RELEASE, ROUTE))[1].decode())


def test_a_phone_holds_one_way_and_nothing_else():
    """No time, count, hazard, other place or other route."""
    row = PLAN["routes"][ROUTE]
    names = {place["name"] for place in INPUTS["places"]}
    own = {place["name"] for place in INPUTS["places"] if place["node"] in {row["from_node"], row["to_node"]}}
    for text in (gpx.write(RELEASE, LAYERS, ROUTE).decode(), kml_of(RELEASE, ROUTE).decode()):
        assert [name for name in names - own if name in text] == []
        assert "<time" not in text
        assert "TimeSpan" not in text
        assert not re.search(r"\d\d:\d\d", text)
        assert not [area.name for area in LAYERS.areas if area.name in text]
        assert "RESTRICTED" in text
        assert "EXERCISE" in text
        assert INPUTS["network"]["attribution"] in text


def test_every_route_that_people_travel_is_offered_once():
    offered = device_routes.travelled_routes(RELEASE)
    used = {stream["route"] for stream in PLAN["cars"]}
    used |= {leg["route"] for v in PLAN["vehicles"] for leg in v["legs"] if leg["load"]}
    assert set(offered) == used
    stems = [device_routes.file_stem(RELEASE, route) for route in offered]
    assert len(set(stems)) == len(stems)
    assert all(re.fullmatch(r"route-\d{3,}[a-z0-9-]*[a-z0-9]", stem) for stem in stems)


def test_hostile_names_break_no_format():
    given = hostile_release()
    shown = HOSTILE.replace("\x00", "").replace("\u202e", "")
    read = gpxpy.parse(gpx.write(given, LAYERS, ROUTE).decode())
    assert read.waypoints[0].name == shown
    (document,) = kml.KML.from_string(kml_of(given, ROUTE)).features
    assert document.features[1].name == shown
    places = json.loads(plan_geojson.write_places(given))["features"]
    assert {feature["properties"]["name"] for feature in places} == {HOSTILE}
    assert re.fullmatch(r"route-\d+-b-k10-b-k10", device_routes.file_stem(given, ROUTE))


def test_the_same_release_gives_the_same_bytes():
    again = release(*sample_documents(), Audience.PLANNING_TEAM)
    assert gpx.write(again, sample_layers(), ROUTE) == gpx.write(RELEASE, LAYERS, ROUTE)
    assert kmz.write(again, sample_layers(), ROUTE) == kmz.write(RELEASE, LAYERS, ROUTE)
    assert plan_geojson.write_corridors(again, sample_layers()) == COLLECTIONS["corridors"]
