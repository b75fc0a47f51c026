"""What is read before many products are written at once."""

from collections.abc import Mapping, Sequence

import msgspec

from jishi.kernel.db import rows
from jishi.kernel.errors import Invalid
from jishi.kernel.ids import CategoryId, MerchantId, ProductId
from jishi.kernel.words import Text
from jishi.offering.catalog import attributes, categories, queries_brands, queries_review, rules, writing
from jishi.offering.catalog.types import CategoryAttribute, ListingStatus, VersionStatus
from jishi.offering.catalog.types_bulk import CategoryRule, Known, KnownProduct, Rulebook
from jishi.offering.catalog.types_review import Severity


def rulebook(merchant_id: MerchantId) -> Rulebook:
    """Return all categories with what is in force in them, brands and words, for a merchant; in six statements."""
    paths = categories.all_paths()
    parents = {steps[-2].id for steps in paths.values() if len(steps) > 1 and steps[-1].is_active}
    return Rulebook(
        categories={
            category_id: _rule(category_id, steps, is_leaf=category_id not in parents)
            for category_id, steps in paths.items()
        },
        brands={
            brand_id: Text(zh, en)
            for brand_id, zh, en in rows("SELECT id, name_zh, name_en FROM catalog_brand WHERE is_active")
        },
        closed_brands=queries_brands.closed_to(merchant_id),
        words={
            word: severity
            for word, severity in queries_review.sensitive_words().items()
            if severity is Severity.BLOCK
        },
    )


def _rule(category_id: CategoryId, steps: Sequence[categories.Step], *, is_leaf: bool) -> CategoryRule:
    in_force = categories.effective(steps)
    return CategoryRule(
        id=category_id,
        path=[step.name for step in steps],
        is_open=all(step.is_active for step in steps),
        is_leaf=is_leaf,
        in_force=in_force,
        attributes=categories.as_types(in_force, "zh"),
        names={code: Text(one["zh"], one["en"]) for code, one in in_force.items()},
        choices={
            code: {choice["code"]: Text(choice["zh"], choice["en"]) for choice in one["choices"]}
            for code, one in in_force.items()
        },
        definitions=attributes.numbers(in_force),
    )


_OF_CODES = """
SELECT p.id, p.status, coalesce(o.wish, l.wish)::text, o.status, array_agg(s.code),
       coalesce(array_agg(s.code) FILTER (WHERE s.is_active), '{}')
FROM catalog_sku s
JOIN catalog_product p ON p.id = s.product_id
LEFT JOIN catalog_version o ON o.product_id = p.id AND o.status IN ('draft', 'in_review', 'rejected')
LEFT JOIN catalog_version l ON l.product_id = p.id AND l.number = p.live_number
WHERE s.merchant_id = %s AND s.code = ANY(%s::text[])
GROUP BY p.id, o.id, l.id
"""


def attribute_texts(category: CategoryRule, values: Mapping[str, str], language: str) -> dict[str, str]:
    """Return attributes' values as people read and write them: choices by their names.

    What the category does not know any more, or nobody could write like that, is left out.
    """
    told = {}
    for code in values.keys() & category.names.keys():
        attribute = next(one for one in category.attributes if one.code == code)
        codes = categories.codes_of(category.in_force[code])
        names = {option: name.of(language) for option, name in category.choices[code].items()}
        stored = values[code]
        several = ", ".join(names.get(one, one) for one in rules.chosen_codes(stored))
        for text in (names.get(stored, stored), several, stored):
            if _stored(attribute, text, codes) == stored:
                told[code] = text
                break
    return told


def _stored(attribute: CategoryAttribute, text: str, codes: Mapping[str, str]) -> str | None:
    try:
        return rules.normal_value(attribute, text, codes)
    except Invalid:
        return None


def known_products(merchant_id: MerchantId, codes: Sequence[str]) -> Known:
    """Return the products of a merchant that have SKUs of these codes, as they are written now; one statement."""
    products: dict[ProductId, KnownProduct] = {}
    for_sale: dict[str, ProductId] = {}
    proposed: dict[str, ProductId] = {}
    for product_id, status, stored, proposal, found, active in rows(_OF_CODES, [merchant_id, list(codes)]):
        if stored is None:
            continue  # banned before it was ever approved: nothing is written of it
        wish = writing.read(msgspec.json.decode(stored))
        products[product_id] = KnownProduct(
            id=product_id,
            status=ListingStatus(status),
            proposal=VersionStatus(proposal) if proposal else None,
            wish=wish,
        )
        # A code that one product gave up may be another's; where two name it, the one that has it now keeps it.
        for_sale.update(dict.fromkeys(active, product_id))
        proposed.update(dict.fromkeys({sku.code for sku in wish.skus} & set(found), product_id))
    return Known(products=products, by_code={**proposed, **for_sale})


def gtin_owners(merchant_id: MerchantId, gtins: Sequence[str]) -> dict[str, ProductId]:
    """Return which products of a merchant have SKUs with these GTINs now; no statement for none."""
    wanted = [gtin for gtin in gtins if gtin]
    if not wanted:
        return {}
    found = rows(
        "SELECT gtin, product_id FROM catalog_sku WHERE merchant_id = %s AND is_active AND gtin = ANY(%s::text[]) "
        "AND gtin <> ''",
        [merchant_id, wanted],
    )
    return {gtin: ProductId(product_id) for gtin, product_id in found}
