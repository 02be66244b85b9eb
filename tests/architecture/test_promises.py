"""Every promise on the page of promises names a test that is there."""

from __future__ import annotations

import re

import pytest

NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
ROW = re.compile(r"^\| (?!promise|---)", re.MULTILINE)


@pytest.fixture(scope="module")
def page(repo_root):
    return (repo_root / "docs" / "reference" / "promises.md").read_text(encoding="utf-8")


def test_every_row_names_a_test_that_is_there(page, repo_root):
    rows = NAMED.findall(page)
    assert len(rows) == len([line for line in page.splitlines() if ROW.match(line)]) > 35
    missing = [
        f"{file}::{name}" for file, name in rows
        if not re.search(rf"def {name}\(", (repo_root / file).read_text(encoding="utf-8"))
    ]  # fmt: skip
    assert missing == []
