"""The names behind the ids and codes in an index, kept beside it, so that facets cost no statement."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from jishi.discovery.search.places import write_whole
from jishi.kernel.words import Text
from jishi.offering.catalog.types_index import IndexDocument

FILE = "names.json"
DICTIONARY = "dictionary.json"


@dataclass(slots=True)
class Vocabulary:
    """Names by id: categories with their parent, brands, merchants, attributes and their values
    (`code=value`).
    """

    categories: dict[str, list[str]] = field(default_factory=dict)  # id → [zh, en, parent id or ""]
    brands: dict[str, list[str]] = field(default_factory=dict)
    merchants: dict[str, list[str]] = field(default_factory=dict)
    attributes: dict[str, list[str]] = field(default_factory=dict)
    values: dict[str, list[str]] = field(default_factory=dict)

    def learn(self, products: Iterable[IndexDocument]) -> bool:
        """Take in the names of products; say whether anything was new."""
        is_new = False
        for product in products:
            parents = ["", *(category.id for category in product.categories)]
            for category, parent in zip(product.categories, parents, strict=False):
                is_new |= _put(self.categories, category.id, [category.name.zh, category.name.en, parent])
            if product.brand:
                is_new |= _put(self.brands, product.brand.id, [product.brand.name.zh, product.brand.name.en])
            seller = product.merchant
            is_new |= _put(self.merchants, seller.id, [seller.name.zh, seller.name.en])
            for one in product.attributes:
                is_new |= _put(self.attributes, one.code, [one.name.zh, one.name.en])
                is_new |= _put(self.values, f"{one.code}={one.value}", [one.value_name.zh, one.value_name.en])
        return is_new

    def add(self, other: "Vocabulary") -> None:
        """Take in all names that another one has."""
        for table in self.__slots__:
            getattr(self, table).update(getattr(other, table))

    def names(self) -> list[str]:
        """Return the Chinese names of brands and categories: words to keep whole."""
        return [name[0] for name in (*self.brands.values(), *self.categories.values())]

    def save(self, folder: Path) -> None:
        """Write the names beside the index."""
        tables = {name: getattr(self, name) for name in self.__slots__}
        write_whole(folder / FILE, json.dumps(tables, ensure_ascii=False))


def load(folder: Path) -> Vocabulary:
    """Return the names kept beside an index; none for a new one."""
    try:
        return Vocabulary(**json.loads((folder / FILE).read_text(encoding="utf-8")))
    except FileNotFoundError:
        return Vocabulary()


def _put(table: dict[str, list[str]], key: str, value: list[str]) -> bool:
    if table.get(key) == value:
        return False
    table[key] = value
    return True


def text(names: list[str] | None, fallback: str) -> Text:
    """Return the two names of an entry, or the id itself for one that is not known."""
    return Text(names[0], names[1]) if names else Text(fallback, fallback)


def save_dictionary(folder: Path, names: list[str]) -> None:
    """Keep the names that this generation's words were cut with: queries must be cut the same way."""
    write_whole(folder / DICTIONARY, json.dumps(names, ensure_ascii=False))


def load_dictionary(folder: Path) -> list[str]:
    """Return the names that a generation's words were cut with."""
    names: list[str] = json.loads((folder / DICTIONARY).read_text(encoding="utf-8"))
    return names
