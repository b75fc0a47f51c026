"""What merchants write of their store categories: a tree of two levels, and what stands in it."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from jishi.kernel import audit
from jishi.kernel.db import atomic, execute, lock, rows
from jishi.kernel.errors import Conflict, Invalid, NotFound
from jishi.kernel.foreign import has_unstorable
from jishi.kernel.ids import MerchantId, ProductId, StoreCategoryId, UserId
from jishi.kernel.words import Text
from jishi.offering.catalog import queries_merchant
from jishi.offering.catalog.changes import forget_on_commit, touch
from jishi.offering.catalog.models_store_categories import StoreCategory
from jishi.offering.catalog.queries import LISTS_TAG
from jishi.offering.catalog.types_store_categories import (
    CATEGORIES_MAX,
    OF_PRODUCT_MAX,
    StoreCategoryWish,
)

ZH_MAX, EN_MAX = 30, 60


class StoreCategoryNameTaken(Conflict):
    """There is one of that name beside it."""

    code = "store_category_name_taken"
    message = Text(zh="同一层级已有同名的店内分类", en="There is a store category of that name at this level")


class TooManyStoreCategories(Conflict):
    """A merchant has at most 200 of them."""

    code = "too_many_store_categories"
    message = Text(zh="店内分类最多 200 个", en="A store has at most 200 store categories")


class StoreCategoryTooDeep(Conflict):
    """The tree has two levels."""

    code = "store_category_too_deep"
    message = Text(zh="店内分类最多两级", en="Store categories are at most two levels deep")


class InTooManyStoreCategories(Conflict):
    """A product stands in at most 10 of them; `product_id` names one that would stand in more."""

    code = "in_too_many_store_categories"
    message = Text(
        zh="一件商品最多放入 10 个店内分类", en="A product may stand in at most 10 store categories"
    )


def make(
    *, merchant_id: MerchantId, wish: StoreCategoryWish, staff_id: UserId | None, now: datetime
) -> StoreCategoryId:
    """Make a store category, the last of its siblings; return its id.

    Raises: Invalid, NotFound for a parent that is not there, StoreCategoryNameTaken, StoreCategoryTooDeep,
    TooManyStoreCategories (409).
    """
    name = _checked(wish.name)
    with atomic():
        known = _locked(merchant_id)
        if len(known) >= CATEGORIES_MAX:
            raise TooManyStoreCategories
        made = StoreCategory(merchant_id=merchant_id, name_zh=name.zh, name_en=name.en)
        _place(made, known, wish.parent_id)
        made.save()
        _note(made, "made", staff_id, now)
        forget_on_commit([LISTS_TAG])
    return StoreCategoryId(made.id)


def change(
    *,
    merchant_id: MerchantId,
    store_category_id: StoreCategoryId,
    wish: StoreCategoryWish,
    staff_id: UserId | None,
    now: datetime,
) -> None:
    """Rename a store category, and move it below another or to the top. Where it stays it keeps its place.

    Raises: Invalid, NotFound, StoreCategoryNameTaken, StoreCategoryTooDeep (409), also for a category with
    children that is to lie in another.
    """
    name = _checked(wish.name)
    with atomic():
        known = _locked(merchant_id)
        found = _one(known, store_category_id)
        was_in = found.parent_id
        found.name_zh, found.name_en = name.zh, name.en
        _place(found, known, wish.parent_id)
        found.save()
        if found.parent_id != was_in:  # the index keeps a product's categories with those above them
            touch(_products_in([store_category_id]), now=now)
        _note(found, "changed", staff_id, now)
        forget_on_commit([LISTS_TAG])


def arrange(
    *,
    merchant_id: MerchantId,
    store_category_ids: Sequence[StoreCategoryId],
    staff_id: UserId | None,
    now: datetime,
) -> None:
    """Put siblings into an order; all of them are to be named.

    Raises: NotFound, Conflict (409) when they are not exactly the children of one parent: a colleague was faster.
    """
    with atomic():
        known = _locked(merchant_id)
        wanted = [_one(known, one) for one in store_category_ids]
        siblings = [one for one in known.values() if one.parent_id == wanted[0].parent_id]
        if sorted(one.id for one in wanted) != sorted(one.id for one in siblings):
            raise Conflict
        for sort, one in enumerate(wanted):
            one.sort = sort
        StoreCategory.objects.of_merchant(merchant_id).bulk_update(wanted, ["sort"])
        _note(wanted[0], "arranged", staff_id, now)
        forget_on_commit([LISTS_TAG])


def remove(
    *,
    merchant_id: MerchantId,
    store_category_id: StoreCategoryId,
    staff_id: UserId | None,
    now: datetime,
) -> None:
    """Take a store category away, with those in it; the products stay as they are. Raises: NotFound."""
    with atomic():
        known = _locked(merchant_id)
        found = _one(known, store_category_id)
        gone = [store_category_id, *(key for key, one in known.items() if one.parent_id == found.id)]
        touched = _products_in(gone)
        execute(
            "DELETE FROM catalog_store_category_product WHERE store_category_id = ANY(%s::uuid[])", [gone]
        )
        _note(found, "removed", staff_id, now)
        StoreCategory.objects.of_merchant(merchant_id).filter(id__in=gone).delete()
        touch(touched, now=now)
        forget_on_commit([LISTS_TAG])


def put_in(
    *,
    merchant_id: MerchantId,
    store_category_id: StoreCategoryId,
    product_ids: Sequence[ProductId],
    staff_id: UserId | None,
    now: datetime,
) -> None:
    """Put products into a store category, all or none; one that is in it stays in it.

    Raises: NotFound, InTooManyStoreCategories (409).
    """
    wanted = list(dict.fromkeys(product_ids))
    with atomic():
        found = _one(_locked(merchant_id), store_category_id)
        if len(queries_merchant.own_products(merchant_id, wanted)) < len(wanted):
            raise NotFound
        put = execute(
            "INSERT INTO catalog_store_category_product (store_category_id, product_id, merchant_id) "
            "SELECT %s, id, %s FROM unnest(%s::uuid[]) AS id ON CONFLICT DO NOTHING",
            [found.id, merchant_id, wanted],
        )
        _require_room(wanted)
        if put:
            _moved(found, wanted, "filled", staff_id, now)


def take_out(
    *,
    merchant_id: MerchantId,
    store_category_id: StoreCategoryId,
    product_ids: Sequence[ProductId],
    staff_id: UserId | None,
    now: datetime,
) -> None:
    """Take products out of a store category; one that is not in it is left alone. Raises: NotFound."""
    with atomic():
        found = _one(_locked(merchant_id), store_category_id)
        taken = execute(
            "DELETE FROM catalog_store_category_product "
            "WHERE store_category_id = %s AND product_id = ANY(%s::uuid[])",
            [found.id, list(product_ids)],
        )
        if taken:
            _moved(found, product_ids, "emptied", staff_id, now)


def _locked(merchant_id: MerchantId) -> dict[StoreCategoryId, StoreCategory]:
    """Return all store categories of a merchant; who else writes them waits, so that no limit is run past."""
    lock(f"catalog.store_categories.{merchant_id}")
    return {StoreCategoryId(one.id): one for one in StoreCategory.objects.of_merchant(merchant_id)}


def _one(known: Mapping[StoreCategoryId, StoreCategory], store_category_id: StoreCategoryId) -> StoreCategory:
    found = known.get(store_category_id)
    if found is None:
        raise NotFound
    return found


def _checked(name: Text) -> Text:
    checked = Text(" ".join(name.zh.split()), " ".join(name.en.split()))
    if not checked.zh or len(checked.zh) > ZH_MAX or len(checked.en) > EN_MAX:
        raise Invalid(field="name")
    if has_unstorable([checked.zh, checked.en]):
        raise Invalid(field="name")
    return checked


def _place(
    one: StoreCategory, known: Mapping[StoreCategoryId, StoreCategory], parent_id: StoreCategoryId | None
) -> None:
    """Put a category below a parent or at the top; a new place is the last one there."""
    if parent_id is not None:
        parent = _one(known, parent_id)
        has_children = any(other.parent_id == one.id for other in known.values())
        if parent.parent_id is not None or parent.id == one.id or has_children:
            raise StoreCategoryTooDeep
    siblings = [other for other in known.values() if other.parent_id == parent_id and other.id != one.id]
    if any(other.name_zh == one.name_zh for other in siblings):
        raise StoreCategoryNameTaken
    if one.id not in known or one.parent_id != parent_id:
        one.parent_id = parent_id
        one.sort = max((other.sort for other in siblings), default=-1) + 1


def _require_room(product_ids: Sequence[ProductId]) -> None:
    full = rows(
        "SELECT product_id FROM catalog_store_category_product WHERE product_id = ANY(%s::uuid[]) "
        "GROUP BY product_id HAVING count(*) > %s ORDER BY 1 LIMIT 1",
        [list(product_ids), OF_PRODUCT_MAX],
    )
    if full:
        raise InTooManyStoreCategories(product_id=str(full[0][0]))


def _products_in(store_category_ids: Sequence[StoreCategoryId]) -> list[ProductId]:
    found = rows(
        "SELECT DISTINCT product_id FROM catalog_store_category_product "
        "WHERE store_category_id = ANY(%s::uuid[])",
        [list(store_category_ids)],
    )
    return [ProductId(product_id) for (product_id,) in found]


def _moved(
    found: StoreCategory,
    product_ids: Sequence[ProductId],
    what: str,
    staff_id: UserId | None,
    now: datetime,
) -> None:
    touch(product_ids, now=now)
    _note(found, what, staff_id, now, product_ids)
    forget_on_commit([LISTS_TAG])


def _note(
    found: StoreCategory,
    what: str,
    staff_id: UserId | None,
    now: datetime,
    product_ids: Sequence[ProductId] = (),
) -> None:
    audit.record(
        actor=staff_id,
        actor_kind="staff",
        action=f"store_category.{what}",
        subject_kind="store_category",
        subject_id=found.id,
        merchant_id=MerchantId(found.merchant_id),
        data={"name": found.name_zh, "product_ids": [str(one) for one in product_ids]},
        now=now,
    )
