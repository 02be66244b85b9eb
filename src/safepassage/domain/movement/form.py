"""The notification form: every field with its number, its label in three languages, and who may see it.

The 38 numbered fields are the union of the humanitarian notification forms of Yemen, Ukraine, Syria and
Nigeria (OCHA's published procedures); A1 to A9 are what an agreed safe passage states beyond them. One list
serves screen, paper, tables and the copy of each recipient.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from safepassage.domain.movement.words import MovementKind, RecipientRole
from safepassage.domain.release import SensitivityClass

LANGUAGES = ("en", "ru", "uk")
_P, _S, _A, _R = SensitivityClass


class Origin(StrEnum):
    """Where the value of a field comes from."""

    LOG = "log"
    PLAN = "plan"
    OFFICE = "office"
    AGREEMENT = "agreement"


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """A text in English, Russian and Ukrainian."""

    en: str
    ru: str
    uk: str

    def in_language(self, language: str) -> str:
        """Return the text in a language; in English where it is none of the three."""
        return str(getattr(self, language if language in LANGUAGES else "en"))


@dataclass(frozen=True, slots=True, kw_only=True)
class FormField:
    """One field of the form.

    `sensitivity` PARTIES: in the copy of whoever is notified, RESTRICTED: in no party's copy; `also` names
    roles that may see a RESTRICTED field all the same. `consent`: only with the consent of the organisation
    that moves. `renews`: a change of it, after sending, turns earlier acknowledgements stale. `origin`: where
    its value comes from.
    """

    number: str
    key: str
    label: Label
    origin: Origin
    sensitivity: SensitivityClass = _A
    also: frozenset[RecipientRole] = frozenset()
    consent: bool = True
    renews: bool = False

    def is_for(self, role: RecipientRole) -> bool:
        """Tell whether a recipient of this role may see the field at all."""
        return self.sensitivity <= SensitivityClass.PARTIES or role in self.also


def _field(number: str, key: str, en: str, ru: str, uk: str, origin: Origin, **more: object) -> FormField:
    label = Label(en=en, ru=ru, uk=uk)
    return FormField(number=number, key=key, label=label, origin=origin, **more)  # type: ignore[arg-type]


_LOG, _PLAN, _OFFICE, _AGREED = Origin
_HELPERS = frozenset({RecipientRole.IMPARTIAL, RecipientRole.COORDINATION})

FIELDS: tuple[FormField, ...] = (
    _field("1", "id", "Number", "Номер", "Номер", _LOG, consent=False),
    _field("2", "revision", "Revision", "Редакция", "Редакція", _LOG, consent=False),
    _field("3", "type", "Type", "Вид", "Вид", _OFFICE, consent=False, renews=True),
    _field("4", "org", "Organisation that moves", "Организация", "Організація", _OFFICE),
    _field("5", "mandate", "Mandate or partner", "Мандат или партнёр", "Мандат або партнер", _OFFICE),
    _field("6", "submitter", "Submitted by", "Подано", "Подано", _LOG),
    _field("7", "focal_point", "Contact, day and night", "Связь круглосуточно", "Зв’язок цілодобово",
           _OFFICE),
    _field("8", "purpose", "Purpose", "Цель", "Мета", _OFFICE),
    _field("9", "persons", "Persons", "Люди", "Люди", _PLAN),
    _field("10", "cargo", "Goods", "Груз", "Вантаж", _OFFICE),
    _field("11", "vehicles", "Vehicles", "Транспорт", "Транспорт", _PLAN),
    _field("12", "aboard", "Staff aboard, by role", "Персонал по функциям", "Персонал за функціями", _OFFICE),
    _field("13", "from_to", "From and to", "Откуда и куда", "Звідки й куди", _PLAN, renews=True),
    _field("14", "route", "Route with times", "Маршрут и время", "Маршрут і час", _PLAN, renews=True),
    _field("15", "crossings", "Checkpoints and crossings", "Посты и пункты пропуска",
           "Пости та пункти пропуску",
           _PLAN, renews=True),
    _field("16", "overnight", "Overnight stop", "Ночная остановка", "Нічна зупинка", _OFFICE, renews=True),
    _field("17", "return_leg", "Way back", "Обратный путь", "Зворотний шлях", _OFFICE, renews=True),
    _field("18", "alternative_route", "Other route", "Запасной маршрут", "Запасний маршрут", _PLAN,
           sensitivity=_R),
    _field("19", "window", "Start and end", "Начало и конец", "Початок і кінець", _PLAN, renews=True),
    _field("20", "valid_until", "Valid until", "Действительно до", "Дійсне до", _OFFICE, renews=True),
    _field("21", "standing", "Once or standing", "Разовое или постоянное", "Разове чи постійне", _OFFICE,
           renews=True),
    _field("22", "explosive_hazards", "Explosive hazards on the route, as reported",
           "Взрывоопасные предметы на маршруте, по сообщениям",
           "Вибухонебезпечні предмети на маршруті, за повідомленнями", _OFFICE),
    _field("23", "armed_escort", "Armed escort", "Вооружённое сопровождение", "Озброєний супровід", _OFFICE,
           renews=True),
    _field("24", "consent_basis", "Basis of consent of those who travel", "Основа согласия людей",
           "Підстава згоди людей", _OFFICE),
    _field("25", "documents", "Documents", "Документы", "Документи", _OFFICE),
    _field("26", "sharing", "May be passed on", "Разрешено передавать", "Дозволено передавати", _LOG),
    _field("27", "recipients", "Who is notified", "Кто уведомлён", "Кого повідомлено", _OFFICE),
    _field("28", "channel", "Sent by", "Способ передачи", "Спосіб передачі", _LOG, consent=False),
    _field("29", "sent_at", "Sent at", "Отправлено", "Надіслано", _LOG, consent=False),
    _field("30", "read_at", "Read at", "Прочитано", "Прочитано", _LOG, consent=False),
    _field("31", "answered_at", "Acknowledged at", "Подтверждено", "Підтверджено", _LOG, consent=False),
    _field("32", "answered_by", "Acknowledged by", "Кем подтверждено", "Ким підтверджено",
           _LOG, consent=False),
    _field("33", "reference", "Reference of the answer", "Номер ответа", "Номер відповіді",
           _LOG, consent=False),
    _field("34", "answer", "Answer", "Ответ", "Відповідь", _LOG, consent=False),
    _field("35", "relayed", "Units on the way told", "Подразделения извещены", "Підрозділи сповіщено", _LOG,
           consent=False),
    _field("36", "amendments", "Changes since the last revision", "Изменения", "Зміни", _LOG, consent=False),
    _field("37", "cancelled", "Cancelled", "Отмена", "Скасування", _LOG, consent=False),
    _field("38", "report", "Report after the movement", "Отчёт после движения", "Звіт після руху", _LOG,
           sensitivity=_R, also=_HELPERS),
)  # fmt: skip
"""The numbered fields, in order."""

TERMS: tuple[FormField, ...] = (
    _field("A1", "who_may_leave", "Who may leave, of their own will", "Кто может выехать добровольно",
           "Хто може виїхати добровільно", _AGREED, consent=False, renews=True),
    _field("A2", "free_choice", "Free choice of direction, and to stay",
           "Свободный выбор направления или остаться",
           "Вільний вибір напрямку або залишитися", _AGREED, consent=False, renews=True),
    _field("A3", "aid_in", "Aid goes in", "Ввоз помощи", "Ввезення допомоги",
           _AGREED, consent=False, renews=True),
    _field("A4", "monitors", "Monitors", "Наблюдатели", "Спостерігачі", _AGREED, consent=False, renews=True),
    _field("A5", "private_cars", "Private cars", "Личные автомобили", "Приватні автомобілі", _AGREED,
           consent=False, renews=True),
    _field("A6", "pause", "Pause in fighting, from and until", "Перерыв в боях, с и до",
           "Перерва в боях, від і до",
           _AGREED, consent=False, renews=True),
    _field("A7", "dissemination", "How units are told", "Как извещаются подразделения",
           "Як сповіщають підрозділи", _AGREED, consent=False, renews=True),
    _field("A8", "term_hazards", "Explosive hazards: who surveyed the route",
           "Взрывоопасные предметы: кто проверил",
           "Вибухонебезпечні предмети: хто перевірив", _AGREED, consent=False, renews=True),
    _field("A9", "those_who_stay", "Those who stay", "Те, кто остаётся", "Ті, хто залишається", _AGREED,
           consent=False, renews=True),
)  # fmt: skip
"""What an agreed safe passage states beyond the numbered fields; every party that agrees sees all of them."""

BY_NUMBER: Mapping[str, FormField] = MappingProxyType({one.number: one for one in (*FIELDS, *TERMS)})
BY_KEY: Mapping[str, FormField] = MappingProxyType({one.key: one for one in (*FIELDS, *TERMS)})
CONSENTED = tuple(one.number for one in FIELDS if one.consent)
"""Numbers of the fields that need the consent of the organisation that moves."""


def form_of(kind: MovementKind) -> tuple[FormField, ...]:
    """Return the fields of a kind of movement, in order."""
    return FIELDS + (TERMS if kind is MovementKind.AGREED else ())


def numbers_of(text: str) -> tuple[str, ...]:
    """Return the numbers of fields that words, numbers or `all` name, in order of the form.

    Raises
    ------
    ValueError
        When a word names none, or a field that needs no consent.
    """
    if text.strip() == "all":
        return CONSENTED
    asked = [word.strip() for word in text.split(",") if word.strip()]
    found = {word: BY_NUMBER.get(word) or BY_KEY.get(word) for word in asked}
    for word, one in found.items():
        if one is None or not one.consent:
            raise ValueError(f"{word!r} is no field that consent is given for: {', '.join(CONSENTED)}")
    given = {one.number for one in found.values() if one is not None}
    return tuple(number for number in CONSENTED if number in given)
