"""Who says what in notes: "Duty nurse: …", "Per HQ: …", "Source B2 – village head: …", without a verb."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from safepassage.engines.extraction.actor_words import SPEAKER_WORDS
from safepassage.engines.extraction.attribution import Attribution
from safepassage.engines.extraction.relays import PASSED_ON, RELYING
from safepassage.engines.extraction.speakers import BODIES, PERSONS
from safepassage.engines.extraction.tree import Tree
from safepassage.engines.extraction.word_sets import words

SEMICOLON_AHEAD = 8
"""How far behind a semicolon somebody else may begin to speak."""
MOST_HEAD_WORDS, MOST_LEAD_WORDS, LONGEST_ACRONYM = 12, 4, 5
POSTS = words(
    """hq desk team base unit hotline caller callers source contact cmdr cdr capt sgt lt maj col liaison
    dispatcher operator lead leader keeper clerk staff section post platoon crew guard guards cousin
    uncle aunt brother sister son daughter wife husband friend boy girl kid priest imam pastor nun elder
    elders chief headman matron midwife warden watchman caretaker landlord baker fisherman shepherd
    contractor engineer technician mechanic sappers sapper deminer deminers medic paramedic paramedics surgeon
    pharmacist teacher principal head group channel chat radio control fire clinic parish mosque church
    school admin management secretariat union mp ngo un cimic admin adm gov govt min mod moi mfa
    rapporteur coordinator focal tenant owner trader traders vendor passenger passengers trucker truckers
    porter janitor supervisor foreman assistant corporal sergeant lieutenant vet sentry precinct schoolmaster
    logistician guesthouse cooperative chairwoman chairman chair imam nurse teacher steward registrar
    dispatcher superintendent inspector barber cook tailor miller beekeeper postmaster"""
)
"""Who speaks in notes beside those who speak in news."""
CONTACTS = words(
    """rang rings called calls phoned phones texted texts wrote writes messaged messages radioed radios
    answered answers replied replies emailed emails signalled reports reported checked checks adds added"""
)
"""Forms of verbs by which somebody gets in touch, before a colon."""
LEADS = words(
    """per from acc ex via by source contact call note fwd forwarded msg message heard with talk spoke to met
    asked"""
)
"""Words that stand before who speaks, and are no part of the name."""
NO_SPEAKERS = words(
    """note update access assessment summary check checked reported prices background remark action task
    needs result subject re date time place location comment question answer example reason list total
    figures status weather roads road bridge security health water food shelter incident warning caution
    attention urgent important correction details situation count plan route destination"""
)
"""What stands before a colon and is a heading."""
ENDS, QUOTE_ENDS = frozenset({".", "!", "?"}), frozenset({"”", "»", "''", '"'})
DASHES = frozenset({"-", "–", "—", "--"})


def noted(tree: Tree, found: Sequence[Attribution]) -> Iterator[Attribution]:
    """Yield the attributions of sentences that begin with who speaks and a colon."""
    cues = {k for a in found for k in a.cue}
    for part in sentences(tree):
        colon = next((k for k in part[: MOST_HEAD_WORDS + 1] if _parts(tree, k)), None)
        if colon is None or cues & set(range(part[0], colon + 1)):
            continue
        head = _speaker(tree, [k for k in part if k < colon])
        content = tree.trimmed(k for k in part if k > colon)
        content = content[:-1] if content and tree.tokens[content[-1]].text in ENDS else content
        called = _contact(tree, [k for k in part if k < colon])
        if called and content:
            source, cue = called
            yield Attribution(source=source, cue=cue, content=content, kind="colon", lemma="say")
        elif head and content:
            source, citing = _relied_on(tree, head)
            source, via = _passed_on(tree, source)
            source = tree.trimmed(_before_comma(tree, list(source))) or source
            yield Attribution(
                source=source, cue=(colon,), content=content, kind="colon", lemma="say", citing=citing,
                via=via,
            )  # fmt: skip


def sentences(tree: Tree) -> Iterator[list[int]]:
    """Yield the sentences of a passage by their marks alone: a parse of notes parts them at random."""
    part: list[int] = []
    for k, token in enumerate(tree.tokens):
        part.append(k)
        behind = tree.tokens[k + 1].text if k + 1 < len(tree.tokens) else ""
        closes = token.text in ENDS or (
            token.text in QUOTE_ENDS and k > 0 and tree.tokens[k - 1].text in ENDS
        )
        begins = not behind or not behind[:1].islower()
        inside = tree.quoted[k] >= 0 and k + 1 < len(tree.tokens) and tree.quoted[k + 1] == tree.quoted[k]
        ahead = range(k, min(k + SEMICOLON_AHEAD, len(tree.tokens)))
        joins = token.text == ";" and any(_parts(tree, n) for n in ahead)
        if joins or (closes and begins and not inside and behind not in QUOTE_ENDS):
            yield part
            part = []
    if part:
        yield part


def _parts(tree: Tree, k: int) -> bool:
    """Tell whether a colon parts who speaks from what is said: it is no time of day."""
    if tree.tokens[k].text not in {":", "):"} or tree.quoted[k] >= 0:
        return False
    digits = [tree.tokens[n].text.isdigit() for n in (k - 1, k + 1) if 0 <= n < len(tree.tokens)]
    glued = k + 1 < len(tree.tokens) and tree.tokens[k + 1].start == tree.tokens[k].end
    return not (all(digits) and glued)


def _speaker(tree: Tree, head: list[int]) -> tuple[int, ...]:
    """Return who speaks of the words before a colon, () if nobody does."""
    head = _without_lead(tree, _without_brackets(tree, _without_time(tree, head)))
    if head and tree.tokens[head[-1]].text.lower() in {"informs", "reports", "writes", "says", "adds"}:
        head = head[:-1]
    said = [tree.tokens[k] for k in head]
    if not said or len(head) > MOST_HEAD_WORDS or any(tree.quoted[k] >= 0 for k in head):
        return ()
    if any(t.tag in {"VBZ", "VBD", "MD"} or t.text == ";" for t in said):
        return ()
    core = _before_comma(tree, head)
    heading = any(t.text.lower() in NO_SPEAKERS for t in said)
    if heading and len(head) <= MOST_LEAD_WORDS - 1:
        return ()
    if not any(_can_speak(tree.tokens[k].text, tree.tokens[k].lemma) for k in core):
        return ()
    return tree.trimmed(head)


def _contact(tree: Tree, head: list[int]) -> tuple[tuple[int, ...], tuple[int, ...]] | None:
    """Return who gets in touch and the verb of "Sister Agnes rang after: …"; None where nobody does."""
    head = _without_time(tree, head)
    at = next((n for n, k in enumerate(head) if tree.tokens[k].text.lower() in CONTACTS), 0)
    behind = [tree.tokens[k] for k in head[at + 1 :]]
    if not 0 < at <= MOST_LEAD_WORDS or any(tree.quoted[k] >= 0 for k in head) or not all(
        t.tag in {"RB", "IN", "RP", "NN", "DT", "PRP", "JJ", "CD"} for t in behind
    ):  # fmt: skip
        return None
    before = head[:at]
    while before and tree.tokens[before[-1]].text.lower() in {"has", "have", "had", "just", "also"}:
        before = before[:-1]
    source = tree.trimmed(before)
    named = [tree.tokens[k] for k in source]
    plain = not any(t.tag in {"VBZ", "VBD", "MD", ",", "IN"} for t in named)
    adverbs = [k for k in head[at:] if tree.tokens[k].tag == "RB" and k == head[at] + 1]
    return (
        (source, (head[at], *adverbs))
        if plain and named and named[-1].pos in {"NOUN", "PROPN", "PRON"}
        else None
    )


def _relied_on(tree: Tree, head: tuple[int, ...]) -> tuple[tuple[int, ...], tuple[tuple[int, ...], ...]]:
    """Return who speaks and on whom they rely: "Mara, relaying her aunt: …"."""
    at = next((n for n, k in enumerate(head) if tree.tokens[k].text.lower() in RELYING), 0)
    if not 0 < at < len(head) - 1:
        return head, ()
    return tree.trimmed(head[:at]), (tree.trimmed(head[at + 1 :]),)


def _passed_on(tree: Tree, head: tuple[int, ...]) -> tuple[tuple[int, ...], tuple[tuple[int, ...], ...]]:
    """Return who speaks and who passes it on: "the mate via the radio: …", "a girl, passed on by X: …"."""
    said = [tree.tokens[k].text.lower() for k in head]
    if "via" in said[1:-1]:
        at = said.index("via", 1)
        return tree.trimmed(head[:at]), (tree.trimmed(head[at + 1 :]),)
    if (
        "," in said
        and "by" in said[:-1]
        and tree.tokens[head[said.index(",") + 1]].lemma in {"pass", *PASSED_ON}
    ):
        comma, by = said.index(","), said.index("by")
        return tree.trimmed(head[:comma]), (tree.trimmed(head[by + 1 :]),)
    return head, ()


def _can_speak(text: str, lemma: str) -> bool:
    word = text.lower()
    acronym = text.isupper() and 1 < len(text) <= LONGEST_ACRONYM and text.isalpha()
    known = SPEAKER_WORDS | POSTS | PERSONS | BODIES
    return acronym or ({word, lemma.lower()} & known != set() and word not in NO_SPEAKERS)


def _before_comma(tree: Tree, head: list[int]) -> list[int]:
    commas = [n for n, k in enumerate(head) if tree.tokens[k].text == ","]
    return head[: commas[0]] if commas else head


def _without_time(tree: Tree, head: list[int]) -> list[int]:
    """Return words without a time of day before them or behind a comma at their end."""
    while head and (
        tree.tokens[head[0]].text[:1].isdigit() or tree.tokens[head[0]].text in {",", "h", "hrs"}
    ):
        head = head[1:]
    commas = [n for n, k in enumerate(head) if tree.tokens[k].text == ","]
    if commas and any(tree.tokens[k].tag == "CD" for k in head[commas[-1] :]):
        return head[: commas[-1]]
    return head


def _without_brackets(tree: Tree, head: list[int]) -> list[int]:
    """Return words without what stands in brackets behind them: "Pharmacist (woman, 50s)"."""
    opened = next((n for n, k in enumerate(head) if tree.tokens[k].text == "("), 0)
    return head[:opened] if opened else head


def _without_lead(tree: Tree, head: list[int]) -> list[int]:
    """Return words without "Per", "Voice note from", "Source B2 –" before who speaks."""
    dashes = [n for n, k in enumerate(head[:MOST_LEAD_WORDS]) if tree.tokens[k].text in DASHES]
    if dashes and tree.tokens[head[0]].lemma.lower() in LEADS:
        return head[dashes[0] + 1 :]
    leads = [n for n, k in enumerate(head[:MOST_LEAD_WORDS]) if tree.tokens[k].text.lower() in LEADS]
    means = bool(leads) and leads[0] > 0 and tree.tokens[head[leads[0]]].text.lower() in {"via", "by"}
    if means:
        return head[: leads[0]]
    told_on = bool(leads) and tree.tokens[head[leads[-1]]].text.lower() == "from"
    behind = leads[-1] + 1 if leads and (leads[0] <= 1 or told_on) else 0
    if 0 < behind < len(head) and tree.tokens[head[behind]].text == ",":
        behind += 1  # "call, woman in Lysk: …"
    return head[behind:] if len(head) > behind else head
