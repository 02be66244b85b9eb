"""`safepassage store person | people`: who has which role."""

from __future__ import annotations

import argparse

from safepassage.cli.log import store_file
from safepassage.cli.outcome import Outcome, listed
from safepassage.cli.run import OK
from safepassage.domain.access import Person
from safepassage.domain.errors import StoreError
from safepassage.store import people


def set_person(options: argparse.Namespace) -> Outcome:
    """Give a person a role, or end it."""
    role = people.role_named(options.role)
    with store_file.opened(options) as store:
        org = store_file.own_org(store)
        try:
            person = Person(id=options.person, org=org, role=role, active=not options.end)
        except ValueError as fault:
            raise StoreError(f"Nothing was recorded: {fault}.") from None
        password = store_file.new_passphrase("Password") if options.password else ""
        receipt, codes = people.set_person(store, person, by=options.by, why=options.why, password=password)
    state = "has no role any more" if options.end else f"is {role.value} of {org}"
    lines = [f"{options.person} {state} (entry {receipt.seq})."]
    if codes:
        lines += ["Recovery codes, shown once; each sets a new password:", *codes]
    return Outcome(code=OK, text="\n".join(lines), data={"seq": receipt.seq, "codes": list(codes)})


def everybody(options: argparse.Namespace) -> Outcome:
    """Print who has which role."""
    with store_file.opened(options, writes=False) as store:
        found = sorted(people.everybody(store).values(), key=lambda person: person.id)
    lines = [f"{one.id}: {one.role.value} of {one.org}{'' if one.active else ' (ended)'}" for one in found]
    rows = [{"id": one.id, "org": one.org, "role": one.role.value, "active": one.active} for one in found]
    return Outcome(code=OK, text=listed(lines, "Nobody has a role."), data={"people": rows})
