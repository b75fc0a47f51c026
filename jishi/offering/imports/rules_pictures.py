"""What a table may call a picture: a file of the library, one of the zip that came with it, or an address."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from jishi.kernel.fetching import is_web_address


def key_of(name: str) -> UUID:
    """Return what a name, however long, is found by."""
    return UUID(bytes=hashlib.blake2b(name.encode(), digest_size=16).digest())


def sources_of(names: Iterable[str], zipped: Sequence[str]) -> Mapping[str, str]:
    """Return which names mean an address (itself) or a file of the zip (its path): by its path, or by its last part
    where no other file has the same.
    """
    by_name: dict[str, str | None] = {}
    for path in zipped:
        last = path.rpartition("/")[2]
        by_name[last] = None if last in by_name else path
    by_path = {**by_name, **{path: path for path in zipped}}
    found = {name: name if is_web_address(name) else by_path.get(name) for name in names}
    return {name: source for name, source in found.items() if source}
