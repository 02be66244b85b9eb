"""Attribution frames on a dependency tree: verbs, quotations, objects, according-to, nouns, adjectives."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from safepassage.engines.extraction import asides, hearsay, lexicon, relays
from safepassage.engines.extraction.attribution import Attribution
from safepassage.engines.extraction.complements import (
    LONG_QUOTE,
    PARTS,
    VERBAL,
    between_semicolons,
    clause_of,
    content_of,
    preposition_of,
    quoted,
)
from safepassage.engines.extraction.notes import noted
from safepassage.engines.extraction.tree import Tree
from safepassage.engines.extraction.word_order import by_word_order, is_noun_phrase, run_on, without_misread

CUE_PARTS = frozenset({"aux", "auxpass", "neg", "prt"})
NOMINATIVE = frozenset({"he", "she", "they", "i", "we"})
LONGEST_ACRONYM, LONGEST_NAME = 3, 6
MOST_HOUR_WORDS = 3
"""So many words stand before "after" at most ("more than two hours after")."""
HOUR = re.compile(r"(?:[01]?\d|2[0-3])[:.]?[0-5]\d")
"""A time of day as notes have it: "2240", "9:15"."""
_DISPUTING = """deny denies denied, dispute disputes disputed, reject rejects rejected,
    contest contests contested, dismiss dismisses dismissed, refute refutes refuted"""
DISPUTING = {form: row.split()[0] for row in _DISPUTING.split(",") for form in row.split()}
"""Forms of verbs that deny, as they stand behind "a claim"."""


def attributions(tree: Tree) -> tuple[Attribution, ...]:
    """Return the attributions of a passage in the order of their cues; nested ones are there, too."""
    found: list[Attribution] = []
    for i, token in enumerate(tree.tokens):
        if token.text.lower() in lexicon.AUTHORITIES:
            found.extend(_according(tree, i))
        elif token.dep == "acomp" and token.text.lower() in lexicon.CUE_ADJECTIVES:
            found.extend(_adjective(tree, i))
        elif (unknown := _unknown(tree, i)) is not None:
            found.append(unknown)
        elif token.pos in VERBAL and not _shouted(token.text):
            found.extend(_verb(tree, i))
        elif (disputed := _disputed(tree, i)) is not None:
            found.append(disputed)
        elif token.pos == "NOUN" and token.lemma in lexicon.CUE_NOUNS | lexicon.VERSIONS:
            found.extend(_noun(tree, i) or _version(tree, i))
        elif token.pos == "ADJ" and token.lemma in lexicon.CUE_ADJECTIVES:
            found.extend(_adjective(tree, i))
    found = _without_inner_halves(found)
    found = [*without_misread(tree, found)]
    found = asides.within(asides.parted(tree, [*found, *relays.relied_upon(tree, found)]))
    in_notes = list(noted(tree, found))
    found += [*in_notes, *relays.relied_upon(tree, in_notes)]
    ordered = list(by_word_order(tree, found))
    found, spliced = run_on(tree, [*found, *ordered, *relays.relied_upon(tree, ordered)])
    found += spliced
    found.extend(_loose_quotes(tree, found))
    return tuple(dict.fromkeys(sorted(found, key=lambda a: (a.cue or a.content)[0])))


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
    kept = [a for a, cue in zip(found, cues, strict=True) if not any(cue < other for other in cues)]
    return [a for a in kept if not _is_named_inside(a, kept)]


def _is_named_inside(a: Attribution, found: list[Attribution]) -> bool:
    """Tell whether a noun of saying that nobody owns is what another cue speaks of."""
    free = a.kind == "noun" and not a.source
    inside = [b for b in found if set(a.cue) < set(b.content) and set(a.content) < set(b.content)]
    return free and any(b.kind in {"object", "phrasal"} or b.lemma in lexicon.DENYING for b in inside)


def _verb(tree: Tree, i: int) -> Iterator[Attribution]:
    lemma = tree.tokens[i].lemma
    relay = _relay(tree, i)
    if relay is not None:
        yield relay
    if relay is not None or _is_citing(tree, i):
        return
    passed = list(hearsay.heard(tree, i))
    if passed:
        yield from passed
        return
    expressed = _expressed(tree, i)
    if expressed is not None:
        yield expressed
        return
    subject = _speaking(tree, i)
    impersonal = _is_impersonal(tree, i)
    source = () if subject is None or impersonal else _source(tree, subject, i)
    content, kind = content_of(tree, i, lemma)
    told = impersonal or lemma in lexicon.TOLD or _told_in_passive(kind, content, i)
    if tree.with_dep(i, "auxpass") and not told:
        return
    if _only_tells_of_somebody(tree, i, kind, content) or (
        kind == "phrasal" and not source and tree.with_dep(i, "auxpass")
    ):
        return  # "nobody will be asked for papers" asks nobody
    if not content or (not source and not impersonal and not _may_be_without_source(tree, i)):
        return
    cue = _cue(tree, i, content)
    content = tree.trimmed(k for k in content if k not in cue and k not in source)
    content = _without_setting(tree, i, _without_day(tree, i, content))
    if content:
        stated = Attribution(source=source, cue=cue, content=content, kind=kind, lemma=lemma)
        yield _with_relays(tree, i, replace(stated, via=hearsay.told(tree, i, content)))


def _only_tells_of_somebody(tree: Tree, i: int, kind: str, content: tuple[int, ...]) -> bool:
    """Tell whether a verb of saying tells how somebody is called or spoke, and not what was said."""
    token = tree.tokens[i]
    if token.lemma in lexicon.STRIKING and _is_struck(tree, i):
        return True
    if token.lemma in lexicon.ASKING and {tree.tokens[k].lemma for k in content} & lexicon.ANONYMOUS:
        return True  # "who asked not to be named"
    if kind == "object" and token.lemma in lexicon.SAYING - lexicon.DENYING and len(content) == 1:
        return tree.tokens[content[0]].text.lower() == "it"  # "they had reported it"
    made = bool(tree.with_dep(i, "auxpass")) and not tree.with_dep(i, "agent")
    if (
        token.lemma == "ask"
        and token.tag == "VBN"
        and token.dep == "advcl"
        and not tree.with_dep(i, "auxpass")
    ):
        return True  # "asked whether he would come, the mayor said"
    if made and token.lemma == "tell" and content and tree.tokens[content[0]].tag == "TO":
        return True  # "we were told to wait"
    # "A video posted on Monday" speaks of the video, not of the quotation beside it; "a welder called Anton".
    passing = kind in {"quotation", "inverted"} or token.lemma in lexicon.CALLING
    return passing and token.dep == "acl" and token.tag == "VBN"


def _is_struck(tree: Tree, i: int) -> bool:
    """Tell whether "attacked" is no word of judging: by what attacks, or by what is attacked."""
    subject = _subject(tree, i)
    by = tree.tokens[subject].lemma.lower() if subject is not None else ""
    whom = {tree.tokens[k].lemma.lower() for k in tree.with_dep(i, "dobj")}
    return by in lexicon.ARMED or bool(whom & lexicon.STRUCK)


def _expressed(tree: Tree, i: int) -> Attribution | None:
    """Return "X expressed concern at content", "X gave assurances that content": the noun says how."""
    if tree.tokens[i].lemma not in lexicon.EXPRESSING or tree.with_dep(i, "auxpass"):
        return None
    subject = _subject(tree, i)
    for k in tree.with_dep(i, "dobj"):
        if subject is None or tree.tokens[k].lemma not in lexicon.EXPRESSED:
            continue
        told = [c for c in tree.with_dep(k, "acl", "ccomp", "relcl", "prep") if c > k]
        told += [c for c in tree.with_dep(i, "ccomp", "xcomp", "prep") if c > k]
        content = tree.trimmed(c for t in told[:1] for c in tree.subtree(t))
        cue = tuple(c for c in range(_cue(tree, i, content)[0], k + 1) if c not in content)
        source = _source(tree, subject, i)
        if content and content[0] == k + 1 and not set(source) & set(cue):
            return Attribution(
                source=source, cue=cue, content=content, kind="noun", lemma=tree.tokens[k].lemma
            )
    return None


def _unknown(tree: Tree, i: int) -> Attribution | None:
    """Return "X had no information about content", "X knew nothing of content": a denial of having heard."""
    if tree.tokens[i].lemma not in lexicon.KNOWING:
        return None
    subject = _subject(tree, i)
    for k in tree.with_dep(i, "dobj"):
        no = tree.tokens[k].lemma == "nothing" or any(
            tree.tokens[c].text.lower() in {"no", "any"} for c in tree.with_dep(k, "det")
        )
        preps = [p for p in (*tree.with_dep(k, "prep"), *tree.with_dep(i, "prep"))
                 if tree.tokens[p].text.lower() in {"of", "about"}]  # fmt: skip
        if subject is None or not no or not preps or tree.tokens[k].lemma not in lexicon.NEWS:
            continue
        content = tree.trimmed(c for c in tree.subtree(preps[0]) if c != preps[0])
        cue = tuple(range(i, preps[0] + 1))
        if content and not set(cue) & set(content):
            source = _source(tree, subject, i)
            return Attribution(source=source, cue=cue, content=content, kind="phrasal", lemma="deny")
    return None


def _without_day(tree: Tree, i: int, content: tuple[int, ...]) -> tuple[int, ...]:
    """Return a content without the day on which it was said ("said on Monday he had …")."""
    if not content or content[0] <= i or tree.quoted[content[0]] >= 0:
        return content
    n = 0
    while (
        n < len(content) - 1
        and tree.tokens[content[n]].text.lower() in lexicon.CALENDAR | lexicon.BEFORE_DAYS
    ):
        n += 1
    days = {tree.tokens[k].text.lower() for k in content[:n]}
    return tree.trimmed(content[n:]) if days & lexicon.CALENDAR else content


def _without_setting(tree: Tree, i: int, content: tuple[int, ...]) -> tuple[int, ...]:
    """Return a content without what the report tells of the hour ("…, six days after they had come")."""
    for k in content:
        if k <= i or tree.tokens[k].text != "," or tree.quoted[k] >= 0:
            continue
        led = [
            tree.tokens[m].text.lower() for m in range(k + 1, min(k + 2 + MOST_HOUR_WORDS, len(tree.tokens)))
        ]
        hour = next((n for n, word in enumerate(led) if word in lexicon.SPANS), -1)
        if hour >= 0 and led[hour + 1 : hour + 2] in (["after"], ["before"], ["into"]):
            return tree.trimmed(m for m in content if m < k) or content
    return content


def _is_impersonal(tree: Tree, i: int) -> bool:
    """Tell whether something is said without saying by whom ("it was reported")."""
    subject = tree.subject(i)
    passive = bool(tree.with_dep(i, "auxpass")) and tree.tokens[i].lemma in lexicon.CLAUSAL
    return passive and subject is not None and tree.tokens[subject].text.lower() == "it"


def _relay(tree: Tree, i: int) -> Attribution | None:
    """Return "X cited Y as saying content" at "saying", or "X reports, citing Y, content" at "citing"."""
    token = tree.tokens[i]
    if token.tag != "VBG":
        return None
    if token.lemma in relays.CITING and tree.tokens[token.head].lemma in lexicon.SAYING:
        head, content = token.head, clause_of(tree, i)
        subject = _subject(tree, head)
        if subject is None or not content:
            return None
        stated = Attribution(
            source=_source(tree, subject, head), cue=_cue(tree, head, content), content=content,
            kind="clause", lemma=tree.tokens[head].lemma,
        )  # fmt: skip
        return _with_relays(tree, head, stated)
    if token.lemma in lexicon.SAYING | lexicon.COUNTING:
        return relays.cited(
            tree, i, clause_of(tree, i) or quoted(tree, i) or content_of(tree, i, token.lemma)[0]
        )
    return None


def _is_citing(tree: Tree, i: int) -> bool:
    """Tell whether a participle says on whom a speaker relies ("said, citing the railway")."""
    token = tree.tokens[i]
    begins = not i or tree.tokens[i - 1].text == "," or tree.tokens[i - 1].sentence != token.sentence
    return token.text.lower() in relays.RELYING | {"referring"} and begins


def _with_relays(tree: Tree, verb: int, stated: Attribution) -> Attribution:
    """Return an attribution with who passed it on, on whom its source relies and whom it was told."""
    citing, aside = relays.relied_on(tree, verb, stated.content)
    if not citing and stated.source:
        citing, _ = relays.relied_on(tree, _head_of(tree, stated.source))
    content = tree.trimmed(k for k in stated.content if k not in aside)
    outside = tuple(k for k in (*stated.source, *tree.subtree(verb)) if k not in stated.content)
    heard = relays.heard_by(tree, verb)
    return replace(
        stated,
        source=relays.before_relay(tree, stated.source),
        content=content or stated.content,
        via=(*stated.via, *relays.passed_on(tree, outside)),
        citing=citing,
        addressee=() if set(heard) & set(stated.content) else heard,
    )


def _head_of(tree: Tree, positions: tuple[int, ...]) -> int:
    """Return the token of some that hangs on none of the others."""
    inside = set(positions)
    return next((k for k in positions if tree.tokens[k].head not in inside), positions[0])


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
    by = [k for k in tree.with_dep(i, "agent") for k in tree.with_dep(k, "pobj")]
    if not tree.with_dep(i, "auxpass") or (tree.tokens[i].lemma in lexicon.TOLD and not by):
        subject = _subject(tree, i)
        inverted = _behind_quotation(tree, i)
        if inverted is not None and (subject is None or tree.quoted[subject] >= 0):
            return inverted
        quoted_away = subject is not None and tree.quoted[subject] != tree.quoted[i] and tree.quoted[i] < 0
        return None if quoted_away else subject
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
    below = set(tree.subtree(subject)) - _hour_before(tree, subject)
    if tree.quoted[subject] < 0:
        below = {k for k in below if tree.quoted[k] < 0}
    token = tree.tokens[verb]
    if token.dep in {"relcl", "acl"} and token.head == subject:
        below -= set(tree.subtree(verb))
    if subject > verb:
        # "…," said a woman, who had waited: the clause tells about her, and is not who speaks.
        for clause in tree.with_dep(subject, "relcl"):
            own = tree.subtree(clause)
            if own[0] > 0 and tree.tokens[own[0] - 1].text == ",":
                below -= set(own)
    source = tree.trimmed(_without_part(tree, sorted(below), verb))
    after = source[-1] + 1 if source else 0
    if source and after < verb and tree.tokens[after].text == "," and _has_aside(tree, source):
        return (*source, after)
    return source


def _hour_before(tree: Tree, subject: int) -> set[int]:
    """Return the time of day that begins a note and is read as a number of who speaks ("2240 the guard")."""
    first = tree.subtree(subject)[0]
    begins = not first or tree.tokens[first - 1].sentence != tree.tokens[first].sentence
    one = tree.tokens[subject].tag not in {"NNS", "NNPS"}
    return (
        {first} if begins and one and first != subject and HOUR.fullmatch(tree.tokens[first].text) else set()
    )


def _without_part(tree: Tree, below: list[int], verb: int) -> list[int]:
    """Return a subject without words said that a parse joins to it ("most of them by the army, | X said")."""
    commas = [k for k in below if tree.tokens[k].text == ","]
    part = tree.tokens[below[0]].text.lower() in PARTS if below else False
    return [k for k in below if k > commas[-1]] if part and commas and commas[-1] < verb - 1 else below


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
    preposition = preposition_of(tree, i, token.lemma)
    if preposition is not None and preposition not in content:
        parts.add(preposition)
    between = range(i + 1, content[0]) if content and content[0] > i else range(0)
    if between and tree.tokens[i + 1].text == "as" and tree.quoted[i + 2] >= 0 > tree.quoted[content[0]]:
        parts |= set(between)
    before, after = min(parts) - 1, max(parts) + 1
    if before >= 0 and tree.tokens[before].tag == "RB" and tree.tokens[before].head == i:
        parts.add(before)
    if after < len(tree.tokens) and tree.tokens[after].text == ":" and content and content[0] > after:
        parts.add(after)
    return tuple(sorted(parts))


def _may_be_without_source(tree: Tree, i: int) -> bool:
    """Tell whether a cue needs no source: a passive with its clause."""
    return bool(tree.with_dep(i, "auxpass")) and bool(tree.with_dep(i, "xcomp", "ccomp"))


def _adjective(tree: Tree, i: int) -> Iterator[Attribution]:
    """X is worried that content: an adjective of thinking with its clause."""
    verb = tree.tokens[i].head
    subject = tree.subject(verb)
    content = clause_of(tree, i) or tuple(k for c in tree.with_dep(i, "ccomp") for k in tree.subtree(c))
    about = [p for p in tree.with_dep(i, "prep") if p == i + 1 and tree.tokens[p].text in {"of", "about"}]
    content = content or tree.trimmed(k for p in about for k in tree.subtree(p))
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
    owner = [k for k in cue if tree.tokens[k].tag == "PRP$"]
    if owner:
        yield from _by_owner(tree, cue, owner[0])
        return
    if not objects or tree.tokens[objects[0]].lemma in lexicon.NO_AUTHORITIES:
        return
    source = [k for k in tree.subtree(objects[0]) if k > cue[-1]]
    aside = {*cue, *source}
    whole = set(between_semicolons(tree, i))
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


def _by_owner(tree: Tree, cue: tuple[int, ...], owner: int) -> Iterator[Attribution]:
    """In her words, content: the owner of the words speaks."""
    content = tree.trimmed(k for k in between_semicolons(tree, cue[0]) if k not in cue)
    if content:
        yield Attribution(
            source=(owner,), cue=tuple(k for k in cue if k != owner), content=content, kind="according",
            lemma="according",
        )  # fmt: skip


def _authority(tree: Tree, i: int) -> tuple[int, ...]:
    """Return the words that name an authority from a token on: "according to", "as reported by", "per"."""
    ahead = [token.text.lower() for token in tree.tokens[i : i + 4]]
    if ahead[:2] == ["according", "to"]:
        return (i, i + 1)
    if ahead[:1] == ["as"] and ahead[2:3] == ["by"] and tree.tokens[i + 1].lemma in lexicon.SAYING:
        return (i, i + 1, i + 2)
    named = ahead[1:2] == ["the"] and ahead[3:] == ["of"] and ahead[2] in lexicon.ACCOUNTS
    if not named and ahead[0] in {"in", "by"} and set(ahead[2:3]) & lexicon.ACCOUNTS and _begins(tree, i):
        return _owned_account(tree, i)
    if ahead[0] in {"in", "by"} and named:
        return (i, i + 1, i + 2, i + 3)
    if (
        ahead[0] == "per"
        and _begins(tree, i)
        and len(ahead) > 1
        and ahead[1] not in {"cent", "person", "day"}
    ):
        return (i,)
    return ()


def _begins(tree: Tree, i: int) -> bool:
    """Tell whether a token begins a sentence or follows a comma."""
    before = tree.tokens[i - 1] if i else None
    return before is None or before.text == "," or before.sentence != tree.tokens[i].sentence


def _owned_account(tree: Tree, i: int) -> tuple[int, ...]:
    """Return "in her words", whose owner is the source, () where nobody owns the words."""
    return (i, i + 1, i + 2) if tree.tokens[i + 1].tag == "PRP$" else ()


def _disputed(tree: Tree, i: int) -> Attribution | None:
    """Return "…, a claim X disputes", whose verb a parse takes for a noun."""
    a, comma = i - 1, i - 2
    named = tree.tokens[i].lemma in lexicon.CUE_NOUNS | lexicon.VERSIONS | lexicon.FIGURES | {"charge"}
    if not named or comma < 0 or tree.tokens[a].text.lower() not in {"a", "an"}:
        return None
    rest = [k for k in tree.sentence(i) if k > i][: LONGEST_NAME + 1]
    verb = next((k for k in rest if tree.tokens[k].text.lower() in DISPUTING), None)
    source = [k for k in rest if verb is not None and k < verb and tree.tokens[k].text.lower() != "that"]
    if verb is None or not source or tree.tokens[comma].text not in {",", "–", "—"}:
        return None
    if any(tree.tokens[k].tag in {"VBD", "VBZ", ",", "IN"} for k in source):
        return None
    return Attribution(
        source=tree.trimmed(source), cue=(verb,), content=(a, i), kind="relative",
        lemma=DISPUTING[tree.tokens[verb].text.lower()],
    )  # fmt: skip


def _version(tree: Tree, i: int) -> list[Attribution]:
    """X's version is that content: a noun of saying that is what a clause says."""
    verb = tree.tokens[i].head
    owner = tree.with_dep(i, "poss")
    clauses = tree.with_dep(verb, "ccomp") if tree.tokens[verb].lemma == "be" else []
    if tree.tokens[i].dep != "nsubj" or not owner or not clauses:
        return []
    content = tree.trimmed(tree.subtree(clauses[0]))
    return [
        Attribution(
            source=tree.trimmed(tree.subtree(owner[0])), cue=(i, verb), content=content, kind="noun",
            lemma=tree.tokens[i].lemma,
        )
    ]  # fmt: skip


def _plural_says(tree: Tree, i: int) -> Attribution | None:
    """Return "workers fear that content", "the radio claims that content": a verb taken for a noun."""
    here = tree.sentence(i)
    before = [k for k in here if k < i]
    that = i + 1 < len(tree.tokens) and tree.tokens[i + 1].text.lower() == "that"
    plural = any(tree.tokens[k].tag in {"NNS", "NNPS"} for k in before)
    one = bool(before) and tree.tokens[i - 1].tag in {"NN", "NNP"}
    agrees = {"NN": plural, "NNS": one}.get(tree.tokens[i].tag, False)
    if not that or not agrees or not is_noun_phrase(tree, before):
        return None
    return Attribution(
        source=tree.trimmed(before), cue=(i,), content=tree.trimmed(k for k in here if k > i), kind="clause",
        lemma=tree.tokens[i].lemma,
    )  # fmt: skip


def _noun(tree: Tree, i: int) -> list[Attribution]:
    """X's claim that content, a report of content: a noun of saying with its complement."""
    found = []
    misread = _plural_says(tree, i)
    if misread is not None:
        return [misread]
    clauses = tree.with_dep(i, "acl", "ccomp")
    that = [k for k in clauses if any(tree.tokens[c].dep == "mark" for c in tree.children[k])]
    infinitive = [k for k in clauses if any(tree.tokens[c].tag == "TO" for c in tree.children[k])]
    for k in (that or infinitive)[:1]:
        owner = tree.with_dep(i, "poss")
        source = tree.trimmed(tree.subtree(owner[0])) if owner else ()
        articles = tree.with_dep(i, "det", "amod") if not owner else []
        cue = tuple(sorted({i, *articles}))
        content = tree.trimmed(tree.subtree(k))
        found.append(
            Attribution(source=source, cue=cue, content=content, kind="noun", lemma=tree.tokens[i].lemma)
        )
    return found


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
