"""Whether offices that work apart and exchange bundles over a bad way lose, double or disagree on anything.

    python benchmarks/exchange.py [--seeds 10000] [--first 0] [--slice N --keep FILE] [--json]

`--slice N --keep FILE` runs the next N seeds of those that FILE does not hold yet, and adds them to it.

One process, a clock of its own, everything from the seed. Two to four offices record (new things, retries,
the same message at two offices, things taken back), send bundles that are dropped, doubled, reordered, cut
or flipped on the way, are separated for a while, and are restored from old backups. In the end all can
reach all. Then every store must hold every entry that was acknowledged and had left its office or was
never lost with it, once; all stores must give the same history in the same order; and every conflict that a
second account of who had seen what finds must be shown, and no other.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from safepassage.domain.errors import FormatError
from safepassage.domain.log.entry import Draft, Entry
from safepassage.domain.log.finding import Verdict
from safepassage.domain.log.merge import conflicts, merged, place, standing, undone
from safepassage.store import checking, exchange, restoring
from safepassage.store.event_store import EventStore
from safepassage.store.memory import MemoryBackend

sys.path.insert(0, str(Path(__file__).resolve().parent))
import slices

STEPS = 40
THINGS = ("bridge-1", "bridge-2", "village-3")
Place = tuple[str, int]


@dataclass(slots=True)
class Office:
    """One office: its store, the backup it last made, and what it believes the others know."""

    name: str
    store: EventStore
    backup: MemoryBackend | None = None
    seen: set[Place] = field(default_factory=set)
    seen_at_backup: set[Place] = field(default_factory=set)
    known: dict[str, dict[str, int]] = field(default_factory=dict)


@dataclass(slots=True)
class World:
    """The offices, the bundles under way, and the second account."""

    generator: random.Random
    offices: list[Office] = field(default_factory=list)
    under_way: list[tuple[int, bytes]] = field(default_factory=list)
    apart: set[int] = field(default_factory=set)
    now_ms: int = 1_790_000_000_000
    had_seen: dict[Place, frozenset[Place]] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)

    def clock(self) -> int:
        """Go on by a few milliseconds, sometimes back: clocks of offices are not to be trusted."""
        self.now_ms += self.generator.randrange(-5, 60)
        return self.now_ms


def simulate(seed: int) -> Counter[str]:
    """Run one world to its end and judge it.

    Raises
    ------
    AssertionError
        When something was lost, doubled or unlike; the message says what.
    """
    world = World(generator=random.Random(seed))
    for number in range(world.generator.randrange(2, 5)):
        _found(world, number)
    acts = (
        _record,
        _record,
        _record,
        _send,
        _send,
        _deliver,
        _deliver,
        _part,
        _back_up,
        _restore,
        _take_back,
    )
    for _ in range(STEPS):
        world.generator.choice(acts)(world)
    _heal(world)
    _judge(world)
    return world.counts


def _found(world: World, number: int) -> None:
    root = bytes([number + 1]) * 32
    store = EventStore(MemoryBackend(root, bytes(16)), world.clock)
    office = Office(name=f"office{number}", store=store)
    store.begin(org=f"org{number % 2}", by="lead", why="start")
    _notice(world, office)
    world.offices.append(office)


def _notice(world: World, office: Office) -> None:
    """Write down, apart from the stores, what each new entry's writer had seen."""
    for log in office.store.backend.lengths():
        for row in office.store.backend.rows(log):
            name = (row.log, row.seq)
            if name not in world.had_seen:
                world.had_seen[name] = frozenset(office.seen)
            office.seen.add(name)


def _record(world: World) -> None:
    office = world.generator.choice(world.offices)
    number = world.generator.randrange(60)
    draft = Draft(
        id=f"message-{number}",
        org=next(office.store.entries()).org,
        by="radio",
        why="called in",
        kind="report.filed",
        body={"n": number},
        about=THINGS[number % len(THINGS)],
    )
    first = office.store.append(draft)
    again = office.store.append(draft)
    assert again.repeated
    assert (again.log, again.seq) == (first.log, first.seq)
    world.counts["recorded"] += not first.repeated
    world.counts["sent again"] += 1
    _notice(world, office)


def _take_back(world: World) -> None:
    office = world.generator.choice(world.offices)
    names = [entry.id for entry in office.store.all_entries() if entry.kind == "report.filed"]
    if names:
        org = next(office.store.entries()).org
        office.store.undo(world.generator.choice(names), by="lead", why="misheard", org=org)
        world.counts["taken back"] += 1
        _notice(world, office)


def _send(world: World) -> None:
    sender, receiver = world.generator.sample(range(len(world.offices)), 2)
    office = world.offices[sender]
    known = office.known.get(world.offices[receiver].name, {}) if world.generator.random() < 0.5 else {}
    bundle = exchange.make_bundle(office.store, world.clock(), known)
    # An office may well believe that what it sent has arrived.
    if world.generator.random() < 0.3:
        office.known[world.offices[receiver].name] = office.store.backend.lengths()
    world.counts["sent"] += 1
    chance = world.generator.random()
    if chance < 0.2:
        world.counts["dropped"] += 1
        return
    if chance < 0.35:
        bundle = _damaged(world, bundle)
    copies = 2 if world.generator.random() < 0.3 else 1
    world.counts["doubled on the way"] += copies - 1
    world.under_way += [(receiver, bundle)] * copies


def _damaged(world: World, bundle: bytes) -> bytes:
    world.counts["damaged"] += 1
    at = world.generator.randrange(len(bundle))
    if world.generator.random() < 0.5:
        return bundle[:at]
    return bundle[:at] + bytes([bundle[at] ^ 1]) + bundle[at + 1 :]


def _deliver(world: World) -> None:
    """Hand over any bundle under way, in any order, unless its receiver cannot be reached."""
    reachable = [one for one in world.under_way if one[0] not in world.apart]
    if not reachable:
        return
    chosen = world.generator.choice(reachable)
    world.under_way.remove(chosen)
    _hand_over(world, world.offices[chosen[0]], chosen[1])


def _hand_over(world: World, office: Office, bundle: bytes) -> None:
    before = office.store.backend.lengths()
    try:
        taken = exchange.take_bundle(office.store, bundle, file="stick", by="radio")
    except FormatError:
        world.counts["damaged and refused"] += 1
        assert office.store.backend.lengths() == before
        return
    world.counts["taken"] += 1
    world.counts["logs refused for a gap"] += sum(bool(one.refused) for one in taken)
    assert not any(one.refused.startswith("FORKED") for one in taken), taken
    _notice(world, office)


def _part(world: World) -> None:
    """Cut some offices off, or let all be reached again."""
    numbers = range(len(world.offices))
    world.apart = set(world.generator.sample(numbers, world.generator.randrange(len(world.offices))))


def _back_up(world: World) -> None:
    office = world.generator.choice(world.offices)
    office.backup = office.store.backend.twin()
    office.seen_at_backup = set(office.seen)


def _restore(world: World) -> None:
    """Lose a store and restore it from its backup: it goes on under a new log."""
    office = world.generator.choice(world.offices)
    if office.backup is None or world.generator.random() < 0.6:
        return
    office.store = EventStore(office.backup, world.clock)
    office.backup = None
    office.seen = set(office.seen_at_backup)
    restoring.go_on(office.store, world.clock(), by="lead", why="disk lost")
    world.counts["restored"] += 1
    _notice(world, office)


def _heal(world: World) -> None:
    """Let all that is under way arrive, then exchange whole bundles until nothing is new."""
    world.apart = set()
    while world.under_way:
        _deliver(world)
    before: list[dict[str, int]] = []
    while before != (now := [office.store.backend.lengths() for office in world.offices]):
        before = now
        for sender in world.offices:
            bundle = exchange.make_bundle(sender.store, world.clock())
            for receiver in world.offices:
                if receiver is not sender:
                    _hand_over(world, receiver, bundle)


def _judge(world: World) -> None:
    stores = [office.store for office in world.offices]
    lengths = [store.backend.lengths() for store in stores]
    # What a lost store had and nobody else got is gone with it; everything else must be everywhere.
    surviving = set().union(*(office.seen for office in world.offices))
    for store in stores:
        held = {(row.log, row.seq) for log in store.backend.lengths() for row in store.backend.rows(log)}
        assert held == surviving, f"{len(surviving - held)} entries lost"
        assert all(one.verdict is Verdict.CONSISTENT for one in checking.check_all(store.backend))
    assert all(one == lengths[0] for one in lengths), "stores hold different logs"
    histories = [list(store.all_entries()) for store in stores]
    orders = [[place(entry) for entry in merged(history)] for history in histories]
    assert all(order == orders[0] for order in orders), "histories differ"
    seen_before: set[Place] = set()
    for name in orders[0]:
        assert world.had_seen[name] & set(orders[0]) <= seen_before, "an entry stands before what it had seen"
        seen_before.add(name)
    ids = Counter((entry.id, entry.org, json.dumps(entry.body["n"])) for entry in _reports(histories[0]))
    assert all(count == 1 for count in ids.values()), "a report counts twice"
    found = {(one.about, one.kind, frozenset(map(place, one.entries))) for one in conflicts(histories[0])}
    assert found == _conflicts_again(world, histories[0]), "conflicts differ from the second account"
    world.counts["conflicts shown"] += len(found)
    world.counts["worlds"] += 1


def _reports(history: list[Entry]) -> list[Entry]:
    return [entry for entry in standing(history) if entry.kind == "report.filed"]


def _conflicts_again(world: World, history: list[Entry]) -> set[tuple[str, str, frozenset[Place]]]:
    """Return the conflicts by the second account: every pair compared, from what was noticed outside."""
    gone = undone(history)
    counted = {place(entry) for entry in standing(history)}
    found = set()
    groups: dict[tuple[str, str], list[Entry]] = {}
    for entry in history:
        if entry.about and place(entry) in counted and entry.id not in gone:
            groups.setdefault((entry.about, entry.kind), []).append(entry)
    for (about, kind), group in groups.items():
        frontier = frozenset(
            place(entry)
            for entry in group
            if not any(place(entry) in world.had_seen[place(other)] for other in group)
        )
        if len(frontier) > 1:
            found.add((about, kind, frontier))
    return found


def main() -> int:
    """Simulate and print; 1 with the seed when a world ends badly."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seeds", type=int, default=10_000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--json", action="store_true")
    slices.add_options(parser)
    options = parser.parse_args()
    totals: Counter[str] = Counter()
    started = time.process_time()
    first, last = slices.following(options, options.first, options.first + options.seeds)
    for seed in range(first, last):
        try:
            totals += simulate(seed)
        except AssertionError as fault:
            print(f"seed {seed}: {fault}", file=sys.stderr)
            return 1
    totals["cpu_s"] = round(time.process_time() - started)
    totals = slices.added(options, first, last, totals)
    for name, count in totals.items():
        print(f"{name:24} {count}", file=sys.stderr if options.json else sys.stdout)
    if options.json:
        print(json.dumps(totals))
    return 0


if __name__ == "__main__":
    sys.exit(main())
