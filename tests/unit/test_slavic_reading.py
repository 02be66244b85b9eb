"""Russian and Ukrainian by word order: each frame on sentences of our own; experimental."""

from __future__ import annotations

import pytest

from safepassage.domain.claims.gazetteer import Gazetteer
from safepassage.domain.claims.values import Report
from safepassage.domain.claims.words import LinkKind, Modality, Polarity, Predicate
from safepassage.engines.extraction import slavic
from safepassage.engines.extraction.tree import Tree
from safepassage.extracting import extract

SENTENCES = [
    ("Врио губернатора заявил, что дорога закрыта.", "Врио губернатора", "что дорога закрыта"),
    ("По словам главы района, эвакуировали 300 человек.", "главы района", "эвакуировали 300 человек"),
    ("«Мы выезжали под обстрелом», — рассказала жительница села.", "жительница села",
     "«Мы выезжали под обстрелом»"),
    ("Минобороны сообщило: атака отражена, мост закрыт.", "Минобороны", "атака отражена, мост закрыт"),
    ("Мост через реку разрушен, сообщили в администрации района.", "администрации района",
     "Мост через реку разрушен"),
    ("Представитель ведомства назвал обвинения ложью.", "Представитель ведомства", "обвинения ложью"),
    ("По данным волонтёров, остаются около 60 человек.", "волонтёров", "остаются около 60 человек"),
    ("В миссии подтвердили, что не получали запроса.", "миссии", "что не получали запроса"),
    ("Голова ОВА повідомив, що евакуювали понад 20 тисяч людей.", "Голова ОВА",
     "що евакуювали понад 20 тисяч людей"),
    ("За словами речниці, коридор буде відкрито в обидва боки.", "речниці",
     "коридор буде відкрито в обидва боки"),
    ("«Дорога на Юнаківку закрита», — сказав начальник поліції.", "начальник поліції",
     "«Дорога на Юнаківку закрита»"),
    ("Міст пошкоджено, повідомляє місцева влада.", "місцева влада", "Міст пошкоджено"),
]  # fmt: skip


def read(text):
    language = slavic.language_of(text)
    report = Report(outlet="Desk", text=text, published="2031-05-14", received="", language=language)
    return extract(report, Gazetteer())


@pytest.mark.parametrize(("text", "source", "content"), SENTENCES, ids=[s[0][:30] for s in SENTENCES])
def test_each_frame_finds_who_says_what(text, source, content):
    tree = Tree(next(slavic.rows_each([text])))
    (found,) = slavic.attributions(tree)
    for positions, words in ((found.source, source), (found.content, content)):
        assert text[tree.tokens[positions[0]].start : tree.tokens[positions[-1]].end] == words


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The mayor said so.", "en"), ("Мэр это сказал.", "ru"), ("Мер це сказав, є свідки.", "uk"),
        ("12:40", "en"), ("Mayor of Суджа said so to the press.", "en"),
    ],
)  # fmt: skip
def test_the_language_is_told_by_letters(text, language):
    assert slavic.language_of(text) == language


def test_a_sentence_without_anybody_who_speaks_is_no_attribution():
    tree = Tree(next(slavic.rows_each(["Дорога закрыта с утра. Заявление ждут к вечеру."])))
    assert slavic.attributions(tree) == ()


def test_abbreviations_do_not_end_a_sentence():
    rows = next(slavic.rows_each(["В г. Суджа было 5 тыс. Жителей вывезли. Потом стало тихо."]))
    assert rows[-1].sentence == 1


def test_numbers_polarity_and_chain_reach_the_claims():
    found = read("Глава района сообщил, что эвакуировали более 3 тыс. человек.")
    (claim,) = [p.claim for p in found.claims]
    assert claim.predicate == Predicate.PERSONS_LEFT
    assert [(q.low, q.high, q.unit) for q in claim.quantities] == [(3_000, None, "persons")]
    assert [link.name for link in claim.chain.links] == ["Desk", "Глава района"]


def test_a_denial_is_no_assertion():
    (claim,) = [p.claim for p in read("Губернатор опроверг, что мост разрушен.").claims]
    assert (claim.predicate, claim.modality) == (Predicate.ROAD_STATUS, Modality.DENIED)
    said = [p.claim for p in read("Губернатор заявил, что мост не разрушен.").claims]
    assert all(claim.predicate != Predicate.ROAD_STATUS for claim in said)
    (other,) = [p.claim for p in read("Штаб сообщил, что обстрелов не было.").claims]
    assert (other.predicate, other.polarity) == (Predicate.SHELLING, Polarity.NEGATED)


def test_two_numbers_for_one_thing_contradict_each_other():
    found = read("Глава района сообщил, что погибли 5 человек. Волонтёры заявили, что погибли 12 человек.")
    assert [link.kind for link in found.links] == [LinkKind.CONTRADICTS]


def test_claims_about_forces_stay_without_a_place():
    found = read("Генштаб заявив, що під контролем 28 населених пунктів.")
    (claim,) = [p.claim for p in found.claims]
    assert not hasattr(claim, "places")
