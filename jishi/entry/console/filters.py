"""Filters of lists, shown as a row of choices above the rows. None of them asks the table what there is."""

from collections.abc import Iterator
from typing import Any

from django.contrib.admin import SimpleListFilter
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from jishi.entry.console.words import Vocabulary, Word, both

ALL = "all"


class ChoiceFilter(SimpleListFilter):
    """Rows of which one column has one value."""

    vocabulary: Vocabulary
    column: str
    default: str | None = None  # a queue opens on what waits

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(value, self.vocabulary.name(value)) for value in self.vocabulary.words]

    def value(self) -> str | None:
        """Return the chosen value, None for all."""
        chosen = super().value() or self.default
        return None if chosen == ALL else chosen

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        chosen = self.value()
        return queryset if chosen is None else queryset.filter(self.condition(chosen))

    def condition(self, chosen: str) -> Q:
        """Return which rows a value stands for."""
        return Q(**{self.column: chosen})

    def choices(self, changelist: Any) -> Iterator[Any]:
        chosen = self.value()
        every = (ALL, both("全部", "All"))
        for value, text in [every, *self.lookup_choices]:
            yield {
                "selected": (chosen or ALL) == value,
                "query_string": changelist.get_query_string({self.parameter_name: value}),
                "display": text,
            }


def choice_filter(column: str, vocabulary: Vocabulary, *, default: str | None = None) -> type[ChoiceFilter]:
    """Return a filter by the words of a column."""
    return type(
        "ColumnFilter",
        (ChoiceFilter,),
        {
            "title": vocabulary.title,
            "parameter_name": column,
            "vocabulary": vocabulary,
            "column": column,
            "default": default,
        },
    )


def open_filter(column: str) -> type[ChoiceFilter]:
    """Return a filter of rows that are open while `column` (an instant) is empty; the open ones first."""

    class OpenFilter(ChoiceFilter):
        title = both("处理", "Handled")
        parameter_name = "handled"
        vocabulary = Vocabulary(title, {"open": Word("待处理", "Open"), "closed": Word("已处理", "Closed")})
        default = "open"

        def condition(self, chosen: str) -> Q:
            return Q(**{f"{column}__isnull": chosen == "open"})

    return OpenFilter


def yes_no_filter(column: str, title: str, yes: Word, no: Word) -> type[ChoiceFilter]:
    """Return a filter by a column that is true or false."""

    class YesNoFilter(ChoiceFilter):
        parameter_name = column
        vocabulary = Vocabulary(title, {"yes": yes, "no": no})

        def condition(self, chosen: str) -> Q:
            return Q(**{column: chosen == "yes"})

    YesNoFilter.title = title
    return YesNoFilter
