"""Rows of every kind for tests of the back office, as many as wanted."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from itertools import count

from django.db.models import Model

from jishi.discovery.recommendations.models_measured import DailyRow, ExperimentRow
from jishi.discovery.search.models import IndexNode
from jishi.discovery.steering.models import Rule, RuleSet
from jishi.entry.console.base import all_rows
from jishi.entry.console.tests.factories_discovery import (
    make_day,
    make_experiment,
    make_node,
    make_rule,
    make_rules,
)
from jishi.entry.console.tests.factories_marketing import MARKETING
from jishi.flows import take_payment
from jishi.flows.refund import open_refund
from jishi.identity.accounts.models import User
from jishi.identity.accounts.tests.factories import make_buyer
from jishi.identity.merchants.models import Merchant
from jishi.identity.merchants.tests.factories import make_merchant, make_staff
from jishi.identity.merchants.types import MerchantStatus
from jishi.kernel import audit, clock
from jishi.kernel.db import atomic
from jishi.kernel.ids import BrandId, MerchantId, OrderId, TradeId, UserId, new_id
from jishi.kernel.models import AuditEntry, DeadLetter, OutboxEntry
from jishi.kernel.money import Money
from jishi.money.ledger import rules as ledger_rules
from jishi.money.ledger import services as ledger
from jishi.money.ledger.models import Account, Journal
from jishi.money.payments import services as payments
from jishi.money.payments import services_attempts
from jishi.money.payments import services_books as books
from jishi.money.payments.models import Bill, Break, Callback, Payment, Refund
from jishi.money.payments.types import (
    Captured,
    ChannelName,
    Outcome,
    PartWish,
    PaymentRequest,
    RefundReason,
)
from jishi.money.settlement.models import Payout, Statement
from jishi.offering.catalog import services as catalog
from jishi.offering.catalog import services_brands as brands
from jishi.offering.catalog.models import Brand, Category, Product, ProductVersion
from jishi.offering.catalog.models_brands import BrandAuthorisation
from jishi.offering.catalog.models_offers import SharedProduct
from jishi.offering.catalog.models_review import RejectionTemplate, SensitiveWord
from jishi.offering.catalog.tests.factories import make_attribute, make_brand, make_category, make_product
from jishi.offering.catalog.tests.factories_offers import make_offers, shared
from jishi.offering.catalog.types import AuthorisationWish
from jishi.offering.media.tests.factories import make_asset
from jishi.trade.orders.models import Order
from jishi.trade.orders.queries import order_at_sale, orders_at_sale
from jishi.trade.orders.services import lock_order_trade
from jishi.trade.orders.tests.factories import LineWish, OrderWish, make_trade
from jishi.trade.orders.types import OrderAtSale
from jishi.trade.shipping import services as shipping
from jishi.trade.shipping.models import ForgedScan

_numbers = count(1)
ACCOUNT = "2088-test"


def now() -> datetime:
    """Return the present: pages and actions read the clock too."""
    return clock.now()


# -- trades and money ---------------------------------------------------------------------------------------


def make_unpaid(*wishes: OrderWish) -> list[OrderAtSale]:
    """Make a trade that awaits payment, with its payment."""
    trade = make_trade(wishes or (OrderWish(freight_minor=800),), now=now())
    at_sale = orders_at_sale(trade.id)
    parts = [PartWish(order_id=one.id, merchant_id=one.merchant_id, amount=one.total) for one in at_sale]
    with atomic():
        payments.create(trade_id=trade.id, buyer_id=at_sale[0].buyer_id, parts=parts, now=now())
    return at_sale


def pay(trade_id: TradeId, *, transaction: str | None = None) -> None:
    """Let the channel say that a trade was paid."""
    with atomic():
        payment = payments.lock(trade_id=trade_id)
        attempt = services_attempts.open_attempt(
            payment,
            request=PaymentRequest(channel=ChannelName.ALIPAY),
            merchant_account=ACCOUNT,
            now=now(),
        )
    take_payment.learn(
        Captured(
            out_trade_no=attempt.out_trade_no,
            channel=ChannelName.ALIPAY,
            channel_transaction_id=transaction or f"T{next(_numbers):012d}",
            amount=attempt.amount,
            merchant_account=ACCOUNT,
            paid_at=now(),
            source="webhook",
        ),
        now=now(),
    )


def make_paid(*wishes: OrderWish) -> OrderAtSale:
    """Make a paid order; the first of its trade."""
    orders = make_unpaid(*wishes)
    pay(orders[0].trade_id)
    return order_at_sale(orders[0].id)


def make_refund(order: OrderAtSale | None = None, *, status: str = "requested") -> Refund:
    """Make a refund of all of an order, in a state."""
    chosen = order or make_paid()
    with atomic():
        lock_order_trade(chosen.id)
        made = open_refund(order=chosen, reason=RefundReason.GOODWILL, note="包装破损", now=now())
    failure = "the channel is away" if status == "failed" else None
    all_rows(Refund).filter(id=made.id).update(status=status, failure=failure)
    found: Refund = all_rows(Refund).get(id=made.id)
    return found


def make_callback(
    outcome: Outcome = Outcome.FORGED, *, reason: str = "wrong signature", currency: str | None = "CNY"
) -> None:
    """Note a word from a channel, or from somebody in its name."""
    books.record_callback(
        channel="alipay",
        body=b"{}",
        heard=books.Heard(out_trade_no=f"N{next(_numbers)}", amount_minor=1, currency=currency),
        outcome=outcome,
        reason=reason,
        now=now(),
    )


def make_bill() -> Bill:
    """Make a bill with one break."""
    with atomic():
        bill_id = books.keep_bill(
            books.BillTotals(
                channel=ChannelName.ALIPAY,
                day_date=date(2026, 1, 1) + timedelta(days=next(_numbers)),
                payment_count=3,
                refund_count=1,
                captured_minor=30_000,
                refunded_minor=10_000,
                fee_minor=120,
            ),
            [
                books.FoundBreak(
                    kind="amount",
                    subject="payment",
                    reference=f"T{next(_numbers)}",
                    out_trade_no="N1",
                    our_amount_minor=10_000,
                    their_amount_minor=9_000,
                )
            ],
            now=now(),
        )
    return Bill.objects.get(id=bill_id)


def make_break() -> Break:
    """Make an open break."""
    return Break.objects.get(bill_id=make_bill().id)


def make_statement(
    *, status: str = "confirmed", due_minor: int = 9_500, merchant_id: MerchantId | None = None
) -> Statement:
    """Make a statement of one period."""
    end = date(2026, 1, 1) + timedelta(days=next(_numbers))
    made: Statement = Statement.objects.create(
        merchant_id=merchant_id or make_merchant(),
        from_date=end - timedelta(days=1),
        to_date=end,
        status=status,
        currency="CNY",
        opening_minor=0,
        sales_minor=due_minor + 500,
        refunds_minor=0,
        commission_minor=500,
        adjustments_minor=0,
        due_minor=due_minor,
        order_count=1,
        issued_at=now(),
    )
    return made


def make_payout(*, prepared_by: UserId | None = None) -> Payout:
    """Make a payout that waits for approval."""
    statement = make_statement()
    made: Payout = Payout.objects.create(
        merchant_id=statement.merchant_id,
        statement=statement,
        amount_minor=statement.due_minor,
        currency="CNY",
        status="pending",
        prepared_by=prepared_by or make_buyer(),
        created_at=now(),
    )
    return made


def make_journal() -> Journal:
    """Book something on an account of its own."""
    adjustment_id = new_id()
    with atomic():
        ledger.post(
            ledger_rules.adjusted(
                adjustment_id=adjustment_id,
                merchant_id=MerchantId(new_id()),
                amount=Money(1_000, "CNY"),
                at=now(),
            )
        )
    return Journal.objects.get(reference_id=adjustment_id)


# -- the rest -----------------------------------------------------------------------------------------------


def make_version(*, merchant_id: MerchantId | None = None) -> ProductVersion:
    """Make a product whose first version waits for review."""
    made = make_product(merchant_id=merchant_id, is_live=False)
    catalog.submit(merchant_id=made.merchant_id, product_id=made.id, staff_id=None, now=now())
    found: ProductVersion = all_rows(ProductVersion).get(product_id=made.id)
    return found


def make_letter() -> DeadLetter:
    """Make a job that failed for the last time."""
    return DeadLetter.objects.create(
        job_id=next(_numbers),
        name="jishi.kernel.tasks.reencrypt",
        arguments={"order_id": str(new_id())},
        attempts=10,
        error="Traceback\nValueError: no",
        died_at=now(),
    )


def make_event() -> OutboxEntry:
    """Publish an event."""
    make_merchant()
    return OutboxEntry.objects.order_by("-id")[0]


def make_entry(actor: UserId | None = None) -> AuditEntry:
    """Write to the audit log."""
    subject = new_id()
    audit.record(
        actor=actor or make_buyer(),
        actor_kind="platform",
        action="test.done",
        subject_kind="order",
        subject_id=subject,
        merchant_id=None,
        data={"reason": "因为"},
        now=now(),
    )
    return AuditEntry.objects.get(subject_id=subject)


def make_push(reason: str = "signature") -> ForgedScan:
    """Refuse a push in a carrier's name."""
    shipping.note_forged(
        carrier="shunfeng", reason=reason, client_ip="203.0.113.7", body="sign=0&param={}", now=now()
    )
    return ForgedScan.objects.order_by("-id")[0]


def _merchant() -> Merchant:
    merchant_id = make_merchant(status=MerchantStatus.IN_REVIEW)
    make_staff(merchant_id)
    return Merchant.objects.get(id=merchant_id)


def make_shared_row() -> SharedProduct:
    """Make a shared product that two merchants offer."""
    return SharedProduct.objects.get(id=shared(make_offers()[0].id))


def make_offer() -> Product:
    """Make one of two merchants' offers of the same thing."""
    found: Product = all_rows(Product).get(id=make_offers()[1].id)
    return found


def _category() -> Category:
    parent = make_category()
    make_attribute(parent, f"a{next(_numbers)}", choices=[("red", "红", "Red")])
    return Category.objects.get(id=make_category(parent_id=parent))


def make_authorisation(status: str = "requested") -> BrandAuthorisation:
    """Make a merchant's request to sell a brand."""
    merchant, brand = make_merchant(), make_brand(f"品牌{next(_numbers)}", needs_authorisation=True)
    wish = AuthorisationWish(media_ids=[make_asset(merchant)], note="valid until 2028")
    brands.ask_authorisation(
        merchant_id=merchant, brand_id=BrandId(brand.id), wish=wish, staff_id=None, now=now()
    )
    made: BrandAuthorisation = all_rows(BrandAuthorisation).get(brand_id=brand.id)
    if status == "granted":
        brands.grant_authorisation(authorisation_id=made.id, reviewer_id=make_buyer(), now=now())
    return made


def _word() -> SensitiveWord:
    SensitiveWord.objects.exclude(
        text__startswith="word"
    ).delete()  # those that a market begins with are Chinese
    return SensitiveWord.objects.create(text=f"word{next(_numbers)}")


def _template() -> RejectionTemplate:
    RejectionTemplate.objects.exclude(text_zh__startswith="reason").delete()
    return RejectionTemplate.objects.create(text_zh=f"reason {next(_numbers)}")


def _order() -> Order:
    found: Order = all_rows(Order).get(id=make_paid(OrderWish(lines=(LineWish(), LineWish()))).id)
    return found


def _payment() -> Payment:
    return Payment.objects.get(trade_id=make_paid().trade_id)


def _callback() -> Callback:
    make_callback()
    return Callback.objects.order_by("-id")[0]


MAKERS: dict[type[Model], Callable[[], Model]] = {
    Merchant: _merchant,
    ProductVersion: make_version,
    Product: lambda: all_rows(Product).get(id=make_product().id),
    SharedProduct: make_shared_row,
    Category: _category,
    Brand: lambda: make_brand(f"品牌{next(_numbers)}"),
    BrandAuthorisation: make_authorisation,
    SensitiveWord: _word,
    RejectionTemplate: _template,
    Order: _order,
    Refund: make_refund,
    User: lambda: User.objects.get(pk=make_buyer()),
    Payment: _payment,
    Callback: _callback,
    Bill: make_bill,
    Break: make_break,
    Account: lambda: Account.objects.get(name__startswith=f"merchant_payable:{_posted(make_journal())}"),
    Journal: make_journal,
    Statement: make_statement,
    Payout: make_payout,
    DeadLetter: make_letter,
    OutboxEntry: make_event,
    AuditEntry: make_entry,
    ForgedScan: make_push,
    IndexNode: make_node,
    RuleSet: make_rules,
    Rule: make_rule,
    DailyRow: make_day,
    ExperimentRow: make_experiment,
    **MARKETING,
}


def _posted(journal: Journal) -> str:
    from jishi.money.ledger import queries

    names = [posting.account for posting in queries.journals_of(journal.reference_id)[0].postings]
    return next(name.partition(":")[2] for name in names if name.startswith("merchant_payable:"))


def order_row(order_id: OrderId) -> Order:
    """Read an order."""
    found: Order = all_rows(Order).get(id=order_id)
    return found
