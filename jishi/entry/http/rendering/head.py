"""What search engines and shared links read of a page: title, description, addresses, structured data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from jishi.kernel.money import Money
from jishi.offering.catalog.types import ProductDetail

LOCALES = ("zh", "en")
LANGUAGE_TAGS = {"zh": "zh-CN", "en": "en"}
SITE_NAMES = {"zh": "集市", "en": "Jishi"}
DESCRIPTION_CHARACTERS_MAX = 150


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The head of one page. `path` has no language prefix; `image` is a path or an absolute address."""

    title: str
    description: str
    path: str
    image: str | None = None
    kind: str = "website"
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
    return f"{money.amount_minor // 100}.{money.amount_minor % 100:02d}"


def product_json_ld(product: ProductDetail, address: str, public_url: str) -> Mapping[str, Any]:
    """Describe a product as schema.org/Product with its offers (https://schema.org/Product)."""
    availability = "InStock" if product.in_stock else "OutOfStock"
    described: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Product",
        "name": product.title,
        "description": shortened(product.subtitle or product.title),
        "image": [absolute(public_url, image.src) for image in product.images],
        "offers": {
            "@type": "AggregateOffer",
            "url": address,
            "priceCurrency": product.price_from.currency,
            "lowPrice": decimal_amount(product.price_from),
            "highPrice": decimal_amount(product.price_to),
            "offerCount": len(product.skus),
            "availability": f"https://schema.org/{availability}",
            "seller": {"@type": "Organization", "name": product.merchant.name},
        },
    }
    if product.brand:
        described["brand"] = {"@type": "Brand", "name": product.brand}
    if product.rating:
        described["aggregateRating"] = {
            "@type": "AggregateRating",
            "ratingValue": f"{product.rating.average_hundredths / 100:.2f}",
            "reviewCount": product.rating.count,
            "bestRating": 5,
        }
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
        "potentialAction": {
            "@type": "SearchAction",
            "target": f"{home}s?q={{search_term_string}}",
            "query-input": "required name=search_term_string",
        },
    }
