"""The public notice: rights, every direction, free choice, a telephone number; no times, routes or counts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from safepassage.domain.release import Audience, Release
from safepassage.formats.containers.markup import printable
from safepassage.formats.paper.notice_texts import NoticeText, notice_texts
from safepassage.formats.paper.page_templates import content_policy, environment, inline
from safepassage.formats.paper.paper import LEAD, LOUD, Beside, Heading, Items, Pairs, Paper, Words


def write_html(release: Release) -> bytes:
    """Return the notice as one self-contained page, a section for each language."""
    templates = environment()
    style = inline(templates, "notice.css")
    page = templates.get_template("notice.html").render(
        style=style, policy=content_policy(styles=(style,)), **_content(release)
    )
    return page.encode("utf-8")


def write_text(release: Release) -> bytes:
    """Return the notice as plain text."""
    content = _content(release)
    parts = [_in_plain_text(text, content) for text in content["texts"]]
    return ("\n\n".join([*parts, content["sensitivity"]]) + "\n").encode("utf-8")


def papers(release: Release) -> dict[str, Paper]:
    """Return the notice as a document for paper by language, one language on each."""
    content = _content(release)
    return {text.language: _paper(text, content) for text in content["texts"]}


def _paper(text: NoticeText, content: Mapping[str, Any]) -> Paper:
    exercise = [Words(text=text.exercise, tone=LOUD)] if content["exercise"] else []
    ways = Beside(parts=tuple((Words(text=name, tone=LEAD),) for name in content["directions"]), framed=True)
    hotline = content["hotline"]
    call = (
        Pairs(rows=((text.call, hotline),), large=True) if hotline else Words(text=text.no_number, tone=LEAD)
    )
    return Paper(
        title=text.heading,
        language=text.language,
        stamp=(content["sensitivity"],),
        counted=False,
        points=14,
        blocks=(
            *exercise, Words(text=text.lead, tone=LEAD), ways, Words(text=text.directions, tone=LEAD),
            Words(text=text.stay, tone=LEAD), Heading(text=text.rights_heading), Items(rows=text.rights),
            Words(text=text.wait, tone=LOUD), call,
        ),
    )  # fmt: skip


def _content(release: Release) -> dict[str, Any]:
    release.require(Audience.PUBLIC)
    notice: Mapping[str, Any] = release.inputs.get("notice", {})
    known = notice_texts()
    languages = [code for code in notice.get("languages", ()) if code in known] or list(known)[:1]
    return {
        "texts": [known[code] for code in dict.fromkeys(languages)],
        "directions": [printable(row["name"]) for row in release.inputs["directions"]],
        "hotline": printable(notice.get("hotline", "")),
        "exercise": bool(release.inputs["exercise"]),
        "sensitivity": release.sensitivity.name,
    }


def _in_plain_text(text: NoticeText, content: Mapping[str, Any]) -> str:
    lines = [text.exercise, ""] if content["exercise"] else []
    lines += [text.heading, "", text.lead]
    lines += [f"  - {name}" for name in content["directions"]]
    lines += [text.directions, "", text.stay, "", text.rights_heading]
    lines += [f"  - {right}" for right in text.rights]
    lines += ["", text.wait, ""]
    lines.append(f"{text.call} {content['hotline']}" if content["hotline"] else text.no_number)
    return "\n".join(lines)
