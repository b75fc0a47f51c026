"""How complete the listings of the whole market are, for whoever ranks them."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from jishi.kernel.db import row, rows
from jishi.kernel.ids import CategoryId, ProductId
from jishi.offering.catalog import categories
from jishi.offering.catalog.types_index import Listing

_NOBODY = UUID(int=0)
_LISTINGS = """
SELECT p.id, p.category_id, p.rating_hundredths, p.review_count,
       (SELECT count(*) FROM jsonb_array_elements(p.media) one WHERE coalesce(one ->> 'kind', '') <> 'video'),
       p.media @> '[{"kind": "video"}]',
       array(SELECT key FROM jsonb_each_text(p.attributes) WHERE value <> '')
           || array(SELECT axis ->> 'code' FROM jsonb_array_elements(p.axes) axis),
       greatest(length(p.description_zh), length(p.description_en)),
       p.title_zh <> '' AND p.title_en <> '' AND (p.description_zh = '') = (p.description_en = '')
FROM catalog_product p WHERE p.status = 'live' AND p.id > %s ORDER BY p.id LIMIT %s
"""


def listings(*, after: ProductId | None, limit: int) -> list[Listing]:
    """Return the next products on sale in order of id, with how complete each is; three statements."""
    found = rows(_LISTINGS, [after or _NOBODY, limit])
    wanted = _attributes_of_categories() if found else {}
    return [
        Listing(
            product_id=product_id,
            rating_hundredths=rating,
            review_count=reviews,
            pictures=pictures,
            has_video=has_video,
            filled=len(wanted.get(category_id, frozenset()).intersection(codes)),
            attributes=len(wanted.get(category_id, ())),
            description_length=length,
            is_in_both_languages=is_in_both,
        )
        for product_id, category_id, rating, reviews, pictures, has_video, codes, length, is_in_both in found
    ]


def usual_rating() -> float | None:
    """Return the average of all reviews of what is on sale, in hundredths of a star; None without any."""
    found = row(
        "SELECT sum(rating_hundredths::bigint * review_count)::float8 / nullif(sum(review_count), 0) "
        "FROM catalog_product WHERE status = 'live' AND review_count > 0"
    )
    return found[0] if found else None


def _attributes_of_categories() -> Mapping[CategoryId, frozenset[str]]:
    paths: Mapping[CategoryId, Sequence[categories.Step]] = categories.all_paths()
    return {category_id: frozenset(categories.effective(steps)) for category_id, steps in paths.items()}
