"""A desk served for real on this computer, in a thread: for streams, which a test transport would swallow."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager

import uvicorn

from safepassage.web.application import application


@contextmanager
def served(desk):
    """Yield the address of a desk that is served until the test ends."""
    config = uvicorn.Config(
        application(desk), host="127.0.0.1", port=0, log_level="error", access_log=False, lifespan="off",
        timeout_graceful_shutdown=1,
    )  # fmt: skip
    listening = config.bind_socket()
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    until = time.monotonic() + 10
    while not server.started and time.monotonic() < until:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    thread.join(10)
