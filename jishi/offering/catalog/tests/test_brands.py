"""Brands that only authorised merchants may sell."""

import pytest

from jishi.identity.accounts.tests.factories import make_buyer
from jishi.identity.merchants.tests.factories import make_merchant
from jishi.kernel import clock
from jishi.kernel.errors import Invalid, NotFound
from jishi.kernel.ids import BrandId, MediaId, MerchantId, ProductId
from jishi.offering.catalog import queries_brands, services, services_brands
from jishi.offering.catalog.models import Brand
from jishi.offering.catalog.models_brands import BrandAuthorisation
from jishi.offering.catalog.rules import AUTHORISATION_MOVES, AuthorisationMoveNotAllowed
from jishi.offering.catalog.services_brands import BrandNotAuthorised
from jishi.offering.catalog.services_bulk import Listing, introduce
from jishi.offering.catalog.tests.factories import make_brand, make_category, wish_of
from jishi.offering.catalog.tests.test_services_bulk import make_film
from jishi.offering.catalog.types import AuthorisationStatus, AuthorisationWish, BrandRow, ProductWish
from jishi.offering.media.tests.factories import make_asset

pytestmark = pytest.mark.django_db
NOW = clock.now()


@pytest.fixture
def brand() -> Brand:
    """A brand that needs an authorisation."""
    return make_brand("云山", "Cloudhill", needs_authorisation=True)


def ask(merchant: MerchantId, brand: Brand, *proof: MediaId, note: str = "") -> None:
    services_brands.ask_authorisation(
        merchant_id=merchant,
        brand_id=BrandId(brand.id),
        wish=AuthorisationWish(media_ids=list(proof) or [make_asset(merchant)], note=note),
        staff_id=None,
        now=NOW,
    )


def request_of(merchant: MerchantId) -> BrandAuthorisation:
    found: BrandAuthorisation = BrandAuthorisation.objects.of_merchant(merchant).get()
    return found


def standing(merchant: MerchantId, brand: Brand) -> BrandRow:
    (found,) = queries_brands.brands(merchant, words="", brand_id=BrandId(brand.id), language="en")
    return found


def written(merchant: MerchantId, wish: ProductWish) -> ProductId:
    return services.save_product(merchant_id=merchant, wish=wish, staff_id=None, now=NOW).id


def submit(merchant: MerchantId, product_id: ProductId) -> None:
    services.submit(merchant_id=merchant, product_id=product_id, staff_id=None, now=NOW)


def hand_in(merchant: MerchantId, wish: ProductWish) -> None:
    submit(merchant, written(merchant, wish))


def test_goods_of_the_brand_wait_for_the_authorisation(brand: Brand) -> None:
    merchant, shelf = make_merchant(), make_category()
    draft = written(merchant, wish_of(merchant, shelf, brand=brand))  # may be written meanwhile
    with pytest.raises(BrandNotAuthorised) as refused:
        submit(merchant, draft)
    assert refused.value.data["brand_id"] == str(brand.id)
    ask(merchant, brand)
    with pytest.raises(BrandNotAuthorised):  # asking is not having
        submit(merchant, draft)
    services_brands.grant_authorisation(
        authorisation_id=request_of(merchant).id, reviewer_id=make_buyer(), now=NOW
    )
    submit(merchant, draft)


def test_the_authorisation_of_one_merchant_is_no_other_merchants(brand: Brand) -> None:
    merchant, other = make_merchant(), make_merchant()
    ask(merchant, brand)
    services_brands.grant_authorisation(
        authorisation_id=request_of(merchant).id, reviewer_id=make_buyer(), now=NOW
    )
    with pytest.raises(BrandNotAuthorised):
        hand_in(other, wish_of(other, make_category(), brand=brand))
    assert standing(merchant, brand).authorisation is AuthorisationStatus.GRANTED
    assert standing(other, brand).authorisation is None


def test_many_at_once_are_checked_too(brand: Brand) -> None:
    merchant, shelf = make_merchant(), make_category()
    listing = Listing(wish=wish_of(merchant, shelf, brand=brand), at=NOW)
    with pytest.raises(BrandNotAuthorised):
        introduce(merchant_id=merchant, listings=[listing], staff_id=None, reviewer_id=None, now=NOW)


def test_a_refused_merchant_reads_why_and_asks_again(brand: Brand) -> None:
    merchant, reviewer = make_merchant(), make_buyer()
    ask(merchant, brand)
    services_brands.refuse_authorisation(
        authorisation_id=request_of(merchant).id, reason=" 授权书已过期 ", reviewer_id=reviewer, now=NOW
    )
    assert (standing(merchant, brand).authorisation, standing(merchant, brand).reason) == (
        AuthorisationStatus.REFUSED,
        "授权书已过期",
    )
    ask(merchant, brand, note="新的授权书")
    assert (standing(merchant, brand).authorisation, standing(merchant, brand).reason) == (
        AuthorisationStatus.REQUESTED,
        "",
    )
    assert request_of(merchant).note == "新的授权书"


def test_what_was_withdrawn_is_not_sold_any_more(brand: Brand) -> None:
    merchant, reviewer = make_merchant(), make_buyer()
    ask(merchant, brand)
    authorisation = request_of(merchant).id
    services_brands.grant_authorisation(authorisation_id=authorisation, reviewer_id=reviewer, now=NOW)
    with pytest.raises(AuthorisationMoveNotAllowed):  # it is granted: nothing to ask for
        ask(merchant, brand)
    services_brands.withdraw_authorisation(
        authorisation_id=authorisation, reason="品牌方通知", reviewer_id=reviewer, now=NOW
    )
    with pytest.raises(BrandNotAuthorised):
        hand_in(merchant, wish_of(merchant, make_category(), brand=brand))


def test_proof_is_a_picture_of_the_merchants_own(brand: Brand) -> None:
    merchant, other = make_merchant(), make_merchant()
    own = make_asset(merchant)
    for proof in (
        [make_asset(other)],
        [make_film(merchant)],
        [own, own],
        [make_asset(merchant) for _ in range(7)],
    ):
        with pytest.raises(Invalid):
            ask(merchant, brand, *proof)


def test_a_brand_for_everybody_is_not_asked_for() -> None:
    merchant, shelf = make_merchant(), make_category()
    brand = make_brand("大家")
    with pytest.raises(NotFound):
        ask(merchant, brand)
    hand_in(merchant, wish_of(merchant, shelf, brand=brand))


def test_no_state_of_a_request_is_a_dead_end() -> None:
    assert set(AUTHORISATION_MOVES) == set(AuthorisationStatus)
    assert all(moves for moves in AUTHORISATION_MOVES.values())
