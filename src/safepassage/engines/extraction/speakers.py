"""Who a source is: pronouns, titles and short names are taken for the last speaker they fit."""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass, field, replace

from safepassage.domain.claims.gazetteer import Gazetteer
from safepassage.domain.claims.values import Link, fold
from safepassage.domain.claims.words import Medium, OriginKind
from safepassage.engines.extraction.actor_words import ActorList, Role
from safepassage.engines.extraction.countries import SIDE_WORDS
from safepassage.engines.extraction.relays import PASSED_ON
from safepassage.engines.extraction.tree import Tree
from safepassage.engines.extraction.word_sets import words

HE_OR_SHE, THEY = frozenset({"he", "she", "him", "her", "his"}), frozenset({"they", "them", "their"})
IT, FIRST_PERSON = frozenset({"it", "its"}), frozenset({"i", "we", "my", "our", "me", "us"})
RELATIVE = frozenset({"who", "which", "that", "whom", "whose"})
PRONOUNS = HE_OR_SHE | THEY | IT
WOMEN = words("""she her ms mrs spokeswoman woman mother grandmother ombudswoman businesswoman""")
MEN = words("""he him his mr spokesman man father grandfather businessman""")
DETERMINERS = frozenset({"the", "a", "an", "this", "that", "these", "those", "another", "one"})
PLURAL_TAGS = frozenset({"NNS", "NNPS"})
CUT_RELATIONS = frozenset({"relcl", "acl", "advcl"})
SEEN = words("see view review examine verify read hear analyse analyze receive check")
"""What is done with a document by others than who wrote it."""
PERSONS = words(
    """spokesman spokeswoman spokesperson governor mayor president minister commander general colonel
    official resident villager farmer teacher doctor nurse driver analyst expert director head chief
    ambassador ombudsman commissioner adviser advisor aide secretary chairman chairwoman leader deputy
    lawmaker coordinator officer soldier prisoner witness volunteer woman man mother father pensioner
    reporter correspondent professor strategist senator judge lawyer"""
)
DOCUMENTS = words(
    """report statement post message video article letter bulletin assessment briefing dispatch footage
    survey poll study analysis release notice announcement update communique note tweet broadcast
    interview remark comment account summary map photograph image list tally"""
)
"""What speaks for whoever made it."""
BODIES = words(
    """ministry army government agency council office administration service centre center committee
    company network group movement union delegation mission authority police board department team
    cluster railway operator utility directorate municipality hospital party side commission institute
    state channel newspaper radio republic alliance federation party bank court parliament cabinet staff
    command force unit desk house kremlin press programme program organization organisation association
    foundation daily courier wire times post statement report sheet page list notice bulletin plan
    document law letter video kyiv moscow"""
)
"""Nouns of bodies and papers: "it" and "they" may mean them, "he" and "she" do not."""
OWN_NOUNS = words("company carrier operator organisation organization firm utility")
"""What a body that is no newspaper calls itself in its own report."""
OWN_TRADES = words(
    "railway railways company airline airlines electric power water gas telecom bank energy grid"
)
OWN_WORDS = 2
"""An article or "our", and a noun: so short a body is called in its own report."""
OUTLET_WORDS = words("channel page account feed website telegram")
"""Last words of the name of an outlet that is not who speaks on it."""
BODY_OF = re.compile(r"\b(?:for|of|at) (?:the|its|their|that) (?P<noun>[a-z]+)\W*$")
"""The body that somebody speaks for, where words end with it."""
MOST_KEPT = 200
"""Of so many speakers one may be meant by a short name: enough for a long report, and no more work."""
FAR_BACK = 2_000
"""How many characters back a pronoun may reach."""
MEDIA = (
    ("telegram", Medium.SOCIAL_POST), ("facebook", Medium.SOCIAL_POST), ("twitter", Medium.SOCIAL_POST),
    ("social media", Medium.SOCIAL_POST), ("post on x", Medium.SOCIAL_POST), ("tweet", Medium.SOCIAL_POST),
    ("interview", Medium.INTERVIEW), ("statement", Medium.STATEMENT), ("briefing", Medium.STATEMENT),
    ("press conference", Medium.STATEMENT), ("television", Medium.BROADCAST), ("radio", Medium.BROADCAST),
    ("video", Medium.BROADCAST), ("report", Medium.DOCUMENT), ("decree", Medium.DOCUMENT),
    ("document", Medium.DOCUMENT),
)  # fmt: skip
"""Words near a cue that tell through what somebody spoke; the first that is there counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """Somebody who speaks: a name for the chain, the words that described them, what they are."""

    name: str
    words: str
    proper: frozenset[str]
    noun: str
    role: Role
    plural: bool = False
    gender: str = ""

    @property
    def is_person(self) -> bool:
        """Tell whether a "he" or "she" can mean this speaker."""
        return not self.plural and (self.noun in PERSONS or self.noun not in BODIES)

    def link(self, cue: str = "", medium: Medium = Medium.UNKNOWN) -> Link:
        """Return the link of a chain that this speaker is."""
        return Link(name=self.name, kind=self.role.kind, side=self.role.side, medium=medium, cue=cue)


def _recent() -> deque[tuple[int, Speaker]]:
    return deque(maxlen=MOST_KEPT)


@dataclass(slots=True)
class Memory:
    """Speakers met lately, in the order of the text, and nouns that were subjects of sentences."""

    actors: ActorList
    gazetteer: Gazetteer = field(default_factory=Gazetteer)
    outlet: str = ""
    met: deque[tuple[int, Speaker]] = field(default_factory=_recent)
    subjects: deque[tuple[int, Speaker]] = field(default_factory=_recent)
    named: deque[tuple[int, Speaker]] = field(default_factory=_recent)
    mentioned: deque[tuple[int, Speaker]] = field(default_factory=_recent)

    def speaker(
        self, tree: Tree, positions: tuple[int, ...], at: int, around: Speaker | None
    ) -> Speaker | None:
        """Return the speaker that the words at some positions mean; None for a pronoun that fits nobody.

        `at` is where they stand in the text; `around` is who speaks the words they stand in.
        """
        head = _head(tree, positions)
        word = tree.tokens[head].text.lower()
        if word in FIRST_PERSON:
            return around
        if around is None and self._is_outlet(tree, positions, head):
            return self.body
        if word in RELATIVE and tree.tokens[head].tag in {"WP", "WDT", "WP$"}:
            return self._antecedent(tree, head, at, around)
        if word in PRONOUNS and len(positions) <= 2:  # noqa: PLR2004 - a pronoun with "himself" at most
            return self._pronoun(word, at)
        author = _author(tree, positions, head)
        if author:
            return self.speaker(tree, author, at, around)
        named = self._of_owner(tree, positions, at, self._with_home(describe(tree, positions, self.actors)))
        named = self._of_body(named, at)
        known = self._known(tree, positions, named, at)
        found = named if known is None else known
        self.met.append((at, found))
        return found

    def _is_outlet(self, tree: Tree, positions: tuple[int, ...], head: int) -> bool:
        """Tell whether a body speaks of itself in its own report: "the ministry", "our office"."""
        said = [tree.tokens[k].text.lower() for k in positions]
        noun = tree.tokens[head].text.lower()
        if len(said) == 1 and positions[-1] + 1 < len(tree.tokens):
            return tree.tokens[positions[-1] + 1].text == ":" and noun in fold(self.outlet).split()
        own = set(fold(self.outlet).split())
        if said[:1] == ["the"] and len(said) > OWN_WORDS and noun in BODIES and set(said[1:]) <= own:
            return True
        if said[:1] == ["the"] and len(said) == OWN_WORDS and noun in OWN_NOUNS:
            return bool(OWN_TRADES & set(fold(self.outlet).split()))
        if len(said) != OWN_WORDS or noun not in BODIES:
            return False
        return said[0] in FIRST_PERSON or (said[0] == "the" and noun in fold(self.outlet).split())

    @property
    def body(self) -> Speaker:
        """Return the body behind the outlet: a ministry speaks on "the ministry's channel"."""
        words = self.outlet.split()
        while len(words) > OWN_WORDS and words[-1].lower() in OUTLET_WORDS:
            words.pop()
        name = " ".join(words)
        return Speaker(name=name, words=name, proper=frozenset(), noun="", role=self.actors.role(name, name))

    def _antecedent(self, tree: Tree, head: int, at: int, around: Speaker | None) -> Speaker | None:
        """Return whom "who" means: the noun its clause hangs on."""
        verb = head
        for _ in range(4):
            verb = tree.tokens[verb].head
            if tree.tokens[verb].dep == "relcl":
                noun = tree.tokens[verb].head
                clause = set(tree.subtree(verb))
                below = tuple(k for k in tree.subtree(noun) if k not in clause)
                return self.speaker(tree, tree.trimmed(below), at, around) if below else None
        return None

    def _of_owner(self, tree: Tree, positions: tuple[int, ...], at: int, who: Speaker) -> Speaker:
        """Return "its spokesman" as the spokesman of whoever "its" means, with that side."""
        first = tree.tokens[positions[0]]
        if first.tag != "PRP$" or first.text.lower() in FIRST_PERSON:
            return who
        owner = self._pronoun(first.text.lower(), at)
        if owner is None:
            return who
        name = f"{owner.name}'s{who.name[len(first.text) :]}"
        role = who.role
        if role.kind in {OriginKind.UNKNOWN, owner.role.kind} and not role.side:
            role = replace(owner.role, private=role.private)
        return replace(who, name=name, words=f"{owner.words} {who.words}", role=role)

    def _with_home(self, who: Speaker) -> Speaker:
        """Return a speaker of a party with the side that the places in the words belong to.

        A country, or its capital, that speaks is its government.
        """
        rows = self.gazetteer.named(who.name) if who.role.kind == OriginKind.UNKNOWN else ()
        if rows and (rows[0].kind == "country" or rows[0].capital):
            return replace(who, role=Role(kind=OriginKind.PARTY, side=fold(rows[0].country)))
        if who.role.side or who.role.kind != OriginKind.PARTY:
            return who
        words = [w.strip(",.") for w in who.words.replace("'s", " ").replace("’s", " ").split()]
        for n in (2, 1):
            for i in range(len(words) - n + 1):
                rows = self.gazetteer.named(" ".join(words[i : i + n])) if words[i][:1].isupper() else ()
                if rows and rows[0].country and words[i].lower() not in who.proper:
                    return replace(who, role=replace(who.role, side=rows[0].country))
        return who

    def _of_body(self, who: Speaker, at: int) -> Speaker:
        """Return "a spokeswoman for the administration" with the side of the administration met before."""
        found = None if who.role.side else BODY_OF.search(who.words.lower())
        if found is None:
            return who
        sides = [s.role for w, s in self.met if w < at and s.noun.lower() == found["noun"] and s.role.side]
        return replace(who, role=replace(sides[-1], private=who.role.private)) if sides else who

    def note_name(self, tree: Tree, positions: tuple[int, ...], at: int) -> None:
        """Remember somebody named in passing: a short name later on may mean them."""
        self.named.append((at, self._with_home(describe(tree, positions, self.actors))))

    def note_mentioned(self, tree: Tree, i: int, at: int) -> None:
        """Remember a person spoken of, by function; only a pronoun that fits nobody else may mean them."""
        before = {c for k in tree.children[i] if k < i for c in tree.subtree(k)}
        self.mentioned.append((at, describe(tree, tree.trimmed({*before, i}) or (i,), self.actors)))

    def note_subject(self, tree: Tree, i: int, at: int) -> None:
        """Remember a person or body that a sentence is about: the next "he" may mean it."""
        self.subjects.append((at, describe(tree, tree.trimmed(tree.subtree(i)), self.actors)))

    def _is_titled(self, name: Speaker, who: Speaker) -> bool:
        """Tell whether a bare name is that of somebody met by title ("the governor, Sergei Vint")."""
        bare = (
            name.noun in name.proper and name.noun not in SIDE_WORDS and not self.gazetteer.named(name.name)
        )
        return bare and not name.plural and who.noun in PERSONS and name.proper <= who.proper

    def _pronoun(self, word: str, at: int) -> Speaker | None:
        """Return the nearest of those met before that a pronoun fits; speakers come before mere subjects."""
        gender = "f" if word in WOMEN else "m" if word in MEN else ""
        for rows in (self.met, self.subjects, self.mentioned):
            for where, who in sorted(rows, key=lambda row: -row[0]):
                if at - where > FAR_BACK or where >= at or not _fits(who, word, gender):
                    continue
                newer = [
                    s for w, s in self.subjects if where < w < at and _fits(s, word, gender) and s.proper
                ]
                found = newer[-1] if newer and not newer[-1].proper & who.proper else who
                found = replace(found, gender=found.gender or gender)
                self.met.append((at, found))
                return found
        return None

    def _known(self, tree: Tree, positions: tuple[int, ...], named: Speaker, at: int) -> Speaker | None:
        """Return who is meant by a short name, or by "the spokesman" after a spokesman was named."""
        rows = [(w, s) for w, s in (*self.met, *self.subjects, *self.named) if w < at]
        rows.sort(key=lambda row: row[0])
        if named.proper:
            same = [s for _, s in rows if named.proper <= s.proper or named.proper >= s.proper > frozenset()]
            same = [s for s in same if _same_thing(named, s) or self._is_titled(named, s)]
            longest = max(same, key=lambda s: len(s.words), default=None)
            return longest if longest and len(longest.words) > len(named.words) else None
        definite = tree.tokens[positions[0]].text.lower() in {"the", "this", "that", "both"}
        for _, who in reversed(rows):
            known = _plain_words(who.words)
            titled = bool(who.proper) and fold(named.noun) in known
            if (
                definite
                and (who.noun == named.noun or titled)
                and who.plural == named.plural
                and who.name != named.name
            ):
                modifiers = set(fold(named.name).split()) - DETERMINERS
                if modifiers <= known:
                    return who
        return None


def _plain_words(words: str) -> frozenset[str]:
    """Return the words of a description without their commas."""
    return frozenset(word.strip(",.;:") for word in fold(words).split())


def _same_thing(a: Speaker, b: Speaker) -> bool:
    """Tell whether two names that share words can be one: a surname, or one office of one body."""
    if a.proper == b.proper and a.noun == b.noun:
        return True
    return a.noun in a.proper and (a.noun in b.proper) and not a.plural


def _fits(who: Speaker, word: str, gender: str) -> bool:
    if word in THEY:
        return who.plural or not who.is_person
    if word in IT:
        return not who.is_person and not who.plural
    return who.is_person and (not gender or who.gender in {"", gender})


def _author(tree: Tree, positions: tuple[int, ...], head: int) -> tuple[int, ...]:
    """Return whose a document is that speaks ("a report by X", "X's statement"), () if it does not say."""
    if tree.tokens[head].lemma not in DOCUMENTS or tree.tokens[head].pos == "PROPN":
        return ()
    inside = set(positions)
    owners = [k for k in tree.with_dep(head, "poss") if k in inside]
    for k in positions:
        token = tree.tokens[k]
        carried = tree.tokens[token.head].lemma in PASSED_ON | SEEN
        if token.text.lower() in {"by", "from"} and token.dep in {"agent", "prep"} and not carried:
            owners += [c for c in tree.with_dep(k, "pobj") if c in inside]
    if not owners:
        return ()
    words = (k for k in tree.subtree(owners[0]) if k in inside and tree.tokens[k].tag != "POS")
    return tree.trimmed(words)


def _head(tree: Tree, positions: tuple[int, ...]) -> int:
    """Return the token of some that hangs on none of the others, a noun before its article in a bad parse."""
    inside = set(positions)
    outer = [k for k in positions if tree.tokens[k].head not in inside or tree.tokens[k].head == k]
    first = next(iter(outer), positions[0])
    nouns = [k for k in outer if tree.tokens[k].pos in {"NOUN", "PROPN"}]
    return nouns[0] if nouns and tree.tokens[first].pos == "DET" else first


def describe(tree: Tree, positions: tuple[int, ...], actors: ActorList) -> Speaker:
    """Return a speaker as the words describe them, without asides and clauses in the name."""
    head = _head(tree, positions)
    inside = set(positions)
    if tree.tokens[head].lemma in {"one", "another", "other"} and tree.with_dep(head, "appos"):
        aside = tuple(k for k in tree.subtree(tree.with_dep(head, "appos")[0]) if k in inside)
        if aside:
            return describe(tree, tree.trimmed(aside) or aside, actors)
    clauses = {
        c for k in positions if tree.tokens[k].dep in CUT_RELATIONS and k != head for c in tree.subtree(k)
    }
    kept = tuple(k for k in positions if k not in clauses)
    core = tree.trimmed(_before_aside(tree, kept, head)) or kept or positions
    words = _text(tree, kept or positions)
    proper = _proper(tree, core, head)
    noun = tree.tokens[head].lemma
    private_words = _aside(tree, inside - set(core))
    role = actors.role(words, tree.tokens[head].text)
    apposed = _apposed_role(tree, head, inside, actors)
    if role.kind == OriginKind.UNKNOWN or (apposed.kind != OriginKind.UNKNOWN and proper):
        role = apposed if apposed.kind != OriginKind.UNKNOWN else role
    name = _text(tree, core)
    if role.private and proper and private_words:
        # A private person is named by function only.
        name = private_words
    gender = "f" if set(fold(words).split()) & WOMEN else "m" if set(fold(words).split()) & MEN else ""
    plural = tree.tokens[head].tag in PLURAL_TAGS or any(
        tree.tokens[k].dep == "conj" and tree.tokens[k].head == head for k in kept
    )
    return Speaker(name=name, words=words, proper=proper, noun=noun, role=role, plural=plural, gender=gender)


def _apposed_role(tree: Tree, head: int, inside: set[int], actors: ActorList) -> Role:
    """Return what an aside says a named person is ("Ms A, a resident of B")."""
    for k in tree.with_dep(head, "appos"):
        if k in inside:
            words = _text(tree, tuple(c for c in tree.subtree(k) if c in inside))
            return actors.role(words, tree.tokens[k].text)
    return Role()


def _before_aside(tree: Tree, kept: tuple[int, ...], head: int) -> tuple[int, ...]:
    """Return the words up to the first comma behind the head, an aside that holds the name included."""
    for k in kept:
        if tree.tokens[k].text == "," and k > head:
            behind = [c for c in kept if c > k]
            named = any(tree.tokens[c].tag == "NNP" and tree.tokens[c].dep == "appos" for c in behind[:4])
            if named and tree.tokens[head].tag != "NNP":
                end = next((c for c in behind if tree.tokens[c].text == ","), kept[-1] + 1)
                return tuple(c for c in kept if c < end)
            return tuple(c for c in kept if c < k)
    return kept


def _aside(tree: Tree, positions: set[int]) -> str:
    trimmed = tree.trimmed(positions)
    return _text(tree, trimmed) if trimmed else ""


def _proper(tree: Tree, core: tuple[int, ...], head: int) -> frozenset[str]:
    """Return the words of a name: capitals that are or stand before the head, or are apposed to it."""
    found = set()
    for k in core:
        token = tree.tokens[k]
        near = k == head or (token.head == head and token.dep in {"compound", "appos", "flat"})
        of_appos = tree.tokens[token.head].dep == "appos" and tree.tokens[token.head].head == head
        if token.pos == "PROPN" and (near or (of_appos and token.dep in {"compound", "flat"})):
            found.add(token.text.lower())
            if k == head or token.dep == "appos":
                found.add(token.lemma)
    return frozenset(found)


def _text(tree: Tree, positions: tuple[int, ...]) -> str:
    """Return tokens as they would be written, gaps closed by single spaces."""
    pieces: list[str] = []
    last_end = -1
    for k in positions:
        token = tree.tokens[k]
        glue = "" if token.start == last_end or not pieces else " "
        pieces.append(f"{glue}{token.text}")
        last_end = token.end
    return "".join(pieces).strip(' ,;:-–—“”"')


def medium_of(words: str) -> Medium:
    """Return through what somebody spoke, from the words around the cue."""
    plain = f" {fold(words)} "
    return next((medium for word, medium in MEDIA if word in plain), Medium.UNKNOWN)
