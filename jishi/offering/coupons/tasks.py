"""What coupons need done by the clock: reminders before their end, gifts on birthdays, devices
forgotten."""

from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings

from jishi.identity.accounts import queries as accounts
from jishi.kernel.db import atomic
from jishi.kernel.ids import CouponId, CouponTemplateId, UserId
from jishi.kernel.jobs import Retry, job, periodic
from jishi.offering.coupons import rules, services_forgetting, services_giving, services_telling

TELL_RETRY = Retry(attempts=5, first=timedelta(minutes=5), longest=timedelta(hours=1))
BIRTHDAYS_LATE = 3  # days that a stopped shop may be late with its gifts


@job(lock="coupons.tell:{coupon_id}", retry=TELL_RETRY)
def tell_of_coupon(*, coupon_id: UUID, now: datetime) -> None:
    """Tell a buyer of a coupon that staff gave him."""
    services_telling.tell_of(coupon_id=CouponId(coupon_id), now=now)


@job(lock="coupons.remind:{user_id}", retry=TELL_RETRY)
def remind(*, user_id: UUID, now: datetime) -> None:
    """Tell somebody of his coupons that end soon."""
    services_telling.remind(buyer=UserId(user_id), now=now)


@periodic("30 2 * * *")
@job(lock="coupons.remind_all")
def remind_all(*, now: datetime) -> None:
    """Give everybody whose coupons end soon a job of his own: at half past ten in the morning in China."""
    after = None
    while waiting := services_telling.buyers_to_remind(now=now, after=after):
        with atomic():
            remind.defer_many([{"user_id": user_id} for user_id in waiting])
        after = waiting[-1]


@periodic("40 19 * * *")
@job(lock="coupons.forget_devices")
def forget_devices(*, now: datetime) -> None:
    """Forget the devices behind coupons of templates that ended a while ago: at night in China."""
    services_forgetting.forget_devices(now=now)


@job(lock="coupons.congratulate:{user_id}")
def congratulate(*, user_id: UUID, templates: list[str], year: int, now: datetime) -> None:
    """Give somebody the coupons of his birthday."""
    services_giving.congratulate(
        buyer=UserId(user_id),
        templates=[CouponTemplateId(UUID(one)) for one in templates],
        year=year,
        now=now,
    )


@periodic("5 16 * * *")
@job(lock="coupons.congratulate_all")
def congratulate_all(*, now: datetime) -> None:
    """Give everybody whose birthday it is a job of his own, just after midnight in China; those of the last days too,
    for a day may have been missed. Nobody gets a year's coupons twice.
    """
    templates = services_giving.birthday_templates()
    if not templates:
        return
    today = now.astimezone(ZoneInfo(settings.TIME_ZONE)).date()
    for late in range(BIRTHDAYS_LATE + 1):
        _congratulate(today - timedelta(days=late), templates)


def _congratulate(day: date, templates: list[CouponTemplateId]) -> None:
    for name in rules.birthdays_on(day):
        after = None
        while born := accounts.born_on(name, after=after):
            calls = [
                {"user_id": one, "templates": [str(which) for which in templates], "year": day.year}
                for one in born
            ]
            with atomic():
                congratulate.defer_many(calls)
            after = born[-1]
