"""Suggestions: a small index of phrases beside the products', found by the first letters in Chinese, pinyin
or English.

Each phrase is kept with every beginning of its three spellings, so that a keystroke is one look-up of one
term.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import tantivy

from jishi.discovery.search import words
from jishi.discovery.search.schema import WITHIN_PHRASE
from jishi.discovery.search.types import Suggestion
from jishi.discovery.search.vocabulary import Vocabulary

PREFIX_MAX = 16
PHRASES_MAX = 100_000
QUERIES_KEPT_ALL_BELOW = (
    5_000  # a young market suggests every phrase, a big one those of two products or more
)
HEAP_BYTES = 20_000_000
SHOWN_MAX = 10
# Places are what many people mean; below them phrases by how many products have them.
_KIND_WEIGHTS = {"category": 1_000_000_000, "brand": 500_000_000, "store": 200_000_000, "query": 0}


@dataclass(frozen=True, slots=True)
class Entry:
    """A phrase to suggest; `target_id` is what it leads to, '' for a search of its words."""

    text: str
    kind: str
    target_id: str
    weight: int


def schema() -> tantivy.Schema:
    """Return the fields of a suggestion."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("text", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("kind", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("target_id", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("language", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("prefix", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("spelling", tokenizer_name="raw", index_option="basic")
    builder.add_unsigned_field("weight", fast=True)
    return builder.build()


def write(generation: Path, products: tantivy.Searcher, names: Vocabulary) -> None:
    """Make the suggestions of a generation anew from what its products say, in one commit."""
    folder = generation / "suggestions"
    folder.mkdir(exist_ok=True)
    index = tantivy.Index(schema(), path=str(folder))
    writer = index.writer(HEAP_BYTES, 1)
    writer.delete_all_documents()
    for entry in _entries(products, names):
        writer.add_document(_document(entry))
    writer.commit()
    writer.wait_merging_threads()


def _entries(products: tantivy.Searcher, names: Vocabulary) -> Iterator[Entry]:
    tables = (("category", names.categories), ("brand", names.brands), ("store", names.merchants))
    field_of = {"category": "category", "brand": "brand_id", "store": "merchant_id"}
    for kind, table in tables:
        for target_id, (zh, en, *_) in table.items():
            count = products.doc_freq(field_of[kind], target_id)
            if count:
                for text in dict.fromkeys(filter(None, (zh, en))):
                    yield Entry(text, kind, target_id, _KIND_WEIGHTS[kind] + count)
    fewest = 1 if products.num_docs < QUERIES_KEPT_ALL_BELOW else 2
    phrases = [one for one in products.terms_with_prefix("phrase", "") if one[1] >= fewest]
    phrases.sort(key=lambda one: (-one[1], one[0]))
    for phrase, count in phrases[:PHRASES_MAX]:
        # Of equally common phrases the longer one says more.
        yield Entry(phrase.replace(WITHIN_PHRASE, " "), "query", "", count * 100 + min(len(phrase), 20))


def _document(entry: Entry) -> tantivy.Document:
    made = tantivy.Document()
    made.add_text("text", entry.text)
    made.add_text("kind", entry.kind)
    made.add_text("target_id", entry.target_id)
    made.add_text("language", "zh" if words.is_chinese(entry.text) else "en")
    made.add_unsigned("weight", entry.weight)
    for spelling in spellings(entry.text):
        made.add_text("spelling", spelling)
        for prefix in prefixes(spelling):
            made.add_text("prefix", prefix)
    return made


def spellings(text: str) -> list[str]:
    """Return how a phrase may be typed: as it is, in pinyin, by initials; without blanks."""
    written = words.plain(text).replace(" ", "")
    chinese = "".join(words.chinese_runs(words.plain(text)))
    found = [written, *(words.pinyin(chinese) if chinese else ())]
    return list(dict.fromkeys(one for one in found if one))


def prefixes(spelling: str) -> Iterable[str]:
    """Return the beginnings of a spelling that are looked up."""
    return (spelling[:length] for length in range(1, min(len(spelling), PREFIX_MAX) + 1))


def find(index: tantivy.Index, typed: str) -> list[Suggestion]:
    """Return what the typed letters may become, the weightiest first."""
    prefix = words.plain(typed).replace(" ", "")[:PREFIX_MAX]
    if not prefix:
        return []
    searcher = index.searcher()
    query = tantivy.Query.term_query(index.schema, "prefix", prefix, index_option="basic")
    found = searcher.search(query, SHOWN_MAX * 2, count=False, order_by_field="weight")
    shown: dict[str, Suggestion] = {}
    for _, address in found.hits:
        one = searcher.doc(address)
        text, kind, target_id = (str(one[name][0]) for name in ("text", "kind", "target_id"))
        shown.setdefault(text, Suggestion(text=text, kind=kind, target_id=target_id or None))
    return list(shown.values())[:SHOWN_MAX]


def did_you_mean(index: tantivy.Index, spelled: str) -> str | None:
    """Return the phrase that sounds like, or is written almost like, what was asked in vain.

    `spelled` is the query without blanks, its Chinese in pinyin. The same sound wins, then one or two letters
    of difference (Damerau-Levenshtein), the more common phrase among equals.
    """
    if len(spelled) < 3:
        return None
    searcher, made_of = index.searcher(), index.schema
    for distance in (0, 1, 2):
        if distance == 2 and len(spelled) < 8:
            break
        query = tantivy.Query.fuzzy_term_query(made_of, "spelling", spelled, distance)
        found = searcher.search(query, 1, count=False, order_by_field="weight")
        for _, address in found.hits:
            return str(searcher.doc(address)["text"][0])
    return None
