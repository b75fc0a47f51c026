"""What is searched for: a fixed mix of narrow and broad queries, made from the names that the market has.

Of every twenty queries twelve are selective (a model, or a maker's edition of one kind of goods), five medium (a
maker's goods of a kind), two broad (a word that much of the market has), and one browses everything.
"""

import random
from collections.abc import Mapping, Sequence

from jishi.kernel.db import rows

SHARES: Mapping[str, int] = {"selective": 12, "medium": 5, "broad": 2, "all": 1}
# Every so-manieth of the products, by their ids: the same ones each time, from all of the catalogue.
_TITLES = """
SELECT p.title_zh, b.name_zh FROM catalog_product p JOIN catalog_brand b ON b.id = p.brand_id
WHERE p.status = 'live' AND p.title_zh ~ ' [A-Z]{2}[0-9]{4}$' ORDER BY right(p.id::text, 12) LIMIT %s
"""
_KINDS = "SELECT c.name_zh FROM catalog_category c WHERE c.parent_id IS NOT NULL ORDER BY c.name_zh"


def mix(count: int) -> list[tuple[str, str]]:
    """Return `count` queries with the kind of each, in an order that is mixed and always the same.

    The selective ones differ from each other as far as there are products; what is broad comes again, as it does.
    """
    parts = sum(SHARES.values())
    many = {name: count * share // parts for name, share in SHARES.items()}
    products = rows(_TITLES, [count])
    kinds = [name for (name,) in rows(_KINDS)]
    selective, medium = [], []
    for title, brand in products:
        words = title.split()
        *_, edition, model = words
        selective.append(model if len(selective) % 2 else f"{brand} {words[1]} {edition}")
        medium.append(f"{brand} {words[1]}")
    words = {"selective": selective, "medium": medium[::-1], "broad": kinds, "all": [""]}
    mixed = [(kind, word) for kind, wanted in many.items() for word in _so_many(words[kind], wanted)]
    random.Random(1).shuffle(mixed)
    return mixed


def _so_many(words: Sequence[str], count: int) -> list[str]:
    return [words[number % len(words)] for number in range(count)]


def typed() -> list[str]:
    """Return what people have typed when suggestions are asked for: the beginnings of makers and kinds."""
    names = [name for (name,) in rows(_KINDS)]
    names += [
        name for (name,) in rows("SELECT name_en FROM catalog_brand WHERE name_en <> '' ORDER BY name_en")
    ]
    return [name[:length].strip() for name in names for length in range(1, min(len(name), 5) + 1)]
