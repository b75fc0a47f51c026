"""Which warehouse sends what: pure, deterministic, the same answer for the same stock."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from jishi.kernel.ids import MerchantId, SkuId, WarehouseId
from jishi.offering.inventory.types import Allocated, Allocation, Shortage

_AREA_STEPS = (6, 4, 2)  # district, city, province: the digits two places share


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """What one warehouse of a merchant has available of one SKU."""

    merchant_id: MerchantId
    sku_id: SkuId
    warehouse_id: WarehouseId
    area_code: str
    available: int


def distance(from_area: str, to_area: str) -> int:
    """Return how far apart two six-digit areas are: 0 same district, 1 same city, 2 same province, 3 further."""
    for steps, digits in enumerate(_AREA_STEPS):
        if len(to_area) >= digits and from_area[:digits] == to_area[:digits]:
            return steps
    return len(_AREA_STEPS)


def allocate(
    wants: Sequence[tuple[SkuId, int]], shelves: Sequence[Shelf], *, area_code: str | None
) -> Allocated:
    """Choose the warehouses for the wanted pieces; repeated SKUs are added up.

    Per merchant, the warehouse that can send the most whole lines is taken first (the nearest, then the
    lowest id, among equals) until no whole line is left: the greedy answer to set cover, within ln n of the
    fewest parcels. A line that no warehouse can send whole is split over as few as possible. What is missing
    is named.
    """
    wanted = summed(wants)
    by_sku: dict[SkuId, list[Shelf]] = {sku_id: [] for sku_id in wanted}
    for shelf in shelves:
        if shelf.available > 0 and shelf.sku_id in wanted:
            by_sku[shelf.sku_id].append(shelf)
    chosen = {sku_id: parts for group in _merchants(by_sku) for sku_id, parts in
              _of_merchant(group, wanted, by_sku, area_code).items()}  # fmt: skip
    return Allocated(
        allocations=[part for sku_id in wanted for part in chosen.get(sku_id, [])],
        shortages=[
            Shortage(sku_id=sku_id, wanted=quantity, available=_sum(by_sku[sku_id]))
            for sku_id, quantity in wanted.items()
            if _sum(by_sku[sku_id]) < quantity
        ],
    )


def summed(wants: Iterable[tuple[SkuId, int]]) -> dict[SkuId, int]:
    """Add up repeated SKUs, in the order in which each first appears."""
    total: dict[SkuId, int] = {}
    for sku_id, quantity in wants:
        total[sku_id] = total.get(sku_id, 0) + quantity
    return total


def _merchants(by_sku: Mapping[SkuId, Sequence[Shelf]]) -> list[list[SkuId]]:
    groups: dict[MerchantId, list[SkuId]] = {}
    for sku_id, shelves in by_sku.items():
        if shelves:
            groups.setdefault(shelves[0].merchant_id, []).append(sku_id)
    return list(groups.values())


def _of_merchant(
    sku_ids: Sequence[SkuId],
    wanted: Mapping[SkuId, int],
    by_sku: Mapping[SkuId, Sequence[Shelf]],
    area_code: str | None,
) -> dict[SkuId, list[Allocation]]:
    left, chosen, used = list(sku_ids), dict[SkuId, list[Allocation]](), list[WarehouseId]()
    while whole := _whole_lines(left, wanted, by_sku):
        best = min(whole.values(), key=lambda shelves: _preference(shelves, area_code))
        used.append(best[0].warehouse_id)
        for shelf in best:
            chosen[shelf.sku_id] = [_part(shelf, wanted[shelf.sku_id])]
            left.remove(shelf.sku_id)
    for sku_id in left:
        chosen[sku_id] = _split(wanted[sku_id], by_sku[sku_id], used, area_code)
        used.extend(part.warehouse_id for part in chosen[sku_id])
    return chosen


def _whole_lines(
    left: Sequence[SkuId], wanted: Mapping[SkuId, int], by_sku: Mapping[SkuId, Sequence[Shelf]]
) -> dict[WarehouseId, list[Shelf]]:
    found: dict[WarehouseId, list[Shelf]] = {}
    for sku_id in left:
        for shelf in by_sku[sku_id]:
            if shelf.available >= wanted[sku_id]:
                found.setdefault(shelf.warehouse_id, []).append(shelf)
    return found


def _preference(shelves: Sequence[Shelf], area_code: str | None) -> tuple[int, int, str]:
    first = shelves[0]
    return -len(shelves), _distance(first, area_code), str(first.warehouse_id)


def _split(
    quantity: int, shelves: Sequence[Shelf], used: Sequence[WarehouseId], area_code: str | None
) -> list[Allocation]:
    parts = []
    in_order = sorted(
        shelves,
        key=lambda one: (
            one.warehouse_id not in used,
            -one.available,
            _distance(one, area_code),
            str(one.warehouse_id),
        ),
    )
    for shelf in in_order:
        if quantity > 0:
            parts.append(_part(shelf, min(quantity, shelf.available)))
            quantity -= parts[-1].quantity
    return parts


def _distance(shelf: Shelf, area_code: str | None) -> int:
    return distance(shelf.area_code, area_code) if area_code else 0


def _part(shelf: Shelf, quantity: int) -> Allocation:
    return Allocation(
        sku_id=shelf.sku_id, warehouse_id=shelf.warehouse_id, quantity=quantity, available=shelf.available
    )


def _sum(shelves: Sequence[Shelf]) -> int:
    return sum(shelf.available for shelf in shelves)
