"""The documentation says what the code does: lists are complete, examples run and end as stated."""

from __future__ import annotations

import ast
import contextlib
import io
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from safepassage import cli
from safepassage.cli.parser import UsageError, build_parser
from safepassage.domain.dictionary import dictionary
from safepassage_verify import codes

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md"), *(ROOT / "changelog.d").glob("*.md")])
FENCE = re.compile(r"^```([a-z]*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
EXIT_CODE = "echo $?"
CODE = re.compile(r"[A-Z]+(_[A-Z0-9]+)+")
MAKERS = re.compile(r"(error|warning|problem|Problem|Fault|NotAssessed)$")


def blocks(text: str, *kinds: str) -> list[tuple[str, str]]:
    return [(kind, body) for kind, body in FENCE.findall(text) if kind in kinds]


def run_cli(arguments: list[str]) -> tuple[int, str]:
    """Run the command line in this process; return exit code and everything printed."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        try:
            status = cli.main(arguments)
        except SystemExit as stopped:
            status = stopped.code
    return int(status or 0), said.getvalue()


def transcript(body: str) -> list[tuple[str, list[str]]]:
    """Split a console block into commands and the lines shown after each."""
    steps: list[tuple[str, list[str]]] = []
    for line in body.splitlines():
        if line.startswith("$ "):
            steps.append((line[2:], []))
        else:
            assert steps, f"a console block starts with a command, not with {line!r}"
            steps[-1][1].append(line)
    return steps


def assert_shown(shown: list[str], printed: str) -> None:
    """Each line a page shows was printed, in this order; a line with an ellipsis stands for any."""
    rest = printed.splitlines()
    for line in shown:
        if line.strip() and "..." not in line and "…" not in line:
            assert line.rstrip() in [text.rstrip() for text in rest], f"not printed: {line!r} in\n{printed}"
            rest = rest[[text.rstrip() for text in rest].index(line.rstrip()) + 1 :]


def run_console(body: str) -> None:
    """Run a console block; each command must end with 0 unless `echo $?` below it shows another code."""
    steps = transcript(body)
    for position, (command, shown) in enumerate(steps):
        if command == EXIT_CODE:
            continue
        program, *arguments = shlex.split(command)
        assert program == "safepassage", (
            f"console blocks hold safepassage only: {command!r} (use sh for others)"
        )
        status, printed = run_cli(arguments)
        stated = steps[position + 1] if position + 1 < len(steps) else ("", [])
        expected = int(stated[1][0]) if stated[0] == EXIT_CODE else 0
        assert status == expected, f"{command!r} ended with {status}, not {expected}:\n{printed}"
        assert_shown(shown, printed)


RUNNABLE = [path for path in PAGES if blocks(path.read_text("utf-8"), "python", "console")]


PLANS_THE_EXAMPLE = DOCS / "tutorial" / "first-plan.md"


@pytest.mark.parametrize(
    "path",
    [pytest.param(path, marks=pytest.mark.slow if path == PLANS_THE_EXAMPLE else ()) for path in RUNNABLE],
    ids=lambda p: str(p.relative_to(ROOT)),
)
def test_examples_run(path, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {"__name__": "example"}
    for kind, body in blocks(path.read_text("utf-8"), "python", "console"):
        if kind == "console":
            run_console(body)
        else:
            exec(compile(body, str(path), "exec"), names)


def test_generated_parts_are_fresh():
    done = subprocess.run(
        [sys.executable, DOCS / "generate.py", "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def options(parser) -> set[str]:
    """Return every command and option of a parser, as typed; commands inside commands, too."""
    found = set()
    for action in parser._actions:
        found |= set(action.option_strings) - {"-h", "--help"}
        if isinstance(action.choices, dict):
            for sub in action.choices.values():
                found |= {sub.prog} | options(sub)
    return found


def commands(text: str) -> list[str]:
    """Return every command that a page shows, in a block or between its words."""
    bodies = [body.replace("\\\n", " ") for _, body in blocks(text, "", "sh", "console")]
    shown = [line.strip().removeprefix("$ ") for body in bodies for line in body.splitlines()]
    shown += re.findall(r"`(safepassage [^`]+)`", FENCE.sub("", text))
    shown = [line for line in shown if line.startswith("safepassage ")]
    return [re.split(r" [|>&;] ?| #", line)[0].replace("…", "") for line in shown]


def refusal(command: str) -> str:
    """Return why a command of a page is none; a page may leave things out, and say N for a number."""
    try:
        build_parser().parse_args(shlex.split(command)[1:])
    except (UsageError, ValueError) as fault:
        return str(fault) if re.search(r"unrecognized|invalid choice: '[a-z]|quotation", str(fault)) else ""
    except SystemExit:  # --help and --version
        return ""
    return ""


def test_commands_on_pages_are_commands(capsys):
    pages = [path for path in PAGES if "adr" not in path.parts and "CHANGELOG" not in path.name]
    shown = [(path.name, line) for path in pages for line in commands(path.read_text("utf-8"))]
    assert len(shown) > 200
    assert [row for row in shown if refusal(row[1])] == []
    assert "unrecognized" in refusal("safepassage check CASE --quickly")
    assert "invalid choice" in refusal("safepassage chek CASE")


def test_every_option_is_documented():
    page = (DOCS / "reference" / "cli.md").read_text("utf-8")
    missing = {option for option in options(build_parser()) if not re.search(rf"`{option}\b", page)}
    assert missing == set()


def test_every_column_is_documented():
    page = (DOCS / "reference" / "case-format.md").read_text("utf-8")
    sections = dict(re.findall(r"^## (\S+)\n(.*?)(?=^## |\Z)", page, re.DOTALL | re.MULTILINE))
    missing = [
        f"{table.name}.{column.name}"
        for table in dictionary.TABLES
        for column in table.columns
        if f"| `{column.name}` |" not in sections.get(table.name, "")
    ]
    assert missing == []


def words(node: ast.AST) -> set[str]:
    """Return the words in capitals below a node."""
    texts = {
        part.value
        for part in ast.walk(node)
        if isinstance(part, ast.Constant) and isinstance(part.value, str)
    }
    return {text for text in texts if CODE.fullmatch(text)}


def codes_in(source: str) -> set[str]:
    """Return the codes of problems, reasons and gaps that a module names.

    They are the words in capitals that are handed to whatever makes a problem or a gap, and the reasons why
    persons are not served, which say so in their first word.
    """
    tree = ast.parse(source)
    found = {word for word in words(tree) if word.startswith("UNSERVED_")}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and MAKERS.search(last_name(node.func)):
            for given in [
                *node.args[:2],
                *(keyword.value for keyword in node.keywords if keyword.arg == "code"),
            ]:
                found |= words(given)
    return found


def last_name(called: ast.expr) -> str:
    """Return the last word of what is called, as `problem` of `self.notes.problem`."""
    return getattr(called, "attr", "") or getattr(called, "id", "")


def test_every_code_is_documented_and_every_documented_code_exists():
    page = (DOCS / "reference" / "problems.md").read_text("utf-8")
    documented = set(re.findall(r"^\| `([A-Z_0-9]+)` \|", page, re.MULTILINE))
    named = set(codes.CODES)
    for path in sorted((ROOT / "src" / "safepassage").rglob("*.py")):
        if path.relative_to(ROOT / "src" / "safepassage").parts[0] != "testing":
            named |= codes_in(path.read_text("utf-8"))
    assert documented == named


class TestTheChecksThemselves:
    def test_codes_are_found_however_they_are_given(self):
        source = (
            "error('A_B', here)\nself._warning('C_D', 1)\nFault(code='E_F')\n_problem(level, 'G_H')\n"
            "environment.get('NOT_THIS')\nREASON = 'UNSERVED_X'\nNotAssessed(code='I_J' if x else 'K_L')\n"
        )
        assert codes_in(source) == {"A_B", "C_D", "E_F", "G_H", "I_J", "K_L", "UNSERVED_X"}

    def test_a_wrong_exit_code_is_seen(self, monkeypatch):
        monkeypatch.setattr(cli, "main", lambda arguments: 3)
        run_console("$ safepassage plan CASE\n$ echo $?\n3\n")
        with pytest.raises(AssertionError, match="ended with 3, not 0"):
            run_console("$ safepassage plan CASE\n")

    def test_a_line_that_is_not_printed_is_seen(self):
        assert_shown(["b", "...", "c"], "a\nb\nc\n")
        with pytest.raises(AssertionError, match="not printed"):
            assert_shown(["c", "b"], "a\nb\nc\n")
