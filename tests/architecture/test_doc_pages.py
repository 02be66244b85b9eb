"""The documentation hangs together: links lead somewhere, each page has its kind, records are short."""

from __future__ import annotations

import re
from pathlib import Path

from tests.support.rules import broken_by

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md"), *(ROOT / "changelog.d").glob("*.md")])
FENCE = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\]\(([^)\s]+)\)")
PARTS_OF_RECORD = ("Context", "Decision", "Consequences")
KINDS = {"tutorial", "how-to", "explanation", "reference", "adr"}


def anchors(text: str) -> set[str]:
    """Return the fragments that a page's headings answer to."""
    heads = re.findall(r"^#+ (.+)$", FENCE.sub("", text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).strip().replace(" ", "-") for head in heads}


def links_into_the_void(path: Path) -> list[str]:
    return [
        link for link in LINK.findall(FENCE.sub("", path.read_text("utf-8"))) if leads_nowhere(path, link)
    ]


def leads_nowhere(path: Path, link: str) -> bool:
    file, _, fragment = link.partition("#")
    if "://" in file:
        return False
    target = (path.parent / file).resolve() if file else path
    return not target.exists() or bool(fragment and fragment not in anchors(target.read_text("utf-8")))


def listed_in(listing: Path) -> set[Path]:
    links = LINK.findall(listing.read_text("utf-8"))
    return {(listing.parent / link.partition("#")[0]).resolve() for link in links}


def flaws_of_record(path: Path) -> list[str]:
    lines = path.read_text("utf-8").splitlines()
    state = r"\d{4}-\d\d-\d\d · (proposed|accepted|superseded by \d{4})$"
    wanted = {
        "at most 40 lines": len(lines) <= 40,
        "its number first": re.match(rf"# {path.name[:4]} ", lines[0]),
        "date and state": re.match(state, lines[2]),
        **{word: any(line.startswith(f"**{word}.**") for line in lines) for word in PARTS_OF_RECORD},
    }
    return [what for what, holds in wanted.items() if not holds]


def test_links_lead_somewhere():
    assert broken_by(PAGES, links_into_the_void, ROOT) == {}


def names_that_are_not_there(path: Path) -> list[str]:
    """Return the names that a page gives as links to modules which do not define them."""
    named = re.findall(r"\[`(\w+)`\]\(([^)\s]+\.py)\)", path.read_text("utf-8"))
    return [
        name for name, file in named
        if not re.search(rf"^(def|class) {name}\b", (path.parent / file).read_text("utf-8"), re.MULTILINE)
    ]  # fmt: skip


def test_functions_that_pages_name_are_there(tmp_path):
    page = DOCS / "explanation" / "from-flows-to-plans.md"
    assert len(re.findall(r"\[`\w+`\]\([^)\s]+\.py\)", page.read_text("utf-8"))) >= 25
    assert broken_by(PAGES, names_that_are_not_there, ROOT) == {}
    (tmp_path / "a.py").write_text("def here() -> None: ...\n")
    (tmp_path / "a.md").write_text("[`here`](a.py) [`gone`](a.py)\n")
    assert names_that_are_not_there(tmp_path / "a.md") == ["gone"]


def test_pages_are_of_one_kind():
    pages = [path.relative_to(DOCS) for path in PAGES if DOCS in path.parents]
    assert [str(page) for page in pages if len(page.parts) > 1 and page.parts[0] not in KINDS] == []


def test_pages_can_be_reached_from_the_front_page():
    records = {path for path in PAGES if DOCS / "adr" in path.parents and path.name != "README.md"}
    pages = {path for path in PAGES if DOCS in path.parents} - {DOCS / "index.md"} - records
    assert pages - listed_in(DOCS / "index.md") == set()
    assert records - listed_in(DOCS / "adr" / "README.md") == set()


def test_decision_records_are_short_and_complete():
    assert broken_by((DOCS / "adr").glob("0*.md"), flaws_of_record, DOCS) == {}


def test_the_checks_see_what_they_forbid(tmp_path):
    page = tmp_path / "0001-a.md"
    page.write_text("# 0002 A\n\n2026-01-01 · accepted\n**Context.** [x](#nowhere) [y](y.md) [z](#0002-a)\n")
    assert links_into_the_void(page) == ["#nowhere", "y.md"]
    assert flaws_of_record(page) == ["its number first", "Decision", "Consequences"]
