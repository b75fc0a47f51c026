"""Reading people and their addresses. Everything that leaves is masked, except a buyer's own address."""

from collections.abc import Collection

from allauth.account.models import EmailAddress
from django.db.models import Q

from jishi.identity.accounts import rules
from jishi.identity.accounts.models import BIRTHDAY, PHONE, User
from jishi.identity.accounts.models import Address as AddressRow
from jishi.identity.accounts.types import Address, Me, Person, PlatformRole, Recipient
from jishi.kernel.crypto import blind_indexes
from jishi.kernel.db import instance
from jishi.kernel.errors import Invalid, NotFound
from jishi.kernel.ids import AddressId, UserId
from jishi.kernel.pagination import BATCH, Page
from jishi.kernel.regions import Region, region


def me(user_id: UserId) -> Me:
    """Return the person as he sees himself. Raises: NotFound."""
    user = User.objects.filter(pk=user_id).first()
    if user is None:
        raise NotFound
    email = EmailAddress.objects.filter(user_id=user_id, primary=True).first()
    return Me(
        id=UserId(user.id),
        nickname=user.nickname,
        email=rules.mask_email(email.email) if email else None,
        phone=rules.mask_phone(user.phone) if user.phone else None,
        language=user.language,
        avatar=user.avatar or None,
        email_is_verified=bool(email and email.verified),
        birthday=user.birthday,
        has_coupon_news=user.has_coupon_news,
    )


def addresses(*, buyer: UserId) -> Page[Address]:
    """Return all addresses of a buyer, the default one first, then the newest; one page, one statement."""
    rows = AddressRow.objects.filter(user_id=buyer).order_by("-is_default", "-id")[: rules.ADDRESSES_MAX]
    return Page(items=[shown(row) for row in rows])


def address(*, buyer: UserId, address_id: AddressId) -> Address:
    """Return one of a buyer's addresses; one statement. Raises: NotFound."""
    row = instance(AddressRow, "user_id = %s AND id = %s", [buyer, address_id])
    if row is None:
        raise NotFound
    return shown(row)


def default_address(*, buyer: UserId) -> Address | None:
    """Return the buyer's default address, if he has one."""
    row = AddressRow.objects.filter(user_id=buyer, is_default=True).first()
    return shown(row) if row else None


def recipient_of(address: Address) -> Recipient:
    """Return the snapshot of an address that an order keeps."""
    return Recipient(
        recipient=address.recipient,
        phone=address.phone,
        area_code=address.area_code,
        province=address.province,
        city=address.city,
        district=address.district,
        street=address.street,
        postcode=address.postcode,
    )


def shown(row: AddressRow) -> Address:
    """Turn a row into what its owner sees."""
    place = _region(row.area_code)
    return Address(
        id=AddressId(row.id),
        recipient=row.recipient,
        phone=row.phone,
        area_code=row.area_code,
        province=place.province,
        city=place.city,
        district=place.district,
        street=row.street,
        postcode=row.postcode,
        is_default=row.is_default,
    )


def _region(code: str) -> Region:
    """Return the names of a district; of one that was dissolved in the meantime, only the code."""
    try:
        return region(code)
    except Invalid:
        return Region(code=code, province="", city="", district=code)


def people(ids: Collection[UserId]) -> dict[UserId, Person]:
    """Return people as their colleagues see them; two statements for any number."""
    users = User.objects.filter(pk__in=ids)
    emails = {one.user_id: one.email for one in EmailAddress.objects.filter(user_id__in=ids, primary=True)}
    return {UserId(user.id): _person(user, emails.get(user.id)) for user in users}


def _person(user: User, email: str | None) -> Person:
    login = rules.mask_email(email) if email else rules.mask_phone(user.phone) if user.phone else ""
    return Person(id=UserId(user.id), nickname=user.nickname, login=login, language=user.language)


def nicknames(ids: Collection[UserId]) -> dict[UserId, str]:
    """Return what people call themselves; one statement for any number."""
    found = User.objects.filter(pk__in=ids).values_list("pk", "nickname")
    return {UserId(user_id): nickname for user_id, nickname in found}


def find_by_login(login: str) -> UserId | None:
    """Return who has proven to own an e-mail address or a phone, if anybody has."""
    if rules.looks_like_email(login):
        found = EmailAddress.objects.filter(email=rules.normal_email(login), verified=True).first()
        return UserId(found.user_id) if found else None
    user = user_of_phone(login)
    return UserId(user.id) if user else None


def user_of_phone(phone: str) -> User | None:
    """Return whose proven phone this is, as a row for the sign-in machinery. A malformed one is nobody's."""
    try:
        indexes = blind_indexes(rules.normal_phone(phone), PHONE)
    except Invalid:
        return None
    return User.objects.filter(phone_index__in=indexes).first()


def phone_of(user: User) -> tuple[str, bool] | None:
    """Return a user's phone and whether it is proven; a typed one counts until the first sign-in."""
    if user.phone is not None:
        return user.phone, True
    if user.unproven_phone is not None and user.last_login is None:
        return user.unproven_phone, False
    return None


def contact(user_id: UserId) -> tuple[str | None, str | None, str]:
    """Return (e-mail address, phone, language) of a person in clear: to send to him, never for a screen."""
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is None:
        return None, None, "zh"
    email = EmailAddress.objects.filter(user_id=user_id, primary=True).first()
    return (email.email if email else None), user.phone, user.language


def proven_email(user_id: UserId) -> tuple[str | None, str]:
    """Return (e-mail address, language) of a person in clear, None unless he has proved that it is his: for letters
    that are not about what he did.
    """
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is None:
        return None, "zh"
    email = EmailAddress.objects.filter(user_id=user_id, primary=True, verified=True).first()
    return (email.email if email else None), user.language


def wants_coupon_news(user_id: UserId) -> bool:
    """Tell whether somebody wants to be told of his coupons that end soon."""
    return User.objects.filter(pk=user_id, is_active=True, has_coupon_news=True).exists()


def born_on(day: str, *, after: UserId | None = None) -> list[UserId]:
    """Return who gave a day of the year ("MM-DD") as his birthday, by id and behind `after`, up to `BATCH`."""
    found = User.objects.filter(is_active=True, birthday_index__in=blind_indexes(day, BIRTHDAY))
    if after is not None:
        found = found.filter(pk__gt=after)
    return [UserId(one) for one in found.order_by("pk").values_list("pk", flat=True)[:BATCH]]


def platform_roles(user_id: UserId) -> set[PlatformRole]:
    """Return what a member of the platform's staff may do; nothing for everybody else."""
    names = User.objects.filter(Q(pk=user_id), is_staff=True, is_active=True).values_list(
        "groups__name", flat=True
    )
    return {PlatformRole(name) for name in names if name in set(PlatformRole)}


def masked_phone(phone: str) -> str:
    """Return a phone as everybody but its owner sees it."""
    return rules.mask_phone(phone)


def normal_phone(text: str) -> str:
    """Return a phone as E.164; a mainland mobile number needs no +86. Raises: Invalid."""
    return rules.normal_phone(text)
