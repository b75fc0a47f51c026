"""What others send: read so that nothing in it can break what reads it or what keeps it."""

import json
import re
from collections.abc import Mapping
from typing import Any

_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


def read_json(raw: bytes | str) -> Any:
    """Return the value of a JSON text.

    Raises: ValueError, also for what is nested too deep and for text that no database keeps.
    """
    try:
        value = json.loads(raw)
    except RecursionError as error:
        raise ValueError("nested too deep") from error
    if has_unstorable(value):
        raise ValueError("control characters")
    return value


def has_unstorable(value: object) -> bool:
    """Say whether any text in nested lists, sets and mappings holds what a database cannot keep: NUL, half a
    character.
    """
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            if _UNSTORABLE.search(one):
                return True
        elif isinstance(one, Mapping):
            waiting += [*one.keys(), *one.values()]
        elif isinstance(one, list | tuple | set | frozenset):
            waiting += one
    return False
