"""Changing people and their addresses."""

from dataclasses import asdict
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import Group
from django.db import transaction

from jishi.identity.accounts import queries, rules
from jishi.identity.accounts.models import PHONE, User
from jishi.identity.accounts.models import Address as AddressRow
from jishi.identity.accounts.types import (
    Address,
    AddressChange,
    AddressWish,
    Me,
    MeChange,
    PlatformRole,
)
from jishi.identity.sessions import SessionStore
from jishi.kernel.crypto import hold_blind_value
from jishi.kernel.db import atomic
from jishi.kernel.errors import Conflict, NotFound
from jishi.kernel.ids import AddressId, UserId
from jishi.kernel.regions import region
from jishi.kernel.words import Text


class AddressLimit(Conflict):
    """The address book is full."""

    code = "address_limit"
    message = Text(zh="最多只能保存 {limit} 个收货地址", en="An address book holds at most {limit} addresses")


class PhoneTaken(Conflict):
    """The phone was proven by somebody else a moment before."""

    code = "phone_taken"
    message = Text(zh="该手机号已被其他账号使用", en="This phone number belongs to another account")


class EmailTaken(Conflict):
    """The e-mail address belongs to somebody else."""

    code = "email_taken"
    message = Text(zh="该邮箱已被其他账号使用", en="This e-mail address belongs to another account")


# -- people -------------------------------------------------------------------------------------------------


def unsaved_user(*, nickname: str, language: str, now: datetime) -> User:
    """Return a new user that the sign-in machinery will save."""
    return User(nickname=nickname, language=language, joined_at=now)


def make_account(
    *,
    email: str | None = None,
    phone: str | None = None,
    password: str | None = None,
    nickname: str,
    language: str = "zh",
    now: datetime,
) -> UserId:
    """Make an account whose e-mail address and phone need no proof: for the demo market, the CLI and tests.

    Raises: EmailTaken, PhoneTaken (409), Invalid for a malformed phone.
    """
    user = unsaved_user(nickname=nickname, language=language, now=now)
    user.set_password(password)
    with transaction.atomic():
        if email and EmailAddress.objects.filter(email=rules.normal_email(email)).exists():
            raise EmailTaken
        if phone:
            user.phone = _free_phone(phone, user)
        user.save(force_insert=True)
        if email:
            EmailAddress.objects.create(
                user=user, email=rules.normal_email(email), verified=True, primary=True
            )
    return UserId(user.id)


def note_typed_phone(user: User, phone: str) -> None:
    """Keep a phone that somebody typed; it claims nothing until `prove_phone`. Raises: Invalid."""
    user.unproven_phone = rules.normal_phone(phone)
    user.save(update_fields=["unproven_phone"])


def prove_phone(user: User, phone: str) -> None:
    """Give a user the phone whose code he typed. Safe to repeat. Raises: PhoneTaken (409), Invalid."""
    wanted = rules.normal_phone(phone)
    if user.phone == wanted:
        return
    with transaction.atomic():
        user.phone = _free_phone(wanted, user)
        user.unproven_phone = None
        user.save(update_fields=["phone", "phone_index", "unproven_phone"])


def _free_phone(phone: str, user: User) -> str:
    wanted = rules.normal_phone(phone)
    hold_blind_value(wanted, PHONE)
    other = queries.user_of_phone(wanted)
    if other is not None and other.pk != user.pk:
        raise PhoneTaken
    return wanted


def change_me(*, user_id: UserId, change: MeChange) -> Me:
    """Change one's own profile. Raises: NotFound."""
    wanted = {name: value for name, value in asdict(change).items() if value is not None}
    birthday = wanted.pop("birthday", None)
    if wanted and not User.objects.filter(pk=user_id).update(**wanted):
        raise NotFound
    if birthday is not None:
        _keep_birthday(user_id, birthday or None)
    return queries.me(user_id)


def _keep_birthday(user_id: UserId, birthday: str | None) -> None:
    user = User.objects.filter(pk=user_id).first()
    if user is None:
        raise NotFound
    user.birthday = birthday
    user.save(update_fields=["birthday", "birthday_index"])


def keep_avatar(*, user_id: UserId, url: str) -> Me:
    """Give a person the picture at an address of our own, an empty one for none. Raises: NotFound."""
    if not User.objects.filter(pk=user_id).update(avatar=url):
        raise NotFound
    return queries.me(user_id)


def issue_token(user_id: UserId) -> str:
    """Sign a person in without asking him, and return the token for the header X-Session-Token.

    For the demo market's load and race clients, and for tests. Raises: NotFound.
    """
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is None:
        raise NotFound
    session = SessionStore()
    session[SESSION_KEY] = str(user_id)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return str(session.session_key)


def forget_abandoned(*, before: datetime) -> int:
    """Remove accounts begun by phone before the instant that nobody ever signed in to; return how many."""
    begun = User.objects.filter(
        joined_at__lt=before, last_login=None, phone=None, unproven_phone__isnull=False, is_staff=False
    )
    return begun.filter(emailaddress=None).delete()[0]


def forget_expired_sessions(*, now: datetime) -> int:
    """Remove sessions that are over, and what was noted of the devices they were on; return how many sessions."""
    forgotten: int = SessionStore.get_model_class().objects.filter(expire_date__lt=now).delete()[0]
    begun = now - timedelta(seconds=settings.SESSION_COOKIE_AGE)
    for device in UserSession.objects.filter(created_at__lt=begun).iterator():
        device.purge()
    return forgotten


def reseal_emails() -> int:
    """Rewrite every e-mail address under the current key; return how many. Safe to stop and repeat."""
    count = 0
    for email in EmailAddress.objects.order_by("pk").iterator(chunk_size=200):
        unchanged = EmailAddress.objects.filter(pk=email.pk, email=email.email)
        count += unchanged.update(email=email.email)
    return count


def reseal_devices() -> int:
    """Rewrite under the current key where people are signed in; return how many. Safe to stop and repeat."""
    count = 0
    for device in UserSession.objects.order_by("pk").iterator(chunk_size=200):
        unchanged = UserSession.objects.filter(pk=device.pk, session_key=device.session_key)
        count += unchanged.update(session_key=device.session_key, user_agent=device.user_agent, ip=device.ip)
    return count


# -- the platform's own staff -------------------------------------------------------------------------------


def make_platform_staff(
    *,
    email: str,
    password: str | None,
    nickname: str,
    role: PlatformRole,
    language: str = "zh",
    now: datetime,
) -> UserId:
    """Make a member of the platform's own staff who may enter the back office. Raises: EmailTaken (409)."""
    with transaction.atomic():
        user_id = make_account(email=email, password=password, nickname=nickname, language=language, now=now)
        User.objects.filter(pk=user_id).update(is_staff=True)
        User.objects.get(pk=user_id).groups.add(Group.objects.get(name=role.value))
    return user_id


# -- addresses ----------------------------------------------------------------------------------------------


def add_address(*, buyer: UserId, wish: AddressWish) -> Address:
    """Add an address; the first is the default. Raises: AddressLimit (409), Invalid for an unknown area."""
    region(wish.area_code)
    with atomic():
        _lock_addresses(buyer)
        count = AddressRow.objects.filter(user_id=buyer).count()
        if count >= rules.ADDRESSES_MAX:
            raise AddressLimit(limit=rules.ADDRESSES_MAX)
        is_default = wish.is_default or count == 0
        if is_default:
            _clear_default(buyer)
        row = AddressRow(user_id=buyer, **asdict(wish) | {"is_default": is_default})
        row.save(force_insert=True)
    return queries.shown(row)


def change_address(*, buyer: UserId, address_id: AddressId, change: AddressChange) -> Address:
    """Correct one of a buyer's addresses. Raises: NotFound, Invalid for an unknown area code."""
    if change.area_code is not None:
        region(change.area_code)
    with atomic():
        _lock_addresses(buyer)
        row = _own(buyer, address_id)
        if change.is_default and not row.is_default:
            _clear_default(buyer)
        for name, value in asdict(change).items():
            if value is not None:
                setattr(row, name, value)
        row.save()
    return queries.shown(row)


def remove_address(*, buyer: UserId, address_id: AddressId) -> None:
    """Remove one of a buyer's addresses; when it was the default, the newest of the others becomes it.

    Raises: NotFound.
    """
    with atomic():
        _lock_addresses(buyer)
        row = _own(buyer, address_id)
        row.delete()
        if row.is_default and (newest := AddressRow.objects.filter(user_id=buyer).order_by("-id").first()):
            AddressRow.objects.filter(pk=newest.pk).update(is_default=True)


def _lock_addresses(buyer: UserId) -> None:
    """Let one change of a buyer's address book follow the other: there is one default, and a limit."""
    if User.objects.select_for_update().filter(pk=buyer).values_list("pk").first() is None:
        raise NotFound


def _clear_default(buyer: UserId) -> None:
    AddressRow.objects.filter(user_id=buyer, is_default=True).update(is_default=False)


def _own(buyer: UserId, address_id: AddressId) -> AddressRow:
    row = AddressRow.objects.filter(user_id=buyer, id=address_id).first()
    if row is None:
        raise NotFound
    return row
