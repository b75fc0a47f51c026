"""What entries of the audit log say, in people's words: actions, what they were done to, changed values."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib import admin
from django.db.models import Model

from jishi.entry.console import vocabulary as words
from jishi.entry.console.columns import NAMES, NOTHING, money, percent
from jishi.entry.console.words import Vocabulary, Word, both, language
from jishi.kernel.words import Text

_ID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
SHOWN = 8  # of an id, enough to tell it from its neighbours
CONSOLE, REFUSED = "console", "refused"
ACTION = Vocabulary(
    both("做了什么", "What"),
    {
        "added": Word("新增", "Added"),
        "brandauthorisation.granted": Word("授权品牌", "Brand authorised"),
        "brandauthorisation.refused": Word("不予授权品牌", "Brand refused"),
        "brandauthorisation.requested": Word("申请品牌授权", "Brand asked for"),
        "brandauthorisation.withdrawn": Word("收回品牌授权", "Brand withdrawn"),
        "bill.settled": Word("登记渠道到账", "Channel's transfer booked"),
        "break.closed": Word("关闭对账差异", "Break closed"),
        "category.mode": Word("设置商品归属", "Whose the products are"),
        "changed": Word("修改", "Changed"),
        "event.drafted": Word("起草大促", "Event drafted"),
        "event.enrolling": Word("开放大促报名", "Enrolment opened"),
        "event.over": Word("结束大促", "Event ended"),
        "event.page_written": Word("编辑活动页", "Event's page written"),
        "event.running": Word("大促开始", "Event started"),
        "coupon.given": Word("补偿优惠券", "Coupon given for an order"),
        "coupon_template.changed": Word("修改优惠券", "Coupon changed"),
        "coupon_template.codes_made": Word("生成兑换码", "Codes made"),
        "coupon_template.codes_read": Word("下载兑换码", "Codes downloaded"),
        "coupon_template.drafted": Word("新建优惠券", "Coupon written"),
        "coupon_template.ended": Word("结束优惠券", "Coupon ended"),
        "coupon_template.live": Word("发放优惠券", "Coupon put live"),
        "coupon_template.paused": Word("暂停优惠券", "Coupon paused"),
        "event_entry.accepted": Word("通过活动报名", "Entry accepted"),
        "event_entry.applied": Word("报名活动", "Enrolled in an event"),
        "event_entry.rejected": Word("驳回活动报名", "Entry rejected"),
        "event_entry.withdrawn": Word("撤回活动报名", "Entry withdrawn"),
        "flash.accepted": Word("通过秒杀报名", "Flash offer accepted"),
        "flash.applied": Word("报名秒杀", "Offered in a flash sale"),
        "flash.rejected": Word("驳回秒杀报名", "Flash offer rejected"),
        "flash.timetable": Word("设置秒杀场次时间", "Flash timetable set"),
        "presale.given_up": Word("放弃预售订单", "Pre-sale order given up"),
        "presale.made": Word("新建定金预售", "Pre-sale made"),
        "presale.stopped": Word("停止预售", "Pre-sale stopped"),
        "flash.withdrawn": Word("撤回秒杀报名", "Flash offer withdrawn"),
        "merchant.active": Word("批准营业", "Merchant approved"),
        "merchant.adjusted": Word("调整商家款项", "Merchant's money adjusted"),
        "merchant.applied": Word("申请开店", "Merchant applied"),
        "merchant.applying": Word("重新填写申请", "Application taken up again"),
        "merchant.bank_account_changed": Word("更换收款账户", "Bank account changed"),
        "merchant.closed": Word("关闭店铺", "Merchant closed"),
        "merchant.closing": Word("开始清退", "Closing begun"),
        "merchant.in_review": Word("提交开店申请", "Application handed in"),
        "merchant.profile_changed": Word("修改店铺资料", "Profile changed"),
        "merchant.rejected": Word("驳回开店申请", "Application rejected"),
        "merchant.suspended": Word("暂停营业", "Merchant suspended"),
        "merchant.terms_agreed": Word("调整条款", "Terms agreed"),
        "order.cancelled": Word("取消订单", "Order cancelled"),
        "order.coupon_given": Word("补偿优惠券", "Coupon given"),
        "payout.approved": Word("复核放款", "Payout approved"),
        "payout.failed": Word("打款失败", "Payout failed"),
        "payout.paid": Word("打款到账", "Payout paid"),
        "payout.prepared": Word("发起打款", "Payout prepared"),
        "payout.returned": Word("打款被退回", "Payout returned"),
        "promotion.changed": Word("修改促销", "Promotion changed"),
        "promotion.drafted": Word("起草促销", "Promotion drafted"),
        "promotion.ended": Word("结束促销", "Promotion ended"),
        "promotion.live": Word("促销上线", "Promotion put live"),
        "promotion.paused": Word("暂停促销", "Promotion paused"),
        "refund.begun_anew": Word("重新发起退款", "Refund begun anew"),
        "codes.added": Word("上传卡密", "Codes added"),
        "voucher.redeemed": Word("核销服务券", "Voucher redeemed"),
        "refund.requested": Word("申请退款", "Refund requested"),
        "staff.added": Word("加入员工", "Staff added"),
        "staff.removed": Word("移除员工", "Staff removed"),
        "staff.role_changed": Word("调整员工角色", "Role changed"),
        "statement.confirmed": Word("确认结算单", "Statement confirmed"),
        "statement.dispute_answered": Word("答复结算单异议", "Objection answered"),
        "statement.disputed": Word("对结算单提出异议", "Statement disputed"),
        "user.blocked": Word("封禁用户", "Person blocked"),
        "user.unblocked": Word("解除封禁", "Person unblocked"),
        "sharedproduct.merge": Word("合并共享商品", "Shared products merged"),
        "sharedproduct.split": Word("拆分共享商品", "Offer split out"),
        "sharedproduct.undo_merge": Word("撤销合并", "Merge undone"),
        "sharedproduct.undo_split": Word("撤销拆分", "Split undone"),
    },
)
FIELDS: Mapping[str, tuple[str, str]] = {
    **NAMES,
    "amount": ("金额(元)", "Amount (¥)"),
    "amount_minor": ("金额", "Amount"),
    "answer": ("答复", "Answer"),
    "brand_id": ("品牌", "Brand"),
    "brand_share": ("品牌出资(%)", "Brand pays (%)"),
    "brands": ("品牌", "Brands"),
    "budget": ("预算(元)", "Budget (¥)"),
    "categories": ("类目", "Categories"),
    "cause": ("为谁取消", "For whom"),
    "channel": ("支付渠道", "Channel"),
    "channels": ("渠道", "Channels"),
    "claim_from": ("发放开始", "Given from"),
    "claim_until": ("发放截止", "Given until"),
    "commission": ("佣金(%)", "Commission (%)"),
    "commission_basis_points": ("佣金", "Commission"),
    "count": ("数量", "How many"),
    "coupon_id": ("优惠券", "Coupon"),
    "due_minor": ("应付", "Due"),
    "effect": ("优惠内容", "What it does"),
    "ends": ("结束", "Until"),
    "ends_at": ("到", "Until"),
    "excluded": ("不参加的商品", "Products left out"),
    "factor": ("倍数", "Times"),
    "fee_minor": ("手续费", "Fee"),
    "fields": ("修改项", "Fields"),
    "freight": ("同时退运费", "Freight as well"),
    "is_exclusive": ("与其他优惠互斥", "Never beside another"),
    "is_new_only": ("仅新客", "New customers only"),
    "is_returned_on_refund": ("全部退货后退还", "Comes back when all goods do"),
    "levels": ("会员等级", "Levels"),
    "means": ("还要找到", "Also finds"),
    "merchant_share": ("商家出资(%)", "Merchant pays (%)"),
    "mode": ("商品归属", "Whose they are"),
    "other": ("另一方", "The other"),
    "path": ("前台网址", "Page"),
    "per_buyer_max": ("每人限用(单)", "Orders a buyer"),
    "per_person_max": ("每人限领(张)", "Each buyer"),
    "platform_share": ("平台出资(%)", "Platform pays (%)"),
    "price_minor": ("价格", "Price"),
    "priority": ("优先级", "Priority"),
    "products": ("商品", "Products"),
    "quota": ("数量", "Quota"),
    "refund_id": ("退款", "Refund"),
    "refunding": ("退货后的门槛优惠", "When goods come back"),
    "role": ("角色", "Role"),
    "rule": ("规则", "Rule"),
    "rows": ("商品行", "Rows of products"),
    "said": ("原因", "Because"),
    "segments": ("人群", "Segments"),
    "session_id": ("场次", "Session"),
    "settlement_mode": ("结算方式", "Settlement"),
    "source": ("来源", "By"),
    "spend": ("消费满(元)", "Order's amount (¥)"),
    "stack_group": ("叠加组", "Stack group"),
    "starts": ("开始", "From"),
    "starts_at": ("从", "From"),
    "statement_cycle": ("结算周期", "Cycle"),
    "stock": ("总量(张)", "In all"),
    "status": ("状态", "Status"),
    "tags": ("标签", "Tags"),
    "template": ("优惠券", "Coupon"),
    "template_id": ("优惠券", "Coupon"),
    "target": ("对象编号", "Its id"),
    "target_kind": ("对象", "For what"),
    "valid_days": ("领取后有效(天)", "Good for (days)"),
    "valid_from": ("使用开始", "Good from"),
    "valid_until": ("使用截止", "Good until"),
    "was": ("原来", "Was"),
    "way": ("发放方式", "How it is given"),
    "word": ("自定码", "A word of its own"),
    "words": ("搜索词", "Words"),
}
# What services call the rows that stand in tables of another name.
TABLES = {
    "coupon_template": "coupontemplaterow",
    "event": "saleevent",
    "event_entry": "evententry",
    "promotion": "promotionrow",
}
VALUES = {
    "cause": words.CLOSE_REASON,
    "channel": words.CHANNEL,
    "role": words.STAFF_ROLE,
    "settlement_mode": words.SETTLEMENT_MODE,
    "statement_cycle": words.STATEMENT_CYCLE,
}
STATUSES = {
    "merchant": words.MERCHANT_STATUS,
    "payout": words.PAYOUT_STATUS,
    "user": words.STAFF_ROLE,  # what an entry about a person has changed is his role at a merchant
}
FLAGS = {"True": both("是", "Yes"), "False": both("否", "No"), "added": both("新增", "added"),
         "removed": both("移除", "removed")}  # fmt: skip


def action_name(action: str) -> str:
    """Return what was done: of the back office's own entries the action's name on its desk."""
    area, _, rest = action.partition(".")
    return _console_name(rest) if area == CONSOLE else ACTION.name(action)


def _console_name(code: str) -> str:
    table, _, rest = code.partition(".")
    method, _, ending = rest.partition(".")
    desk = _desk(table)
    button = getattr(desk, method, None)
    done = str(getattr(button, "short_description", "") or ACTION.name(method))
    parts = [subject_name(table), done]
    if ending == REFUSED:
        parts.append(str(both("被拒绝", "refused")))
    return " · ".join(parts)


def _desk(table: str) -> Any:
    name = TABLES.get(table, table)
    return next(
        (desk for model, desk in admin.site._registry.items() if model._meta.model_name == name), None
    )


def subject_name(kind: str) -> str:
    """Return what something was done to."""
    desk = _desk(kind)
    if desk is not None:
        return str(desk.model._meta.verbose_name)
    return str(both("调整", "adjustment")) if kind == "adjustment" else kind


def subject_model(kind: str) -> type[Model] | None:
    """Return the table that a subject stands in, when it has a desk."""
    desk = _desk(kind)
    return None if desk is None else desk.model


def details(kind: str, data: Mapping[str, Any]) -> str:
    """Return what an entry keeps, on one line."""
    before, after = data.get("before"), data.get("after")
    if isinstance(before, dict) and isinstance(after, dict):
        changed = [name for name in after if before.get(name) != after[name]]
        return _joined(
            f"{field_name(name)}: {_value(kind, name, before.get(name))} → {_value(kind, name, after[name])}"
            for name in changed
        )
    return _joined(
        f"{field_name(name)}: {_value(kind, name, value)}"
        for name, value in data.items()
        if value not in ("", None)
    )


def _joined(parts: Iterable[str]) -> str:
    return "; ".join(parts) or NOTHING


def field_name(name: str) -> str:
    """Return what people call a value of an entry."""
    known = FIELDS.get(name)
    return Text(*known).of(language()) if known else name


def _value(kind: str, name: str, value: object) -> str:
    if isinstance(value, list):
        return ", ".join(field_name(str(one)) for one in value)
    if name.endswith("_minor") and isinstance(value, int):
        return money(value)
    if name.endswith("_basis_points") and isinstance(value, int):
        return percent(value)
    if _ID.fullmatch(str(value)):
        return f"…{str(value)[-SHOWN:]}"
    if isinstance(value, dict):
        return str(value.get(language(), value))
    if name in {"status", "was"} and kind in STATUSES:
        return STATUSES[kind].name(str(value))
    if name in VALUES:
        return VALUES[name].name(str(value))
    return str(FLAGS.get(str(value), value))
