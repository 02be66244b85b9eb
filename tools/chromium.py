"""A headless Chromium of this computer and pages served to it: for tests, figures and pictures."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import uvicorn
from playwright.sync_api import Browser, BrowserContext, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
LOOPBACK = "127.0.0.1"
NO_WEBGL = "--disable-3d-apis"
FLAGS = (
    "--no-sandbox", "--disable-quic", "--no-first-run", "--hide-scrollbars",
    "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-gpu",
    # No name is looked up: a page that asks for one is seen to fail.
    f"--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE {LOOPBACK}",
)  # fmt: skip


def found() -> str | None:
    """Return the path of a Chromium, None where none is installed."""
    return next(filter(None, map(shutil.which, NAMES)), None)


@contextmanager
def chromium(flags: Sequence[str] = ()) -> Iterator[Browser]:
    """Yield a running browser."""
    with sync_playwright() as engine:
        browser = engine.chromium.launch(executable_path=found(), args=[*FLAGS, *flags])
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def serving(app: Callable[..., Any]) -> Iterator[str]:
    """Yield the address at which an application answers, from a thread of this process."""
    config = uvicorn.Config(app, host=LOOPBACK, port=0, log_level="error", access_log=False, lifespan="auto")
    server, listening = uvicorn.Server(config), config.bind_socket()
    # Signals belong to the main thread.
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    try:
        yield f"http://{LOOPBACK}:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(timeout=20)
        listening.close()


def foreign_requests(context: BrowserContext) -> list[str]:
    """Return a list that fills with every address that is asked for and is not this computer's."""
    seen: list[str] = []

    def look(request: Any) -> None:
        if not request.url.startswith((f"http://{LOOPBACK}:", "data:", "blob:", "about:")):
            seen.append(request.url)

    context.on("request", look)
    return seen
