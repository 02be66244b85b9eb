"""Who says what on our own annotated reports: attributions, chains, contradictions, numbers, places.

    python benchmarks/corpus.py [--split train] [--split heldout] [--split toponyms] [--json]
    python benchmarks/corpus.py --split train --texts DIR     write the texts for another reader
    python benchmarks/corpus.py --split train --found DIR     score its answers, one `ID.json` a report
    python benchmarks/corpus.py --split train --misses        what was missed; not for `heldout`
    python benchmarks/corpus.py --split train --speed         documents of 800 tokens read in a second

Answers are the objects of `safepassage claims extract --json`. Spans are compared by the letters and digits
they hold. *Attribution* counts where contents overlap by half (Jaccard) and the source is the right one: its
words overlap, or the chain ends with the right origin. *Joint* counts where all three spans are exact. A
*chain* is right with the same links in order; where two attributions share a content, either chain will do.
A found contradiction that is not marked is *false*. A place is right within 161 km (the distance of the
toponym-resolution literature, 100 miles); a capital that stands for its government must have no position.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import math
import re
import resource
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from importlib.resources import files
from pathlib import Path
from typing import Any

from safepassage.cli import main as safepassage
from safepassage.domain.claims.annotated import AnnotatedReport, MarkedAttribution
from safepassage.domain.claims.gazetteer import Gazetteer
from safepassage.domain.claims.values import DEGREE_E7, Report, Span, fold
from safepassage.extracting import extract
from safepassage.formats.claims import annotated_report, gazetteer_in

CORPUS = Path(str(files("safepassage"))) / "corpus"
SPLITS = ("train", "heldout", "toponyms")
RADIUS_KM, EARTH_KM = 161.0, 6371.0
HALF = 0.5
TOKEN = re.compile(r"\w+|[^\w\s]")
DOCUMENT_TOKENS = 800
RELAYED = 3
"""A chain with so many links has somebody between the outlet and the origin."""
STOPWORDS = frozenset(
    re.findall(r"\w+", "the a an of in at on to for and or by from its his her their our who which that near")
)
TITLES = frozenset(
    re.findall(r"\w+", "mr mrs ms dr governor mayor minister president general colonel captain commander")
)
RATES = (
    "source", "cue", "content", "joint", "attribution", "chain", "relayed_chain", "contradiction", "quantity",
    "place", "gap",
)  # fmt: skip


@dataclass(slots=True)
class Rate:
    """Counts of one thing: marked, found, and found right."""

    gold: int = 0
    found: int = 0
    right: int = 0

    def add(self, gold: int, found: int, right: int) -> None:
        """Add the counts of one report."""
        self.gold, self.found, self.right = self.gold + gold, self.found + found, self.right + right

    def row(self) -> dict[str, float | int]:
        """Return precision, recall and F1 in per cent with the counts."""
        precision = self.right / self.found if self.found else 0.0
        recall = self.right / self.gold if self.gold else 0.0
        f1 = 2 * precision * recall / (precision + recall) if self.right else 0.0
        scores = {"precision": 100 * precision, "recall": 100 * recall, "f1": 100 * f1}
        return {**scores, "gold": self.gold, "found": self.found, "right": self.right}


@dataclass(slots=True)
class Scores:
    """The rates of a split, the metonyms that got a position, and lines about what was missed."""

    rates: dict[str, Rate] = field(default_factory=lambda: {name: Rate() for name in RATES})
    metonyms: int = 0
    metonyms_placed: int = 0
    misses: list[str] = field(default_factory=list)


def score(report: AnnotatedReport, answer: dict[str, Any], gazetteer: Gazetteer, into: Scores) -> None:
    """Add the scores of one report."""
    text = report.report.text
    gold = [a for a in report.attributions if a.kind != "own"]
    found = answer.get("attributions", [])
    _spans(text, gold, found, into)
    pairs = _matched(text, [*gold, *(a for a in report.attributions if a.kind == "own")], found)
    _attributions(report, gold, found, pairs, into)
    _contradictions(report, answer, found, pairs, into)
    _quantities(report, answer, into)
    _places(report, answer, gazetteer, into)
    _gaps(report, answer, into)


def letters(text: str, spans: Iterable[tuple[int, int]]) -> frozenset[int]:
    """Return the positions of letters and digits inside spans."""
    return frozenset(i for a, b in spans for i in range(a, b) if i < len(text) and text[i].isalnum())


def _marked(text: str, spans: Iterable[Span]) -> frozenset[int]:
    return letters(text, [(s.start, s.end) for s in spans])


def _role(text: str, attribution: dict[str, Any], role: str) -> frozenset[int]:
    return letters(text, [(a, b) for a, b in attribution[role]["spans"]])


def _spans(text: str, gold: list[MarkedAttribution], found: list[dict[str, Any]], into: Scores) -> None:
    for role in ("source", "cue", "content"):
        marked = {_marked(text, getattr(a, role)) for a in gold} - {frozenset()}
        read = {_role(text, a, role) for a in found} - {frozenset()}
        into.rates[role].add(len(marked), len(read), len(marked & read))
    roles = ("source", "cue", "content")
    whole = {tuple(_marked(text, getattr(a, r)) for r in roles) for a in gold}
    seen = {tuple(_role(text, a, r) for r in roles) for a in found}
    into.rates["joint"].add(len(whole), len(seen), len(whole & seen))


def _matched(text: str, gold: list[MarkedAttribution], found: list[dict[str, Any]]) -> dict[int, int]:
    """Return number of the marked attribution by position of the found one: best overlap of contents first.

    Among contents that overlap alike, the one whose source overlaps comes first.
    """
    rows = []
    for a in gold:
        content, source = _marked(text, a.content), _marked(text, a.source)
        for i, f in enumerate(found):
            other = _role(text, f, "content")
            share = len(content & other) / (len(content | other) or 1)
            if share >= HALF:
                same = bool(source & _role(text, f, "source")) or (not source and f["implicit_source"])
                rows.append((-int(same), -share, a.number, i))
    pairs: dict[int, int] = {}
    for _, _, number, i in sorted(rows):
        if i not in pairs and number not in pairs.values():
            pairs[i] = number
    return pairs


def _attributions(
    report: AnnotatedReport,
    gold: list[MarkedAttribution],
    found: list[dict[str, Any]],
    pairs: dict[int, int],
    into: Scores,
) -> None:
    text = report.report.text
    by_number = {a.number: a for a in report.attributions}
    right = chains = relayed = 0
    met = set()
    for i, number in pairs.items():
        a, f = by_number[number], found[i]
        if a.kind == "own":
            continue
        said_by = bool(_marked(text, a.source) & _role(text, f, "source"))
        origin = bool(f["chain"]) and same_entity(f["chain"][-1], a.chain.origin.name)
        ok = said_by or origin
        right += ok
        met |= {number} if ok else set()
        allowed = [b for b in gold if b.content == a.content]
        chain_ok = any(same_chain([x.name for x in b.chain.links], f["chain"]) for b in allowed)
        chains += chain_ok
        relayed += chain_ok and len(a.chain.links) >= RELAYED
        if not chain_ok:
            into.misses.append(f"{report.id} {number}: chain {f['chain']} for {a.chain}")
    n_own = sum(by_number[n].kind == "own" for n in pairs.values())
    into.rates["attribution"].add(len(gold), len(found) - n_own, right)
    into.rates["chain"].add(len(gold), len(found) - n_own, chains)
    n_relayed = sum(len(a.chain.links) >= RELAYED for a in gold)
    into.rates["relayed_chain"].add(n_relayed, sum(len(f["chain"]) >= RELAYED for f in found), relayed)
    for a in gold:
        if a.number not in met:
            words = " … ".join(s.text for s in a.content)
            into.misses.append(f"{report.id} {a.number}: {a.kind} of {a.chain.origin.name}: {words}")


def same_chain(marked: Sequence[str], found: Sequence[str]) -> bool:
    """Tell whether two chains have the same links in order; an outlet that cites itself is one link."""
    first, second = _once(marked), _once(found)
    return len(first) == len(second) and all(map(same_entity, first, second))


def _once(chain: Sequence[str]) -> list[str]:
    return [name for i, name in enumerate(chain) if not i or fold(name) != fold(chain[i - 1])]


def same_entity(a: str, b: str) -> bool:
    """Tell whether two names can mean one speaker: the shorter one's words are at least half in the other."""
    first, second = _words(a), _words(b)
    shorter = min(first, second, key=len)
    return bool(shorter) and len(first & second) >= HALF * len(shorter)


def _words(name: str) -> frozenset[str]:
    words = frozenset(re.findall(r"\w+", re.sub(r"['’]s?\b", "", fold(name)))) - STOPWORDS
    return words - TITLES or words


def _contradictions(
    report: AnnotatedReport, answer: dict[str, Any], found: list[dict[str, Any]], pairs: dict[int, int],
    into: Scores,
) -> None:  # fmt: skip
    number = {found[i]["id"]: n for i, n in pairs.items()}
    text = report.report.text
    own = [(a.number, _marked(text, a.content)) for a in report.attributions if a.kind == "own"]
    of_claim = {
        c["id"]: number.get(c["attribution"]) or _own(c, text, own) for c in answer.get("claims", [])
    }  # fmt: skip
    links = [link for link in answer.get("links", []) if link["type"] == "contradicts"]
    seen = {frozenset((of_claim.get(link["a"], ""), of_claim.get(link["b"], ""))) for link in links}
    # Attributions that share a content (who passes on, and who spoke) say one thing.
    first = {
        b.number: min(a.number for a in report.attributions if a.content == b.content)
        for b in report.attributions
    }
    gold = {frozenset(first.get(n, n) for n in pair) for pair in report.contradictions}
    seen = {frozenset(first.get(n, n) for n in pair) for pair in seen}
    into.rates["contradiction"].add(len(gold), len(seen), len(gold & seen))
    into.misses += [f"{report.id}: contradiction {sorted(pair)} not found" for pair in gold - seen]
    into.misses += [f"{report.id}: contradiction {sorted(map(str, pair))} is false" for pair in seen - gold]


def _own(claim: dict[str, Any], text: str, own: list[tuple[str, frozenset[int]]]) -> str:
    """Return the statement of the outlet's own that a claim was read in, the claim's id where none is."""
    said = letters(text, claim["text"]["spans"]) if "text" in claim else frozenset()
    return next((n for n, marked in own if len(said & marked) >= HALF * (len(said) or 1)), claim["id"])


def _quantities(report: AnnotatedReport, answer: dict[str, Any], into: Scores) -> None:
    left = [
        (q["low"], q["high"], q["unit"]) for claim in answer.get("claims", []) for q in claim["quantities"]
    ]  # fmt: skip
    n_found, right = len(set(left)), 0
    for marked in report.quantities:
        want = marked.quantity
        hit = next(
            (q for q in left if _close(q[0], want.low) and _close(q[1], want.high) and q[2] == want.unit),
            None,
        )
        right += hit is not None
        if hit is None:
            into.misses.append(f"{report.id}: {want.text!r} ({want.low}..{want.high} {want.unit}) not found")
    wanted = {(q.quantity.low, q.quantity.high, q.quantity.unit) for q in report.quantities}
    into.rates["quantity"].add(len(report.quantities), max(n_found, right) if wanted else n_found, right)


def _close(a: float | None, b: float | None) -> bool:
    return a is b if a is None or b is None else math.isclose(a, b, rel_tol=0.01)


def _places(report: AnnotatedReport, answer: dict[str, Any], gazetteer: Gazetteer, into: Scores) -> None:
    placed = [p for claim in answer.get("claims", []) for p in claim["places"] if p["lat"] is not None]
    spots = {(fold(p["name"]), p["lat"], p["lon"]) for p in placed}
    keys = sorted({place.key for place in report.places if not place.metonym})
    right = 0
    met = set()
    for key in keys:
        near = {spot for spot in spots if _km(spot[1:], position(gazetteer, key)) <= RADIUS_KM}
        right += bool(near)
        met |= near
        if not near:
            into.misses.append(f"{report.id}: place {key} not within {RADIUS_KM:.0f} km")
    into.rates["place"].add(len(keys), len(spots - met) + right, right)
    names = {fold(p.span.text) for p in report.places if not p.metonym}
    for name in sorted({fold(p.span.text) for p in report.places if p.metonym} - names):
        into.metonyms += 1
        wrong = any(name == spot[0] for spot in spots)
        into.metonyms_placed += wrong
        into.misses += [f"{report.id}: metonym {name} has a position"] if wrong else []


def position(gazetteer: Gazetteer, key: str) -> tuple[float, float]:
    """Return latitude and longitude of a key (`Name` or `Name@region`).

    Raises
    ------
    ValueError
        When no row, or more than one, is meant.
    """
    name, at, region = key.partition("@")
    rows = [p for p in gazetteer.named(name) if not at or p.region == region]
    if len(rows) != 1:
        raise ValueError(f"{len(rows)} rows of the gazetteer are meant by {key!r}")
    return rows[0].lat_e7 / DEGREE_E7, rows[0].lon_e7 / DEGREE_E7


def _km(a: tuple[float, float], b: tuple[float, float]) -> float:
    (lat1, lon1), (lat2, lon2) = ((math.radians(x), math.radians(y)) for x, y in (a, b))
    half = (
        math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    )
    return 2 * EARTH_KM * math.asin(math.sqrt(half))


def _gaps(report: AnnotatedReport, answer: dict[str, Any], into: Scores) -> None:
    left = [_words(gap["question"]) for gap in answer.get("gaps", [])]
    right = 0
    for span in report.gaps:
        words = _words(span.text)
        hit = next((q for q in left if q & words and len(q & words) >= HALF * min(len(q), len(words))), None)
        if hit is None:
            into.misses.append(f"{report.id}: gap {span.text!r} not found")
            continue
        left.remove(hit)
        right += 1
    into.rates["gap"].add(len(report.gaps), len(answer.get("gaps", [])), right)


def reports_of(split: str) -> tuple[AnnotatedReport, ...]:
    """Return the annotated reports of a split, or of a folder, in order of file and place.

    Raises
    ------
    ValueError
        When a report cannot be read.
    """
    folder = CORPUS / split if split in SPLITS else Path(split)
    found: list[AnnotatedReport] = []
    for file in sorted(folder.glob("*.report")):
        reports, problems = annotated_report.read(file.read_bytes(), file=file.name)
        if problems:
            raise ValueError("\n".join(map(str, problems)))
        found += reports
    return tuple(found)


def answer_of(report: AnnotatedReport, gazetteer: Path, folder: Path) -> dict[str, Any]:
    """Return what `claims extract` says about a report, asked as a person asks it."""
    path = folder / f"{report.id}.txt"
    path.write_text(report.report.text, "utf-8", newline="")
    out = io.StringIO()
    asked = ["claims", "extract", str(path), "--gazetteer", str(gazetteer), "--json"]
    asked += ["--date", report.report.published, "--outlet", report.report.outlet]
    with contextlib.redirect_stdout(out):
        safepassage(asked)
    answer: dict[str, Any] = json.loads(out.getvalue())
    return answer


def measure(split: str, gazetteer: Path, found: Path | None) -> tuple[dict[str, Any], list[str]]:
    """Return the row of a split and what was missed in it."""
    known, _ = gazetteer_in.read(gazetteer.read_bytes(), file=gazetteer.name)
    scores, reports = Scores(), reports_of(split)
    started = time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        for report in reports:
            if found is not None:
                answer = json.loads((found / f"{report.id}.json").read_text("utf-8"))
            else:
                answer = answer_of(report, gazetteer, Path(folder))
            score(report, answer, known, scores)
    row: dict[str, Any] = {"split": split, "reports": len(reports)}
    row |= {name: rate.row() for name, rate in scores.rates.items()}
    row |= {"metonyms": scores.metonyms, "metonyms_with_position": scores.metonyms_placed}
    return row | {"cpu_s": time.process_time() - started}, scores.misses


def documents(split: str) -> Iterator[str]:
    """Yield documents of DOCUMENT_TOKENS tokens at least, made of the reports of a split in order."""
    parts: list[str] = []
    for report in reports_of(split):
        parts.append(report.report.text)
        if sum(len(TOKEN.findall(part)) for part in parts) >= DOCUMENT_TOKENS:
            yield "\n\n".join(parts)
            parts = []


def speed(split: str, gazetteer: Path) -> str:
    """Return how many documents are read in a second, and when the first has its claims."""
    known, _ = gazetteer_in.read(gazetteer.read_bytes(), file=gazetteer.name)
    texts = list(documents(split))
    given = [
        Report(outlet="Outlet", text=text, published="2031-05-14", received="2031-05-14T12:00:00Z")
        for text in texts
    ]
    extract(replace(given[0], text="The mayor said two buses left."), known)  # loads the parser
    spent, clock = [], []
    for report in given:
        cpu, wall = time.process_time(), time.perf_counter()
        extract(report, known)
        spent.append(time.process_time() - cpu)
        clock.append(time.perf_counter() - wall)
    first = f"claims of the first after {clock[0]:.2f} s ({spent[0]:.2f} CPU s)"
    rate = f"{len(texts) / sum(spent):.1f} a CPU second"
    return f"{len(texts)} documents of {DOCUMENT_TOKENS} tokens: {rate}, {first}"


def table(rows: Iterable[dict[str, Any]]) -> str:
    """Return the rows as a table."""
    lines = [
        "| split | what | precision | recall | F1 | right / marked | found |",
        "|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        for name in RATES:
            r = row[name]
            numbers = f"{r['precision']:.1f} | {r['recall']:.1f} | {r['f1']:.1f}"
            if r["gold"] or r["found"]:
                lines.append(
                    f"| {row['split']} | {name} | {numbers} | {r['right']} / {r['gold']} | {r['found']} |"
                )
        metonyms = f"{row['metonyms_with_position']} of {row['metonyms']}"
        lines.append(f"| {row['split']} | metonyms with a position | | | | {metonyms} | |")
        lines.append(f"| {row['split']} | {row['reports']} reports, {row['cpu_s']:.1f} CPU s | | | | | |")
    return "\n".join(lines)


def main(argv: Sequence[str] | None = None) -> int:
    """Print the table, JSON, or what was missed."""
    form = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=form)
    parser.add_argument("--split", action="append", help=f"{', '.join(SPLITS)}, or a folder of .report files")
    parser.add_argument("--gazetteer", type=Path, default=CORPUS / "gazetteer.csv")
    parser.add_argument("--found", type=Path, help="folder of answers, ID.json each")
    parser.add_argument("--texts", type=Path, help="write ID.txt into this folder and stop")
    parser.add_argument("--misses", action="store_true")
    parser.add_argument("--speed", action="store_true", help="print how fast the texts are read, and stop")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args(argv)
    splits = args.split or list(SPLITS)
    if args.misses and any("heldout" in split for split in splits):
        parser.error("what was missed in held-out reports is not shown: it would be tuned to")
    if args.speed:
        print("\n".join(f"{split}: {speed(split, args.gazetteer)}" for split in splits))
        return 0
    if args.texts is not None:
        args.texts.mkdir(parents=True, exist_ok=True)
        for report in (r for split in splits for r in reports_of(split)):
            (args.texts / f"{report.id}.txt").write_text(report.report.text, "utf-8", newline="")
        return 0
    measured = [measure(split, args.gazetteer, args.found) for split in splits]
    if args.misses:
        print("\n".join(line for _, misses in measured for line in misses))
    rows = [row for row, _ in measured]
    rss_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"rows": rows, "rss_mb": rss_mb}, indent=1) if args.json else table(rows))
    return 0


if __name__ == "__main__":
    sys.exit(main())
