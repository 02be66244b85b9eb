"""Who says what: F1 of source, cue and content on annotated news, by rules that saw none of it.

    python benchmarks/attribution.py [--cofenet FILE …] [--polnear DIR …] [--train DIR] [--json]

FILE is a split as the CofeNet project writes it: one JSON object a line with `tokens` and B-/I-/O `labels`.
Spans count when role, first and last token are the same (CofeNet, COLING 2022, "exact"). DIR is a split
of PolNeAR (LREC 2018): whole articles, read as a user's would be; spans are compared by letters and digits,
paired one to one: exact, Jaccard index of a half or more, any overlap. With `--train DIR` a sequence model is
fitted to the articles of DIR first and corrects the spans of the rules; it is for measuring and is not kept
(`--model FILE` keeps it for the next run).
"""

from __future__ import annotations

import argparse
import json
import platform
import resource
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from polnear import Article, articles, letters

from safepassage.engines.extraction.features import features
from safepassage.engines.extraction.frames import attributions, is_speech
from safepassage.engines.extraction.passages import Passage, passages
from safepassage.engines.extraction.scoring import JACCARD, ROLES, Score, labelled, loose_score, score, spans
from safepassage.engines.extraction.tree import Tree
from safepassage.kernels.reading.english import parse_each, parse_words, parse_words_each
from safepassage.kernels.reading.sequence_tagger import fit, label

PLAIN = {"``": "“", "''": "”", "-LRB-": "(", "-RRB-": ")", "-LSB-": "[", "-RSB-": "]"}
MATCHES = {"exact": 1.0, "jaccard": JACCARD, "overlap": 1e-9}
ROUNDS = 120


def main(argv: Sequence[str] | None = None) -> int:
    """Print the table, or JSON."""
    form = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=form)
    parser.add_argument("--cofenet", type=Path, action="append", default=[])
    parser.add_argument("--polnear", type=Path, action="append", default=[])
    parser.add_argument("--train", type=Path, help="split of PolNeAR to fit a model to")
    parser.add_argument("--model", type=Path, help="file of the model; used as it is if it is there")
    parser.add_argument("--most", type=int, default=10_000, help="articles to train on at most")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument(
        "--speech", action="store_true", help="count what is said only, as corpora of speech do (RiQuA)"
    )
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args(argv)
    parse_words(["Warm", "up", "."])
    with tempfile.TemporaryDirectory() as folder:
        model, trained_s = _model(args, Path(folder))
        rows = [windows(path, model, speech=args.speech) for path in args.cofenet]
        rows += [whole(path, model) for path in args.polnear]
    if args.json:
        machine = platform.platform()
        print(json.dumps({"machine": machine, "training_cpu_s": trained_s, "rows": rows}, indent=1))
        return 0
    print(f"trained for {trained_s:.0f} processor seconds" if model else "nothing trained")
    print("| split | match | role | precision | recall | F1 | spans | tokens/s |\n|" + "---|" * 8)
    for row in rows:
        for match, roles in row["scores"].items():
            for role in ROLES:
                r = roles[role]
                numbers = f"{r['precision']:.1f} | {r['recall']:.1f} | {r['f1']:.1f} | {r['gold']}"
                print(f"| {row['split']} | {match} | {role} | {numbers} | {row['tokens_per_s']:.0f} |")
    return 0


def _model(args: argparse.Namespace, folder: Path) -> tuple[str, float]:
    """Return the file of the model, "" without one, and how long it took to fit."""
    path = args.model or folder / "model"
    if args.train is None and not (args.model and path.exists()):
        return "", 0.0
    started = time.process_time()
    if not path.exists():
        fit(_training(list(articles(args.train))[: args.most]), str(path), most_rounds=args.rounds)
    return str(path), time.process_time() - started


def _training(found: Iterable[Article]) -> Iterator[tuple[list[list[str]], list[str]]]:
    for article in found:
        for passage, tree in _trees(article.text):
            yield features(tree), _gold(article, passage, tree)


def _trees(text: str) -> Iterator[tuple[Passage, Tree]]:
    whole_text = passages(text)
    for passage, rows in zip(whole_text, parse_each(p.repaired for p in whole_text), strict=True):
        if rows:
            yield passage, Tree(rows)


def _gold(article: Article, passage: Passage, tree: Tree) -> list[str]:
    """Return the labels of a paragraph; of attributions in one another the outer one counts."""
    places = [passage.span(t.start, t.end) for t in tree.tokens]
    labels = ["O"] * len(places)
    order = sorted(article.attributions, key=lambda a: -sum(e - s for s, e in a.get("content", ())))
    inside: set[int] = set()
    for a in order:
        held = {role: _tokens(places, pieces) for role, pieces in a.items()}
        if inside & set(held.get("cue", ())):
            continue
        for role in ("cue", "source", "content"):
            last = -2
            for k in held.get(role, ()):
                if labels[k] == "O":
                    labels[k] = f"I-{role}" if last == k - 1 else f"B-{role}"
                    last = k
        inside |= set(held.get("content", ()))
    return labels


def _tokens(places: Sequence[Any], pieces: Sequence[tuple[int, int]]) -> list[int]:
    return [k for k, p in enumerate(places) if any(p.start < end and p.end > start for start, end in pieces)]


def _labels(tree: Tree, model: str, *, speech: bool = False) -> list[str]:
    if model:
        return label(model, features(tree))
    found = [a for a in attributions(tree) if not speech or is_speech(a)]
    return labelled(found, len(tree.tokens))


def windows(path: Path, model: str, *, speech: bool) -> dict[str, Any]:
    """Return the scores of one split of windows."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    started = time.process_time()
    pairs = []
    plain = ([PLAIN.get(word, word) for word in row["tokens"]] for row in rows)
    for row, parsed in zip(rows, parse_words_each(plain), strict=True):
        pairs.append((spans(row["labels"]), spans(_labels(Tree(parsed), model, speech=speech))))
    seconds = time.process_time() - started
    tokens = sum(len(row["tokens"]) for row in rows)
    scores = {"exact": {role: _numbers(s) for role, s in score(pairs).items()}}
    return _row(f"{path.parent.name}/{path.stem}", scores, tokens, seconds)


def whole(folder: Path, model: str) -> dict[str, Any]:
    """Return the scores of whole articles."""
    started = time.process_time()
    tokens = 0
    pairs: dict[str, list[tuple[list[frozenset[int]], list[frozenset[int]]]]] = {role: [] for role in ROLES}
    for article in articles(folder):
        found: dict[str, set[frozenset[int]]] = {role: set() for role in ROLES}
        for passage, tree in _trees(article.text):
            tokens += len(tree.tokens)
            for role, positions in _found(tree, model):
                pieces = [passage.span(tree.tokens[k].start, tree.tokens[k].end) for k in positions]
                found[role].add(letters(article.text, [(p.start, p.end) for p in pieces]))
        for role in ROLES:
            gold = {letters(article.text, a[role]) for a in article.attributions if role in a}
            pairs[role].append((sorted(gold, key=min_of), sorted(found[role], key=min_of)))
    seconds = time.process_time() - started
    scores = {
        match: {role: _numbers(loose_score(pairs[role], least)) for role in ROLES}
        for match, least in MATCHES.items()
    }
    return _row(folder.name, scores, tokens, seconds)


def min_of(span: frozenset[int]) -> tuple[int, int]:
    """Return where a span begins and ends, for an order that is always the same."""
    return min(span, default=-1), max(span, default=-1)


def _found(tree: Tree, model: str) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Yield the spans of each role: of all attributions, nested ones too, or of the labels of a model."""
    if model:
        for role, first, behind in sorted(spans(_labels(tree, model))):
            yield role, tuple(range(first, behind))
        return
    for a in attributions(tree):
        for role in ROLES:
            if getattr(a, role):
                yield role, getattr(a, role)


def _numbers(s: Score) -> dict[str, float]:
    return {"precision": 100 * s.precision, "recall": 100 * s.recall, "f1": 100 * s.f1, "gold": s.gold}


def _row(split: str, scores: dict[str, Any], tokens: int, seconds: float) -> dict[str, Any]:
    rss_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    speed = tokens / seconds
    return {"split": split, "scores": scores, "cpu_s": seconds, "tokens_per_s": speed, "rss_mb": rss_mb}


if __name__ == "__main__":
    raise SystemExit(main())
