"""What leaves an office: only a release, and nothing by itself over a network."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[2] / "src" / "safepassage"
NETWORK = {
    "aiohttp", "asyncio", "distributed", "ftplib", "http", "httpx", "pg8000", "requests", "smtplib", "socket",
    "socketserver", "ssl", "telnetlib", "urllib", "urllib3", "uvicorn", "websockets", "xmlrpc",
}  # fmt: skip
IMPORTED = re.compile(r"^\s*(?:import|from) (\w+)", re.MULTILINE)
REACHES = {
    "casework/many_workers.py": {"distributed"},  # the scheduler that the planner names
    "cli/claims/loopback.py": {"http"},  # a language model on this computer, if the planner names one
    "cli/serve_command.py": {"uvicorn"},  # listens, on this computer unless told otherwise
    "store/postgres.py": {"pg8000"},  # the database that the organisation names
    "store/shared_map.py": {"pg8000"},  # the same
    "web/desk/waiting.py": {"asyncio"},  # tasks, no connections
}
"""What reaches a network, and only when a person says where to."""

MOVEMENTS = {"Plan", "Planned", "Schedule"}
OWN_FILES = {"plan/plan_json.py"}
"""Where a plan becomes the planning team's own file, from which every release is cut."""


def sources(folder: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(folder.rglob("*.py")):
        yield path.relative_to(folder).as_posix(), path.read_text(encoding="utf-8")


def test_nothing_reaches_a_network_but_what_a_person_points_at_one():
    found = {name: set(IMPORTED.findall(text)) & NETWORK for name, text in sources(PACKAGE)}
    assert {name: reached for name, reached in found.items() if reached} == REACHES


def test_who_writes_for_others_takes_a_release_never_a_plan():
    """Handing a plan to an exporter is an error of types, which `mypy --strict` finds."""
    taken = set()
    for name, text in sources(PACKAGE / "formats"):
        if not any(word in text for word in MOVEMENTS):
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.arg) and node.annotation is not None:
                words = {part.id for part in ast.walk(node.annotation) if isinstance(part, ast.Name)}
                taken |= {name} if words & MOVEMENTS else set()
    assert taken == OWN_FILES
