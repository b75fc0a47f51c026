"""schemathesis over the whole API: every operation of the document, asked well and badly, as everybody.

Run with `-p schemathesis`.
"""

from collections.abc import Iterator
from itertools import cycle

import pytest
from hypothesis import HealthCheck, settings
from schemathesis.generation.meta import TestPhase
from schemathesis.specs.openapi.checks import positive_data_acceptance

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

others = cycle(OTHERS)


@schema.parametrize()
@settings(suppress_health_check=list(HealthCheck))
def test_the_api_keeps_its_word(case: AnyCase, stocked: Victim, people: dict[str, str | None]) -> None:
    swap(case, placeholders(stocked.ids))
    for who in askers(case):
        token = people[who]
        with taken_back():
            case.call_and_validate(
                headers={"X-Session-Token": token} if token else {},
                excluded_checks=[positive_data_acceptance],
                additional_checks=[takes_what_the_schema_allows, refuses_with_reasons],
            )


def askers(case: AnyCase) -> Iterator[str]:
    """Name who sends a case: whom the operation is for, and unless it varies one field at a time, others too.

    Others are refused before anything is read, so a hundred ways to misspell a field tell nothing new of them.
    """
    path = case.operation.path
    meant = "owner" if "/merchant/" in path else "buyer" if "/store/" in path else "visitor"
    yield meant
    if case.meta is None or case.meta.phase.name is not TestPhase.COVERAGE:
        yield from (who for who in MEANT if who != meant)
        yield next(others)
