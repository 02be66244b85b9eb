"""Places that a passage names, looked up in a gazetteer; a capital that stands for a government has none."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from safepassage.domain.claims.gazetteer import Gazetteer, NamedPlace, PlaceKind
from safepassage.domain.claims.values import PlaceReference, fold
from safepassage.domain.claims.words import PlacePrecision
from safepassage.engines.extraction.countries import COUNTRY_NAMES, GOVERNMENT_NAMES, SIDE_WORDS
from safepassage.engines.extraction.tree import Tree
from safepassage.engines.extraction.word_sets import words

PROVINCE_WORDS = words("""region oblast province governorate state krai republic""")
DISTRICT_WORDS = words("""district raion rayon county municipality community hromada okrug""")
REGION_NOUNS = words("""region oblast province governorate district raion rayon hromada""")
NO_REGION_NAME = words(
    """border frontier russian ukrainian neighbouring neighboring adjacent whole entire industrial eastern
    western northern southern central front coastal mountain federal same other affected home separatist
    breakaway occupied two three several many some each every all this that"""
)
LOCATIVE = words(
    """in near at around outside inside over toward towards into within beyond through via across from"""
)
NEARBY = frozenset(["near", "outside", "around", "toward", "towards", "beyond"])
SPOT_WORDS = words(
    """city town village settlement suburb outskirts centre center street road bridge station airport
    crossing checkpoint hospital school railway direction residents people"""
)
"""Nouns that make the name before or behind them a place on the ground."""
FEATURE_WORDS = SPOT_WORDS | words("""nuclear power plant border highway river reservoir area sector axis""")
HARMED = words(
    """shell bomb attack hit damage evacuate capture leave reach enter cross liberate occupy seize visit
    besiege"""
)
"""Verbs whose object is a place on the ground."""
MOVING = words(
    """travel go drive return flee move fly arrive take bring carry run transport send evacuate deliver ship
    ferry ride walk lead head bus train convoy"""
)
"""Verbs and things whose "to" leads to a place on the ground."""
HOLDING = words("shelter host have house contain lie border receive")
"""What a country does as a place, and not as a government."""
TALKED = words("""talk negotiation agreement deal war conflict relation contact peace ceasefire meeting""")
"""Nouns after which a name behind "with" or "between" is a government."""
LINE_WORDS = frozenset({"border", "frontier", "front"})
PRECISION = {
    PlaceKind.SETTLEMENT: PlacePrecision.EXACT, PlaceKind.FEATURE: PlacePrecision.NEAR,
    PlaceKind.DISTRICT: PlacePrecision.DISTRICT, PlaceKind.PROVINCE: PlacePrecision.PROVINCE,
    PlaceKind.COUNTRY: PlacePrecision.COUNTRY,
}  # fmt: skip
MANY, NAMED_BEHIND = 2, 6
"""How many words behind a name of several places may say which one is meant."""
EARTH_KM, TOGETHER_KM = 6_371.0, 400.0
"""Homonyms this near to a place that only one row of the gazetteer can be are preferred (practice)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A name of a place at token positions, with the rows of the gazetteer it may be."""

    positions: tuple[int, ...]
    name: str
    rows: tuple[NamedPlace, ...]
    precision: PlacePrecision
    metonym: bool = False


def mentions(
    tree: Tree, gazetteer: Gazetteer, sources: frozenset[int], people: frozenset[str] = frozenset()
) -> tuple[Mention, ...]:
    """Return the places that a passage names, longest names first tried.

    `sources` are tokens that speak, `people` words of persons' names: neither is a place on the ground.
    """
    found: list[Mention] = []
    i = 0
    while i < len(tree.tokens):
        mention = _at(tree, i, gazetteer, sources)
        if mention is None or _is_speaker(tree, mention, sources, people):
            i += 1
            continue
        found.append(mention)
        i = mention.positions[-1] + 1
    return tuple(found)


def _is_speaker(tree: Tree, m: Mention, sources: frozenset[int], people: frozenset[str]) -> bool:
    """Tell whether a name is that of a person, or the whole of what speaks."""
    if m.metonym:
        return False
    if all(tree.tokens[k].text.lower() in people for k in m.positions):
        return True
    head = tree.tokens[m.positions[-1]]
    return head.dep == "nsubj" and set(m.positions) <= sources and len(m.positions) == 1


def _at(tree: Tree, i: int, gazetteer: Gazetteer, sources: frozenset[int]) -> Mention | None:
    """Return the longest name that begins at a token, None without one."""
    if not tree.tokens[i].text[:1].isupper():
        return None
    for length in range(min(gazetteer.most_words or 1, len(tree.tokens) - i, 5), 0, -1):
        positions = tuple(range(i, i + length))
        words = _joined(tree, positions)
        folded = fold(words)
        rows = gazetteer.named(words)
        government = folded in GOVERNMENT_NAMES or folded in COUNTRY_NAMES
        if not rows and not government:
            continue
        if length == 1 and not _is_name(tree, i):
            continue
        return _mention(tree, positions, words, rows, sources)
    return _region_by_adjective(tree, i)


def _joined(tree: Tree, positions: Sequence[int]) -> str:
    """Return tokens as written, hyphens closed up."""
    text, last = "", -1
    for k in positions:
        text += ("" if tree.tokens[k].start == last or not text else " ") + tree.tokens[k].text
        last = tree.tokens[k].end
    return text


def _is_name(tree: Tree, i: int) -> bool:
    """Tell whether a capitalised word is a name by itself: no ordinary word, and no part of another name."""
    token = tree.tokens[i]
    if token.pos != "PROPN" and token.tag not in {"NN", "NNP", "JJ"}:
        return False
    if token.pos != "PROPN" and (i == 0 or tree.tokens[i - 1].sentence != token.sentence):
        return False
    before = tree.tokens[i - 1] if i else None
    if (
        before is not None
        and before.tag == "NNP"
        and before.head in {i, token.head}
        and before.dep == "compound"
    ):
        return before.text.lower().rstrip(".") in SPOT_WORDS
    after = tree.tokens[i + 1] if i + 1 < len(tree.tokens) else None
    if after is not None and after.tag in {"NNP", "NNPS"} and token.dep in {"compound", "nmod"}:
        return after.text.lower() in FEATURE_WORDS | PROVINCE_WORDS | DISTRICT_WORDS
    return True


def _mention(
    tree: Tree, positions: tuple[int, ...], words: str, rows: tuple[NamedPlace, ...], sources: frozenset[int]
) -> Mention | None:
    folded = fold(words)
    after = tree.tokens[positions[-1] + 1].text.lower() if positions[-1] + 1 < len(tree.tokens) else ""
    if after in PROVINCE_WORDS | DISTRICT_WORDS:
        kind = PlaceKind.PROVINCE if after in PROVINCE_WORDS else PlaceKind.DISTRICT
        own = tuple(row for row in rows if row.kind == kind) or rows
        positions = (*positions, positions[-1] + 1)
        return Mention(
            positions=positions, name=_joined(tree, positions), rows=own, precision=PRECISION[kind]
        )
    is_capital = folded in GOVERNMENT_NAMES or any(row.capital for row in rows)
    is_country = folded in COUNTRY_NAMES or (bool(rows) and all(r.kind == PlaceKind.COUNTRY for r in rows))
    if is_capital or is_country:
        if is_capital and set(positions) & sources and not _on_the_ground(tree, positions):
            return Mention(
                positions=positions, name=words, rows=(), precision=PlacePrecision.COUNTRY, metonym=True
            )
        if not _on_the_ground(tree, positions):
            metonym = is_capital or bool(set(positions) & sources) or _acts(tree, positions)
            if metonym:
                return Mention(
                    positions=positions, name=words, rows=(), precision=PlacePrecision.COUNTRY, metonym=True
                )
            return None
    if not rows:
        return None if folded not in COUNTRY_NAMES else Mention(
            positions=positions, name=words, rows=(), precision=PlacePrecision.COUNTRY
        )  # fmt: skip
    rows = _told_apart(tree, positions, rows)
    precision = max(PRECISION[row.kind] for row in rows[:1])
    if precision == PlacePrecision.EXACT and _preposition(tree, positions) in NEARBY:
        precision = PlacePrecision.NEAR
    return Mention(positions=positions, name=words, rows=rows, precision=precision)


def _told_apart(
    tree: Tree, positions: tuple[int, ...], rows: tuple[NamedPlace, ...]
) -> tuple[NamedPlace, ...]:
    """Return the rows whose region or country is named right behind ("Tripoli, Lebanon"), else all."""
    if len(rows) < MANY:
        return rows
    behind = [k for k in tree.sentence(positions[-1]) if positions[-1] < k <= positions[-1] + NAMED_BEHIND]
    text = f" {fold(_joined(tree, behind))} " if behind else ""
    named = tuple(
        row for row in rows
        if any(name and fold(name) in text for name in (row.country, row.region, row.region.split(" ")[0]))
    )  # fmt: skip
    return named or rows


def _region_by_adjective(tree: Tree, i: int) -> Mention | None:
    """Return a district or province whose name the gazetteer lacks ("Belovsky district")."""
    if i + 1 >= len(tree.tokens) or tree.tokens[i].pos not in {"PROPN", "ADJ"}:
        return None
    after = tree.tokens[i + 1].text.lower()
    if after not in REGION_NOUNS or tree.tokens[i].text.lower() in NO_REGION_NAME:
        return None
    precision = PlacePrecision.PROVINCE if after in PROVINCE_WORDS else PlacePrecision.DISTRICT
    return Mention(positions=(i, i + 1), name=_joined(tree, (i, i + 1)), rows=(), precision=precision)


def _preposition(tree: Tree, positions: Sequence[int]) -> str:
    """Return the preposition that a name stands behind, "" without one."""
    head = next((k for k in positions if tree.tokens[k].head not in positions), positions[-1])
    token = tree.tokens[head]
    for _ in range(2):
        parent = tree.tokens[token.head]
        if token.dep == "pobj":
            return parent.text.lower()
        if token.dep not in {"compound", "poss", "conj", "nmod"}:
            return ""
        token = parent
    return ""


def _on_the_ground(tree: Tree, positions: Sequence[int]) -> bool:
    """Tell whether a capital or country is meant as a place: it is where something is or happens."""
    head = next((k for k in positions if tree.tokens[k].head not in positions), positions[-1])
    token = tree.tokens[head]
    parent = tree.tokens[token.head]
    if token.dep == "pobj":
        word, outer = parent.text.lower(), tree.tokens[parent.head]
        if word == "to" and _comes_from(tree, token.head):
            return True
        if word in {"of", "to"}:
            return outer.lemma in SPOT_WORDS | MOVING
        if word == "from":
            return outer.lemma not in {"statement", "order", "demand", "response", "reaction", "hear", "come"}
        return word in LOCATIVE and (word in {"in", "at", "near"} or outer.lemma not in TALKED)
    if token.dep in {"dobj", "nsubjpass"}:
        return parent.lemma in HARMED
    if token.dep in {"compound", "poss", "nmod"}:
        return parent.lemma in SPOT_WORDS
    if token.dep == "conj":
        return _on_the_ground(tree, (token.head,)) if token.head not in positions else False
    return token.dep in {"ROOT", "npadvmod"}


def _comes_from(tree: Tree, to: int) -> bool:
    """Tell whether "to" ends a way that begins with "from" ("take people from A to B")."""
    outer = tree.tokens[to].head
    beside = [outer, *tree.with_dep(outer, "prep")]
    return any(tree.tokens[k].text.lower() == "from" and k < to for k in beside)


def _acts(tree: Tree, positions: Sequence[int]) -> bool:
    head = next((k for k in positions if tree.tokens[k].head not in positions), positions[-1])
    token = tree.tokens[head]
    if token.dep == "nsubj" and tree.tokens[token.head].lemma in HOLDING:
        return False
    return token.dep in {"nsubj", "poss", "pobj", "dobj", "agent", "conj"}


def resolved(found: Sequence[Mention]) -> tuple[PlaceReference, ...]:
    """Return one reference for each mention of a text; of homonyms the one nearest to what is certain counts.

    Rows of the case (they have a selector) come first, then rows within reach of a place that is certain,
    then the row with most inhabitants.
    """
    certain = [m.rows[0] for m in found if len(m.rows) == 1 or (m.rows and m.rows[0].selector)]
    countries = {row.country for row in certain if row.country}
    sides = {SIDE_WORDS.get(fold(m.name), "") for m in found if m.metonym} - {""}
    countries |= {row.country for m in found for row in m.rows if fold(row.country) in sides}
    return tuple(_reference(m, certain, countries) for m in found)


def _reference(m: Mention, certain: Sequence[NamedPlace], countries: set[str]) -> PlaceReference:
    if m.metonym or not m.rows:
        return PlaceReference(name=m.name, precision=m.precision, metonym=m.metonym)
    order = {id(row): n for n, row in enumerate(m.rows)}
    row = min(
        m.rows,
        key=lambda r: (
            not r.selector, not _is_near(r, certain), r.country not in countries, -r.persons, order[id(r)],
        ),
    )  # fmt: skip
    return PlaceReference(
        name=m.name, precision=m.precision, lat_e7=row.lat_e7, lon_e7=row.lon_e7, selector=row.selector
    )


def _is_near(row: NamedPlace, certain: Iterable[NamedPlace]) -> bool:
    return any(distance_km(row, other) <= TOGETHER_KM for other in certain if other is not row)


def distance_km(a: NamedPlace, b: NamedPlace) -> float:
    """Return the great-circle distance of two places."""
    lat_a, lat_b = math.radians(a.lat_e7 / 1e7), math.radians(b.lat_e7 / 1e7)
    turn = math.radians((b.lon_e7 - a.lon_e7) / 1e7)
    h = math.sin((lat_b - lat_a) / 2) ** 2 + math.cos(lat_a) * math.cos(lat_b) * math.sin(turn / 2) ** 2
    return 2 * EARTH_KM * math.asin(min(1.0, math.sqrt(h)))
