"""Personal data at rest: sealed per field with a rotating key, bound to its row, found by a keyed hash.

A sealed value opens only in the table, column and row it was written for. Nothing here shows a value in a
repr, a log or an error.
"""

from jishi.kernel.crypto.blind_index import BLIND_INDEX_BYTES, blind_index, blind_indexes, hold_blind_value
from jishi.kernel.crypto.fields import BlindIndexField, EncryptedTextField
from jishi.kernel.crypto.keyring import CannotOpen, KeyRing, key_id_of, ring
from jishi.kernel.crypto.rekey import reencrypt
from jishi.kernel.crypto.sealed import Sealed, open_text, seal_text

__all__ = [
    "BLIND_INDEX_BYTES",
    "BlindIndexField",
    "CannotOpen",
    "EncryptedTextField",
    "KeyRing",
    "Sealed",
    "blind_index",
    "blind_indexes",
    "hold_blind_value",
    "key_id_of",
    "open_text",
    "reencrypt",
    "ring",
    "seal_text",
]
