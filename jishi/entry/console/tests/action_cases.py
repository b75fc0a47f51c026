"""Every action of every desk: the row it wants, who may, what it asks, what the row says before and after."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model

from jishi.discovery.recommendations.models_measured import ExperimentRow
from jishi.discovery.search.models import IndexNode
from jishi.discovery.steering.models import Rule, RuleSet
from jishi.entry.console.base import all_rows
from jishi.entry.console.tests.action_rows import (
    KNOWN_ID,
    banned,
    beside_a_known_twin,
    blocked,
    bought,
    closing,
    jobs_of,
    live_version,
    merchant,
    open_or_closed,
    payout,
    payouts_of,
    product,
    quiet_refund,
    refunds_of,
    rules_beside_a_brand,
    rules_of,
    rules_with_a_known_one,
    sets,
)
from jishi.entry.console.tests.factories import (
    make_authorisation,
    make_bill,
    make_break,
    make_letter,
    make_offer,
    make_paid,
    make_shared_row,
    make_statement,
    make_unpaid,
    make_version,
    order_row,
)
from jishi.entry.console.tests.factories_discovery import make_experiment, make_node, make_rule, make_rules
from jishi.identity.accounts.models import User
from jishi.identity.accounts.tests.factories import make_buyer
from jishi.identity.merchants.models import Merchant
from jishi.identity.merchants.types import MerchantStatus
from jishi.kernel.models import DeadLetter
from jishi.money.payments.models import Bill, Break, Refund
from jishi.money.settlement.models import Payout, Statement
from jishi.offering.catalog import queries_offers
from jishi.offering.catalog.models import Category, Product, ProductVersion
from jishi.offering.catalog.models_brands import BrandAuthorisation
from jishi.offering.catalog.models_offers import SharedProduct
from jishi.offering.catalog.tests.factories import make_category
from jishi.trade.orders.models import Order

OPS, FIN, SER, RSK = "operations", "finance", "service", "risk"


@dataclass(frozen=True, slots=True)
class Case:
    """One action: on what, by whom, with which answers, and what the row says before and after."""

    action: str
    table: type[Model]
    make: Callable[[], Model]
    roles: set[str]
    before: str
    after: str
    answers: dict[str, str] = field(default_factory=dict)
    look: Callable[[Any], str] = lambda row: str(row.status)
    sees: set[str] = field(default_factory=set)  # may open the page, may not act
    name: str = ""


def read(row: Model) -> Any:
    return all_rows(type(row)).get(pk=row.pk)


REASON = {"reason": "已与对方核实"}
CASES = [
    Case(
        "approve",
        Merchant,
        merchant(MerchantStatus.IN_REVIEW),
        {OPS, RSK},
        "in_review",
        "active",
        sees={SER, FIN},
    ),
    Case(
        "approve",
        Merchant,
        merchant(MerchantStatus.SUSPENDED),
        {OPS, RSK},
        "suspended",
        "active",
        name="resume",
    ),
    Case("reject", Merchant, merchant(MerchantStatus.IN_REVIEW), {OPS, RSK}, "in_review", "rejected", REASON),
    Case(
        "agree_terms",
        Merchant,
        merchant(MerchantStatus.ACTIVE),
        {OPS},
        "500",
        "350",
        {"commission": "3.50", "settlement_mode": "own_clearing", "statement_cycle": "weekly"},
        look=lambda row: str(row.commission_basis_points),
        sees={RSK},
    ),
    Case(
        "suspend",
        Merchant,
        merchant(MerchantStatus.ACTIVE),
        {OPS, RSK},
        "active",
        "suspended",
        REASON,
        sees={FIN},
    ),
    Case(
        "start_closing",
        Merchant,
        merchant(MerchantStatus.SUSPENDED),
        {OPS, RSK},
        "suspended",
        "closing",
        REASON,
    ),
    Case("close", Merchant, closing, {OPS, RSK}, "closing", "closed"),
    Case(
        "approve", ProductVersion, make_version, {OPS, RSK}, "in_review", "live", sees={SER}, name="listing"
    ),
    Case(
        "reject",
        ProductVersion,
        make_version,
        {OPS, RSK},
        "in_review",
        "rejected",
        REASON,
        sees={SER},
        name="listing",
    ),
    Case(
        "ban",
        ProductVersion,
        live_version,
        {OPS, RSK},
        "live",
        "banned",
        REASON,
        look=lambda row: all_rows(Product).get(id=row.product_id).status,
        sees={SER},
        name="listing",
    ),
    Case("ban", Product, product, {OPS, RSK}, "live", "banned", REASON, sees={SER}),
    Case("reopen", Product, banned, {OPS, RSK}, "banned", "draft", sees={SER}),
    Case(
        "split",
        Product,
        make_offer,
        {OPS},
        "2",
        "1",
        REASON,
        look=lambda row: str(len(queries_offers.siblings(row.id))),
        sees={RSK, SER},
    ),
    Case(
        "merge_in",
        SharedProduct,
        beside_a_known_twin,
        {OPS},
        "0",
        "1",
        {**REASON, "other": f"/p/{KNOWN_ID}"},
        look=lambda row: str(SharedProduct.objects.filter(merged_into=row).count()),
        sees={RSK, SER},
    ),
    Case(
        "undo_last",
        SharedProduct,
        make_shared_row,
        {OPS},
        "2",
        "1",
        look=lambda row: str(len(queries_offers.offers_of(row.id))),
        sees={RSK, SER},
    ),
    Case(
        "set_mode",
        Category,
        lambda: Category.objects.get(id=make_category()),
        {OPS},
        "",
        "shared",
        {"mode": "shared"},
        look=lambda row: str(row.mode),
        sees={RSK, SER},
    ),
    Case("grant", BrandAuthorisation, make_authorisation, {OPS, RSK}, "requested", "granted", sees={SER}),
    Case(
        "refuse",
        BrandAuthorisation,
        make_authorisation,
        {OPS, RSK},
        "requested",
        "refused",
        REASON,
        sees={SER},
    ),
    Case(
        "withdraw",
        BrandAuthorisation,
        lambda: make_authorisation("granted"),
        {OPS, RSK},
        "granted",
        "withdrawn",
        REASON,
        sees={SER},
    ),
    Case(
        "cancel",
        Order,
        lambda: order_row(make_unpaid()[0].id),
        {SER, OPS},
        "awaiting_payment",
        "closed",
        {"cause": "cancelled_by_buyer", **REASON},
        sees={FIN, RSK},
        name="unpaid",
    ),
    Case(
        "cancel",
        Order,
        lambda: order_row(make_paid().id),
        {SER, OPS},
        "awaiting_shipment",
        "closed",
        {"cause": "cancelled_by_merchant", **REASON},
        name="paid",
    ),
    Case(
        "refund_amount",
        Order,
        lambda: order_row(make_paid().id),
        {SER, FIN},
        "[]",
        "[100]",
        {"amount": "1.00", **REASON},
        look=lambda row: str(refunds_of(row)),
        sees={OPS, RSK},
    ),
    Case(
        "refund_rest",
        Order,
        bought,
        {SER, FIN},
        "0",
        "1",
        REASON,
        look=lambda row: str(len(refunds_of(row))),
        sees={OPS, RSK},
    ),
    Case("retry", Refund, quiet_refund, {FIN, SER}, "0", "1", look=lambda row: str(jobs_of(row))),
    Case("prepare_payout", Statement, make_statement, {FIN}, "0", "1", look=lambda row: str(payouts_of(row))),
    Case(
        "answer_dispute",
        Statement,
        lambda: make_statement(status="disputed"),
        {FIN},
        "disputed",
        "issued",
        REASON,
    ),
    Case("approve", Payout, payout("pending"), {FIN}, "pending", "processing", name="payout"),
    Case("mark_paid", Payout, payout("processing"), {FIN}, "processing", "paid", {"reference": "ICBC-1"}),
    Case("mark_failed", Payout, payout("processing"), {FIN}, "processing", "failed", REASON),
    Case("mark_returned", Payout, payout("paid"), {FIN}, "paid", "returned", REASON),
    Case(
        "close",
        Break,
        make_break,
        {FIN},
        "open",
        "closed",
        REASON,
        look=lambda row: open_or_closed(row, "closed_at"),
    ),
    Case(
        "book_transfer",
        Bill,
        make_bill,
        {FIN},
        "open",
        "closed",
        {"reference": "ICBC-2"},
        look=lambda row: open_or_closed(row, "settled_at"),
    ),
    Case(
        "retry",
        DeadLetter,
        make_letter,
        {OPS},
        "waiting",
        "retried",
        look=lambda row: row.outcome,
        name="letter",
    ),
    Case("dismiss", DeadLetter, make_letter, {OPS}, "waiting", "dismissed", look=lambda row: row.outcome),
    Case(
        "block",
        User,
        lambda: User.objects.get(pk=make_buyer()),
        {RSK},
        "True",
        "False",
        REASON,
        look=lambda row: str(row.is_active),
        sees={SER, OPS},
    ),
    Case(
        "rebuild",
        IndexNode,
        make_node,
        {OPS},
        "False",
        "True",
        look=lambda row: str(row.rebuild_asked_at is not None),
    ),
    Case(
        "end",
        ExperimentRow,
        lambda: make_experiment(is_running=True),
        {OPS},
        "True",
        "False",
        look=lambda row: str(row.is_running),
    ),
    Case("edit", RuleSet, lambda: make_rules("live"), {OPS}, "0", "1", look=sets),
    Case("go_live", RuleSet, make_rules, {OPS}, "draft", "live"),
    Case("bring_back", RuleSet, lambda: make_rules("past"), {OPS}, "1", "2", look=sets),
    Case("discard", RuleSet, make_rules, {OPS}, "draft", "discarded"),
    Case(
        "add_synonym",
        RuleSet,
        make_rules,
        {OPS},
        "synonym",
        "synonym synonym",
        {"words": "手机、移动电话"},
        look=rules_of,
    ),
    Case(
        "add_boost",
        RuleSet,
        rules_beside_a_brand,
        {OPS},
        "synonym",
        "boost synonym",
        {"words": "耳机", "target_kind": "brand", "target": KNOWN_ID, "factor": "1.50"},
        look=rules_of,
    ),
    Case(
        "remove_rule",
        RuleSet,
        rules_with_a_known_one,
        {OPS},
        "synonym",
        "",
        {"rule": KNOWN_ID},
        look=rules_of,
    ),
    Case(
        "add_redirect",
        RuleSet,
        make_rules,
        {OPS},
        "synonym",
        "redirect synonym",
        {"words": "退货", "path": "/help"},
        look=rules_of,
    ),
    Case(
        "add_block",
        RuleSet,
        make_rules,
        {OPS},
        "synonym",
        "block synonym",
        {"words": "电子烟"},
        look=rules_of,
    ),
    Case(
        "reword",
        Rule,
        make_rule,
        {OPS},
        "['移动电源', '充电宝']",
        "['手机', '移动电话']",
        {"words": "手机\n移动电话"},
        look=lambda row: str(row.words),
        name="rule",
    ),
    Case("unblock", User, blocked, {RSK}, "False", "True", REASON, look=lambda row: str(row.is_active)),
]
