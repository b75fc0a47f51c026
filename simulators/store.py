"""The memory: every change is appended to a file, so that a killed simulator loses nothing."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

import msgspec

from simulators.records import Callback, Message, Parcel, Payment, Refund

Record = TypeVar("Record", Payment, Refund, Callback, Parcel, Message)

TABLES: dict[str, type[Any]] = {
    "payments": Payment,
    "refunds": Refund,
    "callbacks": Callback,
    "parcels": Parcel,
    "messages": Message,
}
# What only people look at is kept up to this many, oldest dropped first.
LENGTH_MAX = {"callbacks": 20_000, "messages": 5_000}


class _Line(msgspec.Struct):
    table: str
    key: str
    value: msgspec.Raw


class Store:
    """One dictionary per kind of record."""

    def __init__(self, path: Path | None) -> None:
        self._tables: dict[str, dict[str, Any]] = {name: {} for name in TABLES}
        self._file: BinaryIO | None = None
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._replay(path)
            self._file = self._rewritten(path)

    def put(self, table: str, key: str, value: Record) -> Record:
        """Remember a record under its key, on disk before in memory."""
        if self._file is not None:
            self._file.write(_encoded(table, key, value))  # unbuffered: it is the kernel's when this returns
        rows = self._tables[table]
        rows[key] = value
        if len(rows) > LENGTH_MAX.get(table, len(rows)):
            del rows[next(iter(rows))]
        return value

    def get(self, table: str, key: str, kind: type[Record]) -> Record | None:
        """Return the record under a key."""
        value = self._tables[table].get(key)
        return value if isinstance(value, kind) else None

    def all(self, table: str, kind: type[Record]) -> Iterator[Record]:
        """Yield the records of a table, oldest first."""
        return (value for value in list(self._tables[table].values()) if isinstance(value, kind))

    def clear(self) -> None:
        """Forget everything."""
        for rows in self._tables.values():
            rows.clear()
        if self._file is not None:
            self._file.truncate(0)

    def close(self) -> None:
        """Let go of the file."""
        if self._file is not None:
            self._file.close()

    def _replay(self, path: Path) -> None:
        if not path.exists():
            return
        for raw in path.read_bytes().split(b"\n"):
            try:
                line = msgspec.json.decode(raw, type=_Line)
            except msgspec.DecodeError:
                continue  # the end of the last line, cut off by a kill
            self._tables[line.table][line.key] = msgspec.json.decode(line.value, type=TABLES[line.table])

    def _rewritten(self, path: Path) -> BinaryIO:
        """Start the file anew with the present state only, in one step."""
        draft = path.with_suffix(".draft")
        with draft.open("wb") as file:
            for table, rows in self._tables.items():
                file.writelines(_encoded(table, key, value) for key, value in rows.items())
        draft.chmod(0o600)
        draft.replace(path)
        return open(os.open(path, os.O_WRONLY | os.O_APPEND), "wb", buffering=0)  # noqa: PTH123


def _encoded(table: str, key: str, value: object) -> bytes:
    return msgspec.json.encode(_Line(table, key, msgspec.Raw(msgspec.json.encode(value)))) + b"\n"
