"""What the verifier says of plans with one small thing changed: word for word what it said before.

Each line of `verdicts/NAME.PART.txt` is one change of `verdicts/NAME.json`, the codes it breaks with their
number, and a hash of the whole answer with every place, sentence and sum. When the verifier is changed on
purpose, `python -m tests.golden.test_verdicts [NAME ...]` writes the lines anew; read what differs. Where the
plan itself does not hold any more, `--documents NAME ...` makes it anew first.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from safepassage_verify import verify
from safepassage_verify.buses import check_plan, check_proof
from safepassage_verify.canonical import canonical_bytes
from safepassage_verify.shuttle import check_shuttle
from safepassage_verify.shuttle_bound import least_value
from tests.support.variants import told, variants

HERE = Path(__file__).parent / "verdicts"
PLANS = ("busy", "full", "mixed", "links", "cars", "onward", "aid", "aid-onward")
NOUNS = ("inputs", "plan", "certificate", "aid")
_BUS_CHECKS = ((check_plan, "plan"), (check_proof, "proof"))
CHUNK, FAST = 60, 18
"""Changes of one test, and of how many such tests one is run every time."""


def documents(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((HERE / f"{name}.json").read_text(encoding="utf-8"))
    return found


def parts(name: str) -> list[str]:
    """Return which documents are changed, one after the other."""
    if name.startswith("aid"):
        return ["aid", "inputs"]
    return [noun for noun in NOUNS if noun in documents(name)] if name in PLANS else sorted(documents(name))


def sealed(found: dict[str, Any]) -> dict[str, Any]:
    """Return documents with the hashes of what they were made from renewed, so that more is seen."""
    digest = _hash(found["inputs"])
    for noun in ("plan", "certificate", "aid"):
        if isinstance(found.get(noun), dict) and "inputs_sha256" in found[noun]:
            found[noun]["inputs_sha256"] = digest
    if "aid" in found:
        found["aid"]["plan_sha256"] = _hash(found["plan"])
    return found


def _hash(value: Any) -> str:
    return hashlib.sha256(canonical_bytes(value) or b"").hexdigest()


def answer(name: str, found: dict[str, Any]) -> Any:
    """Return what the verifier says of the documents of a plan, or of a bus or shuttle problem."""
    if name == "buses":
        return {noun: _said(check, found["problem"], found[noun]) for check, noun in _BUS_CHECKS}
    if name == "shuttle":
        plan = str(_said(check_shuttle, found["problem"], found["plan"]))
        return {"plan": plan, "bound": _said(least_value, found["problem"], found["bound"])}
    verdict = verify(*(found.get(noun) for noun in NOUNS))
    record = verdict.record()
    for noun in NOUNS:
        record.pop(f"{noun}_sha256", None)
    return {**record, "counts": dict(verdict.counts)}


def _said(check: Any, *given: Any) -> Any:
    try:
        return check(*given)
    except (ValueError, LookupError, TypeError, ArithmeticError) as fault:
        return f"{type(fault).__name__}: {fault}"


def codes(said: Any) -> str:
    if "counts" not in said:
        return str(said)[:70].replace("\n", " ")
    return ", ".join(f"{code} {n}" for code, n in said["counts"].items())


def lines(name: str, part: str) -> Iterator[tuple[str, Any]]:
    whole = documents(name)
    for change, document in variants(whole[part]):
        found = {noun: dict(doc) if isinstance(doc, dict) else doc for noun, doc in whole.items()}
        found[part] = document
        yield change, sealed(found) if name in PLANS else found


def kept(name: str, part: str) -> list[str]:
    file = HERE / f"{name}.{part}.txt"
    return file.read_text(encoding="utf-8").splitlines() if file.is_file() else []


def chunks() -> list[Any]:
    found = []
    for name in (*PLANS, "buses", "shuttle"):
        for part in parts(name):
            for begin in range(0, len(kept(name, part)), CHUNK):
                marks = [] if len(found) % FAST == 0 else [pytest.mark.slow]
                found.append(pytest.param(name, part, begin, marks=marks, id=f"{name}-{part}-{begin}"))
    return found


@pytest.mark.parametrize("name", PLANS)
def test_the_plans_hold_as_they_are(name):
    assert answer(name, sealed(documents(name)))["violations"] == []


@pytest.mark.parametrize(("name", "part", "begin"), chunks())
def test_of_each_change_is_said_what_was_said_before(name, part, begin):
    expected = kept(name, part)[begin : begin + CHUNK]
    found = [(change, doc) for n, (change, doc) in enumerate(lines(name, part)) if begin <= n < begin + CHUNK]
    assert [told(change, answer(name, doc), codes) for change, doc in found] == expected


def write(names: list[str]) -> None:
    """Write the lines of these anew, or all."""
    for name in names or (*PLANS, "buses", "shuttle"):
        for part in parts(name):
            said = [told(change, answer(name, doc), codes) for change, doc in lines(name, part)]
            (HERE / f"{name}.{part}.txt").write_text("\n".join(said) + "\n", encoding="utf-8")


if __name__ == "__main__":
    named = [name for name in sys.argv[1:] if name != "--documents"]
    if "--documents" in sys.argv:
        from tests.support.kept_plans import made

        for one in named:
            text = json.dumps(made(one), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
            (HERE / f"{one}.json").write_text(f"{text}\n", encoding="utf-8")
    write(named)
