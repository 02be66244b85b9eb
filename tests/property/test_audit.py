"""The plan audit for any data: nothing raises, less data never makes a finding better than PASS allows."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safepassage.audit import audit
from safepassage.audit.daylight import twilight_s
from safepassage.domain.audit_sheet import Override, Verdict
from safepassage.domain.safeguard import ANSWERS, Safeguard, SafeguardKind
from safepassage.kernels.daylight import civil_daylight_s
from tests.support.audits import World

ROWS = st.lists(
    st.builds(
        Safeguard,
        id=st.uuids().map(str),
        kind=st.sampled_from(SafeguardKind),
        answer=st.sampled_from(("", *ANSWERS)),
        number=st.none() | st.integers(0, 10**6),
        place=st.sampled_from(("", "a", "home", "s", "nowhere")),
        party=st.sampled_from(("", "A", "B")),
        roads=st.sampled_from(((), ("R1",), ("R2", "R3"))),
        at_s=st.none() | st.integers(-(10**6), 10**6),
        text=st.sampled_from(("", "by age", "notice_warn_h")),
        document=st.sampled_from(("", "d")),
    ),
    max_size=30,
)


@settings(max_examples=60, deadline=None)
@given(rows=ROWS)
def test_any_rows_give_one_finding_for_each_rule_whatever_their_order(rows):
    world = World()
    world.rows = {row.id: row for row in rows}
    first = audit(world.source())
    world.rows = {row.id: row for row in reversed(rows)}
    assert audit(world.source()).findings == first.findings
    assert len(first.findings) == 36


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_taking_data_away_never_turns_a_finding_into_a_pass(data):
    world = World()
    world.rows = {row.id: row for row in data.draw(ROWS)}
    before = {f.rule.id: f.verdict for f in audit(world.source()).findings}
    kinds = data.draw(st.sets(st.sampled_from(SafeguardKind), min_size=1))
    world.rows = {key: row for key, row in world.rows.items() if row.kind not in kinds}
    # Taken away is the whole of what is known of some matters; what was not assessed stays so.
    for finding in audit(world.source()).findings:
        if before[finding.rule.id] is Verdict.NOT_ASSESSED and finding.verdict is Verdict.PASS:
            named = finding.rule.data
            assert any(kind.value in named for kind in kinds)


@pytest.mark.parametrize("day", range(0, 365, 23))
@pytest.mark.parametrize("lat", [0, 35, 51, 60])
def test_twilight_is_that_of_the_other_formula_within_three_minutes(day, lat):
    date = dt.date(2026, 1, 1) + dt.timedelta(days=day)
    mine = twilight_s(f"{date}T00:00:00Z", 43_200, 0.0, float(lat))
    theirs = civil_daylight_s(date.toordinal(), float(lat), 0.0)
    assert mine is not None
    assert theirs is not None
    assert max(abs(a - b) for a, b in zip(mine, theirs, strict=True)) <= 180


def test_an_override_changes_what_holds_and_nothing_else():
    world = World()
    del world.rows["relayed_to_units"]
    plain = audit(world.source())
    given_ = audit(world.source(), [Override(rule="SP-06", by="lead", reason="sent by hand")])
    assert [f.rule.id for f in plain.holding] == ["SP-06"]
    assert given_.holding == ()
    assert [f.verdict for f in given_.findings] == [f.verdict for f in plain.findings]


def test_a_threshold_of_a_case_needs_a_reason():
    world = World()
    world.threshold("notice_warn_h", 50, note="")
    assert world.ask("SP-03").verdict is Verdict.PASS
    world.threshold("notice_warn_h", 50, note="bridges close at dusk")
    found = world.ask("SP-03")
    assert found.verdict is Verdict.WARN
    assert "bridges close at dusk" in found.threshold
