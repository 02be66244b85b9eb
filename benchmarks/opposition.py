"""Fits the points by which two statements of a report are said to contradict each other, and tests the fit.

    python benchmarks/opposition.py [--l2 1.0] [--misses]

Pairs of statements come from `corpus/train`; a pair is marked where the report marks a contradiction. Every
style (file) is left out in turn: the table is fitted to the others and counted on the one left out. Then all
are fitted together and the table is printed in quarters, as `engines/extraction/opposition.py` holds it.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

import numpy as np
from corpus import CORPUS, letters, reports_of
from scipy.optimize import minimize

from safepassage.domain.claims.annotated import AnnotatedReport
from safepassage.domain.claims.gazetteer import Gazetteer
from safepassage.engines.extraction.answers import answering, pairs
from safepassage.engines.extraction.opposition import POINTS, WEIGHTS, told
from safepassage.engines.extraction.read import statements
from safepassage.formats.claims import gazetteer_in

HALF, QUARTERS = 0.5, 4
THRESHOLDS = (-1.0, -0.5, 0.0, 0.5)


def number_of(report: AnnotatedReport, text_at: frozenset[int]) -> int:
    """Return the number of the attribution that a statement is, 0 where none is marked.

    Those that share a content (who passes on, and who spoke) count as the first of them.
    """
    text = report.report.text
    best, found = HALF, 0
    for a in report.attributions:
        marked = letters(text, [(s.start, s.end) for s in a.content])
        share = len(marked & text_at) / (len(marked | text_at) or 1)
        if share > best:
            first = next(b for b in report.attributions if b.content == a.content)
            best, found = share, first.number
    return found


def rows(gazetteer: Gazetteer) -> tuple[np.ndarray, np.ndarray, list[str], list[str]]:
    """Return what is told of each pair, whether it is marked, its style, and its words."""
    facts, marked, styles, words = [], [], [], []
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
            key = frozenset((numbers[id(pair.a)], numbers[id(pair.b)]))
            facts.append(told(pair))
            marked.append(key in gold)
            styles.append(report.id.split("-")[0])
            words.append(f"{report.id} {sorted(key)}: {pair.a.text} || {pair.b.text}")
    return np.array(facts, dtype=float), np.array(marked, dtype=float), styles, words


def fitted(facts: np.ndarray, marked: np.ndarray, l2: float) -> np.ndarray:
    """Return the weights of a logistic regression, the constant first."""
    whole = np.c_[np.ones(len(facts)), facts]

    def loss(w: np.ndarray) -> tuple[float, np.ndarray]:
        z = whole @ w
        value = np.logaddexp(0, z).sum() - (marked * z).sum() + 0.5 * l2 * (w[1:] ** 2).sum()
        slope = whole.T @ (1 / (1 + np.exp(-z)) - marked)
        slope[1:] += l2 * w[1:]
        return float(value), slope

    return np.asarray(minimize(loss, np.zeros(whole.shape[1]), jac=True, method="L-BFGS-B").x)


def main(argv: Sequence[str] | None = None) -> int:
    """Print the counts of the styles left out, then the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--l2", type=float, default=1.0)
    parser.add_argument("--misses", action="store_true", help="print the pairs that go wrong when left out")
    args = parser.parse_args(argv)
    file = CORPUS / "gazetteer.csv"
    gazetteer, _ = gazetteer_in.read(file.read_bytes(), file=file.name)
    facts, marked, styles, words = rows(gazetteer)
    gold = sum(len(report.contradictions) for report in reports_of("train"))
    print(f"{len(marked)} pairs, {int(marked.sum())} of {gold} marked contradictions among them")
    out = np.zeros(len(marked))
    for style in sorted(set(styles)):
        here = np.array([s == style for s in styles])
        out[here] = np.c_[np.ones(here.sum()), facts[here]] @ fitted(facts[~here], marked[~here], args.l2)
    for least in THRESHOLDS:
        found = out >= least
        right = int((found & (marked > 0)).sum())
        print(f"left out, logit >= {least}: {right} right of {int(found.sum())} found, {gold} marked")
    weights = fitted(facts, marked, args.l2)
    print(f"constant {weights[0]:.2f}")
    for point, weight in zip(POINTS, weights[1:], strict=True):
        print(f"{round(weight * QUARTERS):4d} (now {WEIGHTS[point.name]:3d})  {point.name}")
    if args.misses:
        wrong = [k for k in range(len(out)) if (out[k] >= HALF - 1) != bool(marked[k])]
        for k in sorted(wrong, key=lambda k: -out[k]):
            print(f"{'missed' if marked[k] else 'false'} {out[k]:.2f} {words[k]}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
