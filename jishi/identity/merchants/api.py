"""A merchant's profile, staff and audit log over HTTP."""

from dataclasses import replace
from typing import Annotated
from uuid import UUID

from django.http import HttpResponse
from ninja import Body, Router
from pydantic import Field

from jishi.identity.merchants import queries, services
from jishi.identity.merchants.rules import LastOwner
from jishi.identity.merchants.services import AlreadyStaff, PersonUnknown, ProfileChanged
from jishi.identity.merchants.types import (
    AuditRow,
    MerchantProfile,
    ProfileChange,
    RoleChange,
    StaffMember,
    StaffRole,
    StaffWish,
)
from jishi.kernel.errors import Invalid, NotAllowed, NotFound, SignInNeeded
from jishi.kernel.http import MerchantRequest, created, encoded, errors, merchant_staff, no_content
from jishi.kernel.ids import UserId
from jishi.kernel.pagination import Page, TimeSort

merchant_router = Router(tags=["merchant"])

EVERYBODY = ("operator", "warehouse", "finance", "service", "cashier")
DENIED = (SignInNeeded, NotAllowed, NotFound)
Limit = Annotated[int, Field(ge=1, le=100)]
Cursor = Annotated[str | None, Field(max_length=512)]
SubjectKind = Annotated[str, Field(max_length=40, pattern=r"^[a-z_]*$")]
ProfileChangeBody = Annotated[
    ProfileChange,
    Body(..., examples=[{"version": 1, "name_zh": "青竹茶铺", "introduction_zh": "好茶,慢慢喝。"}]),
]
StaffWishBody = Annotated[StaffWish, Body(..., examples=[{"login": "13800138000", "role": "warehouse"}])]
RoleChangeBody = Annotated[RoleChange, Body(..., examples=[{"role": "operator"}])]


@merchant_router.get(
    "/profile",
    response={200: MerchantProfile, **errors(*DENIED)},
    auth=merchant_staff(*EVERYBODY),
    summary="Our profile",
)
def get_profile(request: MerchantRequest) -> HttpResponse:
    """The store's texts and pictures, and what was agreed with the platform; account numbers are masked."""
    return _as_seen(request, queries.profile(request.merchant_id))


@merchant_router.patch(
    "/profile",
    response={200: MerchantProfile, **errors(*DENIED, ProfileChanged, Invalid)},
    auth=merchant_staff("operator"),
    summary="Change our profile",
)
def change_profile(request: MerchantRequest, change: ProfileChangeBody) -> HttpResponse:
    """What is left out stays; `version` is the one that was read. 409 when a colleague was faster."""
    changed = services.change_profile(
        merchant_id=request.merchant_id, staff=request.staff, change=change, now=request.now
    )
    return _as_seen(request, changed)


def _as_seen(request: MerchantRequest, profile: MerchantProfile) -> HttpResponse:
    return encoded(replace(profile, role=StaffRole(request.role)))


@merchant_router.get(
    "/staff",
    response={200: Page[StaffMember], **errors(*DENIED)},
    auth=merchant_staff(),
    summary="Our staff",
)
def list_staff(request: MerchantRequest) -> HttpResponse:
    """Everybody who works for the merchant, the longest employment first. One page."""
    return encoded(queries.staff_of(request.merchant_id))


@merchant_router.post(
    "/staff",
    response={201: StaffMember, **errors(*DENIED, PersonUnknown, AlreadyStaff, Invalid)},
    auth=merchant_staff(),
    summary="Add a member of staff",
)
def add_staff(request: MerchantRequest, wish: StaffWishBody) -> HttpResponse:
    """The person needs an account with that e-mail address or phone, verified."""
    member = services.invite_staff(
        merchant_id=request.merchant_id, wish=wish, actor=request.staff, now=request.now
    )
    return created(member)


@merchant_router.patch(
    "/staff/{user_id}",
    response={200: StaffMember, **errors(*DENIED, LastOwner)},
    auth=merchant_staff(),
    summary="Give a member of staff another role",
)
def change_role(request: MerchantRequest, user_id: UUID, change: RoleChangeBody) -> HttpResponse:
    """At least one owner stays."""
    member = services.change_role(
        merchant_id=request.merchant_id,
        user_id=UserId(user_id),
        role=change.role,
        actor=request.staff,
        now=request.now,
    )
    return encoded(member)


@merchant_router.delete(
    "/staff/{user_id}",
    response={204: None, **errors(*DENIED, LastOwner)},
    auth=merchant_staff(),
    summary="Take somebody off the staff",
)
def remove_staff(request: MerchantRequest, user_id: UUID) -> HttpResponse:
    """He is out at his next request. At least one owner stays."""
    services.remove_staff(
        merchant_id=request.merchant_id, user_id=UserId(user_id), actor=request.staff, now=request.now
    )
    return no_content()


@merchant_router.get(
    "/audit",
    response={200: Page[AuditRow], **errors(*DENIED, Invalid)},
    auth=merchant_staff(),
    summary="Our audit log",
)
def list_audit(
    request: MerchantRequest,
    subject_kind: SubjectKind = "",
    sort: TimeSort = TimeSort.NEWEST,
    cursor: Cursor = None,
    limit: Limit = 20,
) -> HttpResponse:
    """What was done at the merchant and by whom, newest first unless `sort` says otherwise; it cannot be changed.

    `subject_kind` shows only what was done to things of one kind, such as `staff`.
    """
    found = queries.audit_log(
        request.merchant_id, subject_kind=subject_kind, sort=sort, cursor=cursor, limit=limit
    )
    return encoded(found)
