"""Names that are read from the right stand in sentences that are read from the left."""

from __future__ import annotations

import pytest

from safepassage.cli import run
from safepassage.cli.outcome import Outcome
from safepassage.formats.containers.markup import Markup, kept_apart
from safepassage.formats.paper.page_templates import environment

VILLAGE, CAMP, ARMY = "قرية", "מחנה גדול", 'צה"ל'


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (f"at {VILLAGE}: 2,564", f"at {VILLAGE}|: 2,564"),
        (f"{VILLAGE} (2) Camp", f"{VILLAGE}| (2) Camp"),
        (f"1 place ({VILLAGE} 7) has", f"1 place ({VILLAGE} 7|) has"),
        (f"{VILLAGE} 7", f"{VILLAGE} 7|"),
        (f"{VILLAGE} 7 → {CAMP} 12: 9 km", f"{VILLAGE} 7| → {CAMP} 12|: 9 km"),
        (f"{VILLAGE} 7 persons", f"{VILLAGE}| 7 persons"),
        (f"{VILLAGE} 500", f"{VILLAGE}| 500"),
        (f"{CAMP}, {ARMY}", f"{CAMP}|, {ARMY}|"),
        ("Суми 7, naïve", "Суми 7, naïve"),
        ("", ""),
    ],
)
def test_a_mark_stands_behind_each_name_and_its_own_number(text, kept):
    kept = kept.replace("|", "\N{LEFT-TO-RIGHT MARK}")
    assert kept_apart(text) == kept
    assert kept_apart(kept) == kept


def test_pages_keep_names_apart_and_leave_markup_as_it_is():
    page = environment().from_string('<i title="{{ name }}">{{ name }}</i>{{ drawn }}: 5')
    name = f"{VILLAGE}\N{LEFT-TO-RIGHT MARK}"
    shown = page.render(name=VILLAGE, drawn=Markup(f"<b>{VILLAGE}</b>"))
    assert shown == f'<i title="{name}">{name}</i><b>{VILLAGE}</b>: 5'


@pytest.mark.parametrize("as_json", [False, True])
def test_a_terminal_isolates_names_from_the_right_and_json_does_not(capsys, as_json):
    outcome = Outcome(
        code=0, text="from \u05d7\u05d9\u05e4\u05d4 (3) to Sumy", data={"to": "\u05d7\u05d9\u05e4\u05d4"}
    )
    run._print(outcome, as_json=as_json)
    said = capsys.readouterr().out
    assert ("\u2068\u05d7\u05d9\u05e4\u05d4\u2069 (3) to Sumy" in said) != as_json
    assert ("\u2068" in said) != as_json
