"""What speakers are, by the words that name them; a case adds its own. Names of persons are not held."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from safepassage.domain.claims.actors import Actor
from safepassage.domain.claims.values import fold
from safepassage.domain.claims.words import OriginKind
from safepassage.engines.extraction.countries import SIDE_WORDS

_WORDS: dict[OriginKind, str] = {
    OriginKind.PARTY: """
        ministry, minister, general staff, armed forces, army, navy, air force, military, troops,
        forces, commander, command, general, colonel, major, captain, soldier, soldiers, servicemen,
        brigade, battalion, president, presidential, prime minister, government, governor, deputy
        governor, administration, officials, official, authorities, mayor, security service,
        intelligence, border guard, border service, parliament, lawmaker, lawmakers, legislator,
        ombudsman, ombudswoman, commissioner, prosecutor, prosecutors, police, cabinet, embassy,
        ambassador, council, prisoner of war, prisoners of war, rebels, militia, emergency service,
        emergency services, state of emergency headquarters, delegation, diplomat, diplomats,
        movement, fighters, regime, border officer, negotiator, negotiators, coastguard,
        coast guard, municipality, town hall, civil protection, crisis centre, policeman, precinct,
        garrison, sappers, investigators, transitional authority, port authority, governorate""",
    OriginKind.HUMANITARIAN: """
        united nations, un agency, u.n., ocha, unhcr, unicef, world food programme, wfp, world
        health organization, who office, iom, red cross, red crescent, icrc, aid workers, aid
        worker, aid agency, aid agencies, aid group, aid groups, relief agency, relief group,
        charity, charities, hospital, medical staff, doctors without borders, doctor, doctors,
        nurse, medics, volunteer, volunteers, humanitarian, field team, convoy leader, convoy team,
        ambulance crew, clinic, dispensary, surgeon, surgeons, medic, paramedic, paramedics, midwife,
        pharmacist, matron, medical workers, health workers, relief committee, relief workers,
        camp manager, camp managers, mine action team, demining group, clearance team, mine group""",
    OriginKind.MONITOR: """
        osce, human rights watch, amnesty international, monitoring mission, monitors, monitor,
        monitoring group, observer mission, observers, ohchr, human rights office, iaea, watchdog,
        fact-finding mission, human rights monitors""",
    OriginKind.ANALYST: """
        institute, think tank, analyst, analysts, expert, experts, researcher, researchers,
        institute for the study of war, open-source investigators, university, professor, economist,
        historian, strategist, study, poll, survey""",
    OriginKind.PRESS: """
        reuters, associated press, agence france-presse, afp, tass, ria novosti, ria, interfax,
        ukrinform, unian, bbc, cnn, al jazeera, deutsche welle, radio free europe, voice of america,
        new york times, washington post, guardian, financial times, newspaper, newspapers, news
        agency, state agency, agency, broadcaster, television, tv channel, tv, radio station, radio,
        news channel, news outlet, news site, website, magazine, journalist, journalists, reporter,
        reporters, correspondent, correspondents, daily, media, press, wire, news wire, telegram
        channel, blogger, bloggers, outlet, portal,
        paper, the paper, channel, station""",
    OriginKind.LOCAL: """
        resident, residents, villager, villagers, evacuee, evacuees, witness, witnesses, eyewitness,
        eyewitnesses, farmer, farmers, teacher, locals, neighbour, neighbours, neighbor, neighbors,
        mother, father, grandmother, woman, man, women, men, pensioner, refugee, refugees, driver,
        drivers, shopkeeper, family, families, people, relatives, parent, parents, student,
        survivor, survivors, local people, displaced, passenger, passengers, traveller, travellers,
        motorist, motorists, trucker, truckers, pilot, pilots, sailor, sailors, boatman, ferryman,
        fisherman, fishermen, shepherd, shepherds, hunter, hunters, baker, bakers, butcher, carpenter,
        welder, bookkeeper, cook, loader, loaders, porter, porters, worker, workers, employee,
        employees, miner, miners, trader, traders, merchant, merchants, stallholders, shopkeepers,
        shop owner, shop owners, hotel owners, landlord, tenant, tenants, caretaker, gravedigger,
        schoolteacher, teachers, postman, postal worker, priest, monk, nun, nuns, imam, pastor,
        elder, elders, boy, boys, girl, girls, child, children, couple, widow, grandfather, aunt,
        uncle, cousin, sister, brother, wife, husband, son, daughter, relative, callers""",
}
_PRIVATE = OriginKind.LOCAL
COERCED = (
    "prisoner",
    "prisoners",
    "captured",
    "captive",
    "detained soldier",
    "hostage",
    "conscript in custody",
)
"""Words for people who were not free to speak."""
SPOKESPERSONS = frozenset(
    {"spokesman", "spokeswoman", "spokesperson", "spokespersons", "commandant", "warlord"}
)
"""Whoever speaks for somebody not known otherwise speaks for a party."""
NO_SIDE = frozenset({OriginKind.LOCAL, OriginKind.HUMANITARIAN, OriginKind.MONITOR, OriginKind.ANALYST,
                     OriginKind.PRESS})  # fmt: skip
"""Whose word is not that of a party, wherever they come from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """What a speaker is: kind, side ("" none), and whether a private person, named by function only."""

    kind: OriginKind = OriginKind.UNKNOWN
    side: str = ""
    private: bool = False
    coerced: bool = False


@dataclass(frozen=True, slots=True)
class ActorList:
    """Actors of a case before the words everybody uses; the longest name found in a source decides."""

    actors: tuple[Actor, ...] = ()
    names: dict[tuple[str, ...], Actor] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        names: dict[tuple[str, ...], Actor] = {}
        for actor in (*self.actors, *_default()):
            for name in actor.names:
                names.setdefault(tuple(_split(name)), actor)
        object.__setattr__(self, "names", names)

    def role(self, words: str, head: str = "") -> Role:
        """Return what the words of a source tell about a speaker; `head` is its main noun."""
        split = _split(fold(words))
        known = self._longest(split)
        if known is not None and known.side:
            return Role(kind=known.kind, side=known.side)
        main = self.names.get((fold(head),)) if head else None
        kind = (main or known or Actor(name="-")).kind
        if known is not None and len(_split(fold(known.name))) > 1:
            kind = known.kind
        side = "" if kind in NO_SIDE else _side(split)
        speaks_for = bool(SPOKESPERSONS & set(split))
        if kind == OriginKind.UNKNOWN and (speaks_for or (side and self._is_government(split))):
            kind = OriginKind.PARTY
        coerced = any(f" {word} " in f" {' '.join(split)} " for word in COERCED)
        return Role(kind=kind, side=side, private=kind == _PRIVATE, coerced=coerced)

    def _longest(self, split: list[str]) -> Actor | None:
        for length in range(min(len(split), 8), 0, -1):
            for start in range(len(split) - length + 1):
                actor = self.names.get(tuple(split[start : start + length]))
                if actor is not None:
                    return actor
        return None

    def _is_government(self, split: list[str]) -> bool:
        """Tell whether a country or capital alone speaks ("Moscow said")."""
        return len(split) <= 2 and any(word in SIDE_WORDS for word in split)  # noqa: PLR2004 - with its article


def _default() -> Iterable[Actor]:
    for kind, words in _WORDS.items():
        for name in words.split(","):
            yield Actor(name=" ".join(name.split()), kind=kind)


def _split(folded: str) -> list[str]:
    plain = folded.replace("'s", " ").replace("’s", " ").replace(",", " ").replace("(", " ").replace(")", " ")
    return [word.rstrip("'’") for word in plain.split()]


def _side(split: list[str]) -> str:
    """Return the first country that the words name, "" without one."""
    text = f" {' '.join(split)} "
    found = [(text.find(f" {word} "), -len(word), side) for word, side in SIDE_WORDS.items()]
    return min((row for row in found if row[0] >= 0), default=(0, 0, ""))[2]


SPEAKER_WORDS = frozenset(name.split()[-1] for row in _WORDS.values() for name in row.split(","))
"""All nouns that name speakers."""
