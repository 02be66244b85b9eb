"""`safepassage claims review`: one claim after the other on the terminal, one key each."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace

from safepassage.cli.claims import ledger_file
from safepassage.cli.claims.claim_line import facts_line
from safepassage.cli.outcome import Outcome, harmless_text
from safepassage.cli.run import OK
from safepassage.domain.claims.edit import edited
from safepassage.domain.claims.ledger import (
    Act,
    ClaimCorrected,
    ClaimDecided,
    ClaimLink,
    ClaimsLinked,
    Entry,
    GradeSet,
    Ledger,
    Standing,
)
from safepassage.domain.claims.values import InformationGrade, SourceGrade
from safepassage.domain.claims.words import Decision, LinkKind

KEYS = (
    "a accept · r reject · u unverifiable · B2 grade and accept · Enter skip · q stop\n"
    "e FIELD VALUE correct (predicate, polarity, modality, low, high, unit) · m ID merge into that claim"
)
DECISIONS = {"a": Decision.ACCEPTED, "r": Decision.REJECTED, "u": Decision.UNVERIFIABLE}
STOP = "q"
SHOWN, MOST_ALIKE = 60, 3
GRADE = re.compile(r"([a-f])([1-6])", re.IGNORECASE)
EDIT = re.compile(r"e (\w+) (.+)", re.IGNORECASE)
MERGE = re.compile(r"m ([cf]-\w+)", re.IGNORECASE)


def run(options: argparse.Namespace) -> Outcome:
    """Ask about every open claim; each answer is on disk before the next question."""
    ledger, _ = ledger_file.load_named(options)
    decided = 0
    for acts in decisions(ledger, options.by, input, _say):
        at = ledger_file.now()
        ledger_file.append_named(options, [Entry(at=at, by=options.by, act=act) for act in acts])
        decided += 1
    left = sum(s.decision == Decision.PROPOSED for s in ledger.counting()) - decided
    return Outcome(
        code=OK, text=f"{decided} claims decided, {left} left.", data={"decided": decided, "left": left}
    )


def _say(text: str) -> None:
    sys.stdout.write(harmless_text(text))


def decisions(
    ledger: Ledger, by: str, ask: Callable[[str], str], say: Callable[[str], object]
) -> Iterator[tuple[Act, ...]]:
    """Yield what a person decides about each open claim; an end of input stops as `q` does."""
    waiting = [s for s in ledger.counting() if s.decision == Decision.PROPOSED]
    for number, first in enumerate(waiting, start=1):
        standing: Standing = first
        edits: tuple[Act, ...] = ()
        while True:
            say(f"\n{number} of {len(waiting)}\n{card(ledger, standing)}\n{_alike(ledger, standing)}{KEYS}\n")
            answer = _answer(ask, say)
            edit = EDIT.fullmatch(answer)
            if edit is None:
                break
            standing, edits = _edited(first, standing, edit, edits, say)
        if answer == STOP:
            if edits:
                yield edits
            return
        acts = (*edits, *_acts(standing, answer, by, ledger, say))
        if acts:
            yield acts


def _edited(
    first: Standing,
    standing: Standing,
    edit: re.Match[str],
    edits: tuple[Act, ...],
    say: Callable[[str], object],
) -> tuple[Standing, tuple[Act, ...]]:
    """Return the claim as corrected so far, and the one correction that leads there."""
    try:
        better = edited(standing.claim, {edit[1].lower(): edit[2]})
    except ValueError as fault:
        say(f"{fault}\n")
        return standing, edits
    corrected = (ClaimCorrected(claim=first.claim.id, by_claim=better),) if better != first.claim else ()
    return replace(standing, claim=better), corrected


def _alike(ledger: Ledger, standing: Standing) -> str:
    """Return the claims about the same thing from other words, to merge into; a few, the newest last."""
    mine = standing.claim
    keys = {place.key for place in getattr(mine, "places", ())}
    rows = [
        f"  like {other.claim.id}: “{other.claim.span.text[:SHOWN]}”\n"
        for other in ledger.counting()
        if other.claim.id != mine.id
        and other.claim.predicate == mine.predicate
        and keys & {place.key for place in getattr(other.claim, "places", ())}
    ]
    return "".join(rows[-MOST_ALIKE:])


def _answer(ask: Callable[[str], str], say: Callable[[str], object]) -> str:
    """Return the first answer that is one of the keys."""
    while True:
        try:
            answer = ask("> ").strip()
        except EOFError:
            return STOP
        if answer.lower() in {STOP, "", *DECISIONS} or GRADE.fullmatch(answer):
            return answer.lower()
        if EDIT.fullmatch(answer) or MERGE.fullmatch(answer):
            return answer
        say(f"{answer!r} is none of: {KEYS}\n")


def _acts(
    standing: Standing, answer: str, by: str, ledger: Ledger, say: Callable[[str], object]
) -> tuple[Act, ...]:
    name = standing.claim.id
    merge = MERGE.fullmatch(answer)
    if merge:
        return _merged(name, merge[1].lower(), ledger, say)
    if answer in DECISIONS:
        return (ClaimDecided(claim=name, decision=DECISIONS[answer]),)
    grade = GRADE.fullmatch(answer)
    if grade is None:
        return ()
    source = SourceGrade(letter=grade[1].upper(), set_by=by)
    information = InformationGrade(number=int(grade[2]), set_by=by)
    graded = GradeSet(claim=name, source=source, information=information)
    return graded, ClaimDecided(claim=name, decision=Decision.ACCEPTED)


def _merged(name: str, into: str, ledger: Ledger, say: Callable[[str], object]) -> tuple[Act, ...]:
    """Return a merger: the other claim takes this one's place, and both words stay in the ledger."""
    other = ledger.claims.get(into)
    if other is None or into == name:
        say(f"{into} is no other claim of the ledger; skipped\n")
        return ()
    link = ClaimLink(kind=LinkKind.RESTATES, a=name, b=into)
    return ClaimsLinked(link=link), ClaimCorrected(claim=name, by_claim=other.claim)


def card(ledger: Ledger, standing: Standing) -> str:
    """Return a claim as a person needs it to decide: the words in place, whose they are, what they say."""
    claim, report = standing.claim, ledger.reports[standing.claim.report]
    before = report.text[max(0, claim.span.start - 80) : claim.span.start].replace("\n", " ")
    after = report.text[claim.span.end : claim.span.end + 40].replace("\n", " ")
    side = f" ({claim.chain.origin.side})" if claim.chain.origin.side else ""
    grade = f"{claim.source_grade.letter}{claim.information_grade.number}"
    handed_on = ", ".join(part for part in (report.outlet, report.published) if part)
    return (
        f"  …{before}[{claim.span.text}]{after}…\n"
        f"  reported by {claim.chain}{side}; {handed_on}; grade {grade}\n"
        f"  {facts_line(claim)}"
    )
