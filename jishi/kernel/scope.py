"""Rows of merchants are reachable only through a scope, and a query without one fails instead of answering.

A model with a `merchant_id` column declares `objects = merchant_scoped()`. Reading, counting, updating or
deleting needs `.of_merchant(id)` first, or `.across_merchants()` where the platform or a flow may see all.
"""

from collections.abc import Iterator
from typing import Any, Self, TypeVar

from django.db.models import Manager, Model, QuerySet

from jishi.kernel.errors import ProgrammingError
from jishi.kernel.ids import MerchantId

_M = TypeVar("_M", bound=Model)


class MerchantScopedQuerySet(QuerySet[_M]):
    """A queryset that refuses to touch rows until it knows whose they are."""

    _is_scoped = False

    def of_merchant(self, merchant_id: MerchantId) -> Self:
        """Narrow to the rows of one merchant."""
        return self.filter(merchant_id=merchant_id)._with_scope()  # noqa: SLF001 - our own clone

    def across_merchants(self) -> Self:
        """See the rows of all merchants: for flows, buyers' own rows and the platform."""
        return self.all()._with_scope()  # noqa: SLF001 - our own clone

    def _with_scope(self) -> Self:
        self._is_scoped = True
        return self

    def _clone(self) -> Self:
        clone: Self = super()._clone()  # type: ignore[misc]
        clone._is_scoped = self._is_scoped
        return clone

    def _guard(self) -> None:
        if not self._is_scoped:
            raise ProgrammingError(f"{self.model.__name__} rows need of_merchant() or across_merchants()")

    def _fetch_all(self) -> None:
        self._guard()
        super()._fetch_all()

    def iterator(self, chunk_size: int | None = None) -> Iterator[_M]:
        self._guard()
        return super().iterator(chunk_size)

    def count(self) -> int:
        self._guard()
        return super().count()

    def exists(self) -> bool:
        self._guard()
        return super().exists()

    def aggregate(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        self._guard()
        return super().aggregate(*args, **kwargs)

    def update(self, **kwargs: Any) -> int:
        self._guard()
        return super().update(**kwargs)

    def delete(self) -> tuple[int, dict[str, int]]:
        self._guard()
        return super().delete()


def merchant_scoped() -> "Manager[Any]":
    """Return the manager for models with a `merchant_id`."""
    return Manager.from_queryset(MerchantScopedQuerySet)()
