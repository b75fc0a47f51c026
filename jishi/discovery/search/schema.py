"""What a product looks like in the index."""

import math
from collections.abc import Iterable, Sequence

import tantivy

from jishi.discovery.search import words
from jishi.discovery.search.words import Segmenter
from jishi.offering.catalog.types import IndexDocument

VERSION = "1"  # raise it when anything here or in `words` changes: indexes of another version are built anew
BODY_MAX = 4_000
SOLD_OUT_WEIGHT = 0.4
# Text fields and how much a hit in each is worth.
BOOSTS = {
    "title": 4.0,
    "brand": 3.0,
    "labels": 2.0,
    "body": 0.5,
    "pinyin": 1.5,
    "initials": 0.8,
    "grams": 0.7,
}
SORT_FIELDS = ("price", "sold", "published")


def schema() -> tantivy.Schema:
    """Return the fields: words to find by, raw values to filter and count by, numbers to sort by."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    for name in ("title", "brand", "labels", "body", "pinyin", "initials", "grams"):
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="freq")
    for name in ("phrase", "category", "brand_id", "merchant_id", "attribute"):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic", fast=name != "phrase")
    for name in SORT_FIELDS:
        builder.add_unsigned_field(name, fast=True, indexed=True)
    builder.add_boolean_field("in_stock", fast=True, indexed=True)
    builder.add_float_field("weight", fast=True)
    return builder.build()


def document(product: IndexDocument, segmenter: Segmenter) -> tantivy.Document:
    """Return a product as the index keeps it."""
    made = tantivy.Document()
    made.add_text("id", str(product.product_id))
    _add_words(made, product, segmenter)
    _add_pinyin(made, product, segmenter)
    for category in product.categories:
        made.add_text("category", category.id)
    if product.brand:
        made.add_text("brand_id", product.brand.id)
    made.add_text("merchant_id", product.merchant.id)
    for attribute in product.attributes:
        made.add_text("attribute", f"{attribute.code}={attribute.value}")
    made.add_unsigned("price", product.price_from_minor)
    made.add_unsigned("sold", product.sold_count)
    made.add_unsigned("published", int(product.published_at.timestamp()))
    made.add_boolean("in_stock", product.in_stock)
    made.add_float("weight", weight(product.sold_count, is_in_stock=product.in_stock))
    return made


def weight(sold_count: int, *, is_in_stock: bool) -> float:
    """Return what relevance is multiplied by: ten times the sales count for 15 % more, nothing left for much
    less.
    """
    return (1.0 + 0.15 * math.log10(1 + sold_count)) * (1.0 if is_in_stock else SOLD_OUT_WEIGHT)


def _add_words(made: tantivy.Document, product: IndexDocument, segmenter: Segmenter) -> None:
    labels = [
        *(text for category in product.categories for text in _both(category.name.zh, category.name.en)),
        *(text for value in product.attributes for text in _both(value.value_name.zh, value.value_name.en)),
        *(text for choice in product.choices for text in _both(choice.zh, choice.en)),
        *_both(product.merchant.name.zh, product.merchant.name.en),
    ]
    brand = _both(product.brand.name.zh, product.brand.name.en) if product.brand else []
    body = [
        product.subtitle.zh, product.subtitle.en,
        words.without_tags(product.description.zh)[:BODY_MAX],
        words.without_tags(product.description.en)[:BODY_MAX],
    ]  # fmt: skip
    made.add_text("title", _joined(segmenter, [product.title.zh, product.title.en]))
    made.add_text("brand", _joined(segmenter, brand))
    made.add_text("labels", _joined(segmenter, labels))
    made.add_text("body", _joined(segmenter, body))
    leaf = product.categories[-1].name.zh if product.categories else ""
    made.add_text("grams", " ".join(words.grams(" ".join([product.title.zh, leaf, *brand]))))


def _add_pinyin(made: tantivy.Document, product: IndexDocument, segmenter: Segmenter) -> None:
    leaf = product.categories[-1].name.zh if product.categories else ""
    brand = product.brand.name.zh if product.brand else ""
    phrases = words.phrases(segmenter.chinese_words(f"{product.title.zh} {leaf} {brand}"))
    spelled = [words.pinyin(phrase) for phrase in phrases]
    made.add_text("pinyin", " ".join(dict.fromkeys(whole for whole, _ in spelled)))
    made.add_text("initials", " ".join(dict.fromkeys(initials for _, initials in spelled)))
    for phrase in words.phrases(segmenter.chinese_words(product.title.zh)):
        made.add_text("phrase", phrase)
    for phrase in english_phrases(product.title.en):
        made.add_text("phrase", phrase)


def english_phrases(title: str) -> list[str]:
    """Return the runs of two or three words of an English title, and its single longer words, in lower case."""
    parts = [part for part in words.plain(title).replace(",", " ").split() if part[0].isalnum()]
    runs = [
        " ".join(parts[start : start + length])
        for length in (1, 2, 3)
        for start in range(len(parts) - length + 1)
    ]
    return list(dict.fromkeys(run for run in runs if 4 <= len(run) <= 40))


def _both(zh: str, en: str) -> list[str]:
    return [text for text in (zh, en) if text]


def _joined(segmenter: Segmenter, texts: Sequence[str] | Iterable[str]) -> str:
    return " ".join(word for text in texts for word in segmenter.index_words(text)[:2_000])
