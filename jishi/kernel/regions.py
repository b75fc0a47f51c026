"""China's administrative regions: six-digit codes (GB/T 2260) to names of province, city and district."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import msgspec

from jishi.kernel.errors import Invalid

_FILE = Path(__file__).parent / "data" / "regions.json"


@dataclass(frozen=True, slots=True)
class Region:
    """A district with its city and province, in Chinese."""

    code: str
    province: str
    city: str
    district: str


@dataclass(frozen=True, slots=True)
class RegionNode:
    """A node of the tree that address pickers show."""

    code: str
    name: str
    children: list["RegionNode"]


def region(code: str) -> Region:
    """Return the district with this code. Raises: Invalid (field=area_code) when there is none."""
    table = _table()
    if code not in table.districts:
        raise Invalid(field="area_code")
    return Region(
        code=code,
        province=table.provinces[code[:2] + "0000"],
        city=table.cities[code[:4] + "00"],
        district=table.districts[code],
    )


def is_within(code: str, area: str) -> bool:
    """Say whether the district `code` lies in `area`: a province (440000), a city (440300) or itself."""
    whole = "0000" if area.endswith("0000") else "00"
    return code.startswith(area.removesuffix(whole))


@cache
def tree() -> list[RegionNode]:
    """Return provinces with their cities with their districts."""
    table = _table()
    return [
        RegionNode(
            province,
            name,
            [
                RegionNode(
                    city, city_name, [RegionNode(*leaf, []) for leaf in _below(table.districts, city, 4)]
                )
                for city, city_name in _below(table.cities, province, 2)
            ],
        )
        for province, name in table.provinces.items()
    ]


class _Table(msgspec.Struct, frozen=True):
    provinces: dict[str, str]
    cities: dict[str, str]
    districts: dict[str, str]


@cache
def _table() -> _Table:
    return msgspec.json.decode(_FILE.read_bytes(), type=_Table)


def _below(names: dict[str, str], code: str, digits: int) -> list[tuple[str, str]]:
    return [(one, name) for one, name in names.items() if one[:digits] == code[:digits]]
