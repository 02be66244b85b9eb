"""Why a form was not taken, in the reader's language."""

from __future__ import annotations

from safepassage.web.words import Words
from safepassage.web.words.clause_words import in_clauses
from safepassage.web.words.dates import dated
from safepassage.web.words.sentences import fitted

SENTENCES = (
    "Choose a file.",
    "Choose one of {list}.",
    "Choose one to {count} vehicles and a language.",
    "Choose the bundle that the other office sent.",
    "Choose the key file that both offices hold.",
    "The passphrase is too short: take at least 12 characters.",
    "Give a new password.",
    "Give a reason for at least one rule.",
    "No road or crossing of this case is {name}.",
    "Nobody changes their own role: let another approver do it.",
    "Nothing was decided: choose a decision, a grade or a better reading.",
    "Nothing was read in this file.",
    "Reading texts needs the extra nlp: install safepassage[nlp].",
    "Say which road: choose one, or write ref:R200, name:…, link:… or place:….",
    "Say why it goes out.",
    "Say why this plan is accepted.",
    "That claim is not in the ledger.",
    "That is after the hours that are planned.",
    "That plan is no longer here: plan again.",
    "The case cannot be read any more.",
    "The planner ended ({name}).",
    "The audit fails {names}: say that you accept the plan although it does.",
    "The disk is slow: it may or may not be recorded, send it again.",
    "The file holds no area: hand in polygons.",
    "The name or the code is wrong.",
    "The name or the password is wrong, or there were too many attempts: wait a minute.",
    "The notice was not released.",
    "The old password is wrong.",
    "The plan audit holds it up: {names}.",
    "The program itself failed; nothing was recorded. Please report what you did.",
    "The whole form is shown to the planning team only.",
    "There is no plan yet.",
    "There is no such copy.",
    "There is no such corridor in the plan that stands now.",
    "There is no such export.",
    "There is no such file, or it differs now.",
    "There is no such movement.",
    "There is no such page.",
    "There is no such setting.",
    "There is no such sheet.",
    "There is no such step.",
    "This is no file that can be read here: hand in {list}.",
    "Too many attempts: wait a minute.",
    "Write how probable harm is there, in percent: 2, or 0.5-2-5 (least, middle, most).",
    "Write one recipient a line: id; name; {list}.",
    "Your role does not record this.",
    "Your role does not take this back.",
    "{name} does not hold this plan up.",
)
"""The first that fits is taken."""


def refused(text: object, said: Words) -> str:
    """Return why something was not taken, whoever says so."""
    whole = fitted(str(text), said, SENTENCES, _field)
    return whole if whole != str(text) else in_clauses(whole, said)


def _field(_name: str, value: str, said: Words) -> str:
    return dated(value, said)
