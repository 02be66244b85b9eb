"""An incident is referred with consent and minimal data; nobody is accused and no source named."""

from __future__ import annotations

import json
from dataclasses import fields, replace

import pytest

from safepassage.cli import main
from safepassage.cli.claims import ledger_file
from safepassage.domain.claims.claim import ForcesClaim
from safepassage.domain.claims.referral import Consent, ConsentBasis, IncidentReferral
from safepassage.domain.claims.values import Quantity
from safepassage.domain.claims.words import ForcesPredicate, Predicate
from safepassage.engines.referral import refer
from safepassage.formats.access import referral_json
from tests.unit.test_conflicts import REPORTS, said
from tests.unit.test_hazard_picture import AMBER, HOUR, ledger, shelling

AGREED = Consent(
    basis=ConsentBasis.SOURCE_AGREED,
    recipient="a commission of inquiry",
    purpose="protection",
    document="c-17",
)
PUBLIC = replace(AGREED, basis=ConsentBasis.PUBLIC_REPORT, document="wire.example")


def incident(**values):
    quantities = (Quantity(low=3, high=5, unit="persons", text="three to five"),)
    claim = shelling(origin="a nurse named Amber", side="B", quantities=quantities)
    return replace(claim, **values)


def test_the_record_says_what_roughly_where_and_on_which_day():
    claim = incident()
    record = refer(ledger(claim), claim.id, AGREED)
    assert record.lat_e7 == 500_500_000 != AMBER.lat_e7
    assert record.until_utc_s % 86_400 == 0 != HOUR.until_utc_s % 86_400
    assert (record.harmed_low, record.harmed_high) == (3, 5)
    assert record.claims == (claim.id,)


def test_neither_source_nor_side_nor_words_of_a_private_source_are_in_it():
    claim = incident()
    data = referral_json.write(refer(ledger(claim), claim.id, AGREED)).decode()
    for secret in ("nurse", "Shells fell", '"side"', "chain", "outlet", "Wire"):
        assert secret not in data
    assert not {"accused", "side", "source", "name"} & {field.name for field in fields(IncidentReferral)}
    public = refer(ledger(claim), claim.id, PUBLIC)
    assert public.words == claim.span.text
    with pytest.raises(ValueError, match="not passed on"):
        replace(public, consent=AGREED)


def test_without_consent_for_one_recipient_and_purpose_there_is_no_record():
    for name in ("recipient", "purpose", "document"):
        with pytest.raises(ValueError, match=name):
            replace(AGREED, **{name: " "})


@pytest.mark.parametrize(
    "values", [{"lat_e7": 500_000_001}, {"from_utc_s": 7}, {"harmed_low": 9}, {"claims": ()}]
)
def test_a_record_that_says_too_much_or_nothing_is_refused(values):
    claim = incident()
    record = refer(ledger(claim), claim.id, AGREED)
    with pytest.raises(ValueError, match=r"referral|numbers"):
        replace(record, **values)


def test_only_incidents_against_civilians_are_referred():
    left = said("40 left")
    with pytest.raises(ValueError, match="no incident"):
        refer(ledger(left), left.id, AGREED)
    shared = {"report": left.report, "span": left.span, "chain": left.chain}
    forces = ForcesClaim(predicate=ForcesPredicate.MOVEMENT, **shared)
    assert forces.report in REPORTS
    with pytest.raises(ValueError, match="no incident"):
        refer(ledger(forces), forces.id, AGREED)
    with pytest.raises(ValueError, match="no claim"):
        refer(ledger(left), "c-nothing", AGREED)
    coerced = incident(coerced=True)
    with pytest.raises(ValueError, match="counts"):
        refer(ledger(coerced), coerced.id, AGREED)


def test_the_record_is_read_back_and_another_document_is_refused():
    claim = incident(predicate=Predicate.LOOTING)
    record = refer(ledger(claim), claim.id, PUBLIC)
    assert referral_json.parse(json.loads(referral_json.write(record))) == record
    with pytest.raises(ValueError, match="schema"):
        referral_json.parse({"schema": "other"})


def test_the_command_writes_it_for_its_owner_and_refuses_what_may_not_go(tmp_path, capsys):
    claim, other = incident(), said("40 left")
    book = tmp_path / "claims.jsonl"
    ledger_file.append(book, ledger(claim, other).entries)
    out = str(tmp_path / "out")
    options = ["--to", "a commission", "--purpose", "protection", "--consent", "c-17", "-o", out]
    assert main(["claims", "refer", str(book), claim.id, *options]) == 0
    [file] = (tmp_path / "out" / "RESTRICTED").glob("*incident*")
    assert json.loads(file.read_text())["incident"]["consent"]["document"] == "c-17"
    assert "a commission only" in capsys.readouterr().out
    assert main(["claims", "refer", str(book), other.id, *options]) == 2
    assert "no incident" in capsys.readouterr().err
