"""Points and polygons come the same out of WKT, GeoJSON, KML, KMZ and GPX; faults are told apart."""

from __future__ import annotations

import io
import json
import zipfile

import pytest

from safepassage.domain.problem import Problem, Where
from safepassage.formats.geometry import geometry_wkt
from safepassage.formats.geometry.geometry_in import read_features

SQUARE = ((0, 0), (10_000_000, 0), (10_000_000, 10_000_000), (0, 10_000_000), (0, 0))
HOLE = ((2_500_000, 2_500_000), (7_500_000, 2_500_000), (7_500_000, 7_500_000), (2_500_000, 2_500_000))
RINGS = [[[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]], [[0.25, 0.25], [0.75, 0.25], [0.75, 0.75], [0.25, 0.25]]]
HERE = Where(file="areas.csv", row=2, column="geometry")


def kml(body: str, name: str = "Zone") -> bytes:
    return (
        f'<kml xmlns="http://www.opengis.net/kml/2.2"><Document><Placemark><name>{name}</name>'
        f'<ExtendedData><Data name="kind"><value>no_go</value></Data></ExtendedData>{body}'
        "</Placemark></Document></kml>"
    ).encode()


def ring(kind: str, points: list[list[float]]) -> str:
    text = " ".join(f"{x},{y},12.5" for x, y in points)
    return f"<{kind}><LinearRing><coordinates>{text}</coordinates></LinearRing></{kind}>"


POLYGON = f"<Polygon>{ring('innerBoundaryIs', RINGS[1])}{ring('outerBoundaryIs', RINGS[0])}</Polygon>"


def kmz(document: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("images/icon.png", b"")
        packed.writestr("doc.kml", document)
    return out.getvalue()


GEOJSON = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "id": 7,
            "properties": {"name": "Zone", "kind": "no_go"},
            "geometry": {"type": "Polygon", "coordinates": RINGS},
        }
    ],
}
FILES = {
    "zone.geojson": json.dumps(GEOJSON).encode(),
    "zone.json": b"\xef\xbb\xbf" + json.dumps(GEOJSON).encode(),
    "zone.kml": kml(POLYGON),
    "zone.kmz": kmz(kml(POLYGON)),
}


@pytest.mark.parametrize("name", FILES)
def test_one_polygon_with_a_hole_in_every_format(name):
    features = read_features(FILES[name], name)
    assert not isinstance(features, Problem), str(features)
    (feature,) = features
    assert (feature.name, feature.properties["kind"], feature.polygons) == (
        "Zone",
        "no_go",
        ((SQUARE, HOLE),),
    )


def test_wkt_gives_the_same():
    hole = "(0.25 0.25 5, 0.75 0.25 5, 0.75 0.75 5, 0.25 0.25 5)"
    assert geometry_wkt.read(f"polygon Z ((0 0 5, 1 0 5, 1 1 5, 0 1 5, 0 0 5), {hole})", HERE) == (
        (SQUARE, HOLE),
    )
    first, second = "((0 0, 1 0, 1 1, 0 0))", "((2 2, 3 2, 3 3, 2 2), (2.5 2.1, 2.6 2.1, 2.6 2.2, 2.5 2.1))"
    found = geometry_wkt.read(f"SRID=4326; MULTIPOLYGON ({first}, {second})", HERE)
    assert not isinstance(found, Problem)
    assert [len(polygon) for polygon in found] == [1, 2]


@pytest.mark.parametrize("polygons", [((SQUARE, HOLE),), ((SQUARE,), (HOLE,))])
def test_wkt_is_read_back(polygons):
    assert geometry_wkt.read(geometry_wkt.write(polygons), HERE) == polygons


def test_degrees_are_written_without_loss():
    assert [geometry_wkt.degrees(v) for v in (0, 1, -1, 512_345_670, -1_800_000_000)] == [
        "0",
        "0.0000001",
        "-0.0000001",
        "51.234567",
        "-180",
    ]


def test_points_of_gpx_kml_and_geojson():
    gpx = (
        b'<gpx xmlns="http://www.topografix.com/GPX/1/1"><wpt lat="51.5" lon="34.25"><name>alder</name>'
        b"<type>settlement</type></wpt><trk><trkseg><trkpt lat='1' lon='1'/></trkseg></trk></gpx>"
    )
    point = kml("<Point><coordinates> 34.25,51.5 </coordinates></Point>", "alder")
    place = {"type": "Point", "coordinates": [34.25, 51.5, 9]}
    geojson = json.dumps({"type": "Feature", "properties": {"NAME": "alder"}, "geometry": place}).encode()
    for name, data in (("a.gpx", gpx), ("a.kml", point), ("a.geojson", geojson)):
        features = read_features(data, name)
        assert not isinstance(features, Problem)
        assert [(f.name, f.point) for f in features] == [("alder", (342_500_000, 515_000_000))]


def feature_problem(data: bytes, name: str) -> Problem:
    features = read_features(data, name)
    if isinstance(features, Problem):
        return features
    (problem,) = (problem for feature in features for problem in feature.problems)
    return problem


def geometry(kind: str, coordinates: object) -> bytes:
    return json.dumps({"type": kind, "coordinates": coordinates}).encode()


FAULTS = {
    "not JSON": (b"{", "a.geojson", "FILE_DAMAGED"),
    "bottomless JSON": (b"[" * 100_000, "a.geojson", "FILE_DAMAGED"),
    "no GeoJSON": (b'{"type": "Topology"}', "a.geojson", "GEOMETRY_FORMAT"),
    "a list": (b"[1]", "a.geojson", "GEOMETRY_FORMAT"),
    "no features": (b'{"type": "FeatureCollection"}', "a.geojson", "GEOMETRY_FORMAT"),
    "metres": (
        b'{"type":"Polygon","coordinates":[],"crs":{"properties":{"name":"urn:ogc:def:crs:EPSG::32636"}}}',
        "a.geojson",
        "GEOMETRY_REFERENCE",
    ),
    "polygon nested as a multipolygon": (geometry("Polygon", [RINGS]), "a.geojson", "GEOMETRY_FORMAT"),
    "multipolygon nested as a polygon": (geometry("MultiPolygon", RINGS), "a.geojson", "GEOMETRY_FORMAT"),
    "text for a number": (geometry("Point", ["34", "51"]), "a.geojson", "GEOMETRY_FORMAT"),
    "true for a number": (geometry("Point", [True, False]), "a.geojson", "GEOMETRY_FORMAT"),
    "not a number": (b'{"type":"Point","coordinates":[NaN,1]}', "a.geojson", "GEOMETRY_FORMAT"),
    "huge number": (b'{"type":"Point","coordinates":[1e999999999,1]}', "a.geojson", "GEOMETRY_FORMAT"),
    "latitude first": (geometry("Point", [51.5, 134.25]), "a.geojson", "GEOMETRY_SWAPPED"),
    "bow tie": (
        geometry("Polygon", [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]),
        "a.geojson",
        "GEOMETRY_CROSSES_ITSELF",
    ),
    "no area": (geometry("Polygon", [[[0, 0], [1, 1], [0, 0], [0, 0]]]), "a.geojson", "GEOMETRY_FORMAT"),
    "hole outside": (
        geometry("Polygon", [RINGS[0], [[5, 5], [6, 5], [6, 6], [5, 5]]]),
        "a.geojson",
        "GEOMETRY_FORMAT",
    ),
    "parts that overlap": (
        geometry("MultiPolygon", [RINGS[:1], [[[0.5, 0.5], [2, 0.5], [2, 2], [0.5, 0.5]]]]),
        "a.geojson",
        "GEOMETRY_CROSSES_ITSELF",
    ),
    "open ring": (geometry("Polygon", [RINGS[0][:-1]]), "a.geojson", "GEOMETRY_NOT_CLOSED"),
    "open ring in KML": (
        kml(f"<Polygon>{ring('outerBoundaryIs', RINGS[0][:-1])}</Polygon>"),
        "a.kml",
        "GEOMETRY_NOT_CLOSED",
    ),
    "KML without coordinates": (kml("<Polygon/>"), "a.kml", "GEOMETRY_FORMAT"),
    "KML with words": (kml("<Point><coordinates>here</coordinates></Point>"), "a.kml", "GEOMETRY_FORMAT"),
    "GPX as KML": (b"<gpx/>", "a.kml", "GEOMETRY_FORMAT"),
    "KML as GPX": (kml(POLYGON), "a.gpx", "GEOMETRY_FORMAT"),
    "GPX without a place": (b"<gpx><wpt lat='x' lon='1'/></gpx>", "a.gpx", "GEOMETRY_FORMAT"),
    "entities in KML": (b"<!DOCTYPE kml [<!ENTITY a 'b'>]>" + kml(POLYGON), "a.kml", "FILE_UNSAFE_XML"),
    "truncated KML": (kml(POLYGON)[:-20], "a.kml", "FILE_DAMAGED"),
    "no zip": (b"KMZ", "a.kmz", "FILE_DAMAGED"),
    "KMZ without KML": (FILES["zone.kmz"].replace(b"doc.kml", b"doc.txt"), "a.kmz", "FILE_DAMAGED"),
    "picture": (b"\x89PNG", "a.png", "FILE_KIND"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_faulty_map_file_is_a_problem_of_its_kind(name):
    data, file, code = FAULTS[name]
    found = feature_problem(data, file)
    assert found.code == code
    assert found.where.file == file
    assert found.hint


def test_too_many_points_are_refused(monkeypatch):
    monkeypatch.setattr("safepassage.formats.geometry.geometry.MAX_POINTS", 3)
    assert feature_problem(FILES["zone.kml"], "zone.kml").code == "GEOMETRY_TOO_LARGE"


@pytest.mark.parametrize(
    "text",
    ["POLYGON", "POLYGON ()", "POLYGON ((1 1, 2 2, 1 1)", "POLYGON ((a b, c d))", "MULTIPOLYGON ((1 1))"],
)
def test_faulty_wkt_is_a_problem(text):
    found = geometry_wkt.read(text, HERE)
    assert isinstance(found, Problem)
    assert found.code == "GEOMETRY_FORMAT"


def test_a_geometry_of_a_database_is_written_as_geojson():
    line = geometry_wkt.as_geojson("LINESTRING(35.25 51.5,35.5 51.75)")
    assert line == {"type": "LineString", "coordinates": [[35.25, 51.5], [35.5, 51.75]]}
    with pytest.raises(ValueError, match="no geometry"):
        geometry_wkt.as_geojson("LINESTRING(35.25")
