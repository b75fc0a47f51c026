"""China's regions."""

import pytest

from jishi.kernel.errors import Invalid
from jishi.kernel.regions import Region, is_within, region, tree


def test_a_code_names_its_province_city_and_district() -> None:
    assert region("440305") == Region("440305", "广东省", "深圳市", "南山区")
    assert region("110101") == Region("110101", "北京市", "北京市", "东城区")
    assert region("810101").province == "香港特别行政区"


@pytest.mark.parametrize("code", ["", "440300", "440000", "999999", "44030", "4403055", "44030x", "440305"])
def test_only_codes_of_districts_are_codes(code: str) -> None:
    if code == "440305":
        assert region(code).code == code
        return
    with pytest.raises(Invalid) as error:
        region(code)
    assert error.value.data == {"field": "area_code"}


def test_every_district_has_its_place_in_the_tree() -> None:
    provinces = tree()
    assert len(provinces) == 34
    districts = [leaf for province in provinces for city in province.children for leaf in city.children]
    assert len(districts) == len({leaf.code for leaf in districts}) > 3_000
    for leaf in districts:
        found = region(leaf.code)
        assert found.district == leaf.name
        assert found.city
        assert found.province


@pytest.mark.parametrize(
    ("area", "inside"),
    [("440000", True), ("440300", True), ("440305", True), ("440306", False), ("110000", False)],
)
def test_a_district_lies_in_its_city_and_province(area: str, inside: bool) -> None:
    assert is_within("440305", area) is inside
