"""Merchants: who may sell, and on which terms."""

from typing import ClassVar

from django.http import HttpRequest, HttpResponse
from unfold.decorators import action, display

from jishi.entry.console.base import (
    OPERATIONS,
    RISK,
    SERVICE,
    STATUS_COLOURS,
    Desk,
    ReasonForm,
    actor_of,
    as_uuid,
    dialog,
    now_of,
    register,
)
from jishi.entry.console.words import both
from jishi.identity.merchants import services
from jishi.identity.merchants.models import Merchant
from jishi.kernel.ids import MerchantId


@register(Merchant, both("商家", "Merchants"))
class MerchantDesk(Desk):
    """The merchants; their bank and contact data stay sealed here."""

    roles = (OPERATIONS, RISK, SERVICE)
    list_display = ("name", "legal_name", "state", "commission", "statement_cycle", "applied_at")
    list_filter = ("status", "settlement_mode")
    search_fields = ("name_zh", "name_en", "legal_name")
    ordering = ("-applied_at",)
    fields = (
        "name_zh", "name_en", "legal_name", "status", "introduction_zh", "introduction_en",
        "commission", "settlement_mode", "statement_cycle", "bank_name", "applied_at",
    )  # fmt: skip
    readonly_fields: ClassVar[tuple[str, ...]] = ("commission",)
    actions_detail = ("approve", "reject", "suspend")

    def has_act_permission(self, request: HttpRequest, object_id: object = None) -> bool:  # noqa: ARG002
        return self.may(request, OPERATIONS, RISK)

    @display(description=both("店铺", "Store"), ordering="name_zh")
    def name(self, row: Merchant) -> str:
        return row.name_zh

    @display(description=both("状态", "Status"), label=STATUS_COLOURS)
    def state(self, row: Merchant) -> str:
        return row.status

    @display(description=both("佣金", "Commission"))
    def commission(self, row: Merchant) -> str:
        return f"{row.commission_basis_points / 100:.2f} %"

    @action(
        description=both("批准营业", "Approve"),
        permissions=["act"],
        icon="check_circle",
        dialog=dialog(
            both("批准营业", "Approve"), both("店铺将可以销售商品。", "The store may sell from now on.")
        ),
    )
    def approve(self, request: HttpRequest, form: object, object_id: str) -> HttpResponse:  # noqa: ARG002
        """Let the merchant sell."""
        merchant_id = MerchantId(as_uuid(object_id))
        return self.act(
            request,
            object_id,
            lambda: services.approve(merchant_id=merchant_id, actor=actor_of(request), now=now_of(request)),
            both("已批准", "Approved"),
        )

    @action(
        description=both("驳回申请", "Reject"),
        permissions=["act"],
        icon="cancel",
        dialog=dialog(
            both("驳回申请", "Reject"), both("商家会看到原因。", "The merchant sees the reason."), ReasonForm
        ),
    )
    def reject(self, request: HttpRequest, form: ReasonForm, object_id: str) -> HttpResponse:
        """Turn the application down."""
        merchant_id, reason = MerchantId(as_uuid(object_id)), form.cleaned_data["reason"]
        return self.act(
            request,
            object_id,
            lambda: services.reject(
                merchant_id=merchant_id, actor=actor_of(request), reason=reason, now=now_of(request)
            ),
            both("已驳回", "Rejected"),
        )

    @action(
        description=both("暂停营业", "Suspend"),
        permissions=["act"],
        icon="pause_circle",
        dialog=dialog(
            both("暂停营业", "Suspend"),
            both("停止销售;已售出的订单照常发货。", "Selling stops; what is sold is still shipped."),
            ReasonForm,
        ),
    )
    def suspend(self, request: HttpRequest, form: ReasonForm, object_id: str) -> HttpResponse:
        """Stop the merchant's selling."""
        merchant_id, reason = MerchantId(as_uuid(object_id)), form.cleaned_data["reason"]
        return self.act(
            request,
            object_id,
            lambda: services.suspend(
                merchant_id=merchant_id, actor=actor_of(request), reason=reason, now=now_of(request)
            ),
            both("已暂停", "Suspended"),
        )
