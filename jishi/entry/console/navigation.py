"""The sidebar: by job, in the language of whoever looks, and only what he may open."""

from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.urls import reverse

from jishi.discovery.recommendations.models_measured import DailyRow, ExperimentRow
from jishi.discovery.search.models import IndexNode
from jishi.discovery.steering.models import Rule, RuleSet
from jishi.entry.console.words import both, language
from jishi.identity.accounts.models import User
from jishi.identity.merchants.models import Merchant
from jishi.kernel.models import AuditEntry, DeadLetter, OutboxEntry
from jishi.kernel.words import Text
from jishi.money.ledger.models import Account, Journal
from jishi.money.payments.models import Bill, Break, Callback, Payment, Refund
from jishi.money.settlement.models import Payout, Statement
from jishi.offering.catalog.models import Brand, Category, Product, ProductVersion
from jishi.offering.catalog.models_brands import BrandAuthorisation
from jishi.offering.catalog.models_offers import SharedProduct
from jishi.offering.catalog.models_review import RejectionTemplate, SensitiveWord
from jishi.offering.coupons.models import CouponTemplateRow
from jishi.offering.events.models import EventEntry, SaleEvent
from jishi.offering.flash.models import FlashItemRow, FlashSessionRow
from jishi.offering.promotions.models import PromotionRow
from jishi.trade.orders.models import Order
from jishi.trade.shipping.models import ForgedScan

HOME = both("工作台", "Today")
HELP = both("使用帮助", "Help")
GROUPS: tuple[tuple[Text, tuple[tuple[type[Model], str], ...]], ...] = (
    (
        Text("运营", "Operations"),
        (
            (Merchant, "storefront"),
            (ProductVersion, "rule"),
            (Product, "inventory_2"),
            (SharedProduct, "hub"),
            (SensitiveWord, "block"),
            (RejectionTemplate, "quick_phrases"),
            (Category, "account_tree"),
            (Brand, "sell"),
            (BrandAuthorisation, "verified"),
            (RuleSet, "tune"),
            (Rule, "rule_settings"),
            (DailyRow, "recommend"),
            (ExperimentRow, "science"),
        ),
    ),
    (
        Text("营销", "Marketing"),
        (
            (SaleEvent, "celebration"),
            (EventEntry, "how_to_reg"),
            (PromotionRow, "percent"),
            (CouponTemplateRow, "confirmation_number"),
            (FlashSessionRow, "timer"),
            (FlashItemRow, "fact_check"),
        ),
    ),
    (
        Text("客服", "Service"),
        (
            (Order, "receipt_long"),
            (Refund, "undo"),
            (User, "group"),
        ),
    ),
    (
        Text("财务", "Finance"),
        (
            (Payment, "credit_card"),
            (Bill, "description"),
            (Break, "difference"),
            (Account, "account_balance"),
            (Journal, "menu_book"),
            (Statement, "request_quote"),
            (Payout, "payments"),
        ),
    ),
    (
        Text("风控", "Risk"),
        (
            (Callback, "notifications"),
            (ForgedScan, "gpp_bad"),
            (AuditEntry, "policy"),
        ),
    ),
    (
        Text("系统", "System"),
        (
            (DeadLetter, "report"),
            (OutboxEntry, "bolt"),
            (IndexNode, "manage_search"),
        ),
    ),
)


def list_of(model: type[Model], query: str = "") -> str:
    """Return the address of a table's list."""
    address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    return f"{address}?{query}" if query else address


def may_open(request: HttpRequest, model: type[Model]) -> bool:
    """Tell whether whoever asks may open a table's list."""
    return bool(admin.site._registry[model].has_view_permission(request))


def sidebar(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the groups of links as Unfold wants them."""
    home = {"items": [{"title": str(HOME), "icon": "dashboard", "link": reverse("admin:index")}]}
    groups = [_group(request, title, models) for title, models in GROUPS]
    help_page = {"items": [{"title": str(HELP), "icon": "help", "link": reverse("admin:console_help")}]}
    return [home, *(group for group in groups if group["items"]), help_page]


def _group(request: HttpRequest, title: Text, models: tuple[tuple[type[Model], str], ...]) -> dict[str, Any]:
    return {
        "title": title.of(language()),
        "items": [
            {"title": str(model._meta.verbose_name_plural), "icon": icon, "link": list_of(model)}
            for model, icon in models
            if may_open(request, model)
        ],
    }
