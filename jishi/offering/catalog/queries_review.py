"""What the checks of listing review need to know, read when a version is submitted."""

from collections.abc import Sequence
from datetime import datetime

from jishi.kernel.db import row, rows
from jishi.kernel.ids import CategoryId, MerchantId, SkuId
from jishi.offering.catalog import rules_review, rules_words
from jishi.offering.catalog.rules_review import Alike, NewPrice
from jishi.offering.catalog.types import ProductWish
from jishi.offering.catalog.types_review import Finding, Severity
from jishi.offering.media import queries_alike as media


def findings(
    merchant_id: MerchantId, wish: ProductWish, live: ProductWish | None, *, now: datetime
) -> list[Finding]:
    """Return what a person should see of a version: words of all its texts, pictures and prices that are new."""
    found = [
        *rules_review.word_findings(wish, sensitive_words()),
        *_of_pictures(merchant_id, wish, live),
        *_of_prices(wish, live, now),
    ]
    return found[: rules_review.FINDINGS_MAX]


def sensitive_words() -> dict[str, Severity]:
    """Return the words in force."""
    found = rows("SELECT text, severity FROM catalog_word WHERE is_active")
    return {text: Severity(severity) for text, severity in found}


def can_be_found(word: str) -> bool:
    """Say whether a text could contain the word at all: it has letters or digits."""
    return bool(rules_words.readable(word).letters)


def rejection_templates() -> list[tuple[str, str]]:
    """Return the reasons that operators choose from, Chinese and English, in their order."""
    return [
        (zh, en)
        for zh, en in rows(
            "SELECT text_zh, text_en FROM catalog_rejection_template WHERE is_active ORDER BY sort, id"
        )
    ]


_TRUSTED = """
SELECT m.status = 'active'
   AND NOT EXISTS (SELECT FROM catalog_product p WHERE p.merchant_id = m.id AND p.status = 'banned')
   AND (SELECT count(*) FROM catalog_version v WHERE v.merchant_id = m.id AND v.status IN ('rejected', 'refused')
        AND v.decided_at > %s) < %s
FROM merchants_merchant m WHERE m.id = %s
"""


def is_trusted(merchant_id: MerchantId, *, now: datetime) -> bool:
    """Say whether a merchant is in good standing: active, nothing banned, and few rejections lately."""
    found = row(_TRUSTED, [now - rules_review.REJECTIONS_OF, rules_review.REJECTIONS_MAX, merchant_id])
    return bool(found and found[0])


def _of_pictures(merchant_id: MerchantId, wish: ProductWish, live: ProductWish | None) -> list[Finding]:
    seen = live.media_ids if live else []
    new = [media_id for media_id in wish.media_ids if media_id not in seen]
    found = media.look_alikes(merchant_id, new, bits_max=rules_review.ALIKE_BITS_MAX) if new else []
    return rules_review.picture_findings(
        Alike(picture=one.picture, alike=one.alike, merchant_id=str(one.merchant_id), bits=one.bits)
        for one in found
    )


def _of_prices(wish: ProductWish, live: ProductWish | None, now: datetime) -> list[Finding]:
    before = {sku.id: sku.price_minor for sku in live.skus} if live else {}
    new = [sku for sku in wish.skus if before.get(sku.id) != sku.price_minor]
    if not new:
        return []
    known = _ranges([sku.id for sku in new if sku.id], since=now - rules_review.PRICES_OF)
    prices = []
    for sku in new:
        lowest, highest = known.get(sku.id, (None, None)) if sku.id else (None, None)
        prices.append(
            NewPrice(code=sku.code, price_minor=sku.price_minor, lowest_minor=lowest, highest_minor=highest)
        )
    return rules_review.price_findings(prices, _median(wish.category_id))


def _ranges(sku_ids: Sequence[SkuId], *, since: datetime) -> dict[SkuId, tuple[int, int]]:
    """Return the lowest and highest offer of each SKU since an instant; what was in force then counts."""
    found = rows(
        "SELECT h.sku_id, min(h.price_minor), max(h.price_minor) FROM catalog_price h "
        "WHERE h.sku_id = ANY(%s::uuid[]) AND h.price_minor IS NOT NULL AND h.offered_from >= coalesce("
        "(SELECT max(first.offered_from) FROM catalog_price first "
        "WHERE first.sku_id = h.sku_id AND first.offered_from <= %s), '-infinity') GROUP BY h.sku_id",
        [list(sku_ids), since],
    )
    return {SkuId(sku_id): (lowest, highest) for sku_id, lowest, highest in found}


def _median(category_id: CategoryId) -> int | None:
    """Return the median price of what is on sale in a category, its newest; None for too few."""
    found = row(
        "SELECT count(*), percentile_disc(0.5) WITHIN GROUP (ORDER BY price_from_minor) FROM ("
        "SELECT price_from_minor FROM catalog_product WHERE category_id = %s AND status = 'live' "
        "ORDER BY published_at DESC, id DESC LIMIT %s) newest",
        [category_id, rules_review.MEDIAN_OF_MAX],
    )
    return int(found[1]) if found and found[0] >= rules_review.MEDIAN_OF_MIN else None
