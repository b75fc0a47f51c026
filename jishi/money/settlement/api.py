"""A merchant's statements and balance over HTTP."""

from typing import Annotated
from uuid import UUID

from django.http import HttpResponse
from ninja import Body, Router
from pydantic import Field

from jishi.kernel.errors import Invalid, NotAllowed, NotFound, SignInNeeded
from jishi.kernel.http import MerchantRequest, encoded, errors, merchant_staff
from jishi.kernel.ids import StatementId
from jishi.kernel.pagination import Page
from jishi.money.settlement import queries, transactions
from jishi.money.settlement.services import StatementMoved
from jishi.money.settlement.types import (
    EntrySort,
    MerchantBalance,
    Objection,
    Statement,
    StatementRow,
    StatementSort,
    StatementStatus,
)

merchant_router = Router(tags=["statements"])

DENIED = (SignInNeeded, NotAllowed)
Limit = Annotated[int, Field(ge=1, le=100)]
Cursor = Annotated[str | None, Field(max_length=512)]
ObjectionBody = Annotated[Objection, Body(..., examples=[{"reason": "11 月 20 日的退款多扣了运费"}])]


@merchant_router.get(
    "/statements",
    response={200: Page[StatementRow], **errors(*DENIED, Invalid)},
    auth=merchant_staff("finance"),
    summary="Our statements",
)
def list_statements(
    request: MerchantRequest,
    status: StatementStatus | None = None,
    sort: StatementSort = StatementSort.NEWEST,
    cursor: Cursor = None,
    limit: Limit = 20,
) -> HttpResponse:
    """What we were owed, period by period, newest first unless `sort` says otherwise.

    `status=issued` are those to agree with.
    """
    found = queries.statements(
        merchant_id=request.merchant_id, status=status, sort=sort, cursor=cursor, limit=limit
    )
    return encoded(found)


@merchant_router.get(
    "/statements/{statement_id}",
    response={200: Statement, **errors(*DENIED, NotFound, Invalid)},
    auth=merchant_staff("finance"),
    summary="A statement, down to the order line",
)
def get_statement(
    request: MerchantRequest,
    statement_id: UUID,
    sort: EntrySort = EntrySort.OLDEST,
    cursor: Cursor = None,
    limit: Limit = 20,
) -> HttpResponse:
    """The figures, a page of the lines they are made of, and the payout once there is one."""
    found = queries.statement(
        statement_id=StatementId(statement_id),
        merchant_id=request.merchant_id,
        sort=sort,
        cursor=cursor,
        limit=limit,
    )
    return encoded(found)


@merchant_router.post(
    "/statements/{statement_id}/confirm",
    response={200: StatementRow, **errors(*DENIED, NotFound, StatementMoved)},
    auth=merchant_staff("finance"),
    summary="Agree with a statement",
)
def confirm_statement(request: MerchantRequest, statement_id: UUID) -> HttpResponse:
    """Only a confirmed statement is paid out."""
    confirmed = transactions.confirm(
        statement_id=StatementId(statement_id),
        merchant_id=request.merchant_id,
        by=request.staff,
        now=request.now,
    )
    return encoded(confirmed)


@merchant_router.post(
    "/statements/{statement_id}/dispute",
    response={200: StatementRow, **errors(*DENIED, NotFound, StatementMoved)},
    auth=merchant_staff("finance"),
    summary="Object to a statement",
)
def dispute_statement(request: MerchantRequest, statement_id: UUID, objection: ObjectionBody) -> HttpResponse:
    """The platform looks into it and issues it again, with a correction on the next one where it was
    wrong.
    """
    disputed = transactions.dispute(
        statement_id=StatementId(statement_id),
        merchant_id=request.merchant_id,
        by=request.staff,
        reason=objection.reason,
        now=request.now,
    )
    return encoded(disputed)


@merchant_router.get(
    "/balance",
    response={200: MerchantBalance, **errors(*DENIED)},
    auth=merchant_staff("finance"),
    summary="Where our money stands",
)
def get_balance(request: MerchantRequest) -> HttpResponse:
    """Held for orders under way, owed to us, on its way to our bank, paid out so far."""
    return encoded(queries.balance(request.merchant_id))
