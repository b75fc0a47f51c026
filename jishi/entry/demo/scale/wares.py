"""What the n-th product is. Pure: the same for the same run, however often and wherever it is asked."""

import math
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from random import Random
from typing import Any

from jishi.entry.demo.scale.names import Names, Row
from jishi.kernel.words import Text

LISTED_WITHIN_DAYS = 1_095
LISTED_WITHIN_MS = LISTED_WITHIN_DAYS * 86_400_000
SOLD_MOST = 180_000
SOLD_OUT_SHARE = 0.06
REDUCED_SHARE = 0.35
COLOURS_MAX, SPECS_MAX = 2, 2
_PLACE_STEP, _RANK_STEP = (
    7_368_787,
    15_485_863,
)  # primes: they scatter n over the merchants, and over the ranks
EDITIONS = tuple(
    Text(*one.split("|"))
    for one in (
        "旗舰版|Flagship", "青春版|Youth", "典藏版|Collector", "轻享版|Light", "尊享版|Prime", "经典款|Classic",
        "新中式|Neo-Chinese", "复古款|Retro", "极简款|Minimal", "户外款|Outdoor", "家用款|Home", "便携款|Travel",
        "加厚款|Thick", "升级款|Mark II", "联名款|Joint", "限定款|Limited", "学生款|Student", "商务款|Business",
        "礼盒装|Gift Box", "家庭装|Family", "夏季款|Summer", "冬季款|Winter", "春日款|Spring", "秋日款|Autumn",
    )
)  # fmt: skip
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """A value of a sale axis; `extra_minor` is added to the price, `picture` is a place among the kind's."""

    code: str
    name: Text
    extra_minor: int = 0
    picture: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What products of one kind share: a product of the written demo market, with its pictures."""

    category_id: str
    title: Text
    subtitle: Text
    description: Text
    price_minor: int
    weight_grams: int
    attributes: Mapping[str, Sequence[str]]
    colour_axis: Text
    spec_axis: Text
    colours: tuple[Value, ...]
    specs: tuple[Value, ...]
    pictures: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """A painted picture, as every merchant's own copy of it shows."""

    key: str
    content_hash: bytes
    perceptual_hash: int
    width: int
    height: int
    byte_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Seller:
    """A merchant of the run: `kinds` are the places of what he sells."""

    merchant_id: str
    owner_id: str
    warehouse_ids: tuple[str, ...]
    kinds: tuple[int, ...]
    commission_basis_points: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SkuWare:
    """One combination that can be bought."""

    id: str
    code: str
    colour: Value | None
    spec: Value | None
    price_minor: int
    list_price_minor: int | None
    is_there: bool

    @property
    def choice(self) -> dict[str, str]:
        """Return the chosen values by axis."""
        return {axis: one.code for axis, one in (("colour", self.colour), ("spec", self.spec)) if one}

    @property
    def choice_name(self) -> Text:
        """Return the chosen values as people read them."""
        chosen = [one.name for one in (self.colour, self.spec) if one]
        return Text(" / ".join(one.zh for one in chosen), " / ".join(one.en for one in chosen))


@dataclass(frozen=True, slots=True, kw_only=True)
class Ware:
    """A product."""

    number: int
    id: str
    seller: int
    kind: Kind
    brand: int
    title: Text
    attributes: dict[str, str]
    colours: tuple[Value, ...]
    specs: tuple[Value, ...]
    skus: tuple[SkuWare, ...]
    sold_count: int
    listed: int


@dataclass(frozen=True, kw_only=True)
class Assortment:
    """All products of a run. `until` is the instant of the last listing, in milliseconds since 1970."""

    names: Names
    count: int
    until: int
    kinds: Sequence[Kind]
    pictures: Sequence[Picture]
    brands: Sequence[tuple[str, Text]]
    sellers: Sequence[Seller]

    @cached_property
    def _bounds(self) -> list[int]:
        """Return where each merchant's products end: a few have many, most have few."""
        weights = [1 / (place + 4) for place in range(len(self.sellers))]
        whole, bounds, so_far = sum(weights), [], 0.0
        for weight in weights:
            so_far += weight
            bounds.append(round(self.count * so_far / whole))
        return bounds

    @cached_property
    def _back(self) -> tuple[int, int]:
        return pow(self._step(_PLACE_STEP), -1, self.count), pow(self._step(_RANK_STEP), -1, self.count)

    def _step(self, prime: int) -> int:
        while math.gcd(prime, self.count) != 1:
            prime += 1
        return prime

    def listed(self, number: int) -> int:
        """Return when a product came: the later ones have the higher numbers."""
        return self.until - LISTED_WITHIN_MS + LISTED_WITHIN_MS * (number + 1) // (self.count + 1)

    def listed_before(self, at: int) -> int:
        """Return how many products were there at an instant."""
        age = max(0, self.until - at) / LISTED_WITHIN_MS
        return max(1, math.floor(self.count * (1 - age)) - 1)

    def at_rank(self, rank: int) -> int:
        """Return the number of the product that sells best, second best …"""
        return rank * self._back[1] % self.count

    def rank(self, number: int) -> int:
        """Return how many products sell better."""
        return number * self._step(_RANK_STEP) % self.count

    def seller(self, number: int) -> int:
        """Return the place of a product's merchant."""
        return bisect_right(self._bounds, number * self._step(_PLACE_STEP) % self.count)

    def neighbour(self, number: int, chance: float) -> int:
        """Return another product of the same merchant."""
        seller = self.seller(number)
        first = self._bounds[seller - 1] if seller else 0
        return (first + int(chance * (self._bounds[seller] - first))) * self._back[0] % self.count

    def ware(self, number: int) -> Ware:
        """Return a product."""
        return _ware(self, number)

    def picture_of(self, ware: Ware, sku: SkuWare) -> str:
        """Return the key of what an order shows of a SKU: its colour, else the product."""
        of_colour = sku.colour.picture if sku.colour else None
        return self.pictures[ware.kind.pictures[0] if of_colour is None else of_colour].key

    def __hash__(self) -> int:
        return hash((self.names.salt, self.count))


@lru_cache(maxsize=20_000)
def _ware(all_of: Assortment, number: int) -> Ware:
    chance = Random(all_of.names.chance(Row.PRODUCT, number))
    seller_place = all_of.seller(number)
    seller = all_of.sellers[seller_place]
    kind = all_of.kinds[chance.choice(seller.kinds)]
    brand = int(len(all_of.brands) ** chance.random()) - 1
    rank = all_of.rank(number)
    colours = _few(chance, kind.colours, COLOURS_MAX)
    specs = _few(chance, kind.specs, SPECS_MAX)
    return Ware(
        number=number,
        id=all_of.names.id(Row.PRODUCT, number, all_of.listed(number)),
        seller=seller_place,
        kind=kind,
        brand=brand,
        title=_title(kind.title, all_of.brands[brand][1], chance, number),
        attributes={code: chance.choice(values) for code, values in kind.attributes.items()},
        colours=colours,
        specs=specs,
        skus=_skus(all_of, number, colours, specs, _price(kind.price_minor, chance), chance),
        sold_count=int(SOLD_MOST / (rank + 1) ** 0.85),
        listed=all_of.listed(number),
    )


def _few(chance: Random, values: tuple[Value, ...], most: int) -> tuple[Value, ...]:
    return tuple(chance.sample(values, min(len(values), chance.randint(1, most)))) if values else ()


def _title(kind: Text, brand: Text, chance: Random, number: int) -> Text:
    """Return the kind's title with the maker's name, an edition, and a model that no other product has."""
    edition = chance.choice(EDITIONS)
    first, second = number // 10_000 % 24, number // 240_000 % 24
    model = f"{_LETTERS[first]}{_LETTERS[second]}{number % 10_000:04}"
    zh, en = kind.zh.split(" ", 1)[-1], kind.en.split(" ", 1)[-1]
    return Text(f"{brand.zh} {zh} {edition.zh} {model}", f"{brand.en} {en} {edition.en} {model}")


def _price(usual_minor: int, chance: Random) -> int:
    """Return a price around the usual one, in whole yuan that end as prices do."""
    yuan = max(3, round(usual_minor / 100 * math.exp(chance.gauss(0, 0.5))))
    return (yuan if yuan < 20 else yuan // 10 * 10 + 9) * 100


def _skus(
    all_of: Assortment,
    number: int,
    colours: tuple[Value, ...],
    specs: tuple[Value, ...],
    price_minor: int,
    chance: Random,
) -> tuple[SkuWare, ...]:
    reduced = chance.randint(11, 15) if chance.random() < REDUCED_SHARE else 0
    least = min((one.extra_minor for one in specs), default=0)
    found = []
    for place, (colour, spec) in enumerate(
        (one, other) for one in colours or (None,) for other in specs or (None,)
    ):
        price = price_minor + (spec.extra_minor - least if spec else 0)
        found.append(
            SkuWare(
                id=all_of.names.id(Row.SKU, number * 8 + place, all_of.listed(number)),
                code=f"W{all_of.names.salt % 46656:X}-{number}-{place + 1}",
                colour=colour,
                spec=spec,
                price_minor=price,
                list_price_minor=price * reduced // 1000 * 100 if reduced else None,
                is_there=place == 0 or chance.random() >= SOLD_OUT_SHARE,
            )
        )
    return tuple(found)


def entry(asset_id: str, picture: Picture) -> dict[str, Any]:
    """Return what a product keeps of a picture."""
    return {"id": asset_id, "key": picture.key, "width": picture.width, "height": picture.height}
