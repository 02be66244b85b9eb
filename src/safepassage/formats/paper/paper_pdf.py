"""A document for paper as PDF."""

from __future__ import annotations

from typing import Any

from safepassage.formats.paper.paper import Beside, Block, Key, Paper, Picture, facts_of, with_style
from safepassage.formats.paper.typeset import typeset


def write(paper: Paper, *, rules: str = "") -> bytes:
    """Return the PDF; `rules` style its drawings."""
    return typeset(
        "paper",
        {
            "subtitle": paper.subtitle,
            "code": paper.code,
            "code_text": paper.code_text,
            "wide": paper.wide,
            "counted": paper.counted,
            "points": paper.points,
            "blocks": [_facts(block, rules) for block in paper.blocks],
        },
        title=paper.title,
        language=paper.language,
        stamp=paper.stamp,
        running=paper.running,
        foot=paper.foot,
    )


def _facts(block: Block, rules: str) -> dict[str, Any]:
    facts = facts_of(block)
    match block:
        case Picture():
            facts["svg"] = with_style(block.svg, rules)
        case Key():
            facts["rows"] = [(with_style(svg, rules), text) for svg, text in block.rows]
        case Beside():
            facts["parts"] = [[_facts(inner, rules) for inner in part] for part in block.parts]
    return facts
