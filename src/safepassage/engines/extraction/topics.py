"""What a statement is about, in coarse topics: two versions of one thing rarely share a word, but a topic.

"The port was working around the clock" and "not one vessel had been unloaded" have no word in common; both
are about ships.
"""

from __future__ import annotations

import re

TOPICS: dict[str, str] = {
    "vehicles": """
        bus buses minibus coach coaches car cars van vans lorry lorries truck trucks column convoy
        convoys driver drivers vehicle vehicles seat seats ambulance ambulances taxi truckers traffic
    """,
    "railway": """
        train trains railway carriage carriages station platform timetable locomotive track tracks
    """,
    "ships": """
        ship ships vessel vessels boat boats ferry port quay harbour harbor cranes tanker berth captain
        unloaded sailed docked
    """,
    "flights": """
        plane planes flight flights airport airfield airstrip runway landing pilot tower helicopter
    """,
    "way": """
        road roads street highway route routes track bridge bridges crossing checkpoint barrier post
        gate border corridor passage ford tunnel pass roadblock turned through guard guards
    """,
    "leaving": """
        evacuat* leave leaving left fled flee fleeing displaced escape* moved departed gone depart*
        exodus relocat* out await* wait* stranded trapped hiding remain* stay* behind inhabitants
        residents return*
    """,
    "shelter": """
        shelter shelters camp camps centre reception school schools dormitory beds tents hall gym
        sleeping accommodation housed hosted families overcrowded
    """,
    "health": """
        hospital hospitals clinic doctor doctors nurse nurses patient patients medic* medicine* beds
        blood surgeon surgery insulin vaccine* ward wards operating drugs pharmacy health treated
        stretcher*
    """,
    "disease": """
        cholera outbreak typhoid disease illness infection* measles epidemic contaminat* poison*
        diarrhoea sick cases tests laboratory stomach
    """,
    "harm": """
        drown* perish* massacre*
        kille* killing dead died die dies death deaths toll wounded injur* bodies body casualt* victims morgue
        graves buried hurt wounds fatalit* lost losses survived alive
    """,
    "food": """
        food bread flour rations parcels meals hunger starv* stocks supplies wheat market grain rice eat
        bakery famine pantry aid
    """,
    "water": "water well wells pump pumps pipe pipes tanker cistern drink* dam reservoir tap taps",
    "power": """
        power electricity current generator* grid lights light dark darkness transformer substation
        blackout energy outage* cuts plant
    """,
    "fuel": "fuel petrol diesel gas depot heating coal",
    "aid": """
        aid convoy convoys relief humanitarian parcels delivered delivery deliveries distribut*
        warehouse* assistance supplies trucks hindrance unload* permits permit access request requests
    """,
    "truce": """
        truce ceasefire cease-fire pause silence agreement agreed violat* breach* broke broken deal
        talks guarantees signed document armistice respected observed lull
    """,
    "fire": """
        shell* fire fired firing shot shots shoot* gunfire mortar mortars artillery rocket* bomb*
        missile* drone* strik* struck explosion* blast* raid* attack* gunners guns sniper*
        crater bang hit
    """,
    "mines": "mine mines mined demin* sappers explosive* tripwire* unexploded ordnance",
    "school": "school schools classroom* pupils teacher teachers nurser*",
    "control": """
        captur* seiz* taken took control* hold holds held fell fallen fall occupied occupy retaken hands
        flag surrender* territory land area square kilometres settlements villages hamlets centre town
    """,
    "advance": """
        advanc* push* pushed forward attack* offensive halted stopped repel* repuls* thrown driven
        retreat* withdr* moving moved pressing breakthrough front gains ground assault intruders
        reserves
    """,
    "prisoners": """
        prisoner* captured captive* detain* detention arrest* held released exchange* custody jail
        abducted missing conscripts surrendered
    """,
    "looting": """
        loot* robb* theft thefts stolen stole steal* emptied emptying plunder* shops houses broken
        windows valuables pillag* thieves patrols
    """,
    "law": """
        law laws convention* geneva rules crime crimes accordance strict* comply compli* violat*
        civilians court humanitarian
    """,
    "warning": """
        warn* told notice announced informed notified order ordered advance hour hours alert siren
        sirens learned unaware knew
    """,
    "money": "paid pay price prices cash cost costs bribe* money fee fees free charge charged wages",
    "record": """
        photograph photo picture pictures image images video footage screen* genuine fake old staged
        fabricat* document list lists letter report recording
    """,
    "order": "calm order panic chaos chaotic orderly normal normally situation stable control",
    "weather": "snow flood* storm rain ice river mud fog",
    "numbers": "number figure count total estimate registered counted toll share",
}
"""Words (with `*`, beginnings of words) by topic; a word may stand in many."""


def _compiled(words: str) -> re.Pattern[str]:
    either = "|".join(words.split()).replace("*", r"\w*")
    return re.compile(rf"\b(?:{either})\b", re.IGNORECASE)


_COMPILED = tuple((name, _compiled(words)) for name, words in TOPICS.items())


def topics(text: str) -> frozenset[str]:
    """Return the topics that a text speaks of."""
    return frozenset(name for name, pattern in _COMPILED if pattern.search(text))
