"""The command line against full disks, links, closed streams and odd arguments: whole outputs or none."""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from safepassage.cli import main
from safepassage.cli.written import write_files
from tests.support.folders import TABLES, write_case

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="links, modes and limits as POSIX has them")


@pytest.fixture
def case(tmp_path):
    return write_case(tmp_path / "case")


@pytest.fixture
def refused(case, tmp_path, capsys):
    """Plan into a folder; expect exit code 2, and return the sentence."""

    def plan(output):
        assert main(["plan", str(case), "-o", str(output), "--json"]) == 2
        return json.loads(capsys.readouterr().out)["error"]

    return plan


@pytest.fixture(scope="module")
def planned(tmp_path_factory):
    """Two plans of different cases, made once."""
    path = tmp_path_factory.mktemp("planned")
    other = TABLES["demand"].replace("30", "33")
    assert main(["plan", str(write_case(path / "a")), "-o", str(path / "one")]) == 0
    assert main(["plan", str(write_case(path / "b", demand=other)), "-o", str(path / "two")]) == 0
    return path


def everything_in(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


@pytest.mark.parametrize("there", ["RESTRICTED", "RESTRICTED/RESTRICTED-report.html/x"])
def test_something_else_in_the_way_of_a_plan_stops_it_before_the_first_file(tmp_path, refused, there):
    output = tmp_path / "out"
    (output / there).parent.mkdir(parents=True)
    (output / there).touch()
    before = everything_in(output)
    assert "is there, where a" in refused(output)
    assert everything_in(output) == before


def test_an_output_that_is_a_file_is_named(tmp_path, refused):
    (tmp_path / "out").write_text("mine")
    assert str(tmp_path / "out") in refused(tmp_path / "out")
    assert (tmp_path / "out").read_text() == "mine"


def test_a_link_does_not_lead_restricted_files_elsewhere(tmp_path, refused):
    shared = tmp_path / "shared"
    shared.mkdir(mode=0o755)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "RESTRICTED").symlink_to(shared)
    assert "a link or file is there" in refused(tmp_path / "out")
    assert everything_in(shared) == []
    assert shared.stat().st_mode & 0o777 == 0o755


def test_what_lies_under_the_name_of_a_part_is_neither_followed_nor_kept_readable(tmp_path, case):
    folder = tmp_path / "out" / "RESTRICTED"
    folder.mkdir(parents=True)
    victim = tmp_path / "victim"
    victim.write_text("mine")
    (folder / ".RESTRICTED-plan.json.part").symlink_to(victim)
    left = folder / ".RESTRICTED-inputs.json.part"
    left.touch()
    left.chmod(0o666)
    assert main(["plan", str(case), "-o", str(tmp_path / "out")]) == 0
    assert victim.read_text() == "mine"
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
    assert not any(path.is_symlink() or path.suffix == ".part" for path in folder.iterdir())


@pytest.mark.parametrize(
    "earlier",
    [
        '[7, [], "", null]',
        '{"complete": 7, "files": {"RESTRICTED/../../case/case.toml": []}}',
        "[" * 100_000,
        "{}",
        '["RESTRICTED/../../case/case.toml"]',
    ],
)
def test_a_list_of_earlier_files_that_is_not_ours_removes_nothing(tmp_path, case, earlier):
    folder = tmp_path / "out" / "RESTRICTED"
    folder.mkdir(parents=True)
    (folder / "RESTRICTED-files.json").write_text(earlier)
    assert main(["plan", str(case), "-o", str(tmp_path / "out")]) == 0
    assert (case / "case.toml").exists()
    assert (
        "RESTRICTED/RESTRICTED-plan.json"
        in json.loads((folder / "RESTRICTED-files.json").read_text())["files"]
    )


def small_files_only():
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))


def command(*arguments, **given):
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    words = [sys.executable, "-m", "safepassage", *map(str, arguments)]
    return subprocess.run(words, env=environment, capture_output=True, timeout=60, check=False, **given)


@pytest.mark.slow
def test_a_full_disk_leaves_nothing_behind_and_no_traceback(tmp_path, case):
    done = command("plan", case, "-o", tmp_path / "new" / "out", "--json", preexec_fn=small_files_only)
    assert (done.returncode, done.stderr) == (2, b"")
    assert "RESTRICTED-" in json.loads(done.stdout)["error"]
    assert not (tmp_path / "new").exists()


def test_streams_that_are_full_or_closed_change_no_exit_code(case):
    if not os.path.exists("/dev/full"):  # noqa: PTH110
        pytest.skip("this system has no /dev/full")
    words = f"{sys.executable} -m safepassage"
    script = f"{words} check {case} >/dev/full; echo $?; {words} check {case}/none 2>&- >&-; echo $?"
    done = subprocess.run(["/bin/sh", "-c", script], capture_output=True, timeout=60, check=False, text=True)
    assert done.stdout.split() == ["0", "2"]
    assert "could not be printed: No space left on device" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "wrong", [["--time-limit", "-1"], ["--work-limit", "-5"], ["--time-limit", "9" * 20], ["--seed", "٣"], []]
)
def test_wrong_usage_is_one_json_object_where_json_was_asked_for(case, tmp_path, capsys, wrong):
    where = ["-o", str(tmp_path / "out")] if wrong else []
    assert main(["plan", str(case), "--json", *where, *wrong]) == 2
    said = json.loads(capsys.readouterr().out)
    assert said["exit_code"] == 2
    assert (wrong[0] if wrong else "--output") in said["error"]
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("zone", ["localtime", "right/Europe/Kyiv", "posix/Europe/Kyiv", "posixrules"])
def test_a_time_zone_that_depends_on_the_computer_is_refused(tmp_path, capsys, zone):
    case = write_case(tmp_path / "case")
    text = (case / "case.toml").read_text().replace("Here=+03:00", f"Here={zone}")
    (case / "case.toml").write_text(text)
    assert main(["check", str(case), "--json"]) == 2
    assert [p["code"] for p in json.loads(capsys.readouterr().out)["problems"]] == ["TIME_ZONE"]


def test_a_folder_without_a_case_says_how_to_begin(tmp_path, capsys):
    assert main(["check", str(tmp_path), "--json"]) == 2
    assert "safepassage init" in json.loads(capsys.readouterr().out)["problems"][0]["hint"]


@pytest.mark.parametrize(
    ("content", "codes"),
    [
        (b"", (2, 2)),
        (b"[" * 200_000, (2, 2)),
        (b'{"a":' * 200_000, (2, 2)),
        (b"null\n", (4, 4)),
        (b"[]\n", (4, 4)),
        (b"{}\n", (4, 4)),
        (b"NaN", (4, 4)),
        (None, (4, 4)),
    ],
    ids=["empty", "deep lists", "deep objects", "null", "list", "object", "NaN", "of another plan"],
)
@pytest.mark.parametrize("name", ["plan", "inputs"])
def test_nothing_is_explained_of_a_plan_that_was_changed(tmp_path, planned, capsys, name, content, codes):
    folder = tmp_path / "RESTRICTED"
    shutil.copytree(planned / "one" / "RESTRICTED", folder)
    file = f"RESTRICTED-{name}.json"
    (folder / file).write_bytes(
        (planned / "two" / "RESTRICTED" / file).read_bytes() if content is None else content
    )
    capsys.readouterr()
    found = []
    for command in ("verify", "explain"):
        found.append(main([command, str(tmp_path), "--json"]))
        assert json.loads(capsys.readouterr().out)["exit_code"] == found[-1]
    assert tuple(found) == codes


def test_pipes_and_devices_are_refused_and_not_waited_for(tmp_path, planned, case, capsys):
    folder = tmp_path / "RESTRICTED"
    shutil.copytree(planned / "one" / "RESTRICTED", folder)
    (folder / "RESTRICTED-inputs.json").unlink()
    os.mkfifo(folder / "RESTRICTED-inputs.json")
    os.mkfifo(tmp_path / "case.xlsx")
    os.mkfifo(case / "areas.csv")
    for words in (
        ["verify", tmp_path],
        ["explain", tmp_path],
        ["check", tmp_path / "case.xlsx"],
        ["check", case],
    ):
        assert main([*map(str, words)]) == 2
    assert main(["check", "/dev/zero"]) == 2
    assert "areas.csv: it is no ordinary file" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "code"), [("road_status.csv", "FILE_UNREADABLE"), ("Road status.xlsx", "FILE_KIND")]
)
def test_a_table_that_is_there_and_cannot_be_read_is_never_taken_for_none(case, capsys, name, code):
    if code == "FILE_KIND":
        (case / name).write_bytes(b"rows about closed roads")
    else:
        (case / name).symlink_to(case / "unmounted" / name)
    assert main(["check", str(case), "--json"]) == 2
    assert [(p["code"], p["file"]) for p in json.loads(capsys.readouterr().out)["problems"]] == [(code, name)]


def test_the_source_of_a_table_may_lie_beside_it(case):
    (case / "demand.xlsx").write_bytes(b"from which demand.csv was saved")
    assert main(["check", str(case)]) == 0


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--via", "35.0,50.0"], "m from any junction"),
        (["--via", "50.01,35.0;nan,1"], "nowhere on Earth"),
        (["--direction", "nort"], "there is no direction nort; name one of"),
    ],
)
def test_a_way_through_a_point_far_off_is_not_shown_as_the_way_asked_about(planned, capsys, more, said):
    capsys.readouterr()
    assert main(["explain", str(planned / "one"), "home", "--json", *more]) == 2
    assert said in json.loads(capsys.readouterr().out)["error"]
    assert main(["explain", str(planned / "one"), "home", "--via", "50.01,35.0"]) == 0


def test_two_plans_that_are_written_into_one_folder_at_once_do_not_mix(tmp_path):
    names = [f"RESTRICTED/RESTRICTED-{number}.csv" for number in range(60)]
    ready = threading.Barrier(4)

    def write(mine: bytes) -> None:
        ready.wait()
        write_files(tmp_path / "out", dict.fromkeys(names, mine))

    for _ in range(5):
        with ThreadPoolExecutor(4) as writers:
            list(writers.map(write, (b"a", b"b", b"c", b"d")))
        assert len({(tmp_path / "out" / name).read_bytes() for name in names}) == 1
        assert not list(tmp_path.rglob("*.part"))
