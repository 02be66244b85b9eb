"""Who says what: exact F1 of source, cue and content on annotated news, by rules that saw none of it.

    python benchmarks/attribution.py --cofenet FILE [--cofenet FILE ...] [--json]

FILE is a split as the CofeNet project writes it: one JSON object a line with `tokens` and B-/I-/O `labels`.
Spans count when role, first and last token are the same (CofeNet, COLING 2022, "exact"). Nothing is trained.
"""

from __future__ import annotations

import argparse
import json
import platform
import resource
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from safepassage.engines.extraction.frames import attributions
from safepassage.engines.extraction.scoring import ROLES, labelled, score, spans
from safepassage.engines.extraction.tree import Tree
from safepassage.kernels.english import parse_words, parse_words_each

PLAIN = {"``": "“", "''": "”", "-LRB-": "(", "-RRB-": ")", "-LSB-": "[", "-RSB-": "]"}


def main(argv: Sequence[str] | None = None) -> int:
    """Print the table, or JSON."""
    form = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=form)
    parser.add_argument("--cofenet", type=Path, action="append", required=True)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args(argv)
    parse_words(["Warm", "up", "."])
    rows = [measure(path) for path in args.cofenet]
    if args.json:
        print(json.dumps({"machine": platform.platform(), "rows": rows}, indent=1))
        return 0
    print("| split | role | precision | recall | F1 | spans | tokens/s |\n|---|---|---|---|---|---|---|")
    for row in rows:
        for role in ROLES:
            r = row[role]
            numbers = f"{r['precision']:.1f} | {r['recall']:.1f} | {r['f1']:.1f} | {r['gold']}"
            print(f"| {row['split']} | {role} | {numbers} | {row['tokens_per_s']:.0f} |")
    return 0


def measure(path: Path) -> dict[str, Any]:
    """Return the scores of one split."""
    windows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    started = time.process_time()
    pairs = []
    plain = ([PLAIN.get(word, word) for word in window["tokens"]] for window in windows)
    for window, rows in zip(windows, parse_words_each(plain), strict=True):
        tree = Tree(rows)
        found = labelled(attributions(tree), len(tree.tokens))
        pairs.append((spans(window["labels"]), spans(found)))
    seconds = time.process_time() - started
    scores = score(pairs)
    tokens = sum(len(window["tokens"]) for window in windows)
    row: dict[str, Any] = {"split": f"{path.parent.name}/{path.stem}", "windows": len(windows)}
    for role, s in scores.items():
        row[role] = {
            "precision": 100 * s.precision, "recall": 100 * s.recall, "f1": 100 * s.f1, "gold": s.gold,
        }  # fmt: skip
    row["cpu_s"], row["tokens_per_s"] = seconds, tokens / seconds
    row["rss_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return row


if __name__ == "__main__":
    raise SystemExit(main())
