"""Asks a language model that this machine serves to itself; nothing else can be asked (docs/adr/0067)."""

from __future__ import annotations

from http.client import HTTPConnection, HTTPException

from safepassage.formats.claims.model_chat import LONGEST_ANSWER

HOST, PATH = "127.0.0.1", "/v1/chat/completions"
PATIENCE_S = 120.0
OK = 200


def asked(port: int, body: bytes) -> bytes:
    """Return the answer to a request; only a port can be chosen, never a host, a proxy or a redirect.

    Raises
    ------
    OSError
        When nobody answers, or not with 200.
    """
    connection = HTTPConnection(HOST, port, timeout=PATIENCE_S)
    try:
        connection.request("POST", PATH, body, {"Content-Type": "application/json"})
        reply = connection.getresponse()
        data = reply.read(LONGEST_ANSWER + 1)
    except HTTPException as fault:
        raise OSError(f"no answer that can be read: {fault}") from fault
    finally:
        connection.close()
    if reply.status != OK:
        raise OSError(f"status {reply.status}")
    return data
