"""The kind of a product in a table: by its names in both languages; of a known product it stays."""

from dataclasses import dataclass, field

import pytest

from jishi.kernel.ids import CategoryId, new_id
from jishi.kernel.words import Text
from jishi.offering.catalog.types import ProductWish
from jishi.offering.catalog.types_kinds import ProductKind
from jishi.offering.imports.rules_kinds import FIXED, NO_KIND, kind_of


@dataclass
class Row:
    """One row of cells."""

    cells: dict[str, str]
    refused: list[Text] = field(default_factory=list)

    def shared(self, target: str) -> tuple[str, int]:
        return self.cells.get(target, ""), 0

    def whole(self, place: int, target: str) -> int | None:
        text = self.cells.get(target, "")
        return int(text) if text and place == 0 else None

    def refuse(self, place: int, target: str | None, reason: Text) -> None:
        assert (place, target) == (0, "kind")
        self.refused.append(reason)


def known(kind: ProductKind, days: int | None) -> ProductWish:
    empty = Text("", "")
    return ProductWish(
        title=empty, subtitle=empty, description=empty, category_id=CategoryId(new_id()),
        brand_id=None, media_ids=[], axes=[], skus=[], attributes={}, kind=kind, voucher_days=days,
    )  # fmt: skip


@pytest.mark.parametrize("said", ["服务", "服务商品", "Service", "service"])
def test_a_kind_is_read_by_any_of_its_names(said: str) -> None:
    row = Row({"kind": said, "voucher_days": "60"})
    assert kind_of(row, None) == (ProductKind.SERVICE, 60)
    assert row.refused == []


def test_nothing_said_is_a_parcel_or_what_is_known() -> None:
    assert kind_of(Row({}), None) == (ProductKind.PHYSICAL, None)
    assert kind_of(Row({}), known(ProductKind.SERVICE, 30)) == (ProductKind.SERVICE, 30)


def test_no_such_kind_and_another_kind_than_known_are_refused() -> None:
    strange, other = Row({"kind": "礼物"}), Row({"kind": "虚拟"})
    kind_of(strange, None)
    kind_of(other, known(ProductKind.SERVICE, 30))
    assert (strange.refused, other.refused) == ([NO_KIND], [FIXED])
