"""What facts of a product can be chosen from: lists of our own, no database."""

from collections.abc import Mapping

from jishi.kernel.words import Text
from jishi.offering.catalog.types_facts import ORIGINS, UNITS, FactChoices, NamedCode


def choices(language: str) -> FactChoices:
    """Return the units of sale and the origins, in their order, as people read them."""
    return FactChoices(units=_named(UNITS, language), origins=_named(ORIGINS, language))


def _named(names: Mapping[str, Text], language: str) -> list[NamedCode]:
    return [NamedCode(code=code, name=name.of(language)) for code, name in names.items()]
