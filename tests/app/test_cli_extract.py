"""`claims extract` as a person uses it: JSON of the agreed form, a ledger filled once, hostile files."""

from __future__ import annotations

import json

import pytest

pytest.importorskip("spacy")

from safepassage.cli import main
from safepassage.cli.claims import ledger_file
from tests.support.reports import WIRE

GAZETTEER = """name,lat,lon,kind,alternates
Sudzha,51.191,35.271,settlement,Soudja;Sudža
Sumy,50.917,34.799,,
"""


@pytest.fixture
def extract(tmp_path, capsys):
    places = tmp_path / "places.csv"
    places.write_text(GAZETTEER, "utf-8")

    def run(name, data, *options):
        file = tmp_path / name
        file.write_bytes(data)
        code = main(
            ["claims", "extract", str(file), "--gazetteer", str(places), "--date", "2024-08-14", *options]
        )
        return code, capsys.readouterr().out

    return run


def test_json_has_the_agreed_keys_and_offsets_of_the_file(extract):
    code, out = extract("wire.txt", WIRE.encode(), "--json")
    document = json.loads(out)
    assert code == 0
    assert {"attributions", "claims", "links", "gaps"} <= document.keys()
    for a in document["attributions"]:
        keys = {"id", "source", "cue", "content", "chain", "kind", "modality", "implicit_source"}
        assert a.keys() == keys
        for part in ("source", "cue", "content"):
            assert " ".join(WIRE[s:e] for s, e in a[part]["spans"]) == a[part]["text"]
    places = [p for c in document["claims"] for p in c["places"]]
    assert {"name", "lat", "lon", "precision", "metonym"} == places[0].keys()
    assert all(p["lat"] is None for p in places if p["metonym"])


def test_proposals_go_into_a_ledger_once_and_decide_nothing(extract, tmp_path):
    ledger = tmp_path / "claims.jsonl"
    assert "0 entries" not in extract("wire.txt", WIRE.encode(), "--into", str(ledger))[1]
    assert "0 entries added" in extract("wire.txt", WIRE.encode(), "--into", str(ledger))[1]
    held, problems = ledger_file.load(ledger)
    assert problems == ()
    assert {str(s.decision) for s in held.claims.values()} == {"proposed"}
    assert held.gaps


HTML = b"""<html><script>document.write("The mayor said the road is open.")</script><body>
<p>The <b>mayor</b> of Sudzha said the road is closed &amp; mined.</p></body></html>"""


def test_scripts_of_a_page_say_nothing_and_offsets_are_those_of_the_file(extract):
    code, out = extract("page.html", HTML, "--json")
    (said,) = json.loads(out)["attributions"]
    assert code == 0
    assert said["content"]["text"] == "the road is closed & mined"
    (start, end), *_ = said["content"]["spans"]
    assert HTML.decode()[start:end] == "the road is closed &amp; mined"


@pytest.mark.parametrize(
    ("name", "data", "problem"),
    [
        ("empty.txt", b"", "REPORT_EMPTY"),
        ("binary.txt", bytes(range(256)) * 40, "REPORT_NOT_TEXT"),
        ("huge.txt", b"The mayor said so. " * 560_000, "REPORT_TOO_LONG"),
        ("long.txt", b"The mayor said so. " * 25_000, "REPORT_TOO_LONG"),
        ("arabic.txt", "قال رئيس البلدية إن الطريق مغلق منذ يوم الأحد".encode(), "REPORT_LANGUAGE"),
        ("broken.pdf", b"%PDF-1.4 nothing", "REPORT_NOT_TEXT"),
        ("rows.csv", b"a,b\n1,2\n", "COLUMN_MISSING"),
        ("rows.csv", b"text,published\nThe mayor said so.,never\n", "REPORT_DATE"),
    ],
)
def test_what_cannot_be_read_is_one_message_and_no_crash(extract, name, data, problem):
    code, out = extract(name, data)
    assert code == 2
    assert out.count("ERROR") == 1
    assert problem in out


def test_a_line_of_another_encoding_costs_no_other_line(extract):
    mixed = "The café owner said the road is closed.\n".encode("cp1252") + "The mayor said “no”.\n".encode()
    code, out = extract("mixed.txt", mixed)
    assert code == 0
    assert "café owner" in out


def test_a_table_is_one_report_a_row(extract):
    rows = b"outlet,published,text\nA,2025-01-02,The mayor said two people left.\nB,,The bridge is closed.\n"
    code, out = extract("rows.csv", rows, "--json")
    document = json.loads(out)
    assert code == 0
    assert [a["chain"] for a in document["attributions"]] == [["A", "The mayor"]]
    assert any(c["predicate"] == "road_status" and c["attribution"] is None for c in document["claims"])


def pdf_of(lines):
    typst = pytest.importorskip("typst")
    source = "#set page(width: 9cm)\n#set par(justify: false)\n" + "\n\n".join(lines)
    return typst.compile(source.encode())


def test_the_text_of_a_pdf_is_read_though_its_lines_are_broken_by_width(extract):
    paragraphs = [
        "The mayor of Sudzha said that about 1,200 people had left the town since the shelling began.",
        "Drivers who had tried the northern road said they were turned back at the bridge.",
    ]
    code, out = extract("report.pdf", pdf_of(paragraphs), "--json")
    document = json.loads(out)
    assert code == 0
    assert [a["source"]["text"].split()[0] for a in document["attributions"]] == ["The", "Drivers"]
    quantities = [q for c in document["claims"] for q in c["quantities"]]
    assert (quantities[0]["low"], quantities[0]["high"], quantities[0]["unit"]) == (1080, 1320, "persons")


def test_marks_of_direction_hide_no_words_and_turn_none(extract):
    text = "The mayor\u202e said\u202c the road to Sudzha is \u2067closed\u2069."
    code, out = extract("marks.txt", text.encode(), "--json")
    (said,) = json.loads(out)["attributions"]
    assert code == 0
    (start, end), *_ = said["content"]["spans"]
    assert text[start:end].startswith("the road to Sudzha is")
    assert json.loads(out)["claims"][0]["arguments"]["status"] == "NOT_PASSABLE"


def test_a_report_that_contradicts_itself_is_one_voice_and_set_against_nobody(extract):
    code, out = extract(
        "self.txt", b"The mayor said the road is open. The mayor said the road is closed.", "--json"
    )
    assert code == 0
    assert not [link for link in json.loads(out)["links"] if link["type"] == "contradicts"]


def test_a_pdf_without_text_is_refused_with_a_remedy(extract):
    code, out = extract("scan.pdf", pdf_of(["#rect(width: 2cm)"]))
    assert code == 2
    assert "REPORT_EMPTY" in out
