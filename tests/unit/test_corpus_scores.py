"""A reader that answers with the marks scores in full; each kind of mistake costs its own rate."""

from __future__ import annotations

import copy
from pathlib import Path

import pytest

from benchmarks import corpus
from safepassage.formats.claims import gazetteer_in

GAZETTEER, _ = gazetteer_in.read((corpus.CORPUS / "gazetteer.csv").read_bytes(), file="gazetteer.csv")


def perfect(report):
    """The marks of a report as an answer of `claims extract --json`."""

    def words(spans):
        return {"text": " ".join(s.text for s in spans), "spans": [[s.start, s.end] for s in spans]}

    attributions, claims = [], []
    for a in report.attributions:
        attributions.append({
            "id": f"a{a.number}", "source": words(a.source), "cue": words(a.cue), "content": words(a.content),
            "chain": [link.name for link in a.chain.links], "kind": a.kind, "modality": str(a.modality),
            "implicit_source": not a.source,
        })  # fmt: skip
        claims.append({"id": f"c{a.number}", "attribution": f"a{a.number}", "quantities": [], "places": []})
    claims.append({"id": "c0", "attribution": None, "quantities": [], "places": []})
    for marked in report.quantities:
        q = marked.quantity
        claims[-1]["quantities"].append({"low": q.low, "high": q.high, "unit": q.unit, "text": q.text})
    for place in report.places:
        lat, lon = (None, None) if place.metonym else corpus.position(GAZETTEER, place.key)
        claims[-1]["places"].append(
            {"name": place.span.text, "lat": lat, "lon": lon, "metonym": place.metonym}
        )
    links = [{"type": "contradicts", "a": f"c{a}", "b": f"c{b}"} for a, b in report.contradictions]
    gaps = [{"id": str(i), "question": gap.text} for i, gap in enumerate(report.gaps)]
    return {"attributions": attributions, "claims": claims, "links": links, "gaps": gaps}


def scored(reports, change=lambda _report, _answer: None):
    scores = corpus.Scores()
    for report in reports:
        answer = copy.deepcopy(perfect(report))
        change(report, answer)
        corpus.score(report, answer, GAZETTEER, scores)
    return scores


@pytest.mark.parametrize("split", corpus.SPLITS)
def test_the_marks_themselves_score_in_full(split):
    scores = scored(corpus.reports_of(split))
    for name, rate in scores.rates.items():
        assert rate.right == rate.gold, name
        assert rate.found >= rate.gold
    assert scores.metonyms_placed == 0


def spoil(part, **values):
    def change(_report, answer):
        for row in answer[part]:
            row.update(values)

    return change


def swap_places(_report, answer):
    for claim in answer["claims"]:
        for place in claim["places"]:
            place.update(lat=70.0, lon=70.0)


NO_WORDS = {"text": "", "spans": []}
SPOILT = [
    ("content", spoil("attributions", content=NO_WORDS)),
    ("attribution", spoil("attributions", source=NO_WORDS, chain=["x", "nobody known"])),
    ("chain", spoil("attributions", chain=["somebody else"])),
    ("cue", spoil("attributions", cue=NO_WORDS)),
    ("contradiction", spoil("links", type="corroborates_independently")),
    ("quantity", spoil("claims", quantities=[])),
    ("place", swap_places),
    ("gap", spoil("gaps", question="Who?")),
]


@pytest.mark.parametrize(("name", "change"), SPOILT, ids=[name for name, _ in SPOILT])
def test_each_mistake_costs_its_own_rate(name, change):
    assert scored(corpus.reports_of("train"), change).rates[name].right == 0


def test_a_capital_that_stands_for_a_government_must_have_no_position():
    assert scored(corpus.reports_of("toponyms"), swap_places).metonyms_placed > 30


def test_false_contradictions_are_counted():
    def add(report, answer):
        answer["links"].append({"type": "contradicts", "a": "c0", "b": "c1"})

    rate = scored(corpus.reports_of("heldout"), add).rates["contradiction"]
    assert rate.right == rate.gold
    assert rate.found == rate.gold + 20


def test_chains_are_compared_by_entity_not_by_article():
    assert corpus.same_chain(["Desk", "mayor of Orlec"], ["desk", "The mayor of Orlec, Ilo Tarsk"])
    assert not corpus.same_chain(["Desk", "a", "b"], ["Desk", "b"])
    assert corpus.same_chain(["Desk", "desk"], ["Desk"])
    assert not corpus.same_entity("border service", "hospital in Fellen")


def test_held_out_reports_are_each_of_several_sources_with_a_chain_and_a_contradiction():
    reports = corpus.reports_of("heldout")
    assert len(reports) == 20
    for report in reports:
        assert len({a.chain.origin.name for a in report.attributions}) >= 3, report.id
        assert any(len(a.chain.links) >= corpus.RELAYED for a in report.attributions), report.id
        assert report.contradictions, report.id


def test_the_toponyms_have_what_they_were_written_for():
    reports = corpus.reports_of("toponyms")
    places = [p for r in reports for p in r.places]
    assert len(reports) >= 200
    assert sum(p.metonym for p in places) >= 30
    assert len({p.key for p in places if "@" in p.key}) >= 4
    assert sum(p.span.text not in p.key for p in places if not p.metonym) >= 40


def test_what_was_missed_in_held_out_reports_is_not_shown(capsys):
    with pytest.raises(SystemExit):
        corpus.main(["--split", "heldout", "--misses"])
    assert "tuned" in capsys.readouterr().err


def test_answers_of_another_reader_are_scored(tmp_path, capsys):
    assert corpus.main(["--split", "toponyms", "--texts", str(tmp_path)]) == 0
    assert len(list(tmp_path.glob("*.txt"))) == len(corpus.reports_of("toponyms"))
    for path in list(tmp_path.glob("*.txt")):
        Path(path.with_suffix(".json")).write_text("{}")
    assert corpus.main(["--split", "toponyms", "--found", str(tmp_path)]) == 0
    assert "| toponyms | place | 0.0" in capsys.readouterr().out
