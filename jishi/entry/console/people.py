"""People: buyers, merchants' staff, colleagues. What identifies them is masked."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest

from jishi.entry.console.asking import DANGER, PRIMARY, Asked, asks
from jishi.entry.console.base import Desk, all_rows, no_rows, register, uuid_in
from jishi.entry.console.columns import NOTHING, attribute_column, instant_column, money, titled
from jishi.entry.console.filters import yes_no_filter
from jishi.entry.console.forms import ReasonForm
from jishi.entry.console.page import (
    Fact,
    Section,
    Table,
    amount,
    facts_of,
    label,
    link,
    merchant_names,
    moment,
)
from jishi.entry.console.roles import OPERATIONS, RISK, SERVICE
from jishi.entry.console.vocabulary import ORDER_STATUS, PLATFORM_ROLE, STAFF_ROLE
from jishi.entry.console.words import Vocabulary, Word, both, language
from jishi.identity.accounts import queries, services_blocking
from jishi.identity.accounts.models import User
from jishi.identity.merchants.models import Merchant, Staff
from jishi.kernel.ids import UserId
from jishi.trade.orders.models import Order

ORDERS_SHOWN = 20
ACCESS = Vocabulary(
    both("状态", "Status"),
    {"True": Word("正常", "Active", "success"), "False": Word("已封禁", "Blocked", "danger")},
)


@register(User, both("用户", "person"), both("用户", "People"))
class PersonDesk(Desk):
    """Everybody who can sign in."""

    roles = (SERVICE, RISK, OPERATIONS)
    list_display = ("nickname", "login", "access", "joined", "seen")
    list_filter = (
        yes_no_filter("is_active", ACCESS.title, Word("正常", "Active"), Word("已封禁", "Blocked")),
        yes_no_filter(
            "is_staff", both("身份", "Who"), Word("平台员工", "Colleagues"), Word("买家与商家", "Others")
        ),
    )
    search_help_text = both("完整手机号、邮箱或用户编号", "Whole phone number, e-mail address or id")
    actions_detail = ("block", "unblock")

    login = attribute_column("login", both("登录账号", "Login"))
    joined = instant_column("joined_at")
    seen = instant_column("last_login")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).defer("phone", "unproven_phone", "password")

    def matching(self, term: str) -> Q:
        wanted = uuid_in(term) or queries.find_by_login(term)
        return no_rows() if wanted is None else Q(pk=wanted)

    def prepare(self, rows: Sequence[Any]) -> None:
        known = queries.people([UserId(row.pk) for row in rows])
        for row in rows:
            row.login = known[UserId(row.pk)].login

    @titled(ACCESS.title, colours=ACCESS.colours)
    def access(self, row: User) -> tuple[str, str]:
        return str(row.is_active), ACCESS.name(str(row.is_active))

    def name_of(self, row: User) -> str:
        return row.nickname

    def facts(self, request: HttpRequest, row: User) -> list[Fact]:
        person = queries.people([UserId(row.pk)])[UserId(row.pk)]
        roles = sorted(queries.platform_roles(UserId(row.pk))) if row.is_staff else []
        return [
            Fact(ACCESS.title, label(ACCESS, str(row.is_active))),
            *facts_of(row, "nickname"),
            Fact(both("登录账号", "Login"), person.login or NOTHING),
            *facts_of(row, "language", "joined_at", "last_login"),
            Fact(PLATFORM_ROLE.title, ", ".join(PLATFORM_ROLE.name(one) for one in roles) or NOTHING),
        ]

    def sections(self, request: HttpRequest, row: User) -> list[Section]:
        jobs = list(all_rows(Staff).filter(user_id=row.pk).order_by("since", "id"))
        orders = list(all_rows(Order).filter(buyer_id=row.pk).order_by("-placed_at", "-id")[:ORDERS_SHOWN])
        stores = merchant_names((one.merchant_id for one in [*jobs, *orders]), language())
        return [
            Table(
                both("最近订单", "Latest orders"),
                (both("订单", "Order"), both("店铺", "Store"), ORDER_STATUS.title, both("实付", "Total"),
                 both("下单时间", "Placed")),
                [
                    (
                        link(request, Order, one.id, one.number),
                        stores.get(one.merchant_id, NOTHING),
                        label(ORDER_STATUS, one.status),
                        amount(money(one.total_minor, one.currency)),
                        moment(one.placed_at),
                    )
                    for one in orders
                ],
            ),
            Table(
                both("商家员工身份", "Works for"),
                (both("店铺", "Store"), STAFF_ROLE.title, both("加入时间", "Since")),
                [
                    (
                        link(request, Merchant, one.merchant_id, stores.get(one.merchant_id, NOTHING)),
                        label(STAFF_ROLE, one.role),
                        moment(one.since),
                    )
                    for one in jobs
                ],
            ),
        ]  # fmt: skip

    @asks(
        name=both("封禁", "Block"),
        question=both(
            "立即退出登录且不能再登录;已有订单照常履约。",
            "Out at once, and not in again; what was ordered is still delivered.",
        ),
        done=both("已封禁", "Blocked"),
        icon="block",
        roles=(RISK,),
        when=lambda row: row.is_active,
        form=ReasonForm,
        variant=DANGER,
    )
    def block(self, asked: Asked) -> None:
        """Keep somebody out."""
        services_blocking.block(
            user_id=UserId(asked.row_id), reason=asked.reason, actor=asked.actor, now=asked.now
        )

    @asks(
        name=both("解除封禁", "Unblock"),
        question=both("用户可以重新登录。", "He may sign in again."),
        done=both("已解除封禁", "Unblocked"),
        icon="lock_open",
        roles=(RISK,),
        when=lambda row: not row.is_active,
        form=ReasonForm,
        variant=PRIMARY,
    )
    def unblock(self, asked: Asked) -> None:
        """Let somebody in again."""
        services_blocking.unblock(
            user_id=UserId(asked.row_id), reason=asked.reason, actor=asked.actor, now=asked.now
        )
