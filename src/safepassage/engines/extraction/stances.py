"""Where a statement stands: on typed questions (is the way open, was there fire), yes or no, by its words.

"Turned back at the post" says no to the question whether the way is open; "nobody was hurt" says no to
whether people were harmed. Two statements stand against each other where they answer one question unlike.
"""

from __future__ import annotations

import re
from typing import NamedTuple


class Question(NamedTuple):
    """A question that reports answer: words that say yes, words that say no."""

    name: str
    yes: str
    no: str


QUESTIONS: tuple[Question, ...] = (
    Question(
        "way",
        r"""
            open(?:ed|s)?|re-?open\w*|clear|passable|usable|
            (?:let|go|going|goes|went|gone|got|came|come|drove|made it|walked) (?:\w+ )?through|
            (?:go|going|goes|went|gone|got|came|come|drove|made it|walked) (?:\w+ )?(?:across|over|past)|
            passing|passed|passes|went through|as usual|allowed|permitted|crossed|accessible|
            (?:safe|free) passage|carry|guarantee\w*|corridor|ok|fine|works|proceed\w*|resum\w+|
            flow\w*|normal|normally|moving|in operation|operat(?:es|ed|ing)|lifted|reach\w*|without incident|
            no restrictions|free to (?:go|leave|move)|arriv\w+|
            let (?:\w+ ){1,4}(?:pass|through|in|out)|(?:full|free|immediate|unhindered) access|granted|issued
        """,
        r"""
            clos(?:ed|es|e|ure|ing)|shut|blocked|cut|
            turn(?:ed|s|ing)? (?:\w+ )?(?:back|away|round|around)|sent (?:back|home|away)|refus\w+|
            barred|held(?: up| at| back)?|stopped|impassable|stuck|destroyed|collapsed|blown up|
            washed (?:out|away)|flooded|craters?|detained|denied|queue\w*|suspended|prevent\w+|
            halted|mud|
            go home|unload\w*|stranded|banned|forbidden|off limits|out of service|standstill|roadblocks?|
            queu\w+|no way|
            seized|confiscated|impounded|waiting|stood (?:here|there)|standing (?:here|there)
        """,
    ),
    Question(
        "fire",
        r"""
            shots?|shoot\w*|gunfire|fire|fired|firing|shell(?:s|ed|ing|fire)?|attack\w*|hit|struck|
            stri\w+|striking|drones?|explosions?|blasts?|exploded|bomb\w*|mortars?|artillery|
            rockets?|missiles?|incidents?|raids?|snipers?|targeted|fighting|clashes
        """,
        r"""
            quiet|calm|silent|silence|peaceful|fireworks|thunder|undisturbed|exercise|training
        """,
    ),
    Question(
        "harm",
        r"""
            kil+\w*|drown\w*|perish\w*|massacre\w*|dead|died|dies|deaths?|bodies|wounded|injur\w+|hurt|casualt\w+|victims?|
            shrapnel|bandaged|buried|graves?|names
        """,
        r"""
            unharmed|unhurt|alive|safely|unscathed|survived
        """,
    ),
    Question(
        "people there",
        r"""
            remain\w*|still|stay\w*|trapped|stranded|basements?|cellars?|lights? on|left behind|
            waiting|inside|living|lives|live|hiding|shelter\w*|crowded|laundry|full|
            refused to leave|occupied|sleep\w*|here|(?:is|are|was|were|been) left|found somebody|
            want out|queu\w+|register\w+|crowd\w*|sheltering|asleep|in hiding|stayed behind
        """,
        r"""
            (?<!is )(?<!are )(?<!was )(?<!were )(?<!been )left(?! behind)|gone|empty|emptied|
            evacuated|abandoned|complete|completed|deserted|moved out|fled|finished|out of danger|
            evacuation (?:is |was )?over|
            (?:moved|taken|brought) to safety|accounted for
        """,
    ),
    Question(
        "supply",
        r"""
            arriv\w+|deliver\w*|reach\w*|restored|working|works?|worked|stocks?|enough|came|come|
            comes|running|(?:run|ran)(?! out)|on time|available|free|received|repaired|sufficient|
            normal|supplied|brought|distributed|got|sent|has been back|(?:is|are|was|were) back|
            back on|plenty|every (?:day|morning|hour|evening)|daily|
            adequate|fully stocked|
            unloaded|paid|stocked
        """,
        r"""
            r[au]n out|out of|shortages?|lack\w*|empty|cut(?: off)?|failed|broken|nothing|full|
            stolen|down|off|vanished|missing|needed|waiting|late|delayed|cancelled|spoil\w*|dry|
            at best|hours? a day|not seen|rationed|running low|exhausted|used up|gone|
            in the dark|blackouts?|candles|in corridors|on the floor|shut|
            without (?:power|water|light|electricity|heating|bread|food)
        """,
    ),
    Question(
        "agreed",
        r"""
            observ\w+|compl(?:y|ies|ied|ying)|respect\w*|honou?r\w*|kept|keeps|held|sign(?:ed|s)|
            agree\w*|holds|holding|in force|uph[eo]ld\w*|accepted|exists?|
            approved|authori[sz]ed|consent\w*
        """,
        r"""
            no (?:such )?(?:truce|cease-?fire|pause|agreement|deal|corridor)|
            violat\w*|br[eo]k\w*|breach\w*|ignor\w*|unilateral\w*|rejected|shelled|fired|refused|
            invented|cancelled|lapsed|
            collapsed
        """,
    ),
    Question(
        "advance",
        r"""
            advanc\w+|tak(?:en|es|e)|took|captur\w+|seiz\w+|push(?:ed|ing)? (?:forward|on|into)|
            enter\w*|control\w*|occup\w+|fall(?:en|s)?|fell|broke through|gained|moved|holds?|held|
            moved forward|pressing|gains?|broken through
        """,
        r"""
            halted|repel\w*|repuls\w*|stopped|(?:driven|pushed|thrown) (?:back|out)|withdr\w+|
            retreat\w*|lost|blocked|not moved|stalled|failed|abandoned|
            never left|
            (?:beat|beaten|forced|fought) (?:back|off)|contained|bogged down
        """,
    ),
    Question(
        "whole",
        r"""
            intact|undamaged|unharmed|standing|repaired|rebuilt|restored|working|in order|holds|
            fine|checked|safe
        """,
        r"""
            destroy\w*|damag\w*|collaps\w*|burn\w*|burnt|blown up|ruin\w*|in ruins|crater\w*|broken|
            hit|sunk|cut|wrecked|mined|
            deck (?:was |is )?gone|in the water|impassable|unusable
        """,
    ),
    Question(
        "mined",
        r"""
            mined|mines?|tripwires?|booby|unexploded|explosives?|ordnance|both verges
        """,
        r"""
            clea[r]ed|demined|swept|walked|checked|nothing
        """,
    ),
    Question(
        "taken from homes",
        r"""
            loot\w*|stole\w*|stolen|robb\w*|plunder\w*|pillag\w*|took|taken|emptied|requisition\w*|
            thefts?|thieves|looters|burgl\w*
        """,
        r"""
            order|returned|untouched|paid for|bought|
            paid in full
        """,
    ),
    Question(
        "was told",
        r"""
            warned|told|informed|notified|announced|notice|warning|received|sent|order(?:ed)?|
            in advance|ahead|
            knew|aware|
            given|shared with|handed|asked|requests?|appeals?|letters?
        """,
        r"""
            unaware|surprise[d]?|heard nothing|never heard|without (?:warning|notice)|learn(?:ed|t) of|
            no (?:warning|notice)|kept in the dark|
            unanswered
        """,
    ),
    Question(
        "free",
        r"""
            releas\w+|freed|let go|handed over|exchanged|returned home|brought home|at liberty
        """,
        r"""
            (?:being |are |is |still |were )held|detain\w*|in custody|captive|captivity|imprison\w*|
            arrest\w*|taken off|abducted|disappeared|in prison|behind bars|
            missing
        """,
    ),
    Question(
        "in order",
        r"""
            orderly|normal|normally|stable|calm|under control|as planned|on schedule|order|smooth\w*|
            manageable|unchanged|high spirits
        """,
        r"""
            chao\w+|panic\w*|overwhelmed|overcrowded|collaps\w*|breakdown|lawless\w*|desperate|
            catastroph\w*|disast\w+|turmoil|stampede|critical|worse\w*
        """,
    ),
    Question(
        "good water",
        r"""
            clean|drinkable|potable|fit to drink|tested|harmless|boiled
        """,
        r"""
            contaminat\w*|poison\w*|cholera|dirty|polluted|undrinkable|foul|typhoid|diarrh\w+
        """,
    ),
    Question(
        "rising",
        r"""
            ris(?:e|es|en|ing)|rose|doubl\w+|tripl\w+|soar\w*|climb\w*|increas\w+|higher|
            more expensive|grow\w*
        """,
        r"""
            fall(?:s|en|ing)?|fell|drop\w*|
            declin\w+|decreas\w+|lower|cheaper|stable|unchanged|shr[iaou]nk\w*
        """,
    ),
    Question(
        "military use",
        r"""
            ammunition|weapons?|arms|staging post|command post|barracks|firing positions?|arsenal|
            (?:soldiers|fighters|servicemen|troops) (?:inside|in (?:it|the building))|used by soldiers|
            human shields|military (?:objects?|equipment)
        """,
        r"""
            civilians only|only civilians|full of (?:families|children|patients|people)|protected site|
            purely civilian
        """,
    ),
    Question(
        "flown",
        r"""
            aircraft|jets?|warplanes?|planes?|helicopters?|flew|flown|sorties|air ?raids?
        """,
        r"""
            grounded|empty sky
        """,
    ),
    Question(
        "genuine",
        r"""
            genuine|authentic|verified|geolocated|real|accurate|true
        """,
        r"""
            fake|faked|old|staged|fabricat\w+|doctored|forged|forgery|inventions?|invented|hoax|fiction|fantasy|
            montage|untrue|false|lies?
        """,
    ),
    Question(
        "missing",
        r"""
            missing|unaccounted|disappeared|whereabouts|vanished
        """,
        r"""
            accounted for|traced|reunited|found alive
        """,
    ),
    Question(
        "sick",
        r"""
            cholera|outbreak|epidemic|typhoid|measles|dysentery|infections?|diarrh\w+
        """,
        r"""
            isolated cases|stomach|healthy|rumou?rs?
        """,
    ),
    Question(
        "talking",
        r"""
            (?:talks|negotiations) (?:are |were )?(?:continu\w+|going on|under way|held)|at the table|meeting
        """,
        r"""
            walked out|broke off|broken off|collapse of talks|no talks|
            talks (?:had |have )?(?:failed|collapsed|ended)
        """,
    ),
)  # fmt: skip
"""What reports answer unlike; words of the field, in no order that matters."""


def _any(pattern: str) -> re.Pattern[str]:
    """Return a pattern of whole words, written over several lines."""
    return re.compile(rf"\b(?:{re.sub(LINES, '', pattern)})\b", re.IGNORECASE)


LINES = r"\s*\n\s*"
_COMPILED = tuple((q.name, _any(q.yes), _any(q.no)) for q in QUESTIONS)
_NO = re.compile(
    r"\b(?:no|not|n['’]t|cannot|never|nobody|none|neither|nor|without|nothing|few|unable|did n['’]t|yet to|"
    r"stopped|free of|failed to|nor|no longer|no one)\b(?:[ ](?!but\b|and\b|only\b)[\w’'-]+){0,5}[ ]?$",
    re.IGNORECASE,
)
"""A denial that reaches a word: a few words before it, with no comma between."""
_NO_MORE = re.compile(
    r"\bno(?:t)? (?:more|fewer|less|later|only|just)\b"
    r"|\b(?:could|can) ?not be (?:\w+ )?(?:verified|confirmed|checked)\b",
    re.IGNORECASE,
)


def stance(text: str) -> dict[str, int]:
    """Return how a text answers each question it speaks of: 1 yes, -1 no, 0 both."""
    plain = _NO_MORE.sub("about", text)
    found: dict[str, int] = {}
    for name, yes, no in _COMPILED:
        signs = {sign * _turn(plain, m.start()) for sign, pattern in ((1, yes), (-1, no))
                 for m in pattern.finditer(plain)}  # fmt: skip
        if signs:
            found[name] = sum(signs)
    return found


def _turn(text: str, at: int) -> int:
    return -1 if _NO.search(text[max(0, at - 60) : at]) else 1


def negations(text: str) -> int:
    """Return how many words of denial a text has, without those that belong to numbers."""
    return len(_NO_WORD.findall(_NO_MORE.sub("about", text)))


_NO_WORD = re.compile(
    r"\b(?:no|not|never|nobody|none|neither|nor|nothing|cannot|no one)\b|\bn['’]t\b|\w+n['’]t\b",
    re.IGNORECASE,
)


def opposed(a: dict[str, int], b: dict[str, int]) -> tuple[str, ...]:
    """Return the questions that two stances answer unlike."""
    return tuple(sorted(name for name in a.keys() & b.keys() if a[name] * b[name] < 0))


def agreed(a: dict[str, int], b: dict[str, int]) -> tuple[str, ...]:
    """Return the questions that two stances answer alike."""
    return tuple(sorted(name for name in a.keys() & b.keys() if a[name] * b[name] > 0))
