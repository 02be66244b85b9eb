"""Attribution frames on a dependency tree: verbs, quotations, objects, according-to, nouns, adjectives."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from safepassage.engines.extraction import lexicon, relays
from safepassage.engines.extraction.attribution import Attribution
from safepassage.engines.extraction.tree import SUBJECTS, Tree
from safepassage.engines.extraction.word_order import by_word_order, without_misread

CUE_PARTS = frozenset({"aux", "auxpass", "neg", "prt"})
VERBAL = frozenset({"VERB", "AUX"})
NOMINATIVE = frozenset({"he", "she", "they", "i", "we"})
LONGEST_ACRONYM = 3
LONG_QUOTE = 5
"""A quotation of more tokens than this that belongs to no cue goes on with the last speaker."""


def attributions(tree: Tree) -> tuple[Attribution, ...]:
    """Return the attributions of a passage in the order of their cues; nested ones are there, too."""
    found: list[Attribution] = []
    for i, token in enumerate(tree.tokens):
        if token.text.lower() in lexicon.AUTHORITIES:
            found.extend(_according(tree, i))
        elif token.pos in VERBAL and not _shouted(token.text):
            found.extend(_verb(tree, i))
        elif token.pos == "NOUN" and token.lemma in lexicon.CUE_NOUNS:
            found.extend(_noun(tree, i))
        elif token.pos == "ADJ" and token.lemma in lexicon.CUE_ADJECTIVES:
            found.extend(_adjective(tree, i))
    found = _without_inner_halves(found)
    found.extend(relays.relied_upon(tree, found))
    found = [*without_misread(tree, found)]
    found.extend(by_word_order(tree, found))
    found.extend(_loose_quotes(tree, found))
    return tuple(sorted(found, key=lambda a: (a.cue or a.content)[0]))


def _shouted(word: str) -> bool:
    """Tell whether a word stands in a line of capitals, where a parser sees names and verbs at random."""
    return word.isupper() and len(word) > LONGEST_ACRONYM


def is_speech(found: Attribution) -> bool:
    """Tell whether somebody says something, and does not only think, plan or judge it."""
    spoken = lexicon.SAYING | lexicon.ALLEGING | lexicon.DENYING | lexicon.ASKING | lexicon.CRYING
    return found.kind in {"quotation", "continuation", "colon", "according"} or found.lemma in spoken


def _without_inner_halves(found: list[Attribution]) -> list[Attribution]:
    """Leave out what a longer cue of the same words says already ("continued to call for")."""
    cues = [set(a.cue) for a in found]
    return [a for a, cue in zip(found, cues, strict=True) if not any(cue < other for other in cues)]


def _verb(tree: Tree, i: int) -> Iterator[Attribution]:
    lemma = tree.tokens[i].lemma
    relay = _relay(tree, i)
    if relay is not None:
        yield relay
    if relay is not None or _is_citing(tree, i):
        return
    subject = _speaking(tree, i)
    source = () if subject is None else _source(tree, subject, i)
    content, kind = _content(tree, i, lemma)
    if tree.with_dep(i, "auxpass") and lemma not in lexicon.TOLD and not _told_in_passive(kind, content, i):
        return
    if kind == "quotation" and tree.tokens[i].dep == "acl" and tree.tokens[i].tag == "VBN":
        return  # "a video posted on Monday" speaks of the video, not of the quotation beside it
    if not content or (not source and not _may_be_without_source(tree, i)):
        return
    cue = _cue(tree, i, content)
    content = tree.trimmed(k for k in content if k not in cue and k not in source)
    if content:
        stated = Attribution(source=source, cue=cue, content=content, kind=kind, lemma=lemma)
        yield _with_relays(tree, i, stated)


def _relay(tree: Tree, i: int) -> Attribution | None:
    """Return "X cited Y as saying content" at "saying", or "X reports, citing Y, content" at "citing"."""
    token = tree.tokens[i]
    if token.tag != "VBG":
        return None
    if token.lemma in relays.CITING and tree.tokens[token.head].lemma in lexicon.SAYING:
        head, content = token.head, _clause(tree, i)
        subject = _subject(tree, head)
        if subject is None or not content:
            return None
        stated = Attribution(
            source=_source(tree, subject, head), cue=_cue(tree, head, content), content=content,
            kind="clause", lemma=tree.tokens[head].lemma,
        )  # fmt: skip
        return _with_relays(tree, head, stated)
    if token.lemma in lexicon.SAYING:
        return relays.cited(tree, i, _clause(tree, i) or _quoted(tree, i))
    return None


def _is_citing(tree: Tree, i: int) -> bool:
    """Tell whether a participle says on whom a speaker relies ("said, citing the railway")."""
    token = tree.tokens[i]
    return token.text.lower() in relays.RELYING and i > 0 and tree.tokens[i - 1].text == ","


def _with_relays(tree: Tree, verb: int, stated: Attribution) -> Attribution:
    """Return an attribution with who passed it on, on whom its source relies and whom it was told."""
    citing, aside = relays.relied_on(tree, verb, stated.content)
    content = tree.trimmed(k for k in stated.content if k not in aside)
    outside = tuple(k for k in (*stated.source, *tree.subtree(verb)) if k not in stated.content)
    return replace(
        stated,
        content=content or stated.content,
        via=relays.passed_on(tree, outside),
        citing=citing,
        addressee=relays.heard_by(tree, verb),
    )


def _subject(tree: Tree, i: int) -> int | None:
    """Return the subject of a verb, or of the verb it is joined to or hangs on as a participle."""
    own = tree.subject(i)
    if own is not None:
        return own
    token = tree.tokens[i]
    if token.dep in {"conj", "advcl", "xcomp"} and token.head != i:
        return _subject(tree, token.head)
    return token.head if token.dep in {"acl", "relcl"} else None


def _told_in_passive(kind: str, content: tuple[int, ...], i: int) -> bool:
    """Tell whether a passive reports its content: not "…; this has not been confirmed"."""
    return kind not in {"clause", "inverted"} or (kind == "clause" and content[-1:] > (i,))


def _speaking(tree: Tree, i: int) -> int | None:
    """Return who speaks: the subject, but of most passives whoever stands behind "by"."""
    if not tree.with_dep(i, "auxpass") or tree.tokens[i].lemma in lexicon.TOLD:
        subject = _subject(tree, i)
        inverted = _behind_quotation(tree, i)
        if inverted is not None and (subject is None or tree.quoted[subject] >= 0):
            return inverted
        quoted_away = subject is not None and tree.quoted[subject] != tree.quoted[i] and tree.quoted[i] < 0
        return None if quoted_away else subject
    by = [k for k in tree.with_dep(i, "agent") for k in tree.with_dep(k, "pobj")]
    return by[0] if by else None


def _behind_quotation(tree: Tree, i: int) -> int | None:
    """Return the speaker right behind a verb that follows a quotation ("…," exclaimed he)."""
    closed = i > 0 and tree.quoted[i - 1] >= 0 and tree.quoted[i] < 0
    if not closed or i + 1 >= len(tree.tokens):
        return None
    token = tree.tokens[i + 1]
    if token.text.lower() in NOMINATIVE:
        return i + 1
    if token.tag in {"NNP", "DT"}:
        head = i + 1
        while tree.tokens[head].dep in {"compound", "det", "amod"} and tree.tokens[head].head > head:
            head = tree.tokens[head].head
        return head if tree.tokens[head].pos in {"PROPN", "NOUN"} and tree.quoted[head] < 0 else None
    return None


def _source(tree: Tree, subject: int, verb: int) -> tuple[int, ...]:
    """Return a subject with all below it, without the clause of the verb; a closing comma belongs to it."""
    below = set(tree.subtree(subject))
    token = tree.tokens[verb]
    if token.dep in {"relcl", "acl"} and token.head == subject:
        below -= set(tree.subtree(verb))
    if subject > verb:
        # "…," said a woman, who had waited: the clause tells about her, and is not who speaks.
        for clause in tree.with_dep(subject, "relcl"):
            own = tree.subtree(clause)
            if own[0] > 0 and tree.tokens[own[0] - 1].text == ",":
                below -= set(own)
    source = tree.trimmed(below)
    after = source[-1] + 1 if source else 0
    if source and after < verb and tree.tokens[after].text == "," and _has_aside(tree, source):
        return (*source, after)
    return source


def _has_aside(tree: Tree, source: tuple[int, ...]) -> bool:
    """Tell whether a source holds an aside between commas ("Ms A, a lawyer,")."""
    return any(tree.tokens[k].text == "," for k in source)


def _cue(tree: Tree, i: int, content: tuple[int, ...]) -> tuple[int, ...]:
    """Return a verb with auxiliaries, negation, particle and the adverbs between or right before them.

    A verb that only leads to the cue ("continued to call for") belongs to it, and so does a colon behind it.
    """
    parts = {i, *(k for k in tree.children[i] if tree.tokens[k].dep in CUE_PARTS)}
    token = tree.tokens[i]
    if token.dep == "xcomp" and tree.tokens[token.head].lemma in lexicon.LEADING:
        lead = token.head
        parts |= set(range(lead, i + 1)) if i - lead <= LONG_QUOTE else set()
        parts |= {k for k in tree.children[lead] if tree.tokens[k].dep in CUE_PARTS and k < lead}
    parts |= {
        k
        for k in range(min(parts), max(parts))
        if tree.tokens[k].dep in {"advmod", "neg"} and k not in content
    }
    preposition = _preposition(tree, i, token.lemma)
    if preposition is not None and preposition not in content:
        parts.add(preposition)
    before, after = min(parts) - 1, max(parts) + 1
    if before >= 0 and tree.tokens[before].tag == "RB" and tree.tokens[before].head == i:
        parts.add(before)
    if after < len(tree.tokens) and tree.tokens[after].text == ":" and content and content[0] > after:
        parts.add(after)
    return tuple(sorted(parts))


def _preposition(tree: Tree, i: int, lemma: str) -> int | None:
    """Return the preposition that belongs to a phrasal cue."""
    for k in tree.with_dep(i, "prep", "prt"):
        if (lemma, tree.tokens[k].lemma) in lexicon.PHRASAL and k > i:
            return k
    return None


def _figured(tree: Tree, i: int) -> tuple[int, ...]:
    """Return "the figure at 800" of a verb that puts a number to something."""
    counted = [k for k in tree.with_dep(i, "dobj") if tree.tokens[k].lemma in lexicon.FIGURES | {"it"}]
    if not counted:
        return ()
    preps = [p for p in tree.with_dep(i, "prep", "advmod") if tree.tokens[p].text.lower() != "according"]
    numbers = [c for p in preps for c in tree.subtree(p) if c > i]
    return tree.trimmed((*tree.subtree(counted[0]), *numbers))


def _accused(tree: Tree, i: int) -> tuple[int, ...]:
    """Return whom a verb accuses of what, where "of" hangs on the accused."""
    if (tree.tokens[i].lemma, "of") not in lexicon.PHRASAL:
        return ()
    for k in tree.with_dep(i, "dobj"):
        if any(tree.tokens[p].text.lower() in {"of", "for"} for p in tree.with_dep(k, "prep")):
            return tree.trimmed(tree.subtree(k))
    return ()


def _content(tree: Tree, i: int, lemma: str) -> tuple[tuple[int, ...], str]:
    """Return what a verb attributes and the name of the frame, () without any."""
    frames: tuple[tuple[str, frozenset[str], Callable[[Tree, int], tuple[int, ...]]], ...] = (
        ("quotation", lexicon.QUOTING, _quoted),
        ("colon", lexicon.SAYING, _after_colon),
        ("clause", lexicon.CLAUSAL | lexicon.CONTROL, _clause),
        ("inverted", lexicon.SAYING | lexicon.THINKING | lexicon.ALLEGING, _around),
    )
    for kind, lemmas, frame in frames:
        content = frame(tree, i) if lemma in lemmas else ()
        if content and kind == "quotation":
            content = _joined(content, _clause(tree, i))
        if content:
            return content, kind
    if lemma in lexicon.FIGURING:
        return _figured(tree, i), "figure"
    accused = _accused(tree, i)
    if accused:
        return accused, "phrasal"
    preposition = _preposition(tree, i, lemma)
    if preposition is not None:
        objects = [k for p in tree.with_dep(preposition, "pobj", "pcomp") for k in tree.subtree(p)]
        return tree.trimmed(objects), "phrasal"
    infinitive = any(tree.tokens[k].text.lower() == "to" for k in tree.with_dep(i, "aux"))
    return (_object(tree, i), "object") if lemma in lexicon.OBJECTS and not infinitive else ((), "")


def _clause(tree: Tree, i: int) -> tuple[int, ...]:
    """Return the clauses that complete a verb, subject included."""
    found: set[int] = set()
    part = set(_between_semicolons(tree, i))
    for k in tree.with_dep(i, "ccomp", "xcomp"):
        is_clause = tree.tokens[k].pos in VERBAL or tree.with_dep(k, *SUBJECTS, "cop", "aux", "mark")
        if is_clause or tree.tokens[k].dep == "ccomp":
            found.update(tree.subtree(k))
            found -= _finite_beside_infinitive(tree, k)
    if tree.tokens[i].lemma in lexicon.ASKING and found and not tree.with_dep(i, "ccomp"):
        first = min(found)
        for k in tree.with_dep(i, "dobj"):
            found.update(c for c in tree.subtree(k) if k < first)
    if tree.quoted[i] < 0:
        found &= part | {k for k in found if tree.quoted[k] >= 0}
    return tree.trimmed(found)


def _finite_beside_infinitive(tree: Tree, k: int) -> set[int]:
    """Return what a parse wrongly joins to an infinitive: "does not want to take it and keeps the law"."""
    if tree.tokens[k].tag != "VB":
        return set()
    return {
        c
        for joined in tree.with_dep(k, "conj")
        if tree.tokens[joined].tag in {"VBZ", "VBD", "NNS"}
        for c in (*tree.subtree(joined), *tree.with_dep(k, "cc"))
    }


def _object(tree: Tree, i: int) -> tuple[int, ...]:
    found: set[int] = set()
    for k in tree.with_dep(i, "dobj", "oprd"):
        found.update(tree.subtree(k))
    if found:
        for k in tree.with_dep(i, "prep"):
            if k == max(found) + 1 and tree.tokens[k].lemma not in lexicon.NO_PART:
                found.update(tree.subtree(k))
    return tree.trimmed(found)


def _quoted(tree: Tree, i: int) -> tuple[int, ...]:
    """Return the quotations of the verb's sentence that stand beside it, marks included."""
    if tree.quoted[i] >= 0:
        return ()
    here = set(tree.sentence(i))
    found: set[int] = set()
    for first, last in tree.quotes:
        whole = range(first, last + 1)
        near = _beside(tree, i, first, last) and not _nearer(tree, i, first)
        if here & set(whole) and not tree.is_title(first, last) and near:
            found.update(whole)
    return tuple(sorted(found))


def _nearer(tree: Tree, i: int, first: int) -> bool:
    """Tell whether another verb that quotes stands between a verb and a quotation behind it."""
    between = range(i + 1, first) if first > i else ()
    return any(tree.tokens[k].lemma in lexicon.QUOTING and tree.tokens[k].pos == "VERB" for k in between)


def _beside(tree: Tree, i: int, first: int, last: int) -> bool:
    """Tell whether a quotation is what the verb quotes: it ends with a comma before it, or follows it."""
    if last < i:
        inner = tree.tokens[last - 1].text if last > first else ""
        after = tree.tokens[last + 1].text if last + 1 < len(tree.tokens) else ""
        return inner in {",", "?", "!", ".", "…"} or after == ","
    gap = [tree.tokens[k].text for k in range(i + 1, first)]
    return len(gap) <= LONG_QUOTE or gap[-1] in {":", ",", "that"} or first - 1 == i


def _joined(quoted: tuple[int, ...], clause: tuple[int, ...]) -> tuple[int, ...]:
    """Return a quotation with the clause it is part of."""
    if clause and set(clause) & set(quoted):
        return tuple(sorted(set(clause) | set(quoted)))
    return quoted


def _after_colon(tree: Tree, i: int) -> tuple[int, ...]:
    """Return all that follows a verb of saying and a colon ("he added: …")."""
    if i + 1 < len(tree.tokens) and tree.tokens[i + 1].text == ":":
        return tuple(range(i + 2, len(tree.tokens)))
    return ()


def _around(tree: Tree, i: int) -> tuple[int, ...]:
    """Return the clause that a verb of saying is thrown into or put behind ("…, they say")."""
    token = tree.tokens[i]
    if token.dep in {"parataxis", "ccomp"} and token.head != i and tree.tokens[token.head].pos in VERBAL:
        own = set(tree.subtree(i))
        part = set(_between_semicolons(tree, i))
        return tree.trimmed(k for k in tree.subtree(token.head) if k not in own and k in part)
    return ()


def _may_be_without_source(tree: Tree, i: int) -> bool:
    """Tell whether a cue needs no source: a passive with its clause."""
    return bool(tree.with_dep(i, "auxpass")) and bool(tree.with_dep(i, "xcomp", "ccomp"))


def _adjective(tree: Tree, i: int) -> Iterator[Attribution]:
    """X is worried that content: an adjective of thinking with its clause."""
    verb = tree.tokens[i].head
    subject = tree.subject(verb)
    content = _clause(tree, i) or tuple(k for c in tree.with_dep(i, "ccomp") for k in tree.subtree(c))
    if subject is None or not content or tree.tokens[verb].lemma not in {"be", "remain", "become"}:
        return
    cue = tuple(k for k in range(verb, i + 1) if k not in content)
    yield Attribution(
        source=_source(tree, subject, verb), cue=cue, content=content, kind="adjective",
        lemma=tree.tokens[i].lemma,
    )  # fmt: skip


def _according(tree: Tree, i: int) -> Iterator[Attribution]:
    """According to X, content; as reported by X; in the words of X; per X: the rest of the clause."""
    cue = _authority(tree, i)
    if not cue:
        return
    objects = [k for p in cue for k in tree.with_dep(p, "pobj") if k > cue[-1]]
    if not objects or tree.tokens[objects[0]].lemma in lexicon.NO_AUTHORITIES:
        return
    source = [k for k in tree.subtree(objects[0]) if k > cue[-1]]
    aside = {*cue, *source}
    whole = set(_between_semicolons(tree, i))
    # A quotation that begins in the sentence is told by the same source to its end.
    for first, last in tree.quotes:
        if first in whole:
            whole |= set(range(first, last + 1))
    content = tree.trimmed(k for k in whole if k not in aside)
    if content:
        yield Attribution(
            source=tree.trimmed(source), cue=cue, content=content, kind="according", lemma="according",
            via=relays.passed_on(tree, tuple(source)), citing=relays.relied_on(tree, objects[0])[0],
        )  # fmt: skip


def _authority(tree: Tree, i: int) -> tuple[int, ...]:
    """Return the words that name an authority from a token on: "according to", "as reported by", "per"."""
    ahead = [token.text.lower() for token in tree.tokens[i : i + 4]]
    if ahead[:2] == ["according", "to"]:
        return (i, i + 1)
    if ahead[:1] == ["as"] and ahead[2:3] == ["by"] and tree.tokens[i + 1].lemma in lexicon.SAYING:
        return (i, i + 1, i + 2)
    named = ahead[1:2] == ["the"] and ahead[3:] == ["of"] and ahead[2] in lexicon.ACCOUNTS
    if ahead[0] in {"in", "by"} and named:
        return (i, i + 1, i + 2, i + 3)
    before = tree.tokens[i - 1] if i else None
    begins = before is None or before.text == "," or before.sentence != tree.tokens[i].sentence
    if ahead[0] == "per" and begins and len(ahead) > 1 and ahead[1] not in {"cent", "person", "day"}:
        return (i,)
    return ()


def _between_semicolons(tree: Tree, i: int) -> list[int]:
    """Return the part of a sentence that a token stands in."""
    found = tree.sentence(i)
    stops = [k for k in found if tree.tokens[k].text == ";" and tree.quoted[k] < 0]
    first = max((k for k in stops if k < i), default=found[0] - 1)
    last = min((k for k in stops if k > i), default=found[-1] + 1)
    return [k for k in found if first < k < last]


def _noun(tree: Tree, i: int) -> Iterator[Attribution]:
    """X's claim that content, a report of content: a noun of saying with its complement."""
    clauses = tree.with_dep(i, "acl", "ccomp")
    that = [k for k in clauses if any(tree.tokens[c].dep == "mark" for c in tree.children[k])]
    infinitive = [k for k in clauses if any(tree.tokens[c].text == "to" for c in tree.children[k])]
    for k in (that or infinitive)[:1]:
        owner = tree.with_dep(i, "poss")
        source = tree.trimmed(tree.subtree(owner[0])) if owner else ()
        articles = tree.with_dep(i, "det", "amod") if not owner else []
        cue = tuple(sorted({i, *articles}))
        yield Attribution(
            source=source, cue=cue, content=tree.trimmed(tree.subtree(k)), kind="noun",
            lemma=tree.tokens[i].lemma,
        )  # fmt: skip


def _loose_quotes(tree: Tree, found: Iterable[Attribution]) -> Iterator[Attribution]:
    """Quotations that no frame outside them holds go on with the speaker before them."""
    known = tuple(found)
    for number, (first, last) in enumerate(tree.quotes):
        outside = [a for a in known if a.cue and tree.quoted[a.cue[0]] != number]
        held = {k for a in outside for k in a.content}
        if held & set(range(first + 1, last)) or not _is_speech(tree, first, last):
            continue
        before = [a for a in outside if a.cue[0] < first and a.source]
        heir = max(a.cue[0] for a in before) if before else -1
        content = tuple(range(first, last + 1))
        yield Attribution(source=(), cue=(), content=content, kind="continuation", heir=heir)


def _is_speech(tree: Tree, first: int, last: int) -> bool:
    """Tell whether a quotation is something said: closed as a sentence is or long, and no title."""
    closes = tree.tokens[last - 1].text in {".", ",", "!", "?", "…", "--"}
    words = last - first - 1
    return (words >= LONG_QUOTE or (closes and words > 1)) and not tree.is_title(first, last)
