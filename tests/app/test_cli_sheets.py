"""`safepassage sheets` prints what a written plan holds, for one driver or all, and leaves nothing stale."""

from __future__ import annotations

import json
import shutil

import pypdf
import pytest

from safepassage.cli import main
from tests.support.folders import TABLES, write_case

RESTRICTED = "RESTRICTED"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sheets")
    case = write_case(folder / "case")
    assert main(["plan", str(case), "-o", str(folder / "out")]) == 0
    return case, folder / "out"


@pytest.fixture
def out(made, tmp_path):
    return shutil.copytree(made[1], tmp_path / "out")


@pytest.fixture
def run(capsys):
    def sheets(*arguments):
        capsys.readouterr()
        code = main(["sheets", *map(str, arguments), "--json"])
        return code, json.loads(capsys.readouterr().out)

    return sheets


def vehicles(out):
    plan = json.loads((out / RESTRICTED / "RESTRICTED-plan.json").read_text("utf-8"))
    return [row["id"] for row in plan["vehicles"] if row["legs"]]


def test_all_sheets_are_written_for_their_owner_only(out, run):
    code, found = run(out)
    assert code == 0
    folder = out / RESTRICTED / "sheets"
    assert sorted(p.name for p in folder.iterdir()) == found["files"]
    assert len([n for n in found["files"] if "-vehicle-" in n and n.endswith(".pdf")]) == len(vehicles(out))
    assert {p.stat().st_mode & 0o777 for p in folder.iterdir()} == {0o600}
    assert folder.stat().st_mode & 0o777 == 0o700
    assert all(name.startswith("RESTRICTED-") for name in found["files"])


def test_one_vehicle_in_ukrainian(out, run, tmp_path):
    vehicle = vehicles(out)[0]
    only = ("--language", "uk", "--vehicle", vehicle, "--phone", "+380 00 000")
    code, found = run(out, *only, "-o", tmp_path / "x")
    assert code == 0
    pdf = next((tmp_path / "x").glob("*.uk.pdf"))
    text = "".join(page.extract_text() for page in pypdf.PdfReader(pdf).pages)
    assert "Ваші зупинки" in text
    assert "+380 00 000" in text
    assert len(found["files"]) == 3


def test_with_the_case_the_shapes_of_roads_are_known(run, tmp_path):
    """A network that is no sketch, by tables of its own: from b the second road goes off to the right."""
    network = tmp_path / "network"
    network.mkdir()
    for name in ("nodes", "links"):
        (network / f"{name}.csv").write_text(TABLES[name], "utf-8")
    case = write_case(tmp_path / "case", nodes=None, links=None)
    assert main(["plan", str(case), "--network", str(network), "-o", str(tmp_path / "out")]) == 0
    for more, said in (((), "are not given"), (("--case", case, "--network", network), "Turn right")):
        assert run(tmp_path / "out", *more, "--kind", "vehicles", "-o", tmp_path / "x")[0] == 0
        assert said in next((tmp_path / "x").glob("*vehicle*.html")).read_text("utf-8")


def test_twice_gives_the_same_bytes(out, run, tmp_path):
    for name in ("a", "b"):
        assert run(out, "-o", tmp_path / name)[0] == 0
    for path in (tmp_path / "a").iterdir():
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes(), path.name


def test_sheets_go_when_another_plan_comes(made, out, run):
    assert run(out)[0] == 0
    sheets = list((out / RESTRICTED / "sheets").glob("RESTRICTED-vehicle*"))
    assert sheets
    assert main(["plan", str(made[0]), "-o", str(out), "--seed", "1"]) == 0
    assert not any(path.exists() for path in sheets)


def test_an_unknown_vehicle_is_one_sentence_with_those_there_are(out, run):
    code, found = run(out, "--vehicle", "nobody")
    assert code == 2
    assert vehicles(out)[0] in found["error"]
    assert not (out / RESTRICTED / "sheets").exists()


def test_no_sheet_of_a_plan_that_does_not_hold(out, run):
    path = out / RESTRICTED / "RESTRICTED-plan.json"
    plan = json.loads(path.read_text("utf-8"))
    plan["vehicles"][0]["legs"][0]["depart_s"] += 7
    text = json.dumps(plan, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    path.write_text(text + "\n", "utf-8")
    code, found = run(out)
    assert code == 4
    assert "NOT VERIFIED" in found["error"]
    assert not (out / RESTRICTED / "sheets").exists()


def test_a_folder_without_a_plan_and_another_network_are_refused(out, run, tmp_path):
    assert run(tmp_path / "nothing")[0] == 2
    other = write_case(tmp_path / "other", links=TABLES["links"].replace("2000", "2100"))
    code, found = run(out, "--case", other)
    assert code == 2
    assert "not the one" in found["error"]
