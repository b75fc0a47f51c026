"""Money, goods and second thoughts at the same instant, over HTTP at real processes: one truth is left."""

from collections import Counter
from collections.abc import Callable
from functools import partial
from itertools import count, product
from typing import Any, TypeVar

import httpx
import pytest

from benchmarks.rows import Row
from jishi.flows.payment_tasks import poll_payment
from tests.races.people import Person, Town, after, at_once, said

pytestmark = pytest.mark.slow

ROUNDS = 10
Figures = Callable[[Row], None]
T = TypeVar("T")
_numbers = count(1)


def _in_turn(turn: int, one: Callable[[], T], other: Callable[[], T]) -> tuple[Callable[[], T], ...]:
    """Let one of two be late, every second time the other, a little more each time: so that each comes first."""
    late = 0.04 * turn
    return (one, after(late, other)) if turn % 2 else (after(late, one), other)


def _hand_over(figures: Figures, work: str, outcomes: Counter[str], *, kinds_min: int = 2) -> None:
    """Keep how often each outcome was seen; where one was seen every time, nobody raced."""
    assert len(outcomes) >= kinds_min, outcomes
    note = ", ".join(f"{count} × {outcome}" for outcome, count in sorted(outcomes.items()))
    rounds = sum(outcomes.values())
    figures(Row(work=f"race: {work}", measured=rounds, unit="rounds", measured_min=ROUNDS, note=note))


def _all_goes_back(town: Town, trade: dict[str, Any]) -> Callable[[], bool]:
    def is_so() -> bool:
        taken, back, waiting = town.money(trade["id"])
        return taken == back and not waiting

    return is_so


# -- payment -------------------------------------------------------------------------------------------------


def test_cancel_against_pay(town: Town, figures: Figures) -> None:
    """Whoever comes first, the order is closed in the end, its pieces are free, and all money goes back."""
    (buyer,), (sku_id,) = town.buyers(1), town.goods(1)
    before = town.stock(sku_id)
    outcomes = Counter[str]()
    for turn in range(ROUNDS):
        trade = buyer.buy((sku_id, 1))
        order_id, cashier = trade["orders"][0]["id"], buyer.cashier(trade["id"])
        cancel = partial(buyer.send, "POST", f"/store/orders/{order_id}/cancel", {"reason": ""})
        cancelled, paid = at_once(*_in_turn(turn, cancel, partial(town.press_pay, cashier)))
        assert isinstance(cancelled, httpx.Response)
        assert said(cancelled) == "200"
        town.until(_all_goes_back(town, trade), what="the refund")
        assert town.status(order_id) == "closed"
        assert town.money(trade["id"])[0] == (trade["total"]["amount_minor"] if paid else 0)
        outcomes[_order_of_events(town, order_id)] += 1
    assert town.stock(sku_id) == before
    town.check()
    _hand_over(figures, "cancel against pay", outcomes)


def _order_of_events(town: Town, order_id: str) -> str:
    found = town.ask("SELECT kind FROM orders_event WHERE order_id = %s ORDER BY id", order_id)
    return " ".join(kind for (kind,) in found if kind not in {"placed", "refunded"})


def test_pay_against_the_deadline(town: Town, figures: Figures) -> None:
    """The worker closes trades at their deadline while their money arrives, a little before and a little after."""
    buyers, (sku_id,) = town.buyers(12), town.goods(1)
    trades = [one.buy((sku_id, 1)) for one in buyers]
    cashiers = [one.cashier(trade["id"]) for one, trade in zip(buyers, trades, strict=True)]
    on_hand, reserved = town.stock(sku_id)
    _move_deadlines(town, [trade["id"] for trade in trades], seconds=2.5)
    paid = at_once(
        *(after(1.5 + 0.2 * place, partial(town.press_pay, one)) for place, one in enumerate(cashiers))
    )
    outcomes = Counter[str]()
    for trade, is_paid in zip(trades, paid, strict=True):
        outcomes[_settled(town, trade, is_paid=is_paid)] += 1
    kept = sum(number for outcome, number in outcomes.items() if not outcome.startswith("closed"))
    assert town.stock(sku_id) == (on_hand, reserved - len(trades) + kept)
    town.check()
    _hand_over(figures, "pay against the deadline", outcomes)


def _move_deadlines(town: Town, trade_ids: list[str], *, seconds: float) -> None:
    """Let the time to pay be over in so many seconds, for the trades, their orders, payments and jobs."""
    deadline = f"now() + interval '{seconds} seconds'"
    for table, key in (
        ("orders_trade", "id"),
        ("orders_order", "trade_id"),
        ("payments_payment", "trade_id"),
    ):
        town.ask(
            f"UPDATE {table} SET pay_before_at = {deadline} WHERE {key} = ANY(%s::uuid[]) RETURNING 1",
            trade_ids,
        )
    moved = town.ask(
        f"UPDATE kernel_scheduled_job SET due_at = {deadline} "
        "WHERE name LIKE '%%close_unpaid' AND arguments->>'trade_id' = ANY(%s) RETURNING 1",
        trade_ids,
    )
    assert len(moved) == len(trade_ids)


def _settled(town: Town, trade: dict[str, Any], *, is_paid: bool) -> str:
    """Wait until a trade is paid for good or closed with its money back; say which."""
    order_id, total = trade["orders"][0]["id"], trade["total"]["amount_minor"]

    def is_settled() -> bool:
        taken, back, waiting = town.money(trade["id"])
        if town.status(order_id) == "awaiting_shipment":
            return (taken, back, waiting) == (total, 0, 0)
        return town.status(order_id) == "closed" and (taken, back, waiting) == (is_paid * total,) * 2 + (0,)

    town.until(is_settled, what=f"the end of {trade['id']}")
    return f"{town.status(order_id)} ({_order_of_events(town, order_id)})"


# How much earlier than the others one side is: at one instant, nearly so, and surely.
HEAD_STARTS = (0.0, 0.05, 0.2, 1.0)
SIDES = ("webhook", "return", "poll")


def test_callback_return_page_and_poll_at_the_same_instant(town: Town, figures: Figures) -> None:
    """Money is told of from all sides at once, by the callback even twice, and pays once, whoever is first.

    One page: of two within two seconds only the first asks the channel.
    """
    (buyer,), (sku_id,) = town.buyers(1), town.goods(1)
    phone = town.device(buyer)
    outcomes = Counter[str]()
    for early, lead in product(SIDES, HEAD_STARTS):
        trade = buyer.buy((sku_id, 1))
        order_id, cashier = trade["orders"][0]["id"], buyer.cashier(trade["id"])
        ((number,),) = town.ask(
            "SELECT out_trade_no FROM payments_attempt a JOIN payments_payment p ON p.id = a.payment_id "
            "WHERE p.trade_id = %s", trade["id"],
        )  # fmt: skip
        assert town.press_pay(cashier, mode="reorder")
        told: list[tuple[str, Callable[[], object]]] = [
            ("webhook", town.control.release),
            ("webhook", partial(town.control.resend, number)),
            ("return", partial(phone.done, "GET", f"/store/trades/{trade['id']}/payments?returned=true")),
            ("poll", partial(_ask_for_poll, town, trade["id"])),
        ]
        at_once(*(after(0 if side == early else lead, call) for side, call in told))
        town.until(lambda order=order_id: town.status(order) == "awaiting_shipment", what="the payment")  # type: ignore[misc]
        town.until(partial(_is_polled, town, trade["id"]), what="the end of the poll")
        assert town.money(trade["id"]) == (trade["total"]["amount_minor"], 0, 0)
        assert _order_of_events(town, order_id) == "paid"
        heard = {
            outcome
            for (outcome,) in town.ask(
                "SELECT outcome FROM payments_callback WHERE out_trade_no = %s", number
            )
        }
        ((source,),) = town.ask(
            "SELECT source FROM payments_capture c JOIN payments_payment p ON p.id = c.payment_id "
            "WHERE p.trade_id = %s", trade["id"],
        )  # fmt: skip
        assert heard in ([{"applied"}, {"applied", "repeated"}] if source == "webhook" else [{"repeated"}])
        outcomes[f"{source} first"] += 1
    assert set(outcomes) == {f"{side} first" for side in SIDES}
    town.check()
    _hand_over(figures, "callback, return page and poll at once", outcomes)


def _ask_for_poll(town: Town, trade_id: str) -> None:
    """Let the worker ask the channel about a trade, as it does when no callback comes."""
    town.ask(
        "INSERT INTO kernel_scheduled_job (id, due_at, name, lock, arguments, priority) VALUES "
        "(uuidv7(), now(), %s, %s, jsonb_build_object('trade_id', %s::text), 0) RETURNING 1",
        poll_payment.name, f"payment:{trade_id}", trade_id,
    )  # fmt: skip


def _is_polled(town: Town, trade_id: str) -> bool:
    """Say whether the job is done: it is nowhere any more."""
    ((waiting,),) = town.ask(
        "SELECT (SELECT count(*) FROM kernel_scheduled_job WHERE name = %s AND arguments->>'trade_id' = %s) + "
        "(SELECT count(*) FROM procrastinate_jobs WHERE task_name = %s AND args->>'trade_id' = %s "
        "AND status IN ('todo', 'doing'))",
        *(poll_payment.name, trade_id) * 2,
    )  # fmt: skip
    return not waiting


# -- goods that leave, money that goes back ------------------------------------------------------------------


def _lines_of(buyer: Person, order_id: str) -> list[dict[str, Any]]:
    order = buyer.done("GET", f"/store/orders/{order_id}")
    return [{"order_line_id": line["id"], "quantity": line["quantity"]} for line in order["lines"]]


def _refund(clerk: Person, order_id: str, lines: list[dict[str, Any]]) -> Callable[[], httpx.Response]:
    return partial(clerk.send, "POST", f"/merchant/orders/{order_id}/refunds", {"lines": lines})


def test_ship_against_refund(town: Town, figures: Figures) -> None:
    """Pieces are refunded either way; they stay on the shelf only when the refund came first."""
    (buyer,), (sku_id,), desk = town.buyers(1), town.goods(1), town.device(town.clerk)
    outcomes = Counter[str]()
    for turn in range(ROUNDS):
        on_hand, _ = town.stock(sku_id)
        trade = town.paid(buyer, (sku_id, 2))
        order_id = trade["orders"][0]["id"]
        wish = {"carrier": "shunfeng", "tracking_number": f"SFRACE{next(_numbers):06d}"}
        send = partial(town.clerk.send, "POST", f"/merchant/orders/{order_id}/parcels", wish)
        refund = _refund(desk, order_id, _lines_of(buyer, order_id))
        sent, refunded = at_once(*_in_turn(turn, send, refund))
        assert said(refunded) == "201"
        assert said(sent) in {"201", "409 pieces_gone", "409 nothing_to_ship"}
        town.until(partial(_is_refunded, town, trade), what="the refund")
        assert town.stock(sku_id)[0] == on_hand - (2 if sent.is_success else 0)
        outcomes["sent and refunded" if sent.is_success else "refunded, not sent"] += 1
    town.check()
    _hand_over(figures, "ship against refund", outcomes)


def _is_refunded(town: Town, trade: dict[str, Any]) -> bool:
    _, back, waiting = town.money(trade["id"])
    return back > 0 and not waiting


def test_two_refunds_of_the_same_line(town: Town, figures: Figures) -> None:
    """Two clerks refund the same pieces: one does, and the buyer gets what he paid, once."""
    (buyer,), (sku_id,), desk = town.buyers(1), town.goods(1), town.device(town.clerk)
    outcomes = Counter[str]()
    for _ in range(ROUNDS):
        before = town.stock(sku_id)
        trade = town.paid(buyer, (sku_id, 2))
        order_id = trade["orders"][0]["id"]
        lines = _lines_of(buyer, order_id)
        answers = at_once(_refund(town.clerk, order_id, lines), _refund(desk, order_id, lines))
        found = sorted(map(said, answers))
        assert found[0] == "201"
        assert found[1] in {"409 refund_too_much", "409 pieces_gone", "409 nothing_to_refund"}
        town.until(partial(_is_refunded, town, trade), what="the refund")
        assert town.money(trade["id"]) == (trade["total"]["amount_minor"],) * 2 + (0,)
        assert town.stock(sku_id) == before
        outcomes[found[1]] += 1
    town.check()
    _hand_over(figures, "two refunds of one line", outcomes, kinds_min=1)  # of two alike either may win
