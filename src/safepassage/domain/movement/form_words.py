"""What the parts and words of form fields are called in English, Russian and Ukrainian."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from safepassage.domain.movement.form import Label

_ROWS = """
kind | kind | вид | вид
shape | by | способ | спосіб
function | function | должность | посада
phone | telephone | телефон | телефон
satellite_phone | satellite telephone | спутниковый телефон | супутниковий телефон
radio | radio | радио | радіо
callsign | callsign | позывной | позивний
category | category | категория | категорія
persons | persons | человек | осіб
item | goods | груз | вантаж
quantity | quantity | количество | кількість
unit | unit | единица | одиниця
weight_kg | weight, kg | вес, кг | вага, кг
hazard_class | dangerous goods class | класс опасности | клас небезпеки
type | type | тип | тип
count | number | число | кількість
make | make | марка | марка
colour | colour | цвет | колір
plate | plate | номерной знак | номерний знак
markings | markings | обозначения | позначення
roof_mark | mark on the roof | знак на крыше | знак на даху
role | role | функция | функція
annex | annex | приложение | додаток
name | place | место | місце
pcode | place code | код места | код місця
position | position | координаты | координати
point | point | точка | точка
from | from | с | від
until | until | до | до
roads | road | дорога | дорога
note | note | примечание | примітка
status | as reported | по сообщениям | за повідомленнями
source | according to | источник | джерело
recipient | recipient | получатель | одержувач
fields | fields of the form | поля формы | поля форми
said | stated | указано | зазначено
at | at | время | час
revision | revision | редакция | редакція
answer | answer | ответ | відповідь
standing | stands at | состояние | стан
text | in words | словами | словами
reason | reason | причина | причина
outcome | outcome | исход | результат
persons_left | persons who left | выехало | виїхало
persons_arrived | persons who arrived | прибыло | прибуло
incidents | incidents | происшествий | інцидентів
review | review | разбор | розбір
notified | notified movement | уведомление о движении | повідомлення про рух
agreed | agreed | согласовано | погоджено
overland | by road | по дороге | дорогою
waterborne | by water | по воде | водою
static_site | site that stays | стационарный объект | стаціонарний об’єкт
evacuation | evacuation | эвакуация | евакуація
aid | aid | помощь | допомога
medical | medical | медицинская | медична
assessment | assessment | оценка | оцінка
mixed | mixed | смешанная | змішана
site | site | объект | об’єкт
start | start | начало | початок
waypoint | waypoint | точка маршрута | точка маршруту
checkpoint | checkpoint | пост | пост
crossing | crossing | пункт пропуска | пункт пропуску
stop | stop | остановка | зупинка
overnight | overnight stop | ночлег | ночівля
end | end | конец | кінець
party | party | сторона | сторона
impartial | impartial organisation | беспристрастная организация | неупереджена організація
coordination | coordination | координация | координація
paper | paper | бумага | папір
mail | mail | почта | пошта
phone_channel | telephone | телефон | телефон
in_person | in person | лично | особисто
satellite | satellite telephone | спутниковый телефон | супутниковий телефон
read | read | прочитано | прочитано
noted | noted | принято к сведению | взято до відома
comment | comment | замечание | зауваження
objection | objection | возражение | заперечення
yes | yes | да | так
no | no | нет | ні
unknown | unknown | неизвестно | невідомо
reported_present | reported present | сообщается о наличии | повідомляють про наявність
surveyed_none_found | surveyed, none found | обследовано, не обнаружено | обстежено, не виявлено
one_off | once | разовое | разове
standing_word | standing | постоянное | постійне
all | all persons | всего людей | усього людей
own_vehicle | in their own vehicle | на своём транспорте | власним транспортом
needs_transport | need transport | нужен транспорт | потрібен транспорт
assisted | need help | нужна помощь | потрібна допомога
wheelchair | wheelchair | на инвалидной коляске | на кріслі колісному
stretcher | stretcher | на носилках | на ношах
carer_assisted | carers of those who need help | с теми, кому нужна помощь | з тими, кому потрібна допомога
carer_wheelchair | carers of wheelchair users | с людьми на колясках | з людьми на кріслах колісних
carer_stretcher | carers of people on stretchers | с людьми на носилках | з людьми на ношах
private cars | private cars | личные автомобили | приватні автомобілі
to units on the way only | to units on the way only | только подразделениям в пути | лише підрозділам на шляху
to nobody | to nobody | никому | нікому
arrived | arrived | прибыло | прибуло
aborted | broken off | прервано | перервано
ended_by_incident | ended by an incident | прервано происшествием | перервано інцидентом
closed | closed | закрыто | закрито
cancelled | cancelled | отменено | скасовано
no_go | not to go | не выезжать | не виїжджати
"""


def _read(rows: str) -> dict[str, Label]:
    found = {}
    for line in rows.strip().splitlines():
        key, en, ru, uk = (part.strip() for part in line.split("|"))
        found[key] = Label(en=en, ru=ru, uk=uk)
    return found


WORDS: Mapping[str, Label] = MappingProxyType(_read(_ROWS))
"""Part or word of a field to its label."""

HEADINGS: Mapping[str, Label] = MappingProxyType(
    {
        "notified": Label(
            en="Notification of a humanitarian movement",
            ru="Уведомление о гуманитарном движении",
            uk="Повідомлення про гуманітарний рух",
        ),
        "agreed": Label(
            en="Terms of a safe passage, to be agreed",
            ru="Условия безопасного прохода, для согласования",
            uk="Умови безпечного проходу, для погодження",
        ),
        "cancellation": Label(
            en="CANCELLED: this movement will not take place",
            ru="Отменено: движение не состоится",
            uk="Скасовано: рух не відбудеться",
        ),
        "information": Label(
            en="This is information. It asks for no permission, grants none, and is no guarantee of safety.",
            ru="Это сведения. Они не просят и не дают разрешения и не являются гарантией безопасности.",
            uk="Це відомості. Вони не просять і не дають дозволу та не є гарантією безпеки.",
        ),
        "agreement": Label(
            en="This is to be agreed. It holds once every party has agreed, and is no guarantee of safety.",
            ru="Подлежит согласованию. Действует после согласия каждой стороны; не гарантия безопасности.",
            uk="Це підлягає погодженню. Діє після згоди кожної сторони; це не гарантія безпеки.",
        ),
        "copy": Label(en="Copy for", ru="Экземпляр для", uk="Примірник для"),
    }
)
"""Headings and sentences of the documents."""
