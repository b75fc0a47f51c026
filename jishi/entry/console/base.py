"""What all desks have in common: a list that counts nothing, and a page that shows a row."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, cast
from uuid import UUID

from django.contrib import admin
from django.contrib.admin.options import IS_POPUP_VAR
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from unfold.admin import ModelAdmin
from unfold.dataclasses import UnfoldAction
from unfold.paginator import InfinitePaginator
from unfold.views import ChangeList

from jishi.entry.console import audit_trail
from jishi.entry.console.columns import name_columns
from jishi.entry.console.page import Fact, Section, people_names
from jishi.entry.console.roles import may
from jishi.kernel.scope import MerchantScopedQuerySet

_ROW = "_console_row"
# Not a filter of a list, though it stands in the address.
LANGUAGE = "language"


class Rows(ChangeList):
    """A list in the desk's own order; its rows are prepared together, so that none asks for itself."""

    result_list: Any

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(request, *args, **kwargs)
        self.queues = [(spec.title, list(spec.choices(self))) for spec in self.filter_specs]
        self.has_filters = False  # no sheet that slides in: the choices stand above the rows

    def get_filters_params(self, params: Any = None) -> Any:
        """Return the filters in the address."""
        found = super().get_filters_params(params)
        found.pop(LANGUAGE, None)
        return found

    def get_ordering(self, request: HttpRequest, queryset: Any) -> list[Any]:
        """Return the desk's own order: any other would sort the whole table."""
        return [*self.model_admin.get_ordering(request)]

    def get_results(self, request: HttpRequest) -> None:
        """Read the page and let the desk attach what its columns need."""
        super().get_results(request)
        found: list[Any] = list(self.result_list)
        self.result_list = found
        self.model_admin.prepare(found)


@dataclass(frozen=True, slots=True)
class Shown:
    """A row's stand-in for the page's heading, which prints it."""

    _meta: Any
    pk: object
    title: str

    def __str__(self) -> str:
        return self.title


class Desk(ModelAdmin):
    """A read-only list and page of one table, for some roles."""

    roles: ClassVar[tuple[str, ...]] = ()
    has_trail: ClassVar[bool] = True

    paginator = InfinitePaginator
    show_full_result_count = False
    list_per_page = 50
    list_fullwidth = True
    list_before_template = "console/queues.html"
    sortable_by: ClassVar[tuple[str, ...]] = ()
    ordering: ClassVar[tuple[str, ...]] = ("-id",)  # time-ordered keys: the newest first, along the index
    actions = None
    fields: ClassVar[tuple[str, ...]] = ()
    change_form_template: ClassVar[str | None] = "console/row.html"

    # -- what a desk says about itself ---------------------------------------------------------------------

    def name_of(self, row: Any) -> str:
        """Return what the heading calls a row."""
        return str(row)

    def prepare(self, rows: Sequence[Any]) -> None:
        """Attach to the rows of a list what their columns show, in a fixed number of statements."""

    def matching(self, term: str) -> Q:
        """Return which rows a search finds; it must be something that an index answers."""
        raise NotImplementedError(term)

    def people_of(self, row: Any) -> list[UUID | None]:
        """Return whom the page names; `facts` and `sections` find their names in `row.people`."""
        return []

    def facts(self, request: HttpRequest, row: Any) -> list[Fact]:
        """Return what the page says about a row."""
        return []

    def sections(self, request: HttpRequest, row: Any) -> list[Section]:
        """Return the tables below the facts."""
        return []

    # -- who may ------------------------------------------------------------------------------------------

    def has_module_permission(self, request: HttpRequest) -> bool:
        return may(request, *self.roles)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return may(request, *self.roles)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    # -- the list -----------------------------------------------------------------------------------------

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[Rows]:
        return Rows

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return all_rows(self.model)

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Allow the desk's own filters only: any other would read the whole table."""
        return lookup in {getattr(one, "parameter_name", None) for one in self.list_filter}

    def get_search_fields(self, request: HttpRequest) -> tuple[str, ...]:
        """Show the search box where `search_help_text` says what can be searched for."""
        return ("id",) if self.search_help_text else ()

    def get_search_results(
        self,
        request: HttpRequest,
        queryset: QuerySet[Any],
        search_term: str,
    ) -> tuple[QuerySet[Any], bool]:
        """Return the rows that somebody looks for."""
        term = (
            search_term.strip() if self.search_help_text else ""
        )  # an address may ask where no box is shown
        return (queryset.filter(self.matching(term)) if term else queryset), False

    # -- the page -----------------------------------------------------------------------------------------

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """Return the row, read once a request."""
        known: tuple[object, Any] | None = getattr(request, _ROW, None)
        if known is None or known[0] != object_id:
            known = (object_id, super().get_object(request, object_id, from_field))
            setattr(request, _ROW, known)
        return known[1]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], **kwargs: Any
    ) -> HttpResponse:
        """Show a row's page."""
        row = kwargs.get("obj") or context.get("original")
        if isinstance(row, Model):
            title = self.name_of(row)
            context |= {
                **self._body(request, row),
                "original": Shown(row._meta, row.pk, title),
                "subtitle": title,
                "title": row._meta.verbose_name,
            }
        return cast(HttpResponse, super().render_change_form(request, context, **kwargs))

    def _body(self, request: HttpRequest, row: Any) -> dict[str, object]:
        trail = audit_trail.entries(row.pk) if self.has_trail else []
        row.people = people_names([*self.people_of(row), *(entry.actor_id for entry in trail)])
        facts = self.facts(request, row)
        shown = [audit_trail.table(trail, row.people)] if self.has_trail else []
        return {"facts": facts, "sections": [*self.sections(request, row), *shown]}

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[UnfoldAction]:
        """Return the actions that whoever asks may take on this row as it is now."""
        row = self.get_object(request, str(object_id))
        found = super().get_actions_detail(request, object_id)
        return [one for one in found if row is not None and _is_offered(one.method, request, row)]

    def get_preserved_filters(self, request: HttpRequest) -> str:
        """Keep a list's filters only for a list: a row's address stays one that can be passed on."""
        return "" if IS_POPUP_VAR not in request.GET else super().get_preserved_filters(request)


def _is_offered(method: Any, request: HttpRequest, row: Any) -> bool:
    return may(request, *method.roles) and (method.when is None or method.when(row))


def all_rows(model: type[Model]) -> QuerySet[Any]:
    """Return the rows of a table, of all merchants where they belong to merchants."""
    rows: QuerySet[Any] = model._default_manager.all()
    return rows.across_merchants() if isinstance(rows, MerchantScopedQuerySet) else rows


def register(model: type[Model], name: str, plural: str | None = None) -> Callable[[type[Desk]], type[Desk]]:
    """Give a table a desk under a name for people."""

    def register_desk(desk: type[Desk]) -> type[Desk]:
        model._meta.verbose_name = name
        model._meta.verbose_name_plural = plural or name
        name_columns(model)
        admin.site.register(model, desk)
        return desk

    return register_desk


def no_rows() -> Q:
    """Return a condition that nothing meets."""
    return Q(pk__in=[])


def uuid_in(term: str) -> UUID | None:
    """Return the id that somebody typed, if it is one."""
    try:
        return UUID(term)
    except ValueError:
        return None
