"""One sealed text and the place it belongs to."""

from dataclasses import dataclass, field

from jishi.kernel.crypto.keyring import key_id_of, ring


@dataclass(frozen=True, slots=True)
class Sealed:
    """Encrypted bytes as the database holds them."""

    sealed: bytes = field(repr=False)

    @property
    def key_id(self) -> str:
        """The id of the key that sealed it."""
        return key_id_of(self.sealed)


def seal_text(text: str, *, table: str, column: str, row_id: object) -> bytes:
    """Seal a text for one place; for hand-written SQL, models do it themselves."""
    return ring().seal(text.encode(), _place(table, column, row_id))


def open_text(sealed: bytes | memoryview, *, table: str, column: str, row_id: object) -> str:
    """Open what was sealed for that place. Raises: CannotOpen."""
    return ring().open(bytes(sealed), _place(table, column, row_id)).decode()


def _place(table: str, column: str, row_id: object) -> bytes:
    return f"{table}\0{column}\0{row_id}".encode()
