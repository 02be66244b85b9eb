"""Alerts keep the schema and the prose of CAP 1.2, and come back through our own reader."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safepassage.domain.public_alert import (
    AlertArea,
    AlertInfo,
    AlertStatus,
    Category,
    Certainty,
    MessageType,
    PublicAlert,
    Reference,
    ResponseType,
    Scope,
    Severity,
    Urgency,
    followed,
)
from safepassage.formats.access import cap_check, cap_out
from safepassage.formats.claims import cap_alert

RECEIVED = "2030-03-17T18:00:00Z"

SQUARE = (
    (510_000_000, 350_000_000),
    (511_000_000, 350_000_000),
    (511_000_000, 351_000_001),
    (510_000_000, 350_000_000),
)
AREA = AlertArea(description="the road Alder to Birch", polygons=(SQUARE,), circles=((-10, 20, 1500),))
INFO = AlertInfo(
    event="Road closed", category=(Category.TRANSPORT,), response=(ResponseType.AVOID,),
    urgency=Urgency.IMMEDIATE,
    severity=Severity.MODERATE, certainty=Certainty.OBSERVED, onset_utc_s=1_900_000_000,
    expires_utc_s=1_900_003_600,
    headline="The bridge is closed & guarded", description="<b>Use</b> the other one.", areas=(AREA,),
)  # fmt: skip


def alert(**changes):
    said = {"identifier": "red.b1.1", "sender": "red", "sent_utc_s": 1_900_000_000,
            "status": AlertStatus.ACTUAL,
            "type": MessageType.ALERT, "infos": (INFO,)}  # fmt: skip
    return PublicAlert(**(said | changes))


def chain():
    first = alert()
    following = {"type": MessageType.UPDATE, "references": (first.reference,)}
    update = alert(identifier="red.b1.2", sent_utc_s=1_900_000_060, **following)
    following = {"type": MessageType.CANCEL, "references": (first.reference, update.reference), "infos": ()}
    return first, update, alert(identifier="red.b1.3", sent_utc_s=1_900_000_120, **following)


@pytest.mark.parametrize("one", chain(), ids=lambda one: one.type.value)
def test_alert_update_and_cancel_keep_every_rule(one):
    assert cap_check.faults(cap_out.write(one)) == ()


def test_times_have_an_offset_and_utc_is_minus_zero():
    assert cap_out.moment(1_900_000_000) == "2030-03-17T17:46:40-00:00"
    assert cap_out.moment(1_900_000_000, 19_800) == "2030-03-17T23:16:40+05:30"
    assert cap_out.moment(1_900_000_000, -3600) == "2030-03-17T16:46:40-01:00"


def test_our_reader_takes_what_we_write():
    first, update, cancel = chain()
    readings, ended, problems = cap_alert.read(cap_out.write(first), file="a", outlet="", received=RECEIVED)
    assert (problems, ended) == ((), ())
    (claim,) = readings[0].claims
    assert claim.claim.times[0].from_utc_s == 1_900_000_000
    assert [place.name for place in claim.claim.places] == ["the road Alder to Birch"] * 2
    for one in (update, cancel):
        _, ended, problems = cap_alert.read(cap_out.write(one), file="a", outlet="", received=RECEIVED)
        assert problems == ()
        assert [e.identifier for e in ended] == [r.identifier for r in one.references]


TEXT = st.text(st.characters(blacklist_categories=("Cs", "Cc")), min_size=1, max_size=30).filter(str.strip)
NAMES = st.text("abc.-_012", min_size=1, max_size=12)
POINT = st.tuples(st.integers(-900_000_000, 900_000_000), st.integers(-1_800_000_000, 1_800_000_000))
RINGS = st.lists(POINT, min_size=3, max_size=6).map(lambda points: (*points, points[0]))
SECONDS = st.integers(1_000_000_000, 4_000_000_000)


@st.composite
def alerts(draw):
    start = draw(SECONDS)
    infos = tuple(
        AlertInfo(
            event=draw(TEXT), language=draw(st.sampled_from(["en", "ru", "uk", "en-GB"])),
            category=tuple(draw(st.lists(st.sampled_from(list(Category)), min_size=1, max_size=3))),
            response=tuple(draw(st.lists(st.sampled_from(list(ResponseType)), max_size=2))),
            urgency=draw(st.sampled_from(list(Urgency))), severity=draw(st.sampled_from(list(Severity))),
            certainty=draw(st.sampled_from(list(Certainty))), onset_utc_s=start,
            expires_utc_s=draw(st.none() | SECONDS.map(lambda s: start + s)), headline=draw(TEXT),
            description=draw(TEXT),
            areas=(AlertArea(description=draw(TEXT), polygons=tuple(draw(st.lists(RINGS, max_size=2)))),),
        )
        for _ in range(draw(st.integers(1, 2)))
    )  # fmt: skip
    kind = draw(st.sampled_from([MessageType.ALERT, MessageType.UPDATE]))
    earlier = Reference(sender=draw(NAMES), identifier=draw(NAMES), sent_utc_s=draw(st.integers(0, start)))
    return PublicAlert(
        identifier=draw(NAMES), sender=draw(NAMES), sent_utc_s=start, status=AlertStatus.ACTUAL, type=kind,
        references=() if kind is MessageType.ALERT else (earlier,), infos=infos,
        offset_s=draw(st.sampled_from([0, 3600, -1800, 10_800])),
    )  # fmt: skip


@given(alerts())
def test_any_alert_keeps_the_rules_and_comes_back(one):
    data = cap_out.write(one)
    assert cap_check.faults(data) == ()
    readings, ended, problems = cap_alert.read(data, file="a", outlet="", received="2030-01-01T00:00:00Z")
    assert problems == ()
    assert len(readings) == len(one.infos)
    assert [e.identifier for e in ended] == [r.identifier for r in one.references]
    for reading, info in zip(readings, one.infos, strict=True):
        assert reading.claims[0].claim.times[0].from_utc_s == info.onset_utc_s
        assert reading.claims[0].claim.times[0].until_utc_s == info.expires_utc_s


@pytest.mark.parametrize(
    ("changes", "match"),
    [({"identifier": "a b"}, "space"), ({"sender": "a,b"}, "comma"),
     ({"scope": Scope.RESTRICTED}, "restricted"),
     ({"restriction": "staff"}, "restricted"), ({"scope": Scope.PRIVATE}, "addressees"),
     ({"type": MessageType.UPDATE}, "names the messages"), ({"infos": ()}, "only a cancel"),
     ({"references": (Reference(sender="a", identifier="b", sent_utc_s=1),)}, "first alert none")],
)  # fmt: skip
def test_what_the_protocol_forbids_cannot_be_made(changes, match):
    with pytest.raises(ValueError, match=match):
        alert(**changes)


def test_nobody_is_ever_told_to_evacuate_or_that_all_is_clear():
    assert {"Evacuate", "AllClear"} & {one.value for one in ResponseType} == set()
    for word in ("Evacuate", "AllClear"):
        data = cap_out.write(alert()).replace(b"<responseType>Avoid", f"<responseType>{word}".encode())
        assert cap_check.faults(data) == (f"responseType: {word} is never said",)


@pytest.mark.parametrize(
    ("old", "new", "match"),
    [(r"-00:00</sent>", "Z</sent>", "sent"), (r"-00:00</onset>", "+00:00</onset>", "onset"),
     (r"<sender>red</sender>", "<sender>r d</sender>", "sender"),
     (r"<scope>Public", "<scope>Everybody", "scope"),
     (r"<scope>Public", "<scope>Restricted", "restriction is missing"),
     (r"<msgType>Alert", "<msgType>Update", "references"),
     (r"51.0000000,35.0000000 ", "", "four pairs"), (r"51.1000000,35.0000000", "151.1,35.0", "no latitude"),
     (r"<status>Actual</status>", "", "status is missing"), (r"<event>.*</event>", "", "event is missing"),
     (r"(<urgency>.*</urgency>)\n", r"\1\n\1\n", "more than once"),
     (r"(<urgency>.*</urgency>)\n\s*(<severity>.*</severity>)", r"\2\n\1", "out of order"),
     (r"<areaDesc>", "<colour/><areaDesc>", "no element"),
     (r"emergency:cap:1.2", "emergency:cap:1.1", "root"),
     (r" 1.500</circle>", "</circle>", "circle"), (r"<alert", "<alert", None)],
)  # fmt: skip
def test_the_checker_sees_what_is_wrong(old, new, match):
    data = re.sub(old.encode(), new.encode(), cap_out.write(alert()), count=1)
    found = cap_check.faults(data)
    assert bool(found) is (match is not None)
    if match is not None:
        assert any(match in fault for fault in found), found


def test_a_chain_goes_on_from_all_before_it_and_ends_with_a_cancel():
    first, update, cancel = chain()
    whole = followed(followed(followed((), first), update), cancel)
    with pytest.raises(ValueError, match="was cancelled"):
        followed(whole, update)
    with pytest.raises(ValueError, match="names every message"):
        followed((first, update), replace(cancel, references=(first.reference,)))
    with pytest.raises(ValueError, match="first message"):
        followed((), update)


def test_the_published_schema_agrees_where_it_is_at_hand():
    """SAFEPASSAGE_CAP_XSD names a copy of OASIS's CAP-v1.2.xsd."""
    path = os.environ.get("SAFEPASSAGE_CAP_XSD", "")
    if not Path(path).is_file():
        pytest.skip("SAFEPASSAGE_CAP_XSD names no schema")
    from lxml import etree

    schema = etree.XMLSchema(etree.parse(path))
    for one in chain():
        schema.assertValid(etree.fromstring(cap_out.write(one)))
