"""Attributions by word order alone, in sentences where the tree shows none: notes, speech, bad parses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from safepassage.engines.extraction.actor_words import SPEAKER_WORDS
from safepassage.engines.extraction.attribution import Attribution
from safepassage.engines.extraction.lexicon import CUE_ADJECTIVES
from safepassage.engines.extraction.notes import POSTS
from safepassage.engines.extraction.relays import PASSED_ON, RELYING
from safepassage.engines.extraction.tree import Tree
from safepassage.engines.extraction.word_sets import words

_FORMS = """
    say says said, report reports reported, state states stated, warn warns warned, add adds added,
    note notes noted, claim claims claimed, insist insists insisted, confirm confirms confirmed,
    deny denies denied, admit admits admitted, announce announces announced, write writes wrote,
    reckon reckons reckoned, think thinks thought, believe believes believed, estimate estimates
    estimated, maintain maintains maintained, stress stresses stressed, assert asserts asserted,
    explain explains explained, complain complains complained, recall recalls recalled, allege
    alleges alleged, promise promises promised, swear swears swore, radio radios radioed, text texts
    texted, shout shouts shouted, find found, assure assures assured, underline underlines
    underlined, inform informs informed, hope hopes hoped, fear fears feared, expect
    expects expected, record recorded, establish established, count counts counted,
    correct corrected, mention mentions mentioned,
    read reads, confide confides confided,
    reply replies replied, guarantee guarantees guaranteed, request requests requested, testify testifies
    testified, list lists listed, reaffirm reaffirms reaffirmed, inform informs, reveal reveals revealed,
    emphasize emphasizes emphasized, caution cautions cautioned, tell tells told
"""
FORMS = {form: row.split()[0] for row in _FORMS.split(",") for form in row.split()}
"""Forms of verbs of saying, as they stand in a text."""
BASE_FORMS = words(
    """hope fear expect state add note admit announce write think believe find record establish tell estimate
    text radio count correct list request reveal read confide
    """
)
"""Base forms that are other words more often."""
MOST_SOURCE_WORDS, LEAST_CONTENT_WORDS = 9, 2
MOST_SETTING_WORDS = 6
"""So many words at most tell when and how something was said ("in a statement on Saturday")."""
MOST_INSERTED = 5
"""Words of "the mayor says" thrown into a sentence between commas."""
LEAST_COMMAS = 3
OPENERS = words(
    """enough no more less if when while after because although but and as since where that which who it there
    to"""
)
COUNTS = words("count estimate tally headcount")
"""Nouns that speak for whoever counted ("the keeper's count is 14")."""
NUMBERED = words("first second third other another neither both")
"""How notes name one of several who were just spoken of."""
SETTING = words("on in at late early last this yesterday today when after before during while as")
"""Words behind a verb of saying that tell when and where it was said."""
WRITTEN = words("sheet log list board register page bulletin notice sign tally table map ledger")
"""What is written down and can speak for whoever wrote it."""
SEEN_ON = words("image footage photo photograph picture video recording map data")
"""What shows something to whoever looks at it."""
CLOSERS = frozenset({".", "!", "?", ";"})


def by_word_order(tree: Tree, found: Sequence[Attribution]) -> Iterator[Attribution]:
    """Yield the attributions of sentences, or parts between semicolons, that hold none of those found."""
    cued = {k for a in found for k in (a.cue or a.content[:1])}
    held = {k for a in found for k in a.content}
    for part in _parts(tree):
        if not cued & set(part) and len(part) > LEAST_CONTENT_WORDS and not set(part) <= held:
            one = (
                _closing(tree, part)
                or _inserted(tree, part)
                or _opening(tree, part)
                or _as_told(tree, part)
                or _behind_aside(tree, part)
                or _colon(tree, part)
            )
        else:
            one = _inverted(tree, part, _commas(tree, part)) or _told_at_the_end(tree, part, cued | held)
            one = None if one is not None and set(one.cue) & cued else one
        if one is not None:
            yield one


def run_on(tree: Tree, found: Sequence[Attribution]) -> tuple[list[Attribution], list[Attribution]]:
    """Return attributions that end where somebody else speaks behind a comma, and what those say.

    "Imam says 40, caretaker counted 25": notes join two voices by a comma, and a parse makes one of them.
    """
    kept, more = list(found), []
    for part in _parts(tree):
        for comma, behind in _splices(tree, part, kept):
            inside = {k for k in part if k > comma}
            kept = [_up_to(tree, a, comma, inside) for a in kept]
            one = _opening(tree, behind)
            if one is not None and not {k for a in kept for k in a.cue} & set(one.cue):
                more.append(one)
    return kept, more


def _up_to(tree: Tree, a: Attribution, comma: int, inside: set[int]) -> Attribution:
    """Return an attribution told before a comma without the words behind it."""
    if not a.cue or a.cue[-1] > comma or not inside & set(a.content):
        return a
    left = tree.trimmed(k for k in a.content if k < comma)
    return replace(a, content=left) if left else a


def _splices(tree: Tree, part: list[int], found: Sequence[Attribution]) -> Iterator[tuple[int, list[int]]]:
    """Yield the commas behind which somebody else begins to speak, with the words up to the next of them."""
    told = [a.cue[0] for a in found if a.cue and a.kind != "according"]
    opens = tree.tokens[part[0]].text.lower() in OPENERS
    stops = [
        comma for comma in _commas(tree, part)
        if not opens and any(part[0] <= k < comma for k in told) and _speaks_behind(tree, part, comma)
    ]  # fmt: skip
    for n, comma in enumerate(stops):
        end = stops[n + 1] if n + 1 < len(stops) else part[-1] + 1
        yield comma, [k for k in part if comma < k < end]


def _speaks_behind(tree: Tree, part: list[int], comma: int) -> bool:
    """Tell whether a known kind of speaker and a verb of saying with its words stand behind a comma."""
    behind = [k for k in part if k > comma]
    for n, k in enumerate(behind[1 : MOST_INSERTED + 1], start=1):
        source = behind[:n]
        if not (_form(tree, k) or _shows(tree, source, k)):
            continue
        words_said = {tree.tokens[c].text.lower() for c in source} | {tree.tokens[c].lemma for c in source}
        known = words_said & (SPEAKER_WORDS | POSTS | WRITTEN | SEEN_ON | NUMBERED)
        said = behind[n + 1 :]
        setting = said and tree.tokens[said[0]].text.lower() in SETTING
        named = is_noun_phrase(tree, source) or (n == 1 and _is_numbered(tree, source[0]))
        return bool(known and said and not setting and named)
    return False


def without_misread(tree: Tree, found: Sequence[Attribution]) -> Iterator[Attribution]:
    """Yield attributions, but not "people reported the officer" where "…, reported the officer." stands."""
    closing = [one for part in _parts(tree) if (one := _closing(tree, part)) is not None]
    behind = {one.cue[0]: set(one.source) for one in closing if one.source[0] > one.cue[0]}
    for a in found:
        mine = [k for k in a.cue if k in behind]
        if not mine or not behind[mine[0]] & set(a.content):
            yield a


def _parts(tree: Tree) -> Iterator[list[int]]:
    """Yield the sentences of a passage, parted at semicolons, without their closing marks."""
    part: list[int] = []
    for k, token in enumerate(tree.tokens):
        ends = k + 1 == len(tree.tokens) or tree.tokens[k + 1].sentence != token.sentence
        if token.text != ";":
            part.append(k)
        if ends or token.text == ";":
            while part and tree.tokens[part[-1]].text in CLOSERS:
                part.pop()
            if part:
                yield part
            part = []


def _closing(tree: Tree, part: list[int]) -> Attribution | None:
    """Return "content, X says" or "content, says X": the last comma parts them."""
    commas = _commas(tree, part)
    if not commas:
        return None
    citing: tuple[int, ...] = ()
    if len(commas) > 1 and commas[-1] < part[-1] and tree.tokens[commas[-1] + 1].text.lower() in RELYING:
        citing = tree.trimmed(k for k in part if k > commas[-1] + 1)
        end = commas.pop()
        part = [k for k in part if k < end]
    one = _parted_at(tree, part, commas[-1]) or _apposed(tree, part, commas) or _inverted(tree, part, commas)
    return replace(one, citing=(citing,)) if one is not None and citing else one


def _told_at_the_end(tree: Tree, part: list[int], known: set[int]) -> Attribution | None:
    """Return "content, X says" whose content has cues of its own, where none of the last words is known."""
    commas = _commas(tree, part)
    if not commas or known & {k for k in part if k > commas[-1]}:
        return None
    return _parted_at(tree, part, commas[-1])


def _parted_at(tree: Tree, part: list[int], comma: int) -> Attribution | None:
    tail = [k for k in part if k > comma]
    content = [k for k in part if k < comma]
    if not 1 < len(tail) <= MOST_SOURCE_WORDS + MOST_SETTING_WORDS or len(content) < LEAST_CONTENT_WORDS:
        return None
    tail = _without_setting(tree, tail)
    first, last = tail[0], tail[-1]
    if _form(tree, last) and is_noun_phrase(tree, tail[:-1]):
        return _made(tree, tail[:-1], last, content)
    named = _to_clause(tree, tail[1:])
    if _form(tree, first) and is_noun_phrase(tree, named):
        return _made(tree, named, first, content)
    return None


def _without_setting(tree: Tree, tail: list[int]) -> list[int]:
    """Return "X claimed" of "X claimed on Saturday", "X said in a statement": when and how it was said."""
    for n in range(len(tail) - 1, 1, -1):
        behind = tail[n]
        led = tree.tokens[behind].tag in {"IN", "RB", "NNP", "NN"} and not _form(tree, behind)
        clause = any(tree.tokens[k].pos in {"VERB", "AUX"} for k in tail[n:])
        if led and not clause and len(tail) - n <= MOST_SETTING_WORDS and _form(tree, tail[n - 1]):
            return tail[:n]
    return tail if len(tail) <= MOST_SOURCE_WORDS else tail[:1]


def _commas(tree: Tree, part: list[int]) -> list[int]:
    """Return the commas of a part that stand in no quotation."""
    return [k for k in part if tree.tokens[k].text == "," and tree.quoted[k] < 0]


def _inverted(tree: Tree, part: list[int], commas: list[int]) -> Attribution | None:
    """Return "content, says X, whose …": an aside on X stands behind."""
    for comma, stop in pairwise(commas):
        inside = list(range(comma + 1, stop))
        content = [k for k in part if k < comma]
        whose = tree.tokens[stop + 1].tag in {"WP", "WP$", "WDT"} if stop < part[-1] else False
        finite = any(tree.tokens[k].pos in {"VERB", "AUX"} for k in content)
        named = 1 < len(inside) <= MOST_SOURCE_WORDS and is_noun_phrase(tree, inside[1:])
        if whose and finite and named and _form(tree, inside[0]):
            return _made(tree, inside[1:], inside[0], content)
    return None


def _apposed(tree: Tree, part: list[int], commas: list[int]) -> Attribution | None:
    """Return "content, X, Y, says": an aside between commas tells who X is."""
    last = part[-1]
    if not _form(tree, last) or len(commas) < LEAST_COMMAS or commas[-1] != last - 1:
        return None
    start = commas[-3] if len(commas) >= LEAST_COMMAS else part[0]
    source = [k for k in part if start < k < last]
    content = [k for k in part if k < start]
    bare = [k for k in source if tree.tokens[k].text != ","]
    aside = [k for k in source if k > commas[-2]]
    passed = len(aside) > 1 and tree.tokens[aside[0]].lemma in PASSED_ON and len(commas) >= LEAST_COMMAS
    if passed and tree.tokens[aside[1]].text.lower() == "by":
        speaks = [k for k in source if k < commas[-2]]
        one = _made(tree, speaks, last, content) if is_noun_phrase(tree, speaks) else None
        via = tree.trimmed(k for k in aside[2:] if tree.tokens[k].text != ",")
        return None if one is None else replace(one, via=(via,))
    if not is_noun_phrase(tree, bare) or len(content) < LEAST_CONTENT_WORDS or len(bare) > MOST_SOURCE_WORDS:
        return None
    return _made(tree, source, last, content)


def _to_clause(tree: Tree, positions: list[int]) -> list[int]:
    """Return words up to a relative clause ("an engineer | who walked through them")."""
    stops = [k for k in positions if tree.tokens[k].tag in {"WP", "WDT"}]
    return [k for k in positions if k < stops[0]] if stops else positions


def _inserted(tree: Tree, part: list[int]) -> Attribution | None:
    """Return "content, they say, more content"."""
    for first, last in pairwise(_commas(tree, part)):
        inside = list(range(first + 1, last))
        if not 1 < len(inside) <= MOST_INSERTED or not _form(tree, inside[-1]):
            continue
        if is_noun_phrase(tree, inside[:-1]):
            rest = [k for k in part if k < first or k > last]
            return _made(tree, inside[:-1], inside[-1], [k for k in rest if k < first] or rest)
    return None


def _opening(tree: Tree, part: list[int]) -> Attribution | None:
    """Return "X says content" of a note whose parse shows no verb."""
    for n, k in enumerate(part[1 : MOST_SOURCE_WORDS + 1], start=1):
        speaks = _form(tree, k) or _shows(tree, part[:n], k) or _is_sure(tree, part, n)
        named = is_noun_phrase(tree, part[:n]) or (n == 1 and _is_numbered(tree, part[0]))
        if speaks and named and len(part) > n + 1:
            return _made(tree, part[:n], k, part[n + 1 :])
        if tree.tokens[k].text in {",", ":"}:
            return None
    return None


def _as_told(tree: Tree, part: list[int]) -> Attribution | None:
    """Return "as X told us, content": who speaks stands first."""
    commas = _commas(tree, part)
    if not commas or tree.tokens[part[0]].text.lower() != "as":
        return None
    head = [k for k in part if k < commas[0]][1 : MOST_SOURCE_WORDS + 1]
    cue = next((n for n, k in enumerate(head) if n and _form(tree, k)), 0)
    content = [k for k in part if k > commas[0]]
    if not cue or not is_noun_phrase(tree, head[:cue]):
        return None
    return _made(tree, head[:cue], head[cue], content)


def _behind_aside(tree: Tree, part: list[int]) -> Attribution | None:
    """Return "X, reached by telephone, says content" whose aside a parse takes for the sentence."""
    commas = _commas(tree, part)
    source = [k for k in part if commas and k < commas[0]]
    if len(commas) <= 1 or not is_noun_phrase(tree, source) or len(source) > MOST_SOURCE_WORDS:
        return None
    cue, content = commas[1] + 1, [k for k in part if k > commas[1] + 1]
    finite = any(tree.tokens[k].tag in {"VBD", "VBZ", "VBP", "MD"} for k in content)
    return _made(tree, source, cue, content) if finite and _form(tree, cue) else None


def _colon(tree: Tree, part: list[int]) -> Attribution | None:
    """Return "District office: content", where what stands before the colon can speak."""
    for n, k in enumerate(part[: MOST_SOURCE_WORDS + 1]):
        if tree.tokens[k].text != ":" or not n:
            continue
        cue = [k, *part[n - 1 : n]] if _form(tree, part[n - 1]) else [k]
        source = part[: n - len(cue) + 1]
        speaks = any(tree.tokens[c].text.lower() in SPEAKER_WORDS for c in source)
        if speaks and is_noun_phrase(tree, source) and len(part) > n + 1:
            return _made(tree, source, cue[-1], part[n + 1 :], "colon")
        return None
    return None


def _is_numbered(tree: Tree, k: int) -> bool:
    """Tell whether a word names one of several who were just spoken of ("First says …, second says …")."""
    return tree.tokens[k].text.lower() in NUMBERED


def _is_sure(tree: Tree, part: list[int], n: int) -> bool:
    """Tell whether a note says how sure somebody is without a verb ("chairwoman adamant that it works")."""
    if tree.tokens[part[n]].text.lower() not in CUE_ADJECTIVES or len(part) <= n + LEAST_CONTENT_WORDS:
        return False
    known = {tree.tokens[k].text.lower() for k in part[:n]} & (SPEAKER_WORDS | POSTS)
    that = tree.tokens[part[n + 1]].text.lower() == "that"
    return that or (bool(known) and any(tree.tokens[k].pos in {"VERB", "AUX"} for k in part[n + 1 :]))


def _shows(tree: Tree, source: list[int], k: int) -> bool:
    """Tell whether a sheet, log or board speaks: "the log at the gate shows four"."""
    written = any(tree.tokens[c].lemma in WRITTEN for c in source)
    counts = any(tree.tokens[c].tag == "CD" for c in range(k + 1, min(k + 3, len(tree.tokens))))
    if tree.tokens[k].text.lower() in {"is", "was"} and tree.tokens[source[-1]].lemma in COUNTS:
        return counts
    if tree.tokens[k].text.lower() in {"show", "shows", "showed"}:
        return written or any(tree.tokens[c].lemma in SEEN_ON for c in source)
    return tree.tokens[k].text.lower() in {"has", "shows", "lists", "gives", "reads"} and written


def _form(tree: Tree, k: int) -> str:
    form = tree.tokens[k].text.lower()
    bare = form in BASE_FORMS and not _by_many(tree, k)
    return FORMS.get(form, "") if tree.quoted[k] < 0 and not bare else ""


def _by_many(tree: Tree, k: int) -> bool:
    """Tell whether a base form stands right behind people who speak: "police state", "sappers add"."""
    before = tree.tokens[k - 1] if k else None
    plural = before is not None and (before.tag == "NNS" or before.text.lower() == "police")
    return plural and before is not None and before.text.lower() in SPEAKER_WORDS | POSTS


def is_noun_phrase(tree: Tree, positions: list[int]) -> bool:
    """Tell whether words can name somebody: a noun or pronoun among them, no clause, no quotation."""
    tokens = [tree.tokens[k] for k in positions]
    if not tokens or tokens[0].text.lower() in OPENERS or any(tree.quoted[k] >= 0 for k in positions):
        return False
    if any(t.text in {",", ":", "("} or t.tag in {"MD", "VBZ", "VBP", "VBD"} for t in tokens):
        return False
    if tokens[0].tag == "VBG" and tokens[0].pos == "VERB":
        return False
    return any(t.pos in {"NOUN", "PROPN", "PRON"} for t in tokens)


def _is_said(tree: Tree, source: list[int], content: Sequence[int]) -> bool:
    """Tell whether a single word is said: a number, or a noun that a known speaker says ("fireworks")."""
    known = any(tree.tokens[k].text.lower() in SPEAKER_WORDS | POSTS for k in source)
    return any(
        tree.tokens[k].tag == "CD" or (known and tree.tokens[k].pos in {"NOUN", "ADJ"}) for k in content
    )


def _made(
    tree: Tree, source: list[int], cue: int, content: list[int], kind: str = "inverted"
) -> Attribution | None:
    words_said = tree.trimmed(content)
    if len(words_said) < LEAST_CONTENT_WORDS and not _is_said(tree, source, words_said):
        return None
    lemma = _form(tree, cue) or "say"
    return Attribution(
        source=tree.trimmed(source), cue=(cue,), content=words_said,
        kind=kind if kind == "colon" else "inverted" if content[0] < cue else "clause", lemma=lemma,
    )  # fmt: skip
