"""Each frame of attribution on a sentence of its kind; spans count as in the published tables."""

from __future__ import annotations

import pytest

pytest.importorskip("spacy")

from safepassage.engines.extraction.attribution import Attribution
from safepassage.engines.extraction.frames import attributions
from safepassage.engines.extraction.scoring import labelled, score, spans
from safepassage.engines.extraction.tree import Tree, quotations
from safepassage.kernels.reading.english import parse, parse_words

SENTENCES = [
    ("The mayor said that the bridge was closed.", "The mayor", "said", "that the bridge was closed"),
    ("The bridge was closed, the mayor said.", "the mayor", "said", "The bridge was closed"),
    ("“The road is open,” said a spokeswoman.", "a spokeswoman", "said", "“The road is open,”"),
    ("According to the police, two buses left.", "the police", "According to", "two buses left"),
    ("Residents also said that nobody came.", "Residents", "also said", "that nobody came"),
    ("He added: the road stays closed.", "He", "added :", "the road stays closed"),
    ("The ministry called for a corridor.", "The ministry", "called for", "a corridor"),
    ("The rebels' radio claims that it is mined.", "The rebels ' radio", "claims", "that it is mined"),
    ("A loader whispered that they took it.", "A loader", "whispered", "that they took it"),
    ("They plan to leave on Friday.", "They", "plan", "to leave on Friday"),
    ("The governor denied that shells fell.", "The governor", "denied", "that shells fell"),
    ("The side continued to call for talks.", "The side", "continued to call for", "talks"),
    ("The council is worried that water runs out.", "The council", "is worried", "that water runs out"),
    ("The army criticized the report.", "The army", "criticized", "the report"),
    ("The governor's claim that shells fell was false.", "The governor 's", "claim", "that shells fell"),
    ("Engineers are not convinced that it holds.", "Engineers", "are not convinced", "that it holds"),
    ("The operator rules out a release.", "The operator", "rules out", "a release"),
    ("Traders put the price of bread at 3 dollars.", "Traders", "put", "the price of bread at 3 dollars"),
    ("In her words, nobody was there.", "her", "In words", "nobody was there"),
    ("The army's version is that they blew it up.", "The army 's", "version is", "that they blew it up"),
    (
        "They accuse Velmar of shooting at evacuees, an accusation Ostrane denies.",
        "Ostrane",
        "denies",
        "an accusation",
    ),
    ("The mayor said on Monday he had no power.", "The mayor", "said", "he had no power"),
    ("Health workers fear that cholera spreads.", "Health workers", "fear", "that cholera spreads"),
    ("The group sees a rise of 11 per cent.", "The group", "sees", "a rise of 11 per cent"),
    ("Gunmen held nine buses, it was reported.", "", "was reported", "Gunmen held nine buses"),
    ("The team confirmed shells in two fields.", "The team", "confirmed", "shells in two fields"),
    (
        "The side disputes this, saying ten tankers a day are sent.",
        "The side",
        "saying",
        "ten tankers a day are sent",
    ),
    ("“It is advice,” Lind said, adding: “We take cats.”", "Lind", "adding :", "“We take cats.”"),
    (
        "Aid groups have expressed concern at the delay.",
        "Aid groups",
        "have expressed concern",
        "at the delay",
    ),
    (
        "Envoys gave assurances that the truce would hold.",
        "Envoys",
        "gave assurances",
        "that the truce would hold",
    ),
    (
        "Rebels have seized the airport after two days of clashes, a commander claimed on Saturday.",
        "a commander",
        "claimed",
        "Rebels have seized the airport after two days of clashes",
    ),
    (
        "The commandant told journalists on a tour organised by the army that nothing had been touched.",
        "The commandant",
        "told",
        "that nothing had been touched",
    ),
    (
        "Survivors brought to Mirova spoke of men in uniform going from house to house.",
        "Survivors",
        "spoke of",
        "men in uniform going from house to house",
    ),
    (
        "The Front accused the air force of bombing a market, a charge the army denied: “No,” it said.",
        "The Front",
        "accused",
        "the air force of bombing a market",
    ),
    (
        "The monitors repeated reports of conscripts being sent to the front, which the army denies.",
        "the army",
        "denies",
        "reports of conscripts being sent to the front",
    ),
]
SILENT = (
    "The general said his side was continuing “limited operations” in the hills.",
    "A welder called Anton lives there.",
    "It came in a voice message sent to the agency.",
    "He gave a far lower figure.",
    "Drones attacked people on the road.",
    "We were told to wait for buses.",
)
"""Sentences with words of saying that attribute less than they seem to: at most what somebody else says."""


def words(tree, positions):
    return " ".join(tree.tokens[k].text for k in positions)


@pytest.mark.parametrize(("text", "source", "cue", "content"), SENTENCES, ids=[s[0] for s in SENTENCES])
def test_each_frame_finds_source_cue_and_content(text, source, cue, content):
    tree = Tree(parse(text))
    said = [(words(tree, a.source), words(tree, a.cue)) for a in attributions(tree)]
    assert (source, cue) in said
    found = attributions(tree)[said.index((source, cue))]
    spoken = text[tree.tokens[found.content[0]].start : tree.tokens[found.content[-1]].end]
    assert spoken == content


@pytest.mark.parametrize("text", SILENT)
def test_names_in_quotation_marks_and_bare_figures_are_said_by_nobody(text):
    found = attributions(Tree(parse(text)))
    assert [a.lemma for a in found if a.lemma != "say"] == []


def test_a_number_two_words_before_the_end_of_a_text_is_read():
    (found,) = attributions(Tree(parse("The mayor put the toll at 17.”")))
    assert found.lemma == "put"


def test_a_statement_without_anybody_who_makes_it_is_no_attribution():
    assert attributions(Tree(parse("The bridge was closed on Friday."))) == ()


def test_a_quotation_that_goes_on_inherits_its_speaker():
    tree = Tree(parse("“The road is open,” said the mayor. “Nobody was hurt there last night.”"))
    first, second = attributions(tree)
    assert words(tree, first.source) == "the mayor"
    assert second.kind == "continuation"
    assert second.heir == first.cue[0]


def test_quotations_may_stay_open_and_names_in_quotation_marks_are_no_speech():
    tree = Tree(parse("“The road is open and"))
    assert tree.quotes == ((0, 5),)
    named = Tree(parse("He said on “Morning Report” that the road was open."))
    assert not any("Morning" in words(named, a.content) for a in attributions(named))


def test_offsets_point_into_the_text():
    text = "  The mayor\n said so."
    for token in parse(text):
        assert text[token.start : token.end] == token.text


def test_quotation_marks_of_any_kind_are_found():
    for opening, closing in (("“", "”"), ("«", "»"), ('"', '"'), ("``", "''")):
        tokens = parse_words([opening, "Yes", closing, "said", "she", "."])
        assert quotations(tokens) == ((0, 2),)


def test_labels_become_spans_and_score_exactly():
    labels = ["B-source", "I-source", "O", "B-cue", "I-content", "I-content", "B-content"]
    gold = spans(labels)
    assert gold == {("source", 0, 2), ("cue", 3, 4), ("content", 4, 6), ("content", 6, 7)}
    scores = score([(gold, frozenset({("source", 0, 2), ("cue", 3, 5)}))])
    assert (scores["source"].f1, scores["cue"].f1, scores["content"].recall) == (1.0, 0.0, 0.0)


def test_outer_attributions_win_over_nested_ones():
    outer = Attribution(source=(0,), cue=(1,), content=(2, 3, 4), kind="clause")
    inner = Attribution(source=(2,), cue=(3,), content=(4,), kind="clause")
    assert labelled([inner, outer], 5) == ["B-source", "B-cue", "B-content", "I-content", "I-content"]


def found_in(text):
    tree = Tree(parse(text))
    return [(words(tree, a.source), words(tree, a.content)) for a in attributions(tree)]


def test_a_clause_of_contrast_belongs_to_its_own_speaker():
    found = found_in("The utility says pumping has resumed, while tenants maintain that floors are dry.")
    assert ("The utility", "pumping has resumed") in found
    assert ("tenants", "that floors are dry") in found


def test_a_participle_of_saying_goes_on_with_the_speaker_of_the_sentence():
    found = found_in("Staff suggest that many cases go unreported, pointing to a lack of kits.")
    assert ("Staff", "that many cases go unreported") in found
    assert ("Staff", "a lack of kits") in found


@pytest.mark.parametrize(
    "text",
    ["Nobody will be asked for papers.", "The analyst, who asked not to be named, left."],
)
def test_asking_that_asks_nobody_and_anonymity_are_no_statements(text):
    assert found_in(text) == []


def test_a_rejected_claim_is_one_denial_and_not_a_claim_beside_it():
    found = found_in("Velmar rejected the accusation that its gunners had fired on a column.")
    assert found == [("Velmar", "the accusation that its gunners had fired on a column")]


def test_a_verb_of_saying_joined_to_what_cannot_speak_goes_on_with_the_speaker():
    found = found_in("The office confirmed that two buses had been hit but insisted nobody was hurt.")
    assert found == [("The office", "that two buses had been hit"), ("The office", "nobody was hurt")]


def test_a_minister_who_left_and_promised_is_not_cut_apart():
    found = found_in("He said the minister had left and promised to return.")
    assert found[0][1].startswith("the minister had left and promised")


def test_what_is_called_a_name_belongs_to_the_words():
    assert found_in("The staff called the report “an invention”.") == [
        ("The staff", "the report “ an invention ”")
    ]


def test_whoever_is_quoted_behind_an_inverted_report_is_its_origin():
    tree = Tree(parse("A mine killed two farmers, reported the Dren Courier, quoting the prosecutor."))
    found = {a.kind: a for a in attributions(tree)}
    assert words(tree, found["relay"].source) == "the prosecutor"
    assert words(tree, found["relay"].content) == "A mine killed two farmers"
    assert words(tree, found["relay"].via[0]) == "the Dren Courier"
