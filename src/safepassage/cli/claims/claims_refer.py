"""`safepassage claims refer`: pass one incident against civilians on, with consent and minimal data."""

from __future__ import annotations

import argparse

from safepassage.cli.claims import ledger_file
from safepassage.cli.outcome import Outcome
from safepassage.cli.run import OK
from safepassage.cli.written import write_files
from safepassage.domain.claims.referral import Consent, ConsentBasis
from safepassage.domain.errors import FormatError
from safepassage.engines.referral import refer
from safepassage.formats.access import referral_json

RESTRICTED = "RESTRICTED"


def run(options: argparse.Namespace) -> Outcome:
    """Write the record for one recipient."""
    ledger, _ = ledger_file.load(options.ledger)
    basis = ConsentBasis.PUBLIC_REPORT if options.published else ConsentBasis.SOURCE_AGREED
    try:
        consent = Consent(
            basis=basis, recipient=options.to, purpose=options.purpose,
            document=options.published or options.consent, until=options.until,
        )  # fmt: skip
        referral = refer(ledger, options.claim, consent)
    except ValueError as fault:
        raise FormatError(
            file=str(options.ledger), what=str(fault),
            remedy="see `safepassage claims refer --help` for what a referral needs",
        ) from fault  # fmt: skip
    name = f"{RESTRICTED}/{RESTRICTED}-incident-{options.claim}.json"
    [path] = write_files(options.output, {name: referral_json.write(referral)}).values()
    text = f"Written ({RESTRICTED}, for {consent.recipient} only): {path}\n{referral_json.NOTE}"
    return Outcome(code=OK, text=text, data={"file": path, "claims": list(referral.claims)})
