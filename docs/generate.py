"""Write the parts of the reference pages that the code knows: `python docs/generate.py [--check]`.

A page marks such a part with `<!-- generated: NAME -->` and `<!-- end generated -->`; what stands between
the two is replaced. With `--check` nothing is written and a page that would change is an error.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from safepassage.audit import RULES
from safepassage.cli.parser import build_parser
from safepassage.domain.dictionary.dictionary import TABLES, Column, ValueType
from safepassage.domain.movement.form import FIELDS, TERMS
from safepassage.domain.problem_codes import PROBLEM_CODES, Weight
from safepassage.formats.sheets import audit_files
from safepassage_verify.codes import CODES

TEXTUAL = {ValueType.ID, ValueType.TEXT, ValueType.TEXTS}
PAGES = Path(__file__).resolve().parent
MARKED = re.compile(r"(<!-- generated: ([a-z-]+) -->\n).*?(<!-- end generated -->)", re.DOTALL)


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Return a Markdown table; a bar inside a cell is escaped."""
    lines = [list(head)]
    lines.append(["---"] * len(lines[0]))
    lines += [[" ".join(cell.replace("|", "\\|").split()) for cell in row] for row in rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def code(text: str) -> str:
    """Return text set as code, or nothing for nothing."""
    return f"`{text}`" if text else ""


def commands(parser: argparse.ArgumentParser) -> Iterator[tuple[str, str, argparse.ArgumentParser]]:
    """Yield name, one-line help and parser of each command, those inside commands included."""
    for action in parser._actions:  # noqa: SLF001 - argparse offers no other way to see its own parts
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001
            helps = {choice.dest: choice.help or "" for choice in action._choices_actions}  # noqa: SLF001
            for name, sub in action.choices.items():
                yield name, helps.get(name, ""), sub
                yield from ((f"{name} {inner}", text, deep) for inner, text, deep in commands(sub))


def arguments(parser: argparse.ArgumentParser) -> Iterator[tuple[str, str, str]]:
    """Yield spelling, meaning and default of each argument that a person may give."""
    for action in parser._actions:  # noqa: SLF001
        hidden = action.help == argparse.SUPPRESS or action.dest == "help"
        if hidden or isinstance(action, argparse._SubParsersAction):  # noqa: SLF001
            continue
        takes_value = action.nargs != 0
        metavar = action.metavar if isinstance(action.metavar, str) else action.dest.upper()
        if action.choices is not None and action.metavar is None:
            metavar = "{" + ",".join(str(choice) for choice in action.choices) + "}"
        spelled = [f"{option} {metavar}" if takes_value else option for option in action.option_strings]
        meaning = (action.help or "") % {"default": action.default, "prog": parser.prog, "dest": action.dest}
        told = (
            action.default in (None, False, "", argparse.SUPPRESS) or "default" in meaning or action.required
        )
        default = "" if told else str(action.default)
        yield ", ".join(code(text) for text in spelled or [metavar]), meaning, code(default)


def command_line() -> str:
    """Describe every command and option of the command line."""
    parser = build_parser()
    parts = [table(("option", "meaning", "default"), arguments(parser))] if list(arguments(parser)) else []
    for name, summary, sub in commands(parser):
        parts.append(f"## `safepassage {name}`\n\n{sub.description or summary}\n")
        rows = list(arguments(sub))
        if rows:
            parts.append(table(("argument", "meaning", "default"), rows))
        if sub.epilog:
            parts.append(f"{sub.epilog}\n")
    return "\n".join(parts)


def audit_rules() -> str:
    """Describe every rule of the plan audit."""
    rows = ((code(r.id), r.title, r.statement, r.kind.value, r.source, r.data) for r in RULES)
    return table(("rule", "title", "asks", "kind", "source", "data"), rows)


def audit_thresholds() -> str:
    """Describe every threshold of the plan audit."""
    rows = ((code(t.name), str(t.value), t.unit, t.rule, t.source) for t in audit_files.thresholds().values())
    return table(("name", "value", "unit", "rule", "source"), rows)


def case_format() -> str:
    """Describe every table and column of a case."""
    parts = []
    for row in TABLES:
        required = " Required." if row.required else ""
        layout = " One row per setting: `key`, `value`, `comment`." if row.keyed else ""
        parts.append(f"## {row.name}\n\n{row.meaning}{required}{layout}\n")
        columns = [
            (
                code(column.name),
                str(column.type.value),
                column.unit,
                "required" if column.required else code(column.default),
                column.meaning,
                limits(column),
                column.sensitivity.name,
                column.source,
            )
            for column in row.columns
        ]
        head = (
            "key" if row.keyed else "column",
            "type",
            "unit",
            "default",
            "meaning",
            "allowed",
            "class",
            "source",
        )
        parts.append(table(head, columns))
    return "\n".join(parts)


def limits(column: Column) -> str:
    """Say which words or numbers a column takes."""
    if column.allowed:
        return ", ".join(code(word) for word in column.allowed)
    if column.refers_to:
        return f"a row of {column.refers_to}"
    least, most = column.minimum, column.maximum
    unit = " characters" if column.type in TEXTUAL else ""
    unit = " years from the start" if column.type is ValueType.TIME else unit
    if least is not None and most is not None:
        return f"{least:,} to {most:,}{unit}"
    return (
        f"at least {least:,}{unit}"
        if least is not None
        else f"at most {most:,}{unit}"
        if most is not None
        else ""
    )


def violations() -> str:
    """List what the verifier may find."""
    return table(("code", "meaning"), ((code(name), meaning) for name, meaning in CODES.items()))


def problem_codes() -> str:
    """List what may be wrong with input, under the headings of the registry."""
    rows = [row for row in PROBLEM_CODES.values() if row.weight is not Weight.UNSERVED]
    parts = []
    for area in dict.fromkeys(row.area for row in rows):
        listed = [
            (code(row.code), row.weight.value, row.meaning, row.remedy) for row in rows if row.area == area
        ]
        parts.append(f"## {area}\n")
        parts.append(table(("code", "weight", "what is wrong", "how to mend it"), listed))
    return "\n".join(parts)


def unserved_reasons() -> str:
    """List why persons may be left, and what would serve them."""
    rows = [row for row in PROBLEM_CODES.values() if row.weight is Weight.UNSERVED]
    listed = [(code(row.code), row.meaning, row.remedy) for row in rows]
    return table(("code", "why", "what would change it"), listed)


def form_fields() -> str:
    """Describe every field of the notification form."""
    rows = (
        (
            one.number, code(one.key), one.label.en, one.label.ru, one.label.uk, one.origin.value,
            one.sensitivity.name + (f", and for {' and '.join(sorted(one.also))}" if one.also else ""),
            "yes" if one.consent else "", "yes" if one.renews else "",
        )
        for one in (*FIELDS, *TERMS)
    )  # fmt: skip
    head = ("no.", "key", "English", "Russian", "Ukrainian", "from", "class", "consent", "renews")
    return table(head, rows)


PARTS: dict[str, Callable[[], str]] = {
    "command-line": command_line,
    "form-fields": form_fields,
    "audit-rules": audit_rules,
    "audit-thresholds": audit_thresholds,
    "case-format": case_format,
    "problem-codes": problem_codes,
    "unserved-reasons": unserved_reasons,
    "violations": violations,
}


def renew(text: str) -> str:
    """Return a page with its generated parts made anew."""
    return MARKED.sub(lambda found: f"{found[1]}\n{PARTS[found[2]]()}\n{found[3]}", text)


def main() -> int:
    """Renew all pages, or tell which are stale."""
    parser = argparse.ArgumentParser(
        description="Write the parts of the reference pages that the code knows."
    )
    parser.add_argument("--check", action="store_true", help="write nothing; fail where a page is stale")
    check = parser.parse_args().check
    stale = []
    for path in sorted(PAGES.rglob("*.md")):
        before = path.read_text(encoding="utf-8")
        after = renew(before)
        if after != before:
            stale.append(str(path.relative_to(PAGES.parent)))
            if not check:
                path.write_text(after, encoding="utf-8", newline="\n")
    for name in stale:
        print(f"{name}: {'stale, run python docs/generate.py' if check else 'renewed'}")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
