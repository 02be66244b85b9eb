"""`safepassage init`: a filled-in template to start from, or the built-in example."""

from __future__ import annotations

import argparse
import shutil

from safepassage import example
from safepassage.cli.outcome import Outcome
from safepassage.cli.run import OK
from safepassage.domain.errors import FormatError


def run(options: argparse.Namespace) -> Outcome:
    """Write the template or the example; nothing that exists is overwritten."""
    from safepassage.formats.case import case_template  # noqa: PLC0415

    as_workbook = options.xlsx or options.case.suffix.casefold() == ".xlsx"
    case = options.case
    if as_workbook and case.suffix.casefold() != ".xlsx":
        case = case.with_name(f"{case.name}.xlsx")  # spreadsheet programs open a file by its ending
    if case.exists() and (case.is_file() or any(case.iterdir())):
        raise FormatError(
            file=str(case),
            what="it exists already and is left as it is",
            remedy="choose another name",
        )
    if options.example:
        shutil.copytree(example.path(), case, dirs_exist_ok=True)
        text = f"Wrote {case}, the case that `safepassage demo` plans. Read it: safepassage check {case}"
        return Outcome(code=OK, text=text, data={"case": str(case), "xlsx": False})
    case_template.write_template(case, xlsx=as_workbook)
    text = f"Wrote {case}. Fill it in, then run: safepassage check {case}"
    return Outcome(code=OK, text=text, data={"case": str(case), "xlsx": as_workbook})
