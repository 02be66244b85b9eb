"""Reads a report from its first to its last paragraph: attributions with their chains, claims and gaps."""

from __future__ import annotations

import hashlib
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from safepassage.domain.claims.actors import Actor
from safepassage.domain.claims.gazetteer import Gazetteer
from safepassage.domain.claims.ledger import InformationGap
from safepassage.domain.claims.reading import ProposedClaim, Reading, StatedBy, Words
from safepassage.domain.claims.values import (
    Chain,
    Link,
    PlaceReference,
    Quantity,
    Report,
    Span,
    TimeSpan,
    fold,
)
from safepassage.domain.claims.words import Modality, OriginKind, PlacePrecision
from safepassage.engines.extraction import claims as drafting
from safepassage.engines.extraction import clauses as parts
from safepassage.engines.extraction import gaps as silence
from safepassage.engines.extraction import lexicon, slavic
from safepassage.engines.extraction import places as placing
from safepassage.engines.extraction.actor_words import ActorList
from safepassage.engines.extraction.answers import answered
from safepassage.engines.extraction.attribution import Attribution
from safepassage.engines.extraction.claims import Stage
from safepassage.engines.extraction.frames import attributions
from safepassage.engines.extraction.lexicon import modality
from safepassage.engines.extraction.passages import Passage, blocks, passages
from safepassage.engines.extraction.quantities import Found as QuantityFound
from safepassage.engines.extraction.quantities import quantities
from safepassage.engines.extraction.relays import OUTLETS
from safepassage.engines.extraction.speakers import FIRST_PERSON, PERSONS, Memory, Speaker, medium_of
from safepassage.engines.extraction.statements import NO_BLOCK, Statement, statement
from safepassage.engines.extraction.times import Clock, clock, times
from safepassage.engines.extraction.times import Found as TimeFound
from safepassage.engines.extraction.tree import Tree
from safepassage.engines.extraction.word_sets import words
from safepassage.kernels.reading.english import TokenRow, parse_each

Value = TypeVar("Value", Quantity, TimeSpan)
Frames = Callable[[Tree], tuple[Attribution, ...]]
Parser = Callable[[Iterable[str]], Iterator[tuple[TokenRow, ...]]]
ANY_DAY = "2000-01-01"
"""What relative times are read against where no day of publication is known; their bounds are dropped."""
NO_SPEECH = (lexicon.INTENDING - lexicon.PROMISING) | lexicon.THINKING
"""What somebody is said to plan or think is the word of who says so: such verbs add nobody to a chain."""
SLAVIC = frozenset({"ru", "uk"})
"""Languages that are read by word order alone; experimental."""
PAPERS = words(
    """standard times post news herald tribune journal gazette observer mail star telegraph independent
    chronicle press daily courier online tv channel monitor review dispatch today world weekly radio"""
)
"""Last words of the names of outlets; whom one "told" of that name passes it on."""
LONGEST_ACRONYM = 5
NO_PRESS = frozenset(
    {"UN", "EU", "US", "UK", "USA", "NATO", "OSCE", "ICRC", "WHO", "IAEA", "OCHA", "MP", "MPS", "PM"}
)
"""Acronyms that name no outlet; whom one "told" of any other is taken for one."""
OCCASIONS = words("conference briefing meeting summit session hearing press media")
"""What people are told at, and the press in general: no link of a chain."""
UNNAMED = "unnamed"
"""The origin of what is told without saying by whom."""


@dataclass(slots=True)
class _Reader:
    """What is known while a report is read."""

    report: Report
    memory: Memory
    gazetteer: Gazetteer
    at: Clock | None
    last: Speaker | None = None
    stated: list[StatedBy] = field(default_factory=list)
    gaps: list[InformationGap] = field(default_factory=list)
    frames: Frames = attributions
    stages: list[tuple[Stage, tuple[placing.Mention, ...], tuple[str, ...]]] = field(default_factory=list)


def read(
    report: Report,
    gazetteer: Gazetteer,
    actors: Sequence[Actor] = (),
    *,
    parser: Parser = parse_each,
    frames: Frames | None = None,
) -> Reading:
    """Return what a report proposes; links between its claims are drawn elsewhere.

    `frames` finds the attributions of a passage; without it, those of the report's language do.

    Raises
    ------
    ParserMissingError
        When no parser is installed.
    ValueError
        When the report's day of publication is no ISO 8601 date or time.
    """
    reader = _read(report, gazetteer, actors, parser, frames)
    said = _said(reader)
    answered([one for _, one in said])
    proposed = [ProposedClaim(claim=claim, attribution=name) for name, one in said for claim in one.claims]
    return Reading(
        report=reader.report,
        attributions=tuple(reader.stated),
        claims=tuple({p.claim.id: p for p in reversed(proposed)}.values())[::-1],
        gaps=tuple({g.id: g for g in reader.gaps}.values()),
    )


def statements(report: Report, gazetteer: Gazetteer) -> tuple[tuple[str, Statement], ...]:
    """Return what is said in a report, by attribution ("" for its own voice), before any of it answers."""
    return tuple(_said(_read(report, gazetteer, (), parse_each)))


def _read(
    report: Report,
    gazetteer: Gazetteer,
    actors: Sequence[Actor],
    parser: Parser,
    frames: Frames | None = None,
) -> _Reader:
    """Return a report read paragraph by paragraph."""
    at = clock(report.published) if report.published else None
    memory = Memory(ActorList(tuple(actors)), gazetteer, report.outlet)
    reader = _Reader(report, memory, gazetteer, at)
    whole = passages(report.text)
    if report.language in SLAVIC:
        reader.frames, parser = slavic.attributions, slavic.rows_each
    reader.frames = frames or reader.frames
    for passage, rows in zip(whole, parser(p.repaired for p in whole), strict=True):
        if rows:
            _passage(reader, passage, Tree(rows))
    return reader


def _passage(reader: _Reader, passage: Passage, tree: Tree) -> None:
    """Read one paragraph: attributions first, for they say whose words the rest is."""
    gaps = silence.gaps(passage.repaired)
    silent = frozenset(k for k, t in enumerate(tree.tokens) for g in gaps if g.start <= t.start < g.end)
    found = tuple(
        a
        for a in reader.frames(tree)
        if not a.cue
        or a.cue[0] not in silent
        or a.kind == "noun"
        or tree.tokens[a.cue[0]].lemma in lexicon.REFUSING
    )
    speakers = _speakers(reader, passage, tree, found)
    chains = tuple(_chain(reader, tree, found, speakers, n, passage.start) for n in range(len(found)))
    ids = tuple(f"a{len(reader.stated) + n}" for n in range(1, len(found) + 1))
    for n, a in enumerate(found):
        reader.stated.append(_stated(passage, tree, a, chains[n], ids[n]))
    reader.gaps.extend(_gap(reader.report, passage, g) for g in gaps)
    sources = frozenset(k for a in found for k in a.source)
    mentions = placing.mentions(tree, reader.gazetteer, sources, _people(reader.memory))
    found_times = _times(passage.repaired, reader.at)
    counted = _counted(passage.repaired, found_times, _unit_before(reader, passage))
    stage = Stage(
        passage=passage, tree=tree, found=found, chains=chains,
        modalities=tuple(_modality(a) for a in found),
        coerced=tuple(bool(s and s.role.coerced) for s in speakers),
        own=Chain(links=(_outlet(reader.report),)), report=reader.report.id,
        uttered=reader.report.published[:10],
        quantities=_placed(tree, counted),
        times=_placed(tree, found_times),
        silent=silent,
    )  # fmt: skip
    reader.stages.append((stage, mentions, ids))


def _times(text: str, at: Clock | None) -> tuple[TimeFound, ...]:
    """Return the times of a text; without a day of publication they are words without bounds."""
    if at is not None:
        return times(text, at)
    return tuple(
        TimeFound(t.start, t.end, TimeSpan(from_utc_s=None, until_utc_s=None, precision=t.time.precision,
                                           text=t.time.text))
        for t in times(text, clock(ANY_DAY))
    )  # fmt: skip


def _unit_before(reader: _Reader, passage: Passage) -> str:
    """Return the unit last counted in on the line right before a passage, "" after a blank line."""
    if not reader.stages:
        return ""
    last = reader.stages[-1][0]
    end = last.passage.start + len(last.passage.original)
    near = reader.report.text[end : passage.start].count("\n") <= 1 or drafting.FIGURE.search(
        passage.repaired
    )
    plain = [q for k, q in last.quantities if not k or last.tree.tokens[k - 1].text != "("]
    return plain[-1].unit if near and plain else ""


def _counted(text: str, named: Sequence[TimeFound], unit_before: str) -> list[QuantityFound]:
    """Return the quantities of a text that are no part of a time."""
    return [
        q for q in quantities(text, unit_before) if all(q.end <= t.start or q.start >= t.end for t in named)
    ]


def _placed(tree: Tree, found: Iterable[tuple[int, int, Value]]) -> tuple[tuple[int, Value], ...]:
    """Return what was read in the text with the tokens it begins at."""
    starts = [token.start for token in tree.tokens]
    rows = []
    for start, end, value in found:
        k = bisect_left(starts, start)
        if k < len(starts) and starts[k] < end:
            rows.append((k, value))
    return tuple(rows)


def _speakers(
    reader: _Reader, passage: Passage, tree: Tree, found: Sequence[Attribution]
) -> tuple[Speaker | None, ...]:
    """Return who speaks in each attribution; a quotation that goes on has the last speaker."""
    speakers: list[Speaker | None] = []
    outer = [_around(found, n) for n in range(len(found))]
    held = {k for a in found for k in a.content}
    for k, positions in _names(tree):
        reader.memory.note_name(tree, positions, passage.start + tree.tokens[k].start)
    for k, token in enumerate(tree.tokens):
        if token.pos == "NOUN" and token.lemma in PERSONS and tree.tokens[token.head].pos != "NOUN":
            reader.memory.note_mentioned(tree, k, passage.start + token.start)
    order = sorted(range(len(found)), key=lambda n: _place_in_order(tree, found[n]))
    known: dict[int, Speaker | None] = {}
    subjects = _subjects(tree, held)
    for n in order:
        a = found[n]
        where = passage.start + tree.tokens[(a.source or a.cue or a.content)[0]].start
        while subjects and passage.start + tree.tokens[subjects[0]].start <= where:
            k = subjects.pop(0)
            reader.memory.note_subject(tree, k, passage.start + tree.tokens[k].start)
        around = known.get(outer[n]) if outer[n] >= 0 else None
        if a.source:
            inside = tree.quoted[a.source[0]] >= 0
            known[n] = reader.memory.speaker(
                tree, a.source, where, around or (reader.last if inside else None)
            )
        elif a.kind == "continuation":
            known[n] = known.get(_heir(found, n), reader.last)
        else:
            known[n] = None
        if known[n] is not None and outer[n] < 0:
            reader.last = known[n]
    for k in subjects:
        reader.memory.note_subject(tree, k, passage.start + tree.tokens[k].start)
    speakers = [known.get(n) for n in range(len(found))]
    return tuple(speakers)


def _place_in_order(tree: Tree, a: Attribution) -> tuple[bool, int]:
    """Return when a source is looked at: as it is read, but "I" and "we" after who speaks around them."""
    first = (a.source or a.cue or a.content)[0]
    return bool(a.source) and tree.tokens[first].text.lower() in FIRST_PERSON, first


def _names(tree: Tree) -> Iterator[tuple[int, tuple[int, ...]]]:
    """Yield names of two words or more, with the titles before them: whom the text names in full."""
    for k, token in enumerate(tree.tokens):
        parts = [c for c in tree.children[k] if tree.tokens[c].dep == "compound" and c < k]
        if token.tag == "NNP" and any(tree.tokens[c].tag == "NNP" for c in parts):
            yield k, tuple(range(min(parts), k + 1))


def _subjects(tree: Tree, held: set[int]) -> list[int]:
    """Return the named subjects of main clauses that nobody is quoted with, in order."""
    return [
        k for k, t in enumerate(tree.tokens)
        if t.dep == "nsubj" and k not in held and tree.tokens[t.head].dep == "ROOT"
        and (t.pos == "PROPN" or any(tree.tokens[c].pos == "PROPN" for c in tree.with_dep(k, "appos")))
    ]  # fmt: skip


def _around(found: Sequence[Attribution], n: int) -> int:
    """Return the innermost attribution whose content holds another's cue, -1 without one."""
    at = (found[n].cue or found[n].content)[0]
    holders = [
        m for m, a in enumerate(found)
        if m != n and at in a.content and len(a.content) > len(found[n].content) - len(found[n].cue)
        and not set(a.cue) & set(found[n].content) and a.content != found[n].content
    ]  # fmt: skip
    return min(holders, key=lambda m: len(found[m].content), default=-1)


def _chain(
    reader: _Reader, tree: Tree, found: Sequence[Attribution], speakers: Sequence[Speaker | None], n: int,
    start: int,
) -> Chain:  # fmt: skip
    """Return the chain of an attribution: outlet, who cites, the speaker, on whom the speaker relies."""
    if found[n].kind == "continuation" and (heir := _heir(found, n)) >= 0:
        return _chain(reader, tree, found, speakers, heir, start)
    links = [_outlet(reader.report)]
    path = [n]
    while (outer := _around(found, path[0])) >= 0 and outer not in path:
        path.insert(0, outer)
    for m in path:
        if m != path[0] and found[m].lemma in NO_SPEECH:
            continue
        links.extend(_links(reader, tree, found[m], speakers[m], start))
    if _is_hearsay(found[n], speakers[n]) and len(links) == len(path):
        links.append(Link(name=_unnamed(found[n]), kind=OriginKind.UNKNOWN))
    if len(links) == 1 and reader.memory.body.name != reader.report.outlet:
        links.append(reader.memory.body.link())
    kept: list[Link] = []
    for link in links:
        if not kept or link.name != kept[-1].name:
            kept.append(link)
    return Chain(links=tuple(kept))


def _heir(found: Sequence[Attribution], n: int) -> int:
    """Return the attribution that a quotation goes on with, told to whoever was told it; -1 without one."""
    return next((m for m, a in enumerate(found) if a.cue and a.cue[0] == found[n].heir), -1)


def _unnamed(a: Attribution) -> str:
    """Return what to call the origin of hearsay: "unnamed rumour" of a rumour."""
    return f"{UNNAMED} {a.lemma}" if a.kind == "noun" else UNNAMED


def _is_hearsay(a: Attribution, speaker: Speaker | None) -> bool:
    """Tell whether something is told without saying by whom ("there are reports that")."""
    told = a.kind == "noun" or a.lemma in lexicon.CLAUSAL
    return speaker is None and not a.source and bool(a.cue) and told and not (a.via or a.citing)


def _links(
    reader: _Reader, tree: Tree, a: Attribution, speaker: Speaker | None, start: int
) -> Iterator[Link]:
    """Yield the links that one attribution adds to a chain."""
    at = start + tree.tokens[(a.source or a.cue or a.content)[0]].start - 1
    for named in a.via:
        known = _outlet_before(reader, tree, named) if named else None
        who = reader.memory.speaker(tree, named, at, None) if named and known is None else None
        if known is not None:
            yield known
        if who is not None:
            yield who.link()
    if a.addressee:
        heard = reader.memory.actors.role(_plain(tree, a.addressee), tree.tokens[a.addressee[-1]].text)
        if _is_press(tree, a.addressee, heard.kind) and not _is_own(reader.report, tree, a.addressee):
            known = _outlet_before(reader, tree, a.addressee)
            yield known or Link(name=_plain(tree, a.addressee), kind=OriginKind.PRESS, side=heard.side)
    if speaker is not None:
        around = {k for c in a.cue for k in tree.sentence(c)} - set(a.content)
        medium = medium_of(_plain(tree, sorted(around)))
        yield speaker.link(cue=_plain(tree, a.cue), medium=medium)
    for named in a.citing:
        who = reader.memory.speaker(tree, named, at, None) if named else None
        if who is not None:
            yield who.link()


def _outlet_before(reader: _Reader, tree: Tree, positions: Sequence[int]) -> Link | None:
    """Return the outlet that "the paper" or "the same channel" means: the last one named, None without."""
    said = [tree.tokens[k].text.lower() for k in positions]
    if said[0] != "the" or said[-1] not in OUTLETS or len(said) > len(("the", "same", "paper")):
        return None
    links = [x for stated in reader.stated for x in stated.chain.links[1:] if x.kind == OriginKind.PRESS]
    return links[-1] if links else None


def _modality(a: Attribution) -> Modality:
    """Return how an attribution puts its content forward; what is called a name is said, not asked for."""
    sworn = a.kind == "clause" and a.lemma == "swear"
    if sworn or (a.kind == "quotation" and a.lemma in lexicon.CALLING):
        return Modality.ASSERTED
    return modality(a.lemma)


def _is_own(report: Report, tree: Tree, positions: Sequence[int]) -> bool:
    """Tell whether some words name the report's own outlet ("told the Herald", "told this agency")."""
    named = [tree.tokens[k].text.lower() for k in positions]
    own = set(fold(report.outlet).split())
    bare = {word for word in named if word not in {"the", "a", "an"}}
    return named[0] in {"this", "our"} or (bool(bare) and bare <= own)


def _is_press(tree: Tree, positions: Sequence[int], kind: OriginKind) -> bool:
    """Tell whether somebody told an outlet, and not "reporters" in general or a press conference."""
    last = tree.tokens[positions[-1]]
    if last.tag == "NNS" or last.lemma in OCCASIONS:
        return False
    acronym = last.text.isupper() and last.text.isalpha() and 1 < len(last.text) <= LONGEST_ACRONYM
    named = [tree.tokens[k].text for k in positions]
    paper = any(w.lower() in PAPERS and w[:1].isupper() for w in (named[0], named[-1]))
    kind = OriginKind.PRESS if OUTLETS & {w.lower() for w in named} else kind
    return kind == OriginKind.PRESS or paper or (acronym and last.text not in NO_PRESS)


def _plain(tree: Tree, positions: Sequence[int]) -> str:
    return " ".join(tree.tokens[k].text for k in positions)


def _outlet(report: Report) -> Link:
    return Link(name=report.outlet, kind=OriginKind.PRESS, medium=report.medium)


def _people(memory: Memory) -> frozenset[str]:
    """Return the words of names of persons met so far: they are no places."""
    named = [s for _, s in (*memory.met, *memory.subjects) if s.is_person and len(s.proper) > 1]
    return frozenset(word for s in named for word in s.proper)


def _stated(passage: Passage, tree: Tree, a: Attribution, chain: Chain, name: str) -> StatedBy:
    return StatedBy(
        id=name,
        source=_words(passage, tree, a.source),
        cue=_words(passage, tree, a.cue),
        content=_words(passage, tree, a.content),
        chain=chain,
        kind=a.kind,
        modality=_modality(a) if a.lemma else Modality.ASSERTED,
        implicit_source=not a.source,
    )


def _words(passage: Passage, tree: Tree, positions: Sequence[int]) -> Words:
    """Return token positions as pieces of the text; neighbours are one piece."""
    runs: list[list[int]] = []
    for k in sorted(positions):
        if runs and runs[-1][-1] == k - 1:
            runs[-1].append(k)
        else:
            runs.append([k])
    return Words(
        spans=tuple(passage.span(tree.tokens[run[0]].start, tree.tokens[run[-1]].end) for run in runs)
    )


def _gap(report: Report, passage: Passage, found: silence.Found) -> InformationGap:
    span: Span = passage.span(found.start, found.end)
    name = hashlib.sha256(f"{report.id}|{span.start}|{found.question}".encode()).hexdigest()[:12]
    return InformationGap(id=f"g-{name}", report=report.id, question=found.question)


def _said(reader: _Reader) -> list[tuple[str, Statement]]:
    """Resolve the places of the whole text, then return what is said in each passage."""
    references = placing.resolved([m for _, mentions, _ in reader.stages for m in mentions])
    about = main_place(references)
    taken = 0
    said: list[tuple[str, Statement]] = []
    for stage, mentions, ids in reader.stages:
        here = references[taken : taken + len(mentions)]
        taken += len(mentions)
        placed = tuple((m.positions[0], r) for m, r in zip(mentions, here, strict=True))
        said += _statements(replace(stage, places=placed), ids, about)
    starts = blocks(reader.report.text)
    for _, one in said:
        one.block = bisect_right(starts, one.start) if starts else NO_BLOCK
    return said


def _statements(stage: Stage, ids: Sequence[str], about: str) -> list[tuple[str, Statement]]:
    """Return what is said in a passage, by attribution ("" for the report's own voice), with claims."""
    drafted = [(d.owner, drafting.with_subject(d.claim, about)) for d in drafting.claims(stage)]
    found_by = {m: n for n in range(len(stage.found)) for m in parts.findings(stage.tree, stage.found, n)}
    rows: list[tuple[str, Statement]] = []
    for n, a in enumerate(stage.found):
        told, own = drafting.told_in(stage, n), drafting.own_words(stage, n)
        mine = [claim for owner, claim in drafted if owner == n]
        if n in found_by.values():
            own = a.content
            mine += [replace(claim, chain=told.chain) for owner, claim in drafted if found_by.get(owner) == n]
        elif n in found_by:
            own, mine = (), []
        one = statement(
            stage.tree, own, a.lemma, told, claims=mine, counted=drafting.numbers_in(stage, own),
            whole=a.content,
        )  # fmt: skip
        rows.append((ids[n], one))
    left = [claim for owner, claim in drafted if owner < 0]
    for own in reversed(drafting.own_sentences(stage)):
        told = drafting.told_by_report(stage, own)
        here = [claim for claim in left if claim.span.start >= told.span.start]
        left = [claim for claim in left if claim.span.start < told.span.start]
        said = [k for k in own if k not in stage.silent]
        counted = drafting.numbers_in(stage, said)
        rows.append(("", statement(stage.tree, said, "", told, claims=here, counted=counted)))
    return sorted(rows, key=lambda row: row[1].start)


def main_place(places: Sequence[PlaceReference]) -> str:
    """Return the key of the place a report is mostly about: a district or province, else any; "" none."""
    on_ground = [p for p in places if not p.metonym and p.precision != PlacePrecision.COUNTRY]
    wide = [p for p in on_ground if p.precision in {PlacePrecision.PROVINCE, PlacePrecision.DISTRICT}]
    counted = Counter(p.key for p in wide or on_ground)
    first = {key: n for n, key in reversed(list(enumerate(p.key for p in wide or on_ground)))}
    return min(counted, key=lambda key: (-counted[key], first[key]), default="")
