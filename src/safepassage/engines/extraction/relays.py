"""Relays: who passes words on, and on whom a speaker relies ("X cited Y as saying", "citing Y")."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from safepassage.engines.extraction import lexicon
from safepassage.engines.extraction.attribution import Attribution
from safepassage.engines.extraction.tree import Tree
from safepassage.engines.extraction.word_sets import words
from safepassage.kernels.reading.english import TokenRow

CITING = frozenset({"cite", "quote"})
RELYING = frozenset({"citing", "quoting", "relaying"})
MOUTHS = words("spokesman spokeswoman spokesperson lawyer envoy deputy representative secretary office")
"""Through whom somebody speaks."""
EVIDENCE = words(
    """photograph photo picture image footage video data record figure statistics evidence document satellite
    map log screenshot leak intelligence"""
)
"""What is cited without anybody who speaks."""
PASSED_ON = words(
    """obtain show cite quote carry publish report broadcast relay air post circulate distribute release
    forward"""
)
"""Participles whose agent passes words on ("comments carried by the agency")."""
SHOWN = frozenset({"show", "air", "broadcast"})
"""What is shown on a channel is passed on by it."""
OUTLETS = words(
    "paper newspaper newsletter agency channel broadcaster outlet station daily weekly magazine site portal"
)
"""What an outlet is called after it was named."""
SPOKEN = words(
    """interview comment remark statement briefing message post video address article report broadcast"""
)
SPEAKING = frozenset({"speaking", "talking", "reached", "interviewed"})
"""Participles that say to whom, or through whom, somebody speaks."""
STEPS_UP = 4
"""How far above "as saying" the verb of citing may hang."""


def cited(tree: Tree, i: int, content: tuple[int, ...]) -> Attribution | None:
    """Return "X cited Y as saying content", or its passive, of the verb of saying at `i`; None without."""
    lead = _lead(tree, i)
    if lead is None or not content:
        return None
    subject, subject_of = tree.subject(lead), lead
    passive = tree.with_dep(lead, "auxpass")
    whom = [subject] if passive and subject is not None else tree.with_dep(lead, "dobj", "dative")
    if not whom:
        return None
    if subject is None and tree.tokens[lead].dep == "relcl":
        subject = tree.tokens[lead].head
    by = agents(tree, lead) if passive else ()
    if not passive and subject is not None:
        by = (words_of(tree, subject, without=subject_of),)
    cue = (*tree.with_dep(lead, "aux", "auxpass"), lead, *range(_as(tree, i), i + 1))
    inner = set(cue) | set(content)
    source = tuple(k for k in words_of(tree, whom[0], without=lead) if k not in inner)
    content = _with_joined(tree, lead, content)
    return Attribution(
        source=source, cue=tuple(sorted(set(cue))), content=content, kind="relay",
        lemma=tree.tokens[i].lemma, via=by,
    )  # fmt: skip


def _with_joined(tree: Tree, lead: int, content: tuple[int, ...]) -> tuple[int, ...]:
    """Return what was said with a clause that a parse joins to the citing ("quoted as saying A and | B")."""
    for k in tree.with_dep(lead, "conj"):
        first = tree.subtree(k)[0]
        joins = first == content[-1] + 2 and tree.tokens[first - 1].dep == "cc"
        if joins and tree.subject(k) is not None:
            return (*content, first - 1, *tree.trimmed(tree.subtree(k)))
    return content


def _as(tree: Tree, i: int) -> int:
    """Return the position of the "as" before a participle, its own if there is none."""
    return i - 1 if i and tree.tokens[i - 1].text.lower() == "as" else i


def _lead(tree: Tree, i: int) -> int | None:
    """Return the verb of citing that "as saying" hangs on."""
    if _as(tree, i) == i or tree.tokens[i].tag != "VBG":
        return None
    k = i
    for _ in range(STEPS_UP):
        k = tree.tokens[k].head
        if tree.tokens[k].lemma in CITING:
            return k
    return None


def words_of(tree: Tree, i: int, *, without: int = -1) -> tuple[int, ...]:
    """Return a noun with all below it, without the clause of a verb and what hangs on it."""
    below = set(tree.subtree(i))
    if without >= 0 and without in below and without != i:
        below -= set(tree.subtree(without))
    return tree.trimmed(below)


def agents(tree: Tree, verb: int) -> tuple[tuple[int, ...], ...]:
    """Return who does what a passive says ("by the agency")."""
    found = []
    through = {"by", "on", "in"} if tree.tokens[verb].lemma in SHOWN else {"by"}
    for by in tree.with_dep(verb, "agent", "prep"):
        if tree.tokens[by].text.lower() in through:
            found += [named(tree, words_of(tree, k)) for k in tree.with_dep(by, "pobj")]
    return tuple(words for words in found if words)


def relied_on(
    tree: Tree, i: int, content: tuple[int, ...] = ()
) -> tuple[tuple[tuple[int, ...], ...], frozenset[int]]:
    """Return whom a speaker relies on ("…, citing Y, …"), and all tokens of that aside.

    It hangs on the verb or the source at `i`, or the parse put it at an end of the content.
    """
    found: list[tuple[int, ...]] = []
    aside: set[int] = set()
    for p in tree.children[i]:
        if _speaks_through(tree, p, i):
            whom = tree.with_dep(p, "pobj")[0]
            found.append(words_of(tree, whom))
    for k in (*_referred_to(tree, i), *_cited_before(tree, i, content)):
        found.append(words_of(tree, k))
        aside |= set(found[-1])
    for k in sorted({*tree.children[i], *content}):
        beside = tree.tokens[k - 1].text == "," if k else False
        if tree.tokens[k].text.lower() not in RELYING or (k in content and not beside) or tree.quoted[k] >= 0:
            continue
        for whom in tree.with_dep(k, "dobj", "pobj", "nsubj"):
            if tree.tokens[whom].lemma in EVIDENCE:
                continue
            clauses = {c for v in tree.with_dep(k, "ccomp", "acl") for c in tree.subtree(v)}
            words = tree.trimmed(_to_comma(tree, [c for c in words_of(tree, whom) if c not in clauses], whom))
            found.append(words)
            aside |= {k, *words}
    return tuple(found), frozenset(aside)


def _referred_to(tree: Tree, i: int) -> Iterator[int]:
    """Yield to whom a speaker refers: "…, referring to Y, …", "…, with reference to Y, …"."""
    for k in tree.children[i]:
        beside = k > 0 and tree.tokens[k - 1].text == ","
        with_it = [c for c in tree.with_dep(k, "pobj") if tree.tokens[c].lemma == "reference"]
        leads = [k] if tree.tokens[k].text.lower() == "referring" else with_it
        for lead in leads if beside else ():
            for to in tree.with_dep(lead, "prep"):
                yield from (o for o in tree.with_dep(to, "pobj") if tree.tokens[o].lemma not in EVIDENCE)


def _cited_before(tree: Tree, i: int, content: tuple[int, ...]) -> Iterator[int]:
    """Yield whom "X quotes Y: “…”" quotes: the object that stands before the words."""
    if tree.tokens[i].lemma in CITING and content:
        for k in tree.with_dep(i, "dobj"):
            if i < k < content[0] and k not in content and tree.tokens[k].lemma not in EVIDENCE:
                yield k


def _speaks_through(tree: Tree, p: int, verb: int) -> bool:
    """Tell whether a preposition names through whom somebody speaks ("…, through its spokesman, that")."""
    beside = p > verb and tree.tokens[p - 1].text == ","
    objects = tree.with_dep(p, "pobj") if tree.tokens[p].text.lower() == "through" and beside else []
    return any(tree.tokens[k].lemma in MOUTHS for k in objects)


def _to_comma(tree: Tree, positions: list[int], head: int) -> list[int]:
    """Return the words of a name up to a comma after which a clause begins ("citing Y, that …")."""
    for k in positions:
        behind = k + 1 < len(tree.tokens) and tree.tokens[k + 1].text.lower() in {"that", "and"}
        if k > head and tree.tokens[k].text == "," and behind:
            return [c for c in positions if c < k]
    return positions


def before_relay(tree: Tree, source: tuple[int, ...]) -> tuple[int, ...]:
    """Return who speaks, without an aside that says who passes it on or on whom they rely."""
    for n, k in enumerate(source[1:-1], start=1):
        token, behind = tree.tokens[k], tree.tokens[source[n + 1]]
        relays = behind.lemma in PASSED_ON or behind.text.lower() in RELYING | SPEAKING | {"whose"}
        if token.text == "," and relays and tree.quoted[k] < 0:
            return tree.trimmed(source[:n])
    return source


def passed_on(tree: Tree, positions: tuple[int, ...]) -> tuple[tuple[int, ...], ...]:
    """Return who passed words on, from participles among some tokens ("as quoted by the agency")."""
    found: list[tuple[int, ...]] = []
    for k in positions:
        token = tree.tokens[k]
        passed = token.lemma in PASSED_ON or (token.lemma == "pass" and tree.with_dep(k, "prt"))
        if token.tag in {"VBN", "VBD"} and passed and not tree.with_dep(k, "nsubj"):
            found += agents(tree, k)
        elif token.text.lower() in {"reached", "interviewed"} and token.dep == "acl":
            by = agents(tree, k)
            found += [words for words in by if any(tree.tokens[c].text.lower() in OUTLETS for c in words)]
    return tuple(found)


def heard_by(tree: Tree, verb: int) -> tuple[int, ...]:
    """Return whom a speaker told, or gave the interview or comments to, () if nobody is named."""
    if tree.tokens[verb].lemma in {"tell", "inform"}:
        # A passive tells its subject; nobody who passes it on is named.
        if tree.with_dep(verb, "auxpass"):
            return ()
        for k in tree.with_dep(verb, "dobj", "dative", "iobj"):
            return named(tree, words_of(tree, k, without=next(iter(tree.with_dep(k, "relcl", "acl")), -1)))
    told = [o for p in tree.with_dep(verb, "prep", "dative") if tree.tokens[p].text.lower() == "to"
            for o in tree.with_dep(p, "pobj")]  # fmt: skip
    heard = next(_spoken_in(tree, verb), ()) or next((words_of(tree, o) for o in told), ())
    return named(tree, heard)


def named(tree: Tree, words: tuple[int, ...]) -> tuple[int, ...]:
    """Return a name with the rest of it that a parse cut off ("the news site Lwemba | Today")."""
    found = list(words)
    while found and found[-1] + 1 < len(tree.tokens) and _is_name(tree.tokens[found[-1] + 1]):
        found.append(found[-1] + 1)
    return tuple(found)


def _is_name(token: TokenRow) -> bool:
    return token.tag.startswith("NNP") and token.text.lower() not in lexicon.CALENDAR


def _spoken_in(tree: Tree, verb: int) -> Iterator[tuple[int, ...]]:
    """Yield to whom: "said in an interview with X", "speaking to X, …"."""
    for k in tree.subtree(verb):
        token = tree.tokens[k]
        about_speech = token.lemma in SPOKEN and token.pos == "NOUN"
        nouns = {verb, *tree.with_dep(verb, "nsubj")}
        speaking = token.text.lower() in {"speaking", "talking"} and token.head in nouns
        if not (about_speech or speaking) or _clause_between(tree, k, verb):
            continue
        for p in tree.with_dep(k, "prep", "dative"):
            if tree.tokens[p].text.lower() in {"with", "to", "for"}:
                yield from (words_of(tree, o) for o in tree.with_dep(p, "pobj"))


def _clause_between(tree: Tree, k: int, verb: int) -> bool:
    """Tell whether a token lies in a clause that completes the verb."""
    while k != verb:
        if tree.tokens[k].dep in {"ccomp", "xcomp", "relcl"}:
            return True
        k = tree.tokens[k].head
    return False


def _relies(token: TokenRow) -> bool:
    """Tell whether a word says that a speaker relies on whoever is named behind it."""
    return token.text.lower() in RELYING | {"through", "referring", "reference"} or token.lemma in CITING


def relied_upon(tree: Tree, found: Iterable[Attribution]) -> Iterator[Attribution]:
    """Yield, for each "X reports, citing Y, content", the attribution of the content to Y by "citing"."""
    for a in found:
        for whom in a.citing:
            before = [k for k in range(whom[0]) if _relies(tree.tokens[k])] if whom else []
            if whom and before and whom[0] - before[-1] <= STEPS_UP:
                yield Attribution(
                    source=whom, cue=(before[-1],), content=a.content, kind="relay", lemma="say",
                    via=(*a.via, a.source),
                )  # fmt: skip
