"""The situation in brief: short sentences for a situation report, each with the claims it rests on."""

from __future__ import annotations

from collections.abc import Iterator

from safepassage.domain.counts import people
from safepassage.domain.release import Audience, Release
from safepassage.formats.containers.markup import kept_apart, printable
from safepassage.formats.facts import evidence_facts
from safepassage.formats.facts.claims_facts import ClaimsFacts, ConflictFacts
from safepassage.formats.facts.local_clock import LocalClock
from safepassage.formats.facts.release_stamp import stamp_words
from safepassage.formats.paper.paper import LEAD, Paper, Rows, Words

_NO_FINDING = "Claims stand as their origins made them; nothing here is a finding. Not reported is not clear."


def write(release: Release) -> bytes:
    """Return the situation in brief as plain text.

    Raises
    ------
    ValueError
        When the release was made for another audience.
    """
    release.require(Audience.PLANNING_TEAM)
    clock = LocalClock.of(release.inputs)
    plan = release.plan
    exercise = " · EXERCISE" if plan["exercise"] else ""
    incomplete = "" if plan["complete"] else " · INCOMPLETE"
    head = [
        f"{release.sensitivity.name}{exercise}{incomplete}",
        printable(plan["title"]),
        f"Situation in brief, as reported at {clock.moments(clock.seconds(plan['as_of']))}",
        "",
    ]
    rows = [f"- {printable(text)}" + (f" [{ids}]" if ids else "") for text, ids in sentences(release, clock)]
    tail = [
        "",
        _NO_FINDING,
    ]
    return kept_apart("\n".join([*head, *rows, *tail, ""])).encode("utf-8")


def paper(release: Release) -> Paper:
    """Return the situation in brief as a document for paper.

    Raises
    ------
    ValueError
        When the release was made for another audience.
    """
    release.require(Audience.PLANNING_TEAM)
    clock = LocalClock.of(release.inputs)
    rows, as_of = sentences(release, clock), clock.moments(clock.seconds(release.plan["as_of"]))
    return Paper(
        title="Situation in brief",
        subtitle=f"{release.plan['title']}. As reported at {as_of}. {clock.legend}.",
        language="en",
        stamp=stamp_words(release),
        foot=str(release.inputs["network"]["attribution"]),
        blocks=(
            Words(text=_NO_FINDING, tone=LEAD),
            Rows(heads=("What is reported", "Claims"), rows=rows, widths=(5, 2)),
        ),
    )


def sentences(release: Release, clock: LocalClock) -> tuple[tuple[str, str], ...]:
    """Return (sentence, ids of the claims behind it): movement, closures, hazard, conflicts, gaps."""
    said = ClaimsFacts(release, clock)
    return (
        *_movement(release, clock),
        *_closed(said),
        *_hazards(said),
        *_contested(said),
        *_open(release, said),
    )


def _movement(release: Release, clock: LocalClock) -> Iterator[tuple[str, str]]:
    for row in release.plan["directions"]:
        by = "" if row["clearance_s"] is None else f" by {clock.moments(row['clearance_s'])}"
        left = f"; {row['persons_unserved']:,} cannot be served" if row["persons_unserved"] else ""
        share = f"{row['persons_served']:,} of {people(row['persons_demand'])}"
        yield f"{row['name']}: {share} can arrive{by}{left}.", ""
    held = sum(row["persons"] for row in release.plan["hold"])
    yield (
        f"Do not move now stays an option: {people(held)} {'is' if held == 1 else 'are'} where they are.",
        "",
    )


def _closed(said: ClaimsFacts) -> Iterator[tuple[str, str]]:
    for row in said.closures():
        against = f"; said to be open, without effect: {row.against}" if row.against else ""
        yield f"Not used: {row.road}, “{row.words}”{against}.", row.ids


def _hazards(said: ClaimsFacts) -> Iterator[tuple[str, str]]:
    for row in said.hazards():
        range_ = f"{row.hazard} optimistic / expected / precautionary"
        yield f"{row.what}, reported by {row.origins} ({row.standing}); {range_}.", row.ids


def _contested(said: ClaimsFacts) -> Iterator[tuple[str, str]]:
    for row in said.conflicts():
        yield _versions(row), ", ".join(version.ids for version in row.versions)


def _versions(row: ConflictFacts) -> str:
    versions = "; ".join(f"{v.said} ({v.origin}, {v.age})" for v in row.versions)
    return f"Contested: {row.title}: {versions}."


def _open(release: Release, said: ClaimsFacts) -> Iterator[tuple[str, str]]:
    for gap in said.gaps():
        yield f"Not reported: {gap.question} ({gap.outlet}, {gap.age})", ""
    for row in evidence_facts.not_assessed(release):
        yield f"Not assessed: {row['text']}", ""
