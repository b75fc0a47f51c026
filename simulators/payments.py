"""Payments and refunds as a channel keeps them; the two wire protocols translate to this and back."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from simulators.clock import CHINA_TIME, Clock
from simulators.records import CallbackMode, Capture, Company, Payment, Refund
from simulators.store import Store

Listener = Callable[[Payment, Capture, CallbackMode], None]


def _tell_nobody(*_: object) -> None:
    """Until somebody listens."""


class Refused(Exception):
    """A channel's no, with its error code and text."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


class Payments:
    """All payments of both channels. `on_capture` and `on_refund` are told of money that moved."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._by_token: dict[str, str] = {}
        self._by_share: dict[str, str] = {}
        self._by_transaction: dict[str, str] = {}
        self._refunds_of: dict[str, list[str]] = {}
        self._promised: set[str] = set()
        self.default_mode = CallbackMode.NORMAL
        self.on_capture: Listener = _tell_nobody
        self.on_refund: Callable[[Payment, Refund], None] = _tell_nobody
        for payment in store.all("payments", Payment):
            self._index(payment)
        for refund in store.all("refunds", Refund):
            self._refunds_of.setdefault(refund.transaction_id, []).append(refund.key)

    # Finding

    def find(self, company: Company, number: str) -> Payment | None:
        """Return the payment with this number; a share's number finds the payment it belongs to."""
        own = self._store.get("payments", f"{company}:{number}", Payment)
        key = self._by_share.get(f"{company}:{number}")
        return own or (self._store.get("payments", key, Payment) if key else None)

    def by_token(self, token: str) -> Payment | None:
        """Return the payment of a cashier page."""
        key = self._by_token.get(token)
        return self._store.get("payments", key, Payment) if key else None

    def by_transaction(self, company: Company, transaction_id: str) -> Payment | None:
        """Return the payment that captured this transaction."""
        key = self._by_transaction.get(f"{company}:{transaction_id}")
        return self._store.get("payments", key, Payment) if key else None

    def all(self) -> list[Payment]:
        """Return all payments, oldest first."""
        return list(self._store.all("payments", Payment))

    def refunds(self) -> list[Refund]:
        """Return all refunds, oldest first."""
        return list(self._store.all("refunds", Refund))

    # Opening and ending

    def open(self, wish: Payment) -> Payment:
        """Open a payment, or return the one that is open under this number already.

        Raises: Refused when the number was used for something else, or the payment is over.
        """
        known = self._store.get("payments", wish.key, Payment)
        if known is None:
            taken = [s for s in wish.shares if f"{wish.company}:{s.out_trade_no}" in self._by_share]
            if taken or f"{wish.company}:{wish.out_trade_no}" in self._by_share:
                raise Refused("OUT_TRADE_NO_USED", "商户订单号重复")
            return self._save(wish)
        if (known.amount_minor, known.currency, known.shares) != (
            wish.amount_minor,
            wish.currency,
            wish.shares,
        ):
            raise Refused("OUT_TRADE_NO_USED", "商户订单号重复：与首次请求的参数不一致")
        state = known.state(self._clock.now())
        if state == "paid":
            raise Refused("ORDERPAID", "该订单已支付")
        if state == "closed":
            raise Refused("ORDER_CLOSED", "该订单已关闭")
        return known

    def close(self, payment: Payment) -> Payment:
        """Close an unpaid payment. Raises: Refused when it is paid."""
        if payment.captures:
            raise Refused("ORDERPAID", "该订单已支付")
        if payment.closed_at is None:
            payment = self._save(replace(payment, closed_at=self._clock.now()))
        return self._pay_if_promised(payment)

    def sweep(self) -> None:
        """Take the money of those who wanted to pay late, once their payment is over."""
        promised = [self._store.get("payments", key, Payment) for key in self._promised]
        for payment in promised:
            if payment and payment.state(self._clock.now()) == "closed":
                self._pay_if_promised(payment)

    # What buyers do

    def pay(self, payment: Payment, mode: CallbackMode | None = None) -> Payment:
        """Pay an open payment. Raises: Refused."""
        state = payment.state(self._clock.now())
        if state in ("paid", "closed"):
            raise Refused("ORDERPAID" if state == "paid" else "ORDER_CLOSED", f"the payment is {state}")
        return self._capture(payment, mode)

    def pay_twice(self, payment: Payment, mode: CallbackMode | None = None) -> Payment:
        """Take the money a second time under the same number; takes the first time too if need be."""
        if not payment.captures:
            payment = self.pay(payment, mode)
        return self._capture(payment, mode)

    def pay_late(self, payment: Payment, mode: CallbackMode | None = None) -> Payment:
        """Pay a closed payment now; an open one as soon as the shop closes it or it expires."""
        if payment.captures:
            raise Refused("ORDERPAID", "the payment is paid")
        mode = mode or self.default_mode
        payment = self._save(replace(payment, pays_when_closed=True, callback_mode=mode))
        return self._pay_if_promised(payment) if payment.state(self._clock.now()) == "closed" else payment

    def fail(self, payment: Payment) -> Payment:
        """Let an attempt fail; the buyer may try again. Raises: Refused when it is paid."""
        if payment.captures:
            raise Refused("ORDERPAID", "the payment is paid")
        return self._save(replace(payment, has_failed=True))

    # Refunds

    def refund(self, wish: Refund, total_minor: int | None) -> tuple[Refund, bool]:
        """Send money back, once per number. Return the refund and whether it is new.

        Raises: Refused for an unknown transaction, another amount under the same number, or more than was
        paid.
        """
        known = self._store.get("refunds", wish.key, Refund)
        if known is not None:
            if (known.transaction_id, known.amount_minor) != (wish.transaction_id, wish.amount_minor):
                raise Refused("REFUND_NUMBER_USED", "退款单号已用于另一笔退款")
            return known, False
        payment = self.by_transaction(wish.company, wish.transaction_id)
        if payment is None:
            raise Refused("RESOURCE_NOT_EXISTS", "交易不存在")
        captured_minor = captured_by(payment, wish.transaction_id)
        if total_minor is not None and total_minor != captured_minor:
            raise Refused("TOTAL_MISMATCH", "订单金额与原交易不一致")
        if wish.amount_minor <= 0 or self.refunded(wish.transaction_id) + wish.amount_minor > captured_minor:
            raise Refused("REFUND_TOO_LARGE", "累计退款金额超过订单金额")
        self._keep_refund(wish)
        if not wish.is_abnormal:
            self.on_refund(payment, wish)
        return wish, True

    def find_refund(self, company: Company, number: str, transaction_id: str = "") -> Refund | None:
        """Return a refund by its number (and, at Alipay, its transaction)."""
        scope = transaction_id if company is Company.ALIPAY else ""
        return self._store.get("refunds", f"{company}:{scope}:{number}", Refund)

    def refunded(self, transaction_id: str) -> int:
        """Return what went back of a transaction so far, in minor units."""
        keys = self._refunds_of.get(transaction_id, [])
        refunds = [self._store.get("refunds", key, Refund) for key in keys]
        return sum(refund.amount_minor for refund in refunds if refund)

    # A past that was never played

    def remember(self, payments: Sequence[Payment], refunds: Sequence[Refund]) -> int:
        """Take over payments and refunds of the past; nobody is told. Return how many were new."""
        new_payments = [one for one in payments if self._store.get("payments", one.key, Payment) is None]
        new_refunds = [one for one in refunds if self._store.get("refunds", one.key, Refund) is None]
        for payment in new_payments:
            self._save(payment)
        for refund in new_refunds:
            self._keep_refund(refund)
        return len(new_payments) + len(new_refunds)

    # Inside

    def forget(self) -> None:
        """Forget all indexes; the store is cleared apart from this."""
        for index in (self._by_token, self._by_share, self._by_transaction, self._refunds_of):
            index.clear()
        self._promised.clear()
        self.default_mode = CallbackMode.NORMAL

    def _pay_if_promised(self, payment: Payment) -> Payment:
        if not payment.pays_when_closed:
            return payment
        return self._capture(replace(payment, pays_when_closed=False), payment.callback_mode)

    def _capture(self, payment: Payment, mode: CallbackMode | None) -> Payment:
        now = self._clock.now()
        capture = Capture(transaction_ids=_transaction_ids(payment, now), paid_at=now)
        payment = self._save(replace(payment, captures=(*payment.captures, capture)))
        self.on_capture(payment, capture, mode or self.default_mode)
        return payment

    def _keep_refund(self, refund: Refund) -> None:
        self._store.put("refunds", refund.key, refund)
        self._refunds_of.setdefault(refund.transaction_id, []).append(refund.key)

    def _save(self, payment: Payment) -> Payment:
        self._store.put("payments", payment.key, payment)
        self._index(payment)
        return payment

    def _index(self, payment: Payment) -> None:
        self._by_token[payment.token] = payment.key
        if payment.pays_when_closed:
            self._promised.add(payment.key)
        else:
            self._promised.discard(payment.key)
        for share in payment.shares:
            self._by_share[f"{payment.company}:{share.out_trade_no}"] = payment.key
        for capture in payment.captures:
            for transaction_id in capture.transaction_ids.values():
                self._by_transaction[f"{payment.company}:{transaction_id}"] = payment.key


def captured_by(payment: Payment, transaction_id: str) -> int:
    """Return what one transaction captured, in minor units."""
    return sum(
        payment.share(number).amount_minor
        for capture in payment.captures
        for number, own in capture.transaction_ids.items()
        if own == transaction_id
    )


def share_of(payment: Payment, transaction_id: str) -> str:
    """Return the number that a transaction is known by at the shop: its share's in a combined payment."""
    if not payment.is_combined:
        return payment.out_trade_no
    numbers = [
        number
        for capture in payment.captures
        for number, own in capture.transaction_ids.items()
        if own == transaction_id
    ]
    return numbers[0]


def new_token() -> str:
    """Make the unguessable name of a cashier page."""
    return secrets.token_urlsafe(18)


def _transaction_ids(payment: Payment, now: datetime) -> dict[str, str]:
    """Number the transactions in the channel's manner, 28 digits with the day in them."""
    day = now.astimezone(CHINA_TIME).strftime("%Y%m%d")
    if payment.company is Company.ALIPAY:
        one = f"{day}2200{secrets.randbelow(10**16):016d}"
        return {share.out_trade_no: one for share in payment.shares}
    return {
        share.out_trade_no: f"42000{secrets.randbelow(10**5):05d}{day}{secrets.randbelow(10**10):010d}"
        for share in payment.shares
    }
