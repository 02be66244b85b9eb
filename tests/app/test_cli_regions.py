"""`safepassage regions` as a person starts it."""

from __future__ import annotations

import json

import pytest

from safepassage.cli import main
from safepassage.cli.run import OK, UNSERVED
from tests.support.folders import HEAD, TABLES, write_case

NARROW = "id,from,to,class,length_m,capacity_veh_h\nl1,a,b,primary,1500,8\nl2,b,c,primary,2000,8\n"


def regions(folder, **tables):
    """Write two cases on the same roads, whose people do not know of each other."""
    heads = {name: HEAD.replace('id = "ford"', f'id = "{name}"') for name in ("north", "south")}
    return [str(write_case(folder / name, head=head, **tables)) for name, head in heads.items()]


@pytest.mark.slow
def test_each_region_is_a_verified_plan_and_where_they_meet_is_said(tmp_path, capsys):
    out = tmp_path / "out"
    assert main(["regions", *regions(tmp_path), "-o", str(out)]) == OK
    printed = capsys.readouterr().out
    assert "north: 52 of 52 served" in printed
    assert "the plans hold together by the hour" in printed
    for name in ("north", "south"):
        assert main(["verify", str(out / name)]) == OK
        assert (out / name / "RESTRICTED" / "RESTRICTED-report.html").is_file()
    found = json.loads((out / "RESTRICTED-regions.json").read_text("utf-8"))
    assert [row["id"] for row in found["regions"]] == ["north", "south"]
    assert all(set(row["loads"]) == {"north", "south"} for row in found["shared"])


@pytest.mark.slow
def test_more_than_a_road_carries_is_named(tmp_path, capsys):
    cases = regions(tmp_path, links=NARROW)
    assert main(["regions", *cases, "--rounds", "0", "-o", str(tmp_path / "out")]) in {0, 3}
    printed = capsys.readouterr().out
    assert "more than the road carries" in printed
    assert "of 8 car units an hour" in printed


@pytest.mark.slow
def test_what_is_scarce_is_divided_until_the_plans_hold_together(tmp_path, capsys):
    out = tmp_path / "out"
    assert main(["regions", *regions(tmp_path, links=NARROW), "-o", str(out)]) == OK
    printed = capsys.readouterr().out
    assert "Together: 104 of 104 served" in printed
    assert "a–b: north 50 %, south 50 %" in printed
    assert "the plans hold together by the hour" in printed
    found = json.loads((out / "RESTRICTED-regions.json").read_text("utf-8"))
    together, rounds = found["together"], found["together"]["rounds"]
    assert rounds[0]["over_hours"] > 0
    chosen = rounds[together["chosen"]]
    assert (chosen["over_hours"], chosen["over_sites"]) == (0, 0)
    assert together["person_seconds_bound"] <= rounds[0]["person_seconds"] < chosen["person_seconds"]
    for name in ("north", "south"):
        assert main(["verify", str(out / name)]) == OK


@pytest.mark.slow
def test_places_of_a_site_are_divided(tmp_path, capsys):
    places = TABLES["places"].replace("reception_site,c,west,500", "reception_site,c,west,60")
    cases = regions(tmp_path, places=places)
    assert main(["regions", *cases, "-o", str(tmp_path / "out")]) == UNSERVED
    printed = capsys.readouterr().out
    assert "camp: north 50 %, south 50 %" in printed
    assert "used beyond what it holds" in printed
    found = json.loads((tmp_path / "out" / "RESTRICTED-regions.json").read_text("utf-8"))
    (camp,) = [row for row in found["sites"] if row["id"] == "camp"]
    assert sum(camp["loads"].values()) <= 60


def test_cases_that_cannot_lie_side_by_side_are_refused(tmp_path, capsys):
    one, other = regions(tmp_path)
    assert main(["regions", one, one, "-o", str(tmp_path / "out")]) == 2
    assert "same id" in capsys.readouterr().err
    late = write_case(tmp_path / "late", head=HEAD.replace('"ford"', '"late"').replace("06:00", "07:00"))
    assert main(["regions", other, str(late), "-o", str(tmp_path / "out")]) == 2
    assert "same time" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
@pytest.mark.parametrize("how", [["--workers", "2"], ["--cluster", "local:2"]])
def test_the_bytes_are_the_same_whoever_plans(tmp_path, how):
    if "--cluster" in how:
        pytest.importorskip("distributed")
    cases = regions(tmp_path)
    for name, more in (("one", []), ("many", how)):
        assert main(["regions", *cases, "-o", str(tmp_path / name), *more]) == OK
    files = sorted(path.relative_to(tmp_path / "one") for path in (tmp_path / "one").rglob("*.json"))
    assert len(files) > 10
    for file in files:
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "many" / file).read_bytes()
