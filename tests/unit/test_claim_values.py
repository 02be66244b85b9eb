"""Values of claims refuse what cannot be, and a claim about forces has no place to hold a place."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest

from safepassage.domain.claims.claim import CivilianClaim, ForcesClaim
from safepassage.domain.claims.values import (
    Chain,
    InformationGrade,
    Link,
    PlaceReference,
    Quantity,
    Report,
    SourceGrade,
    Span,
    TimeSpan,
)
from safepassage.domain.claims.words import (
    ForcesPredicate,
    Interest,
    OriginKind,
    PlacePrecision,
    Predicate,
    TimePrecision,
)

REPORT = Report(
    outlet="District Wire",
    text="The mayor said over 2,000 people had left.",
    published="2030-05-14",
    received="2030-05-14T06:00:00Z",
)
SPAN = Span(start=15, end=41, text="over 2,000 people had left")
CHAIN = Chain(links=(Link(name="District Wire"), Link(name="mayor of Amber", kind=OriginKind.LOCAL)))
LEFT = CivilianClaim(report=REPORT.id, span=SPAN, chain=CHAIN, predicate=Predicate.PERSONS_LEFT)


def quantity(low, high, unit="persons"):
    return Quantity(low=low, high=high, unit=unit, text="")


def metonym(**values):
    return PlaceReference(name="Capital", precision=PlacePrecision.COUNTRY, metonym=True, **values)


def day(start, end):
    return TimeSpan(from_utc_s=start, until_utc_s=end, precision=TimePrecision.DAY)


def test_claims_about_forces_have_no_field_for_a_place():
    assert not {"places", "geometry", "lat_e7", "lon_e7"} & {f.name for f in fields(ForcesClaim)}
    with pytest.raises(TypeError):
        ForcesClaim(
            report=REPORT.id,
            span=SPAN,
            chain=CHAIN,
            predicate=ForcesPredicate.PERSONNEL,
            places=(PlaceReference(name="Amber", precision=PlacePrecision.EXACT),),
        )


def test_the_same_words_of_the_same_report_are_the_same_claim():
    again = replace(LEFT, source_grade=SourceGrade(letter="B", set_by="desk"))
    assert again.id == LEFT.id
    assert replace(LEFT, predicate=Predicate.PERSONS_REMAIN).id != LEFT.id


def test_n_outlets_with_one_origin_share_the_independence_key():
    relayed = replace(LEFT, chain=Chain(links=(Link(name="Other Paper"), *CHAIN.links)))
    assert relayed.origin_key == LEFT.origin_key
    assert relayed.chain.relays == LEFT.chain.relays + 1
    other = replace(LEFT, chain=Chain(links=(Link(name="District Wire"), Link(name="a resident"))))
    assert other.origin_key != LEFT.origin_key


def test_a_party_speaking_of_its_own_corridor_speaks_about_itself():
    party = Chain(links=(Link(name="ministry", kind=OriginKind.PARTY, side="A"),))
    assert replace(LEFT, chain=party, predicate=Predicate.PASSAGE_ANNOUNCED).about_itself
    assert replace(LEFT, chain=party, interest=Interest.SERVES).about_itself
    assert not replace(LEFT, chain=party, interest=Interest.AGAINST).about_itself
    assert not replace(LEFT, predicate=Predicate.PASSAGE_ANNOUNCED).about_itself


def test_damage_does_not_expire_and_shelling_does():
    times = (day(0, 86_400),)
    assert replace(LEFT, predicate=Predicate.EXPLOSIVE_HAZARD, times=times).expires_utc_s() is None
    assert replace(LEFT, predicate=Predicate.SHELLING, times=times).expires_utc_s() == 3 * 86_400
    assert replace(LEFT, predicate=Predicate.SHELLING).expires_utc_s() is None


@pytest.mark.parametrize(
    ("a", "b", "meet"),
    [
        (quantity(800, 800), quantity(1_000, 1_000), False),
        (quantity(800, 1_200), quantity(1_000, 1_000), True),
        (quantity(2_000, None), quantity(1_500, 1_800), False),
        (quantity(2_000, None), quantity(None, 2_000), True),
        (quantity(800, 800, "km2"), quantity(800, 800, "persons"), False),
    ],
)
def test_quantities_meet_where_one_number_fits_both(a, b, meet):
    assert a.overlaps(b) is b.overlaps(a) is meet


def test_times_meet_where_a_second_fits_both():
    assert day(0, 10).overlaps(day(9, 20))
    assert not day(0, 10).overlaps(day(10, 20))
    assert day(None, 10).overlaps(day(5, None))


@pytest.mark.parametrize(
    "make",
    [
        lambda: Span(start=3, end=5, text="abc"),
        lambda: Span(start=-1, end=2, text="abc"),
        lambda: quantity(None, None),
        lambda: quantity(5, 4),
        lambda: quantity(float("nan"), None),
        lambda: day(10, 5),
        lambda: Chain(links=()),
        lambda: SourceGrade(letter="G"),
        lambda: SourceGrade(letter="AB"),
        lambda: InformationGrade(number=0),
        lambda: InformationGrade(number=7),
        lambda: PlaceReference(
            name="Capital", precision=PlacePrecision.COUNTRY, metonym=True, lat_e7=1, lon_e7=1
        ),
        lambda: PlaceReference(
            name="Capital", precision=PlacePrecision.COUNTRY, metonym=True, selector="link:a"
        ),
        lambda: PlaceReference(name="Amber", precision=PlacePrecision.EXACT, lat_e7=1),
        lambda: PlaceReference(name="Amber", precision=PlacePrecision.EXACT, lat_e7=910_000_000, lon_e7=0),
    ],
)
def test_what_cannot_be_is_refused(make):
    with pytest.raises(ValueError, match=r"\w"):
        make()
