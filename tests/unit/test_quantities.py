"""Numbers of news text: bounds, approximations, ranges, words, units that are left out the second time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safepassage.engines.extraction.quantities import number, quantities

CASES = [
    ("more than 2,000 people had left", (2_000, None, "persons")),
    ("over 76,000 residents", (76_000, None, "persons")),
    ("up to 20,000 people", (None, 20_000, "persons")),
    ("nearly 200,000 people", (180_000, 200_000, "persons")),
    ("about 1,000 square kilometres", (900, 1_100, "km2")),
    ("1,000 sq. km", (1_000, 1_000, "km2")),
    ("800 km²", (800, 800, "km2")),
    ("two hundred hectares", (200, 200, "ha")),
    ("8 to 10 km", (8, 10, "km")),
    ("1,000-1,200 sq km", (1_000, 1_200, "km2")),
    ("between 800 and 1000 km2", (800, 1_000, "km2")),
    ("28 settlements", (28, 28, "settlements")),
    ("twenty-eight villages", (28, 28, "villages")),
    ("three dozen people", (36, 36, "persons")),
    ("a few hundred residents", (200, 900, "persons")),
    ("half a dozen trucks", (6, 6, "trucks")),
    ("a family of five", (5, 5, "persons")),
    ("one bus", (1, 1, "buses")),
    ("new arrivals up to 120 a day", (None, 120, "persons")),
    ("thirty to forty staying in the crypt", (30, 40, "persons")),
    ("the last boat took 85", (85, 85, "persons")),
    ("seven of them", (7, 7, "persons")),
    ("loud bangs, she counted four", (4, 4, "bangs")),
    ("$18", (18, 18, "USD")),
    ("€1.5 million", (1_500_000, 1_500_000, "EUR")),
    ("1.5 million people", (1_500_000, 1_500_000, "persons")),
    ("12 thousand servicemen", (12_000, 12_000, "persons")),
    ("at least a dozen", None),
    ("just over 76,000 residents", (76_000, None, "persons")),
    ("the number of displaced at 76,000", (76_000, 76_000, "persons")),
    ("the number of coats at 5,000", (5_000, 5_000, "coats")),
    ("18,000 crossed at Kolva", (18_000, 18_000, "persons")),
    ("a shell killed 14", (14, 14, "persons")),
    ("14 were wounded", (14, 14, "persons")),
    ("no one was there", None),
    ("not one bus came", None),
    ("dozens of civilians", (24, 100, "persons")),
    ("tens of thousands of people", (20_000, 100_000, "persons")),
    ("121,000 local residents", (121_000, 121_000, "persons")),
    ("three hundred and forty people", (340, 340, "persons")),
    ("37.0 percent", (37, 37, "percent")),
    ("2,400 tonnes of relief", (2_400, 2_400, "t")),
    ("five families", (5, 5, "families")),
    ("no fewer than 12 people", (12, None, "persons")),
]


@pytest.mark.parametrize(("text", "expected"), CASES, ids=[c[0] for c in CASES])
def test_a_number_is_an_interval_with_its_unit(text, expected):
    found = quantities(text)
    if expected is None:
        assert found == ()
        return
    low, high, unit = expected
    [(start, end, q)] = found
    assert [q.low, q.high] == [None if bound is None else pytest.approx(bound) for bound in (low, high)]
    assert q.unit == unit
    assert text[start:end] == q.text


@pytest.mark.parametrize(
    "text",
    ["on 14 August 2024", "in 2022", "the 3rd district", "at 14:30", "on August 12", "the M20 road"],
)
def test_dates_times_years_and_names_are_no_quantities(text):
    assert quantities(text) == ()


def test_a_unit_left_out_is_that_of_the_number_before():
    found = quantities("One side claimed 1,000 square kilometres; analysts thought 800 more realistic.")
    assert [(f.quantity.low, f.quantity.unit) for f in found] == [(1_000, "km2"), (800, "km2")]
    deaths = quantities("Twelve people were killed and 121 (ten of them children) were hurt.")
    assert [(f.quantity.low, f.quantity.unit) for f in deaths][:2] == [(12, "persons"), (121, "persons")]


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("twelve thousand", 12_000),
        ("a hundred", 100),
        ("nine hundred ninety-nine", 999),
        ("1 250", 1_250),
        ("x", None),
    ],
)
def test_words_are_numbers(words, value):
    assert number(words) == value


@given(st.integers(0, 10**9))
def test_grouped_digits_are_read_back(n):
    [found] = quantities(f"{n:,} people")
    assert (found.quantity.low, found.quantity.high) == (n, n)


@given(st.text(max_size=200))
def test_any_text_is_read_without_a_fault(text):
    for found in quantities(text):
        assert text[found.start : found.end] == found.quantity.text
