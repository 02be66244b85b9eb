"""Movements in a store, in a file and on a server: one event if it may happen, once, by any office."""

from __future__ import annotations

import pytest

from safepassage.domain.errors import RefusedError, StoreError, TransitionError
from safepassage.domain.log import merge
from safepassage.domain.movement import events as ev
from safepassage.domain.movement.copies import copy_for
from safepassage.domain.movement.form import CONSENTED
from safepassage.domain.movement.state import standings
from safepassage.domain.movement.words import Answer, Channel
from safepassage.store import exchange, movement_events
from safepassage.store.postgres import PostgresBackend
from tests.support import postgres
from tests.support.movements import NOW_S, particulars
from tests.support.stores import SECRET, STARTED_MS, begun, new_store


@pytest.fixture(params=["file", "server"])
def store(request, tmp_path):
    if request.param == "file":
        made = new_store(tmp_path / "a.store")
    else:
        socket = request.getfixturevalue("postgres")
        postgres.empty(socket)
        made = begun(PostgresBackend.open(postgres.server(socket), SECRET))
    yield made
    made.backend.close()


def record(store, kind, *, by="planner", key="", at=NOW_S, stated=True, **fields):
    event = kind(movement="m1", at_utc_s=at, **fields)
    return movement_events.record(store, event, by=by, why="test", key=key, at_stated=stated)


def told(store):
    record(store, ev.Drafted, particulars=particulars())
    record(store, ev.Checked)
    record(store, ev.Submitted)
    for name in ("side-a", "side-b"):
        record(store, ev.Consented, recipient=name, fields=CONSENTED, given_by="director")
        record(
            store, ev.Sent, by="liaison", key=f"s-{name}", recipient=name, revision=1, channel=Channel.MAIL
        )


def answer(store, name="side-a", word=Answer.NOTED, **more):
    fields = {"revision": 1, "answer": word, "channel": Channel.MAIL, "person": "x", "text": "words"}
    return record(store, ev.Answered, recipient=name, **(fields | more))


def replies(store, **at):
    (state,) = movement_events.states(store, **at).values()
    return {one.recipient.id: one.reply.value for one in standings(state)}


def test_what_is_recorded_stands_and_what_may_not_happen_is_not_recorded(store):
    told(store)
    before = store.backend.last(store.log)
    with pytest.raises(TransitionError):
        record(store, ev.Departed)
    assert store.backend.last(store.log) == before
    answer(store)
    assert replies(store) == {"side-a": "acknowledged", "side-b": "no reply", "icrc": "not sent"}


def test_a_retry_is_one_event_also_when_it_is_typed_later_or_could_not_happen_again(store):
    told(store)
    first = answer(store, key="a1", stated=False)
    again = answer(store, key="a1", at=NOW_S + 99, stated=False)
    assert (again.seq, again.repeated) == (first.seq, True)
    with pytest.raises(RefusedError, match="other content"):
        answer(store, key="a1", at=NOW_S + 99)
    assert record(store, ev.Sent, by="liaison", key="s-side-a", recipient="side-a", revision=1,
                  channel=Channel.MAIL).repeated  # fmt: skip


def test_an_event_goes_unless_others_rest_on_it(store):
    told(store)
    given = answer(store)
    with pytest.raises(RefusedError, match="rests on it"):
        movement_events.take_back(store, "s-side-a", by="lead", why="misheard")
    movement_events.take_back(store, given.id, by="lead", why="misheard")
    assert replies(store)["side-a"] == "no reply"
    movement_events.take_back(store, "s-side-a", by="lead", why="not sent after all")
    assert replies(store)["side-a"] == "not sent"
    with pytest.raises(StoreError, match="no event"):
        movement_events.take_back(store, given.id, by="lead", why="again")


def test_two_offices_that_answer_apart_lose_nothing_and_contradictions_show(store, tmp_path):
    told(store)
    other = new_store(tmp_path / "b.store", org="blue")
    exchange.take_bundle(other, exchange.make_bundle(store, STARTED_MS + 10**6), file="b", by="x")
    answer(store, "side-a", Answer.NOTED)
    answer(other, "side-a", Answer.OBJECTION)
    answer(other, "side-b")
    exchange.take_bundle(store, exchange.make_bundle(other, STARTED_MS + 10**6), file="b", by="x")
    exchange.take_bundle(other, exchange.make_bundle(store, STARTED_MS + 10**6), file="b", by="x")
    assert movement_events.states(store) == movement_events.states(other)
    (state,) = movement_events.states(store).values()
    assert len(state.answered) == 3
    (conflict,) = merge.conflicts(store.all_entries())
    assert conflict.about == "movement:m1:side-a"
    other.backend.close()


def test_a_copy_as_sent_does_not_change_by_what_another_office_recorded_apart(store, tmp_path):
    told(store)
    sent = next(e for e in store.entries() if e.id == "s-side-a")
    before = copy_for(movement_events.before(store, sent.id)["m1"], "side-a")
    other = new_store(tmp_path / "b.store", org="blue")
    exchange.take_bundle(other, exchange.make_bundle(store, STARTED_MS + 10**6), file="b", by="x")
    record(other, ev.Consented, recipient="side-a", fields=("4",), given_by="director", at=1)
    exchange.take_bundle(store, exchange.make_bundle(other, STARTED_MS + 10**6), file="b", by="x")
    assert copy_for(movement_events.before(store, sent.id)["m1"], "side-a") == before
    now = set(copy_for(movement_events.states(store)["m1"], "side-a").fields)
    assert {"4"} < now & set(CONSENTED) | {"1"}
    assert "14" in before.fields
    assert "14" not in now
    other.backend.close()


def test_what_was_known_is_what_own_entries_had_seen(store, tmp_path):
    told(store)
    other = new_store(tmp_path / "b.store", org="blue")
    exchange.take_bundle(other, exchange.make_bundle(store, STARTED_MS + 10**6), file="b", by="x")
    answer(other, "side-b")
    exchange.take_bundle(store, exchange.make_bundle(other, STARTED_MS + 10**6), file="b", by="x")
    end_ms = STARTED_MS + 10**9
    assert replies(store)["side-b"] == "acknowledged"
    assert replies(store, until_ms=end_ms)["side-b"] == "no reply"
    answer(store, "side-a")
    assert replies(store, until_ms=end_ms)["side-b"] == "acknowledged"
    assert movement_events.states(store, until_ms=STARTED_MS - 1) == {}
    other.backend.close()


def test_a_state_after_what_had_happened_ignores_when_it_was_typed(store):
    told(store)
    answer(store, at=NOW_S + 3600)
    assert replies(store, happened_utc_s=NOW_S + 3599)["side-a"] == "no reply"
    assert replies(store, happened_utc_s=NOW_S + 3600)["side-a"] == "acknowledged"
