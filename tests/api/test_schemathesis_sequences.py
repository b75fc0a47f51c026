"""schemathesis, one call after the other: what an answer gave is what the next call is about, as every role.

Run with `-p schemathesis`. The links between operations are found by schemathesis itself, from the ids that one
answers and another wants. The long profile goes on for ten minutes and more in all.
"""

import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from schemathesis.generation.stateful.state_machine import APIStateMachine
from schemathesis.specs.openapi.checks import positive_data_acceptance

from benchmarks.rows import Row
from tests.api.document import placeholders
from tests.api.fuzzing import (
    MEANT,
    OTHERS,
    AnyCase,
    refuses_with_reasons,
    schema,
    swap,
    takes_what_the_schema_allows,
)
from tests.security.hostile import taken_back
from tests.security.world import Victim

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

ROLES = (*MEANT, *OTHERS)
SECONDS_IN_ALL = 660
STEPS = 12
LINKS_MIN = 200

Machine: Any = schema.as_state_machine()


def machine_of(token: str | None, stocked: Victim, calls: list[str]) -> type[APIStateMachine]:
    """Return what walks through the API as somebody, each time from the same market on, and notes its calls."""

    class Walk(Machine):  # type: ignore[misc]
        def setup(self) -> None:
            self.around = taken_back()
            self.around.__enter__()

        def teardown(self) -> None:
            self.around.__exit__(None, None, None)

        def before_call(self, case: AnyCase) -> None:
            swap(case, placeholders(stocked.ids))
            calls.append(case.operation.label)

        def get_call_kwargs(self, case: AnyCase) -> dict[str, Any]:
            return {"headers": {"X-Session-Token": token} if token else {}}

        def validate_response(self, response: Any, case: AnyCase, **sent: Any) -> None:
            case.validate_response(
                response,
                excluded_checks=[positive_data_acceptance],
                additional_checks=[takes_what_the_schema_allows, refuses_with_reasons],
                headers=sent["headers"],
                transport_kwargs=sent,
            )

    return Walk


def walk(machine: type[APIStateMachine], examples: int, *, is_random: bool) -> None:
    machine.run(
        settings=settings(
            max_examples=examples,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            derandomize=not is_random,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
    )


@pytest.mark.parametrize("role", ROLES)
def test_a_short_walk_through_the_api(
    role: str, stocked: Victim, people: dict[str, str | None], figures: Callable[[Row], None]
) -> None:
    calls: list[str] = []
    walk(machine_of(people[role], stocked, calls), 3, is_random=False)
    figures(Row(work=f"API in sequences as {role}: calls without a failure", measured=len(calls), unit="calls",
                measured_min=3))  # fmt: skip


@pytest.mark.proof
@pytest.mark.parametrize("role", ROLES)
def test_a_long_walk_through_the_api(
    role: str, stocked: Victim, people: dict[str, str | None], figures: Callable[[Row], None]
) -> None:
    """Each role has its share of the time; every walk is another one."""
    calls: list[str] = []
    until = time.monotonic() + SECONDS_IN_ALL / len(ROLES)
    while time.monotonic() < until:
        walk(machine_of(people[role], stocked, calls), 10, is_random=True)
    operations = len(set(calls))
    figures(Row(work=f"API in sequences as {role}: calls without a failure", measured=len(calls), unit="calls",
                measured_min=100, note=f"{operations} operations"))  # fmt: skip


def test_the_walks_have_ways_to_go() -> None:
    """Enough links between operations, or the walks would be single steps."""
    links = sum(len(found.outgoing) for found in Machine._transitions.operations.values())
    assert links >= LINKS_MIN
    assert len(ROLES) == len(set(ROLES)) >= 12
