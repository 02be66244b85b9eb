"""Whatever bytes the readers of the store are given, they answer with an entry or with one sentence."""

from __future__ import annotations

import json
import time
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safepassage.domain.errors import FormatError, StoreError
from safepassage.formats.log import checkpoint_json, draft_json, log_record
from safepassage.store import checking, exchange
from safepassage.store.event_store import EventStore
from safepassage.store.keys import Secret
from safepassage.store.memory import MemoryBackend
from tests.support.stores import STARTED_MS, begun, draft, ticking

KEY = Secret(key=bytes(32))


def made():
    store = begun(MemoryBackend(bytes(32), bytes(16)))
    store.append(draft(1, private={"name": "A"}, key_id="k", about="bridge-1"))
    return store


STORE = made()
SAMPLES = {
    "record": list(STORE.backend.rows(STORE.log))[1].record,
    "draft": b'{"id":"r1","org":"red","by":"a","why":"b","kind":"c.d","body":{"x":[1,null,true]}}',
    "checkpoint": checkpoint_json.write(checking.make_checkpoint(STORE, STARTED_MS)),
    "bundle": exchange.make_bundle(STORE, STARTED_MS),
}


def take(data: bytes) -> None:
    other = EventStore(MemoryBackend(b"x" * 32, bytes(16)), ticking())
    other.begin(org="blue", by="lead", why="start")
    exchange.take_bundle(other, data, file="x", by="radio")


READERS = {
    "record": (log_record.decode, ValueError),
    "draft": (lambda data: draft_json.read(data, {}), ValueError),
    "checkpoint": (lambda data: checkpoint_json.read(data, file="x"), FormatError),
    "bundle": (take, FormatError),
}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=10,
)


def changed(sample: bytes):
    """Return strategies for bytes near a good sample, other JSON, and anything."""
    document = json.loads(sample.split(b"\n")[0])
    swapped = st.tuples(st.sampled_from(sorted(document)), JSON).map(
        lambda one: json.dumps(document | {one[0]: one[1]}).encode()
    )
    cut = st.integers(0, len(sample)).map(lambda at: sample[:at])
    spliced = st.tuples(st.integers(0, len(sample)), st.binary(max_size=8), st.integers(0, 8)).map(
        lambda one: sample[: one[0]] + one[1] + sample[one[0] + one[2] :]
    )
    return swapped | cut | spliced | JSON.map(lambda one: json.dumps(one).encode()) | st.binary(max_size=200)


def attempt(name: str, data: bytes) -> None:
    read, expected = READERS[name]
    with suppress(expected):
        read(data)


@pytest.mark.parametrize("name", READERS)
def test_readers_answer_anything(name):
    @settings(max_examples=60)
    @given(changed(SAMPLES[name]))
    def run(data):
        attempt(name, data)

    run()


@pytest.mark.slow
@pytest.mark.parametrize("name", READERS)
def test_readers_answer_many_cases_soon(name):
    """Ten thousand are tried before a release (`benchmarks/fuzz.py`)."""
    slowest = [0.0]

    @settings(max_examples=2_500)
    @given(changed(SAMPLES[name]))
    def run(data):
        started = time.process_time()
        attempt(name, data)
        slowest[0] = max(slowest[0], time.process_time() - started)

    run()
    assert slowest[0] <= 2
    resource = pytest.importorskip("resource")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < 2 * 1024 * 1024


@pytest.mark.parametrize(
    "data",
    [
        b"[" * 100_000, b'{"a":' * 50_000, b"9" * 5000, b"\x00" * 1000,
        b'{"schema":"safepassage/log-entry/1"}',
        b'{"sha256":"' + b"a" * 64 + b'"}\n', b"\n" * 1000, b'{"seq":1e999}',
    ],
)  # fmt: skip
@pytest.mark.parametrize("name", READERS)
def test_readers_answer_hostile_bytes(name, data):
    attempt(name, data)


@settings(max_examples=60)
@given(st.binary(max_size=200) | st.binary(max_size=200).map(lambda data: exchange.MAGIC + data))
def test_locked_bundles_answer_anything(data):
    with pytest.raises((FormatError, StoreError)):
        exchange.unlocked(data, KEY, file="x")
