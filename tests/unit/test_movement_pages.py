"""The files that the pages on movements, alerts and referrals show can be read as they stand."""

from __future__ import annotations

import re
from pathlib import Path

from safepassage.domain.movement.checks import check
from safepassage.domain.movement.words import MovementKind
from safepassage.formats.access import alert_file, referral_record
from safepassage.formats.movement import movement_file
from tests.support.movements import NOW_S, particulars

HOW_TO = Path(__file__).resolve().parents[2] / "docs" / "how-to"


def shown(page: str) -> list[bytes]:
    text = (HOW_TO / page).read_text("utf-8")
    return [block.encode() for block in re.findall(r"^```toml\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)]


def test_the_form_and_the_terms_of_the_page_on_movements_are_particulars():
    form, terms = shown("notify-a-movement.md")
    own = {"title": "x", "org": "red", "shape": "static_site", "end": "2024-08-16T19:00+03:00"}
    own |= {"start": "2024-08-16T10:00+03:00", "origin": {"name": "A"}, "destination": {"name": "A"}}
    plain = movement_file._plain(own)
    whole = movement_file.particulars(
        plain, movement_file.read(form, file="f"), movement_file.read(terms, file="t"), file="f"
    )
    assert (whole.lead, whole.timetable.check_in_every_s) == ("head of mission", 1800)
    assert whole.terms.pause_until_utc_s - whole.terms.pause_from_utc_s == 8 * 3600
    agreed = particulars(kind=MovementKind.AGREED, terms=whole.terms)
    assert not any(one.code == "terms" for one in check(agreed, NOW_S))


def test_the_alert_and_the_referral_of_their_pages_can_be_read():
    (alert,) = shown("warn-the-public.md")
    assert alert_file.read(alert, file="f")[0].headline == "The bridge is closed"
    (referral,) = shown("ask-for-access-and-refer.md")
    assert referral_record.read(referral, file="f").token == "A-0001"
