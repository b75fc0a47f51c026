"""Orders by the thousand, and how the database reads them."""

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from jishi.kernel.crypto import CannotOpen
from jishi.kernel.db import execute, row, rows
from jishi.kernel.ids import OrderId


def repeat(order_id: OrderId, times: int) -> None:
    """Copy an order a second apart each, one in fifty of them still to be sent, and let the planner know."""
    columns = [
        name
        for (name,) in rows(
            "SELECT column_name FROM information_schema.columns WHERE table_name = 'orders_order' "
            "AND table_schema = current_schema() ORDER BY ordinal_position"
        )
    ]
    other = {
        "id": "uuidv7()",
        "number": "lpad(n::text, 15, '0')",
        "placed_at": "o.placed_at - n * interval '1 second'",
        "status": "CASE WHEN mod(n, 50) = 0 THEN 'awaiting_shipment' ELSE 'completed' END",
        "completed_at": "CASE WHEN mod(n, 50) <> 0 THEN o.placed_at END",
    }
    values = ", ".join(other.get(name, f"o.{name}") for name in columns)
    execute(
        f"INSERT INTO orders_order ({', '.join(columns)}) SELECT {values} "
        "FROM orders_order o, generate_series(1, %s) n WHERE o.id = %s",
        [times, order_id],
    )
    execute("ANALYZE orders_order")


def plan_of(read: Callable[[], object]) -> dict[str, Any]:
    """Run a list and return how its first statement was carried out."""
    # The copies hold a recipient that was sealed for another row: after the statement, a merchant's page
    # cannot open.
    with CaptureQueriesContext(connection) as seen, suppress(CannotOpen):
        read()
    found = row(f"EXPLAIN (ANALYZE, FORMAT JSON) {seen[0]['sql'].replace('%', '%%')}")
    assert found is not None
    plan: dict[str, Any] = (found[0] if isinstance(found[0], list) else json.loads(found[0]))[0]["Plan"]
    return plan


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Return every step of a plan."""
    yield plan
    for child in plan.get("Plans", []):
        yield from nodes(child)


def rows_read(plan: dict[str, Any], table: str = "orders_order") -> int:
    """Return how many rows were taken out of a table or its indexes."""
    scans = [node for node in nodes(plan) if node.get("Relation Name") == table]
    return sum(int(node["Actual Rows"] * node["Actual Loops"]) for node in scans)
