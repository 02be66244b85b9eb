"""A verdict counts every violation, and lists so many of a kind."""

from __future__ import annotations

import pytest

from safepassage_verify.verdict import MOST_PER_CODE, Findings

NO_HASHES: dict[str, str] = {}


@pytest.mark.parametrize("n", [1, MOST_PER_CODE, MOST_PER_CODE + 1, MOST_PER_CODE + 7])
def test_all_are_counted_and_the_first_are_listed(n):
    findings = Findings()
    for k in range(n):
        findings.require("HASH", f"at {k}", holds=False, message="m")
    verdict = findings.verdict(recomputed={}, hashes=NO_HASHES)
    more = [("", f"and {n - MOST_PER_CODE} more of this kind")] if n > MOST_PER_CODE else []
    first = [(f"at {k}", "m") for k in range(min(n, MOST_PER_CODE))]
    assert [(v.where, v.message) for v in verdict.violations] == [*first, *more]
    assert (verdict.verified, findings.total) == (False, n)
    assert (dict(verdict.counts), dict(verdict.checks)) == ({"HASH": n}, {"HASH": n})


@pytest.mark.parametrize(("number", "counts"), [(-1, {}), (0, {}), (1, {"HASH": 1})])
def test_further_violations_are_counted_where_there_are_any(number, counts):
    findings = Findings()
    findings.add_uncounted("HASH", number)
    assert dict(findings.verdict(recomputed={}, hashes=NO_HASHES).counts) == counts


def test_what_holds_is_counted_as_checked():
    findings = Findings()
    findings.checked("SIZE")
    findings.checked("HASH", 3)
    findings.require("HASH", "w", holds=True, message="m")
    verdict = findings.verdict(recomputed={}, hashes=NO_HASHES)
    assert verdict.verified
    assert list(verdict.checks.items()) == [("HASH", 4), ("SIZE", 1)]


def test_only_documented_codes_are_noted():
    with pytest.raises(KeyError, match="is not a documented code"):
        Findings().add("NO_SUCH", "w", "m")
