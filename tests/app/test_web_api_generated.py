"""Requests generated from the API's own description, alone and one after the other: no server error."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from safepassage.web.api.openapi import document
from safepassage.web.application import application
from tests.support.desks import example_desk, with_plan

schemathesis = pytest.importorskip("schemathesis")
EXAMPLES, CHAINS, STEPS = 8, 12, 4
LEFT_OUT = {("/api/session", "delete"), ("/api/session", "post")}
"""The first ends the session that the others need, the second is slowed down on purpose."""
SETTINGS = {
    "deadline": None, "derandomize": True, "database": None, "phases": [Phase.generate],
    "suppress_health_check": list(HealthCheck),
}  # fmt: skip


@pytest.fixture(scope="module")
def described():
    desk = example_desk()
    with_plan(desk)
    token = desk.sessions.begin("planner", desk.now_s())
    schema = schemathesis.openapi.from_dict(document())
    schema.app = application(desk)
    yield schema, {"authorization": f"Bearer {token}", "host": "127.0.0.1"}
    desk.close()


def checked(case, headers):
    from schemathesis.checks import not_a_server_error
    from schemathesis.specs.openapi.checks import response_schema_conformance, status_code_conformance

    answer = case.call(headers=headers)
    checks = [not_a_server_error, response_schema_conformance, status_code_conformance]
    case.validate_response(answer, checks=checks)


@pytest.mark.slow
def test_no_generated_request_is_a_server_error(described):
    schema, headers = described
    count = 0
    for operation in (found.ok() for found in schema.get_all_operations()):
        if (operation.path, operation.method) not in LEFT_OUT:
            run = given(case=operation.as_strategy())(lambda case: checked(case, headers))
            settings(max_examples=EXAMPLES, **SETTINGS)(run)()
            count += 1
    assert count >= 15


@pytest.mark.slow
def test_no_chain_of_requests_is_a_server_error(described):
    schema, headers = described
    made = []

    class Chain(schema.exclude(path="/api/session").as_state_machine()):
        def get_call_kwargs(self, case):
            return {"headers": headers}

        def validate_response(self, response, case, additional_checks=(), **more):
            made.append(response.status_code)
            assert response.status_code < 500

    Chain.run(settings=settings(max_examples=CHAINS, stateful_step_count=STEPS, **SETTINGS))
    assert {200, 201} & set(made)
