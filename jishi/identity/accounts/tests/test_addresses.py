"""A buyer's address book, on a real database."""

import threading

import pytest
from django.db import connection

from jishi.identity.accounts import queries, rules, services
from jishi.identity.accounts.models import Address as AddressRow
from jishi.identity.accounts.tests.factories import make_address, make_buyer
from jishi.identity.accounts.types import AddressChange, AddressWish
from jishi.kernel.db import rows
from jishi.kernel.errors import Invalid, NotFound
from jishi.kernel.ids import UserId

pytestmark = pytest.mark.django_db

WISH = AddressWish(
    recipient="王小明", phone="13800138000", area_code="310104", street="漕溪北路 100 号", postcode="200030"
)


def test_an_address_comes_back_with_the_names_of_its_places() -> None:
    buyer = make_buyer()
    added = services.add_address(buyer=buyer, wish=WISH)
    assert (added.province, added.city, added.district) == ("上海市", "上海市", "徐汇区")
    assert queries.address(buyer=buyer, address_id=added.id) == added
    assert queries.recipient_of(added).phone == "13800138000"


def test_the_first_address_is_the_default_and_there_is_only_one() -> None:
    buyer = make_buyer()
    first, second = make_address(buyer), make_address(buyer)
    assert [(one.id, one.is_default) for one in queries.addresses(buyer=buyer).items] == [
        (first, True),
        (second, False),
    ]
    services.change_address(buyer=buyer, address_id=second, change=AddressChange(is_default=True))
    default = queries.default_address(buyer=buyer)
    assert default is not None
    assert default.id == second
    third = make_address(buyer, is_default=True)
    assert [one.id for one in queries.addresses(buyer=buyer).items] == [third, second, first]


def test_removing_the_default_hands_it_to_the_newest() -> None:
    buyer = make_buyer()
    first, second, third = (make_address(buyer) for _ in range(3))
    services.remove_address(buyer=buyer, address_id=first)
    default = queries.default_address(buyer=buyer)
    assert default is not None
    assert default.id == third
    services.remove_address(buyer=buyer, address_id=third)
    services.remove_address(buyer=buyer, address_id=second)
    assert queries.addresses(buyer=buyer).items == []


def test_a_correction_keeps_what_it_does_not_name() -> None:
    buyer = make_buyer()
    added = services.add_address(buyer=buyer, wish=WISH)
    changed = services.change_address(
        buyer=buyer, address_id=added.id, change=AddressChange(area_code="110101", postcode="")
    )
    assert (changed.province, changed.recipient, changed.postcode, changed.is_default) == (
        "北京市",
        "王小明",
        "",
        True,
    )


def test_an_unknown_district_is_refused() -> None:
    buyer = make_buyer()
    with pytest.raises(Invalid) as refused:
        make_address(buyer, area_code="999999")
    assert refused.value.data["field"] == "area_code"


def test_the_neighbours_address_is_not_found() -> None:
    buyer, neighbour = make_buyer(), make_buyer()
    theirs = make_address(neighbour)
    with pytest.raises(NotFound):
        queries.address(buyer=buyer, address_id=theirs)
    with pytest.raises(NotFound):
        services.change_address(buyer=buyer, address_id=theirs, change=AddressChange(street="别处"))
    with pytest.raises(NotFound):
        services.remove_address(buyer=buyer, address_id=theirs)
    assert [one.street for one in queries.addresses(buyer=neighbour).items] == ["漕溪北路 100 号 3 栋 402"]


def test_the_address_book_has_an_end() -> None:
    buyer = make_buyer()
    for _ in range(rules.ADDRESSES_MAX):
        AddressRow(
            user_id=buyer, recipient="甲", phone="13800138000", street="路 1 号", area_code="310104"
        ).save()
    with pytest.raises(services.AddressLimit):
        make_address(buyer)


def test_nothing_personal_lies_readable_in_the_table() -> None:
    make_address(make_buyer(phone="13800138000"))
    stored = rows(
        "SELECT a::text || u::text FROM accounts_address a JOIN accounts_user u ON u.id = a.user_id"
    )
    for personal in ("王小明", "13800138000", "漕溪北路"):
        assert personal not in stored[0][0]
        assert personal.encode().hex() not in stored[0][0]


@pytest.mark.django_db(transaction=True)
def test_two_windows_making_a_default_at_once_leave_one() -> None:
    buyer = make_buyer()
    make_address(buyer)
    barrier = threading.Barrier(4)

    def add(buyer: UserId) -> None:
        try:
            barrier.wait()
            make_address(buyer, is_default=True)
        finally:
            connection.close()

    threads = [threading.Thread(target=add, args=(buyer,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    book = queries.addresses(buyer=buyer).items
    assert len(book) == 5
    assert sum(one.is_default for one in book) == 1
