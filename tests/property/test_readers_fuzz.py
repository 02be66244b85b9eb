"""Short form of `benchmarks/fuzz.py`: no reader fails whatever it is given."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "benchmarks"))
import fuzz  # noqa: E402
import fuzz_readers  # noqa: E402

BEHIND_ANOTHER = {"geometry_geojson", "geometry_xml"}
READERS = {reader.name: reader for reader in fuzz_readers.readers()}


def tried(name, cases, seconds=0.0):
    options = fuzz.argparse.Namespace(cases=cases, guided=seconds, seed=0)
    return fuzz.tried(READERS[name], options)


@pytest.mark.slow
@pytest.mark.parametrize("name", READERS)
def test_two_hundred_cases_are_answered(name):
    tally = tried(name, 200, 0.2)
    assert not tally.failures, sorted(tally.failures)


def test_a_reader_that_fails_is_found_and_one_that_answers_is_not():
    def bad(data):
        if b"\x00" in data:
            raise ZeroDivisionError("here")
        raise ValueError("an answer")

    reader = fuzz_readers.Reader(name="bad", read=bad, samples=(b"abc",), answers=(ValueError,))
    tally = fuzz.Tally()
    fuzz.by_hypothesis(reader, 400, 0, tally)
    assert [failure.partition(" in ")[0] for failure in tally.failures] == ["ZeroDivisionError"]
    assert tally.answered["ValueError"] > 0


def test_what_reads_bytes_is_among_the_readers():
    """A format that gains a reader of bytes gains a row here, or this fails."""
    text = (ROOT / "benchmarks" / "fuzz_readers.py").read_text("utf-8")
    for path in sorted((ROOT / "src" / "safepassage" / "formats").rglob("*.py")):
        if re.search(r"\ndef read\w*\(\n?\s*(data|ways|traffic)\b", path.read_text("utf-8")):
            assert path.stem in text or path.stem in BEHIND_ANOTHER, path.stem
