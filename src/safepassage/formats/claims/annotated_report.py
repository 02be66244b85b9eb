r"""Annotated reports as text that a person reads and edits: marks in square brackets, a few lines below.

One file holds many reports. Before the first `===` stand defaults, behind each `=== id` the fields of one
report (`outlet`, `published`, `style`, `language`), a blank line, the text with its marks, a line `--` and
the notes::

    === field-001
    outlet: Convoy desk

    [S1 The mayor of [P Orlec]] [C1 said] [X1 [Q=1080..1320 persons|about 1,200 people] left].
    --
    1 clause asserted persons_left: Convoy desk > mayor of Orlec
    contradicts 1 2

`[S1 …] [C1 …] [X1 …]` are source, cue and content of attribution 1 (`S1+2` belongs to two; a repeated mark is
a further piece), `[Q=low..high unit|words]` a number, `[P=Name@region|words]` or `[P words]` a place,
`[M words]` a capital that stands for its government, `[T=from..until|words]` a time, `[G words]` what the
report says it does not say. Marks nest; `\[` and `\]` are brackets of the text; `-persons_left` is a negated
claim.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from safepassage.domain.claims.annotated import (
    AnnotatedReport,
    MarkedAttribution,
    MarkedPlace,
    MarkedQuantity,
    MarkedTime,
)
from safepassage.domain.claims.values import Chain, Link, Quantity, Report, Span, TimeSpan
from safepassage.domain.claims.words import ForcesPredicate, Modality, Polarity, Predicate, TimePrecision
from safepassage.domain.problem import Problem, Where, error

HEAD, NOTES, FORCES = "===", "--", "forces."
FIELDS = ("outlet", "published", "style", "language")
_OPEN = re.compile(r"\[([SCX])(\d+(?:\+\d+)*) |\[([PMG]) |\[([QPT])=([^|\[\]]*)\|")
_NOTE = re.compile(r"(\d+) (\w+) (\w+)(?: (-?)([\w.]+))?: (.+)")
_PREDICATES = {*Predicate, *(FORCES + word for word in ForcesPredicate)}
_HINT = "mend the mark; the other reports were read"


class _BrokenMarkError(ValueError):
    """What is wrong with one report; never leaves this module."""


@dataclass(slots=True)
class _Mark:
    kind: str
    value: str
    start: int
    end: int = -1


@dataclass(slots=True)
class _Draft:
    """One report while it is read: its lines by part, and the row it begins in."""

    id: str
    row: int
    head: dict[str, str] = field(default_factory=dict)
    body: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def read(data: bytes, *, file: str) -> tuple[tuple[AnnotatedReport, ...], tuple[Problem, ...]]:
    """Return the annotated reports of a file (UTF-8), and one problem for each that is broken."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return (), (error("FILE_ENCODING", Where(file=file), "the file is not in UTF-8", "save it as UTF-8"),)
    found: list[AnnotatedReport] = []
    problems: list[Problem] = []
    seen: set[str] = set()
    for draft in _drafts(text):
        try:
            if draft.id in seen:
                raise _BrokenMarkError(f"the id {draft.id} is there twice")
            seen.add(draft.id)
            found.append(_report(draft))
        except ValueError as fault:
            problems.append(
                error("REPORT_MARKS", Where(file=file, row=draft.row), f"{draft.id}: {fault}", _HINT)
            )
    return tuple(found), tuple(problems)


def _drafts(text: str) -> Iterator[_Draft]:
    defaults: dict[str, str] = {}
    draft: _Draft | None = None
    part = "head"
    for row, line in enumerate(text.splitlines(), start=1):
        if line.startswith(HEAD):
            if draft is not None:
                yield draft
            draft, part = _Draft(line[len(HEAD) :].strip(), row, dict(defaults)), "head"
        elif draft is None or part == "head":
            name, colon, value = line.partition(":")
            if colon and name in FIELDS:
                (defaults if draft is None else draft.head)[name] = value.strip()
            elif draft is not None:
                part = "body"
                draft.body += [line] if line.strip() else []
        elif line.strip() == NOTES:
            part = "notes"
        else:
            (draft.body if part == "body" else draft.notes).append(line)
    if draft is not None:
        yield draft


def _report(draft: _Draft) -> AnnotatedReport:
    text, marks = _stripped("\n".join(draft.body).strip("\n"))
    head = draft.head
    report = Report(
        outlet=head.get("outlet", ""), text=text, published=head.get("published", ""), received="",
        language=head.get("language", "en"),
    )  # fmt: skip
    attributions, contradictions = _notes(draft.notes, text, marks)
    loose = {n for m in marks if m.kind in "SCX" for n in m.value.split("+")} - {
        str(a.number) for a in attributions
    }
    if loose:
        raise _BrokenMarkError(f"no note tells the chain of attribution {min(loose, key=int)}")
    spans = [(m, _span(text, m)) for m in marks]
    return AnnotatedReport(
        id=draft.id, style=head.get("style", ""), report=report,
        attributions=attributions, contradictions=contradictions,
        quantities=tuple(
            MarkedQuantity(span=s, quantity=_quantity(m.value, s.text)) for m, s in spans if m.kind == "Q"
        ),
        places=tuple(_place(m, s) for m, s in spans if m.kind in "PM"),
        times=tuple(MarkedTime(span=s, time=_time(m.value, s.text)) for m, s in spans if m.kind == "T"),
        gaps=tuple(s for m, s in spans if m.kind == "G"),
    )  # fmt: skip


def _stripped(marked: str) -> tuple[str, list[_Mark]]:
    """Return the text without its marks, and the marks with offsets into it, in the order they open."""
    out: list[str] = []
    length, at = 0, 0
    marks: list[_Mark] = []
    open_marks: list[_Mark] = []
    while at < len(marked):
        sign = marked[at]
        opened = _OPEN.match(marked, at) if sign == "[" else None
        if opened:
            kind = opened[1] or opened[3] or opened[4]
            open_marks.append(_Mark(kind, (opened[2] or opened[5] or "").strip(), length))
            marks.append(open_marks[-1])
            at = opened.end()
            continue
        if sign == "[":
            raise _BrokenMarkError(f"{marked[at : at + 12]!r} opens no mark that is known")
        if sign == "]":
            if not open_marks:
                raise _BrokenMarkError(f"a mark is closed that was not opened, after {''.join(out)[-20:]!r}")
            open_marks.pop().end = length
            at += 1
            continue
        step = 2 if marked[at : at + 2] in {"\\[", "\\]"} else 1
        out.append(marked[at + step - 1])
        length, at = length + 1, at + step
    if open_marks:
        raise _BrokenMarkError(f"the mark {open_marks[-1].kind}{open_marks[-1].value} is not closed")
    return "".join(out), marks


def _span(text: str, mark: _Mark) -> Span:
    if mark.start == mark.end:
        raise _BrokenMarkError(f"the mark {mark.kind}{mark.value} holds no words")
    words = text[mark.start : mark.end]
    if words != words.strip():
        raise _BrokenMarkError(f"the mark {mark.kind}{mark.value} begins or ends with a space, at {words!r}")
    return Span(start=mark.start, end=mark.end, text=words)


def _notes(
    lines: list[str], text: str, marks: list[_Mark]
) -> tuple[tuple[MarkedAttribution, ...], tuple[tuple[int, int], ...]]:
    attributions: list[MarkedAttribution] = []
    pairs: list[tuple[int, int]] = []
    for line in filter(None, (line.strip() for line in lines)):
        pair = re.fullmatch(r"contradicts (\d+) (\d+)", line)
        note = _NOTE.fullmatch(line)
        if pair:
            pairs.append((int(pair[1]), int(pair[2])))
        elif note:
            attributions.append(_attribution(note, text, marks))
        else:
            raise _BrokenMarkError(
                f"the note {line!r} is neither `N kind modality predicate: chain` nor `contradicts`"
            )
    return tuple(attributions), tuple(pairs)


def _attribution(note: re.Match[str], text: str, marks: list[_Mark]) -> MarkedAttribution:
    number, predicate = note[1], note[5] or ""
    if predicate and predicate not in _PREDICATES:
        raise _BrokenMarkError(f"{predicate!r} is no predicate")
    if note[3] not in {*Modality}:
        raise _BrokenMarkError(f"{note[3]!r} is no modality")

    def spans(kind: str) -> tuple[Span, ...]:
        return tuple(_span(text, m) for m in marks if m.kind == kind and number in m.value.split("+"))

    return MarkedAttribution(
        number=int(number), source=spans("S"), cue=spans("C"), content=spans("X"),
        chain=Chain(links=tuple(Link(name=name.strip()) for name in note[6].split(">"))),
        kind=note[2], modality=Modality(note[3]), predicate=predicate,
        polarity=Polarity.NEGATED if note[4] else Polarity.AFFIRMED,
    )  # fmt: skip


def _place(mark: _Mark, span: Span) -> MarkedPlace:
    return MarkedPlace(span=span, key="" if mark.kind == "M" else mark.value or span.text)


def _quantity(value: str, words: str) -> Quantity:
    bounds, _, unit = value.partition(" ")
    low, dots, high = bounds.partition("..")
    try:
        first = float(low) if low else None
        second = (float(high) if high else None) if dots else first
    except ValueError:
        raise _BrokenMarkError(f"{bounds!r} is no number and no interval `low..high`") from None
    if not unit.strip():
        raise _BrokenMarkError(f"the number {words!r} has no unit")
    return Quantity(low=first, high=second, unit=unit.strip(), text=words)


def _time(value: str, words: str) -> TimeSpan:
    first, dots, last = value.partition("..")
    start = _moment(first, words, end=False)
    until = _moment(last if dots else first, words, end=True)
    precision = TimePrecision.HOUR if "T" in value else TimePrecision.DAY
    return TimeSpan(from_utc_s=start, until_utc_s=until, precision=precision, text=words)


def _moment(value: str, words: str, *, end: bool) -> int | None:
    """Return Unix seconds of a day or time (UTC); an ending day ends with its last second."""
    if not value:
        return None
    try:
        at = datetime.fromisoformat(value).replace(tzinfo=UTC)
    except ValueError:
        raise _BrokenMarkError(f"{value!r} at {words!r} is no day and no time") from None
    return int((at + timedelta(days=end and "T" not in value)).timestamp())


def write(report: AnnotatedReport) -> str:
    """Return one annotated report in the form that `read` takes; both ways nothing is lost."""
    head = {"outlet": report.report.outlet, "published": report.report.published, "style": report.style}
    head["language"] = report.report.language
    lines = [f"{HEAD} {report.id}", *(f"{name}: {value}" for name, value in head.items() if value), ""]
    lines += [_marked(report), NOTES]
    lines += [_note(attribution) for attribution in report.attributions]
    lines += [f"contradicts {a} {b}" for a, b in report.contradictions]
    return "\n".join(lines) + "\n"


def _note(attribution: MarkedAttribution) -> str:
    sign = "-" if attribution.polarity == Polarity.NEGATED else ""
    predicate = f" {sign}{attribution.predicate}" if attribution.predicate else ""
    chain = " > ".join(link.name for link in attribution.chain.links)
    return f"{attribution.number} {attribution.kind} {attribution.modality}{predicate}: {chain}"


def _marked(report: AnnotatedReport) -> str:
    """Return the text with its marks; a shorter span lies inside a longer one that begins with it."""
    roles: dict[tuple[str, Span], list[int]] = {}
    for a in report.attributions:
        for kind, spans in (("S", a.source), ("C", a.cue), ("X", a.content)):
            for span in spans:
                roles.setdefault((kind, span), []).append(a.number)
    marks = [(span, f"[{kind}{'+'.join(map(str, numbers))} ") for (kind, span), numbers in roles.items()]
    marks += [(q.span, f"[Q={_bounds(q.quantity)} {q.quantity.unit}|") for q in report.quantities]
    marks += [(p.span, "[M " if p.metonym else f"[P={p.key}|") for p in report.places]
    marks += [(t.span, f"[T={_times(t.time)}|") for t in report.times]
    marks += [(gap, "[G ") for gap in report.gaps]
    text = report.report.text
    opening: dict[int, str] = {}
    closing: dict[int, int] = {}
    for span, mark in sorted(marks, key=lambda m: (m[0].start, -m[0].end)):
        opening[span.start] = opening.get(span.start, "") + mark
        closing[span.end] = closing.get(span.end, 0) + 1
    signs = ["\\" + sign if sign in "[]" else sign for sign in text]
    return "".join("]" * closing.get(i, 0) + opening.get(i, "") + s for i, s in enumerate([*signs, ""]))


def _bounds(quantity: Quantity) -> str:
    low, high = ("" if b is None else format(b, ".15g") for b in (quantity.low, quantity.high))
    return low if low == high else f"{low}..{high}"


def _times(time: TimeSpan) -> str:
    """Return both ends as times of UTC; an open end is empty."""
    ends = (time.from_utc_s, time.until_utc_s)
    if time.precision == TimePrecision.DAY:
        days = [None if end is None else end - n * 86_400 for n, end in enumerate(ends)]
        return "..".join("" if d is None else f"{datetime.fromtimestamp(d, UTC):%Y-%m-%d}" for d in days)
    return "..".join("" if e is None else f"{datetime.fromtimestamp(e, UTC):%Y-%m-%dT%H:%M:%S}" for e in ends)
