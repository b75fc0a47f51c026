"""Search by picture: products that show the same picture, or nearly the same.

What is compared are fingerprints of 64 bits that say where a picture grows darker. They survive scaling, compression
and small changes; another photograph of the same thing has another one. So this finds where a picture comes from, not
what is on it.
"""

from collections.abc import Sequence

from jishi.discovery.search.types import PictureMatch, PictureMatches
from jishi.kernel.ids import ProductId
from jishi.offering.catalog import queries as catalog
from jishi.offering.catalog import queries_showing as catalog_showing
from jishi.offering.media import queries_alike as media

BITS_MAX = 9  # of 64; with more they are different pictures
SAME_BITS_MAX = 5
PICTURES_MAX = 60
PRODUCTS_MAX = 40


def by_picture(fingerprints: Sequence[int], *, language: str) -> PictureMatches:
    """Return products on sale that show a picture like this one, the most alike first, at most `PRODUCTS_MAX`; three
    statements.
    """
    bits: dict[ProductId, int] = {}
    alike = media.pictures_like(fingerprints, bits_max=BITS_MAX, most=PICTURES_MAX)
    shown = catalog_showing.showing([one.alike for one in alike])
    for one in alike:
        for product_id in shown.get(one.alike, ()):
            bits.setdefault(product_id, one.bits)
    cards = catalog.product_cards(list(bits)[:PRODUCTS_MAX], language=language)
    return PictureMatches(
        items=[PictureMatch(product=card, is_same=bits[card.id] <= SAME_BITS_MAX) for card in cards]
    )
