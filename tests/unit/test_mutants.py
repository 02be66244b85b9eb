"""The mutation test's own facts: which changes it makes, and that they stand in the code it runs."""

from __future__ import annotations

import ast
import sys
import types
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "benchmarks"))
from benchmarks import mutants as made  # noqa: E402

SOURCE = '''
"""Words that are only said."""
LIMIT = 3

def room(seats: int, taken: int) -> bool:
    """Tell."""
    if seats <= taken and not LIMIT:
        raise ValueError("full")
    return seats - taken > 2 or seats == 7
'''


def test_each_kind_of_change_is_made_once():
    found = [(one.kind, one.before, one.after) for one in made.mutants(SOURCE)]
    assert found == [
        ("constant", "3", "4"),
        ("boolean", "seats <= taken and (not LIMIT)", "seats <= taken or not LIMIT"),
        ("boundary", "seats <= taken", "seats < taken"),
        ("comparison", "seats <= taken", "seats > taken"),
        ("boolean", "not LIMIT", "not not LIMIT"),
        ("statement", "raise ValueError('full')", "pass"),
        ("return", "return seats - taken > 2 or seats == 7", "return None"),
        ("boolean", "seats - taken > 2 or seats == 7", "seats - taken > 2 and seats == 7"),
        ("boundary", "seats - taken > 2", "seats - taken >= 2"),
        ("comparison", "seats - taken > 2", "seats - taken <= 2"),
        ("arithmetic", "seats - taken", "seats + taken"),
        ("constant", "2", "3"),
        ("comparison", "seats == 7", "seats != 7"),
        ("constant", "7", "8"),
    ]


def test_a_mutant_differs_from_the_source_by_its_change_alone():
    plain = ast.unparse(ast.parse(SOURCE)).splitlines()
    for one in made.mutants(SOURCE):
        changed = ast.unparse(made.mutated(SOURCE, one.number)).splitlines()
        assert sum(a != b for a, b in zip(plain, changed, strict=True)) == 1
    with pytest.raises(ValueError, match="no mutant 14"):
        made.mutated(SOURCE, 14)
    assert ast.unparse(made.mutated(SOURCE, -1)).splitlines() == plain


def test_a_mutant_takes_the_place_of_the_loaded_function_and_constant(monkeypatch):
    from benchmarks import mutation

    module = types.ModuleType("under_test")
    monkeypatch.setitem(sys.modules, "under_test", module)
    exec(SOURCE, module.__dict__)
    room = module.room
    assert not room(2, 1)
    mutation.put_in(module, SOURCE, made.mutants(SOURCE)[9])
    assert room(2, 1)
    assert module.LIMIT == 3
    mutation.put_in(module, SOURCE, made.mutants(SOURCE)[0])
    assert module.LIMIT == 4


def test_what_a_function_made_on_top_level_is_replaced_too(monkeypatch):
    from benchmarks import mutation

    module = types.ModuleType("under_test")
    monkeypatch.setitem(sys.modules, "under_test", module)
    source = "def upto(n):\n    return lambda x: x <= n\n\nSMALL = upto(3)\n"
    exec(source, module.__dict__)
    number = next(m.number for m in made.mutants(source) if m.before == "3")
    assert not module.SMALL(4)
    mutation.put_in(module, source, made.mutants(source)[number])
    assert module.SMALL(4)


CLOSURES = """
def at_most(high, low):
    def check(value):
        return low <= value and value <= high
    return check

HALF = at_most(3, 1)
"""


@pytest.mark.parametrize(("change", "expected"), [("value < high", [False, True, True, False]),
                                                  ("return None", [None] * 4)])  # fmt: skip
def test_a_mutant_takes_the_place_of_functions_that_were_made_before(monkeypatch, change, expected):
    from benchmarks import mutation

    module = types.ModuleType("closures")
    monkeypatch.setitem(sys.modules, "closures", module)
    exec(compile(CLOSURES, "closures.py", "exec"), module.__dict__)
    assert [module.HALF(n) for n in range(4)] == [False, True, True, True]
    one = next(m for m in made.mutants(CLOSURES) if m.function == "at_most.check" and m.after == change)
    mutation.put_in(module, CLOSURES, one)
    assert [module.HALF(n) for n in range(4)] == expected
