"""Whether any bytes make a reader fail: each answers with a value, a list of problems or one sentence.

    python benchmarks/fuzz.py [READER ...] [--cases 10000] [--guided SECONDS] [--seed S]
                              [--failures FOLDER] [--keep FILE] [--list] [--json]

For each reader Hypothesis makes so many cases near its samples: bytes cut, spliced, doubled, flipped, and
words and numbers that have made readers fail before. `--guided` goes on from there: a case that comes
through a line nobody came through before is kept and changed further, so that the search gets behind the
first checks. A case fails when anything else is raised than the reader's own answer, when it takes over two
seconds of the processor, or over 512 MB. What failed is kept in FOLDER, to become a test. With `--keep` a run
that was stopped goes on: readers that were tried so already are passed over.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import resource
import signal
import sys
import time
import traceback
import types
import warnings
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fuzz_readers import Reader, readers
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as hypothesis_seed
from hypothesis import strategies as st

MOST_S, MOST_BYTES = 2, 512 * 2**20
SHOWN = 5
KINDS = ("cut", "splice", "double", "flip", "word")
WORDS = (
    b"",
    b"\x00",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"\r",
    b"\n",
    b"\n\n",
    b'"',
    b"'",
    b";",
    b",",
    b"\t",
    b"<",
    b">",
    b"&",
    b"]]>",
    b"<!DOCTYPE a [<!ENTITY b 'c'>]>",
    b"&b;",
    b"{",
    b"}",
    b"[",
    b"]",
    b"[[[[[[[[",
    b":",
    b"null",
    b"true",
    b"NaN",
    b"Infinity",
    b"-1",
    b"0",
    b"1e999",
    b"9" * 40,
    b"-0.0",
    b"1.5",
    b"99999-99-99",
    b"2030-02-30",
    b"+",
    b"=1+1",
    b"\xd0\x90",
    b"\xed\xa0\x80",
    b"\xe2\x80\xae",
    b"PK\x03\x04",
    b"..",
    b"/",
    b"%s",
    b"{}",
    b"0x10",
    b"1_000",
    b"\xc2\xb2",
)


@dataclass(slots=True)
class Tally:
    """What one reader made of its cases."""

    cases: int = 0
    answered: Counter[str] = field(default_factory=Counter)
    slowest_s: float = 0.0
    most_bytes: int = 0
    lines: int = 0
    failures: dict[str, bytes] = field(default_factory=dict)


class TooSlowError(Exception):
    """A case took longer than it may."""


def attempt(reader: Reader, data: bytes, tally: Tally) -> None:
    """Read one case and note what became of it; failures are told apart by where they were raised."""
    tally.cases += 1
    started, before = time.process_time(), _peak()
    signal.setitimer(signal.ITIMER_VIRTUAL, 10 * MOST_S)
    try:
        reader.read(data)
        tally.answered["value"] += 1
    except reader.answers as answer:
        tally.answered[type(answer).__name__] += 1
    except (Exception, RecursionError) as fault:  # noqa: BLE001 - that is what is looked for
        tally.failures.setdefault(_where(fault), data)
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    used_s, grown = time.process_time() - started, _peak() - before
    tally.slowest_s, tally.most_bytes = max(tally.slowest_s, used_s), max(tally.most_bytes, grown)
    if used_s > MOST_S:
        tally.failures.setdefault("over two seconds", data)
    if grown > MOST_BYTES:
        tally.failures.setdefault("over 512 MB", data)


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _where(fault: BaseException) -> str:
    frames = traceback.extract_tb(fault.__traceback__)
    own = [frame for frame in frames if "safepassage" in frame.filename] or list(frames)
    return (
        f"{type(fault).__name__} in {Path(own[-1].filename).name}, line {own[-1].lineno}: {str(fault)[:80]}"
    )


def near(samples: tuple[bytes, ...]) -> st.SearchStrategy[bytes]:
    """Return bytes near good samples: up to six changes of one of them."""
    change = st.tuples(
        st.sampled_from(KINDS), st.integers(0, 10**6), st.integers(0, 40),
        st.sampled_from(WORDS) | st.binary(max_size=6),
    )  # fmt: skip
    changed = st.tuples(st.sampled_from(samples), st.lists(change, max_size=6)).map(
        lambda one: _changed(one[0], one[1])
    )
    return changed | st.binary(max_size=60)


def _changed(data: bytes, changes: list[tuple[str, int, int, bytes]]) -> bytes:
    for kind, at, length, word in changes:
        place = at % (len(data) + 1)
        if kind == "cut":
            data = data[:place]
        elif kind == "splice":
            data = data[:place] + word + data[place + length :]
        elif kind == "double":
            data = data[:place] + data[place : place + length] * 2 + data[place + length :]
        elif kind == "flip" and place < len(data):
            data = data[:place] + bytes([data[place] ^ (1 << length % 8)]) + data[place + 1 :]
        elif kind == "word":
            data = data[:place] + word + data[place:]
    return data


def by_hypothesis(reader: Reader, cases: int, seed: int, tally: Tally) -> None:
    """Try so many cases that Hypothesis makes."""

    @hypothesis_seed(seed)
    @settings(max_examples=cases, database=None, deadline=None, phases=[Phase.generate],
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(near(reader.samples))
    def run(data: bytes) -> None:
        attempt(reader, data, tally)

    run()


def guided(reader: Reader, seconds: float, seed: int, tally: Tally) -> None:
    """Try cases for a while; keep what comes through new lines, and change that further."""
    generator = random.Random(f"{seed}:{reader.name}")
    corpus = list(reader.samples)
    seen: set[tuple[types.CodeType, int]] = set()
    until = time.process_time() + seconds
    while time.process_time() < until:
        data = generator.choice(corpus)
        if generator.random() < 0.2:
            other = generator.choice(corpus)
            data = data[: generator.randrange(len(data) + 1)] + other[generator.randrange(len(other) + 1) :]
        changes = [
            (generator.choice(KINDS), generator.randrange(10**6),
             generator.randrange(40), generator.choice(WORDS))
            for _ in range(generator.choice((1, 1, 2, 4)))
        ]  # fmt: skip
        data = _changed(data, changes)
        known = len(seen)
        sys.settrace(_tracer(seen))
        try:
            attempt(reader, data, tally)
        finally:
            sys.settrace(None)
        if len(seen) > known and len(data) < 100_000:
            corpus.append(data)
    tally.lines = len(seen)


def _tracer(seen: set[tuple[types.CodeType, int]]) -> Callable[..., Any]:
    def lines(frame: types.FrameType, _event: str, _arg: object) -> Any:
        seen.add((frame.f_code, frame.f_lineno))
        return lines

    def calls(frame: types.FrameType, _event: str, _arg: object) -> Any:
        return lines if "safepassage" in frame.f_code.co_filename else None

    return calls


def _stop(_signal: int, _frame: object) -> None:
    raise TooSlowError("a case took more than ten times what it may")


def tried(reader: Reader, options: argparse.Namespace) -> Tally:
    """Try one reader."""
    tally = Tally()
    signal.signal(signal.SIGVTALRM, _stop)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for sample in reader.samples:
            attempt(reader, sample, tally)
        if options.cases:
            by_hypothesis(reader, options.cases, options.seed, tally)
        if options.guided:
            guided(reader, options.guided, options.seed, tally)
    return tally


def _keep(folder: Path, reader: Reader, tally: Tally) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for data in tally.failures.values():
        name = f"{reader.name.replace(' ', '-').replace(',', '')}-{hashlib.sha256(data).hexdigest()[:8]}"
        (folder / name).write_bytes(data)


def _how(options: argparse.Namespace) -> list[float]:
    return [options.cases, options.guided, options.seed]


def _kept(options: argparse.Namespace) -> dict[str, dict[str, Any]]:
    """Return what earlier runs kept of readers that were tried in the same way."""
    if options.keep is None or not options.keep.is_file():
        return {}
    rows = [json.loads(line) for line in options.keep.read_text(encoding="utf-8").splitlines()]
    return {row["reader"]: row["row"] for row in rows if row["how"] == _how(options)}


def main() -> int:
    """Try the readers; 1 when one of them failed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("readers", nargs="*", help="words in the names of readers; without any, all")
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--guided", type=float, default=0, metavar="SECONDS")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--failures", type=Path, help="keep cases that failed in this folder")
    parser.add_argument("--keep", type=Path, metavar="FILE", help="keep what was found, and go on from there")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    words = [word.casefold() for word in options.readers]
    chosen = [r for r in readers() if not words or any(word in r.name.casefold() for word in words)]
    if options.list:
        print("\n".join(reader.name for reader in chosen))
        return 0
    names = {reader.name for reader in chosen}
    found = {name: row for name, row in _kept(options).items() if name in names}
    for reader in chosen:
        if reader.name in found:
            continue
        started = time.process_time()
        tally = tried(reader, options)
        if options.failures and tally.failures:
            _keep(options.failures, reader, tally)
        found[reader.name] = {
            "cases": tally.cases, "answered": dict(tally.answered),
            "slowest_ms": round(tally.slowest_s * 1000),
            "grown_mb": tally.most_bytes >> 20, "lines": tally.lines, "failures": sorted(tally.failures),
            "cpu_s": round(time.process_time() - started, 1),
        }  # fmt: skip
        row = found[reader.name]
        if options.keep:
            with options.keep.open("a", encoding="utf-8") as out:
                out.write(json.dumps({"reader": reader.name, "how": _how(options), "row": row}) + "\n")
        print(
            f"{reader.name:28} {row['cases']:7} cases, slowest {row['slowest_ms']:5} ms, "
            f"{row['grown_mb']:4} MB, {row['lines']:5} lines, failures: {len(tally.failures)}",
            file=sys.stderr if options.json else sys.stdout, flush=True,
        )  # fmt: skip
        for failure in sorted(tally.failures)[:SHOWN]:
            print(f"    {failure}", file=sys.stderr if options.json else sys.stdout)
    total = sum(len(row["failures"]) for row in found.values())
    cpu_s = round(sum(row["cpu_s"] for row in found.values()))
    print(f"{sum(r['cases'] for r in found.values())} cases, {len(found)} readers, {total} failures, {cpu_s} "
          "processor seconds", file=sys.stderr if options.json else sys.stdout)  # fmt: skip
    if options.json:
        print(json.dumps({"readers": found, "failures": total, "cpu_s": cpu_s}))
    return int(bool(total))


if __name__ == "__main__":
    sys.exit(main())
