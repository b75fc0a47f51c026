"""Which products show a picture."""

from collections.abc import Sequence

from jishi.kernel.db import rows
from jishi.kernel.ids import ProductId

# Each picture is asked for by itself, so that its index answers.
_SHOWING = """
SELECT wanted.key, p.id FROM unnest(%s::text[]) AS wanted (key)
JOIN catalog_product p ON p.media @> jsonb_build_array(jsonb_build_object('key', wanted.key)) AND p.status = 'live'
JOIN merchants_merchant m ON m.id = p.merchant_id AND m.status = 'active'
ORDER BY p.sold_count DESC, p.id
"""


def showing(keys: Sequence[str]) -> dict[str, list[ProductId]]:
    """Return the products on sale that show each of these stored pictures, the most sold first; one statement."""
    found: dict[str, list[ProductId]] = {}
    for key, product_id in rows(_SHOWING, [list(keys)]):
        found.setdefault(key, []).append(ProductId(product_id))
    return found
