"""What it costs to send goods (docs/algorithms/freight.md), and where a parcel is."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from jishi.kernel.ids import ParcelId
from jishi.kernel.money import Money
from jishi.kernel.words import Text
from jishi.trade.shipping.types import (
    Freight,
    FreightRate,
    FreightTemplate,
    FreightUnit,
    Goods,
    ParcelStatus,
    Scan,
    ShippingMethod,
    ShippingOption,
)

GRAMS_PER_UNIT = 1_000
CM3_PER_UNIT = 1_000
FREE = "free"

# What a scan may lead to. `lost` and `returned` are ends, but a parcel believed lost may still turn up.
PARCEL_MOVES: Mapping[ParcelStatus, frozenset[ParcelStatus]] = {
    ParcelStatus.LABEL_CREATED: frozenset(
        {
            ParcelStatus.COLLECTED,
            ParcelStatus.IN_TRANSIT,
            ParcelStatus.OUT_FOR_DELIVERY,
            ParcelStatus.DELIVERED,
            ParcelStatus.EXCEPTION,
        }
    ),
    ParcelStatus.COLLECTED: frozenset(
        {
            ParcelStatus.IN_TRANSIT,
            ParcelStatus.OUT_FOR_DELIVERY,
            ParcelStatus.DELIVERED,
            ParcelStatus.EXCEPTION,
        }
    ),
    ParcelStatus.IN_TRANSIT: frozenset(
        {ParcelStatus.OUT_FOR_DELIVERY, ParcelStatus.DELIVERED, ParcelStatus.EXCEPTION}
    ),
    ParcelStatus.OUT_FOR_DELIVERY: frozenset(
        {ParcelStatus.IN_TRANSIT, ParcelStatus.DELIVERED, ParcelStatus.EXCEPTION}
    ),
    ParcelStatus.EXCEPTION: frozenset(
        {
            ParcelStatus.IN_TRANSIT,
            ParcelStatus.OUT_FOR_DELIVERY,
            ParcelStatus.DELIVERED,
            ParcelStatus.LOST,
            ParcelStatus.RETURNED,
        }
    ),
    ParcelStatus.LOST: frozenset({ParcelStatus.IN_TRANSIT, ParcelStatus.DELIVERED, ParcelStatus.RETURNED}),
    ParcelStatus.DELIVERED: frozenset(),
    ParcelStatus.RETURNED: frozenset(),
}


# The carriers a merchant may choose, by the code the tracking service knows them by.
CARRIERS: Mapping[str, Text] = {
    "shunfeng": Text(zh="顺丰速运", en="SF Express"),
    "zhongtong": Text(zh="中通快递", en="ZTO Express"),
    "yuantong": Text(zh="圆通速递", en="YTO Express"),
    "yunda": Text(zh="韵达快递", en="Yunda Express"),
    "shentong": Text(zh="申通快递", en="STO Express"),
    "jtexpress": Text(zh="极兔速递", en="J&T Express"),
    "jd": Text(zh="京东物流", en="JD Logistics"),
    "ems": Text(zh="中国邮政 EMS", en="China Post EMS"),
}

METHODS: Mapping[ShippingMethod, tuple[Text, Text]] = {
    ShippingMethod.STANDARD: (
        Text(zh="普通快递", en="Standard"),
        Text(zh="预计 2–4 天送达", en="Arrives in 2–4 days"),
    ),
    ShippingMethod.EXPRESS: (
        Text(zh="加急快递", en="Express"),
        Text(zh="预计次日送达", en="Arrives the next day"),
    ),
    ShippingMethod.SAME_CITY: (
        Text(zh="同城配送", en="Same city"),
        Text(zh="预计当天送达", en="Arrives today"),
    ),
}


NO_PARCEL = (
    Text(zh="无需物流", en="No parcel needed"),
    Text(zh="付款后在订单中查看", en="In your order once it is paid"),
)

# What the promise of a method means in days.
DAYS: Mapping[ShippingMethod, tuple[int, int]] = {
    ShippingMethod.STANDARD: (2, 4),
    ShippingMethod.EXPRESS: (1, 1),
    ShippingMethod.SAME_CITY: (0, 0),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """The goods of one template, summed."""

    pieces: int
    weight_grams: int
    volume_cm3: int
    amount_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """What one template asks for its load: alone, and when another template charges the first units."""

    template: FreightTemplate
    first_minor: int
    alone_minor: int
    joined_minor: int
    surcharge_minor: int


def freight(
    goods: Sequence[Goods],
    templates: Sequence[FreightTemplate],
    *,
    method: ShippingMethod,
    area_code: str | None,
    currency: str,
) -> Freight | None:
    """Return what one merchant charges for `goods` by `method` to an area, or None when he does not send
    them there.

    Charged once per merchant and method: the dearest first units count once, every other template adds
    further units only, and the highest surcharge counts once. `templates` are the merchant's; goods that
    name none of this method travel by its default one (the first). A merchant without any template sends by
    standard, free. An unknown area (None) is priced at the cheapest rate, as the least it will be.
    """
    offered = [template for template in templates if template.method is method]
    if not templates and method is ShippingMethod.STANDARD:
        return Freight(method=method, amount=Money(0, currency), rule_id=FREE, rule_version=1)
    if not offered:
        return None
    charges = []
    for template, load in loads(goods, offered):
        rate = rate_for(template, area_code)
        if rate is None:
            return None
        if not is_free(rate, load):
            charges.append(charge(template, rate, load))
    base = max(charges, key=lambda one: (one.first_minor, one.template.id), default=None)
    return Freight(
        method=method,
        amount=Money(_together(charges, base), currency),
        rule_id=base.template.id if base else offered[0].id,
        rule_version=base.template.version if base else offered[0].version,
    )


def offers(
    goods: Sequence[Goods], templates: Sequence[FreightTemplate], *, area_code: str | None, currency: str
) -> dict[ShippingMethod, Freight]:
    """Return every method by which one merchant sends all of `goods` to an area, with its freight."""
    found = {
        method: freight(goods, templates, method=method, area_code=area_code, currency=currency)
        for method in METHODS
    }
    return {method: offer for method, offer in found.items() if offer is not None}


def no_freight(currency: str) -> Freight:
    """Return the way of what travels in no parcel: nothing, for nothing."""
    return Freight(method=ShippingMethod.VIRTUAL, amount=Money(0, currency), rule_id=FREE, rule_version=1)


def option(offer: Freight, *, language: str) -> ShippingOption:
    """Return an offer as people see it."""
    name, promise = NO_PARCEL if offer.method is ShippingMethod.VIRTUAL else METHODS[offer.method]
    return ShippingOption(
        method=offer.method,
        name=name.of(language),
        amount=offer.amount,
        promise=promise.of(language),
    )


def loads(goods: Sequence[Goods], templates: Sequence[FreightTemplate]) -> list[tuple[FreightTemplate, Load]]:
    """Sum the goods per template, in the order of `templates`; the first takes what names none of them."""
    by_id = {template.id: template for template in templates}
    shares: dict[str, list[Goods]] = {}
    for one in goods:
        template = by_id.get(one.template_id or "", templates[0])
        shares.setdefault(template.id, []).append(one)
    return [(template, _load(shares[template.id])) for template in templates if template.id in shares]


def rate_for(template: FreightTemplate, area_code: str | None) -> FreightRate | None:
    """Return the rate of the longest area prefix that matches; None where the template does not serve."""
    if area_code is None:
        served = [rate for rate in template.rates if rate.is_served]
        return min(served, key=lambda rate: (rate.first_minor, rate.next_minor), default=None)
    matches = [
        (len(prefix), rate)
        for rate in template.rates
        for prefix in rate.area_prefixes
        if area_code.startswith(prefix)
    ]
    _, best = max(matches, key=lambda match: match[0], default=(0, None))
    return best if best is not None and best.is_served else None


def is_free(rate: FreightRate, load: Load) -> bool:
    """Say whether the goods reach a threshold of the rate; then even its surcharge is waived."""
    by_amount = rate.free_from_minor is not None and load.amount_minor >= rate.free_from_minor
    by_pieces = rate.free_from_pieces is not None and load.pieces >= rate.free_from_pieces
    return by_amount or by_pieces


def charge(template: FreightTemplate, rate: FreightRate, load: Load) -> Charge:
    """Return what the template asks: first units, then every begun group of further units."""
    wanted = units(template.unit, load)
    beyond = _groups(max(wanted - rate.first_units, 0), rate.next_units) * rate.next_minor
    alone = rate.first_minor + beyond
    return Charge(
        template=template,
        first_minor=rate.first_minor,
        alone_minor=alone,
        joined_minor=min(alone, _groups(wanted, rate.next_units) * rate.next_minor),
        surcharge_minor=rate.surcharge_minor,
    )


def units(unit: FreightUnit, load: Load) -> int:
    """Return the load in chargeable units, at least one: pieces, kilograms begun or litres begun."""
    if unit is FreightUnit.PIECE:
        return load.pieces
    if unit is FreightUnit.WEIGHT:
        return max(_groups(load.weight_grams, GRAMS_PER_UNIT), 1)
    return max(_groups(load.volume_cm3, CM3_PER_UNIT), 1)


def status_after(scans: Iterable[Scan]) -> ParcelStatus:
    """Return where a parcel is after its scans: read in the order of their time, whatever order they arrived
    in.

    A scan that cannot follow the ones before it (a late "collected" after "delivered") moves nothing.
    """
    status = ParcelStatus.LABEL_CREATED
    for scan in reversed(newest_first(scans)):
        if scan.status in PARCEL_MOVES[status]:
            status = scan.status
    return status


def newest_first(scans: Iterable[Scan]) -> list[Scan]:
    """Sort scans by their time, those of one second by how far they bring a parcel."""
    return sorted(scans, key=lambda scan: (scan.at, _RANK[scan.status]), reverse=True)


def scan_id(parcel_id: ParcelId, scan: Scan) -> UUID:
    """Return the id a scan always has: its time as a UUIDv7, and a hash of all it says in the place of
    chance.

    The same scan pushed again meets its own row; a correction of it is another row.
    """
    said = f"{parcel_id}\0{scan.at.isoformat()}\0{scan.status}\0{scan.location}\0{scan.description}"
    chance = int.from_bytes(hashlib.blake2b(said.encode(), digest_size=10).digest(), "big")
    moment = max(int(scan.at.timestamp() * 1000), 0) & (1 << 48) - 1
    version, variant = 7 << 76, 0b10 << 62
    mask = ~((0xF << 76) | (0b11 << 62))
    return UUID(int=moment << 80 | (chance & mask & (1 << 80) - 1) | version | variant)


_RANK = {status: rank for rank, status in enumerate(ParcelStatus)}


def _together(charges: Sequence[Charge], base: Charge | None) -> int:
    if base is None:
        return 0
    joined = sum(one.joined_minor for one in charges if one is not base)
    return base.alone_minor + joined + max(one.surcharge_minor for one in charges)


def _groups(amount: int, size: int) -> int:
    """Return how many groups of `size` are begun."""
    return -(-amount // size)


def _load(goods: Sequence[Goods]) -> Load:
    return Load(
        pieces=sum(one.quantity for one in goods),
        weight_grams=sum(one.quantity * one.weight_grams for one in goods),
        volume_cm3=sum(one.quantity * one.volume_cm3 for one in goods),
        amount_minor=sum(one.amount.amount_minor for one in goods),
    )
