"""Whatever a rule of the audit can answer is said in Ukrainian and Russian, with its numbers."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from safepassage.audit import given
from safepassage.web.words import words
from safepassage.web.words.audit_words import FIELDS, FOUND, TITLES, UNKNOWN, judged
from tests.support.desks import first_plan
from tests.support.words_used import skeleton

ANSWERS, PARTS = {"answer": 1, "unknown": 0}, {"measured", "said", "text", "what"}
FIELD = re.compile(r"\{[a-z]*\}")


def answered():
    """Return each part of a sentence that the rules answer with, fields left open."""
    found = set()
    for path in sorted(Path(given.__file__).parent.glob("*.py")):
        for function in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(function, ast.FunctionDef):
                found |= {part for whole in _of(function) for part in whole.split("; ") if part}
    # The cause stands behind its colon in a call of its own.
    return {f"{part}{{}}" if part.endswith(": ") else part for part in found} - {"{}", "{}{}"}


def _of(function):
    built = {}
    for node in ast.walk(function):
        match node:
            case ast.Call(func=ast.Name(id=name), args=args) if name in ANSWERS:
                text = skeleton(args[ANSWERS[name]]) if args else None
                if text:
                    yield text if name == "answer" else f"not in the data: {text}"
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if name in PARTS and skeleton(value):
                yield built.pop(name, "")
                built[name] = skeleton(value)
            case ast.AugAssign(target=ast.Name(id=name), op=ast.Add(), value=value) if name in built:
                built[name] = f"{built[name]}{skeleton(value)}"
            case ast.Return(value=ast.Tuple(elts=[_, text, _])) if (skeleton(text) or "").startswith(";"):
                yield skeleton(text)
    yield from built.values()


def known():
    """Return the parts that the pages can say, fields left open."""
    bare = {FIELD.sub("{}", text) for text in FOUND}
    return bare | {f"not in the data: {FIELD.sub('{}', text)}" for text in UNKNOWN}


def test_every_answer_of_a_rule_is_one_that_the_pages_can_say():
    assert sorted(answered() - known()) == []


def test_the_pages_say_nothing_that_no_rule_answers():
    assert sorted(known() - answered() - {"not in the data: {}"}) == []


@pytest.mark.parametrize("locale", ["uk", "ru"])
def test_every_part_is_said_in_other_languages_with_its_fields(locale):
    said = words(locale)
    for sentence in (*TITLES, *FOUND, *UNKNOWN, *FIELDS):
        assert said(sentence) != sentence
    for sentence in FOUND:
        text = sentence.format(unknown="a zone", code="UNREACHABLE", list="who may leave", a=7, b=8, c=9)
        told = judged(text, said)
        assert told != text
        assert re.findall(r"\d+", told) == re.findall(r"\d+", text)


@pytest.mark.parametrize("locale", ["uk", "ru"])
def test_what_the_audit_finds_on_the_example_is_said_in_other_languages(locale):
    findings = first_plan().document("audit")["findings"]
    for row in findings:
        told = judged(row["measured"], words(locale))
        assert not re.search(r"[a-z]{3}", told.replace("ppm", "").replace("Jain", "")), told
        assert "cause" in row["measured"] or judged(row["measured"], words("en")) == row["measured"]
