"""What a clause is about, by words: predicate, status, aspect and polarity of each kind of claim."""

from __future__ import annotations

import re
from typing import NamedTuple

from safepassage.domain.claims.words import ForcesPredicate, Polarity, Predicate

AnyPredicate = Predicate | ForcesPredicate

_PEOPLE = (
    r"(?:people|persons?|residents?|civilians?|evacuees|refugees|inhabitants|children|women|men|families|"
    r"households?|villagers|patients|locals|elderly|others|citizens|nobody|everyone|everybody|all|"
    r"population|"
    r"passengers|pensioners|pupils|drivers?|relatives|those|many|most|thousands|hundreds|dozens)"
)
_ROAD = (
    r"(?:roads?|highways?|motorways?|routes?|streets?|bridges?|railway|rail line|tracks?|ferry|tunnel|"
    r"embankment|"
    r"causeway|detours?|turn-?off|overpass|[EMRHPT]-?\d{1,3})"
)
_CROSSING = r"(?:checkpoints?|crossings?|crossing points?|border points?|border posts?|frontier|border)"
_SHUT = (
    r"(?:closed|shut|blocked|impassable|not passable|destroyed|collapsed|blown up|cut off|cut|washed "
    r"out|flooded|"
    r"unusable|out of use|down|barred|sealed|suspended|halted|stopped)"
)
_OPEN = (
    r"(?:open(?:ed|s)?|re-?open(?:ed|s)?|passable|usable|working|operating|functioning|free|repaired|"
    r"in use)"
)
_FIRED = (
    r"(?:shot|shoot\w*|fir(?:ed?|ing)|opened fire|shell(?:ed|ing)|attack\w*|hit|bombed|hunt\w*|"
    r"open(?:ing)? fire)"
)
_UNDER_FIRE = r"(?:fired (?:at|on|upon)|shot at|under fire)"
_LEAVING = (
    r"(?:evacuat\w+|flee\w*|fled|escap\w+|leav(?:e|ing)|left|get out|convoys?|driving (?:out|away)|on "
    r"their way|"
    r"trying to|columns? of)"
)
_TRAVELLERS = rf"(?:{_PEOPLE}|cars?|buses|bus|vehicles?|minibus(?:es)?|convoys?|columns?)"
_TROOPS = (
    r"(?:troops?|forces?|army|soldiers?|units?|brigades?|military|servicemen|fighters?|battalions?|"
    r"columns?|"
    r"personnel|militants?|rebels?|conscripts?|armed groups?)"
)
_HELD = (
    r"(?:control\w*|h[eo]ld\w*|held|seiz\w+|captur\w+|took|taken|take|occup\w+|in \w+ hands|"
    r"liberat\w+|overr[au]n)"
)
_GIVE = (
    r"(?:deliver\w*|distribut\w+|brought|bring\w*|arriv\w+|hand(?:ed|ing) out|reach\w*|provid\w+|"
    r"receiv\w+|unload\w*)"
)
_LAWS = (
    r"(?:international (?:humanitarian )?law|humanitarian law|laws? (?:and customs )?of war|rules of war|"
    r"geneva conventions?|conventions?|norms)"
)


def _near(first: str, second: str, gap: int = 90) -> str:
    """Return a pattern of two words in any order, not too far apart."""
    return rf"\b{first}\b.{{0,{gap}}}?\b{second}\b|\b{second}\b.{{0,{gap}}}?\b{first}\b"


class Slot(NamedTuple):
    """What a pattern stands for; `status` and `aspect` go into the arguments of the claim."""

    predicate: AnyPredicate
    pattern: str
    status: str = ""
    aspect: str = ""
    polarity: Polarity = Polarity.AFFIRMED


_NO = Polarity.NEGATED
_P, _F = Predicate, ForcesPredicate
_TRUCE = r"(?:cease-?fire|truce|armistice|agreement|silence|pause)"
_BREAKING = r"(?:violat\w+|breach\w*|break\w*|broke|ignor\w+)"
_SLAVIC_ROAD = r"(?:дорог\w*|трасс\w*|мост\w*|міст|мосту|моста|шлях\w*|траси|трасу)"
_SLAVIC_SHUT = (
    r"(?<!не )(?:закры\w+|перекры\w+|разруш\w+|повреж\w+|закрит\w+|перекрит\w+|зруйнован\w+|пошкоджен\w+)"
)
_SLAVIC: tuple[Slot, ...] = (
    Slot(_P.FIRE_ON_EVACUEES, r"\b(?:стреля\w+|откры\w+ огонь|стріля\w+|відкри\w+ вогонь)\b.{0,60}"
         r"\b(?:по (?:людям|жителям|колонн\w+|машинам|автомобилям|цивільн\w+|колон\w+)|людьми)"
         r"|\bпо (?:колонн\w+|колон\w+|машинам|людям)\b.{0,40}\b(?:огонь|вогонь|стреля\w+|стріля\w+)"),
    Slot(_P.ROAD_STATUS, _near(_SLAVIC_ROAD, _SLAVIC_SHUT, 60), status="NOT_PASSABLE"),
    Slot(_P.ROAD_STATUS, _near(_SLAVIC_ROAD, r"(?:открыт\w*|відкрит\w*)", 60), status="PASSABLE"),
    Slot(_P.PERSONS_HARMED, r"\b(?:погиб\w*|убит\w*|загину\w+|загибл\w+)", aspect="dead"),
    Slot(_P.PERSONS_HARMED, r"\b(?:ранен\w*|пострада\w+|поранен\w*|постражда\w+)", aspect="injured"),
    Slot(_P.PERSONS_LEFT, r"\b(?:эвакуирова\w+|вывез\w+|покину\w+|выеха\w+|евакуюва\w+|вивез\w+|виїха\w+)"),
    Slot(_P.PERSONS_REMAIN, r"\b(?:оста[её]тся|остаются|оста(?:лись|лось)|залиша\w+|лишил\w+)\b"),
    Slot(_P.PASSAGE_ANNOUNCED, r"\b(?:коридор\w*|перемири\w*|перемир'?я|режим\w* тишины)\b"),
    Slot(_P.AIR_OR_DRONE_ATTACK, r"\b(?:беспилотник\w*|дрон\w*|бпла|безпілотник\w*|ракет\w*|авиаудар\w*)\b"),
    Slot(_P.SHELLING, r"\b(?:обстрел\w*|обстріл\w*|артиллери\w*|артилері\w*|миномёт\w*|міномет\w*)\b"),
    Slot(_P.EXPLOSIVE_HAZARD, r"\b(?:заминир\w+|мин(?:ы|ах|ами)|замінован\w+|міни|мінами)\b"),
    Slot(_F.AREA_UNDER_CONTROL, r"\b(?:под контрол\w+|під контрол\w+|контролир\w+|контролю\w+)\b.{0,60}\bкв"
         r"|\bкв\w*\.? ?\w+\b.{0,60}\b(?:под контрол\w+|під контрол\w+)"),
    Slot(_F.SETTLEMENTS_UNDER_CONTROL, r"\b(?:под контрол\w+|під контрол\w+)\b"),
)  # fmt: skip
"""Russian and Ukrainian words for the same things; few, and experimental."""
SLOTS: tuple[Slot, ...] = (
    Slot(_P.FIRE_ON_EVACUEES, rf"(?=.*\b{_FIRED}\b)(?=.*\b{_TRAVELLERS}\b)(?=.*\b{_LEAVING}\b)"
         rf"(?:\b{_FIRED}\b.{{0,60}}\b{_TRAVELLERS}\b|\b{_TRAVELLERS}\b.{{0,60}}\b{_FIRED}\b)"),
    Slot(_P.FIRE_ON_EVACUEES, r"\b(?:fir(?:e|ed|ing)|shoot\w*|shot|open(?:ed|ing|s)? fire) (?:on|at|"
         r"towards?) "
         rf"(?:\w+ ){{0,3}}?(?:{_PEOPLE}|cars?|bus(?:es)?|convoys?|columns?)\b"
         rf"|\b(?:{_PEOPLE}|any(?:one|body)|no one|cars?|bus(?:es)?|convoys?)\b.{{0,30}}\b{_UNDER_FIRE}\b"),
    Slot(_P.COMPLIANCE, rf"\b(?:violat\w+|breach\w*|break\w*|broke|ignor\w+)\b.{{0,60}}\b{_LAWS}\b"
         rf"|\b(?:violations?|breach(?:es)?) of\b.{{0,40}}\b{_LAWS}\b|\bwar crimes?\b", polarity=_NO),
    Slot(_P.COMPLIANCE, r"\b(?:compl(?:y|ies|ied|ying)|abid\w+|adher\w+|observ\w+|respect\w*|"
         r"honou?r\w*|in line|"
         rf"in accordance|in compliance|uphold\w*|upheld|bound)\b.{{0,60}}\b{_LAWS}\b"
         rf"|\b{_LAWS}\b.{{0,40}}\b(?:observed|respected|upheld)\b"),
    Slot(_P.COMPLIANCE, rf"\b{_BREAKING}\b.{{0,40}}\b{_TRUCE}\b|\b(?:violation|breach)\w* "
         rf"of\b.{{0,20}}\b{_TRUCE}\b",
         aspect="truce", polarity=_NO),
    Slot(_P.COMPLIANCE, rf"\b(?:observ\w+|respect\w*|held?|holding|keep\w*|kept|"
         rf"honou?r\w*)\b.{{0,40}}\b{_TRUCE}\b"
         rf"|\b{_TRUCE}\b.{{0,50}}\b(?:is holding|holds|held|observed|respected)\b", aspect="truce"),
    *_SLAVIC,
    Slot(_P.ROAD_STATUS, _near(_ROAD, rf"(?<!not ){_SHUT}", 70), status="NOT_PASSABLE"),
    Slot(_P.ROAD_STATUS, _near(_ROAD, rf"(?:not|no longer) (?:\w+ )?{_OPEN}", 70), status="NOT_PASSABLE"),
    Slot(_P.ROAD_STATUS, _near(_ROAD, rf"(?<!not ){_OPEN}", 70), status="PASSABLE"),
    Slot(_P.CROSSING_STATUS, _near(_CROSSING, rf"(?<!not ){_SHUT}", 60), status="CLOSED"),
    Slot(_P.CROSSING_STATUS, _near(_CROSSING, rf"(?<!not ){_OPEN}", 60), status="OPEN"),
    Slot(_P.LOOTING, r"\b(?:loot\w*|pillag\w*|marauding|plunder\w*|robb\w+|ransack\w*)\b"),
    Slot(_P.EXPLOSIVE_HAZARD, r"\b(?:free of|clea\w+ of|without) (?:any )?(?:land)?mines\b",
         polarity=_NO),
    Slot(_P.EXPLOSIVE_HAZARD, r"\b(?:mines?|mined|landmines?|unexploded|tripwires?|booby[- ]?trap\w*|"
         r"ordnance|duds?|"
         r"cluster (?:munitions?|bomblets?)|uxo|demin\w+)\b"),
    Slot(_P.AIR_OR_DRONE_ATTACK, r"\b(?:drones?(?! (?:footage|video|image|operator))|fpv|missiles?|"
         r"air ?(?:raids?|stri\w+|attacks?)|glide "
         r"bombs?|"
         r"aerial bombs?|aircraft|helicopters?|uavs?)\b"),
    Slot(_P.SHELLING, r"\b(?:shell(?:ed|ing|s|fire)|artillery|mortars?|rocket fire|rockets|bombard\w+|"
         r"howitzers?)\b"),
    Slot(_P.SMALL_ARMS_FIRE, r"\b(?:small[- ]arms|gunfire|gunshots?|shots were|machine[- ]gun\w*|"
         r"snipers?|"
         rf"exchanges? of fire|shooting|opened fire|{_UNDER_FIRE})\b"),
    Slot(_P.PERSONS_HARMED, r"\b(?:kil+ed|kil+ing|died|dead|deaths?|fatalit\w+|lost their lives|"
         r"bodies|drown(?:ed|ing)|perish\w*|massacred?|corpses?|slain)\b",
         aspect="dead"),
    Slot(_P.PERSONS_HARMED, r"\b(?:wounded|injured|injur(?:ies|y)|hurt|hospitali[sz]ed|bandag\w+|shrapnel|"
         r"wounds?)\b", aspect="injured"),
    Slot(_P.PERSONS_HARMED, r"\bcasualt\w+\b|\bvictims?\b", aspect="casualties"),
    Slot(_P.PERSONS_HARMED, r"\b(?:missing|unaccounted)\b", aspect="missing"),
    Slot(_P.PERSONS_SHELTERED, r"\b(?:shelters?|sheltered|sheltering|accommodat\w+|housed|hosted|"
         r"hosting|dormitor\w+|"
         r"reception (?:centre|center|point)s?|camps?|taken in)\b"),
    Slot(_P.PERSONS_REMAIN, r"\b(?:remain\w*|stay(?:ed|ing|s)?|trapped|stranded|left behind|waiting|"
         r"unable to leave|"
         r"stuck|still (?:in|at|inside|there|living)|cannot leave|refus\w+ to leave)\b(?=.*)"),
    Slot(_P.PERSONS_LEFT, r"\b(?:evacuated|fled|fleeing|displaced|relocated|resettled|departed|left "
         r"(?:the|their|home|for|"
         r"by|on|in|since|after|or|over|yesterday|today|it)|have left|had left|has left|already left|"
         r"moved out|"
         r"taken out|brought out|got out|crossed|returned|were moved|leaving|were taken|left)\b"),
    Slot(_P.EVACUATION_ANNOUNCED, _near(r"evacuation", r"(?:order\w*|announc\w+|beg[aiu]n\w*|start\w*|"
         r"mandatory|"
         r"compulsory|declar\w+|continu\w+|suspend\w+|under ?way|extend\w+|will|resum\w+|postpon\w+|"
         r"cancel\w+|"
         r"call\w*|stopp\w+)", 60)),
    Slot(_P.PASSAGE_ANNOUNCED, r"\b(?:corridors?|safe passage|cease-?fire|truce|humanitarian pause|"
         r"pause in (?:the )?"
         r"(?:fighting|hostilities)|regime of silence|local pause|lull)\b"),
    Slot(_P.ZONE_ANNOUNCED, r"\b(?:no-go|buffer|security|exclusion|restricted|prohibited|"
         r"demilitari[sz]ed|danger)"
         r"(?: \w+)? (?:zones?|areas?)\b|\bcurfew\b|\bcounter-?terror\w* (?:operation )?(?:regime|"
         r"operation)\b|"
         r"\bstate of emergency\b"),
    Slot(_P.AID_DELIVERED, _near(r"(?:aid|food|water|medicines?|medical supplies|supplies|parcels|"
         r"rations|blankets|"
         r"kits|generators?|humanitarian (?:goods|cargo|convoy)|bread|fuel|tents)", _GIVE, 60)),
    Slot(_P.ACCESS_CONSTRAINT, r"\b(?:denied (?:entry|access|passage|permission)|refus\w+ (?:entry|"
         r"access|passage|"
         r"permission|to let)|(?:turned|sent) (?:back|away)|"
         r"(?:been|was|were) refused|not (?:been )?(?:allowed|permitted|let)|no access|"
         r"access (?:\w+ )?"
         r"(?:denied|refused|restricted)|cannot (?:reach|enter|pass)|could not (?:reach|enter|pass)|"
         r"unable to (?:reach|"
         r"enter)|without (?:power|electricity|water|communication)|no (?:power|electricity|water|"
         r"signal|coverage|"
         r"network|communication)|held up|delayed at|prevent\w+ .{0,30}from|obstruct\w+|impassable "
         r"for aid)\b"),
    Slot(_F.SETTLEMENTS_UNDER_CONTROL, _near(_HELD, r"(?:settlements?|villages?|towns?|communit(?:y|"
         r"ies)|localit\w+)", 70)),
    Slot(_F.SETTLEMENTS_UNDER_CONTROL, r"\bnumber of settlements\b"),
    Slot(_F.AREA_UNDER_CONTROL, _near(r"(?:square|sq\.?|km2|km²|territory|hectares|land)",
         rf"(?:{_HELD}|control|advance\w*|gain\w*|lost|figure|area)", 90)),
    Slot(_F.MOVEMENT, rf"\b(?:halt\w*|stopp\w+|repel\w*|repuls\w+|push\w* back|driven back|block\w*|"
         rf"thwart\w*|foil\w*)\b"
         rf".{{0,50}}\b(?:advanc\w+|attack\w*|attempt\w*|offensive|incursion|breakthrough|push|"
         rf"{_TROOPS})\b"
         rf"|\b(?:advance|offensive|incursion|push)\b.{{0,40}}\b(?:halted|stopped|repelled|repulsed|"
         rf"stalled|failed)\b",
         polarity=_NO),
    Slot(_F.MOVEMENT, rf"\b{_TROOPS}\b.{{0,50}}\b(?:advanc\w+|mov\w+|entered|crossed|push\w*|"
         rf"withdr[ae]w\w*|retreat\w*|"
         r"redeploy\w*|deploy\w*|transfer\w*|broke through|pulled back|regroup\w*)\b"
         r"|\b(?:keep|kept|continu\w+|still) advanc\w+\b|\badvanced? (?:up to|\w+ )?(?:another )?\d+\b|"
         r"\b(?:their|the|our) advance\b|\bmoving (?:forward|ahead)\b"),
    Slot(_F.PERSONNEL, r"\b(?:\d[\d,.]*|\w+ thousand|thousands|hundreds|dozens|scores)(?: of)?(?: "
         r"\w+){0,2} "
         r"(?:troops|soldiers|servicemen|personnel|fighters|conscripts|prisoners(?: of war)?|"
         r"militants|mercenaries)\b"
         r"|\b(?:troops|forces) number(?:ed|ing)?\b"),
    Slot(_F.OPERATION, r"\b(?:offensive|counter-?offensive|military operation|incursion|assault|"
         r"invasion|buffer zone|"
         r"bargaining chip|negotiating position|annex\w*|occupation|occupy|hold (?:the|this|on to) "
         r"(?:territory|land|area)|seize territory)\b"),
)  # fmt: skip
"""Patterns by predicate; civilian ones of one clause may stand side by side, see `ABSORBS`."""

ABSORBS: dict[AnyPredicate, frozenset[AnyPredicate]] = {
    _P.FIRE_ON_EVACUEES: frozenset({
        _P.SMALL_ARMS_FIRE, _P.SHELLING, _P.PERSONS_LEFT, _P.AIR_OR_DRONE_ATTACK, _P.EVACUATION_ANNOUNCED,
        _F.MOVEMENT, _P.PERSONS_REMAIN,
    }),
    _P.ROAD_STATUS: frozenset({_P.CROSSING_STATUS, _F.MOVEMENT}),
    _P.COMPLIANCE: frozenset({_P.PASSAGE_ANNOUNCED, _F.OPERATION}),
    _P.PASSAGE_ANNOUNCED: frozenset({_P.CROSSING_STATUS, _P.ZONE_ANNOUNCED, _P.ROAD_STATUS}),
    _P.ZONE_ANNOUNCED: frozenset({_F.OPERATION}),
    _P.PERSONS_SHELTERED: frozenset({_P.PERSONS_REMAIN, _P.PERSONS_LEFT}),
    _P.LOOTING: frozenset({_F.PERSONNEL, _F.MOVEMENT}),
    _P.AIR_OR_DRONE_ATTACK: frozenset({_P.SHELLING}),
    _F.SETTLEMENTS_UNDER_CONTROL: frozenset({_F.AREA_UNDER_CONTROL, _F.PERSONNEL, _P.PERSONS_REMAIN}),
    _F.AREA_UNDER_CONTROL: frozenset({
        _F.PERSONNEL, _F.MOVEMENT, _F.OPERATION, _P.PERSONS_LEFT, _P.PERSONS_REMAIN,
    }),
    _F.MOVEMENT: frozenset({
        _F.OPERATION, _F.PERSONNEL, _P.PERSONS_LEFT, _P.CROSSING_STATUS, _P.ROAD_STATUS, _P.PERSONS_REMAIN,
    }),
    _F.OPERATION: frozenset({_P.PERSONS_REMAIN}),
    _F.PERSONNEL: frozenset({_P.PERSONS_LEFT, _P.PERSONS_REMAIN}),
}  # fmt: skip
"""Predicates that another one of the same clause says already, in a wider word."""
NEEDS_PEOPLE = frozenset({_P.PERSONS_LEFT, _P.PERSONS_REMAIN, _P.PERSONS_SHELTERED})
OF_PEOPLE = re.compile(
    rf"\b{_PEOPLE}\b|\b(?:люд|жител|мешкан|человек|осіб|дет|діт)\w*|\b\d[\d,]*\b|\b(?:he|she|they|we)\b",
    re.IGNORECASE,
)
UNITS_OF: dict[AnyPredicate, frozenset[str]] = {
    _F.AREA_UNDER_CONTROL: frozenset({"km2", "m2", "mi2", "ha"}),
    _F.SETTLEMENTS_UNDER_CONTROL: frozenset({"settlements", "villages", "towns", "communities"}),
    **dict.fromkeys(
        (_P.PERSONS_LEFT, _P.PERSONS_REMAIN, _P.PERSONS_SHELTERED, _P.PERSONS_HARMED, _F.PERSONNEL),
        frozenset({"persons", "families", "households"}),
    ),
}
"""Units that a predicate counts in; the others take any."""
_COMPILED = tuple((slot, re.compile(slot.pattern, re.IGNORECASE)) for slot in SLOTS)


class Hit(NamedTuple):
    """A slot found in a clause, and where its words stand in the clause's text."""

    slot: Slot
    start: int
    end: int


def hits(clause: str) -> tuple[Hit, ...]:
    """Return what a clause is about, once for each predicate and aspect, in the order of the table."""
    found: list[Hit] = []
    for slot, pattern in _COMPILED:
        match = pattern.search(clause)
        if match is None or (slot.predicate in NEEDS_PEOPLE and not OF_PEOPLE.search(clause)):
            continue
        said = {(hit.slot.predicate, hit.slot.aspect) for hit in found}
        if (slot.predicate, slot.aspect) not in said:
            found.append(Hit(slot, match.start(), match.end()))
    present = {hit.slot.predicate for hit in found}
    absorbed = {p for predicate in present for p in ABSORBS.get(predicate, ())}
    # Two predicates that absorb each other leave the one that stands first in the table.
    return tuple(h for h in found if h.slot.predicate not in absorbed or _first(h, found))


def _first(hit: Hit, found: list[Hit]) -> bool:
    """Tell whether nothing before a hit absorbs it, and it absorbs what would."""
    rivals = [h for h in found if hit.slot.predicate in ABSORBS.get(h.slot.predicate, ())]
    return all(r.slot.predicate in ABSORBS.get(hit.slot.predicate, ()) and found.index(hit) < found.index(r)
               for r in rivals)  # fmt: skip
