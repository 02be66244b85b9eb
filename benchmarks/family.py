"""The instance family "both ways out": generate, check, baselines (docs/reference/instance-family.md).

    python benchmarks/family.py generate FOLDER [NAME …]     write instances (default: the published members)
    python benchmarks/family.py check INSTANCE OUT           check a plan of an instance, and score it
    python benchmarks/family.py baselines [NAME …] [--json]  plan, check and score with this planner
    python benchmarks/family.py hedged NAME … [--worlds N]   the plan of the case against plans under worlds

A score is: decided persons served, person-minutes (who is not served counts to the end), the proved bounds,
and decided persons out in the instance's own truth, which no planner may read.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

try:
    from benchmarks.family_instances import Instance, Name, members
except ImportError:
    from family_instances import Instance, Name, members  # type: ignore[import-not-found, no-redef]

from safepassage.casework.reading import read_case_input
from safepassage.casework.worlds_asked import Order, asked
from safepassage.cli import main as safepassage
from safepassage.domain.situation import Situation
from safepassage.domain.worlds import Chances, Fact, FactKind
from safepassage.engines.worlds import Question, evaluated, with_margin
from safepassage.formats.containers import canonical_json
from safepassage.formats.plan import inputs_json
from safepassage.planning import problem_of
from safepassage_verify import verify_files
from safepassage_verify.files import find_plan

SECONDS = 60


def generate(folder: Path, names: list[Name]) -> None:
    """Write instances, each into a folder of its name."""
    for name in names:
        where = folder / str(name)
        where.mkdir(parents=True, exist_ok=True)
        for file, data in Instance(name).files().items():
            (where / file).write_bytes(data)


def of_instance(instance: Path, inputs: bytes) -> bool:
    """Return whether inputs are those of an instance, made anew from its case."""
    given = read_case_input(instance, None)
    if given.case is None or given.network is None:
        return False
    problem = problem_of(given.network.network, Situation(case=given.case))
    return canonical_json.encode(inputs_json.document(problem)) == inputs


def score(instance: Path, out: Path) -> dict[str, Any]:
    """Return whether a plan holds, by the independent verifier, and what it is worth.

    A plan of other inputs than the instance's own holds for nothing.
    """
    path = find_plan(out)
    if not of_instance(instance, path.with_name(path.name.replace("plan.json", "inputs.json")).read_bytes()):
        return {"instance": instance.name, "verified": False, "fault": "the inputs are not the instance's"}
    verdict = verify_files(path)
    plan = json.loads(path.read_text("utf-8"))
    joint = plan.get("joint") or {}
    row: dict[str, Any] = {
        "instance": instance.name, "verified": verdict.verified,
        "served": sum(d["persons_served"] for d in plan["directions"]),
        "demand": sum(d["persons_demand"] for d in plan["directions"]),
        "person_min": joint.get("person_seconds", 0) // SECONDS,
        "bound_person_min": (joint.get("person_seconds_bound") or 0) // SECONDS,
        "last_min": (joint.get("last_arrival_s") or 0) // SECONDS,
        "bound_last_min": (joint.get("last_arrival_bound_s") or 0) // SECONDS,
    }  # fmt: skip
    if verdict.verified:
        row["out_in_truth"], row["harm_person_min"] = in_truth(instance, path, plan)
    return row


def in_truth(instance: Path, path: Path, plan: dict[str, Any]) -> tuple[int, int]:
    """Return decided persons out, and person-minutes in harm, in the world of the instance's truth."""
    truth = json.loads((instance / "truth.json").read_text("utf-8"))
    inputs = canonical_json.decode(path.with_name(path.name.replace("plan.json", "inputs.json")).read_bytes())
    nothing = Chances(
        unknown_ppm=0, restricted_ppm=0, shut_gate_ppm=0, shut_road_ppm=0, early_ppm=0, breakdown_day_ppm=0,
        stay_share_most=0, slow_share_most=0, early_share_most=0,
    )  # fmt: skip
    order = Order(inputs=b"", plan=b"", chances=nothing, voices=(), seed=0, worlds=1)
    plain = asked(inputs, plan, order)
    arcs: dict[str, list[int]] = {label: [] for label in truth["shut_links"]}
    for change in plan["modifications"]:
        if change["id"].removeprefix("status-") in arcs:
            arcs[change["id"].removeprefix("status-")] += change["arcs"]
    facts = []
    for fact in plain.facts:
        if fact.kind is FactKind.HAZARD:
            so = fact.id.removeprefix("event ") in truth["harmful_zones"]
            facts.append(
                Fact(id=fact.id, kind=fact.kind, words=fact.words, arcs=fact.arcs, ppm=(so * 10**6,) * 3)
            )
    shut = tuple(sorted({arc for rows in arcs.values() for arc in rows}))
    facts.append(Fact(id="shut", kind=FactKind.SHUT, words="shut", arcs=shut, ppm=(10**6,) * 3))
    question = Question(
        problem=_cut_short(plain.problem, truth), movements=plain.movements, facts=tuple(facts),
        chances=nothing, seed=0, worlds=1,
    )  # fmt: skip
    found = evaluated(question, 0, 1)
    return int(found.out.sum()), int(found.exposure.sum()) // SECONDS


def _cut_short(problem: Any, truth: dict[str, Any]) -> Any:
    """Return the problem with the windows of gates whose party closes early cut short."""
    sides = {f"Crossing {gate.removeprefix('gate-')}" for gate in truth["gates_early"]}
    network, cut = problem.network, with_margin(problem, round(1_000 * truth["early_share"])).network
    label = network.arcs.label
    profiles = {a: (cut if str(label[a]) in sides else network).profiles[a] for a in network.profiles}
    return replace(problem, network=replace(network, profiles=profiles))


def baseline(name: Name, options: list[str]) -> dict[str, Any]:
    """Return this planner's score on an instance, with its processor seconds."""
    with tempfile.TemporaryDirectory() as folder:
        generate(Path(folder), [name])
        instance, out = Path(folder) / str(name), Path(folder) / "out"
        began = time.process_time()
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()) as said:
            code = safepassage(["plan", str(instance), "-o", str(out), *options])
        seconds = time.process_time() - began
        if code not in {0, 3}:
            return {"instance": str(name), "verified": False, "fault": said.getvalue().strip()[:300]}
        return {**score(instance, out), "cpu_s": round(seconds, 1)}


def hedged(name: Name, options: list[str], worlds: int) -> dict[str, Any]:
    """Return the plan of the case and the best plan under worlds, in fresh worlds and in the truth."""
    with tempfile.TemporaryDirectory() as folder:
        generate(Path(folder), [name])
        instance, out = Path(folder) / str(name), Path(folder) / "out"
        began = time.process_time()
        truth, sheet = [], {}
        for more in ([], ["--under-worlds", str(worlds)]):
            with contextlib.redirect_stdout(io.StringIO()):
                code = safepassage(["plan", str(instance), "-o", str(out), *options, *more])
            found = score(instance, out) if code in {0, 3} else {"verified": False}
            if not found["verified"]:
                return {"instance": str(name), **found}
            truth.append(found["out_in_truth"])
        sheet = json.loads(next((out / "RESTRICTED").glob("*-hedge.json")).read_text("utf-8"))
    plain, best = sheet["rows"][0], sheet["rows"][sheet["picked"]]
    return {
        "instance": str(name), "verified": True, "demand": found["demand"], "picked": best["words"],
        "mean": plain["mean"], "gain": best["gain"], "low": best["low"], "high": best["high"],
        "tail": plain["tail"], "tail_gain": best["tail_gain"], "optimism": sheet["optimism"],
        "truth": truth[0], "truth_hedged": truth[1], "cpu_s": round(time.process_time() - began, 1),
    }  # fmt: skip


HEDGED_HEADS = ("instance", "demand", "picked", "mean", "gain", "low", "high", "tail", "tail_gain",
                "optimism", "truth", "truth_hedged", "cpu_s")  # fmt: skip
HEADS = ("instance", "verified", "served", "demand", "person_min", "bound_person_min", "last_min",
         "bound_last_min", "out_in_truth", "harm_person_min", "cpu_s")  # fmt: skip


def printed(rows: list[dict[str, Any]], heads: tuple[str, ...], *, as_json: bool) -> None:
    """Print scores as a table, or JSON."""
    if as_json:
        print(json.dumps(rows, indent=1))
        return
    print(f"| {' | '.join(heads)} |\n|{'---|' * len(heads)}")
    for row in rows:
        print(f"| {' | '.join(str(row.get(head, row.get('fault', ''))) for head in heads)} |")


def main() -> int:
    """Do what is asked."""
    form = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=form)
    actions = parser.add_subparsers(dest="action", required=True)
    one = actions.add_parser("generate")
    one.add_argument("folder", type=Path)
    one.add_argument("names", nargs="*", type=Name.parsed)
    two = actions.add_parser("check")
    two.add_argument("instance", type=Path)
    two.add_argument("out", type=Path)
    three = actions.add_parser("baselines")
    three.add_argument("names", nargs="*", type=Name.parsed)
    four = actions.add_parser("hedged")
    four.add_argument("names", nargs="+", type=Name.parsed)
    four.add_argument("--worlds", type=int, default=200, help="to choose by; four times as many to judge in")
    for each in (two, three, four):
        each.add_argument("--json", action="store_true")
    for each in (three, four):
        each.add_argument("--work-limit", default="2000000", help="search steps for each plan")
    args = parser.parse_args()
    if args.action == "generate":
        generate(args.folder, args.names or list(members()))
        return 0
    heads = HEDGED_HEADS if args.action == "hedged" else HEADS
    if args.action == "check":
        rows = [score(args.instance, args.out)]
    elif args.action == "hedged":
        rows = [hedged(name, ["--work-limit", args.work_limit], args.worlds) for name in args.names]
    else:
        options = ["--work-limit", args.work_limit]
        rows = [baseline(name, options) for name in args.names or members()]
    printed(rows, heads, as_json=args.json)
    return 0 if all(row["verified"] for row in rows) else 1


if __name__ == "__main__":
    raise SystemExit(main())
