"""Numbers with their units and bounds, in digits and words: "more than two thousand people", "8 to 10 km"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from safepassage.domain.claims.values import Quantity
from safepassage.engines.extraction.word_sets import words

UNITS: dict[str, str] = {
    r"(?:square\s+)(?:kilomet(?:er|re)s?|km)|sq\.?\s*km|km2|km²": "km2",
    r"(?:square\s+)miles?|sq\.?\s*mi(?:les?)?": "mi2",
    r"cubic\s+met(?:er|re)s?|m3|m³|cbm": "m3",
    r"(?:square\s+)met(?:er|re)s?|sq\.?\s*m|m2|m²": "m2",
    r"hectares?|ha": "ha",
    r"kilomet(?:er|re)s?|km": "km",
    r"miles?": "mi",
    r"met(?:er|re)s?": "m",
    r"(?:metric\s+)?tons?|tonnes?": "t",
    r"kilograms?|kilos?|kg": "kg",
    r"lit(?:er|re)s?": "l",
    r"per\s?cent|percent|%": "percent",
    r"minutes?": "min",
    r"hours?": "h",
    r"days?": "d",
    r"weeks?": "weeks",
    r"months?": "months",
    r"years?": "years",
    r"dollars?": "USD",
    r"euros?": "EUR",
    r"r(?:o?u)bles?": "RUB",
    r"hryvnias?": "UAH",
    r"кв(?:адратных|\.)?\s*(?:километр\w*|кілометр\w*|км)": "km2",
    r"(?:километр|кілометр)\w*|км": "km",
    r"(?:тонн)\w*|т": "t",
    r"процент\w*|відсотк\w*": "percent",
    r"час(?:а|ов)|годин\w*": "h",
    r"дн(?:я|ей|і|ів)|діб|суток": "d",
}
PERSONS = (
    "people persons residents civilians evacuees refugees inhabitants children women men patients families "
    "households soldiers troops servicemen servicewomen personnel fighters conscripts prisoners workers "
    "volunteers villagers citizens individuals deaths casualties wounded injured dead drivers others "
    "passengers bakers teachers nurses doctors medics farmers fishermen miners engineers students pupils "
    "pensioners elders rescuers firefighters policemen officers guards detainees hostages captives relatives "
    "returnees migrants journalists pilgrims babies infants girls boys orphans mothers members staff bodies "
    "paramedics arrivals woman man child person patient body resident civilian passenger soldier pupil nurse "
    "teacher worker villager farmer fathers grandmothers souls corpses fatalities deportees escapees "
    "victims survivors travellers travelers sailors "
    "worshippers shoppers neighbours neighbors recruits shepherds peasants commuters newcomers "
    "человек люди людей жителей граждан детей эвакуированных раненых погибших осіб мешканців громадян дітей "
    "поранених загиблих військових военных"
)
THINGS = (
    "settlements villages towns communities districts houses homes buildings buses trucks lorries vehicles "
    "cars ambulances bridges roads crossings points centres centers shelters regions convoys shells rockets "
    "missiles drones incidents attacks boats trains schools hospitals beds places seats corridors routes "
    "cattle sheep cows goats horses pigs aircraft helicopters tanks tents generators wells pumps shops "
    "ferries"
)
SLAVIC_THINGS = {
    "settlements": "пунктов пункта пункти пунктів сёл сел сіл", "houses": "домов дома будинків будинки",
    "buses": "автобусов автобуса автобусів автобуси", "vehicles": "машин машины автомобилей автомобілів",
    "families": "семей семьи сімей родин",
}  # fmt: skip
GROUPS = frozenset({"families", "households"})
COUNTED: dict[str, str] = {
    **{noun: noun if noun in GROUPS else "persons" for noun in PERSONS.split()},
    **{noun: noun for noun in THINGS.split()},
    **{noun[:-1]: noun for noun in THINGS.split() if noun.endswith("s") and not noun.endswith("ses")},
    "bus": "buses",
    "house": "houses",
    **{noun: unit for unit, nouns in SLAVIC_THINGS.items() for noun in nouns.split()},
}
"""What is counted, and the unit it is counted in; families and households are not persons."""

_UNITS_AND_TEENS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
SMALL = {word: n for n, word in enumerate(_UNITS_AND_TEENS.split())}
SMALL |= {word: 10 * n for n, word in enumerate(_TENS.split(), start=2)}
SCALES = {"hundred": 100, "thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000}
SCALES["dozen"] = 12
SCALES |= {"тыс": 1_000, "тысяч": 1_000, "тысячи": 1_000, "тис": 1_000, "тисяч": 1_000, "тисячі": 1_000}
ABBREVIATIONS = {"k": 1_000, "m": 1_000_000, "mln": 1_000_000, "bn": 1_000_000_000}

AT_LEAST = (
    r"more\s+than|over|at\s+least|no\s+(?:fewer|less)\s+than|above|upwards?\s+of|in\s+excess\s+of|"
    r"exceed(?:s|ed|ing)?|более|больше|свыше|не\s+менее|понад|більше|щонайменше"
)
AT_MOST = (
    r"fewer\s+than|less\s+than|under|at\s+most|up\s+to|no\s+more\s+than|below|nearly|almost|not\s+quite|"
    r"менее|меньше|менше|до"
)
ABOUT = (
    r"about|around|approximately|approx\.?|some|roughly|an\s+estimated|estimated|close\s+to|circa|ca\.?|"
    r"около|примерно|порядка|близько|приблизно|~"
)
ABOUT_SHARE = 0.1
"""An approximate number may be a tenth off either way (practice)."""
NEARLY_SHARE = 0.1
"""A number that is nearly reached lies within a tenth below it (practice)."""

_DIGITS = r"\d{1,3}(?:[,\u00a0\u202f ]\d{3})+(?!\d)|\d+(?:\.\d+)?"
_WORD = "|".join(sorted({*SMALL, *SCALES}, key=len, reverse=True))
_WORDS = rf"(?:an?\s+(?={'|'.join(SCALES)}))?(?:{_WORD})(?:[\s-]+(?:and\s+)?(?:{_WORD}))*"
_SCALE = rf"(?:\s*(?:(?:{'|'.join(sorted(SCALES, key=len, reverse=True))})\.?|mln|bn|k\b|m\b(?!\w)))?"
_MANY = (
    r"(?:tens\s+of\s+thousands|dozens|scores|hundreds|thousands)\s+of|"
    r"(?:a\s+few|several)\s+(?:dozen|hundred|thousand)|half\s+a\s+dozen"
)
_NUMBER = rf"(?:{_MANY}|(?:{_DIGITS}){_SCALE}|(?:{_WORDS})\b)"
_RANGE = rf"(?:\s*(?:[-–—]|to)\s*(?P<second>{_NUMBER}))?"
_BETWEEN = rf"between\s+(?P<from>{_NUMBER})\s+and\s+(?P<until>{_NUMBER})"
_HARDLY = r"(?:(?:just|well|slightly|a\s+little)\s+)?"
_PREFIX = rf"{_HARDLY}(?:(?P<least>{AT_LEAST})|(?P<most>{AT_MOST})|(?P<about>{ABOUT}))\s+"
_UNIT = "|".join(f"(?P<u{n}>{pattern})(?!\\w)" for n, pattern in enumerate(UNITS))
_NO_NOUN_WORDS = (
    "says?|said|and|or|were|was|have|had|are|is|by|of|in|on|at|to|them|the|from|with|for|a|an|st|nd|rd|th"
)
_BETWEEN_WORDS = rf"(?!(?:{_WORD}|{_NO_NOUN_WORDS})\b)[a-zа-яёіїєґ]+\s+"
_NOUN = rf"(?:{_BETWEEN_WORDS}){{0,2}}?(?P<noun>{'|'.join(sorted(COUNTED, key=len, reverse=True))})\b"
_PATTERN = re.compile(
    rf"(?<![\w.,$€])(?:{_PREFIX})?(?:{_BETWEEN}|(?P<first>{_NUMBER}){_RANGE})"
    rf"(?P<tail>[\s-]*(?:(?:{_UNIT})|(?:of\s+)?{_NOUN}))?",
    re.IGNORECASE,
)
_ORDINAL_OR_DATE = re.compile(
    r"^(?:st|nd|rd|th)\b|^\s*(?:January|February|March|April|May|June|July|August|September|October|November|"
    r"December)\b|^[:/]\d",
    re.IGNORECASE,
)
VAGUE = {"dozens": (24, 100), "scores": (40, 200), "hundreds": (200, 1_000), "thousands": (2_000, 10_000)}
HALF_A_DOZEN = (6, 6)
FEW = {"dozen": (24, 96), "hundred": (200, 900), "thousand": (2_000, 9_000)}
"""What "a few" and "several" of a scale may be (practice)."""
TENS_OF_THOUSANDS = (20_000, 100_000)
LEAST_YEAR, LATEST_YEAR = 1900, 2100


class Found(NamedTuple):
    """A quantity and where it stands: [start, end) in the text it was read from."""

    start: int
    end: int
    quantity: Quantity


_MONEY = re.compile(rf"(?P<sign>US\$|USD|EUR|[$€£₴₽])\s?(?P<number>(?:{_DIGITS}){_SCALE})", re.IGNORECASE)
MONEY = {"us$": "USD", "usd": "USD", "$": "USD", "€": "EUR", "eur": "EUR", "£": "GBP", "₴": "UAH", "₽": "RUB"}


def _money(text: str) -> Iterator[Found]:
    """Yield sums with the sign of a currency before them ("$18")."""
    for match in _MONEY.finditer(text):
        value = number(match["number"])
        if value is not None:
            unit = MONEY[match["sign"].lower()]
            quantity = Quantity(low=value, high=value, unit=unit, text=match[0])
            yield Found(match.start(), match.end(), quantity)


def quantities(text: str, unit_before: str = "") -> tuple[Found, ...]:
    """Return the quantities of a text in order; a number without a unit takes that of the one before it.

    "1,000 square kilometres … 800" and "two people were killed and 11 wounded" leave out a unit, or what is
    counted, the second time. Years, dates and times of day are no quantities.
    """
    found: list[Found] = []
    for match in _PATTERN.finditer(text):
        read = _read(match, text, _last_unit(found, text, match.start()) or unit_before)
        if read is not None:
            found.append(read)
    return tuple(sorted([*found, *_money(text)]))


CURRENCIES = frozenset({"USD", "EUR", "GBP", "RUB", "UAH"})
_PAID = re.compile(
    r"\b(?:paid|pays?|paying|cost|costs|charged?|charges|asked?|asks|price is)\s$", re.IGNORECASE
)


def _last_unit(found: list[Found], text: str, start: int) -> str:
    """Return the unit last counted in; brackets only say it again ("1,000 km2 (386 square miles)").

    Who pays a bare number pays it in the money named last.
    """
    plain = [f for f in found if text[max(0, f.start - 1) : f.start] != "("]
    if _PAID.search(text[max(0, start - 20) : start]):
        plain = [f for f in found if f.quantity.unit in CURRENCIES] or plain
    return (plain or found)[-1].quantity.unit if found else ""


_COUNT_BEFORE = re.compile(
    rf"\bhow many (?:\w+ ){{0,2}}?(?P<many>{'|'.join(COUNTED)})\b.{{0,90}}$|"
    rf"\b(?:number|total|count|figure|estimate) (?:of|for) (?:\w+ ){{0,2}}?(?P<noun>{'|'.join(COUNTED)})\b"
    r"[^.;:]{0,40}$|\b(?P<toll>death toll|toll|casualties|headcount|"
    r"(?:number|total|count|figure)(?: of)?(?: the| those| people)? (?:dead|kil+ed|wounded|injured|missing|"
    r"displaced|evacuated|registered|trapped|stranded|sheltering|sick))\b[^.;:]{0,40}$|"
    r"\bnumber of (?:the |these )?(?P<any>[a-z]{3,}s)\b[^.;:]{0,40}$",
    re.IGNORECASE,
)
"""What is counted, told before the number: "the number of settlements was 74"."""


_GROUP_OF = re.compile(r"\b(?:family|group|party|crew|queue|column) of $", re.IGNORECASE)
_PLURAL = re.compile(
    rf"\s(?:(?!(?:{_NO_NOUN_WORDS}|{_WORD}|left|died|came|went|got|days|hours|km)\b)[a-z-]{{3,}}\s)?(?P<noun>[a-z]{{3,}}s)\b"
)
_NO_NOUNS = words(
    """was has this its his hers ours yours theirs less plus minus versus does across always perhaps besides
    versions reasons views ways sides"""
)


def _noun_behind(text: str, match: re.Match[str]) -> str:
    """Return the plural right behind a number: what is counted, though no list names it ("18 carriages")."""
    behind = _PLURAL.match(text, match.end())
    return "" if behind is None or behind["noun"] in _NO_NOUNS else behind["noun"]


_GOING = re.compile(
    r"\s(?:(?:have|had|has) (?:already )?(?:left|fled|crossed|returned|arrived|died|registered)|left|fled|"
    r"crossed|died|returned|arrived|remained|(?:were|are|was|is|have been|had been|being) (?:\w+ )?(?:kil+ed|"
    r"wounded|injured|evacuated|displaced|missing|trapped|stranded|detained|moved|taken|hurt|dead|sheltering|"
    r"treated|buried))\b",
    re.IGNORECASE,
)
_STAYING = re.compile(
    r"\s(?:still )?(?:staying|hiding|sheltering|sleeping|living|waiting|trapped|stranded|queu\w+|aboard|"
    r"on board|to (?:a|each|one) (?:boat|bus|car|van|truck|room|tent|bed|house|cellar|cell))\b",
    re.IGNORECASE,
)
_CARRYING = re.compile(
    r"\b(?:boats?|ferry|ferries|bus|buses|coach|coaches|train|trains|convoy|ambulance|helicopter|van|trip)\b"
    r"[^.;:,]{0,20}\b(?:took|takes|carried|carries|brought|had|has|left with|holds|loaded)\s$",
    re.IGNORECASE,
)
_HEARD = re.compile(r"\b(?:count(?:s|ed)?|heard|hears|saw|noted|logged)\s$", re.IGNORECASE)
_BANGS = re.compile(
    r"\b(?P<noun>bangs|booms|blasts|explosions|shots|shells|impacts|flashes|bursts|rounds|"
    r"detonations|salvos)\b",
    re.IGNORECASE,
)
_OF_THEM = re.compile(r"\s(?:of|out of) (?:them|us|whom|these|those)\b", re.IGNORECASE)
_LISTED = re.compile(rf"\b(?P<noun>{'|'.join(PERSONS.split())})(?:\s*[:–—-]|,)?\s$", re.IGNORECASE)
_SUFFERING = re.compile(
    r"\b(?:kil+(?:ed|ing)|wound(?:ed|ing)|injur(?:ed|ing)|evacuated|displaced|rescued|detained)\s$",
    re.IGNORECASE,
)


def _who_goes_or_suffers(text: str, match: re.Match[str]) -> bool:
    """Tell whether a bare number can count persons only ("18,000 crossed", "killed 14")."""
    if match["tail"]:
        return False
    before, behind = text[max(0, match.start() - 12) : match.start()], text[match.end() : match.end() + 60]
    ends = re.match(r"\s*(?:[,.;]|$|and\b|in\b|at\b|near\b)", behind)
    carried = _CARRYING.search(text[max(0, match.start() - CLAUSE) : match.start()])
    goes = _GOING.match(behind) or _STAYING.match(behind)
    return bool(goes or ((_SUFFERING.search(before) or carried) and ends))


CLAUSE = 50
"""How many characters back the verb and subject of a number are looked for (practice)."""


def _heard_before(text: str, start: int) -> str:
    """Return what was last heard of, before a bare number that somebody counted ("bangs … four")."""
    if not _HEARD.search(text[max(0, start - 20) : start]):
        return ""
    named = [m["noun"].lower() for m in _BANGS.finditer(text[:start])]
    return named[-1] if named else ""


def _unit_before(text: str, start: int) -> str:
    if _GROUP_OF.search(text[max(0, start - 20) : start]):
        return "persons"
    listed = _LISTED.search(text[max(0, start - 20) : start])
    if listed:
        return COUNTED[listed["noun"].lower()]
    match = _COUNT_BEFORE.search(text[max(0, start - 140) : start])
    if match is None:
        return ""
    noun = match["noun"] or match["many"]
    return COUNTED[noun.lower()] if noun else match["any"] or "persons"


def _read(match: re.Match[str], text: str, unit_before: str) -> Found | None:
    if _ORDINAL_OR_DATE.match(text[match.end() :]) and not match["tail"]:
        return None
    bounds = _bounds(match, topic=bool(_TELLING_OF.search(text[: match.start()])))
    unit = _unit(match) or _unit_before(text, match.start()) or _noun_behind(text, match)
    unit = unit or _heard_before(text, match.start())
    theirs = not unit_before and _OF_THEM.match(text, match.end())
    if not unit and unit_before not in COUNTED.values() and (theirs or _who_goes_or_suffers(text, match)):
        unit = "persons"
    if bounds is None or _NOT_ONE.search(text[max(0, match.start() - 5) : match.end()]):
        return None
    if not unit and (not unit_before or _is_year(match, bounds) or _counts_nothing(match, text)):
        return None
    end = match.end()
    low, high = bounds
    quantity = Quantity(low=low, high=high, unit=unit or unit_before, text=text[match.start() : end])
    return Found(match.start(), end, quantity)


_TELLING_OF = re.compile(
    r"\b(?:statements?|claims?|reports?|talk|story|stories|rumou?rs?|news) $", re.IGNORECASE
)
_NOT_ONE = re.compile(r"\b(?:no|not) one\b", re.IGNORECASE)
_HOUR = re.compile(r"\b(?:after|before|until|till|since|by) $", re.IGNORECASE)
LATEST_HOUR = 24


def _counts_nothing(match: re.Match[str], text: str) -> bool:
    """Tell whether a bare number counts nothing that was counted before: an hour, "one" for somebody."""
    if match["least"] or match["most"] or match["about"] or match["second"]:
        return False
    value = number(match["first"]) if match["first"] else None
    hour = _HOUR.search(text[max(0, match.start() - 8) : match.start()])
    if hour and value is not None and value <= LATEST_HOUR:
        return True
    return value == 1 and not re.match(r"\s+of\b|\s*(?:[,.;]|$)", text[match.end() :])


def _is_year(match: re.Match[str], bounds: tuple[float | None, float | None]) -> bool:
    return bounds[0] is not None and LEAST_YEAR <= bounds[0] <= LATEST_YEAR and "," not in match[0]


def _unit(match: re.Match[str]) -> str:
    if match["noun"]:
        return COUNTED[match["noun"].lower()]
    return next((unit for n, unit in enumerate(UNITS.values()) if match[f"u{n}"]), "")


def _bounds(match: re.Match[str], *, topic: bool = False) -> tuple[float | None, float | None] | None:
    """Return the interval that a number with its words stands for; None where it is no number.

    Behind a noun of saying "about" names the topic ("the statement about 1,000 square kilometres").
    """
    if match["from"]:
        low, high = number(match["from"]), number(match["until"])
        return None if low is None or high is None else (min(low, high), max(low, high))
    vague = _vague(match["first"])
    if vague is not None:
        return vague
    first = number(match["first"])
    second = number(match["second"]) if match["second"] else first
    if first is None or second is None:
        return None
    if match["second"] and first < second and first < SCALES["thousand"] <= second:
        # "8 to 10 thousand" leaves the scale out the first time.
        scale = _scale_of(match["second"])
        first = first * scale if first * scale <= second else first
    low, high = min(first, second), max(first, second)
    if match["least"]:
        return low, None
    if match["most"]:
        nearly = re.match(r"nearly|almost|not\s+quite", match["most"], re.IGNORECASE)
        return (high * (1 - NEARLY_SHARE), high) if nearly else (None, high)
    if match["about"] and not (topic and match["about"].lower() == "about"):
        return low * (1 - ABOUT_SHARE), high * (1 + ABOUT_SHARE)
    return low, high


def _vague(words: str) -> tuple[float, float] | None:
    plain = words.lower()
    if plain.startswith("tens of"):
        return TENS_OF_THOUSANDS
    if plain.startswith("half"):
        return HALF_A_DOZEN
    few = plain.split()
    if few[:2] in (["a", "few"], ["several", few[-1]]):
        return FEW.get(few[-1])
    return VAGUE.get(few[0])


def _scale_of(words: str) -> int:
    last = re.split(r"[\s-]+", words.lower().strip())[-1]
    return SCALES.get(last, ABBREVIATIONS.get(last, 1))


def number(words: str) -> float | None:
    """Return the number that digits or words stand for, None if it is none: "1.5 million", "two hundred"."""
    plain = words.lower().replace("\u00a0", "").replace("\u202f", "").strip()
    digits = re.match(rf"(?:{_DIGITS})", plain)
    if digits:
        value = float(re.sub(r"[, ]", "", digits[0]))
        rest = plain[digits.end() :].strip().rstrip(".")
        return value * SCALES.get(rest, ABBREVIATIONS.get(rest, 1)) if rest else value
    total, current = 0.0, 0.0
    for word in re.split(r"[\s-]+", plain):
        if word in {"a", "an", "and", ""}:
            continue
        if word in SMALL:
            current += SMALL[word]
        elif word in {"hundred", "dozen"}:
            current = (current or 1) * SCALES[word]
        elif word in SCALES:
            total, current = total + (current or 1) * SCALES[word], 0.0
        else:
            return None
    return total + current
