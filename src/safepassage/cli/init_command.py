"""`safepassage init`: a filled-in template to start from."""

from __future__ import annotations

import argparse

from safepassage.cli.outcome import Outcome
from safepassage.cli.run import OK
from safepassage.domain.errors import FormatError


def run(options: argparse.Namespace) -> Outcome:
    """Write the template; nothing that exists is overwritten."""
    from safepassage.formats import case_template  # noqa: PLC0415

    if options.case.exists() and (options.case.is_file() or any(options.case.iterdir())):
        raise FormatError(
            file=str(options.case),
            what="it exists already and is left as it is",
            remedy="choose another name",
        )
    as_workbook = options.xlsx or options.case.suffix.casefold() == ".xlsx"
    case_template.write_template(options.case, xlsx=as_workbook)
    text = f"Wrote {options.case}. Fill it in, then run: safepassage check {options.case}"
    return Outcome(code=OK, text=text, data={"case": str(options.case), "xlsx": as_workbook})
