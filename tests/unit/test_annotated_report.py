"""Annotated reports are read and written without loss; each broken mark is one clear message."""

from __future__ import annotations

from importlib.resources import files

import pytest

from safepassage.domain.claims.words import Modality, Polarity
from safepassage.formats.claims.annotated_report import read, write

CORPUS = files("safepassage") / "corpus"
GOOD = r"""outlet: Desk
published: 2031-05-14
=== one
style: field

[X1 “The road to [P=Orlec@Tarn|Orlec] is not closed,”] [S1 the mayor] [C1 told] me \[twice\].
[S2+3 [M Velmar]] [C2 denies] [X2 that [Q=2000.. persons|over 2,000] left]
and [C3 says] [X3 few did [T=2031-05-13|on Tuesday]].
[G It did not say how many].
--
1 quotation asserted -road_status: Desk > mayor
2 clause denied persons_left: Desk > Velmar
3 clause asserted persons_left: Desk > a paper > Velmar
contradicts 1 2
"""
BROKEN = {
    "is not closed": ("[S1 the mayor [C1 told]", "[S1 the mayor] [C1 told]"),
    "was not opened": ("me] ", "me "),
    "opens no mark": ("[Z1 x] me", "me"),
    "begins or ends with a space": ("[S1  the mayor]", "[S1 the mayor]"),
    "no content": ("1 quotation asserted -road_status: Desk > mayor\n4 clause asserted: A", "1 quotation asserted -road_status: Desk > mayor"),  # noqa: E501
    "no note tells": ("", "3 clause asserted persons_left: Desk > a paper > Velmar\n"),
    "is no predicate": ("-road_state", "-road_status"),
    "is no modality": ("quotation said", "quotation asserted"),
    "is no kind": ("shouted asserted", "quotation asserted"),
    "is no number": ("[Q=many persons|", "[Q=2000.. persons|"),
    "has no unit": ("[Q=2000..|", "[Q=2000.. persons|"),
    "is no day": ("[T=Tuesday|", "[T=2031-05-13|"),
    "neither": ("contradict 1 2", "contradicts 1 2"),
    "names an attribution that is not there": ("contradicts 1 9", "contradicts 1 2"),
    "must not exceed": ("[Q=3..2 persons|", "[Q=2000.. persons|"),
}  # fmt: skip


def test_marks_become_spans_at_their_place():
    (report,), problems = read(GOOD.encode(), file="x.report")
    assert problems == ()
    text = report.report.text
    assert text.startswith("“The road to Orlec is not closed,” the mayor told me [twice].")
    for a in report.attributions:
        for span in (*a.source, *a.cue, *a.content):
            assert text[span.start : span.end] == span.text
    first, second, third = report.attributions
    assert (first.polarity, second.modality) == (Polarity.NEGATED, Modality.DENIED)
    assert second.source == third.source
    assert [link.name for link in third.chain.links] == ["Desk", "a paper", "Velmar"]
    assert [(p.key, p.metonym) for p in report.places] == [("Orlec@Tarn", False), ("", True)]
    assert report.quantities[0].quantity.high is None
    assert report.gaps[0].text == "It did not say how many"
    time = report.times[0].time
    assert time.until_utc_s - time.from_utc_s == 86_400


def test_what_is_written_is_read_again():
    (report,), _ = read(GOOD.encode(), file="x")
    assert read(write(report).encode(), file="x")[0] == (report,)


@pytest.mark.parametrize("message", BROKEN)
def test_each_broken_mark_is_one_message_and_the_rest_is_read(message):
    new, old = BROKEN[message]
    assert old in GOOD
    data = (
        GOOD.replace(old, new, 1)
        + GOOD.partition("===")[1]
        + GOOD.partition("===")[2].replace("one", "two", 1)
    )
    reports, problems = read(data.encode(), file="x.report")
    assert [r.id for r in reports] == ["two"]
    assert [p.code for p in problems] == ["REPORT_MARKS"]
    assert message in problems[0].message
    assert problems[0].where.row == 3


def test_two_reports_of_one_name_and_other_encodings_are_named():
    twice = GOOD + GOOD.partition("===")[1] + GOOD.partition("===")[2]
    assert "twice" in read(twice.encode(), file="x")[1][0].message
    assert read(GOOD.encode("utf-16"), file="x")[1][0].code == "FILE_ENCODING"
    assert read(b"", file="x") == ((), ())


def corpus(folder):
    return sorted(
        (f for f in (CORPUS / folder).iterdir() if f.name.endswith(".report")), key=lambda f: f.name
    )


@pytest.mark.parametrize("file", corpus("train"), ids=lambda f: f.name)
def test_the_corpus_reads_without_a_problem_and_round(file):
    reports, problems = read(file.read_bytes(), file=file.name)
    assert problems == ()
    assert sum(len(report.attributions) for report in reports) >= 24
    for report in reports:
        assert read(write(report).encode(), file="x")[0] == (report,)


def test_the_corpus_has_the_frames_and_the_troubles_it_was_written_for():
    reports = [r for f in corpus("train") for r in read(f.read_bytes(), file=f.name)[0]]
    kinds = {a.kind for r in reports for a in r.attributions}
    assert len(reports) >= 120
    assert kinds >= {"inverted", "according_to", "participial", "relay", "relative", "nominal", "intention"}
    assert sum(bool(r.contradictions) for r in reports) >= 30
    assert sum(bool(r.gaps) for r in reports) >= 8
    assert sum(len(a.chain.links) > 2 for r in reports for a in r.attributions) >= 15
