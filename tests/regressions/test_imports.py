"""Bulk imports that lost what they were given."""

import pytest
from django.db import IntegrityError, transaction

from jishi.kernel.db import execute, row, rows
from jishi.kernel.ids import MerchantId
from jishi.offering.imports import queries, services_run
from jishi.offering.imports.tests.factories import (
    NOW,
    begin,
    bring_in,
    cup,
    finish,
    make_shop,
    refused,
    skus_of,
    table,
)
from jishi.offering.imports.types import RunStatus

pytestmark = pytest.mark.django_db


def waiting(merchant_id: MerchantId) -> int:
    """Return how many jobs wait to go on with a merchant's imports."""
    found = row(
        "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'offering.imports.advance' AND lock = %s",
        [f"import:{merchant_id}"],
    )
    assert found is not None
    return int(found[0])


def test_mercur_vendor_panel_174_an_import_never_vanishes_without_a_result(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The worker dead on the way, all rows bad: the run is in the list, says where it stands, comes to its end."""
    shop = make_shop()
    monkeypatch.setattr(services_run, "ROWS_A_CHUNK", 5)
    run_id = begin(shop, table([cup(number) for number in range(9)] + [cup(90, 售价="")]))
    assert waiting(shop.merchant_id) == 2  # to check it, and to write it

    work = services_run.work_of(shop.merchant_id, run_id)
    assert work is not None and services_run.step(work, now=NOW)
    (seen,) = queries.runs(shop.merchant_id, cursor=None, limit=9).items
    assert (seen.status, seen.done_count) == (RunStatus.WRITING, 5)
    with pytest.raises(IntegrityError, match="done_is_all"), transaction.atomic():
        execute("UPDATE imports_run SET status = 'done' WHERE id = %s", [run_id])

    run = finish(shop, run_id)
    assert (run.status, run.created_count, run.refused_count) == (RunStatus.DONE, 9, 1)
    assert [one.line for one in refused(shop, run_id)] == [11]

    nothing = bring_in(shop, table([["?", "", "", "", ""]]))
    assert (nothing.status, nothing.refused_count) == (RunStatus.DONE, 1)
    assert len(queries.runs(shop.merchant_id, cursor=None, limit=9).items) == 2


@pytest.mark.slow
def test_thirtybees_1188_forty_thousand_rows_in_forty_thousand_accounted_for() -> None:
    shop = make_shop()
    bad = {7, 300, 301, 20_000, 39_999}
    run = bring_in(
        shop, table(cup(number, **{"售价": "free"} if number in bad else {}) for number in range(40_000))
    )

    assert run.status is RunStatus.DONE and run.row_count == run.done_count == 40_000
    assert (run.created_count, run.updated_count, run.unchanged_count) == (40_000 - len(bad), 0, 0)
    assert [one.line - 2 for one in refused(shop, run.id)] == sorted(bad)
    assert skus_of(shop).keys() == {f"CUP-{number}" for number in range(40_000) if number not in bad}
    assert rows("SELECT count(*) FROM catalog_product") == [(40_000 - len(bad),)]
