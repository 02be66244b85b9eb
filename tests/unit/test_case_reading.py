"""A case is found in a folder or workbook, with its map files, network, times and checks."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from safepassage.audit.daylight import twilight_s
from safepassage.domain.case import Interval, PlaceKind
from safepassage.domain.problem import Severity
from safepassage.formats.case.case_folder import read_toml
from safepassage.formats.case.case_reading import read_case
from safepassage.formats.case.case_settings import daylight_windows
from safepassage.formats.case.case_template import write_template
from safepassage.formats.case.case_times import Clock
from safepassage.formats.case.case_write import convert_case
from safepassage.formats.case.network_csv import examine
from tests.support.folders import HEAD, write_case

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "src" / "safepassage" / "example" / "sudzha_sumy"


@pytest.fixture
def folder(tmp_path):
    """The template as a folder."""
    write_template(tmp_path / "case", xlsx=False)
    return tmp_path / "case"


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def codes(reading, severity=None) -> list[str]:
    return [p.code for p in reading.problems if severity is None or p.severity is severity]


def test_a_case_is_named_by_its_folder_or_its_settings(folder):
    assert read_case(folder).case == read_case(folder / "case.toml").case == read_case(str(folder)).case


@pytest.mark.parametrize(
    ("name", "code"),
    [("nothing", "FILE_MISSING"), ("case/places.csv", "FILE_KIND"), ("map.osm.gz", "FILE_KIND")],
)
def test_what_is_no_case_gives_one_error(folder, name, code):
    (folder.parent / "map.osm.gz").write_bytes(b"\x1f\x8b")
    reading = read_case(folder.parent / name)
    assert codes(reading) == [code]
    assert reading.case is None


def test_a_folder_with_a_workbook_only_says_what_to_name(folder):
    (folder.parent / "books").mkdir()
    (folder.parent / "books" / "plan.xlsx").touch()
    reading = read_case(folder.parent / "books")
    assert "books/plan.xlsx" in reading.problems[0].hint


def test_settings_may_be_a_table_like_the_others(folder):
    before = read_case(folder).case
    (folder / "case.toml").unlink()
    (folder / "settings.csv").write_text(
        "key;value;comment\nid;two-valleys;x\ntitle;Two valleys (invented; replace it with your own case);\n"
        "Exercise;yes;\nstart;2030-05-14T06:00+02:00;\nas of;2030-05-14T05:30+02:00;\nhorizon_h;12;\n"
        "time_zones;valley=+02:00;\nmovement_hours;06:00-20:00;\n"
        "spare_seat_percent;10;\nhotline;000 (invented);\n"
        "notice_languages;en;\nattribution;invented example;\n".replace(
            "Two valleys (invented; replace it with your own case)",
            '"Two valleys (invented; replace it with your own case)"',
        ),
        "utf-8",
    )
    after = read_case(folder)
    assert after.errors == ()
    assert after.case == before


def test_small_tables_may_stand_in_the_settings_file(folder):
    before = read_case(folder).case
    (folder / "directions.csv").unlink()
    with (folder / "case.toml").open("a", encoding="utf-8") as file:
        file.write('\n[[directions]]\nid = "west"\nname = "West, to Oak"\n')
        file.write('\n[[directions]]\nid = "east"\nname = "East, to Rowan"\n')
    assert read_case(folder).case == before


def test_sections_of_the_settings_are_headings(folder):
    edit(folder / "case.toml", 'id = "two-valleys"', '[about]\nid = "two-valleys"')
    assert read_case(folder).problems == ()


def test_a_value_nested_too_deep_is_an_error_with_its_line():
    found = read_toml("case.toml", b'id = "a"\n[x]\ny = { z = 1 }\n')
    assert (found.code, found.where.row) == ("TOML_NESTED", 3)


def test_places_may_come_from_a_map_file(folder):
    before = read_case(folder).case
    features = [
        {
            "type": "Feature",
            "properties": {
                "id": place.id,
                "name": place.name,
                "kind": str(place.kind),
                "direction": place.direction,
            }
            | ({"capacity_day_persons": place.capacity_day_persons} if place.direction else {}),
            "geometry": {"type": "Point", "coordinates": [place.lon_e7 / 1e7, place.lat_e7 / 1e7]},
        }
        for place in before.places
    ]
    (folder / "places.csv").unlink()
    (folder / "places.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    reading = read_case(folder)
    assert codes(reading, Severity.ERROR) == []
    assert [(p.id, p.kind, p.lon_e7, p.lat_e7) for p in reading.case.places] == [
        (p.id, p.kind, p.lon_e7, p.lat_e7) for p in before.places
    ]


def test_a_map_file_completes_the_rows_of_a_table(folder):
    before = read_case(folder).case
    for place in ("alder", "cedar"):
        row = next(row for row in before.places if row.id == place)
        edit(folder / "places.csv", f"settlement,{row.lat_e7 / 1e7:g},{row.lon_e7 / 1e7:g}", "settlement,,")
    points = "".join(
        f'<wpt lat="{p.lat_e7 / 1e7}" lon="{p.lon_e7 / 1e7}"><name>{p.name}</name></wpt>'
        for p in before.places
        if p.id in {"alder", "cedar"}
    )
    (folder / "places.gpx").write_text(f"<gpx>{points}<wpt lat='0' lon='0'><name>A spring</name></wpt></gpx>")
    reading = read_case(folder)
    assert reading.case.places == before.places
    assert codes(reading) == ["FEATURE_UNUSED"]


def test_a_feature_with_a_kind_is_a_row_of_its_own(folder):
    feature = {
        "type": "Feature",
        "id": "dam",
        "properties": {"kind": "no_go", "name": "Dam", "source": "invented"},
        "geometry": {"type": "Polygon", "coordinates": [[[0.1, 0.1], [0.11, 0.1], [0.11, 0.11], [0.1, 0.1]]]},
    }
    (folder / "areas.geojson").write_text(json.dumps(feature))
    reading = read_case(folder)
    assert reading.problems == ()
    assert [area.id for area in reading.case.areas] == ["flooded", "dam"]
    assert reading.case.areas[1].provenance.source == "invented"


def test_an_area_may_name_one_feature_of_a_file(folder):
    ring = "0.1,0.1 0.11,0.1 0.11,0.11 0.1,0.1"
    mark = "<Placemark><name>{}</name><Polygon><outerBoundaryIs><LinearRing><coordinates>{}</coordinates>"
    mark += "</LinearRing></outerBoundaryIs></Polygon></Placemark>"
    marks = mark.format("Upper", ring) + mark.format("Lower", ring.replace("0.11", "0.12"))
    (folder / "zones.kml").write_text(f"<kml><Document>{marks}</Document></kml>")
    areas = (folder / "areas.csv").read_text("utf-8")
    start, end = areas.index('"POLYGON'), areas.index('))"') + 3
    for name, corner in (("Upper", 1_100_000), ("Lower", 1_200_000)):
        (folder / "areas.csv").write_text(areas[:start] + f"zones.kml#{name}" + areas[end:], "utf-8")
        assert read_case(folder).case.areas[0].polygons[0][0][1] == (corner, 1_000_000)
    (folder / "areas.csv").write_text(areas[:start] + "zones.kml#Uper" + areas[end:], "utf-8")
    (problem,) = read_case(folder).problems
    assert problem.code == "GEOMETRY_FEATURE"
    assert "“Upper”" in problem.hint


def test_one_place_with_swapped_coordinates_is_told_from_the_rest(folder):
    for name in ("places.csv", "nodes.csv"):
        text = (folder / name).read_text("utf-8")
        lines = text.splitlines()
        head = next(i for i, line in enumerate(lines) if line.startswith("id,"))
        lat = lines[head].split(",").index("lat")
        for i in range(head + 1, len(lines)):
            cells = lines[i].split(",")
            cells[lat : lat + 2] = [f"{float(cells[lat]) + 51:g}", f"{float(cells[lat + 1]) + 34:g}"]
            if cells[0] == "cedar":
                cells[lat : lat + 2] = cells[lat : lat + 2][::-1]
            lines[i] = ",".join(cells)
        (folder / name).write_text("\n".join(lines), "utf-8")
    edit(
        folder / "areas.csv",
        "0.13 0.02, 0.17 0.02, 0.17 0.04, 0.13 0.04, 0.13 0.02",
        "51 34, 51 34.1, 51.1 34, 51 34",
    )
    found = {problem.code: problem for problem in read_case(folder).problems}
    assert set(found) == {"PLACE_SWAPPED", "GEOMETRY_SWAPPED"}
    assert "write lat 51.08 and lon 34.14" in found["PLACE_SWAPPED"].hint
    assert "longitude first" in found["GEOMETRY_SWAPPED"].hint


def test_the_network_is_that_of_the_tables_or_the_file_that_is_named(folder):
    own = read_case(folder)
    assert own.network_path is None
    assert len(own.network.network.nodes) == 8
    assert own.network.network.source.schematic
    assert examine(own.nodes, own.links, source=own.network.network.source).problems == ()
    (folder / "region.osm.pbf").touch()
    edit(folder / "case.toml", 'id = "two-valleys"', 'id = "two-valleys"\nnetwork = "region.osm.pbf"')
    other = read_case(folder)
    assert other.network is None
    assert other.network_path == folder / "region.osm.pbf"


def test_a_network_given_elsewhere_is_not_missed(folder):
    (folder / "links.csv").unlink()
    edit(folder / "road_status.csv", "link:l7", "ref:R7")
    assert codes(read_case(folder)) == ["NETWORK_MISSING"]
    assert codes(read_case(folder, network_given=True)) == []


def test_rows_can_be_found_again_by_id(folder):
    rows = read_case(folder).rows
    assert str(rows["places"]["cedar"]) == "places.csv, row 6"
    assert str(rows["areas"]["flooded"]) == "areas.csv, row 4"


def test_faults_of_the_network_are_among_the_problems(folder):
    edit(folder / "links.csv", "l1,n1,n2", "l1,n1,n99")
    (problem,) = read_case(folder).errors
    assert (problem.where.file, problem.where.row) == ("links.csv", 4)


def test_clocks_that_change_within_the_horizon_are_a_warning(folder):
    edit(folder / "case.toml", "2030-05-14T06:00+02:00", "2030-05-14T06:00Z")
    edit(folder / "case.toml", "valley=+02:00", "valley=Europe/Berlin")
    assert read_case(folder).case.time_zones == (("valley", 7_200),)
    edit(folder / "case.toml", "2030-05-14T06:00Z", "2030-03-30T22:00Z")
    assert "TIME_CHANGES" in codes(read_case(folder))


@pytest.mark.parametrize(
    ("start", "zone", "offsets"),
    [("2026-10-24T12:00+03:00", "Europe/Kyiv", (3, 2)), ("2026-03-28T12:00+02:00", "Europe/Kyiv", (2, 3)),
     ("2026-10-24T12:00+03:00", "Europe/Moscow", (3, 3))],
)  # fmt: skip
def test_hours_of_a_day_are_what_clocks_show_on_that_day(tmp_path, start, zone, offsets):
    head = HEAD.replace("2024-05-01T06:00+03:00", start).replace("2024-05-01T05:30+03:00", start)
    head = head.replace("horizon_h = 4", "horizon_h = 40") + 'movement_hours = "06:00-20:00"\n'
    head = head.replace("Here=+03:00", f"one={zone}; other=Europe/Moscow")
    found = read_case(write_case(tmp_path, head=head)).case
    began = datetime.fromisoformat(found.epoch)
    day = began.date() + timedelta(days=1)
    wanted = datetime(day.year, day.month, day.day, 6, tzinfo=UTC) - timedelta(hours=offsets[1])
    *_, tomorrow = found.settings.movement_windows
    assert tomorrow.from_s == (wanted - began).total_seconds()
    assert tomorrow.until_s - tomorrow.from_s == 14 * 3_600
    assert (len(found.time_zones) == 3) == (offsets[0] != offsets[1])


def test_without_time_zones_the_offset_of_the_start_is_printed(folder):
    edit(folder / "case.toml", 'time_zones = "valley=+02:00"', "")
    case = read_case(folder).case
    assert case.time_zones == (("UTC+02:00", 7_200),)
    assert case.epoch == "2030-05-14T04:00:00Z"


def test_daylight_lies_inside_twilight_at_all_places(folder):
    edit(folder / "case.toml", 'movement_hours = "06:00-20:00"', 'movement_hours = "daylight"')
    edit(folder / "case.toml", "horizon_h = 12", "horizon_h = 36")
    windows = read_case(folder).case.settings.movement_windows
    # At 0 degrees north and east it is light from about 05:31 to 18:21 UTC; the case starts at 04:00 UTC.
    assert len(windows) == 2
    assert abs(windows[0].from_s - (91 + 32) * 60) < 120
    assert abs(windows[0].until_s - (861 - 32) * 60) < 120
    assert abs(windows[1].from_s - windows[0].from_s - 86_400) < 120


@pytest.mark.parametrize(("lon", "lat"), [(33.0, 50.3), (36.5, 52.1), (-70.0, -53.0), (10.0, 59.0)])
def test_daylight_is_what_the_rule_on_movement_by_day_accepts_at_every_place(lon, lat):
    clock = Clock(epoch=datetime(2030, 10, 20, 3, tzinfo=UTC), offset_s=0, horizon_s=86_400)
    points = [(lon, lat), (lon + 3, lat + 1), (lon + 1, lat - 1)]
    for window in daylight_windows(clock, points):
        for point in points:
            begin, end = twilight_s("2030-10-20T03:00:00Z", window.until_s - 3_600, *point)
            assert window.until_s <= end - 30 * 60
            assert window.from_s in {0, max(window.from_s, begin + 30 * 60)}


def test_a_window_beyond_the_horizon_is_kept_as_one_that_never_opens(folder):
    edit(folder / "places.csv", "06:00-20:00", "02:00-04:00")
    reading = read_case(folder)
    ford = next(place for place in reading.case.places if place.kind is PlaceKind.CHECKPOINT)
    assert ford.open_windows != ()
    assert ford.open_windows[0].from_s >= reading.case.settings.horizon_s
    assert codes(reading) == ["WINDOW_OUTSIDE"]


def test_daily_hours_are_cut_to_the_window_of_an_arrangement(folder):
    edit(folder / "arrangements.csv", ",,,08:00-16:00", ",2030-05-14 10:00,,08:00-16:00")
    assert read_case(folder).case.arrangements[0].windows == (Interval(from_s=14_400, until_s=36_000),)


def test_an_area_with_one_figure_has_no_range(folder):
    edit(folder / "areas.csv", "0.005,0.01,0.05", ",0.01,")
    area = read_case(folder).case.areas[0]
    assert (area.hazard_low_ppm, area.hazard_ppm, area.hazard_high_ppm) == (10_000, 10_000, 10_000)


def test_csv_files_in_a_declared_encoding(folder):
    before = read_case(folder).case
    for file in folder.glob("*.csv"):
        file.write_bytes(file.read_text("utf-8").replace("Alder", "Ольха").encode("cp1251"))
    edit(folder / "case.toml", '# encoding = "utf-8"', 'encoding = "cp1251"')
    after = read_case(folder)
    assert after.errors == ()
    assert after.case.places[0].name == "Ольха"
    assert len(after.case.demand) == len(before.demand)


def test_an_unknown_table_is_reported_once_however_often_it_is_needed(folder):
    (folder / "directions.csv").unlink()
    assert codes(read_case(folder), Severity.ERROR) == ["TABLE_MISSING"]


def test_one_misspelt_name_in_many_rows_is_one_problem(folder):
    edit(folder / "demand.csv", ",east,", ",easst,")
    (problem,) = read_case(folder).errors
    assert problem.where.row == 5
    assert "11 more" in problem.message
    assert "“east”" in problem.hint


def test_problems_come_in_the_order_of_the_case(folder):
    edit(folder / "links.csv", "l1,n1,n2,primary", "l1,n1,n2,motorwai")
    edit(folder / "demand.csv", ",120,", ",many,")
    edit(folder / "places.csv", ",420,", ",few,")
    edit(folder / "case.toml", "horizon_h = 12", 'horizon_h = "long"')
    files = [problem.where.file for problem in read_case(folder).errors]
    assert files == ["case.toml", "places.csv", "demand.csv", "links.csv"]


def test_the_built_in_example_has_no_errors_and_survives_conversion(tmp_path):
    example = read_case(EXAMPLE)
    assert example.errors == ()
    convert_case(EXAMPLE, tmp_path / "example.xlsx")
    book = read_case(tmp_path / "example.xlsx")
    assert book.errors == ()
    assert book.case == example.case
    assert book.network.network.source.sha256 == example.network.network.source.sha256


def test_nothing_heavy_is_loaded_to_read_a_case(tmp_path):
    """A workbook writer, geometry and solvers take longer to load than most cases take to read."""
    code = (
        "import sys; from safepassage.formats.case.case_reading import read_case;"
        f"assert read_case({str(EXAMPLE)!r}).case is not None;"
        "print(sorted({'openpyxl', 'scipy', 'ortools', 'osmium'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
