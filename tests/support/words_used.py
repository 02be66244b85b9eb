"""Every sentence that the pages may show: from templates, from code, and from lists of words."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from safepassage.domain.access import Operation, Role
from safepassage.domain.case import AreaKind, RoadStatusWord
from safepassage.domain.claims.words import Decision, ForcesPredicate, Modality, Polarity, Predicate
from safepassage.domain.movement.words import (
    Answer,
    Channel,
    Condition,
    Course,
    MovementKind,
    Paper,
    PointKind,
    RecipientRole,
    Reply,
    YesNo,
)
from safepassage.domain.release import SensitivityClass
from safepassage.web import actions, pages, reader_view
from safepassage.web.desk import planning_process
from safepassage.web.maps import map_features, map_view
from safepassage.web.screens import changes, settings
from safepassage.web.words import (
    audit_words,
    change_words,
    changes_said,
    chart_words,
    clause_words,
    dates,
    explain_words,
    planner_words,
    refusal_words,
    spoken,
)

WEB = Path(pages.__file__).parent
CALL = re.compile(r"""\b_\(\s*(?:"([^"]*)"|'([^']*)')\s*\)""")
TRANSLATORS = {"_", "said"}
LISTS = (
    Answer, AreaKind, Channel, Condition, Course, Decision, ForcesPredicate, Modality, MovementKind,
    Operation, Paper, PointKind, Polarity, Predicate, RecipientRole, Reply, Role, RoadStatusWord, YesNo,
)  # fmt: skip


def in_templates() -> dict[str, str]:
    """Return each sentence of the templates, with where it stands."""
    return {
        one or other: path.name
        for path in sorted((WEB / "templates").glob("*.html"))
        for one, other in CALL.findall(path.read_text("utf-8"))
    }


def in_code() -> dict[str, str]:
    """Return each sentence that code hands to a translator, with where it stands."""
    return {
        node.args[0].value: path.name
        for path in sorted(WEB.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in TRANSLATORS
        and node.args
        and isinstance(node.args[0], ast.Constant)
    }


def in_lists() -> dict[str, str]:
    """Return words that stand in lists and are translated where they are shown."""
    found = {str(word).replace("_", " ").lower(): kind.__name__ for kind in LISTS for word in kind}
    tables = {
        "tabs": [name for _, name in pages.TABS],
        "actions": [action.words for action in actions.ACTIONS],
        "spoken": [
            *spoken.PHRASES,
            *(text for _, text in spoken.PATTERNS if text != spoken.NUMBER_AND_UNIT),
        ],
        "units": [unit for unit in spoken.UNITS if not unit.startswith("km")],
        "planner": list(planner_words.SENTENCES),
        "classes": [one.name for one in SensitivityClass],
        "audit": [
            *audit_words.TITLES,
            *audit_words.FOUND,
            *audit_words.UNKNOWN,
            *audit_words.FIELDS,
        ],
        "dates": [*dates.DAYS, *dates.MONTHS, dates.HOURS, dates.MINUTES],
        "changes": [
            *change_words.SENTENCES,
            *change_words.BECOMES,
            *change_words.COMPARED,
            *changes.KINDS.values(),
            *(text for text in changes_said.SENTENCES if re.sub(r"{[a-z]*}", "", text).strip(" :")),
        ],
        "charts": list(chart_words.TEXTS),
        "policy": [value for values in settings.POLICY.values() for value in values],
        "view": [one for values in reader_view.CHOICES.values() for one in values],
        "explained": [*explain_words.LINES, *explain_words.WAYS],
        "refusals": list(refusal_words.SENTENCES),
        "clauses": [*clause_words.CLAUSES, *clause_words.PLACES],
        "stages": list(planning_process.STAGES),
        "layers": [label for _, label in (*map_view.LAYERS, *map_view.HAZARD_LEVELS)],
        "map": [
            *map_features.STATE_WORDS.values(),
            *map_features.CROSSING_WORDS.values(),
            *map_features.AREA_WORDS.values(),
        ],
    }
    return found | {word: name for name, rows in tables.items() for word in rows}


def used() -> dict[str, str]:
    """Return every sentence of the pages, with where it comes from."""
    return in_lists() | in_code() | in_templates()


def skeleton(node):
    """Return a text of code with {} for what is filled in, None for anything else."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(p.value if isinstance(p, ast.Constant) else "{}" for p in parts)
        case ast.BinOp(left=one, op=ast.Add()) | ast.IfExp(body=one):
            return skeleton(one)
        case _:
            return None
