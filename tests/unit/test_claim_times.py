"""Times are resolved against the publication; what is vague becomes an interval wide enough."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safepassage.domain.claims.words import TimePrecision
from safepassage.engines.extraction.times import clock, times

AT = clock("2024-08-14")  # a Wednesday


def utc(text):
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("on Tuesday", "2024-08-13", "2024-08-14"),
        ("on Wednesday", "2024-08-14", "2024-08-15"),
        ("last Wednesday", "2024-08-07", "2024-08-08"),
        ("Monday evening", "2024-08-12T18:00", "2024-08-12T23:00"),
        ("on August 8", "2024-08-08", "2024-08-09"),
        ("8 August", "2024-08-08", "2024-08-09"),
        ("6 August 2023", "2023-08-06", "2023-08-07"),
        ("2024-08-12", "2024-08-12", "2024-08-13"),
        ("28 December", "2024-12-28", "2024-12-29"),
        ("yesterday", "2024-08-13", "2024-08-14"),
        ("last night", "2024-08-13T21:00", "2024-08-14T06:00"),
        ("this morning", "2024-08-14T05:00", "2024-08-14T12:00"),
        ("the day before yesterday", "2024-08-12", "2024-08-13"),
        ("since 6 August", "2024-08-06", "2024-08-14T23:59"),
        ("from 6 to 8 August", "2024-08-06", "2024-08-09"),
        ("in the past 24 hours", "2024-08-13T23:59", "2024-08-14T23:59"),
        ("over the last three days", "2024-08-11T23:59", "2024-08-14T23:59"),
        ("in the past day or so", "2024-08-13T11:59", "2024-08-14T23:59"),
        ("in the last couple of days", "2024-08-11T23:59", "2024-08-14T23:59"),
        ("three days ago", "2024-08-11", "2024-08-12"),
    ],
)
def test_a_time_is_an_interval(text, start, end):
    [(first, last, span)] = times(text, AT)
    assert (span.from_utc_s, span.until_utc_s) == (utc(start), utc(end))
    assert text[first:last].strip() == span.text.strip()


def test_what_has_no_beginning_or_end_is_open():
    [found] = times("until 12 August", AT)
    assert found.time.from_utc_s is None


def test_vague_words_say_so():
    assert times("in the last couple of days", AT)[0].time.precision == TimePrecision.VAGUE
    assert times("recently", AT)[0].time.precision == TimePrecision.VAGUE
    assert times("in the past 24 hours", AT)[0].time.precision == TimePrecision.HOUR


def test_local_time_is_brought_to_utc():
    [found] = times("yesterday", clock("2024-08-14T01:30:00+03:00", offset_s=10_800))
    assert found.time.from_utc_s == utc("2024-08-12T21:00")


def test_a_month_of_the_turn_of_the_year_lies_in_the_past_year():
    [found] = times("on 30 December", clock("2025-01-02"))
    assert found.time.from_utc_s == utc("2024-12-30")


@pytest.mark.parametrize(
    "text", ["31 February", "may leave soon", "March on", "the second of them", "2024-13-40"]
)
def test_what_is_no_time_is_not_read(text):
    assert times(text, AT) == ()


@pytest.mark.parametrize("published", ["", "yesterday", "14/08/2024"])
def test_a_publication_that_is_no_date_is_refused(published):
    with pytest.raises(ValueError, match=r"\w"):
        clock(published)


@given(st.text(max_size=200))
def test_any_text_is_read_without_a_fault(text):
    for found in times(text, AT):
        assert 0 <= found.start < found.end <= len(text)
