"""schemathesis, one call after the other: what an answer gave is what the next call is about, as every role.

Run with `-p schemathesis`. The links between operations are found by schemathesis itself, from the ids that one
answers and another wants. The long profile goes on for ten minutes and more in all.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
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
REACHED_SHARE_MIN = 0.5  # less than a minute in all got into 46 of 96; this is eleven

# Nobody gets in by what a schema and other answers tell; each with its reason, and tested elsewhere.
OUT_OF_REACH = {
    "POST /api/v1/hooks/carriers/{carrier}": "signed by the carrier: tests/security/test_fuzz_carriers.py",
    "POST /api/v1/hooks/payments/{channel}": "signed by the channel: tests/security/test_fuzz_channels.py",
    "POST /api/v1/merchant/films": "bytes of a film, which no schema draws",
    "POST /api/v1/merchant/imports/{import_id}/pictures": "bytes of a zip, which no schema draws",
    "POST /api/v1/merchant/media": "bytes of a picture, which no schema draws",
    "POST /api/v1/store/me/avatar": "bytes of a picture, which no schema draws",
    "POST /api/v1/store/review-pictures": "bytes of a picture, which no schema draws",
}

Machine: Any = schema.as_state_machine()
EVERY: Any = schema.get_all_operations()
OPERATIONS = {found.ok().label for found in EVERY}
REACHABLE = OPERATIONS - set(OUT_OF_REACH)
Figures = Callable[[Row], None]


@dataclass(slots=True)
class Seen:
    """What walks called, and which operations let them in."""

    calls: list[str] = field(default_factory=list)
    reached: set[str] = field(default_factory=set)


def machine_of(token: str | None, stocked: Victim, seen: Seen) -> type[APIStateMachine]:
    """Return what walks through the API as somebody, each time from the same market on, and notes where it was."""

    class Walk(Machine):  # type: ignore[misc]
        def setup(self) -> None:
            self.around = taken_back()
            self.around.__enter__()

        def teardown(self) -> None:
            self.around.__exit__(None, None, None)

        def before_call(self, case: AnyCase) -> None:
            swap(case, placeholders(stocked.ids))
            seen.calls.append(case.operation.label)

        def get_call_kwargs(self, case: AnyCase) -> dict[str, Any]:
            return {"headers": {"X-Session-Token": token} if token else {}}

        def validate_response(self, response: Any, case: AnyCase, **sent: Any) -> None:
            if response.status_code < 400:
                seen.reached.add(case.operation.label)
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
    role: str, stocked: Victim, people: dict[str, str | None], figures: Figures
) -> None:
    seen = Seen()
    walk(machine_of(people[role], stocked, seen), 3, is_random=False)
    figures(walked(role, seen, least=3))


@pytest.mark.proof
def test_long_walks_through_the_api_as_everybody(
    stocked: Victim, people: dict[str, str | None], figures: Figures
) -> None:
    """Each role has its share of the time; every walk is another one. Together they get in widely."""
    reached: set[str] = set()
    for role in ROLES:
        seen = Seen()
        until = time.monotonic() + SECONDS_IN_ALL / len(ROLES)
        while time.monotonic() < until:
            walk(machine_of(people[role], stocked, seen), 10, is_random=True)
        figures(walked(role, seen, least=100))
        reached |= seen.reached
    missing = sorted(REACHABLE - reached)
    figures(
        Row(
            work="API in sequences: operations that let somebody in",
            measured=len(reached & REACHABLE),
            unit="",
            limit=len(REACHABLE),
            share_min=REACHED_SHARE_MIN,
            note=f"not {', '.join(missing)}",
        )
    )


def walked(role: str, seen: Seen, *, least: int) -> Row:
    """Say how many calls a role made, and how many operations let it in."""
    return Row(work=f"API in sequences as {role}: calls without a failure", measured=len(seen.calls), unit="calls",
               measured_min=least, note=f"{len(seen.reached)} operations let it in")  # fmt: skip


def test_what_is_said_to_be_out_of_reach_is_an_operation() -> None:
    assert set(OUT_OF_REACH) <= OPERATIONS
    assert all(OUT_OF_REACH.values())


def test_the_walks_have_ways_to_go() -> None:
    """Enough links between operations, or the walks would be single steps."""
    links = sum(len(found.outgoing) for found in Machine._transitions.operations.values())
    assert links >= LINKS_MIN
    assert len(ROLES) == len(set(ROLES)) >= 12
