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
            (?:may|can|could) (?:now )?(?:pass|leave|cross|go|enter|walk|drive)|on schedule|on time|
            (?:safe|free) passage|carry|guarantee\w*|corridor|ok|fine|works|proceed\w*|resum\w+|
            flow\w*|normal|normally|moving|in operation|operat(?:es|ed|ing)|lifted|reach\w*|without incident|
            no restrictions|free to (?:go|leave|move)|arriv\w+|
            let (?:\w+ ){1,4}(?:pass|through|in|out)|(?:full|free|immediate|unhindered) access|granted|issued|
            waved through|continue to run|go(?:es|ing)? ahead|under way|cross freely|unimpeded|unhindered
        """,
        r"""
            clos(?:ed|es|e|ure|ing)|shut|blocked|cut|
            turn(?:ed|s|ing)? (?:\w+ ){0,2}(?:back|away|round|around)|
            sen[dt]s? (?:\w+ ){0,2}(?:back|home|away)|
            refus\w+|pa(?:y|id) to (?:pass|cross|leave)|
            barred|held(?: up| at| back)?|stopped|impassable|stuck|destroyed|collapsed|blown up|
            washed (?:out|away)|flooded|craters?|detained|denied|queue\w*|suspended|prevent\w+|
            halted|mud|
            go home|unload\w*|stranded|banned|forbidden|off limits|out of service|standstill|roadblocks?|
            queu\w+|no way|
            seized|confiscated|impounded|waiting|stood (?:here|there)|standing (?:here|there)|
            blocking|block|obstruct\w*|called off|postponed|cancelled|unable to (?:leave|pass|cross|get)|
            rejected
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
            kil+\w*|drown\w*|perish\w*|massacre\w*|dead|died|dies|deaths?|bodies|wounded|injur\w+|hurt|
            casualt\w+|victims?|
            shrapnel|bandaged|buried|graves?|names
        """,
        r"""
            unharmed|unhurt|alive|safely|unscathed|survived|empty
        """,
    ),
    Question(
        "people there",
        r"""
            remain\w*|still|stay\w*|trapped|stranded|basements?|cellars?|lights? on|left behind|
            waiting|inside|living|lives|live|hiding|shelter\w*|crowded|laundry|full|
            refused to leave|occupied|sleep\w*|here|(?:is|are|was|were|been) left|found somebody|
            want out|queu\w+|register\w+|crowd\w*|sheltering|asleep|in hiding|stayed behind|
            abandoned by|forgotten|(?:buses|help|nobody|no one) (?:never )?came|could not (?:leave|get out)
        """,
        r"""
            (?<!is )(?<!are )(?<!was )(?<!were )(?<!been )left(?! behind)|gone|empty|emptied|
            evacuated|abandoned|complete|completed|deserted|moved out|fled|finished|out of danger|
            evacuation (?:is |was )?over|
            (?:moved|taken|brought) to safety|accounted for|got out|pulled out|withdrawn
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
            unloaded|paid|stocked|reserves|held enough|last for|back in the shops|well supplied|plentiful
        """,
        r"""
            r[au]n out|out of|shortages?|lack\w*|empty|cut(?: off)?|failed|broken|nothing|full|
            stolen|down|off|vanished|missing|needed|waiting|late|delayed|cancelled|spoil\w*|dry|
            at best|hours? a day|not seen|rationed|running low|exhausted|used up|gone|
            in the dark|blackouts?|candles|in corridors|on the floor|shut|
            without (?:power|water|light|electricity|heating|bread|food)|
            hung(?:er|ry)|starv\w+|malnutrition|famine|out of stock|unavailable|at any price|scarce
        """,
    ),
    Question(
        "agreed",
        r"""
            observ\w+|compl(?:y|ies|ied|ying)|respect\w*|honou?r\w*|kept|keeps|held|sign(?:ed|s)|
            agree\w*|holds|holding|in force|uph[eo]ld\w*|accepted|exists?|
            approved|authori[sz]ed|consent\w*|hold|abid\w+|stands?|adher\w+|committed to|lasting
        """,
        r"""
            no (?:such )?(?:truce|cease-?fire|pause|agreement|deal|corridor)|
            violat\w*|br[eo]k\w*|breach\w*|ignor\w*|unilateral\w*|rejected|shelled|fired|refused|
            invented|cancelled|lapsed|
            collapsed|violations?|breached|no longer bound|dead letter|turned down|ruled out|void|walked away
        """,
    ),
    Question(
        "advance",
        r"""
            advanc\w+|tak(?:en|es|e)|took|captur\w+|seiz\w+|push(?:ed|ing)? (?:forward|on|into)|
            enter\w*|control\w*|occup\w+|fall(?:en|s)?|fell|broke through|gained|moved|holds?|held|
            moved forward|pressing|gains?|broken through|in (?:our|their|rebel|army|full) (?:hands|control)|
            raised (?:its|their|a|the) flag|overr[au]n|encircl\w+|surrounded|inside (?:the )?(?:town|city)
        """,
        r"""
            halted|repel\w*|repuls\w*|stopped|(?:driven|pushed|thrown) (?:back|out)|withdr\w+|
            retreat\w*|lost|blocked|not moved|stalled|failed|abandoned|
            never left|
            (?:beat|beaten|forced|fought) (?:back|off)|contained|bogged down|thwart\w*|foil\w*|fend\w* off|
            h[eo]ld(?:s|ing)? (?:firm|off|out|on)|still (?:hold|held|in)|retaken|recaptured|liberated|
            pulled back|
            under (?:our|government|army|full) control
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
            deck (?:was |is )?gone|in the water|impassable|unusable|aground|leak\w*|crack(?:s|ed)|seep\w*|
            breach\w*
        """,
    ),
    Question(
        "mined",
        r"""
            mined|mines?|mining|tripwires?|booby|unexploded|explosives?|ordnance|both verges
        """,
        r"""
            clea[r]ed|demined|swept|walked|checked|nothing|without incident|used the (?:same )?road|
            driven over
        """,
    ),
    Question(
        "taken from homes",
        r"""
            loot\w*|stole\w*|stolen|robb\w*|plunder\w*|pillag\w*|took|taken|emptied|requisition\w*|
            thefts?|thieves|looters|burgl\w*|touched|stripped|carried off|broken into
        """,
        r"""
            order|returned|untouched|paid for|bought|
            paid in full|guarded|intact|discipline
        """,
    ),
    Question(
        "was told",
        r"""
            warned|told|informed|notified|announced|notice|warning|received|sent|order(?:ed)?|
            in advance|ahead|
            knew|aware|
            given|shared with|handed|asked|requests?|appeals?|letters?|permission|consulted|coordinates|
            such offer|
            text messages?|leaflets?|loudspeakers?|offer
        """,
        r"""
            unaware|surprise[d]?|heard nothing|never heard|without (?:warning|notice)|learn(?:ed|t) of|
            no (?:warning|notice)|kept in the dark|
            unanswered|caught off guard|ignored|never (?:came|arrived|reached)
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
            manageable|unchanged|high spirits|pacified|secure|peaceful|safe
        """,
        r"""
            chao\w+|panic\w*|overwhelmed|overcrowded|collaps\w*|breakdown|lawless\w*|desperate|
            catastroph\w*|disast\w+|turmoil|stampede|critical|worse\w*|fighting|attacks?|clashes|
            still firing|smoke
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
            more expensive|grow\w*|worst|worse\w*|spread\w*|escalat\w*|intensif\w*
        """,
        r"""
            (?:fall(?:s|en|ing)?|fell|drop(?:s|ped|ping)?) (?:by|to|from|below)|falling|receding|reced\w+|
            subsid\w+|
            declin\w+|decreas\w+|cheaper|stable|unchanged|shr[iaou]nk\w*|weaken\w*|eas(?:e|es|ed|ing)
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
        "conduct",
        r"""
            humane(?:ly)?|(?:treated|behav\w+) (?:well|correctly)|compl(?:y|ies|ied|ying)|accordance|
            precision|
            (?:only|solely|exclusively) (?:military|at military)|protect\w*|spared|norms|conventions?|
            discipline\w*
        """,
        r"""
            execut\w+|beat(?:en|ing|ings)?|tortur\w+|abus\w+|ill-treat\w+|mistreat\w+|rap(?:e|ed|es)|
            indiscriminat\w+|
            house to house|door to door|at gunpoint|war crimes?|crimes?|massacre\w*|shot (?:dead|at)|
            human shields?|
            deliberate\w*|atrocit\w+|threaten\w*|cluster|on purpose|extort\w*|levy|levies|demand\w* money|
            take a (?:third|half|share|cut)|bribes?
        """,
    ),
    Question(
        "of their own will",
        r"""
            voluntar\w+|own (?:free )?will|own accord|asked to (?:leave|be taken|go)|chose|wished|
            free to choose
        """,
        r"""
            forc(?:ed|ibly)|forced|deport\w*|against (?:their|her|his) will|at gunpoint|coerc\w*|rounded up|
            herded|abduct\w*|taken away|no choice|under threat|made to
        """,
    ),
    Question(
        "burning",
        r"""
            burn(?:s|ing)|flames?|blaz\w+|ablaze|spreading|smoke|on fire|out of control|smoulder\w*
        """,
        r"""
            (?:put|burned|burnt) out|extinguish\w*|under control|contained|doused|no fire
        """,
    ),
    Question(
        "flown",
        r"""
            aircraft|jets?|warplanes?|planes?|helicopters?|drones?|flew|flown|flying|sorties|air ?raids?|
            overhead|
            buzzing|barrel bombs?
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
            fake|faked|old|staged|fabricat\w+|doctored|forged|forgery|inventions?|invented|hoax|fiction|
            fantasy|
            montage|untrue|false|lies?|disinformation|propaganda|gossip|rumou?rs?|exaggerat\w+|misleading|
            baseless|groundless|nonsense
        """,
    ),
    Question(
        "missing",
        r"""
            missing|unaccounted|disappeared|whereabouts|vanished|looking for|searching for|search(?:es|ing)?|
            no word (?:of|from)|not heard from|no trace
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
            (?:talks|negotiations) (?:are |were )?(?:continu\w+|going on|under way|held)|at the table|
            meeting|meet|talks|
            negotiat\w+|mediat\w+|contacts?|dialogue
        """,
        r"""
            walked out|broke off|broken off|collapse of talks|no talks|
            talks (?:had |have )?(?:failed|collapsed|ended)|ruled out|deadlock|
            nothing to (?:discuss|negotiate)
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
REACH = 60
"""How many characters a denial may be away from its word."""
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
        signs = {sign * _turn(plain, m.start(), m.end()) for sign, pattern in ((1, yes), (-1, no))
                 for m in pattern.finditer(plain)}  # fmt: skip
        if signs:
            found[name] = sum(signs)
    return found


_NOT_BEHIND = re.compile(
    r"^(?: [\w’'-]+){0,2}? (?:ha(?:ve|s|d)|is|are|was|were|d(?:o|oes|id)|will|would|ca|could|wo)"
    r"(?: ?n['’]t| not| never)\b"
)
"""A denial behind a noun that it is said of ("our aircraft have not flown", "the shops are not open")."""


def _turn(text: str, start: int, end: int) -> int:
    """Return -1 where a word is denied, by words before it or by the verb it is the subject of."""
    before = _NO.search(text[max(0, start - REACH) : start])
    return -1 if before or _NOT_BEHIND.match(text[end : end + REACH]) else 1


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
