"""Merchants: who may sell, and on which terms. Bank and contact data are masked."""

from collections.abc import Callable
from typing import Any

from django.db.models import Q
from django.http import HttpRequest

from jishi.entry.console.asking import DANGER, PRIMARY, Asked, asks
from jishi.entry.console.base import Desk, all_rows, register
from jishi.entry.console.columns import instant_column, money, percent, titled, word_column
from jishi.entry.console.filters import choice_filter
from jishi.entry.console.forms import DialogForm, ReasonForm, choice_field, decimal_field
from jishi.entry.console.page import Fact, Section, Table, amount, facts_of, label, link, list_link, moment
from jishi.entry.console.roles import FINANCE, OPERATIONS, RISK, SERVICE
from jishi.entry.console.vocabulary import (
    MERCHANT_STATUS,
    ORDER_STATUS,
    SETTLEMENT_MODE,
    STAFF_ROLE,
    STATEMENT_CYCLE,
    STATEMENT_STATUS,
)
from jishi.entry.console.words import both, language
from jishi.identity.accounts.models import User
from jishi.identity.merchants import queries, services
from jishi.identity.merchants.models import Merchant
from jishi.identity.merchants.types import MerchantProfile, SettlementMode, Terms
from jishi.kernel.ids import MerchantId
from jishi.kernel.words import Text
from jishi.money.ledger.models import Account
from jishi.money.settlement import queries as settlement
from jishi.money.settlement.models import Statement
from jishi.trade.orders.models import Order

ROWS_SHOWN = 10


class TermsForm(DialogForm):
    """Asks what was agreed."""

    commission = decimal_field(both("佣金(%)", "Commission (%)"), least="0", most="100")
    settlement_mode = choice_field(SETTLEMENT_MODE)
    statement_cycle = choice_field(STATEMENT_CYCLE)

    def first(self, row: Merchant) -> dict[str, Any]:
        """Return the present terms."""
        return {
            "commission": f"{row.commission_basis_points / 100:.2f}",
            "settlement_mode": row.settlement_mode,
            "statement_cycle": row.statement_cycle,
        }


def _is(*statuses: str) -> Callable[[Any], bool]:
    return lambda row: row.status in statuses


def _id(asked: Asked) -> MerchantId:
    return MerchantId(asked.row_id)


@register(Merchant, both("商家", "merchant"), both("商家", "Merchants"))
class MerchantDesk(Desk):
    """The merchants."""

    roles = (OPERATIONS, RISK, SERVICE, FINANCE)
    list_display = ("name", "legal_name", "state", "commission", "cycle", "applied")
    list_filter = (choice_filter("status", MERCHANT_STATUS),)
    search_help_text = both("店铺名或公司名", "Store or company")
    actions_detail = ("approve", "reject", "agree_terms", "suspend", "start_closing", "close")

    state = word_column("status", MERCHANT_STATUS)
    cycle = word_column("statement_cycle", STATEMENT_CYCLE)
    applied = instant_column("applied_at")

    @titled(both("店铺", "Store"))
    def name(self, row: Merchant) -> str:
        return self.name_of(row)

    @titled(both("佣金", "Commission"))
    def commission(self, row: Merchant) -> str:
        return percent(row.commission_basis_points)

    def matching(self, term: str) -> Q:
        # Merchants are thousands, not millions: reading them all is quick.
        return Q(name_zh__icontains=term) | Q(name_en__icontains=term) | Q(legal_name__icontains=term)

    def name_of(self, row: Merchant) -> str:
        return Text(row.name_zh, row.name_en).of(language())

    def facts(self, request: HttpRequest, row: Merchant) -> list[Fact]:
        shown = queries.profile(MerchantId(row.id))
        return [
            Fact(MERCHANT_STATUS.title, label(MERCHANT_STATUS, row.status)),
            *facts_of(row, "name_zh", "name_en", "legal_name", "applied_at"),
            Fact(both("联系人", "Contact"), f"{shown.contact_name[:1]}** · {shown.contact_phone}"),
            Fact(both("收款账户", "Bank account"), f"{shown.bank_name} {shown.bank_account}"),
            *_terms(shown),
            Fact(
                both("账务", "Ledger"),
                list_link(
                    request, Account, f"merchant_payable:{row.id}", both("查看账户", "Open the account")
                ),
            ),
            Fact(both("简介", "Introduction"), shown.introduction.of(language()), is_wide=True),
        ]

    def sections(self, request: HttpRequest, row: Merchant) -> list[Section]:
        return [
            _balance(MerchantId(row.id)),
            _orders(request, row),
            _statements(request, row),
            _staff(request, MerchantId(row.id)),
        ]

    @asks(
        name=both("批准营业", "Approve"),
        question=both("店铺将可以销售商品。", "The store may sell from now on."),
        done=both("已批准营业", "The store may sell now"),
        icon="check_circle",
        roles=(OPERATIONS, RISK),
        when=_is("in_review", "suspended"),
        variant=PRIMARY,
    )
    def approve(self, asked: Asked) -> None:
        """Let the merchant sell."""
        services.approve(merchant_id=_id(asked), actor=asked.actor, now=asked.now)

    @asks(
        name=both("驳回申请", "Reject"),
        question=both("商家会看到原因,修改后可再次提交。", "The merchant sees why, and may hand in again."),
        done=both("已驳回", "Rejected"),
        icon="cancel",
        roles=(OPERATIONS, RISK),
        when=_is("in_review"),
        form=ReasonForm,
    )
    def reject(self, asked: Asked) -> None:
        """Turn the application down."""
        services.reject(merchant_id=_id(asked), actor=asked.actor, reason=asked.reason, now=asked.now)

    @asks(
        name=both("调整条款", "Agree terms"),
        question=both("对此后的订单生效;已售出的订单不变。", "They hold for what is sold from now on."),
        done=both("条款已更新", "The terms are agreed"),
        icon="handshake",
        roles=(OPERATIONS,),
        form=TermsForm,
    )
    def agree_terms(self, asked: Asked) -> None:
        """Note what was agreed with the merchant."""
        answers = asked.answers
        terms = Terms(
            merchant_id=_id(asked),
            commission_basis_points=int(answers["commission"] * 100),
            settlement_mode=SettlementMode(answers["settlement_mode"]),
            statement_cycle=answers["statement_cycle"],
        )
        services.agree_terms(terms=terms, actor=asked.actor, now=asked.now)

    @asks(
        name=both("暂停营业", "Suspend"),
        question=both("停止销售;已售出的订单照常发货。", "Selling stops; what is sold is still shipped."),
        done=both("已暂停营业", "Suspended"),
        icon="pause_circle",
        roles=(OPERATIONS, RISK),
        when=_is("active"),
        form=ReasonForm,
        variant=DANGER,
    )
    def suspend(self, asked: Asked) -> None:
        """Stop the merchant's selling."""
        services.suspend(merchant_id=_id(asked), actor=asked.actor, reason=asked.reason, now=asked.now)

    @asks(
        name=both("开始清退", "Start closing"),
        question=both("店铺不再营业,进入清退。", "The store will not sell again; it is being wound down."),
        done=both("已开始清退", "Closing has begun"),
        icon="hourglass_bottom",
        roles=(OPERATIONS, RISK),
        when=_is("suspended"),
        form=ReasonForm,
        variant=DANGER,
    )
    def start_closing(self, asked: Asked) -> None:
        """Begin to wind the merchant down."""
        services.start_closing(merchant_id=_id(asked), actor=asked.actor, reason=asked.reason, now=asked.now)

    @asks(
        name=both("关闭店铺", "Close"),
        question=both("商家员工将无法再进入商家中心。", "Its staff cannot enter the merchant centre again."),
        done=both("店铺已关闭", "The store is closed"),
        icon="block",
        roles=(OPERATIONS, RISK),
        when=_is("closing"),
        variant=DANGER,
    )
    def close(self, asked: Asked) -> None:
        """End it."""
        services.close(merchant_id=_id(asked), actor=asked.actor, now=asked.now)


def _terms(shown: MerchantProfile) -> list[Fact]:
    terms = shown.terms
    return [
        Fact(both("佣金", "Commission"), percent(terms.commission_basis_points)),
        Fact(SETTLEMENT_MODE.title, SETTLEMENT_MODE.name(terms.settlement_mode)),
        Fact(STATEMENT_CYCLE.title, STATEMENT_CYCLE.name(terms.statement_cycle)),
    ]


def _balance(merchant_id: MerchantId) -> Table:
    owed = settlement.balance(merchant_id)
    figures = (owed.in_escrow, owed.owed, owed.on_its_way, owed.paid_out)
    return Table(
        both("资金", "Money"),
        (
            both("担保中", "In escrow"),
            both("应付", "Owed"),
            both("打款中", "On its way"),
            both("已打款", "Paid out"),
        ),
        [[amount(money(one.amount_minor, one.currency)) for one in figures]],
    )


def _orders(request: HttpRequest, row: Merchant) -> Table:
    found = all_rows(Order).filter(merchant_id=row.id).order_by("-placed_at", "-id")[:ROWS_SHOWN]
    return Table(
        both("最近订单", "Latest orders"),
        (both("订单", "Order"), ORDER_STATUS.title, both("实付", "Total"), both("下单时间", "Placed")),
        [
            (
                link(request, Order, one.id, one.number),
                label(ORDER_STATUS, one.status),
                amount(money(one.total_minor, one.currency)),
                moment(one.placed_at),
            )
            for one in found
        ],
    )


def _statements(request: HttpRequest, row: Merchant) -> Table:
    found = all_rows(Statement).filter(merchant_id=row.id).order_by("-to_date")[:ROWS_SHOWN]
    return Table(
        both("最近结算单", "Latest statements"),
        (both("周期", "Period"), STATEMENT_STATUS.title, both("应付", "Due")),
        [
            (
                link(request, Statement, one.id, f"{one.from_date} – {one.to_date}"),
                label(STATEMENT_STATUS, one.status),
                amount(money(one.due_minor, one.currency)),
            )
            for one in found
        ],
    )


def _staff(request: HttpRequest, merchant_id: MerchantId) -> Table:
    return Table(
        both("员工", "Staff"),
        (both("昵称", "Nickname"), both("登录账号", "Login"), STAFF_ROLE.title, both("加入时间", "Since")),
        [
            (link(request, User, one.user_id, one.nickname), one.login, label(STAFF_ROLE, one.role),
             moment(one.since))
            for one in queries.staff_of(merchant_id).items
        ],
    )  # fmt: skip
