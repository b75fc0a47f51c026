"""The heads of the storefront's pages, in both languages, from what the pages show."""

from dataclasses import dataclass

from jishi.discovery.content.types import Home, ShopText
from jishi.entry.http.rendering.head import (
    LOCALES,
    Head,
    absolute,
    breadcrumb_json_ld,
    localized,
    organization_json_ld,
    product_json_ld,
    shortened,
    site_json_ld,
    store_json_ld,
)
from jishi.identity.merchants.types import Store
from jishi.kernel.words import Text
from jishi.offering.catalog.types import CategoryCrumb, CategoryDetail, CategoryNode, ProductDetail
from jishi.offering.events.types import EventShown

__all__ = ["CategoryDetail", "Home", "ProductDetail", "ShopText", "Tree"]

SLOGAN = Text(
    zh="集市汇聚众多商家的好物，一次结算，价格与运费都有明细，确认收货后商家才收到货款。",
    en=(
        "A marketplace of many merchants: one checkout, every price explained, "
        "sellers paid only after you have your goods."
    ),
)
HOME = Text(zh="首页", en="Home")
ALL_CATEGORIES = Text(zh="全部分类", en="All categories")
ALL_PRODUCTS = Text(zh="全部商品", en="All products")
HELP = Text(zh="帮助中心", en="Help")
HELP_ABOUT = Text(
    zh="怎么下单、付款、收货、退款，谁能看到收货地址，怎么评价。",
    en="How to order, pay, receive and get money back, who sees your address, and how to write a review.",
)
MISSING = Text(zh="这一页不存在", en="There is no such page")
BROKEN = {
    "zh": ("出了点问题", "服务暂时出了问题，请稍后再试。您的购物车和订单都还在。", "回到首页"),
    "en": (
        "Something went wrong",
        "Please try again a little later. Your cart and your orders are safe.",
        "Back home",
    ),
}
OFFLINE = {
    "zh": ("网络没有连上", "连上网络后，这一页会自己回来。您的购物车和订单都还在。", "再试一次"),
    "en": (
        "You are offline",
        "This page comes back by itself once there is a network. Your cart and your orders are safe.",
        "Try again",
    ),
}
OWN_TITLES = {
    "CartPage": Text(zh="购物车", en="Cart"),
    "FlashPage": Text(zh="限时秒杀", en="Flash sale"),
    "CheckoutPage": Text(zh="确认订单", en="Checkout"),
    "PayPage": Text(zh="收银台", en="Payment"),
    "OrdersPage": Text(zh="我的订单", en="My orders"),
    "OrderPage": Text(zh="订单详情", en="Order"),
    "SignInPage": Text(zh="登录", en="Sign in"),
    "ForgottenPage": Text(zh="重设密码", en="New password"),
    "SignUpPage": Text(zh="注册", en="Sign up"),
    "VerifyEmailPage": Text(zh="验证邮箱", en="Verify e-mail"),
    "MePage": Text(zh="我的", en="Me"),
    "AddressesPage": Text(zh="收货地址", en="Addresses"),
    "ReviewPage": Text(zh="评价商品", en="Write a review"),
    "PreviewPage": Text(zh="商品预览", en="Product preview"),
    "SavedSearchesPage": Text(zh="保存的搜索", en="Saved searches"),
    "FavouritesPage": Text(zh="我的收藏", en="Favourites"),
    "CouponsPage": Text(zh="领券中心", en="Coupon centre"),
    "MyCouponsPage": Text(zh="我的优惠券", en="My coupons"),
    "FollowsPage": Text(zh="关注的店铺", en="Stores I follow"),
    "HistoryPage": Text(zh="浏览记录", en="Browsing history"),
    "PrivacyPage": Text(zh="隐私", en="Privacy"),
    "MyReviewsPage": Text(zh="我的评价", en="My reviews"),
    "ProfilePage": Text(zh="个人资料", en="Profile"),
    "SecurityPage": Text(zh="账户安全", en="Security"),
}
PERSONAL = ("/checkout", "/pay/", "/orders", "/me$", "/me/")  # "/me" alone would keep /media/ out too
NOT_FOR_CRAWLERS = (
    *("/api/", "/_allauth/", "/live/", "/merchant/", "/admin/"),
    *(localized(path, locale) for locale in LOCALES for path in PERSONAL),
)


@dataclass(frozen=True, slots=True)
class Tree:
    """The page that the category tree is answered in."""

    items: list[CategoryNode]


def home(window: Home, locale: str, public_url: str) -> Head:
    """The home page, shared with the picture of its first banner."""
    return Head(
        title="",
        description=SLOGAN.of(locale),
        path="/",
        image=next((banner.image.src for banner in window.banners if banner.image), None),
        json_ld=(site_json_ld(public_url, locale), organization_json_ld(public_url, locale)),
    )


def categories(locale: str, public_url: str) -> Head:
    """The overview of categories."""
    here = (ALL_CATEGORIES.of(locale), absolute(public_url, localized("/c", locale)))
    return Head(
        title=ALL_CATEGORIES.of(locale),
        description=SLOGAN.of(locale),
        path="/c",
        json_ld=(breadcrumb_json_ld(_from_home([here], locale, public_url)),),
    )


def category(detail: CategoryDetail, locale: str, public_url: str, *, is_filtered: bool = False) -> Head:
    """A category with its way from the top; a choice of filters in it is nothing for search engines."""
    names = ("、" if locale == "zh" else ", ").join(child.name for child in detail.children)
    crumbs = _steps(detail.breadcrumbs, locale, public_url)
    return Head(
        title=detail.name,
        description=shortened(f"{detail.name}: {names}" if names else f"{detail.name} · {SLOGAN.of(locale)}"),
        path=f"/c/{detail.id}",
        is_indexed=not is_filtered,
        json_ld=(breadcrumb_json_ld(_from_home(crumbs, locale, public_url)),),
    )


def product(detail: ProductDetail, locale: str, public_url: str) -> Head:
    """A product with its offers and its way from the top; several merchants' offers of it share one address."""
    path = f"/p/{detail.shared_id or detail.id}"
    address = absolute(public_url, localized(path, locale))
    crumbs = _steps(detail.breadcrumbs, locale, public_url)
    return Head(
        title=detail.title,
        description=shortened(f"{detail.title} · {detail.subtitle}" if detail.subtitle else detail.title),
        path=path,
        image=detail.images[0].src if detail.images else None,
        kind="product",
        price=detail.price_from,
        json_ld=(
            product_json_ld(detail, address, public_url),
            breadcrumb_json_ld(_from_home([*crumbs, (detail.title, address)], locale, public_url)),
        ),
    )


def search(words: str, locale: str, *, is_filtered: bool = False) -> Head:
    """Search results: whatever was searched for, search engines are led to the one page of all products.

    A choice of filters is nothing for them.
    """
    title = f"“{words[:80]}”" if words else ALL_PRODUCTS.of(locale)
    return Head(title=title, description=SLOGAN.of(locale), path="/s", is_indexed=not is_filtered)


def store(found: Store, locale: str, public_url: str, *, is_filtered: bool = False) -> Head:
    """A merchant's store."""
    path = f"/store/{found.id}"
    address = absolute(public_url, localized(path, locale))
    return Head(
        title=found.name,
        description=shortened(found.introduction or f"{found.name} · {SLOGAN.of(locale)}"),
        path=path,
        image=found.banner or found.logo,
        is_indexed=not is_filtered,
        json_ld=(
            store_json_ld(found, address, public_url),
            breadcrumb_json_ld(_from_home([(found.name, address)], locale, public_url)),
        ),
    )


def event(found: EventShown, locale: str, public_url: str, *, is_indexed: bool) -> Head:
    """A sale event; nothing for search engines once it is over."""
    path = f"/event/{found.slug}"
    here = (found.name, absolute(public_url, localized(path, locale)))
    return Head(
        title=found.name,
        description=shortened(found.text or f"{found.name} · {SLOGAN.of(locale)}"),
        path=path,
        image=next((one.image.src for one in found.products if one.image), None),
        is_indexed=is_indexed and not found.is_over,
        json_ld=(breadcrumb_json_ld(_from_home([here], locale, public_url)),),
    )


def text(shown: ShopText, locale: str) -> Head:
    """What the shop itself says."""
    return Head(title=shown.title, description=SLOGAN.of(locale), path=f"/{shown.code}")


def help_page(locale: str) -> Head:
    """The buyer's questions."""
    return Head(title=HELP.of(locale), description=HELP_ABOUT.of(locale), path="/help")


def own(component: str, path: str, locale: str) -> Head:
    """A page of one person: nothing for search engines, but for the cart and flash sales, which everybody has."""
    title = OWN_TITLES.get(component, Text(zh="", en="")).of(locale)
    return Head(
        title=title,
        description=SLOGAN.of(locale),
        path=path,
        is_indexed=component in {"CartPage", "FlashPage"},
    )


def missing(locale: str) -> Head:
    """Nothing here."""
    return Head(title=MISSING.of(locale), description="", path="/", is_indexed=False)


def _steps(found: list[CategoryCrumb], locale: str, public_url: str) -> list[tuple[str, str]]:
    return [(step.name, absolute(public_url, localized(f"/c/{step.id}", locale))) for step in found]


def _from_home(crumbs: list[tuple[str, str]], locale: str, public_url: str) -> list[tuple[str, str]]:
    return [(HOME.of(locale), absolute(public_url, localized("/", locale))), *crumbs]
