"""Russian and Ukrainian by word order alone: no parser, forms of verbs from a list of our own. Experimental.

A token list stands in for the tree; frames are verb and clause ("заявил, что …"), quotation and inversion
("«…», — сказал X"), colon, and authority ("по словам X, …", "за даними X, …").
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from safepassage.engines.extraction.attribution import Attribution
from safepassage.engines.extraction.tree import Tree
from safepassage.kernels.reading.english import TokenRow

LEAST_SHARE = 0.5
"""A text with more Cyrillic letters than this share is read here."""
UKRAINIAN = frozenset("іїєґ")
_TOKEN = re.compile(r"\d[\d\u00a0\u202f ]*\d(?!\w)|\d+|\w+(?:[-’']\w+)*|[^\w\s]")
_ABBREVIATIONS = frozenset(
    ["г", "ул", "тыс", "тис", "кв", "км", "им", "ім", "т", "д", "гг", "р", "рр", "см", "обл", "с", "п", "м"]
)
_ENDINGS = (
    r"(?:и|а|я|ну|е|о|ыва|ива|юва|ува|а[єе]|у)?"
    r"(?:л|ла|ли|ло|в|ть|ет|ёт|ют|ит|ат|ят|є|ють|ить|ять|ила|или|ив|ав|ували|ували|ється|ется|ются|лся|лась|лись)"
)
_BARE_PAST = frozenset(["опроверг", "отверг", "изрёк"])
"""Forms without an ending."""
_IN = frozenset(["в", "во", "у"])
"""«Сообщили в администрации»: who speaks stands behind a preposition."""
_OBJECTS = frozenset({"deny", "accuse", "call", "confirm", "demand", "promise"})
_STEMS = {
    "say": "сказ|говор|каж|каза|розпов|розпові|рассказ|заяв|заявля|наголос|зазнач|отмет|подчеркн|підкресл",
    "report": "сообщ|сообща|повідом|повідомля|информир|інформу|поінформ|доложи|пиш|написа",
    "add": "добав|дода|прибав",
    "explain": "поясн|объясн|уточн",
    "claim": "утвержда|стверджу",
    "confirm": "подтверд|підтверд|подтвержда|підтверджу",
    "deny": "опроверг|опроверга|отриц|отрица|спросту|заперечи|запереч|заперечу|отверг",
    "accuse": "обвин|звинува",
    "acknowledge": "призна|визна",
    "warn": "предупре|попере",
    "promise": "обеща|пообеща|обіця|пообіця",
    "demand": "потребова|вимага|треб",
    "believe": "счита|полага|вважа",
    "call": "назва|назва",
}
_CUES = tuple((lemma, re.compile(rf"(?:{stems}){_ENDINGS}$")) for lemma, stems in sorted(_STEMS.items()))
_AUTHORITIES = (
    ("по", "словам"), ("по", "данным"), ("по", "информации"), ("по", "оценкам"), ("по", "оценке"),
    ("за", "словами"), ("за", "даними"), ("за", "інформацією"), ("за", "оцінками"), ("згідно", "з"),
    ("как", "сообщает"), ("как", "сообщили"), ("як", "повідомляє"), ("як", "повідомили"),
)  # fmt: skip
_THAT = frozenset({"что", "що", "будто", "якобы", "нібито"})
_OPEN_QUOTES, _CLOSE_QUOTES = frozenset({"«", "“", "„"}), frozenset({"»", "”"})
_DASHES = frozenset({"—", "–", "-"})
MOST_SOURCE = 10
LEAST_CONTENT = 2


def language_of(text: str) -> str:
    """Return ``ru``, ``uk`` or ``en``: by the letters of a text, not by what anybody says it is."""
    letters = [c for c in text.casefold() if c.isalpha()]
    cyrillic = sum("\u0400" <= c <= "\u04ff" for c in letters)
    if not letters or cyrillic <= LEAST_SHARE * len(letters):
        return "en"
    return "uk" if UKRAINIAN & set(letters) else "ru"


def rows_each(texts: Iterable[str]) -> Iterator[tuple[TokenRow, ...]]:
    """Yield the tokens of each text; all of a sentence hang on its first one."""
    for text in texts:
        yield tuple(_rows(text))


def _rows(text: str) -> Iterator[TokenRow]:
    matches = list(_TOKEN.finditer(text))
    sentence, first = 0, 0
    for k, match in enumerate(matches):
        word = match[0]
        begins = k == first
        tag, pos = _part(word, begins=begins)
        lemma = cue_lemma(word) or word.casefold()
        yield TokenRow(
            word, lemma, tag, pos, "ROOT" if begins else "dep", first, match.start(), match.end(), sentence
        )
        if _ends_sentence(text, matches, k):
            sentence, first = sentence + 1, k + 1


def _part(word: str, *, begins: bool) -> tuple[str, str]:
    if word[0].isdigit():
        return "CD", "NUM"
    if not word[0].isalpha():
        return ".", "PUNCT"
    if cue_lemma(word):
        return "VBD", "VERB"
    if word[0].isupper() and not begins:
        return "NNP", "PROPN"
    return "NN", "NOUN"


def _ends_sentence(text: str, matches: Sequence[re.Match[str]], k: int) -> bool:
    word = matches[k][0]
    if k + 1 == len(matches):
        return True
    behind = matches[k + 1]
    new = behind[0][0].isupper() or behind[0] in _OPEN_QUOTES
    if word in _CLOSE_QUOTES and k and matches[k - 1][0] in {".", "!", "?", "…"}:
        return new
    if word not in {".", "!", "?", "…"} or behind[0] in _CLOSE_QUOTES:
        return False
    short = k > 0 and matches[k - 1][0].casefold() in _ABBREVIATIONS
    return new and not short and text[matches[k].end() : behind.start()].isspace()


def cue_lemma(word: str) -> str:
    """Return what a form of a verb of saying is in English, "" for any other word."""
    plain = word.casefold()
    if plain in _BARE_PAST:
        return "deny"
    return next((lemma for lemma, pattern in _CUES if pattern.match(plain)), "")


def attributions(tree: Tree) -> tuple[Attribution, ...]:
    """Return the attributions of a passage in the order of their cues."""
    found: list[Attribution] = []
    for part in _sentences(tree):
        one = _authority(tree, part) or _verb(tree, part)
        if one is not None:
            found.append(one)
    return tuple(found)


def _sentences(tree: Tree) -> Iterator[list[int]]:
    part: list[int] = []
    for k, token in enumerate(tree.tokens):
        if part and tree.tokens[part[-1]].sentence != token.sentence:
            yield part
            part = []
        part.append(k)
    if part:
        yield part


def _authority(tree: Tree, part: list[int]) -> Attribution | None:
    """По словам X, content; content, по данным X."""
    said = [tree.tokens[k].text.casefold() for k in part]
    for n in range(len(part) - 2):
        if (said[n], said[n + 1]) not in _AUTHORITIES:
            continue
        end = next((m for m in range(n + 2, len(part)) if said[m] in {",", ".", ";"}), len(part))
        source = tree.trimmed(part[n + 2 : end])
        content = tree.trimmed([*part[:n], *part[end:]])
        if source and len(source) <= MOST_SOURCE and len(content) >= LEAST_CONTENT:
            return Attribution(
                source=source,
                cue=(part[n], part[n + 1]),
                content=content,
                kind="according",
                lemma="according",
            )
    return None


def _verb(tree: Tree, part: list[int]) -> Attribution | None:
    """X заявил, что content; «content», — сказал X; X сообщил: content."""
    for n, k in enumerate(part):
        token = tree.tokens[k]
        if token.pos != "VERB" or tree.quoted[k] >= 0:
            continue
        found = _that(tree, part, n) or _colon(tree, part, n) or _inverted(tree, part, n)
        found = found or _object(tree, part, n)
        if found is not None:
            return found
    return None


def _that(tree: Tree, part: list[int], n: int) -> Attribution | None:
    for m in range(n + 1, min(n + 1 + MOST_SOURCE, len(part))):
        if tree.tokens[part[m]].text.casefold() in _THAT:
            before = part[_last_comma(tree, part, n) + 1 : n]
            behind = [c for c in part[n + 1 : m] if tree.tokens[c].text != ","]
            source = tree.trimmed(_named(tree, before) or _named(tree, behind))
            return _made(tree, source, part[n], part[m:], "clause")
    return None


def _colon(tree: Tree, part: list[int], n: int) -> Attribution | None:
    marks = [m for m in range(n + 1, len(part)) if tree.tokens[part[m]].text == ":"]
    if not marks or marks[0] - n > MOST_SOURCE:
        return None
    before = part[_last_comma(tree, part, n) + 1 : n]
    source = tree.trimmed(_named(tree, before) or _named(tree, part[n + 1 : marks[0]]))
    return _made(tree, source, part[n], part[marks[0] + 1 :], "colon")


def _inverted(tree: Tree, part: list[int], n: int) -> Attribution | None:
    """Content, — сказал X: what stands before a comma, with or without a dash, is told by who follows."""
    at = n - 1
    while at >= 0 and tree.tokens[part[at]].text in _DASHES:
        at -= 1
    if at < LEAST_CONTENT or tree.tokens[part[at]].text not in {",", "»", "”"}:
        return None
    end = next(
        (m for m in range(n + 1, len(part)) if tree.tokens[part[m]].text in {",", ".", ";"}), len(part)
    )
    source = tree.trimmed(part[n + 1 : end])
    content = part[: at + (tree.tokens[part[at]].text in _CLOSE_QUOTES)]
    quoted = tree.quoted[part[at - 1]] >= 0
    return _made(tree, source, part[n], content, "quotation" if quoted else "inverted")


def _object(tree: Tree, part: list[int], n: int) -> Attribution | None:
    """МИД назвал обвинения ложью: what follows a verb of denying, accusing or calling."""
    if tree.tokens[part[n]].lemma not in _OBJECTS:
        return None
    before = part[_last_comma(tree, part, n) + 1 : n]
    end = next(
        (m for m in range(n + 1, len(part)) if tree.tokens[part[m]].text in {",", ".", ";"}), len(part)
    )
    return _made(tree, tree.trimmed(_named(tree, before)), part[n], part[n + 1 : end], "object")


def _end(tree: Tree, part: list[int], n: int) -> int:
    """Return the place of the next comma or full stop behind a verb, the end of the sentence without one."""
    stops = (m for m in range(n + 1, len(part)) if tree.tokens[part[m]].text in {",", ".", ";"})
    return next(stops, len(part))


def _named(tree: Tree, positions: Sequence[int]) -> list[int]:
    """Return words that can name somebody; a clause or a quotation cannot."""
    if not positions or len(positions) > MOST_SOURCE or any(tree.quoted[k] >= 0 for k in positions):
        return []
    nouns = any(tree.tokens[k].pos in {"NOUN", "PROPN"} for k in positions)
    return list(positions) if nouns else []


def _last_comma(tree: Tree, part: list[int], n: int) -> int:
    """Return the place of the last comma before a verb that parts a clause, -1 without one."""
    commas = [m for m in range(n) if tree.tokens[part[m]].text == ","]
    # "Губернатор, А. Иванов, заявил": an aside of a few words stays with its noun.
    if len(commas) > 1 and commas[-1] == n - 1:
        return -1 if commas[0] <= MOST_SOURCE // 2 else commas[0]
    return commas[-1] if commas and commas[-1] != n - 1 else -1


def _made(
    tree: Tree, source: Sequence[int], cue: int, content: Sequence[int], kind: str
) -> Attribution | None:
    words = tuple(content) if kind == "quotation" else tree.trimmed(content)
    if source and tree.tokens[source[0]].text.casefold() in _IN:
        source = source[1:]
    if not source or len(words) < LEAST_CONTENT or len(source) > MOST_SOURCE:
        return None
    return Attribution(
        source=tuple(source), cue=(cue,), content=words, kind=kind, lemma=tree.tokens[cue].lemma
    )
