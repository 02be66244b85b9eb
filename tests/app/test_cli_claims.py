"""The commands on claims, as a person uses them: conflicts, a table filled in, a review by keys."""

from __future__ import annotations

import json
import stat

import pytest

from safepassage.cli import main
from safepassage.cli.claims import ledger_file
from safepassage.cli.claims.claims_review import decisions
from safepassage.domain.claims.ledger import Entry
from safepassage.domain.claims.words import Decision
from tests.unit.test_conflicts import A, ledger, left, number

OTHER = left("3,000 left", quantities=number(3_000))


@pytest.fixture
def path(tmp_path):
    file = tmp_path / "claims.jsonl"
    ledger_file.append(file, ledger(A, OTHER).entries)
    return file


def test_conflicts_stand_side_by_side_with_whose_words_they_are(path, capsys):
    assert main(["claims", "conflicts", str(path)]) == 0
    text = capsys.readouterr().out
    assert "1,724 persons" in text
    assert "3,000 persons" in text
    assert "governor" in text
    assert "asserted 1,724–3,000 persons" in text
    assert main(["claims", "conflicts", str(path), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert len(document["conflicts"][0]["versions"]) == 2


def test_a_table_is_written_filled_in_and_taken(path, tmp_path, capsys):
    table = tmp_path / "open.csv"
    assert main(["claims", "table", str(path), "-o", str(table)]) == 0
    rows = table.read_text("utf-8-sig").splitlines()
    filled = "\n".join([rows[0], *(row.replace(",,", ",reject,", 1) for row in rows[1:])])
    table.write_text(filled, "utf-8")
    for expected in ("2 entries", "0 entries"):
        assert main(["claims", "decide", str(path), "--table", str(table), "--by", "liaison"]) == 0
        assert expected in capsys.readouterr().out
    loaded, _ = ledger_file.load(path)
    assert {s.decision for s in loaded.claims.values()} == {Decision.REJECTED}


def test_a_review_takes_one_key_a_claim_and_stops_when_input_ends(path):
    loaded, _ = ledger_file.load(path)
    said = []
    answers = iter(["x", "a"])

    def ask(_prompt):
        try:
            return next(answers)
        except StopIteration:
            raise EOFError from None

    done = list(decisions(loaded, "liaison", ask, said.append))
    assert [acts[0].decision for acts in done] == [Decision.ACCEPTED]
    assert any("'x' is none of" in line for line in said)


def test_a_grade_accepts_and_grades_in_one_answer(path):
    loaded, _ = ledger_file.load(path)
    first, second = decisions(loaded, "liaison", lambda _prompt: "b2", lambda _text: None)
    assert [type(act).__name__ for act in first] == ["GradeSet", "ClaimDecided"]
    assert len(second) == 2


def test_a_damaged_line_is_named_and_the_rest_is_read(path, capsys):
    with path.open("ab") as file:
        file.write(b'{"half')
    assert main(["claims", "conflicts", str(path)]) == 2
    out = capsys.readouterr().out
    assert "LEDGER_LINE" in out
    assert "1,724 persons" in out
    ledger_file.append(path, ledger(A).entries[:1])
    assert len(ledger_file.load(path)[1]) == 1


def test_a_new_ledger_can_be_read_by_its_owner_only(tmp_path):
    file = tmp_path / "new.jsonl"
    ledger_file.append(file, ledger(A).entries)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_ledger_that_is_not_there_is_one_sentence(tmp_path, capsys):
    assert main(["claims", "conflicts", str(tmp_path / "none.jsonl")]) == 2
    assert "none.jsonl" in capsys.readouterr().err


ALERT = """<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>A1</identifier><sender>c@x</sender>
<sent>2031-05-14T10:00:00+02:00</sent><status>Actual</status><msgType>Alert</msgType><scope>Public</scope>
<info><event>Shelling</event><certainty>Observed</certainty><area><areaDesc>North</areaDesc></area></info></alert>"""


def test_rows_come_in_once_and_the_bad_one_is_named(tmp_path, capsys):
    rows, into = tmp_path / "rows.csv", tmp_path / "new.jsonl"
    rows.write_text("event,words,lat,lon\nlooting,shops emptied,1,2\nrumour,x,,\n", "utf-8")
    asked = ["claims", "import", str(rows), "--as", "rows", "--into", str(into)]
    assert main(asked) == 2
    out = capsys.readouterr().out
    assert "rows.csv, row 3, column event" in out
    assert "2 entries added" in out
    assert main(asked) == 2
    assert "0 entries added" in capsys.readouterr().out
    assert [s.decision for s in ledger_file.load(into)[0].claims.values()] == [Decision.PROPOSED]


def test_a_cancelled_alert_ends_its_claim_once(tmp_path, capsys):
    file, into = tmp_path / "alert.xml", tmp_path / "new.jsonl"
    cancel = ALERT.replace("A1", "A2").replace(">Alert<", ">Cancel<")
    cancel = cancel.replace("<info>", "<references>c@x,A1,2031-05-14T10:00:00+02:00</references><info>")
    for text, expected in ((ALERT, "2 entries"), (cancel, "1 entries"), (cancel, "0 entries")):
        file.write_text(text, "utf-8")
        assert main(["claims", "import", str(file), "--as", "cap", "--into", str(into)]) == 0
        assert expected in capsys.readouterr().out
    (standing,) = ledger_file.load(into)[0].claims.values()
    assert standing.retracted_by == "c@x"
    assert not standing.counts


def asked(ledger, *answers):
    given, said = iter(answers), []
    done = list(decisions(ledger, "liaison", lambda _prompt: next(given), said.append))
    return done, "".join(said)


def test_a_claim_is_corrected_by_keys_and_shown_again_before_it_is_decided(path):
    loaded, _ = ledger_file.load(path)
    done, said = asked(loaded, "e low 1700", "e predicate gossip", "e polarity negated", "a", "q")
    (acts,) = done
    assert [type(act).__name__ for act in acts] == ["ClaimCorrected", "ClaimDecided"]
    assert (acts[0].by_claim.quantities[0].low, acts[0].by_claim.polarity) == (1_700, "negated")
    assert "'gossip' is none of" in said
    assert said.count("1 of 2") == 4


def test_two_claims_are_merged_by_keys(path):
    loaded, _ = ledger_file.load(path)
    first, second = loaded.claims
    done, said = asked(loaded, "m c-none", f"m {first}")
    assert "no other claim" in said
    assert f"like {second}" in said
    (acts,) = done
    after = loaded.after(*(Entry(at="2031-05-14", by="liaison", act=act) for act in acts))
    assert after.claims[second].corrected_by == first


def test_a_workbook_is_written_filled_in_and_taken(path, tmp_path, capsys):
    book = tmp_path / "open.xlsx"
    assert main(["claims", "table", str(path), "-o", str(book)]) == 0
    assert main(["claims", "decide", str(path), "--table", str(book), "--by", "liaison"]) == 0
    assert "0 entries" in capsys.readouterr().out
