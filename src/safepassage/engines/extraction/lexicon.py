"""Words that attribute: verbs and nouns of saying, thinking, asking and judging, by how they are used."""

from __future__ import annotations

from safepassage.domain.claims.words import Modality
from safepassage.engines.extraction.word_sets import words

SAYING = words(
    """say tell add announce explain state report note insist confirm declare suggest admit acknowledge
    maintain write tweet reveal disclose mention reply respond conclude concede complain emphasize
    emphasise stress reiterate recall testify comment indicate remark joke quip advise inform
    remind assure read repeat recount caution brief relay post underline underscore
    assert contend argue observe point relate quote chant shout repeat summarize answer counter
    elaborate clarify warn object disagree radio text retort protest lament confess hint assess affirm
    reaffirm proclaim boast testify signal concur counsel spread guarantee confide swear whisper
    specify"""
)
"""Verbs that report what somebody said as a fact."""
TOLD = words("tell inform advise remind assure brief quote convince persuade")
"""Verbs whose passive has the listener, or the one who is quoted, as its subject."""
ALLEGING = words("allege claim accuse blame purport charge")
DENYING = words("rule deny reject dismiss refute dispute disavow rebut contradict")
THINKING = words(
    """think believe expect hope fear estimate predict feel know learn understand agree consider doubt
    worry speculate assume suspect find conclude recognize recognise judge imagine
    reckon anticipate calculate discover determine foresee guess realize realise envision forecast"""
)
INTENDING = words(
    """plan intend promise vow pledge want seek propose aim decide agree refuse threaten swear offer
    decline prepare hope commit undertake"""
)
REFUSING = words("decline refuse")
"""What leaves a question open ("declined to comment") and is something done, too."""
PROMISING = words("promise vow pledge threaten swear offer propose refuse agree decline commit")
"""Verbs of intending by which somebody speaks."""
ASKING = words(
    """ask urge demand order request recommend encourage appeal instruct advise invite beg call implore
    beseech direct convince persuade warn"""
)
JUDGING = words(
    """criticize criticise praise condemn denounce support oppose back endorse welcome blast slam attack
    mock applaud laud defend challenge question favor favour prefer decry deplore cite describe
    discuss detail portray depict characterize characterise dub label brand liken compare consider
    regard view"""
)
SHOWING = words("show indicate suggest reveal find document demonstrate reflect establish prove")
"""Verbs by which a document, poll or photograph speaks."""
CLAUSAL = SAYING | ALLEGING | DENYING | THINKING | SHOWING
OBJECTS = (
    JUDGING
    | DENYING
    | words(
        """propose demand predict announce reveal disclose report request confirm document acknowledge
        anticipate
        concede admit recommend pledge promise reiterate warn declare estimate register forecast foresee
        stress emphasize blame accuse urge call outline insist count record concede suspect doubt offer
        attribute commit order guarantee mention list spread circulate advise"""
    )
)
CRYING = words(
    """continue cry exclaim whisper murmur mutter begin return interrupt resume rejoin sob call sigh laugh
    smile shrug groan gasp plead snap scoff thunder post"""
)
"""Verbs that attribute only what stands in quotation marks."""
QUOTING = SAYING | ALLEGING | ASKING | CRYING | words("think wonder")
CONTROL = INTENDING | ASKING | frozenset({"claim"})
LEADING = words("continue try begin start go seem appear want decide refuse use have")
"""Verbs that only lead to the cue proper ("continued to call for")."""
PHRASAL = {
    ("call", "for"), ("call", "on"), ("point", "to"), ("speak", "of"), ("warn", "of"), ("warn", "about"),
    ("warn", "against"), ("complain", "about"), ("complain", "of"), ("talk", "about"), ("speak", "about"),
    ("argue", "for"), ("argue", "against"), ("push", "for"), ("agree", "with"), ("disagree", "with"),
    ("object", "to"), ("rail", "against"), ("worry", "about"), ("know", "about"), ("refer", "to"),
    ("agree", "to"), ("insist", "on"), ("accuse", "of"), ("appeal", "for"), ("appeal", "to"),
    ("allude", "to"), ("focus", "on"), ("learn", "of"), ("dream", "of"), ("hint", "at"), ("scoff", "at"),
    ("rule", "out"), ("advise", "against"), ("draw", "to"), ("hint", "at"), ("ask", "for"),
    ("plead", "for"), ("boast", "of"), ("boast", "about"),
    ("vote", "for"), ("vote", "against"), ("decide", "against"), ("apologize", "for"), ("apologise", "for"),
}  # fmt: skip
"""Verbs whose content hangs on a preposition that belongs to the cue."""
CUE_NOUNS = words(
    """claim allegation accusation statement report warning announcement assertion suggestion belief view
    opinion conclusion argument promise pledge vow demand request call appeal proposal plan hope
    fear concern expectation prediction estimate decision order recommendation denial admission
    confirmation assurance notion idea complaint criticism speculation rumor rumour threat desire"""
)
CALENDAR = words(
    """monday tuesday wednesday thursday friday saturday sunday january february march april may june july
    august september october november december days weeks months years hours minutes mondays tuesdays
    wednesdays thursdays fridays saturdays sundays"""
)
"""Names and spans of time, which no preposition makes a place."""
SPANS = words("minutes hours days weeks months years hour day week month year nights night")
"""Spans of time, as they stand before "after"."""
BEFORE_DAYS = words("on late early last this next")
STRIKING = words("attack blast slam")
"""Verbs of judging that also say what weapons do."""
ARMED = words(
    """drone missile rocket shell bomb aircraft plane helicopter jet artillery mortar gunman gunmen soldier
    troop force fighter rebel militant army navy unit sniper tank militia mob dog"""
)
"""Who and what attacks by force."""
STRUCK = words(
    """people person civilian resident villager man woman child evacuee refugee family car bus vehicle van
    lorry truck convoy column village town city house home building hospital school clinic church market
    position base post checkpoint bridge station port airport ship boat depot plant column soldier troop
    patrol"""
)
"""What is attacked by force."""
ANONYMOUS = words("name identify quote anonymity")
"""What sources ask not to be."""
VERSIONS = words("version position answer response explanation reply account line message story word theory")
"""Nouns that speak only as somebody's own ("the army's version is that …")."""
NO_AUTHORITIES = words("plan schedule expectation rule law need procedure timetable type size age kind order")
"""What things go "according to" without anybody saying so."""
FIGURING = words("put place peg give")
COUNTING = words("count put estimate give list")
"""Verbs by which somebody is cited with a number ("cited the registrar as counting 500")."""
FIGURES = words("figure number toll total count estimate area share amount")
"""What a source puts a number to ("put the figure at 800")."""
CALLING = words("call label brand dub term")
"""Verbs that give something a name ("called the report “an invention”")."""
KNOWING = words("have know hear possess")
NEWS = words("nothing information knowledge record report word confirmation trace indication")
"""What somebody has not, who knows nothing of something."""
CAUSED = words("attribute blame ascribe accuse")
"""What somebody puts down to somebody or something ("attributes it to snow")."""
RANKING = words("list describe report portray depict characterize characterise classify rate mark")
"""Verbs that say as what something is seen."""
NO_PART = words("in on at after since from over amid through while because as")
"""Prepositions that begin no part of the object of a verb of saying."""
AUTHORITIES = words("according as in by per")
ACCOUNTS = words("words estimate account count view opinion version telling reckoning")
"""How "according to" can also be put: "in the words of"."""
EXPRESSING = words(
    "express voice give make convey have raise issue offer share reiterate repeat send deliver"
)
"""Verbs that say nothing by themselves ("expressed concern", "gave assurances")."""
EXPRESSED = words(
    """concern confidence doubt hope fear regret alarm outrage dismay belief conviction satisfaction
    opposition willingness readiness intention desire confirmation assurance warning denial accusation
    allegation claim promise pledge anger suspicion view opinion frustration disappointment gratitude support
    optimism scepticism skepticism sorrow shock"""
)
"""What they have somebody say."""
CUE_ADJECTIVES = words(
    """aware certain clear confident concerned convinced worried afraid sure skeptical sceptical
    optimistic hopeful frustrated adamant unaware doubtful glad angry surprised satisfied unclear"""
)


def modality(lemma: str) -> Modality:
    """Return how a cue word puts its content forward."""
    for lemmas, found in (
        (DENYING, Modality.DENIED),
        (ALLEGING, Modality.ALLEGED),
        ((INTENDING | ASKING) - {"warn", "advise"}, Modality.INTENDED),
        (SAYING | SHOWING | {"according"}, Modality.ASSERTED),
    ):
        if lemma in lemmas:
            return found
    return Modality.UNKNOWN
