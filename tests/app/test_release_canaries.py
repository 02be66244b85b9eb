"""A plan is audited, released to everybody, backed up: what must not leave is searched wherever bytes are."""

from __future__ import annotations

import io
import json
import re
from contextlib import redirect_stderr, redirect_stdout

import pytest

from safepassage.cli import main
from safepassage.cli.log import store_file
from tests.support.folders import write_case

BUS, TOKEN, CONSENT = "canary-plate-7", "canary-group-token", "canary-consent-3"
REASON, DOCUMENT, GRADE = "canary override reason", "canary-document-9", "canary safeguard words"
WHO = ("--by", "lead", "--why", "drill")
AUDIENCES = ("public", "partners", "party-a", "party-b")
LATER_MS = 1_900_000_000_000


def safeguards() -> str:
    return (
        "id,kind,answer,text,document\n"
        f"g1,occupied_territory,yes,{GRADE},{DOCUMENT}\n"
        f"g2,military_use,yes,{GRADE},\n"
    )


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    """A folder with releases for four audiences, and all that was printed on the way."""
    folder, printed = tmp_path_factory.mktemp("released"), io.StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv(store_file.KEY_FILE, str(folder / "keys" / "k"))
        patch.setattr(store_file, "now_ms", lambda: LATER_MS)
        (folder / "keys").mkdir()
        fleet = f"id,count,seats,base\n{BUS},1,20,home\n"
        write_case(folder / "case", fleet=fleet, safeguards=safeguards())
        with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
            assert main(["plan", "case", "-o", "out"]) in {0, 3, 5}
        everything(folder, printed)
        yield folder, printed.getvalue()


def everything(folder, printed):
    sheet = json.loads((folder / "out" / "RESTRICTED" / "RESTRICTED-audit.json").read_bytes())
    failed = [row["id"] for row in sheet["findings"] if row["verdict"] == "FAIL"]
    assert "SP-20" in failed
    text = "".join(f'[[override]]\nrule = "{rule}"\nby = "lead"\nreason = "{REASON}"\n' for rule in failed)
    (folder / "keys" / "o.toml").write_text(text)
    group = {"token": TOKEN, "size": 1, "rides": [], "consents": [CONSENT]}
    (folder / "keys" / "m.json").write_text(json.dumps({"groups": [group]}))
    store = ["--store", "a.store", *WHO]
    with redirect_stdout(io.StringIO()):
        assert (
            main(
                ["store", "init", "a.store", "--org", "red", "--key-file", "keys/k", "--make-key-file", *WHO]
            )
            == 0
        )
        audit = ["audit", "out", "--case", "case", "--overrides", "keys/o.toml", "--manifest", "keys/m.json"]
        code = main([*audit, "--keep-manifest", *store])
        assert code == 0, code
    with redirect_stdout(printed), redirect_stderr(printed):
        for audience in AUDIENCES:
            assert main(["release", "out", "--audience", audience, "-o", f"for-{audience}", *store]) == 0
        for audience in ("public", "partners"):
            assert (
                main(["log", "export", "a.store", "--audience", audience, "-o", f"{audience}.jsonl", *WHO])
                == 0
            )
        assert main(["store", "backup", "a.store", "-o", "backup"]) == 0
        assert main(["log", "verify", "a.store"]) == 0
    backend = store_file.open_backend(folder / "a.store", store_file.secret(None))
    backend.set_value("x", b"y")
    for name in ("a.store", "a.store-wal"):
        (folder / f"stolen-{name}").write_bytes((folder / name).read_bytes())
    backend.close()


def outside(folder):
    """Return every file that somebody outside the planning team could come to hold."""
    found = [path for path in folder.rglob("*") if path.is_file()]
    own = {"case", "keys", "overrides.toml"}
    parts = {path: set(path.relative_to(folder).parts) for path in found}
    kept = [path for path in found if not (own | {"RESTRICTED"}) & parts[path]]
    names = {path.name for path in kept}
    assert {"a.store", "stolen-a.store-wal", "backup", "PUBLIC-figures.json"} <= names
    assert {"PARTY_A-figures.txt", "partners.jsonl", "PUBLIC-notice.html", "PUBLIC-notice.txt"} <= names
    return kept


def moments(folder):
    """Return every time of a movement, as seconds from the start and as a clock shows it."""
    plan = json.loads((folder / "out" / "RESTRICTED" / "RESTRICTED-plan.json").read_bytes())
    seconds = {row[0] for stream in plan["cars"] for row in stream["departures"]}
    for vehicle in plan["vehicles"]:
        for leg in vehicle["legs"]:
            seconds |= {leg["depart_s"], leg["arrive_s"]}
    seconds = {second for second in seconds if second % 3600}
    assert seconds
    clocks = {f"{(3 + second // 3600) % 24:02d}:{second // 60 % 60:02d}" for second in seconds}
    return (
        {f'"depart_s":{second}' for second in seconds}
        | {f'"arrive_s":{second}' for second in seconds}
        | clocks
    )


@pytest.mark.parametrize("canary", [BUS, TOKEN, CONSENT, REASON, DOCUMENT, GRADE])
def test_what_was_planted_stands_nowhere_outside(released, canary):
    folder, printed = released
    assert canary not in printed
    for path in outside(folder):
        data = path.read_bytes()
        assert canary.encode() not in data, path.name
        assert canary.encode("utf-16-le") not in data, path.name


def test_no_time_of_a_movement_leaves(released):
    folder, printed = released
    stamps = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?Z")
    for path in [p for p in outside(folder) if p.suffix in {".json", ".jsonl", ".txt", ".html"}]:
        text = path.read_text("utf-8")
        # Times of the data and of an end stand on everything; waves are known to three hours.
        text = stamps.sub(" ", text)
        for moment in moments(folder):
            assert moment not in text, (path.name, moment)
    assert not [moment for moment in moments(folder) if moment in stamps.sub(" ", printed)]


@pytest.mark.parametrize("audience", AUDIENCES)
def test_no_verdict_no_place_of_a_vehicle_and_no_list_of_who_stays_leaves(released, audience):
    folder, _ = released
    for path in (folder / f"for-{audience}").iterdir():
        text = path.read_text("utf-8")
        assert not re.search(
            r"SP-\d\d|NOT_ASSESSED|legal|\bstays?\b|undecided|hazard|route|stretcher aboard", text
        ), path
        if audience != "partners":
            assert not re.search(r"lat_e7\W+\d|Home|Camp|Far\b", text), path
        assert "not a guarantee of safety" in text


@pytest.mark.parametrize("audience", AUDIENCES)
def test_every_release_is_in_the_log_and_signed(released, audience, capsys, monkeypatch):
    folder, _ = released
    monkeypatch.chdir(folder)
    monkeypatch.setenv(store_file.KEY_FILE, str(folder / "keys" / "k"))
    name = audience.upper().replace("-", "_")
    assert main(["log", "check-export", f"for-{audience}/{name}-export.json"]) == 0
    manifest = json.loads((folder / f"for-{audience}" / f"{name}-export.json").read_bytes())
    assert {"class", "audience", "data_time", "plan_sha256", "statement", "signature", "entry"} <= set(
        manifest
    )
    capsys.readouterr()
    assert main(["log", "show", "a.store", "--kind", "export.made", "--json"]) == 0
    entries = json.loads(capsys.readouterr().out)["entries"]
    assert audience in [entry["body"].get("audience") for entry in entries]


def test_the_search_finds_what_is_there(released):
    folder, _ = released
    inside = b"".join(p.read_bytes() for p in (folder / "out" / "RESTRICTED").iterdir() if p.is_file())
    assert BUS.encode() in inside
    assert REASON.encode() in inside
