"""Whatever bytes come in as a form, an alert, a referral or an entry: one sentence, never a crash."""

from __future__ import annotations

import json
import time
from contextlib import suppress
from dataclasses import fields, is_dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safepassage.domain.errors import FormatError
from safepassage.domain.log.entry import NO_HASH, Entry
from safepassage.domain.movement import events as ev
from safepassage.formats.access import access_log, alert_file, alert_log, cap_check, referral_record
from safepassage.formats.containers.record_json import to_plain
from safepassage.formats.movement import movement_file, movement_log
from tests.support.movements import Desk, agreed

FORM = b"""
title = "A"
org = "red"
kind = "notified"
shape = "overland"
start = "2030-01-01T00:00Z"
end = "2030-01-02T00:00Z"
origin = { name = "A", lat = 51.0, lon = 35.0 }
destination = { name = "B" }
"""
ALERT = b"""
kind = "delay"
[[area]]
description = "x"
circle = [51.0, 35.0, 2]
[[text]]
language = "en"
headline = "h"
description = "d"
"""
CAP = b'<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><sent>x</sent></alert>'
REFERRAL = (
    b'kind = "dead"\nrecipient = "x"\npurpose = "y"\nbasis = "no_personal_data"\nplace = "z"\npersons = 1\n'
)


def mutated(seed: bytes):
    """Return bytes, or a valid file with a few bytes replaced, dropped or doubled."""

    def change(edits):
        data = bytearray(seed)
        for at, kind, byte in edits:
            position = at % (len(data) or 1)
            if kind == 0 and data:
                data[position] = byte
            elif kind == 1:
                del data[position : position + byte % 8]
            else:
                data[position:position] = data[position : position + byte % 16]
        return bytes(data)

    edits = st.lists(st.tuples(st.integers(0, 1000), st.integers(0, 2), st.integers(0, 255)), max_size=6)
    return st.binary(max_size=200) | edits.map(change)


def read_form(data: bytes) -> None:
    movement_file.particulars(movement_file.read(data, file="f"), file="f")


def check_alert(data: bytes) -> None:
    assert isinstance(cap_check.faults(data), tuple)


READERS = {
    "form": (FORM, read_form),
    "alert": (ALERT, lambda data: alert_file.read(data, file="f")),
    "referral": (REFERRAL, lambda data: referral_record.read(data, file="f")),
    "cap": (CAP, check_alert),
}


@pytest.mark.parametrize("name", READERS)
def test_a_file_is_read_or_refused_in_one_sentence(name):
    seed, read = READERS[name]
    read(seed)

    @given(mutated(seed))
    def holds(data):
        with suppress(FormatError):
            read(data)

    holds()


@pytest.mark.slow
@pytest.mark.parametrize("name", READERS)
def test_many_files_are_read_or_refused_soon(name):
    """Ten thousand are tried before a release (`benchmarks/fuzz.py`)."""
    seed, read = READERS[name]
    slowest = [0.0]

    @settings(max_examples=2_500)
    @given(mutated(seed))
    def holds(data):
        started = time.process_time()
        with suppress(FormatError):
            read(data)
        slowest[0] = max(slowest[0], time.process_time() - started)

    holds()
    assert slowest[0] <= 2


NAMES = st.text("abcdeilmnorstuvwy_", max_size=12)
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**40), 2**40) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=8,
)  # fmt: skip
KINDS = [*ev.KINDS, *access_log.KINDS, alert_log.ALERT_ISSUED]


def entry(kind: str, body) -> Entry:
    return Entry(
        log="0" * 32, seq=1, prev=NO_HASH, at_ms=0, id="x", org="red", by="x", why="x", kind=kind, body=body
    )


@given(
    st.sampled_from(KINDS),
    st.dictionaries(st.text("abcdefghiklmnoprstuvwy_", max_size=12), PLAIN, max_size=6),
)
def test_a_foreign_entry_of_any_shape_is_left_out(kind, body):
    given_entry = entry(kind, body)
    movement_log.states([given_entry])
    access_log.requests([given_entry])
    access_log.incidents([given_entry])
    access_log.referrals([given_entry], lambda _: {"record": body})
    alert_log.chains([given_entry])


@given(st.data())
def test_an_entry_with_one_field_changed_is_read_or_left_out(data):
    desk = Desk(agreed()).under_way()
    recorded = data.draw(st.sampled_from(desk.log))
    body = to_plain(recorded.event)
    name = data.draw(st.sampled_from(sorted(body)))
    body[name] = data.draw(PLAIN)
    word = next(word for word, kind in ev.KINDS.items() if kind is type(recorded.event))
    found, unreadable = movement_log.events([entry(word, json.loads(json.dumps(body)))])
    assert len(found) + len(unreadable) == 1


def test_every_event_comes_back_from_its_entry():
    desk = Desk(agreed()).under_way()
    for recorded in desk.log:
        draft = movement_log.draft(recorded.event, org="red", by="x", why="x")
        back = movement_log.event_of(entry(draft.kind, draft.body))
        assert back.event == recorded.event
        assert is_dataclass(back.event)
        assert {field.name for field in fields(back.event)} >= {"movement", "at_utc_s"}
