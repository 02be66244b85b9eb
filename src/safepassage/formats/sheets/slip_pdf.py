"""Slips that people keep: where they are, whom to call, their rights, a token, and their wish to return.

Nobody keeps a list of who has which token, and nobody has to fill anything in.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from safepassage.domain.movement.form import LANGUAGES, Label
from safepassage.formats.paper.notice_texts import notice_texts
from safepassage.formats.paper.typeset import typeset

_RIGHTS = (1, 2, 4)
"""Which rights of the public notice a slip repeats: free choice, families together, home and return."""
MOST, LAST_NUMBER = 2000, 999_999
_SERIES = re.compile(r"[A-Z]{1,3}")
_TEXTS = {
    "yours": Label(
        en="This slip is yours. Keep it; nobody else keeps a list.",
        ru="Этот листок ваш. Храните его; списка ни у кого нет.",
        uk="Цей аркуш ваш. Зберігайте його; списку ні в кого немає.",
    ),
    "site": Label(en="You are at", ru="Вы находитесь", uk="Ви перебуваєте"),
    "call": Label(en="Questions, complaints, lost relatives", ru="Вопросы, жалобы, поиск близких",
                  uk="Запитання, скарги, пошук рідних"),
    "return": Label(en="My wish to return (for me to fill in, or not)",
                    ru="Моё желание вернуться (заполняю сам, если хочу)",
                    uk="Моє бажання повернутися (заповнюю сам, якщо хочу)"),
    "choices": Label(en="yes · later · no · I do not know yet", ru="да · позже · нет · пока не знаю",
                     uk="так · пізніше · ні · ще не знаю"),
    "from": Label(en="I come from (area only)", ru="Я из (только район)", uk="Я з (лише район)"),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Slips:
    """Slips of one site: how many, in which languages, with tokens from `first` of a series on."""

    site: str
    hotline: str
    languages: tuple[str, ...]
    series: str
    first: int
    count: int
    exercise: bool = False

    def __post_init__(self) -> None:
        if not self.site.strip() or not self.hotline.strip():
            raise ValueError("a slip names the site and a number to call")
        if not self.languages or set(self.languages) - set(LANGUAGES):
            raise ValueError(f"the languages of slips are {', '.join(LANGUAGES)}")
        if not _SERIES.fullmatch(self.series):
            raise ValueError("a series is one to three capital letters")
        if not 1 <= self.count <= MOST or self.first < 1 or self.first + self.count - 1 > LAST_NUMBER:
            raise ValueError(f"up to {MOST} slips at a time, numbered from 1 to {LAST_NUMBER}")

    def token(self, position: int) -> str:
        """Return the token of a slip."""
        return f"{self.series}-{self.first + position:04d}"


def write(slips: Slips) -> bytes:
    """Return the slips as PDF, four on a page, to cut apart."""
    blocks = [
        {key: label.in_language(language) for key, label in _TEXTS.items()}
        | {"rights": [notice_texts()[language].rights[i] for i in _RIGHTS]}
        for language in slips.languages
    ]
    facts = {
        "site": slips.site,
        "hotline": slips.hotline,
        "tokens": [slips.token(i) for i in range(slips.count)],
        "blocks": blocks,
    }
    stamp = ["EXERCISE"] if slips.exercise else []
    return typeset("slip", facts, title=f"Slips {slips.token(0)}", stamp=stamp, language=slips.languages[0])
