"""Which small changes of the plan audit and of the verifier the tests notice.

    python benchmarks/mutation.py audit|verifier|releases [MODULE ...] [--sample N] [--seed S]
                                  [--kind KIND] [--results FILE] [--again] [--slow] [--json]

The tests of the part are collected and run once as they are, while it is noted which of them come through
which function. Then, for each mutant (see `mutants.py`), a copy of the process gets the changed function in
place of the right one and runs the tests of that function, those first that noticed something near it
before, until one fails. Values on top level are left out: others are made of them before a mutant could
come. A test that takes five times as long as on the right code, or ends its copy, has noticed. `--results`
keeps what was found, so that the next run goes on, and beside it who came through what; `--again` asks the
survivors anew, `--budget` stops after so many seconds of work.
Survivors that change nothing anybody could see are listed with the reason in `mutation_survivors.toml`.
"""

from __future__ import annotations

import argparse
import ast
import gc
import hashlib
import importlib
import importlib.util
import inspect
import json
import os
import random
import resource
import signal
import sys
import time
import tomllib
import types
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "benchmarks"), str(ROOT)]

from mutants import Mutant, mutants, mutated  # noqa: E402 - beside this file

SURVIVORS = ROOT / "benchmarks" / "mutation_survivors.toml"
SPARE_S, MOST_BYTES = 10, 4 * 2**30
"""What a test of a mutant may take of the processor beside five times its own, and what of memory."""
FEW, MANY = {"test_draws.py"}, {"test_draws.py", "test_verdicts.py"}
KILLED, TIMED_OUT, SURVIVED, EXPLAINED = "killed", "timed out", "survived", "explained"
AUDIT = "care choice daylight given journey parties sheet trips"
VERIFIER = (
    "aid aid_bound aid_share aidfile bounds buses canonical certificate codes exposure_bound files flows "
    "history layers movements network paths people planfile priced roads shape shuttle shuttle_bound "
    "snapshot totals trips verdict verification"
)
PARTS: dict[str, tuple[list[str], list[str]]] = {
    "audit": (
        [f"safepassage.audit.{name}" for name in AUDIT.split()],
        ["tests/unit/test_audit_*.py", "tests/property/test_audit.py"],
    ),
    "verifier": (
        [f"safepassage_verify.{name}" for name in VERIFIER.split()],
        ["tests/golden/test_verdicts.py", "tests/golden/test_draws.py", "tests/unit/test_verify_*.py",
         "tests/property/test_verify_*.py", "tests/property/test_aid_plans.py",
         "tests/property/test_buses.py", "tests/property/test_shuttle.py",
         "tests/unit/test_shuttle*.py", "tests/unit/test_aid_onward.py",
         "tests/oracle/test_bound_*.py", "tests/oracle/test_buses_against_every_plan.py",
         "tests/oracle/test_least_exposure.py",
         "tests/oracle/test_priced_bound.py", "tests/oracle/test_shuttle_oracle.py",
         "tests/oracle/test_plans_against_verifier.py"],
    ),
    "releases": (
        ["safepassage.engines.release", "safepassage.engines.figures", "safepassage.kernels.suppression",
         "safepassage.domain.release", "safepassage.domain.access", "safepassage.domain.audit_sheet"],
        ["tests/unit/test_release*.py", "tests/unit/test_figures.py", "tests/unit/test_access*.py",
         "tests/oracle/test_suppression.py", "tests/oracle/test_differencing.py",
         "tests/app/test_cli_release.py"],
    ),
}  # fmt: skip
"""Part: the modules that are changed, and the tests that are to notice."""


@dataclass(slots=True)
class Session:
    """What is known while mutants are tried: items, who came through which function, how long each took."""

    modules: list[str]
    options: argparse.Namespace
    items: list[pytest.Item] = field(default_factory=list)
    through: dict[tuple[str, str], set[int]] = field(default_factory=lambda: defaultdict(set))
    cpu_s: dict[int, float] = field(default_factory=dict)
    noticed: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    found: dict[str, dict[str, Any]] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)

    # -- the hooks of pytest

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Leave slow tests out, but those that are slow only because there are many of them."""
        kept, many = self.options.slow, FEW if self.options.few else MANY
        items[:] = [i for i in items if kept or i.path.name in many or not i.get_closest_marker("slow")]

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run the tests once, then the mutants, instead of the tests alone."""
        self.items = list(session.items)
        gc.unfreeze()  # functions made by others are looked for among all that there is
        new = self._remembered()
        seen: set[tuple[str, str]] = set()
        with _noting(PARTS[self.options.part][0], seen):
            for number in new:
                self._first_run(number, seen)
        if self.failed or (new and not self._right_code_passes()):
            return True
        self._remember()
        self._tried()
        return True

    def _remembered(self) -> list[int]:
        """Read from beside the results who came through what; return the tests that are not known.

        All are known anew when the code changed, those of a file when the file did.
        """
        file = self._memory()
        known: dict[str, Any] = {"code": "", "tests": [], "through": []}
        if file is not None and file.is_file():
            known = json.loads(file.read_text(encoding="utf-8"))
        here = {item.nodeid: number for number, item in enumerate(self.items)}
        files = {str(path): _hash([path]) for path in {item.path for item in self.items}}
        same = known["code"] == self._code()
        number_of = {}
        for was, (name, path, digest, cpu_s) in enumerate(known["tests"] if same else ()):
            if name in here and files.get(path) == digest:
                number_of[was] = here[name]
                self.cpu_s[here[name]] = cpu_s
        for path, name, tests in known["through"]:
            self.through[path, name] = {number_of[was] for was in tests if was in number_of}
        return [number for number in range(len(self.items)) if number not in self.cpu_s]

    def _remember(self) -> None:
        file = self._memory()
        if file is None:
            return
        tests = [
            (item.nodeid, str(item.path), _hash([item.path]), self.cpu_s[number])
            for number, item in enumerate(self.items)
        ]
        through = [[*place, sorted(numbers)] for place, numbers in self.through.items()]
        known = {"code": self._code(), "tests": tests, "through": through}
        file.write_text(json.dumps(known), encoding="utf-8")

    def _memory(self) -> Path | None:
        results: Path | None = self.options.results
        return None if results is None else results.with_suffix(".through.json")

    def _code(self) -> str:
        return _hash(_path(name) for name in PARTS[self.options.part][0])

    def _right_code_passes(self) -> bool:
        """Tell whether a copy with the right code put in passes all tests: else nothing counts."""
        module = importlib.import_module(self.modules[0])
        source = Path(module.__file__ or "").read_text(encoding="utf-8")
        one = next((m for m in mutants(source) if m.function != "<module>"), mutants(source)[0])
        same = Mutant(number=-1, kind="none", line=0, function=one.function, before="", after="")
        outcome, by = self._try(module, source, same, "")
        if outcome != SURVIVED:
            self.failed.append(f"the right code, in a copy: {by}")
        return outcome == SURVIVED

    def _first_run(self, number: int, seen: set[tuple[str, str]]) -> None:
        """Run one test as it is; when it passed nothing else of it matters but what it came through."""
        seen.clear()
        started = time.process_time()
        following = number + 1 if number + 1 < len(self.items) else None
        good = _passes(self.items, number, following)
        self.cpu_s[number] = time.process_time() - started
        for place in seen:
            self.through[place].add(number)
        if not good:
            self.failed.append(self.items[number].nodeid)

    def _tried(self) -> None:
        """Try the mutants of all modules in an order drawn once: a run that is stopped is a sample, too."""
        pairs = []
        for name in self.modules:
            source = _path(name).read_text(encoding="utf-8")
            # Values on top level are built into others before a mutant could take their place.
            inside = [one for one in mutants(source) if one.function != "<module>"]
            inside = [one for one in inside if self.options.kind in {"", one.kind}]
            pairs += [(name, source, one) for one in _sampled(inside, name, self.options)]
        random.Random(self.options.seed).shuffle(pairs)
        for name, source, one in pairs:
            if self.options.budget and time.process_time() + _children_s() > self.options.budget:
                break
            self._one(name, source, one)

    def _one(self, name: str, source: str, one: Mutant) -> None:
        digest = hashlib.sha256(source.encode()).hexdigest()[:16]
        key = f"{name}:{digest}:{one.number}"
        known = self.found.get(key)
        if known and not (self.options.again and known["outcome"] == SURVIVED):
            return
        started = time.process_time() + _children_s()
        outcome, by = self._try(importlib.import_module(name), source, one, str(_path(name)))
        row = {"module": name, "outcome": outcome, "by": by, **asdict(one)}
        row["cpu_s"] = round(time.process_time() + _children_s() - started, 2)
        self.found[key] = row
        if self.options.results:
            with self.options.results.open("a", encoding="utf-8") as out:
                out.write(json.dumps({"key": key, **row}) + "\n")

    def _try(self, module: types.ModuleType, source: str, one: Mutant, path: str) -> tuple[str, str]:
        """Fork, put the mutant in, run the tests of its function; return what became of it and by whom."""
        through = set(self.through.get((path, one.function), ()))
        if not through:
            through = set(range(len(self.items)))
        near = (*self.noticed[one.function], *self.noticed[path])
        first = [n for n in dict.fromkeys(near) if n in through]
        rest = sorted(through - set(first), key=lambda n: (self.cpu_s[n], n))
        order = [*dict.fromkeys(first), *rest]
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            _in_the_copy(
                self.items, {n: SPARE_S + 5 * self.cpu_s[n] for n in order}, (module, source, one), writing
            )
        os.close(writing)
        with os.fdopen(reading, "rb") as pipe:
            said = pipe.read().decode()
        _, status = os.waitpid(child, 0)
        if os.WIFSIGNALED(status):
            return TIMED_OUT, signal.Signals(os.WTERMSIG(status)).name
        if said.startswith("by "):
            number = int(said[3:])
            self.noticed[one.function].insert(0, number)
            self.noticed[path].insert(0, number)
            return KILLED, self.items[number].nodeid
        return (SURVIVED, "") if os.WEXITSTATUS(status) == 0 else (KILLED, "it cannot be loaded")


def _hash(files: Iterable[Path]) -> str:
    whole = b"".join(hashlib.sha256(file.read_bytes()).digest() for file in sorted(files))
    return hashlib.sha256(whole).hexdigest()


def _path(name: str) -> Path:
    return Path(importlib.import_module(name).__file__ or "").resolve()


def _in_the_copy(
    items: list[pytest.Item], limits_s: dict[int, float], mutant: tuple[types.ModuleType, str, Mutant],
    out: int,
) -> None:  # fmt: skip
    """Run tests in order, each to its limit. Never returns: exit code 0 when none noticed, 1 when one did."""
    code = 1
    try:
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 1)
        os.dup2(null, 2)
        resource.setrlimit(resource.RLIMIT_AS, (MOST_BYTES, MOST_BYTES))
        put_in(*mutant)
        order = list(limits_s)
        # What is torn down between two tests depends on which comes next: say what really does.
        for number, following in zip(order, [*order[1:], None], strict=True):
            signal.setitimer(signal.ITIMER_PROF, limits_s[number])
            signal.alarm(60 + int(10 * limits_s[number]))
            if not _passes(items, number, following):
                os.write(out, f"by {number}".encode())
                break
        else:
            code = 0
    finally:
        os._exit(code)


def _passes(items: list[pytest.Item], number: int, following: int | None) -> bool:
    from _pytest.runner import runtestprotocol  # noqa: PLC0415 - there is no public way

    nextitem = None if following is None else items[following]
    reports = runtestprotocol(items[number], log=False, nextitem=nextitem)
    return not any(report.failed for report in reports)


def put_in(module: types.ModuleType, source: str, one: Mutant) -> None:
    """Give the loaded module the code of its mutant: that of one function, or what changed on top level."""
    fresh = types.ModuleType(module.__name__)
    fresh.__dict__.update(__file__=getattr(module, "__file__", ""), __package__=module.__package__)
    old = _function(module, one.function)
    tree = mutated(source, one.number)
    if old is not None:
        _keep_what_is_closed_over(tree, old)
    exec(compile(tree, str(fresh.__file__), "exec"), fresh.__dict__)
    new = _function(fresh, one.function)
    if old is not None and new is not None:
        _put_in_closures(old.__code__, new.__code__)
        old.__code__ = new.__code__
        old.__defaults__, old.__kwdefaults__ = new.__defaults__, new.__kwdefaults__
        return
    owner = one.function.split(".")[0]
    names = [owner] if hasattr(module, owner) else list(vars(fresh))
    for name in names:
        _replace_everywhere(module, name, getattr(fresh, name))


@contextmanager
def _noting(modules: list[str], seen: set[tuple[str, str]]) -> Iterator[None]:
    """Let each function of modules note its file and name when it is called: far cheaper than a trace."""
    saved = []
    for name in modules:
        module = importlib.import_module(name)
        tree = ast.parse(_path(name).read_text(encoding="utf-8"))
        functions = dict(_named(tree, ""))
        for function, node in functions.items():
            note = ast.parse(f"__seen__.add(({str(_path(name))!r}, {function!r}))").body[0]
            node.body.insert(1 if ast.get_docstring(node) else 0, note)
        fresh = types.ModuleType(module.__name__)
        fresh.__dict__.update(__file__=module.__file__, __package__=module.__package__, __seen__=seen)
        vars(module)["__seen__"] = seen
        exec(compile(ast.fix_missing_locations(tree), str(fresh.__file__), "exec"), fresh.__dict__)
        for function in functions:
            old, new = _function(module, function), _function(fresh, function)
            if old is not None and new is not None and old not in {one for one, _ in saved}:
                saved.append((old, old.__code__))
                _put_in_closures(old.__code__, new.__code__)
                old.__code__ = new.__code__
    try:
        yield
    finally:
        for function, code in saved:
            _put_in_closures(function.__code__, code)
            function.__code__ = code


def _named(node: ast.AST, above: str) -> Iterator[tuple[str, ast.FunctionDef]]:
    """Yield each function below a node by its dotted name, as mutants name theirs."""
    for child in ast.iter_child_nodes(node):
        name = (
            f"{above}.{child.name}".lstrip(".")
            if isinstance(child, ast.FunctionDef | ast.ClassDef)
            else above
        )
        if isinstance(child, ast.FunctionDef):
            yield name, child
        yield from _named(child, name)


def _inner(code: types.CodeType) -> list[types.CodeType]:
    """Return the codes of functions inside, in order."""
    own = [const for const in code.co_consts if isinstance(const, types.CodeType)]
    return [inner for one in own for inner in (one, *_inner(one))]


def _put_in_closures(old: types.CodeType, new: types.CodeType) -> None:
    """Give functions that were made inside another, and are in use already, the code of the mutant, too."""
    left: dict[str, list[types.CodeType]] = defaultdict(list)
    for inner in _inner(new):
        left[inner.co_qualname].append(inner)
    put = {id(was): left[was.co_qualname].pop(0) for was in _inner(old) if left[was.co_qualname]}
    for made in gc.get_objects():
        # Not isinstance: that asks a weak proxy for the class of what may be gone.
        if type(made) is types.FunctionType and id(made.__code__) in put:
            made.__code__ = put[id(made.__code__)]


def _keep_what_is_closed_over(tree: ast.Module, old: types.FunctionType) -> None:
    """Name in functions inside another what they close over, never run: a mutant may use less of it."""
    free = {inner.co_name: inner.co_freevars for inner in _inner(old.__code__)}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and free.get(node.name):
            node.body.append(ast.parse(f"if False:\n    {', '.join(free[node.name])},").body[0])


def _function(module: types.ModuleType, qualname: str) -> types.FunctionType | None:
    """Return the outermost function of a dotted name, without what is wrapped around it."""
    at: Any = module
    for name in qualname.split("."):
        at = inspect.getattr_static(at, name, None)
        if isinstance(at, property):
            at = at.fget
        if isinstance(at, staticmethod | classmethod):
            at = at.__func__
        at = inspect.unwrap(at) if callable(at) and not inspect.isclass(at) else at
        if isinstance(at, types.FunctionType):
            return at
    return None


def _replace_everywhere(module: types.ModuleType, name: str, value: object) -> None:
    """Replace a value on top level where it stands, and where it was imported from there."""
    old = vars(module).get(name)
    if name.startswith("__") or isinstance(value, types.ModuleType):
        return
    if isinstance(value, types.FunctionType) and "<locals>" not in value.__qualname__:
        # What is written there has its own mutants; what another function made holds values of top level.
        return
    if inspect.isclass(value) and inspect.isclass(old):
        for part, inner in vars(value).items():
            if part == "__init__" or not part.startswith("__"):
                with _ignoring():
                    setattr(old, part, inner)
        return
    package = module.__name__.partition(".")[0]
    for loaded in list(sys.modules.values()):
        known = getattr(loaded, "__dict__", {})
        if name in known and (known[name] is old or _alike(known[name], old)):
            near = str(getattr(loaded, "__name__", "")).startswith(package)
            if near or loaded is module:
                known[name] = value


def _alike(one: object, other: object) -> bool:
    try:
        return type(one) is type(other) and bool(one == other)
    except (TypeError, ValueError):
        return False


class _ignoring:  # noqa: N801 - read as a word
    def __enter__(self) -> None:
        return None

    def __exit__(self, *_fault: object) -> bool:
        return True


def _children_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _sampled(found: list[Mutant], name: str, options: argparse.Namespace) -> list[Mutant]:
    """Return N of a module's mutants, by the seed and the module's name; all of them without a sample."""
    if not options.sample or options.sample >= len(found):
        return found
    chosen = random.Random(f"{options.seed}:{name}").sample(range(len(found)), options.sample)
    return [found[number] for number in sorted(chosen)]


def explained() -> dict[tuple[str, str], str]:
    """Return the survivors that change nothing anybody could see: module and change to the reason."""
    if not SURVIVORS.is_file():
        return {}
    rows = tomllib.loads(SURVIVORS.read_text(encoding="utf-8")).get("survivor", [])
    return {(row["module"], row["change"]): row["reason"] for row in rows}


def _kept(path: Path | None) -> Iterator[tuple[str, dict[str, Any]]]:
    if path is not None and path.is_file():
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            yield row.pop("key"), row


def report(rows: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Count what became of the mutants, by module and in all; survivors by name."""
    reasons = explained()
    modules: dict[str, Counter[str]] = defaultdict(Counter)
    left = []
    for row in rows:
        outcome = row["outcome"]
        change = f"{row['function']}: {row['before']} -> {row['after']}"
        if outcome == SURVIVED and (row["module"], change) in reasons:
            outcome = EXPLAINED
        modules[row["module"]][outcome] += 1
        if outcome == SURVIVED:
            left.append({"module": row["module"], "line": row["line"], "kind": row["kind"], "change": change})
    total = sum(modules.values(), Counter())
    return {"modules": {name: dict(count) for name, count in sorted(modules.items())}, "total": dict(total),
            "survivors": left}  # fmt: skip


def _line(name: str, count: Counter[str]) -> str:
    tried = sum(count.values())
    noticed = count[KILLED] + count[TIMED_OUT]
    return f"{name:38} {tried:5} {noticed:6} {count[EXPLAINED]:9} {count[SURVIVED]:8} {noticed * 100 / max(1, tried):6.1f} %"  # noqa: E501


def main() -> int:
    """Try the mutants of a part and print what became of them; 1 when a test fails on the right code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("part", choices=sorted(PARTS))
    parser.add_argument("modules", nargs="*", help="last parts of the names of modules; without any, all")
    parser.add_argument("--sample", type=int, default=0, metavar="N", help="so many mutants of each module")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--kind", default="", help="changes of one kind only, for example boundary")
    parser.add_argument("--results", type=Path, help="keep what was found in this file, and go on from it")
    parser.add_argument("--again", action="store_true", help="ask survivors anew")
    parser.add_argument("--tests", action="append", metavar="GLOB", help="only these tests, to ask survivors")
    parser.add_argument("--slow", action="store_true", help="use the slow tests, too")
    parser.add_argument("--budget", type=float, default=0, metavar="SECONDS", help="stop after so much work")
    parser.add_argument("--few", action="store_true", help="use the fast tests and the draws only")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    modules, patterns = PARTS[options.part]
    patterns = options.tests or patterns
    chosen = [m for m in modules if not options.modules or m.rpartition(".")[2] in options.modules]
    session = Session(modules=chosen, options=options, found=dict(_kept(options.results)))
    tests = sorted({str(path) for pattern in patterns for path in ROOT.glob(pattern)})
    started = time.process_time()
    plain = ["-q", "-p", "no:cacheprovider", "--no-header", "--rootdir", str(ROOT)]
    code = pytest.main([*plain, *tests], plugins=[session])
    if session.failed or code not in {0, 5}:
        print(f"not tried: tests fail on the right code: {session.failed[:5]}", file=sys.stderr)
        return 1
    found = report(row for row in session.found.values() if row["module"] in chosen)
    found["cpu_s"] = round(time.process_time() - started + _children_s())
    if options.json:
        print(json.dumps(found))
        return 0
    print(f"{'module':38} tried noticed explained survived")
    for name, count in found["modules"].items():
        print(_line(name, Counter(count)))
    print(_line("all", Counter(found["total"])), f" ({found['cpu_s']} processor seconds)")
    for row in found["survivors"]:
        print(f"{row['module']}:{row['line']} {row['kind']:10} {row['change']}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
