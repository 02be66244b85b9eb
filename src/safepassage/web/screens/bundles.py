"""Bundles at the desk: what other offices need goes out sealed, what they sent stands at once."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from safepassage.domain.access import Person
from safepassage.domain.errors import StoreError
from safepassage.store import exchange, keys
from safepassage.store.exchange import Taken
from safepassage.store.keys import Secret
from safepassage.web.desk.desk import Desk
from safepassage.web.screens.forms import Form, FormError

NAME = "safepassage.bundle"
SEALED = "application/octet-stream"


def secret_of(form: Form) -> Secret:
    """Return the secret of the key file in a form: the one both offices hold.

    Raises
    ------
    FormError
        When there is none.
    """
    found = [data for _, data in form.files if not data.startswith(exchange.MAGIC)]
    try:
        return keys.secret_of_file(found[0].decode("utf-8"))
    except (IndexError, UnicodeDecodeError, StoreError):
        raise FormError("key", "Choose the key file that both offices hold.") from None


async def sent(desk: Desk, form: Form) -> Response:
    """Return a bundle of all logs that can be vouched for, sealed, as a file."""
    secret = secret_of(form)
    data = await run_in_threadpool(_made, desk, secret)
    headers = {"content-disposition": f'attachment; filename="{NAME}"'}
    return Response(data, media_type=SEALED, headers=headers)


def _made(desk: Desk, secret: Secret) -> bytes:
    store = desk.journal.store
    with store.lock:
        data = exchange.make_bundle(store, desk.clock_ms())
    return exchange.locked(data, secret)


def taken(desk: Desk, person: Person, form: Form) -> tuple[Taken, ...]:
    """Take what is new in a sealed bundle; it stands when this returns.

    Raises
    ------
    FormError
        When a file is missing.
    FormatError, StoreError
        When the bundle is damaged, or the key is another.
    """
    secret, store = secret_of(form), desk.journal.store
    sealed = [(name, data) for name, data in form.files if data.startswith(exchange.MAGIC)]
    if not sealed:
        raise FormError("bundle", "Choose the bundle that the other office sent.")
    name, data = sealed[0]
    plain = exchange.unlocked(data, secret, file=name)
    with store.lock:
        found = exchange.take_bundle(store, plain, file=name, by=person.id)
        store.tell()
        desk.take_others()
    return found
