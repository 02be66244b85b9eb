"""What a verb attributes: a quotation, a clause, what follows a colon, an object, a number."""

from __future__ import annotations

from collections.abc import Callable

from safepassage.engines.extraction import lexicon
from safepassage.engines.extraction.tree import SUBJECTS, Tree

VERBAL = frozenset({"VERB", "AUX"})
PARTS = frozenset({"among", "including", "all", "most", "half", "many", "some"})
"""Words that begin a part of what was counted just before."""
PLACING = frozenset({"on", "in", "at", "near", "from", "outside", "inside", "along"})
"""Prepositions of place; what they tell stands where the object was."""
LONG_QUOTE = 5
"""A quotation of more tokens than this that belongs to no cue goes on with the last speaker."""
NOUNS_UP = 6
"""So far above "which X denies" may stand what is denied ("reports of men sent to the front, which …")."""


def preposition_of(tree: Tree, i: int, lemma: str) -> int | None:
    """Return the preposition that belongs to a phrasal cue."""
    for k in tree.with_dep(i, "prep", "prt"):
        if (lemma, tree.tokens[k].lemma) in lexicon.PHRASAL and k > i:
            return k
    return None


def _figured(tree: Tree, i: int) -> tuple[int, ...]:
    """Return "the figure at 800" of a verb that puts a number to something."""
    counted = [k for k in tree.with_dep(i, "dobj") if _is_figure(tree, i, k)]
    if not counted:
        return ()
    preps = [p for p in tree.with_dep(i, "prep", "advmod") if tree.tokens[p].text.lower() != "according"]
    numbers = [c for p in preps for c in tree.subtree(p) if c > i]
    found = {*tree.subtree(counted[0]), *numbers}
    if not any(tree.tokens[k].tag == "CD" for k in found):
        return ()  # "gave a lower figure" says none
    commas = {k + 1 for k in found if k + 2 in found and tree.tokens[k + 1].text == ","}
    end = next((k for k in sorted(commas) if tree.tokens[k + 1].text.lower() == "without"), len(tree.tokens))
    return _with_parts(tree, tree.trimmed(k for k in found | commas if k < end))


def _with_parts(tree: Tree, counted: tuple[int, ...]) -> tuple[int, ...]:
    """Return what is counted with the parts told behind it ("17 dead, among them five children")."""
    if not counted or counted[-1] + 3 >= len(tree.tokens):
        return counted
    comma, first, second = (tree.tokens[counted[-1] + n] for n in (1, 2, 3))
    part = first.text.lower() in PARTS or (first.tag == "CD" and second.text.lower() == "of")
    if comma.text != "," or not part or tree.quoted[counted[-1]] != tree.quoted[counted[-1] + 2]:
        return counted
    start = counted[-1] + 1
    stops = (k for k in range(start + 1, len(tree.tokens)) if tree.tokens[k].text in {",", ";", ".", "”"})
    return tree.trimmed((*counted, *range(start, next(stops, len(tree.tokens)))))


def _is_figure(tree: Tree, i: int, k: int) -> bool:
    """Tell whether an object is a figure, or is put at a number ("the price of bread at three per cent")."""
    if tree.tokens[k].lemma in lexicon.FIGURES | {"it"}:
        return True
    return any(
        tree.tokens[p].text.lower() == "at" and any(tree.tokens[c].tag == "CD" for c in tree.subtree(p))
        for p in tree.with_dep(i, "prep")
    )


def _accused(tree: Tree, i: int) -> tuple[int, ...]:
    """Return whom a verb accuses of what, where "of" hangs on the accused."""
    if (tree.tokens[i].lemma, "of") not in lexicon.PHRASAL:
        return ()
    for k in tree.with_dep(i, "dobj"):
        if any(tree.tokens[p].text.lower() in {"of", "for"} for p in tree.with_dep(k, "prep")):
            return tree.trimmed(_going_on(tree, i, tree.subtree(k)))
    return ()


def content_of(tree: Tree, i: int, lemma: str) -> tuple[tuple[int, ...], str]:
    """Return what a verb attributes and the name of the frame, () without any."""
    frames: tuple[tuple[str, frozenset[str], Callable[[Tree, int], tuple[int, ...]]], ...] = (
        ("quotation", lexicon.QUOTING, quoted),
        ("colon", lexicon.SAYING, _after_colon),
        ("clause", lexicon.CLAUSAL | lexicon.CONTROL, clause_of),
        ("inverted", lexicon.SAYING | lexicon.THINKING | lexicon.ALLEGING, _around),
    )
    counted = _counted(tree, i, lemma)
    if counted:
        return counted, "object"
    if lemma == "accuse" and (accused := _complement(tree, i, lemma))[0]:
        return accused
    for kind, lemmas, frame in frames:
        content = frame(tree, i) if lemma in lemmas else ()
        if content and kind == "quotation" and _is_no_quotation(tree, i, content, lemma):
            continue
        if content and kind == "quotation":
            content = _joined(tree, _behind_colon(tree, i, content), clause_of(tree, i))
            content = _with_what_is_called(tree, i, content)
        if content:
            return content, kind
    return _complement(tree, i, lemma)


def _complement(tree: Tree, i: int, lemma: str) -> tuple[tuple[int, ...], str]:
    """Return what a verb without a clause attributes: a figure, the accused, an object."""
    special: tuple[tuple[str, bool, Callable[[Tree, int], tuple[int, ...]]], ...] = (
        ("relative", True, _noun_denied),
        ("phrasal", lemma in lexicon.DENYING, _dismissed_as),
        ("clause", lemma in lexicon.THINKING | lexicon.INTENDING, _misread_infinitive),
        ("figure", lemma in lexicon.FIGURING, _figured),
        ("phrasal", True, _accused),
    )
    for kind, used, frame in special:
        if used and (words := frame(tree, i)):
            return words, kind
    if lemma in lexicon.FIGURING:
        return (), ""
    preposition = preposition_of(tree, i, lemma)
    if preposition is not None:
        if tree.tokens[preposition].dep == "prt":
            return _object(tree, i), "phrasal"
        objects = [k for p in tree.with_dep(preposition, "pobj", "pcomp") for k in tree.subtree(p)]
        if (lemma, tree.tokens[preposition].lemma) == ("accuse", "of"):
            # Whom somebody accuses of what is one content: "the army of shelling a column".
            objects += [preposition, *(c for k in tree.with_dep(i, "dobj") for c in tree.subtree(k))]
        return tree.trimmed(_going_on(tree, i, objects)), "phrasal"
    if lemma in lexicon.CAUSED and tree.with_dep(i, "dobj"):
        return _caused(tree, i), "phrasal"
    infinitive = any(tree.tokens[k].text.lower() == "to" for k in tree.with_dep(i, "aux"))
    found = _object(tree, i) if lemma in lexicon.OBJECTS and not infinitive else ()
    counted = any(tree.tokens[k].tag == "CD" for k in found)
    return (_with_parts(tree, found) if counted else found), "object" if found else ""


def _going_on(tree: Tree, i: int, objects: list[int]) -> list[int]:
    """Return an object with what a parse hangs on the verb right behind it ("of men | going about")."""
    found = list(objects)
    for k in tree.children[i]:
        whole = tree.subtree(k)
        part = tree.tokens[k].dep == "prep" or tree.tokens[k].tag in {"VBG", "VBN"}
        where = tree.tokens[k].dep != "prep" or tree.tokens[k].text.lower() in PLACING
        part = part or (tree.tokens[k].dep == "advcl" and tree.tokens[whole[0]].text.lower() == "so")
        if found and whole[0] == max(found) + 1 and part and where and not _names_a_day(tree, whole):
            found += whole
    return found


def _names_a_day(tree: Tree, positions: list[int]) -> bool:
    return any(tree.tokens[k].text.lower() in lexicon.CALENDAR for k in positions)


def _dismissed_as(tree: Tree, i: int) -> tuple[int, ...]:
    """Return "reports that …" of "rejected as “hysteria” reports that …"."""
    for prep in tree.with_dep(i, "prep"):
        below = tree.subtree(prep) if tree.tokens[prep].text.lower() == "as" else []
        ends = [last for first, last in tree.quotes if first in below]
        nouns = [k for k in below if ends and k > ends[0] and tree.tokens[k].lemma in lexicon.CUE_NOUNS]
        if nouns and nouns[0] == ends[0] + 1:
            return tree.trimmed(k for k in below if k >= nouns[0])
    return ()


def _misread_infinitive(tree: Tree, i: int) -> tuple[int, ...]:
    """Return "the river to crest" whose verb a parse takes for a noun."""
    for k in tree.with_dep(i, "dobj"):
        for to in tree.with_dep(k, "prep"):
            bare = tree.with_dep(to, "pobj")
            if tree.tokens[to].text == "to" and bare == [to + 1] and tree.tokens[to + 1].tag == "NN":
                return tree.trimmed(tree.subtree(k))
    return ()


def _caused(tree: Tree, i: int) -> tuple[int, ...]:
    """Return what is put down to what: "it to snow", "the strike on the army"."""
    kept = {c for k in tree.with_dep(i, "dobj") for c in tree.subtree(k)}
    for k in tree.children[i]:
        if k > max(kept) and tree.tokens[k].dep in {"prep", "dative", "advcl", "xcomp"}:
            kept.update(tree.subtree(k) if k == max(kept) + 1 or tree.tokens[k].dep != "prep" else ())
    return tree.trimmed(kept)


def _noun_denied(tree: Tree, i: int) -> tuple[int, ...]:
    """Return "an accusation" of "an accusation Y denies"."""
    token = tree.tokens[i]
    if token.lemma not in lexicon.DENYING | lexicon.JUDGING or token.dep != "relcl":
        return ()
    noun = token.head
    for _ in range(NOUNS_UP):
        if tree.tokens[noun].lemma in lexicon.CUE_NOUNS | lexicon.VERSIONS | lexicon.FIGURES:
            clause = set(tree.subtree(i))
            return tree.trimmed(k for k in tree.subtree(noun) if k not in clause)
        noun = tree.tokens[noun].head
    return ()


def _counted(tree: Tree, i: int, lemma: str) -> tuple[int, ...]:
    """Return the number a verb gives: "had reported 140, a figure that …", "sees a rise of 11 per cent".

    "Sees a dog" judges nothing.
    """
    bare = any(tree.tokens[k].tag == "CD" for k in tree.with_dep(i, "dobj"))
    gives = lemma in lexicon.OBJECTS | lexicon.SHOWING | lexicon.SAYING
    found = _object(tree, i) if lemma == "see" or (gives and bare) else ()
    return _with_parts(tree, found) if any(tree.tokens[k].tag == "CD" for k in found) else ()


def _is_no_quotation(tree: Tree, i: int, quoted: tuple[int, ...], lemma: str) -> bool:
    """Tell whether a verb has words of its own to say, or only a name in quotation marks beside it."""
    accused = _accused(tree, i)
    if accused and not set(accused) & set(quoted):
        return True
    cries = lemma in lexicon.CRYING - lexicon.SAYING - lexicon.ALLEGING - lexicon.ASKING
    return (cries and not _is_utterance(tree, quoted)) or _goes_on(tree, i, quoted)


def _is_utterance(tree: Tree, quoted: tuple[int, ...]) -> bool:
    """Tell whether a quotation is a sentence: closed as one, or behind a comma or colon."""
    first, last = quoted[0], quoted[-1]
    led = first > 0 and tree.tokens[first - 1].text in {",", ":"}
    return led or tree.tokens[last - 1].text in {",", ".", "!", "?", "…"}


def _goes_on(tree: Tree, i: int, quoted: tuple[int, ...]) -> bool:
    """Tell whether a participle behind a quotation says something of its own ("“…”, recalling that …")."""
    return (
        (tree.tokens[i].tag == "VBG" or tree.tokens[i].dep == "relcl" or _ends_before(tree, i, quoted))
        and quoted[-1] < i
        and any(k > i for k in clause_of(tree, i))
    )


def _ends_before(tree: Tree, i: int, quoted: tuple[int, ...]) -> bool:
    """Tell whether a quotation belongs to the verb a cue is joined to ("called it “x”, and said that …")."""
    return tree.tokens[i].dep == "conj" and quoted[0] > tree.tokens[i].head


def clause_of(tree: Tree, i: int) -> tuple[int, ...]:
    """Return the clauses that complete a verb, subject included."""
    found: set[int] = set()
    part = set(between_semicolons(tree, i))
    for k in tree.with_dep(i, "ccomp", "xcomp"):
        if k < i and _colon_between(tree, k, i):
            continue
        is_clause = tree.tokens[k].pos in VERBAL or tree.with_dep(k, *SUBJECTS, "cop", "aux", "mark")
        if is_clause or tree.tokens[k].dep == "ccomp":
            found.update(tree.subtree(k))
            found -= _finite_beside_infinitive(tree, k)
    if found and tree.tokens[i].lemma in lexicon.SAYING - lexicon.TOLD:
        found.update(_cut_off(tree, i, min(found)))
    if tree.tokens[i].lemma in lexicon.TOLD:
        found = _behind_that(tree, found) if found else _told_clause(tree, i)
    if tree.tokens[i].lemma in lexicon.SAYING and not found:
        found.update(_by_way_of(tree, i))
    if tree.tokens[i].lemma in lexicon.ASKING and found and not tree.with_dep(i, "ccomp"):
        first = min(found)
        for k in tree.with_dep(i, "dobj"):
            found.update(c for c in tree.subtree(k) if k < first)
    if tree.quoted[i] < 0:
        found &= part | {k for k in found if tree.quoted[k] >= 0}
    return tree.trimmed(found)


def _cut_off(tree: Tree, i: int, first: int) -> set[int]:
    """Return the words between a verb and its clause that a parse takes for an object."""
    cut = {c for k in tree.with_dep(i, "dobj") if k < first for c in tree.subtree(k)}
    return cut if cut == set(range(i + 1, first)) else set()


def _behind_that(tree: Tree, clause: set[int]) -> set[int]:
    """Return a clause without the name of who was told that a parse puts before its "that"."""
    order = sorted(clause)
    that = next((n for n, k in enumerate(order) if tree.tokens[k].text.lower() == "that"), 0)
    named = all(tree.tokens[k].tag.startswith("NNP") for k in order[:that])
    return set(order[that:]) if named else clause


def _told_clause(tree: Tree, i: int) -> set[int]:
    """Return "that …" which a parse hangs on who was told, and where ("told the team on a tour that …")."""
    for k in tree.subtree(i):
        clause = tree.subtree(k) if k > i and tree.tokens[k].dep in {"relcl", "acl"} else []
        if len(clause) > 1 and tree.tokens[clause[0]].text.lower() == "that" and clause[0] > i + 1:
            own = [s for s in tree.with_dep(k, *SUBJECTS) if s != clause[0]]
            if own:
                return set(clause)
    for listener in tree.with_dep(i, "dobj", "dative"):
        for k in tree.with_dep(listener, "relcl", "acl"):
            whole = tree.subtree(k)
            if any(tree.tokens[c].dep == "mark" for c in tree.children[k]):
                return set(whole)
    return set()


def _by_way_of(tree: Tree, i: int) -> set[int]:
    """Return "that …" which a parse hangs on how it was said ("replied in writing that …")."""
    for prep in tree.with_dep(i, "prep"):
        for k in tree.subtree(prep):
            marked = [c for c in tree.children[k] if tree.tokens[c].dep in {"mark", "advmod"}]
            if k > i and marked and tree.tokens[marked[0]].text.lower() == "that":
                return {c for c in tree.subtree(k) if c >= marked[0]}
    return set()


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
    if not found and tree.tokens[i].lemma in lexicon.RANKING:
        # "described shooting around the tower": a parse takes the noun for a verb.
        found.update(c for k in tree.with_dep(i, "xcomp") if k == i + 1 for c in tree.subtree(k))
    if found:
        for k in tree.with_dep(i, "prep"):
            part = tree.tokens[k].lemma not in lexicon.NO_PART or tree.tokens[i].lemma in lexicon.CAUSED
            if k == max(found) + 1 and (part or _locates(tree, k)):
                found.update(tree.subtree(k))
        if tree.tokens[i].lemma in lexicon.RANKING:
            found.update(_as_what(tree, i, max(found)))
        for k in tree.with_dep(i, "advcl"):
            first = tree.subtree(k)[0]
            if first == k == max(found) + 1 and tree.tokens[k].tag == "VBG":
                found.update(tree.subtree(k))
    return tree.trimmed(found)


def _as_what(tree: Tree, i: int, last: int) -> list[int]:
    """Return "as a farce", "as open to lorries" right behind what is described or listed."""
    if last + 1 >= len(tree.tokens) or tree.tokens[last + 1].text.lower() != "as":
        return []
    return next((w for k in tree.children[i] if (w := tree.subtree(k))[0] == last + 1), [])


def _locates(tree: Tree, k: int) -> bool:
    """Tell whether a preposition says where the object is: not when, and not how."""
    objects = tree.with_dep(k, "pobj")
    where = tree.tokens[k].lemma in {"in", "at", "on", "from", "between"}
    return where and any(
        tree.tokens[o].tag in {"NNP", "NNPS", "NNS"} and tree.tokens[o].text.lower() not in lexicon.CALENDAR
        for o in objects
    )


def quoted(tree: Tree, i: int) -> tuple[int, ...]:
    """Return the quotations of the verb's sentence that stand beside it, marks included."""
    if tree.quoted[i] >= 0:
        return ()
    here = set(tree.sentence(i))
    found: set[int] = set()
    for first, last in tree.quotes:
        whole = range(first, last + 1)
        near = _beside(tree, i, first, last) and not _nearer(tree, i, first, last)
        if here & set(whole) and not tree.is_title(first, last) and near:
            found.update(whole)
    return tuple(sorted(found))


def _nearer(tree: Tree, i: int, first: int, last: int) -> bool:
    """Tell whether another verb that quotes stands between a verb and a quotation."""
    between = range(i + 1, first) if first > i else range(last + 1, i)
    return any(
        tree.tokens[k].lemma in lexicon.QUOTING
        and tree.tokens[k].pos == "VERB"
        and tree.quoted[k] < 0
        and (first > i or tree.tokens[k].dep not in {"relcl", "acl"})
        for k in between
    )


def _beside(tree: Tree, i: int, first: int, last: int) -> bool:
    """Tell whether a quotation is what the verb quotes: it ends with a comma before it, or follows it."""
    if last < i:
        inner = tree.tokens[last - 1].text if last > first else ""
        after = tree.tokens[last + 1].text if last + 1 < len(tree.tokens) else ""
        return inner in {",", "?", "!", ".", "…"} or after == ","
    gap = [tree.tokens[k].text for k in range(i + 1, first)]
    led = {":", ",", "that", "words", "caption", "comment"}
    return len(gap) <= LONG_QUOTE or gap[-1] in led or first - 1 == i


def _with_what_is_called(tree: Tree, i: int, quoted: tuple[int, ...]) -> tuple[int, ...]:
    """Return "the report “an invention”" of "called the report “an invention”"."""
    between = range(i + 1, quoted[0])
    called = tree.tokens[i].lemma in lexicon.CALLING and 0 < len(between) <= LONG_QUOTE
    words = [k for k in between if tree.tokens[k].tag not in {",", "IN", "RB"}]
    return (*between, *quoted) if called and len(words) == len(between) else quoted


def _behind_colon(tree: Tree, i: int, quoted: tuple[int, ...]) -> tuple[int, ...]:
    """Return what is quoted after a colon alone where a cue has one ("…, adding: “…”")."""
    colon = i + 1 < len(tree.tokens) and tree.tokens[i + 1].text == ":"
    return tuple(k for k in quoted if k > i) or quoted if colon else quoted


def _joined(tree: Tree, quoted: tuple[int, ...], clause: tuple[int, ...]) -> tuple[int, ...]:
    """Return a quotation with the clause it is part of; behind a colon it stands alone."""
    if quoted and quoted[0] > 0 and tree.tokens[quoted[0] - 1].text == ":":
        return quoted
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
    lead = tree.tokens[token.head]
    speaks = token.dep == "ccomp" and lead.lemma in lexicon.CLAUSAL and token.head < i
    beside = token.head > i or not _colon_between(tree, token.head, i)
    if (
        token.dep in {"parataxis", "ccomp"}
        and token.head != i
        and lead.pos in VERBAL
        and not speaks
        and beside
    ):
        own = set(tree.subtree(i))
        part = set(between_semicolons(tree, i))
        said = tree.trimmed(k for k in tree.subtree(token.head) if k not in own and k in part)
        return said if any(tree.tokens[k].dep in SUBJECTS for k in said) else ()
    return ()


def _colon_between(tree: Tree, a: int, b: int) -> bool:
    """Tell whether a colon that is in no quotation parts two tokens."""
    return any(tree.tokens[k].text == ":" and tree.quoted[k] < 0 for k in range(min(a, b), max(a, b)))


def between_semicolons(tree: Tree, i: int) -> list[int]:
    """Return the part of a sentence that a token stands in."""
    found = tree.sentence(i)
    stops = [k for k in found if tree.tokens[k].text == ";" and tree.quoted[k] < 0]
    first = max((k for k in stops if k < i), default=found[0] - 1)
    last = min((k for k in stops if k > i), default=found[-1] + 1)
    return [k for k in found if first < k < last]
