"""What is searched for: a fixed mix of narrow and broad queries, made from the names that the market has.

Of every twenty queries twelve are selective (a model, or a maker's edition of one kind of goods), five medium (a
maker's goods of a kind), two broad (a word that much of the market has), and one browses everything.
"""

from collections.abc import Mapping

from jishi.kernel.db import rows

SHARES: Mapping[str, int] = {"selective": 12, "medium": 5, "broad": 2, "all": 1}
QUERIES = 400
# Every so-manieth of the products, by their ids: the same ones each time, from all of the catalogue.
_TITLES = """
SELECT p.title_zh, b.name_zh FROM catalog_product p JOIN catalog_brand b ON b.id = p.brand_id
WHERE p.status = 'live' AND p.title_zh ~ ' [A-Z]{2}[0-9]{4}$' ORDER BY right(p.id::text, 12) LIMIT %s
"""
_KINDS = "SELECT c.name_zh FROM catalog_category c WHERE c.parent_id IS NOT NULL ORDER BY c.name_zh"


def mix() -> dict[str, list[str]]:
    """Return the queries of each kind, `QUERIES` together."""
    parts = sum(SHARES.values())
    many = {name: QUERIES * share // parts for name, share in SHARES.items()}
    products = rows(_TITLES, [QUERIES])
    kinds = [name for (name,) in rows(_KINDS)]
    selective, medium = [], []
    for title, brand in products:
        words = title.split()
        *_, edition, model = words
        selective.append(model if len(selective) % 2 else f"{brand} {words[1]} {edition}")
        medium.append(f"{brand} {words[1]}")
    return {
        "selective": selective[: many["selective"]],
        "medium": medium[-many["medium"] :],
        "broad": [kinds[number % len(kinds)] for number in range(many["broad"])],
        "all": [""] * many["all"],
    }


def typed() -> list[str]:
    """Return what people have typed when suggestions are asked for: the beginnings of makers and kinds."""
    names = [name for (name,) in rows(_KINDS)]
    names += [
        name for (name,) in rows("SELECT name_en FROM catalog_brand WHERE name_en <> '' ORDER BY name_en")
    ]
    return [name[:length].strip() for name in names for length in range(1, min(len(name), 5) + 1)]
