"""An entry has one form of bytes, and nothing else reads as an entry."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safepassage.domain.log.entry import NO_HASH, Draft, Entry
from safepassage.domain.release import SensitivityClass
from safepassage.formats.log import draft_json, log_record
from tests.support.stores import draft

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(st.characters(codec="utf-8")),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(st.characters(codec="ascii"), max_size=8), inner, max_size=3)
    ),
    max_leaves=12,
)
BODY = st.dictionaries(st.text(st.characters(codec="ascii"), max_size=8), PLAIN, max_size=4)


def entry(**fields) -> Entry:
    said = {
        "log": "ab" * 16,
        "seq": 2,
        "prev": NO_HASH,
        "at_ms": 5,
        "id": "r1",
        "org": "red",
        "by": "radio",
        "why": "called",
        "kind": "report.filed",
        "body": {"n": 1},
    }
    return Entry(**(said | fields))


@settings(max_examples=40)
@given(BODY, st.sampled_from(SensitivityClass))
def test_an_entry_reads_back_from_its_bytes(body, sensitivity):
    made = entry(body=body, sensitivity=sensitivity, seen=(("cd" * 16, 3),))
    record = log_record.encode(made)
    assert log_record.decode(record) == made
    assert log_record.encode(log_record.decode(record)) == record


@given(st.binary(max_size=400))
def test_no_bytes_but_records_read_as_entries(data):
    with pytest.raises(ValueError, match=r".*"):
        log_record.decode(data)


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace('"seq":2', '"seq":2.0'),
        lambda text: text.replace('"seq":2', '"seq": 2'),
        lambda text: text.replace('"seq":2', '"seq":true'),
        lambda text: text.replace('"n":1', '"n":1.5'),
        lambda text: text.replace('"n":1', '"n":NaN'),
        lambda text: text.replace('"n":1', '"n":1,"n":1'),
        lambda text: text.replace('"by":"radio"', '"by":""'),
        lambda text: text.replace('"org":"red",', ""),
        lambda text: text.replace('"class":"RESTRICTED"', '"class":"SECRET"'),
        lambda text: text.replace('"seen":{}', '"seen":[]'),
        lambda text: text.replace('"sealed":null', '"sealed":{"key_id":"k"}'),
        lambda text: text.replace("log-entry/1", "log-entry/2"),
        lambda text: text + "\n",
    ],
)
def test_a_record_in_another_form_is_refused(change):
    text = log_record.encode(entry()).decode()
    assert change(text) != text
    with pytest.raises(ValueError, match=r".*"):
        log_record.decode(change(text).encode())


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("id", "two words"), ("id", ""), ("org", "-x"), ("kind", "plain"), ("by", " "), ("why", ""),
        ("body", {"x": 1.5}), ("body", {"x": 2**53}), ("body", {"é": 1}), ("body", {"x": "\ud800"}),
        ("about", "a b"), ("private", {"name": "A"}), ("key_id", "k"),
    ],
)  # fmt: skip
def test_a_draft_that_does_not_fit_is_refused(field, value):
    with pytest.raises(ValueError, match=r".+"):
        draft(1, **{field: value})


def test_deep_nesting_is_refused():
    value: object = 1
    for _ in range(60):
        value = [value]
    with pytest.raises(ValueError, match="nested"):
        draft(1, body={"x": value})


def test_a_body_cannot_be_changed_after_it_was_checked():
    body = {"list": [1]}
    made = draft(1, body=body)
    body["list"].append(2)
    assert log_record.thawed(made.body) == {"list": [1]}


LINE = {"id": "r1", "org": "red", "by": "radio", "why": "x", "kind": "a.b", "body": {}}


def test_a_line_is_a_draft_with_defaults():
    read = draft_json.read(json.dumps({"id": "r1", "body": {"n": 1}}).encode(), LINE | {"kind": "c.d"})
    assert read == Draft(id="r1", org="red", by="radio", why="x", kind="c.d", body={"n": 1})


@pytest.mark.parametrize(
    "line",
    [
        b"[]", b"{", b"\xff", b'{"id":1}', b'{"extra":1}', b'{"class":"TOP"}', b'{"id":"a","id":"b"}',
        b'{"body":{"x":NaN}}', b'{"body":[]}', b"[" * 100_000, b" " * 2_000_000,
    ],
)  # fmt: skip
def test_a_line_that_is_no_draft_is_a_sentence(line):
    with pytest.raises(ValueError, match=r".+"):
        draft_json.read(line, LINE)
