"""How a table comes into the catalogue: in chunks, each with its place in the table in one transaction.

A chunk is there whole or not at all, and so is the count of its rows: whoever goes on, after whatever happened,
goes on right behind it.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

import msgspec

from jishi.kernel.db import atomic, execute
from jishi.kernel.errors import Invalid
from jishi.kernel.fetching import Fetcher
from jishi.kernel.gtin import normal_gtin
from jishi.kernel.ids import MerchantId, SkuId, UserId, WarehouseId
from jishi.kernel.jobs import job
from jishi.kernel.words import Text
from jishi.offering.catalog import queries_bulk as catalog
from jishi.offering.catalog import services_drafts as drafts
from jishi.offering.catalog import services_review
from jishi.offering.catalog.types import ListingStatus, ProductWish, VersionStatus
from jishi.offering.catalog.types_bulk import Draft, Known, KnownProduct
from jishi.offering.imports import (
    queries,
    queries_pictures,
    reading,
    rules,
    rules_refusals,
    rules_wish,
    services_pictures,
)
from jishi.offering.imports.models import ImportFile, ImportRow
from jishi.offering.imports.types import ColumnWish, Complaint, Group, ImportId, Layout, RunStatus, Sheet
from jishi.offering.inventory import services_merchant as inventory
from jishi.offering.inventory.types import ReceiptLine, ReceiptWish

ROWS_A_CHUNK = 500
# Each product is looked at by itself, so that nobody's codes are locked for long; or their pictures come first.
ROWS_A_CHUNK_SLOW = 50
CHUNKS_A_JOB = 20  # some seconds; what runs longer would be broken off when the worker is stopped
UNDER_WAY = (RunStatus.CHECKING, RunStatus.WRITING)
IN_REVIEW = Text("该商品正在审核中,暂不能修改", "The product is in review and cannot be changed now")
BANNED = Text("该商品已被平台禁售", "The platform has banned the product")


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """A run with all that it takes to go on: the table, how it is read, and what its names stand for."""

    run: ImportRow
    sheet: Sheet
    layout: Layout
    groups: list[Group]
    names: rules_wish.Lookups


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What becomes of the rows of one product: `draft` to be kept, with pieces of new SKUs, or why not."""

    group: Group
    kind: str  # created | updated | unchanged | refused
    draft: Draft | None = None
    stock: dict[str, int] = field(default_factory=dict)
    complaints: dict[int, list[Complaint]] = field(default_factory=dict)


@job(name="offering.imports.advance", lock="import:{merchant_id}")
def advance(*, run_id: UUID, merchant_id: UUID, now: datetime) -> None:
    """Check or write a part of a table, and ask for the next; a merchant's tables go one after the other."""
    if go_on(MerchantId(merchant_id), ImportId(run_id), now=now):
        with atomic():
            advance.defer(run_id=run_id, merchant_id=merchant_id)


def go_on(
    merchant_id: MerchantId, run_id: ImportId, *, now: datetime, fetcher: Fetcher = services_pictures.FETCHER
) -> bool:
    """Do some seconds' work on a run, outside transactions; say whether there is more.

    Before a chunk is written the pictures that it names are taken in, a few at a time.
    """
    work = work_of(merchant_id, run_id)
    if work is None:
        return False
    pictures = work.names.pictures
    for _ in range(CHUNKS_A_JOB):
        if pictures.sources and work.run.status == RunStatus.WRITING:
            wanted = [name for group in _next(work, work.run) for name in _named_in(work, group)]
            if services_pictures.take_in(work.run, pictures, wanted, fetcher=fetcher, now=now):
                return True
        if not step(work, now=now):
            return False
    return True


def _next(work: Work, run: ImportRow) -> list[Group]:
    return list(rules.chunks_of(work.groups, run.group_cursor, _chunk_rows(work)))


def _named_in(work: Work, group: Group) -> list[str]:
    position = work.layout.plain["pictures"]
    return [
        name for place in group.places for name in rules_wish.picture_names(work.sheet.rows[place][position])
    ]


def work_of(merchant_id: MerchantId, run_id: ImportId) -> Work | None:
    """Return what there is to do for a run, None when it is not under way or has gone."""
    run = ImportRow.objects.of_merchant(merchant_id).filter(id=run_id).first()
    if run is None or run.status not in UNDER_WAY:
        return None
    sheet = reading.sheet_of(bytes(ImportFile.objects.get(run_id=run_id).data))
    book = catalog.rulebook(merchant_id)
    named = queries.meanings(book)
    # What a column meant may have gone since with its attribute; then the column is left out.
    columns = [
        ColumnWish(position=int(position), target=target)
        for position, target in run.mapping.items()
        if target in named or target in rules.PLAIN or target == rules.OWN_AXIS
    ]
    layout = rules.layout_of(run.heads, columns, named)
    return Work(
        run=run,
        sheet=sheet,
        layout=layout,
        groups=rules.groups_of(sheet, layout),
        names=rules_wish.lookups(book, queries_pictures.pictures_of(run, _named(sheet, layout))),
    )


def _named(sheet: Sheet, layout: Layout) -> list[str]:
    """Return all pictures that a table names, in its order."""
    position = layout.plain.get("pictures")
    if position is None:
        return []
    return list(dict.fromkeys(name for row in sheet.rows for name in rules_wish.picture_names(row[position])))


def step(work: Work, *, now: datetime) -> bool:
    """Check or write the next chunk in one transaction, with its place in the table; say whether there is more."""
    merchant_id = MerchantId(work.run.merchant_id)
    with atomic():
        run = ImportRow.objects.of_merchant(merchant_id).select_for_update().get(id=work.run.id)
        if run.status != work.run.status:
            return False
        chunk = _next(work, run)
        codes = [code for group in chunk for code in group.codes]
        is_writing = run.status == RunStatus.WRITING
        find = drafts.lock_for if is_writing else catalog.known_products
        known = find(merchant_id, codes)
        known = replace(known, by_gtin=catalog.gtin_owners(merchant_id, _gtins(work, chunk)))
        verdicts = judged(work, chunk, known, for_review=run.for_review)
        if is_writing:
            _write(run, verdicts, now)
        _keep_refusals(work, verdicts)
        work.run.group_cursor = run.group_cursor + len(chunk)
        return _count(run, verdicts, is_end=run.group_cursor + len(chunk) == len(work.groups), now=now)


def _chunk_rows(work: Work) -> int:
    is_slow = work.run.status == RunStatus.WRITING and bool(
        work.run.for_review or work.names.pictures.sources
    )
    return ROWS_A_CHUNK_SLOW if is_slow else ROWS_A_CHUNK


def _gtins(work: Work, groups: Sequence[Group]) -> list[str]:
    position = work.layout.plain.get("gtin")
    if position is None:
        return []
    return [normal_gtin(work.sheet.rows[place][position]) for group in groups for place in group.places]


# -- what becomes of a product ---------------------------------------------------------------------


def judged(work: Work, groups: Sequence[Group], known: Known, *, for_review: bool) -> list[Verdict]:
    """Return what becomes of each product's rows, given what is known of their codes. Asks no database."""
    return [_verdict(work, group, known, for_review=for_review) for group in groups]


def _verdict(work: Work, group: Group, known: Known, *, for_review: bool) -> Verdict:
    ids = rules_wish.products_of(group, known.by_code)
    product = known.products[next(iter(ids))] if len(ids) == 1 else None
    try:
        if len(ids) > 1:
            raise rules_wish.Refused({group.places[0]: [Complaint(None, rules_wish.OTHER_PRODUCT)]})
        made = rules_wish.assembled(group, work.sheet, work.layout, work.names, product)
        wish = _accepted(work, group, made, for_review=for_review)
        if product and wish == product.wish and not (for_review and _waits_to_be_submitted(product)):
            return Verdict(group=group, kind="unchanged")
        _check_state(group, product)
        if taken := rules_refusals.other_owner(made, group, known.by_gtin, product.id if product else None):
            raise rules_wish.Refused(taken)
    except rules_wish.Refused as refused:
        return Verdict(
            group=group, kind="refused", complaints=_for_each(work.sheet, group, refused.complaints)
        )
    draft = Draft(
        product_id=product.id if product else None,
        wish=wish,
        definitions=work.names.book.categories[wish.category_id].definitions,
    )
    return Verdict(group=group, kind="updated" if product else "created", draft=draft, stock=made.stock)


def _check_state(group: Group, product: KnownProduct | None) -> None:
    """Refuse to change what is in review or banned; a table may well say of it what there is already."""
    reason = None
    if product and product.status is ListingStatus.BANNED:
        reason = BANNED
    elif product and product.proposal is VersionStatus.IN_REVIEW:
        reason = IN_REVIEW
    if reason:
        raise rules_wish.Refused({group.places[0]: [Complaint(None, reason)]})


def _accepted(work: Work, group: Group, made: rules_wish.Assembled, *, for_review: bool) -> ProductWish:
    try:
        return drafts.checked(made.wish, work.names.book, for_review=for_review)
    except Invalid as invalid:
        where, what = rules_refusals.complaint_of(str(invalid.data["field"]), invalid.data, made, group)
        raise rules_wish.Refused({where: [what]}) from invalid


def _waits_to_be_submitted(product: KnownProduct) -> bool:
    return product.proposal in (VersionStatus.DRAFT, VersionStatus.REJECTED)


def _for_each(
    sheet: Sheet, group: Group, complaints: Mapping[int, list[Complaint]]
) -> dict[int, list[Complaint]]:
    """Return a complaint for every row: where a row is right by itself, that another one is not."""
    first = min(complaints)
    return {
        place: complaints.get(place) or [rules_refusals.sibling(sheet.lines[first])] for place in group.places
    }


# -- keeping it ------------------------------------------------------------------------------------


def _write(run: ImportRow, verdicts: Sequence[Verdict], now: datetime) -> None:
    wanted = [verdict for verdict in verdicts if verdict.draft]
    merchant_id = MerchantId(run.merchant_id)
    staff_id = UserId(run.staff_id) if run.staff_id else None
    kept = drafts.keep_drafts(
        merchant_id=merchant_id,
        drafts=[verdict.draft for verdict in wanted if verdict.draft],
        staff_id=staff_id,
        now=now,
    )
    if run.for_review:
        for one in kept:
            if one.product_id:
                services_review.hand_in(
                    merchant_id=merchant_id, product_id=one.product_id, staff_id=staff_id, now=now
                )
    pieces = {code: count for verdict in wanted for code, count in verdict.stock.items()}
    lines = [
        ReceiptLine(sku_id=SkuId(sku.id), quantity=pieces[sku.code])
        for one in kept
        for sku in one.wish.skus
        if sku.id and sku.code in pieces
    ]
    if lines and run.warehouse_id:
        receipt = ReceiptWish(
            warehouse_id=WarehouseId(run.warehouse_id), lines=lines, reference=run.file_name[-100:]
        )
        inventory.stock_new(merchant_id=merchant_id, wish=receipt, staff_id=run.staff_id, now=now)


def _keep_refusals(work: Work, verdicts: Sequence[Verdict]) -> None:
    found = [
        (work.sheet.lines[place], work.sheet.rows[place], complaints)
        for verdict in verdicts
        for place, complaints in verdict.complaints.items()
    ]
    if not found:
        return
    execute(
        "INSERT INTO imports_refusal (run_id, line, cells, complaints) "
        "SELECT %s, * FROM unnest(%s::int[], %s::jsonb[], %s::jsonb[])",
        [
            work.run.id,
            [line for line, _, _ in found],
            [msgspec.json.encode(cells).decode() for _, cells, _ in found],
            [
                msgspec.json.encode(
                    [{"target": one.target, "zh": one.reason.zh, "en": one.reason.en} for one in complaints]
                ).decode()
                for _, _, complaints in found
            ],
        ],
    )


def _count(run: ImportRow, verdicts: Sequence[Verdict], *, is_end: bool, now: datetime) -> bool:
    """Note how far the run is, and say whether there is more; once all is written its file has done its duty."""
    counts: Counter[str] = Counter()
    for verdict in verdicts:
        counts[verdict.kind] += len(verdict.group.places)
    run.group_cursor += len(verdicts)
    run.done_count += sum(counts.values())
    run.created_count += counts["created"]
    run.updated_count += counts["updated"]
    run.unchanged_count += counts["unchanged"]
    run.refused_count += counts["refused"]
    run.changed_at = now
    if is_end:
        was_writing = run.status == RunStatus.WRITING
        run.status = (RunStatus.DONE if was_writing else RunStatus.CHECKED).value
        run.finished_at = now if was_writing else None
        if was_writing:
            ImportFile.objects.filter(run_id=run.id).delete()
            execute("DELETE FROM imports_picture WHERE run_id = %s", [run.id])
    run.save()
    return not is_end
