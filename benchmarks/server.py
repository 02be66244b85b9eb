"""Load on the pages: durable reports, reads and live viewers while a plan is computed, all on this computer.

Three programs share the processors: the server with its planner, and this one, which asks. `--soak MINUTES`
keeps a smaller load up and prints how memory, file descriptors and threads of the server move. Figures of a
machine that does other work at the same time are printed as they are.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from safepassage.domain.access import Person, Role
from safepassage.store import keys, people
from safepassage.store.embedded import EmbeddedBackend
from safepassage.store.event_store import EventStore

REPORTS_S, READS_S, VIEWERS, SECONDS = 300, 20, 100, 20
SOAK_REPORTS_S = 0.5
"""Ten times what a busy desk enters: three reports a minute."""
REPORTS_P99_MS, READS_P99_MS, SLOPE_MB_H = 150, 100, 5.0
PLANS_LOOKED_AT_S = 0.25
READ = ("/api/case", "/api/roads", "/api/planner", "/api/log?after=0&limit=50")


@dataclass
class Measured:
    """Milliseconds of what was asked, and what failed."""

    reports: list[float] = field(default_factory=list)
    reads: list[float] = field(default_factory=list)
    pages: list[float] = field(default_factory=list)
    heard: list[float] = field(default_factory=list)
    failed: int = 0
    plans: int = 0
    took_s: float = 0.0


class Server:
    """`safepassage serve` over a store in one encrypted file, with one planner who can sign in."""

    def __init__(self, folder: Path) -> None:
        key, store = folder / "key", folder / "store.db"
        key.write_text(keys.new_key_file())
        self.password = "correct horse battery staple"
        backend = EmbeddedBackend.create(store, keys.secret_of_file(key.read_text()))
        opened = EventStore(backend, lambda: time.time_ns() // 1_000_000)
        opened.begin(org="load", by="benchmark", why="a measurement")
        planner = Person(id="planner", org="load", role=Role.PLANNER)
        people.set_person(opened, planner, by="benchmark", why="a measurement", password=self.password)
        backend.close()
        command = [sys.executable, "-m", "safepassage", "serve", "--port", "0"]
        command += ["--store", str(store), "--key-file", str(key)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        said = self.process.stdout.readline()
        self.address = re.search(r"http://[\d.:]+", said)[0]

    def token(self) -> str:
        """Sign in and return the token."""
        body = {"name": "planner", "password": self.password}
        answer = httpx.post(f"{self.address}/api/session", json=body, headers={"origin": self.address})
        answer.raise_for_status()
        return answer.json()["token"]

    def state(self) -> tuple[float, int, int]:
        """Return megabytes of memory, descriptors and threads of the server itself."""
        folder = Path(f"/proc/{self.process.pid}")
        status = (folder / "status").read_text()
        memory = int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024
        threads = int(re.search(r"Threads:\s+(\d+)", status)[1])
        return memory, len(list((folder / "fd").iterdir())), threads

    def cpu_s(self) -> float:
        """Return processor seconds of the server and its planner so far."""
        ticks = os.sysconf("SC_CLK_TCK")
        found = 0.0
        for pid in [self.process.pid, *children(self.process.pid)]:
            with contextlib.suppress(OSError):
                parts = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
                found += (int(parts[11]) + int(parts[12])) / ticks
        return found

    def close(self) -> None:
        """End it."""
        self.process.terminate()
        self.process.wait(10)


def children(pid: int) -> list[int]:
    """Return the processes that any thread of a process has started."""
    found: list[int] = []
    for file in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            found += [int(part) for part in file.read_text().split()]
    return found


class Asker:
    """A plain HTTP client over a few connections: its own cost must not be taken for the server's."""

    def __init__(self, address: str, token: str, connections: int) -> None:
        host, port = address.removeprefix("http://").split(":")
        self._place, self._free = (host, int(port)), asyncio.Queue()
        self._head = f"Host: {host}:{port}\r\nAuthorization: Bearer {token}\r\n".encode()
        for _ in range(connections):
            self._free.put_nowait(None)

    async def ask(self, method: str, path: str, body: bytes = b"") -> tuple[int, bytes]:
        """Return status and body of one answer."""
        streams = await self._free.get()
        try:
            streams = streams or await asyncio.open_connection(*self._place)
            reader, writer = streams
            length = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode()
            writer.write(f"{method} {path} HTTP/1.1\r\n".encode() + self._head + length + body)
            head = await reader.readuntil(b"\r\n\r\n")
            found = re.search(rb"content-length: (\d+)", head)
            text = await reader.readexactly(int(found[1])) if found else b""
            return int(head[9:12]), text
        except (OSError, asyncio.IncompleteReadError):
            streams = None
            return 0, b""
        finally:
            self._free.put_nowait(streams)

    async def stream(self, path: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Return a stream of what is new, its head read."""
        reader, writer = await asyncio.open_connection(*self._place)
        writer.write(f"GET {path} HTTP/1.1\r\n".encode() + self._head + b"\r\n")
        await reader.readuntil(b"\r\n\r\n")
        return reader, writer

    async def close(self) -> None:
        """Close the connections."""
        while not self._free.empty():
            streams = self._free.get_nowait()
            if streams is not None:
                streams[1].close()


async def reporting(asker: Asker, found: Measured, until: float, rate: float, sent: dict[int, float]) -> None:
    """Send reports at a rate, whatever the answers do; each is timed from when it was due."""
    tasks: set[asyncio.Task[None]] = set()
    began, number, salt = time.monotonic(), 0, f"{time.time_ns():x}"
    while (due := began + number / rate) < until:
        await asyncio.sleep(max(0, due - time.monotonic()))
        body = {
            "id": f"load-{salt}-{number}", "event": "persons_left", "place": "Sudzha", "value": "12",
            "words": f"{number} people were seen on the road", "source": f"observer {number % 50}",
        }  # fmt: skip
        tasks.add(asyncio.create_task(one_report(asker, found, json.dumps(body).encode(), due, sent)))
        number += 1
        tasks = {task for task in tasks if not task.done()}
    if tasks:
        _, late = await asyncio.wait(tasks, timeout=20)
        found.failed += len(late)
    found.took_s = time.monotonic() - began


async def one_report(asker: Asker, found: Measured, body: bytes, due: float, sent: dict[int, float]) -> None:
    """Send one report and wait until it is on disk."""
    status, text = await asker.ask("POST", "/api/reports", body)
    now = time.monotonic()
    if status == 201:
        found.reports.append((now - due) * 1000)
        sent[json.loads(text)["seq"]] = now
    else:
        found.failed += 1


async def reading(asker: Asker, found: Measured, until: float, rate: float) -> None:
    """Ask for what programs and people look at, at a rate."""
    number, began = 0, time.monotonic()
    while (due := began + number / rate) < until:
        await asyncio.sleep(max(0, due - time.monotonic()))
        at = time.monotonic()
        status, _ = await asker.ask("GET", READ[number % len(READ)])
        found.reads.append((time.monotonic() - at) * 1000)
        found.failed += status not in range(200, 500)
        if number % 40 == 0:
            at = time.monotonic()
            await asker.ask("GET", "/api/movements")
            found.pages.append((time.monotonic() - at) * 1000)
        number += 1


async def viewing(asker: Asker, found: Measured, sent: dict[int, float], ready: asyncio.Semaphore) -> None:
    """Hear what is new, and how long after its receipt."""
    reader, writer = await asker.stream("/events")
    ready.release()
    try:
        while line := await reader.readline():
            if line.startswith(b'data: {"after"'):
                now, seq = time.monotonic(), json.loads(line.removeprefix(b"data: "))["seq"]
                at = next((sent[s] for s in range(seq, seq - 4, -1) if s in sent), None)
                if at is not None:
                    found.heard.append((now - at) * 1000)
    finally:
        writer.close()


async def planning(asker: Asker, found: Measured, until: float) -> None:
    """Have a plan made all the time: a new one is asked for as soon as the one before is done."""
    while time.monotonic() < until:
        _, text = await asker.ask("GET", "/api/planner")
        if not json.loads(text)["busy"]:
            await asker.ask("POST", "/api/planner", b"{}")
            found.plans += 1
        await asyncio.sleep(PLANS_LOOKED_AT_S)


async def load(server: Server, options: argparse.Namespace) -> Measured:
    """Put the load on the server while it plans, and measure."""
    found, sent, ready = Measured(), {}, asyncio.Semaphore(0)
    token = server.token()
    asker, other = Asker(server.address, token, 64), Asker(server.address, token, 4)
    viewers = [asyncio.create_task(viewing(other, found, sent, ready)) for _ in range(options.viewers)]
    for _ in viewers:
        await asyncio.wait_for(ready.acquire(), 30)
    until = time.monotonic() + options.seconds
    await asyncio.gather(
        reporting(asker, found, until, options.reports, sent),
        reading(other, found, until, options.reads),
        planning(other, found, until),
    )
    await asyncio.sleep(0.5)
    for viewer in viewers:
        viewer.cancel()
    await asyncio.gather(*viewers, return_exceptions=True)
    await asker.close()
    await other.close()
    return found


async def soak(server: Server, options: argparse.Namespace) -> list[tuple[float, float, int, int]]:
    """Keep a load up for minutes; return (seconds, megabytes, descriptors, threads) every ten seconds."""
    rows, began = [], time.monotonic()
    while time.monotonic() - began < options.soak * 60:
        part = argparse.Namespace(viewers=20, seconds=10, reports=options.reports, reads=options.reads)
        await load(server, part)
        rows.append((time.monotonic() - began, *server.state()))
        print("  {:6.0f} s  {:7.1f} MB  {} descriptors  {} threads".format(*rows[-1]), flush=True)
    return rows


async def replan(server: Server, times: int) -> Measured:
    """Record an accepted closure some times; time until it is on the map, and until a plan shows it."""
    found = Measured()
    asker = Asker(server.address, server.token(), 4)
    reader, writer = await asker.stream("/events")
    await planned_until(reader, "done")
    for number in range(times):
        began = time.monotonic()
        closed = {"id": f"replan-{began}", "roads": "link:seym-karyzh", "why": f"time {number}"}
        status, _ = await asker.ask("POST", "/api/roads", json.dumps(closed).encode())
        found.failed += status != 201
        await asker.ask("GET", "/map/features")
        found.reads.append((time.monotonic() - began) * 1000)
        await planned_until(reader, "sketch")
        found.heard.append((time.monotonic() - began) * 1000)
        await planned_until(reader, "planned")
        found.reports.append((time.monotonic() - began) * 1000)
        # The better plan is still looked for; the next report ends that.
        await asyncio.sleep(1)
    writer.close()
    await asker.close()
    return found


async def planned_until(reader: asyncio.StreamReader, word: str) -> None:
    """Wait until the planner says a word."""
    while line := await reader.readline():
        if line.startswith(b'data: {"phase"'):
            said = json.loads(line.removeprefix(b"data: "))
            if word in {said["phase"], said.get("what")}:
                return


def percentiles(values: list[float]) -> str:
    """Return median, 95th and 99th percentile in milliseconds."""
    if len(values) < 2:
        return "none"
    cuts = statistics.quantiles(values, n=100, method="inclusive")
    return f"p50 {cuts[49]:.0f} ms, p95 {cuts[94]:.0f} ms, p99 {cuts[98]:.0f} ms"


def p99(values: list[float]) -> float:
    """Return the 99th percentile."""
    return statistics.quantiles(values, n=100, method="inclusive")[98] if len(values) > 1 else float("inf")


def slope_mb_h(rows: list[tuple[float, float, int, int]]) -> float:
    """Return how fast memory grows over the last two thirds, in megabytes an hour."""
    kept = rows[len(rows) // 3 :]
    if len(kept) < 3:
        return float("nan")
    return statistics.linear_regression([r[0] for r in kept], [r[1] for r in kept]).slope * 3600


def main() -> int:
    """Measure and print; the exit code says whether the figures are met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reports", type=float, default=None, help="reports a second")
    parser.add_argument("--reads", type=float, default=READS_S, help="reads a second")
    parser.add_argument("--viewers", type=int, default=VIEWERS)
    parser.add_argument("--seconds", type=int, default=SECONDS)
    parser.add_argument("--soak", type=float, default=0, metavar="MINUTES", help="30 for the long form")
    parser.add_argument("--replan", type=int, default=0, metavar="TIMES", help="time reports until planned")
    options = parser.parse_args()
    options.reports = options.reports or (SOAK_REPORTS_S if options.soak else REPORTS_S)
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder))
        try:
            if options.replan:
                return said_of_replan(asyncio.run(replan(server, options.replan)))
            if options.soak:
                return said_of_soak(asyncio.run(soak(server, options)))
            began, before = time.monotonic(), server.cpu_s()
            found = asyncio.run(load(server, options))
            return said_of_load(found, options, time.monotonic() - began, server.cpu_s() - before)
        finally:
            server.close()


def said_of_load(found: Measured, options: argparse.Namespace, wall_s: float, cpu_s: float) -> int:
    """Print the figures of a load; return 0 if they are met."""
    rate = len(found.reports) / max(found.took_s, options.seconds)
    print(f"machine: {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}; traffic to 127.0.0.1 only")
    asked = f"{rate:.0f}/s of {options.reports:.0f}/s asked"
    print(f"durable reports: {len(found.reports)} ({asked}), {percentiles(found.reports)}")
    print(f"reads: {len(found.reads)}, {percentiles(found.reads)}; movements: {percentiles(found.pages)}")
    print(f"{options.viewers} viewers heard an entry after its receipt: {percentiles(found.heard)}")
    print(f"plans asked for, one after the other: {found.plans}")
    print(f"failed: {found.failed}; server and planner used {cpu_s:.1f} processor seconds in {wall_s:.1f} s")
    met = {
        f"{REPORTS_S} reports/s": rate >= 0.99 * min(options.reports, REPORTS_S),
        f"reports p99 <= {REPORTS_P99_MS} ms": p99(found.reports) <= REPORTS_P99_MS,
        f"reads p99 <= {READS_P99_MS} ms": p99(found.reads) <= READS_P99_MS,
        "heard within 1 s": p99(found.heard) <= 1000,
        "none failed": found.failed == 0,
    }
    print("; ".join(f"{name}: {'met' if fine else 'MISSED'}" for name, fine in met.items()))
    return 0 if all(met.values()) else 1


def said_of_replan(found: Measured) -> int:
    """Print how soon a report is on the map and in a plan; return 0 if the figures are met."""
    rows = (
        ("on the map", found.reads, 300), ("first look at a plan", found.heard, 1000),
        ("verified plan", found.reports, 5000),
    )  # fmt: skip
    print(f"machine: {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}; {len(found.reports)} times")
    for name, values, most in rows:
        middle = statistics.median(values)
        verdict = "met" if middle <= most else "MISSED"
        print(f"{name}: median {middle:.0f} ms, worst {max(values):.0f} ms; at most {most} ms: {verdict}")
    return 0 if all(statistics.median(values) <= most for _, values, most in rows) else 1


def said_of_soak(rows: list[tuple[float, float, int, int]]) -> int:
    """Print the figures of a soak; return 0 if they are met."""
    slope = slope_mb_h(rows)
    last = rows[len(rows) // 3 :]
    vary = [max(r[at] for r in last) - min(r[at] for r in last) for at in (2, 3)]
    print(f"memory over the last two thirds: {slope:+.1f} MB/h")
    print(f"descriptors vary by {vary[0]}, threads by {vary[1]}")
    return 0 if slope <= SLOPE_MB_H else 1


if __name__ == "__main__":
    sys.exit(main())
