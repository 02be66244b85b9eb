"""The documentation hangs together: links lead somewhere, each page has its kind, records are short."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md"), *(ROOT / "changelog.d").glob("*.md")])
FENCE = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\]\(([^)\s]+)\)")
KINDS = {"tutorial", "how-to", "explanation", "reference", "adr"}


def anchors(text: str) -> set[str]:
    """Return the fragments that a page's headings answer to."""
    heads = re.findall(r"^#+ (.+)$", FENCE.sub("", text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).strip().replace(" ", "-") for head in heads}


@pytest.mark.parametrize("path", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_links_lead_somewhere(path):
    text = path.read_text("utf-8")
    for link in LINK.findall(FENCE.sub("", text)):
        file, _, fragment = link.partition("#")
        if "://" in file:
            continue
        target = (path.parent / file).resolve() if file else path
        assert target.exists(), f"{link} leads nowhere"
        if fragment:
            assert fragment in anchors(target.read_text("utf-8")), f"{link}: no such heading"


@pytest.mark.parametrize(
    "path", [p for p in PAGES if DOCS in p.parents], ids=lambda p: str(p.relative_to(DOCS))
)
def test_page_is_of_one_kind_and_is_listed(path):
    """A page stands in the folder of its kind and can be reached from the front page."""
    relative = path.relative_to(DOCS)
    assert len(relative.parts) == 1 or relative.parts[0] in KINDS
    if relative != Path("index.md"):
        listing = (
            DOCS / "adr" / "README.md" if relative.parts[0] == "adr" and path.name != "README.md" else None
        )
        listing = listing or DOCS / "index.md"
        listed = {
            (listing.parent / link.partition("#")[0]).resolve()
            for link in LINK.findall(listing.read_text("utf-8"))
        }
        assert path in listed, f"{relative} is not listed in {listing.relative_to(ROOT)}"


@pytest.mark.parametrize("path", sorted((DOCS / "adr").glob("0*.md")), ids=lambda p: p.name)
def test_decision_record_is_short_and_complete(path):
    lines = path.read_text("utf-8").splitlines()
    assert len(lines) <= 40
    assert re.match(rf"# {path.name[:4]} ", lines[0])
    assert re.match(r"\d{4}-\d\d-\d\d · (proposed|accepted|superseded by \d{4})$", lines[2])
    for word in ("Context", "Decision", "Consequences"):
        assert any(line.startswith(f"**{word}.**") for line in lines)
