"""A ledger file gives the ledger back; a damaged line is named and costs nothing but itself."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safepassage.domain.claims.claim import CivilianClaim
from safepassage.domain.claims.ledger import (
    ClaimDecided,
    ClaimLink,
    ClaimProposed,
    ClaimsLinked,
    Entry,
    GapNoted,
    GradeSet,
    InformationGap,
    Ledger,
    ReportFiled,
)
from safepassage.domain.claims.values import InformationGrade, PlaceReference, Quantity, TimeSpan
from safepassage.domain.claims.words import Decision, LinkKind, PlacePrecision, Predicate, TimePrecision
from safepassage.formats.claims import ledger_json
from safepassage.formats.containers.record_json import from_plain, to_plain
from tests.unit.test_claim_values import CHAIN, LEFT, REPORT, SPAN

FULL = CivilianClaim(
    report=REPORT.id,
    span=SPAN,
    chain=CHAIN,
    predicate=Predicate.PERSONS_REMAIN,
    quantities=(Quantity(low=2_000, high=None, unit="persons", text="over 2,000"),),
    places=(PlaceReference(name="Amber", precision=PlacePrecision.EXACT, lat_e7=1, lon_e7=2),),
    times=(TimeSpan(from_utc_s=None, until_utc_s=5, precision=TimePrecision.VAGUE),),
    arguments=(("about", "Amber"),),
)
ACTS = [
    ReportFiled(report=REPORT),
    ClaimProposed(claim=LEFT),
    ClaimProposed(claim=FULL),
    ClaimDecided(claim=LEFT.id, decision=Decision.ACCEPTED),
    GradeSet(claim=FULL.id, information=InformationGrade(number=2, set_by="desk")),
    ClaimsLinked(link=ClaimLink(kind=LinkKind.CONTRADICTS, a=LEFT.id, b=FULL.id)),
    GapNoted(gap=InformationGap(id="g", report=REPORT.id, question="How many?")),
]
ENTRIES = [Entry(at="2030-05-14T07:00:00Z", by="desk", act=act) for act in ACTS]
DATA = ledger_json.write(ENTRIES)


def test_a_ledger_is_read_back_as_it_was_written():
    ledger, problems = ledger_json.read(DATA, file="claims.jsonl")
    assert problems == ()
    assert ledger == Ledger.of(ENTRIES)
    assert ledger_json.write(ledger.entries) == DATA


@pytest.mark.parametrize("cut", [1, 40, 120])
def test_a_line_that_was_cut_off_costs_only_itself(cut):
    ledger, problems = ledger_json.read(DATA[:-cut], file="claims.jsonl")
    whole = cut == 1
    assert len(ledger.entries) == len(ENTRIES) - (0 if whole else 1)
    assert [p.where.row for p in problems] == ([] if whole else [len(ENTRIES)])


def test_a_line_about_what_is_not_there_is_named():
    lines = DATA.splitlines(keepends=True)
    ledger, problems = ledger_json.read(b"".join([lines[0], *lines[2:]]), file="claims.jsonl")
    assert [(p.code, p.where.row) for p in problems] == [("LEDGER_LINE", 3), ("LEDGER_LINE", 5)]
    assert FULL.id in ledger.claims


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda e: e.pop("by"), "by: is missing"),
        (lambda e: e.update(colour="red"), "'colour' is no field"),
        (lambda e: e.update(at=5), "at: must be text"),
        (lambda e: e["act"].update({"is": "Bombed"}), "`is` must be one of"),
        (lambda e: e["act"]["claim"].update(polarity="maybe"), "polarity: must be one of"),
        (lambda e: e["act"]["claim"]["span"].update(end=3), "span must hold exactly"),
        (lambda e: e["act"]["claim"].update(predicate="shelling", places="Amber"), "places: must be a list"),
    ],
)
def test_each_fault_names_its_field(change, says):
    entry = json.loads(DATA.splitlines()[2])
    change(entry)
    with pytest.raises(ValueError, match=r".") as caught:
        from_plain(Entry, entry)
    assert says in str(caught.value)


def test_a_claim_about_forces_cannot_be_given_a_place_in_a_file():
    plain = to_plain(FULL) | {"is": "ForcesClaim", "predicate": "personnel"}
    with pytest.raises(ValueError, match="'places' is no field of ForcesClaim"):
        from_plain(Entry, {"at": "x", "by": "y", "act": {"is": "ClaimProposed", "claim": plain}})


@given(st.binary(max_size=300))
def test_no_bytes_make_the_reader_fail(data):
    ledger, _ = ledger_json.read(DATA + data, file="claims.jsonl")
    assert len(ledger.entries) >= len(ENTRIES) - 1
