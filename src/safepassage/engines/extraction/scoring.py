"""How well spans are found: exact match of source, cue and content, as the published tables count it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from safepassage.engines.extraction.attribution import Attribution

ROLES = ("source", "cue", "content")
OUTSIDE = "O"
Span = tuple[str, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """Counts of one role: spans in the gold, found, and found right; F1 from them."""

    gold: int
    found: int
    right: int

    @property
    def precision(self) -> float:
        """Share of the found that is right."""
        return self.right / self.found if self.found else 0.0

    @property
    def recall(self) -> float:
        """Share of the gold that was found."""
        return self.right / self.gold if self.gold else 0.0

    @property
    def f1(self) -> float:
        """Harmonic mean of both."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def spans(labels: Sequence[str]) -> frozenset[Span]:
    """Return (role, first, behind the last) of a row of B-/I-/O labels; an I- without its B- begins one."""
    found: set[Span] = set()
    role, start = "", 0
    for i, label in enumerate([*labels, OUTSIDE]):
        begins = label.startswith("B-") or (label.startswith("I-") and label[2:] != role)
        if role and (begins or label == OUTSIDE):
            found.add((role, start, i))
            role = ""
        if begins:
            role, start = label[2:], i
    return frozenset(found)


def labelled(found: Iterable[Attribution], n_tokens: int) -> list[str]:
    """Return one row of labels: outer attributions win over those nested in their content."""
    kept: list[Attribution] = []
    for a in sorted(found, key=lambda a: -len(a.content)):
        spoken = set(a.cue) | set(a.source)
        if not any(spoken & set(outer.content) for outer in kept):
            kept.append(a)
    labels = [OUTSIDE] * n_tokens
    for role in ("cue", "source", "content"):
        for a in kept:
            _write(labels, getattr(a, role), role)
    return labels


def _write(labels: list[str], positions: Iterable[int], role: str) -> None:
    last = -2
    for i in sorted(positions):
        if labels[i] == OUTSIDE:
            labels[i] = f"I-{role}" if last == i - 1 else f"B-{role}"
            last = i


def score(pairs: Iterable[tuple[frozenset[Span], frozenset[Span]]]) -> dict[str, Score]:
    """Return the score of each role over (gold, found) span sets: exact matches only, micro-averaged."""
    rows = list(pairs)
    out = {}
    for role in ROLES:
        gold = [{s for s in g if s[0] == role} for g, _ in rows]
        found = [{s for s in f if s[0] == role} for _, f in rows]
        out[role] = Score(
            gold=sum(map(len, gold)),
            found=sum(map(len, found)),
            right=sum(len(g & f) for g, f in zip(gold, found, strict=True)),
        )
    return out


JACCARD = 0.5
"""Least share that two spans must have in common to be called the same, loosely."""


def loose_score(
    pairs: Iterable[tuple[Sequence[frozenset[int]], Sequence[frozenset[int]]]], least: float
) -> Score:
    """Return the score of (gold, found) rows of position sets, paired one to one by their Jaccard index.

    Pairs are made from the most alike down; `least` above 0 is the least index that counts, 1 means exact.
    """
    gold = found = right = 0
    for gold_row, found_row in pairs:
        wanted, got = [w for w in gold_row if w], [g for g in found_row if g]
        gold, found = gold + len(wanted), found + len(got)
        right += _paired(wanted, got, least)
    return Score(gold=gold, found=found, right=right)


def _paired(wanted: Sequence[frozenset[int]], got: Sequence[frozenset[int]], least: float) -> int:
    holders: dict[int, list[int]] = {}
    for n, g in enumerate(got):
        for k in g:
            holders.setdefault(k, []).append(n)
    alike = []
    for m, w in enumerate(wanted):
        for n in {n for k in w for n in holders.get(k, ())}:
            share = len(w & got[n]) / len(w | got[n])
            if share >= least:
                alike.append((-share, m, n))
    used_m: set[int] = set()
    used_n: set[int] = set()
    for _, m, n in sorted(alike):
        if m not in used_m and n not in used_n:
            used_m.add(m)
            used_n.add(n)
    return len(used_m)
