"""What facts of a product may be, and their one form: tags, warranty, units, origins. Pure."""

import re
import unicodedata
from collections.abc import Iterable, Sequence

from jishi.kernel.gtin import normal_gtin
from jishi.kernel.words import Text
from jishi.offering.catalog.types_facts import ORIGINS, UNITS, ProductFacts

MODEL_MAX = 60
TAGS_MAX, TAG_MAX = 10, 20
WARRANTY_MONTHS_MAX, WARRANTY_NOTE_MAX = 600, 100
_BETWEEN_TAGS = re.compile(r"[,，、;；|\n]")


def normal_tags(tags: Iterable[str]) -> list[str]:
    """Return tags in their one form, each once: compatibility characters folded, no # in front, single blanks.

    What stands between commas is several tags.
    """
    parts = (part for tag in tags for part in _BETWEEN_TAGS.split(unicodedata.normalize("NFKC", tag)))
    kept: dict[str, str] = {}
    for part in parts:
        tag = " ".join(part.split()).lstrip("#").strip()
        if tag:
            kept.setdefault(tag.casefold(), tag)
    return list(kept.values())


def normal_facts(facts: ProductFacts) -> ProductFacts:
    """Return facts as they are stored."""
    return ProductFacts(
        unit=facts.unit.strip(),
        origin=facts.origin.strip(),
        warranty_months=facts.warranty_months,
        warranty_note=Text(facts.warranty_note.zh.strip(), facts.warranty_note.en.strip()),
        tags=normal_tags(facts.tags),
    )


def facts_shape(facts: ProductFacts) -> Iterable[tuple[bool, str]]:
    """Yield what must hold of a product's facts, each with the field that it is about."""
    months, note, tags = facts.warranty_months, facts.warranty_note, normal_tags(facts.tags)
    yield not facts.unit.strip() or facts.unit.strip() in UNITS, "facts.unit"
    yield not facts.origin.strip() or facts.origin.strip() in ORIGINS, "facts.origin"
    yield months is None or 0 <= months <= WARRANTY_MONTHS_MAX, "facts.warranty_months"
    yield max(len(note.zh), len(note.en)) <= WARRANTY_NOTE_MAX, "facts.warranty_note"
    yield len(tags) <= TAGS_MAX and all(len(tag) <= TAG_MAX for tag in tags), "facts.tags"


def are_told_apart(gtins: Sequence[str]) -> bool:
    """Say whether no number stands twice, in whichever length."""
    known = [normal_gtin(one) for one in gtins if one.strip()]
    return len(set(known)) == len(known)
