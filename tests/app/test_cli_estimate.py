"""`safepassage estimate`, started as a person starts it."""

from __future__ import annotations

import json

import pytest

from safepassage.cli import main
from safepassage.formats.case import population_grid
from safepassage.formats.case.area_in import read_area
from tests.support.town import square, wkt, write_town


@pytest.fixture
def run(capsys):
    def command(*arguments):
        code = main(["estimate", *(str(a) for a in arguments)])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return command


@pytest.fixture(scope="module")
def network(tmp_path_factory):
    return write_town(tmp_path_factory.mktemp("town"))


AREA = wkt(square())


def test_it_says_persons_time_bound_limit_and_exits(run, network):
    code, out, _ = run("--network", network, "--area", AREA, "--population", 6000)
    assert code == 0
    assert "6,000 persons in" in out
    for words in (
        "by a plan that exists",
        "certified, gap",
        "what limits it",
        "Exits, ",
        "Taken for granted",
    ):
        assert words in out


def test_json_holds_the_numbers_and_nothing_else_is_printed(run, network):
    code, out, err = run("--network", network, "--area", AREA, "--population", 6000, "--json")
    data = json.loads(out)
    assert (code, err) == (0, "")
    assert data["verified"] is True
    assert data["bound_s"] <= data["clearance_s"]
    assert data["gap"] == pytest.approx(data["clearance_s"] / data["bound_s"] - 1, abs=1e-5)
    assert sum(row["persons"] for row in data["exits"]) == data["served"] == 6000


def test_what_it_writes_is_verified_again_from_disk(run, network, tmp_path, capsys):
    out = tmp_path / "out"
    run("--network", network, "--area", AREA, "--population", 6000, "-o", out, "--title", "Old <town>")
    page = (out / "RESTRICTED" / "RESTRICTED-estimate.html").read_text("utf-8")
    assert "Old &lt;town&gt;: a first estimate" in page
    assert "<script" not in page
    assert main(["verify", str(out)]) == 0
    assert "none failed" in capsys.readouterr().out


def test_tables_of_links_exits_and_checkpoints_are_read(run, network, tmp_path):
    (tmp_path / "links.csv").write_text(
        "name,mode,lat,lon,travel_min,departures,persons\nstation,train,50.02,35.02,40,0:45; 2:00,150\n"
    )
    (tmp_path / "gates.csv").write_text(
        "name,lat,lon,vehicles_h\nriver,50.0,35.004,60\nhill,50.004,35.0,60\n"
    )
    (tmp_path / "exits.csv").write_text("lat,lon\n50.0,35.0\n")
    code, out, _ = run(
        "--network", network, "--area", AREA, "--population", 900, "--links", tmp_path / "links.csv",
        "--checkpoints", tmp_path / "gates.csv", "--exits", tmp_path / "exits.csv", "--json",
    )  # fmt: skip
    data = json.loads(out)
    assert code == 0
    assert data["by_link"] > 0
    assert {row["kind"] for row in data["exits"]} == {"road", "link"}


def test_a_feature_of_a_map_file_gives_area_and_name(run, network, tmp_path):
    ring = [[x / 1e7, y / 1e7] for x, y in square()]
    feature = {"type": "Feature", "properties": {"name": "Old town"},
               "geometry": {"type": "Polygon", "coordinates": [ring]}}  # fmt: skip
    file = tmp_path / "zone.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    code, out, _ = run("--network", network, "--area", file, "--population", 300)
    assert code == 0
    assert out.startswith("Old town: 300 persons")


def test_an_outline_in_a_file_is_the_outline_that_is_typed(tmp_path):
    file = tmp_path / "old town.wkt"
    file.write_text(AREA + "\n", encoding="utf-8")
    assert read_area(str(file), tmp_path) == ("old town", read_area(AREA, tmp_path)[1])


SWAPPED = "POLYGON ((50.01 35.01, 50.03 35.01, 50.03 35.03, 50.01 35.01))"
CROSSED = "POLYGON ((35.01 50.01, 35.03 50.03, 35.03 50.01, 35.01 50.03, 35.01 50.01))"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--area", AREA], "give the number of persons with --population, or a grid with --grid"),
        (["--area", AREA, "--population", "0"], "0 persons leave nobody to move"),
        (["--area", AREA, "--population", "-5"], "no whole number from 0"),
        (["--area", CROSSED, "--population", "5"], "crosses or touches itself"),
        (
            ["--area", "POLYGON ((1 1, 2 1, 2 2, 1 1))", "--population", "5"],
            "outside the map, which has longitude",
        ),
        (["--area", SWAPPED, "--population", "5"], "write the longitude first"),
        (["--area", wkt(square(-2, 40)), "--population", "5"], "is larger than the map"),
        (["--area", wkt(square(3.2, 3.8)), "--population", "5"], "no road that cars may use"),
        (["--area", "Atlantis", "--population", "5"], "“Atlantis”"),
        (["--area", "none.geojson", "--population", "5"], "there is no such file"),
        (["--area", AREA, "--population", "5", "--exits", "here"], "neither LAT,LON"),
        (["--area", AREA, "--population", "5", "--exits", "10,10"], "from the nearest road"),
        (["--area", AREA, "--grid", "none.csv"], "there is no such file"),
    ],
)
def test_each_fault_is_one_clear_message(run, network, tmp_path, monkeypatch, arguments, words):
    monkeypatch.chdir(tmp_path)
    code, out, err = run("--network", network, *arguments)
    assert code == 2
    assert out == ""
    assert words in err
    assert "Traceback" not in err


def test_a_network_that_is_not_there_is_named_before_its_places_are_asked_for(run, tmp_path):
    code, _, err = run("--network", tmp_path / "regoin.osm.pbf", "--area", "Vaduz", "--population", 5)
    assert code == 2
    assert "regoin.osm.pbf: there is no such file" in err
    assert len(err.strip().splitlines()) <= 16  # one sentence, after the usage where that is at fault


@pytest.mark.parametrize(
    ("table", "row", "words"),
    [
        ("links", "mode,lat,lon,travel_min\nzeppelin,50,35,5", "write train, boat or foot"),
        ("links", "mode,lat,lon,travel_min\nboat,50,35,5", "nothing says how many may go when"),
        ("links", "mode,lat,lon,departures,persons\nboat,50,35,soon,9", "is no departure"),
        ("checkpoints", "name,lat,lon\nx,50,35", "nothing says how many may pass"),
        ("checkpoints", "name,lat,lon,vehicles_h\nx,95,35,9", "latitude"),
        ("checkpoints", "name,lat,vehicles_h\nx,50,9", "lon is missing"),
        ("checkpoints", "name,lat,lon,vehicles_h\nx,10,10,9", "from the nearest road of the area"),
    ],
)
def test_faults_in_small_tables_name_their_row(run, network, tmp_path, table, row, words):
    file = tmp_path / "table.csv"
    file.write_text(row + "\n")
    code, _, err = run("--network", network, "--area", AREA, "--population", 50, f"--{table}", file)
    assert code == 2
    assert words in err


def test_a_grid_in_csv_and_geojson_counts_the_same(tmp_path):
    (tmp_path / "g.csv").write_text("lat,lon,population\n50.02,35.02,12\n50.03,35.02,\n")
    point = {"type": "Point", "coordinates": [35.02, 50.02]}
    feature = {"type": "Feature", "properties": {"Population": 12}, "geometry": point}
    (tmp_path / "g.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    assert population_grid.read_grid(tmp_path / "g.csv") == population_grid.read_grid(tmp_path / "g.geojson")


def test_a_grid_without_a_column_of_persons_says_which_columns_it_has(tmp_path, run, network):
    (tmp_path / "g.csv").write_text("lat,lon,height\n50.02,35.02,12\n")
    code, _, err = run("--network", network, "--area", AREA, "--grid", tmp_path / "g.csv")
    assert code == 2
    assert "columns: lat, lon, height" in err


@pytest.mark.shared
def test_the_grid_of_helsinki_is_read_whole(shared_dir, run):
    grid = shared_dir / "data" / "grid" / "helsinki_population_grid_2020.gpkg"
    cells = population_grid.read_grid(grid)
    assert len(cells) == 92
    assert all(len(cell.rings[0]) == 5 for cell in cells)
    area = "POLYGON ((24.92 60.157, 24.95 60.157, 24.95 60.172, 24.92 60.172, 24.92 60.157))"
    code, out, _ = run(
        "--network",
        shared_dir / "data" / "osm" / "helsinki.osm.pbf",
        "--area",
        area,
        "--grid",
        grid,
        "--json",
    )
    data = json.loads(out)
    assert code == 0
    assert 0 < data["persons"] < sum(cell.persons for cell in cells)


def test_without_pyogrio_it_says_what_to_install(tmp_path, monkeypatch, run, network):
    import sys

    (tmp_path / "g.gpkg").write_bytes(b"")
    monkeypatch.setitem(sys.modules, "pyogrio.raw", None)
    monkeypatch.setitem(sys.modules, "pyogrio", None)
    code, _, err = run("--network", network, "--area", AREA, "--grid", tmp_path / "g.gpkg")
    assert code == 2
    assert "install safepassage[gis]" in err
