"""Fits the points by which two statements of a report are said to contradict each other, and tests the fit.

    python benchmarks/opposition.py [--l2 1.5] [--misses]

Pairs of statements come from `corpus/train`; a pair is marked where the report marks a contradiction. Every
style (file) is left out in turn, and the reports of the styles written late one by one: the
table is fitted to the others and counted on what was left out, as the reader counts, the
strongest of rival pairs only. Then all are fitted together and the table is printed in quarters, as
`engines/extraction/opposition.py` holds it.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from corpus import CORPUS, letters, reports_of
from scipy.optimize import minimize

from safepassage.domain.claims.annotated import AnnotatedReport
from safepassage.domain.claims.gazetteer import Gazetteer
from safepassage.engines.extraction.answers import answering, pairs, strongest
from safepassage.engines.extraction.opposition import POINTS, SIGNS, WEIGHTS, Pair, agree, told
from safepassage.engines.extraction.read import statements
from safepassage.engines.extraction.statements import NO_BLOCK, Statement
from safepassage.formats.claims import gazetteer_in

HALF, MOSTLY, QUARTERS = 0.5, 0.8, 4
THRESHOLDS = (-1.5, -1.0, -0.5, 0.0, 0.5)
LATE = frozenset(
    {"longwire", "longread", "crossed", "nightdesk", "frontwire", "presswire", "closing", "lastwatch"}
)
"""Styles written after most words of the questions and topics: what holds in them may hold elsewhere."""
LATE_COUNTS = 3.0


@dataclass(frozen=True, slots=True)
class Row:
    """A pair of statements of a report, what is told of it, and whether it is marked."""

    report: str
    pair: Pair
    numbers: tuple[int, ...]
    facts: tuple[bool, ...]
    marked: bool
    apart: bool = False

    @property
    def style(self) -> str:
        """Return the file the report comes from."""
        return self.report.split("-")[0]

    @property
    def group(self) -> str:
        """Return what is left out together with the pair."""
        return self.report if self.style in LATE else self.style


def number_of(report: AnnotatedReport, text_at: frozenset[int]) -> int:
    """Return the number of the attribution that a statement is, 0 where none is marked.

    Words that were read too short or too long are still that attribution: half of all words in common, or
    most of the shorter ones. Those that share a content (who passes on, and who spoke) count as the first.
    """
    text = report.report.text
    best, found = (0.0, 0.0), 0
    for a in report.attributions:
        marked = letters(text, [(s.start, s.end) for s in a.content])
        both = len(marked & text_at)
        shares = both / (len(marked | text_at) or 1), both / (min(len(marked), len(text_at)) or 1)
        if shares > best and (shares[0] > HALF or shares[1] >= MOSTLY):
            first = next(b for b in report.attributions if b.content == a.content)
            best, found = shares, first.number
    return found


def rows(gazetteer: Gazetteer) -> list[Row]:
    """Return the pairs of statements of all reports."""
    found = []
    for report in reports_of("train"):
        said = [one for _, one in statements(report.report, gazetteer)]
        first = {
            b.number: next(a.number for a in report.attributions if a.content == b.content)
            for b in report.attributions
        }
        gold = {frozenset(first.get(n, n) for n in pair) for pair in report.contradictions}
        numbers = {}
        for one in said:
            at = letters(report.report.text, [(one.told.span.start, one.told.span.end)])
            numbers[id(one)] = number_of(report, at)
        for pair in pairs(said, answering(said)):
            key = (numbers[id(pair.a)], numbers[id(pair.b)])
            found.append(Row(report.id, pair, key, told(pair), frozenset(key) in gold))
            apart = Pair(_apart(pair.a), _apart(pair.b), pair.gap, pair.answers)
            found.append(Row(report.id, apart, key, told(apart), frozenset(key) in gold, apart=True))
    return found


def _apart(one: Statement) -> Statement:
    """Return a statement as a report would have it that sets each sentence apart, as many wires do."""
    if id(one) not in _APART:
        _APART[id(one)] = replace(one, block=NO_BLOCK)
    return _APART[id(one)]


_APART: dict[int, Statement] = {}


def fitted(facts: np.ndarray, marked: np.ndarray, counts: np.ndarray, l2: float) -> np.ndarray:
    """Return the weights of a logistic regression, the constant first; some pairs count more."""
    whole = np.c_[np.ones(len(facts)), facts]

    def loss(w: np.ndarray) -> tuple[float, np.ndarray]:
        z = whole @ w
        value = (counts * (np.logaddexp(0, z) - marked * z)).sum() + 0.5 * l2 * (w[1:] ** 2).sum()
        slope = whole.T @ (counts * (1 / (1 + np.exp(-z)) - marked))
        slope[1:] += l2 * w[1:]
        return float(value), slope

    return np.asarray(minimize(loss, np.zeros(whole.shape[1]), jac=True, method="L-BFGS-B").x)


def left_out(known: Sequence[Row], l2: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the logit of each pair, fitted to the others, and the weights fitted to all."""
    facts = np.array([row.facts for row in known], dtype=float)
    marked = np.array([row.marked for row in known], dtype=float)
    counts = np.array([HALF * (LATE_COUNTS if row.style in LATE else 1.0) for row in known])
    logits = np.zeros(len(known))
    for group in sorted({row.group for row in known}):
        here = np.array([row.group == group for row in known])
        weights = fitted(facts[~here], marked[~here], counts[~here], l2)
        logits[here] = weights[0] + facts[here] @ weights[1:]
    return logits, fitted(facts, marked, counts, l2)


def stands(known: Sequence[Row], logits: np.ndarray, least: float) -> list[int]:
    """Return the positions of the pairs that stand at a threshold, the strongest of rivals only."""
    found = {
        id(known[k].pair): k
        for k in range(len(known))
        if logits[k] >= least and _has_sign(known[k]) and not agree(known[k].pair)
    }
    logit = {pair: float(logits[k]) for pair, k in found.items()}
    kept = strongest([known[k].pair for k in found.values()], lambda pair: (logit[id(pair)], pair.a.start))
    return [found[id(pair)] for pair in kept]


def _has_sign(row: Row) -> bool:
    return any(holds and point.name in SIGNS for point, holds in zip(POINTS, row.facts, strict=True))


def counted(known: Sequence[Row], logits: np.ndarray, marked: int) -> None:
    """Print what is found and right at each threshold."""
    for least in THRESHOLDS:
        at = stands(known, logits, least)
        right = len({(known[k].report, frozenset(known[k].numbers)) for k in at if known[k].marked})
        print(f"  logit >= {least}: {right} right of {len(at)} found, {marked} marked")


def main(argv: Sequence[str] | None = None) -> int:
    """Print the counts of what was left out, then the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--l2", type=float, default=1.5)
    parser.add_argument("--misses", action="store_true", help="print the pairs that go wrong when left out")
    args = parser.parse_args(argv)
    file = CORPUS / "gazetteer.csv"
    gazetteer, _ = gazetteer_in.read(file.read_bytes(), file=file.name)
    known = rows(gazetteer)
    logits, weights = left_out(known, args.l2)
    gold = {report.id: len(report.contradictions) for report in reports_of("train")}
    cases = [(late, apart) for late in (True, False) for apart in (False, True)]
    for late, apart in cases:
        here = [k for k, row in enumerate(known) if (row.style in LATE, row.apart) == (late, apart)]
        name = ("styles written late" if late else "other styles") + (
            ", sentences set apart" if apart else ""
        )
        print(f"left out, {name}: {len(here)} pairs")
        marked = sum(n for report, n in gold.items() if (report.split("-")[0] in LATE) == late)
        counted([known[k] for k in here], logits[here], marked)
    print(f"constant {weights[0] * QUARTERS:.1f}")
    for point, weight in zip(POINTS, weights[1:], strict=True):
        print(f"{round(weight * QUARTERS):4d} (now {WEIGHTS[point.name]:3d})  {point.name}")
    if args.misses:
        found = set(stands(known, logits, -1.0))
        for k in sorted(range(len(known)), key=lambda k: -logits[k]):
            if not known[k].apart and known[k].marked != (k in found):
                a, b = known[k].pair.a.text, known[k].pair.b.text
                said = f"{known[k].report} {known[k].numbers}: {a} || {b}"
                print(f"{'missed' if known[k].marked else 'false'} {logits[k]:.2f} {said}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
