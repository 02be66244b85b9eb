"""Planning with a ledger: accepted claims close roads, none opens one, and every claim is written down."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from pypdf import PdfReader

from safepassage import example
from safepassage.cli import main
from safepassage.cli.claims import ledger_file
from safepassage.cli.claims.claims_weighed import Scales
from safepassage.domain.claims.claim import CivilianClaim, ForcesClaim
from safepassage.domain.claims.values import PlaceReference
from safepassage.domain.claims.words import ForcesPredicate, PlacePrecision, Predicate
from safepassage.formats.claims import claims_json
from tests.support.audits import overrule
from tests.support.folders import write_case
from tests.unit.test_conflicts import REPORTS, said
from tests.unit.test_hazard_picture import ledger, status

ROOT = Path(__file__).resolve().parents[2]


def about(selector, word, words, origin="road office"):
    place = PlaceReference(name=selector, precision=PlacePrecision.EXACT, selector=selector)
    return replace(status(word, words, origin), places=(place,))


@pytest.fixture
def case(tmp_path):
    return write_case(tmp_path / "case")


def planned(tmp_path, case, *options, output="out"):
    code = main(["plan", str(case), "-o", str(tmp_path / output), *map(str, options)])
    return code, json.loads((tmp_path / output / "RESTRICTED" / "RESTRICTED-claims.json").read_text())


def plan_bytes(tmp_path, output):
    return (tmp_path / output / "RESTRICTED" / "RESTRICTED-plan.json").read_bytes()


def links_of(case):
    return [line.split(",")[0] for line in (case / "links.csv").read_text("utf-8").splitlines()[1:]]


def closing_ledger(tmp_path, case, accepted=True):
    link = f"link:{links_of(case)[0]}"
    closed = about(link, "NOT_PASSABLE", "The road is blocked")
    opened = about(link, "PASSABLE", "The road is clear", "somebody")
    file = tmp_path / "claims.jsonl"
    ledger_file.append(file, ledger(closed, opened, accepted=[closed] if accepted else []).entries)
    return file, closed, opened


def test_an_accepted_claim_closes_a_road_and_leaving_it_out_is_one_word(tmp_path, case, capsys):
    file, closed, opened = closing_ledger(tmp_path, case)
    _, document = planned(tmp_path, case, "--claims", file)
    assert [(c["claims"], c["against"]) for c in document["closures"]] == [([closed.id], [opened.id])]
    assert {row["id"] for row in document["claims"]} == {closed.id, opened.id}
    _, without = planned(tmp_path, case, "--claims", file, "--without", closed.id, output="without")
    assert without["closures"] == []
    assert without["without"] == [closed.id]
    assert plan_bytes(tmp_path, "out") != plan_bytes(tmp_path, "without")
    capsys.readouterr()


def test_what_nobody_reviewed_changes_no_plan(tmp_path, case, capsys):
    file, *_ = closing_ledger(tmp_path, case, accepted=False)
    _, document = planned(tmp_path, case, "--claims", file)
    assert document["closures"] == []
    main(["plan", str(case), "-o", str(tmp_path / "bare")])
    assert plan_bytes(tmp_path, "out") == plan_bytes(tmp_path, "bare")
    capsys.readouterr()


def test_the_ledger_of_the_case_folder_is_used_unless_another_is_named(tmp_path, case, capsys):
    file, closed, _ = closing_ledger(tmp_path, case)
    (case / "claims.jsonl").write_bytes(file.read_bytes())
    _, document = planned(tmp_path, case)
    assert document["closures"][0]["claims"] == [closed.id]
    other = tmp_path / "other.jsonl"
    remains = said("About 40 remain", "teacher", "", Predicate.PERSONS_REMAIN)
    ledger_file.append(other, ledger(remains, accepted=[]).entries)
    assert remains.report in REPORTS
    _, document = planned(tmp_path, case, "--claims", other, output="other")
    assert document["closures"] == []
    capsys.readouterr()


def test_leaving_out_what_is_not_there_is_refused(tmp_path, case, capsys):
    file, *_ = closing_ledger(tmp_path, case)
    out = str(tmp_path / "out")
    assert main(["plan", str(case), "-o", out, "--claims", str(file), "--without", "nobody"]) == 2
    assert "nobody" in capsys.readouterr().err
    assert main(["plan", str(case), "-o", out, "--without", "nobody"]) == 2
    assert "--claims" in capsys.readouterr().err


def pdf_text(path):
    return "".join(page.extract_text() for page in PdfReader(path).pages)


def test_the_public_notice_holds_no_claim(tmp_path, case, capsys):
    file, closed, _ = closing_ledger(tmp_path, case)
    planned(tmp_path, case, "--claims", file)
    overrule(tmp_path / "out", case)
    written = list((tmp_path / "out" / "PUBLIC").iterdir())
    assert written
    for path in written:
        text = pdf_text(path) if path.suffix == ".pdf" else path.read_text("utf-8")
        assert closed.id not in text
        assert "The road is blocked" not in text
    capsys.readouterr()


def test_the_ledger_of_the_example_is_what_its_table_makes():
    sys.path.insert(0, str(ROOT / "tools"))
    try:
        import example_ledger
    finally:
        sys.path.pop(0)
    assert example_ledger.main(["--check"]) == 0


def test_claims_about_forces_in_the_example_have_no_place():
    ledger_, problems = ledger_file.load(example.path() / "claims.jsonl")
    assert problems == ()
    forces = [s.claim for s in ledger_.claims.values() if not isinstance(s.claim, CivilianClaim)]
    assert len(forces) >= 5
    assert not any(hasattr(claim, "places") for claim in forces)
    assert all(claims_json.place_names(claim) == [] for claim in forces)


@pytest.mark.slow
def test_why_names_the_claims_of_a_stretch_and_plans_again_without_each(tmp_path, case, capsys):
    file, closed, opened = closing_ledger(tmp_path, case)
    planned(tmp_path, case, "--claims", file)
    capsys.readouterr()
    link, out = links_of(case)[0], str(tmp_path / "out")
    assert main(["claims", "why", link, "--plan", out, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["thing"] == f"link:{link}"
    assert [row["claims"] for row in found["closures"]] == [[closed.id]]
    [row] = found["withdrawals"]
    assert (row["claims"], row["planned"]) == ([closed.id], True)
    assert row["difference"]["movements"] > 0
    # Not a guess: the plan without the claim, made by the other command, is the one it was compared with.
    _, document = planned(tmp_path, case, "--claims", file, "--without", closed.id, output="without")
    told = " ".join(document["compared"])
    assert f"{row['difference']['persons']:,} persons" in told
    capsys.readouterr()
    assert main(["claims", "why", link, "--plan", out]) == 0
    text = capsys.readouterr().out
    assert "no claim opens a road" in text
    assert opened.id in text
    assert "the plan changes" in text


def test_why_says_so_where_no_claim_speaks(tmp_path, case, capsys):
    file, *_ = closing_ledger(tmp_path, case)
    planned(tmp_path, case, "--claims", file)
    out = str(tmp_path / "out")
    assert main(["claims", "why", links_of(case)[-1], "--plan", out]) == 0
    assert "not a report that there is none" in capsys.readouterr().out
    assert main(["claims", "why", "nowhere", "--plan", out]) == 2
    assert "nowhere" in capsys.readouterr().err


def test_why_refuses_a_case_that_has_changed_and_still_lists_the_claims(tmp_path, case, capsys):
    file, closed, _ = closing_ledger(tmp_path, case)
    planned(tmp_path, case, "--claims", file)
    settings = case / "case.toml"
    settings.write_text(settings.read_text("utf-8") + "\npersons_per_car = 4\n", "utf-8")
    link, out = links_of(case)[0], str(tmp_path / "out")
    assert main(["claims", "why", link, "--plan", out]) == 2
    assert "not the case" in capsys.readouterr().err
    assert main(["claims", "why", link, "--plan", out, "--quick"]) == 0
    assert closed.id in capsys.readouterr().out


def test_why_needs_a_plan_with_claims(tmp_path, case, capsys):
    assert main(["plan", str(case), "-o", str(tmp_path / "bare")]) == 0
    assert main(["claims", "why", "x", "--plan", str(tmp_path / "bare")]) == 2
    assert "without claims" in capsys.readouterr().err


@pytest.mark.slow
def test_the_report_cites_the_claims_and_what_one_of_them_carries(tmp_path, case, capsys):
    file, closed, opened = closing_ledger(tmp_path, case)
    _, document = planned(tmp_path, case, "--claims", file, "--weigh", 1)
    assert [row["claims"] for row in document["withdrawals"]] == [[closed.id]]
    report = (tmp_path / "out" / "RESTRICTED" / "RESTRICTED-report.html").read_text("utf-8")
    for words in (closed.id, opened.id, "If one claim were false", "no claim opens a road"):
        assert words in report
    assert "If “The road is blocked”" in capsys.readouterr().out


@pytest.mark.slow
def test_a_plan_without_a_claim_is_the_same_whoever_makes_it_and_whenever(
    tmp_path, case, monkeypatch, capsys
):
    file, closed, _ = closing_ledger(tmp_path, case)
    written = set()
    for name, begin in (("beside", Scales.begin), ("after", lambda _scales: None)):
        monkeypatch.setattr(Scales, "begin", begin)
        _, document = planned(tmp_path, case, "--claims", file, "--weigh", 2, output=name)
        assert closed.id in document["withdrawals"][0]["claims"]
        written.add(json.dumps([document["withdrawals"], document["closures"]]))
        written.add(plan_bytes(tmp_path, name).decode())
    assert len(written) == len(("claims", "plan"))
    capsys.readouterr()


@pytest.mark.slow
def test_claims_about_forces_reach_no_map_no_route_and_no_input(tmp_path, case, capsys):
    words = "Twelve hundred soldiers and 40 vehicles stand near the ford"
    source = said(words, "officer", "A")
    shared = {"report": source.report, "span": source.span, "chain": source.chain}
    forces = ForcesClaim(predicate=ForcesPredicate.PERSONNEL, arguments=(("about", "the ford"),), **shared)
    file = tmp_path / "claims.jsonl"
    ledger_file.append(file, ledger(forces).entries)
    planned(tmp_path, case, "--claims", file, "--field-devices")
    main(["plan", str(case), "-o", str(tmp_path / "bare"), "--field-devices"])
    team = {"claims.json", "report.html", "sitrep.txt"}
    for path in (p for p in (tmp_path / "out").rglob("*") if p.is_file()):
        if path.name.removeprefix("RESTRICTED-") in team:
            continue
        data = path.read_bytes()
        assert b"soldiers" not in data, path.name
        assert forces.id.encode() not in data, path.name
        other = tmp_path / "bare" / path.relative_to(tmp_path / "out")
        if path.suffix in {".geojson", ".gpx", ".csv"} or path.name.endswith(("inputs.json", "plan.json")):
            assert data == other.read_bytes(), path.name
    capsys.readouterr()


@pytest.mark.slow
def test_a_place_is_found_by_its_name(tmp_path, case, capsys):
    file, *_ = closing_ledger(tmp_path, case)
    planned(tmp_path, case, "--claims", file)
    capsys.readouterr()
    name = (case / "places.csv").read_text("utf-8").splitlines()[1].split(",")[1]
    assert main(["claims", "why", name.upper(), "--plan", str(tmp_path / "out"), "--quick"]) == 0
    assert capsys.readouterr().out.startswith("place:")


@pytest.mark.slow
def test_a_text_is_read_into_a_plan_as_proposals_only(tmp_path, case, capsys):
    pytest.importorskip("spacy")
    text = tmp_path / "news.txt"
    text.write_text(
        "The ministry said 310 people left Home on Friday. It did not say when the next bus would come.\n"
        "A driver told the Courier that only 40 people had left Home.\n"
        "Residents said drones had attacked people leaving Home by car.\n",
        "utf-8",
    )
    _, document = planned(tmp_path, case, "--news", text)
    told = capsys.readouterr().out
    assert "news → the Courier → A driver: persons left" in told
    assert "news → Residents: fire on evacuees" in told
    versions = told[told.index("Versions side by side:") :]
    assert "310 persons " in versions and "40 persons " in versions  # noqa: PT018 - one beside the other
    assert "When the next bus would come?" in versions
    assert {row["decision"] for row in document["claims"]} == {"proposed"}
    assert document["closures"] == []
    assert document["gaps"]
    assert plan_bytes(tmp_path, "out")
    _, again = planned(tmp_path, case, "--news", text, output="again")
    assert again == document
    capsys.readouterr()


@pytest.mark.slow
def test_what_ifs_are_weighed_with_the_ledger_too(tmp_path, case, capsys):
    file, closed, _ = closing_ledger(tmp_path, case)

    def whole(*options):
        assert main(["what-if", str(case), "--convergent", "--json", *map(str, options)]) == 0
        return json.loads(capsys.readouterr().out)["plan"]

    assert whole("--claims", file) != whole()
    assert whole("--claims", file, "--without", closed.id) == whole()


@pytest.mark.slow
def test_whether_the_corridors_hold_in_every_layer_is_planned_and_said(tmp_path, case, capsys):
    file, *_ = closing_ledger(tmp_path, case)
    _, document = planned(tmp_path, case, "--claims", file, "--layers")
    layers = document["layers"]
    assert [row["layer"] for row in layers["rows"]] == ["optimistic", "central", "precautionary"]
    assert layers["robust"]
    assert layers["statement"].startswith("Robust: the corridors hold")
    assert layers["statement"] in capsys.readouterr().out
    report = tmp_path / "out" / "RESTRICTED" / "RESTRICTED-report.html"
    assert layers["statement"] in report.read_text("utf-8")
    _, bare = planned(tmp_path, case, "--claims", file, output="bare")
    assert bare["layers"] == {}
    capsys.readouterr()
