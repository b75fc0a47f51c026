"""What a product looks like in the index."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import tantivy

from jishi.discovery.search import narrowing, words
from jishi.discovery.search.supply import Supply
from jishi.discovery.search.words import Segmenter
from jishi.kernel.ids import ProductId
from jishi.offering.catalog.types import Rating
from jishi.offering.catalog.types_index import IndexDocument

VERSION = "5"  # raise it when anything here or in `words` changes: indexes of another version are built anew
BODY_MAX, WORDS_MAX = 4_000, 2_000  # characters of a description, words of one text
LOW = 2**64 - 1
SOLD_OUT_WEIGHT = 0.4
UNKNOWN_QUALITY = 1.0
WEIGHT_SCALE = 5.0  # so that the least weight, half of `SOLD_OUT_WEIGHT`, is kept as 0
# Fields that rank, and how much a hit in each is worth. Whether a product is met at all is decided in `met`.
BOOSTS = {
    "title": 4.0,
    "brand": 3.0,
    "labels": 2.0,
    "body": 0.5,
    "codes": 4.0,
    "pinyin": 1.5,
    "initials": 0.8,
    "grams": 0.7,
}
YES = "true"  # of an attribute that something has or has not: people look for its name, not for "yes"
APART = " / "  # stands between texts, so that no phrase goes from one into the next
WITHIN_PHRASE = "_"  # stands for the blank in a phrase: a product's are one text, cut at its blanks
SORT_FIELDS = ("price", "sold", "published", "rating", "esteem")


def schema() -> tantivy.Schema:
    """Return the fields: words to meet and to rank by, raw values to filter and count by, numbers to sort by."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", tokenizer_name="raw", index_option="basic")
    # Ids again, as numbers: a page of hits is read from columns, not from whole documents.
    for name in ("id_high", "id_low", "seller"):
        builder.add_unsigned_field(name, fast=True)
    for name in ("met", "phrase"):
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="basic")
    for name in BOOSTS:
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="freq")
    # Titles with their order, for exact phrases.
    builder.add_text_field("exact", tokenizer_name="whitespace", index_option="position")
    for name in (
        "category",
        "brand_id",
        "merchant_id",
        "store_category",
        "attribute",
        "ships_from",
        "delivery",
    ):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic", fast=True)
    for name in SORT_FIELDS:
        builder.add_unsigned_field(name, fast=True, indexed=True)
    # Of what stands behind another merchant's better offer: few have it, so leaving them out costs nothing.
    builder.add_text_field("behind", tokenizer_name="raw", index_option="basic")
    builder.add_boolean_field("in_stock", fast=True, indexed=True)
    builder.add_float_field("weight", fast=True)
    return builder.build()


@dataclass(frozen=True, slots=True)
class _Cut:
    """A text as the index has it: its words, and the terms that it is met by."""

    words: str
    terms: frozenset[str]


def documents(
    products: Sequence[IndexDocument],
    segmenter: Segmenter,
    qualities: Mapping[ProductId, float],
    supplies: Mapping[ProductId, Supply],
) -> list[tantivy.Document]:
    """Return products as the index keeps them, each with its quality (ranking's factor; 1 when it has none) and its
    supply. Many at once: what several of them say is cut once.
    """
    said = [_said(product) for product in products]
    forms = words.plain_all(text for fields in said for texts in fields.values() for text in texts)
    cut = {text: _cut(segmenter.words_of_plain(form)[:WORDS_MAX]) for text, form in forms.items()}
    return [
        _document(
            product,
            {name: [cut[text] for text in texts] for name, texts in fields.items()},
            forms,
            segmenter,
            qualities.get(product.product_id, UNKNOWN_QUALITY),
            supplies.get(product.product_id, Supply()),
        )
        for product, fields in zip(products, said, strict=True)
    ]


def _cut(found: list[str]) -> _Cut:
    return _Cut(" ".join(found), frozenset(term for word in found for term in words.terms(word)))


def _document(
    product: IndexDocument,
    said: dict[str, list[_Cut]],
    forms: Mapping[str, str],
    segmenter: Segmenter,
    quality: float,
    supply: Supply,
) -> tantivy.Document:
    made = tantivy.Document()
    made.add_text("id", str(product.product_id))
    made.add_unsigned("id_high", product.product_id.int >> 64)
    made.add_unsigned("id_low", product.product_id.int & LOW)
    made.add_unsigned("seller", seller_number(product.merchant.id))
    _add_words(made, product, said, forms, segmenter)
    for category in product.categories:
        made.add_text("category", category.id)
    if product.brand:
        made.add_text("brand_id", product.brand.id)
    made.add_text("merchant_id", product.merchant.id)
    for store_category_id in product.store_category_ids:
        made.add_text("store_category", str(store_category_id))
    for attribute in product.attributes:
        made.add_text("attribute", f"{attribute.code}={attribute.value}")
    _add_supply(made, supply)
    _add_rating(made, product.rating)
    made.add_unsigned("price", product.price_from_minor)
    made.add_unsigned("sold", product.sold_count)
    made.add_unsigned("published", int(product.published_at.timestamp()))
    if not product.is_front:
        made.add_text("behind", YES)
    made.add_boolean("in_stock", product.in_stock)
    made.add_float("weight", weight(quality, is_in_stock=product.in_stock))
    return made


def _add_supply(made: tantivy.Document, supply: Supply) -> None:
    for name, values in (("ships_from", supply.provinces), ("delivery", supply.methods)):
        for value in values:
            made.add_text(name, value)


def _add_rating(made: tantivy.Document, rating: Rating | None) -> None:
    average, count = (rating.average_hundredths, rating.count) if rating else (0, 0)
    made.add_unsigned("rating", average)
    made.add_unsigned("esteem", narrowing.esteem(average, count))


def weight(quality: float, *, is_in_stock: bool) -> float:
    """Return what the index keeps so that a score is multiplied by the quality, times `SOLD_OUT_WEIGHT` for what
    cannot be had, times `WEIGHT_SCALE` for all.

    tantivy multiplies by log₂(2 + kept), and takes a negative for 0.
    """
    wanted = quality * (1.0 if is_in_stock else SOLD_OUT_WEIGHT)
    return float(max(0.0, 2.0 ** (WEIGHT_SCALE * wanted) - 2.0))


def seller_number(merchant_id: str) -> int:
    """Return a merchant's id as a number of 64 bits, to tell sellers apart by."""
    return UUID(merchant_id).int & LOW


def _add_words(
    made: tantivy.Document,
    product: IndexDocument,
    said: Mapping[str, list[_Cut]],
    forms: Mapping[str, str],
    segmenter: Segmenter,
) -> None:
    met: set[str] = set()
    for name, texts in said.items():
        made.add_text(name, " ".join([one.words for one in texts]))
        met.update(*[one.terms for one in texts])
    made.add_text("exact", APART.join(_exact(forms, product)))
    in_title = segmenter.stretches(forms[product.title.zh])
    heard = [*in_title, *(one for text in _naming(product) for one in segmenter.stretches(forms[text]))]
    in_short = {
        "grams": [gram for one in heard for gram in one.grams],
        "pinyin": set[str]().union(*[one.pinyin for one in heard]),
        "initials": set[str]().union(*[one.initials for one in heard]),
    }
    for name, short in in_short.items():
        made.add_text(name, " ".join(short))
        met.update(short)
    made.add_text("met", " ".join(met))
    suggested = [phrase for one in in_title for phrase in one.phrases]
    made.add_text("phrase", " ".join([*suggested, *english_phrases(forms[product.title.en])]))


def _exact(forms: Mapping[str, str], product: IndexDocument) -> list[str]:
    texts = (product.title.zh, product.title.en)
    return [" ".join(narrowing.in_order(forms[text])) for text in texts if text]


def _said(product: IndexDocument) -> dict[str, list[str]]:
    """Return what a product says, by the field it ranks in."""
    labels = [
        *(category.name for category in product.categories),
        *(value.name if value.value == YES else value.value_name for value in product.attributes),
        *product.choices,
        product.merchant.name,
    ]
    shades = [colour for text in (product.title, *product.choices) for colour in words.colours(text.zh)]
    return {
        "title": [product.title.zh, product.title.en],
        "brand": [product.brand.name.zh, product.brand.name.en] if product.brand else [],
        "labels": [*(text for label in labels for text in (label.zh, label.en)), *dict.fromkeys(shades)],
        "body": [
            product.subtitle.zh, product.subtitle.en, *product.remarks, *product.tags,
            words.without_tags(product.description.zh)[:BODY_MAX],
            words.without_tags(product.description.en)[:BODY_MAX],
        ],
        "codes": product.codes,
    }  # fmt: skip


def _naming(product: IndexDocument) -> list[str]:
    """Return what else names the goods in Chinese: the category they lie in, and the brand."""
    leaf = [product.categories[-1].name.zh] if product.categories else []
    return leaf + ([product.brand.name.zh] if product.brand else [])


def english_phrases(title: str) -> list[str]:
    """Return the runs of two or three words of an English title in its one form, and its single longer words, each
    as one term.
    """
    parts = [part for part in title.replace(",", " ").split() if part[0].isalnum()]
    runs = [
        WITHIN_PHRASE.join(parts[start : start + length])
        for length in (1, 2, 3)
        for start in range(len(parts) - length + 1)
    ]
    return [run for run in runs if 4 <= len(run) <= 40]
