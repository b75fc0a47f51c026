"""What search engines and shared links read of a page: title, description, addresses, structured data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from jishi.identity.merchants.types import Store
from jishi.kernel.money import Money
from jishi.offering.catalog.types import ProductDetail, Sku
from jishi.offering.catalog.types_offers import SharedOffers

LOCALES = ("zh", "en")
LANGUAGE_TAGS = {"zh": "zh-CN", "en": "en"}
SITE_NAMES = {"zh": "集市", "en": "Jishi"}
ICON = "/static/storefront/icon.svg"
ICONS = "/static/storefront/icons/"
TOUCH_ICON = f"{ICONS}touch-180.png"
DESCRIPTION_CHARACTERS_MAX = 150
OFFERS_MAX = 50  # a page must stay small, whatever a merchant combines


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The head of one page. `path` has no language prefix; `image` is a path or an absolute address.

    `price` is what a product costs at least.
    """

    title: str
    description: str
    path: str
    image: str | None = None
    kind: str = "website"
    price: Money | None = None
    is_indexed: bool = True
    json_ld: tuple[Mapping[str, Any], ...] = field(default=())


def localized(path: str, locale: str) -> str:
    """Return the path in a language: Chinese has none, English lives under /en."""
    return path if locale == "zh" else f"/en{path}"


def absolute(public_url: str, path: str) -> str:
    """Return the whole address of a path; an address stays as it is."""
    return path if path.startswith(("http://", "https://")) else f"{public_url}{path}"


def full_title(title: str, locale: str) -> str:
    """Return the title with the name of the shop behind it."""
    site = SITE_NAMES[locale]
    return f"{title} - {site}" if title and title != site else site


def shortened(text: str) -> str:
    """Return the first words of `text` on one line, as long as search engines show."""
    line = " ".join(text.split())
    return line if len(line) <= DESCRIPTION_CHARACTERS_MAX else f"{line[: DESCRIPTION_CHARACTERS_MAX - 1]}…"


def decimal_amount(money: Money) -> str:
    """Return the amount as schema.org wants it, `12.50`, without going through a float."""
    return decimal(money.amount_minor)


def decimal(hundredths: int) -> str:
    """Return hundredths (at least 0) as a decimal number with two places."""
    return f"{hundredths // 100}.{hundredths % 100:02d}"


def product_json_ld(product: ProductDetail, address: str, public_url: str) -> Mapping[str, Any]:
    """Describe a product as schema.org/Product with its offers (https://schema.org/Product)."""
    described: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Product",
        "productID": str(product.shared_id or product.id),
        "name": product.title,
        "description": shortened(product.subtitle or product.title),
        "image": [absolute(public_url, image.src) for image in product.images],
        "offers": _of_merchants(product.shared, address) if product.shared else _offers(product, address),
    }
    if len(product.skus) == 1:
        described |= _numbers(product.skus[0])
    if product.brand:
        described["brand"] = {"@type": "Brand", "name": product.brand}
    if product.rating:
        described["aggregateRating"] = {
            "@type": "AggregateRating",
            "ratingValue": decimal(product.rating.average_hundredths),
            "reviewCount": product.rating.count,
            "bestRating": 5,
            "worstRating": 1,
        }
    return described


def _offers(product: ProductDetail, address: str) -> Mapping[str, Any]:
    """One offer for a product of one kind; the range of prices with an offer each for one of several."""
    each = [_offer(sku, product, address) for sku in product.skus[:OFFERS_MAX]]
    if len(each) == 1:
        return {**each[0], "url": address}
    return {
        "@type": "AggregateOffer",
        "url": address,
        "priceCurrency": product.price_from.currency,
        "lowPrice": decimal_amount(product.price_from),
        "highPrice": decimal_amount(product.price_to),
        "offerCount": len(product.skus),
        "availability": _availability(in_stock=product.in_stock),
        "seller": _seller(product),
        "offers": each,
    }


def _of_merchants(shared: SharedOffers, address: str) -> Mapping[str, Any]:
    """The offers of several merchants, the best first, each at its own page with its lowest price."""
    shown = shared.offers[:OFFERS_MAX]
    above = address.rpartition("/")[0]
    return {
        "@type": "AggregateOffer",
        "url": address,
        "priceCurrency": shared.price_from.currency,
        "lowPrice": decimal_amount(shared.price_from),
        "highPrice": decimal(max(sku.price.amount_minor for one in shown for sku in one.skus)),
        "offerCount": len(shared.offers),
        "availability": _availability(in_stock=any(one.in_stock for one in shown)),
        "offers": [
            {
                "@type": "Offer",
                "url": f"{above}/{one.product_id}",
                "priceCurrency": one.price.currency,
                "price": decimal_amount(one.price),
                "availability": _availability(in_stock=one.in_stock),
                "itemCondition": "https://schema.org/NewCondition",
                "seller": {"@type": "Organization", "name": one.merchant.name},
            }
            for one in shown
        ],
    }


def _numbers(sku: Sku) -> dict[str, str]:
    """What names the goods everywhere: the bar code, and what their maker calls them."""
    return {name: value for name, value in (("gtin", sku.gtin), ("mpn", sku.model)) if value}


def _offer(sku: Sku, product: ProductDetail, address: str) -> Mapping[str, Any]:
    # Of several kinds each offer says which goods it is for; of one the product itself does.
    itself = len(product.skus) == 1
    numbers = {} if itself else _numbers(sku)
    return {
        "@type": "Offer",
        "url": f"{address}?sku={sku.id}",
        "sku": sku.code,
        **numbers,
        "priceCurrency": sku.price.currency,
        "price": decimal_amount(sku.price),
        "availability": _availability(in_stock=sku.in_stock),
        "itemCondition": "https://schema.org/NewCondition",
        "seller": _seller(product),
    }


def _seller(product: ProductDetail) -> Mapping[str, Any]:
    return {"@type": "Organization", "name": product.merchant.name}


def _availability(*, in_stock: bool) -> str:
    return f"https://schema.org/{'InStock' if in_stock else 'OutOfStock'}"


def store_json_ld(store: Store, address: str, public_url: str) -> Mapping[str, Any]:
    """Describe a merchant's store as schema.org/OnlineStore, an Organization."""
    described: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "OnlineStore",
        "name": store.name,
        "url": address,
    }
    if store.introduction:
        described["description"] = shortened(store.introduction)
    if store.logo:
        described["logo"] = absolute(public_url, store.logo)
    return described


def breadcrumb_json_ld(crumbs: list[tuple[str, str]]) -> Mapping[str, Any]:
    """Describe the way to a page, (name, address) from the top, as schema.org/BreadcrumbList."""
    return {
        "@context": "https://schema.org",
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": position, "name": name, "item": address}
            for position, (name, address) in enumerate(crumbs, start=1)
        ],
    }


def site_json_ld(public_url: str, locale: str) -> Mapping[str, Any]:
    """Describe the shop and its search box as schema.org/WebSite."""
    home = absolute(public_url, localized("/", locale))
    return {
        "@context": "https://schema.org",
        "@type": "WebSite",
        "name": SITE_NAMES[locale],
        "url": home,
        "inLanguage": LANGUAGE_TAGS[locale],
        "potentialAction": {
            "@type": "SearchAction",
            "target": {"@type": "EntryPoint", "urlTemplate": f"{home}s?q={{search_term_string}}"},
            "query-input": "required name=search_term_string",
        },
    }


def organization_json_ld(public_url: str, locale: str) -> Mapping[str, Any]:
    """Describe who runs the shop as schema.org/Organization."""
    return {
        "@context": "https://schema.org",
        "@type": "Organization",
        "name": SITE_NAMES[locale],
        "url": absolute(public_url, "/"),
        "logo": absolute(public_url, ICON),
    }
