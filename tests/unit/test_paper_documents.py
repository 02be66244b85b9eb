"""Report, situation, audit and notice on paper: all that a reader finds on the page is in the PDF."""

from __future__ import annotations

import html
import re
import time
from dataclasses import asdict, replace
from html.parser import HTMLParser
from io import BytesIO

import pytest
from pypdf import PdfReader

from safepassage.audit import audit
from safepassage.domain.release import Audience
from safepassage.engines.conflicts import conflicts
from safepassage.engines.release import release
from safepassage.formats.claims import claims_json  # fmt: skip
from safepassage.formats.containers.markup import Markup
from safepassage.formats.pages import report_html, report_paper  # fmt: skip
from safepassage.formats.paper import paper_html, paper_of_page, paper_pdf  # fmt: skip
from safepassage.formats.paper.paper import Beside, Heading, Items, Key, Pairs, Picture, Rows, Words
from safepassage.formats.sheets import audit_files, audit_paper, public_notice, situation_report  # fmt: skip
from safepassage.testing.sample_documents import sample_documents, sample_layers
from tests.support.audits import World
from tests.support.paper import closed, lost, page_text, pdf_text
from tests.unit.test_conflicts import A, left, number
from tests.unit.test_hazard_on_roads import seen, shelled
from tests.unit.test_hazard_picture import ledger

CLAIMS = (A, left("3,000 left", quantities=number(3_000)), shelled(3, 3))


def team(*claims):
    book = ledger(*claims)
    document = claims_json.document(
        book, seen(claims), conflicts(book), as_of="2030-05-14T04:00:00Z", without=(), made_from={}
    )
    return release(*sample_documents(), Audience.PLANNING_TEAM, claims=document if claims else {})


class Nodes(HTMLParser):
    """The texts of a page's main part, drawings left out, as they stand between tags."""

    def __init__(self, page: str):
        super().__init__()
        self.texts = []
        main = page.split("<main", 1)[1].split(">", 1)[1].split("</main>", maxsplit=1)[0]
        self.feed(re.sub(r"<svg.*?</svg>", "", main, flags=re.DOTALL))

    def handle_data(self, data):
        self.texts.append(data)


@pytest.mark.parametrize("claims", [(), CLAIMS])
def test_every_text_of_the_report_is_in_its_pdf(claims):
    given = team(*claims)
    page = report_html.write(given, sample_layers()).decode()
    started = time.process_time()
    pdf = paper_pdf.write(report_paper.paper(given, page), rules=report_paper.rules())
    assert time.process_time() - started < 4
    text = pdf_text(pdf)
    texts = [closed(found) for found in Nodes(page).texts if closed(found)]
    assert len(texts) > 500
    assert [found for found in texts if found not in text] == []


def test_the_report_has_its_maps_curves_and_legend():
    given = team()
    document = report_paper.paper(given, report_html.write(given, sample_layers()).decode())
    pictures = [block for block in document.blocks if isinstance(block, Picture)]
    charts = [block for part in document.blocks if isinstance(part, Beside) for inner in part.parts
              for block in inner if isinstance(block, Picture)]  # fmt: skip
    assert len(pictures) == 1
    assert len(charts) == len(given.plan["directions"])
    [key] = [block for block in document.blocks if isinstance(block, Key)]
    assert len(key.rows) > 8
    assert all(drawn.startswith("<svg") for drawn, _ in key.rows)
    assert "var(" not in report_paper.rules()


def test_no_page_of_hashes_alone_ends_the_report():
    given = team()
    document = report_paper.paper(given, report_html.write(given, sample_layers()).decode())
    *_, heading, words, pairs = document.blocks
    assert heading == Heading(text="Where this page comes from")
    assert isinstance(words, Words)
    hashes = [value for _, value in pairs.rows if re.fullmatch("[0-9a-f]{64}", value)]
    assert len(hashes) == 4
    filler = Words(text="Those who stay. " * 12)
    broken = set()
    for lines in range(14, 32, 2):
        longer = replace(document, blocks=(*(filler for _ in range(lines)), heading, words, pairs))
        pages = [closed(page.extract_text()) for page in PdfReader(BytesIO(paper_pdf.write(longer))).pages]
        [at] = {at for at, text in enumerate(pages) for value in hashes if closed(value) in text}
        assert closed(heading.text) in pages[at]
        assert closed("Made by safepassage") in pages[at]
        broken.add(at)
    assert len(broken) > 1


def test_the_report_is_set_again_to_the_same_bytes():
    assert report_paper.write(team(), sample_layers()) == report_paper.write(team(), sample_layers())


def test_a_page_is_read_part_by_part():
    page = (
        '<body><main><header><h1>Top</h1><p class="sub">under</p></header>loose <b>words</b><h2>Part</h2>'
        '<p class="lead">first</p><ul><li>one <q>said</q></li></ul><table><thead><tr><th>a</th>'
        '<th class="n">n</th></tr></thead><tbody><tr><th>x</th><td>1</td></tr><tr><td>y</td></tr></tbody>'
        "</table><table><tbody><tr><th>k</th><td>v</td></tr></tbody></table>"
        '<div class="options"><article><h2>A</h2><p>in</p></article><article><p>B</p></article></div>'
        '<dl><div><dt>term</dt> <dd>means <ul><li>inner</li></ul></dd></div></dl>'
        '<p>mark <svg viewBox="0 0 9 9"><text x="1">Q</text></svg></p>'
        '<figure><figcaption>seen</figcaption><svg aria-label="a map"><path/></svg></figure></main></body>'
    )  # fmt: skip
    assert paper_of_page.title(page) == "Top"
    assert paper_of_page.blocks(page) == (
        Words(text="under", tone="note"), Words(text="loose words"), Heading(text="Part"),
        Words(text="first", tone="lead"), Items(rows=("one “said”",)),
        Rows(heads=("a", "n"), rows=(("x", "1"), ("y", "")), numbers=(1,), strong=(0,)),
        Pairs(rows=(("k", "v"),)),
        Beside(parts=((Heading(text="A"), Words(text="in")), (Words(text="B"),)), framed=True),
        Words(text="term means"), Items(rows=("inner",)), Words(text="mark Q"),
        Picture(svg=Markup('<svg aria-label="a map"><path/></svg>'), alt="a map", caption="seen"),
    )  # fmt: skip


def test_the_situation_on_paper_cites_its_claims():
    paper = situation_report.paper(team(*CLAIMS))
    text = pdf_text(paper_pdf.write(paper))
    assert lost(paper, text) == []
    assert lost(paper, page_text(paper_html.write(paper))) == []
    for claim in CLAIMS:
        assert claim.id in text
    for line in situation_report.write(team(*CLAIMS)).decode().splitlines():
        words = re.sub(r"^- | \[.*\]$", "", line)
        assert line.startswith(("RESTRICTED", "Situation in brief", "Sudzha")) or closed(words) in text, line


def test_the_audit_on_paper_says_what_its_page_says():
    sheet = audit_files.document(audit(World().source()))
    plan, inputs = {"exercise": True, "complete": False}, {"title": "Two valleys"}
    paper = audit_paper.paper(sheet, ("EXERCISE", "INCOMPLETE"), inputs=inputs)
    papers = audit_files.write_papers(sheet, plan, inputs)
    for text in (pdf_text(papers["pdf"]), page_text(papers["html"])):
        assert all(closed(word) in text for word in ("EXERCISE", "INCOMPLETE", "Two valleys"))
        for row in sheet["findings"]:
            assert closed(str(row["measured"])) in text
            assert closed(str(row["source"])) in text
            assert all(closed(name) in text for name in row["objects"])
        assert closed(sheet["statement"]) in text
    assert lost(paper, pdf_text(paper_pdf.write(paper))) == []


def test_the_audit_on_paper_has_names_and_words_where_its_file_has_ids_and_codes():
    sheet = audit_files.document(audit(World().source()))
    first, second = sheet["findings"][:2]
    first["measured"] = "cause: UNSERVED_ROAD_TIME, UNSERVED_UNREACHABLE"
    first["objects"] = ["mill: west", "else"]
    first["threshold"] = "notice_warn_h 24 h; edge_hazard_ppm 200000 ppm in the highest layer"
    second["threshold"] = "floor_dm2 350 dm2 per person; carers_per_person 1 carers; as agreed"
    second["objects"] = ["mill: beds, water", "west"]
    inputs = {
        "title": "Valley", "places": [{"id": "mill", "name": "The Mill"}],
        "directions": [{"id": "west", "name": "Westwards"}],
    }  # fmt: skip
    rows = next(block for block in audit_paper.paper(sheet, inputs=inputs).blocks if isinstance(block, Rows))
    measured, limits = rows.rows[0][2], rows.rows[0][4]
    assert measured.endswith(
        "cause: roads and crossings let no more through in time, no open way to a reception site. "
        "The Mill: Westwards, else"
    )
    assert limits == "notice warn: 24 h; edge hazard: 20 % in the highest layer"
    assert rows.rows[1][2].endswith("The Mill: beds, water; Westwards")
    assert rows.rows[1][4] == "floor: 3.5 m² per person; carers per person: 1 carers; as agreed"
    assert not any("_" in cell for row in rows.rows[:2] for cell in row)


def test_the_notice_on_paper_says_what_the_page_says_and_no_figure_but_the_number():
    given = release(*sample_documents(), Audience.PUBLIC)
    papers = public_notice.papers(given)
    assert list(papers) == ["en", "uk", "ru"]
    page = page_text(public_notice.write_html(given))
    for paper in papers.values():
        assert all(closed(text) in page for text in paper.texts())
        for text in (pdf_text(paper_pdf.write(paper)), page_text(paper_html.write(paper))):
            assert lost(paper, text) == []
            hotline = closed(given.inputs["notice"]["hotline"])
            assert text.count(hotline) == 1
            assert not re.search(r"\d", text.replace(hotline, ""))
        assert "counter(page)" not in html.unescape(paper_html.write(paper).decode())
    with pytest.raises(ValueError, match="PUBLIC"):
        public_notice.papers(team())


def test_pages_of_the_notice_hide_nothing_else_in_the_file():
    given = release(*sample_documents(), Audience.PUBLIC)
    raw = paper_pdf.write(public_notice.papers(given)["en"])
    inputs, plan, _, _ = sample_documents()
    for word in (plan["title"], inputs["case_id"], plan["inputs_sha256"]):
        assert word.encode() not in raw
    assert asdict(public_notice.papers(given)["en"])["running"] == ""
