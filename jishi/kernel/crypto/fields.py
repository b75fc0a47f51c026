"""Model fields: a text that is encrypted in the database, and the hash it is found by."""

from typing import TYPE_CHECKING, Any, TypeVar

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.query_utils import DeferredAttribute

from jishi.kernel.crypto.blind_index import blind_index
from jishi.kernel.crypto.sealed import Sealed, open_text, seal_text
from jishi.kernel.errors import ProgrammingError

# django-stubs make fields generic in what is set and what is got, so that null=True can make both optional.
_Set_contra = TypeVar("_Set_contra", contravariant=True)
_Got_co = TypeVar("_Got_co", covariant=True)

if TYPE_CHECKING:
    _Field = models.Field
else:

    class _Field(models.Field):
        """Lets the subscript stand at run time."""

        def __class_getitem__(cls, _: object) -> type:
            return cls


class _Opened(DeferredAttribute):
    """Opens the stored value when it is asked for; rows that nobody looks into stay sealed."""

    field: "EncryptedTextField[Any, Any]"

    def __get__(self, instance: models.Model | None, cls: type[models.Model] | None = None) -> Any:
        if instance is None:
            return self
        stored = instance.__dict__.get(self.field.attname, _MISSING)
        if stored is _MISSING:
            super().__get__(instance, cls)
            stored = instance.__dict__[self.field.attname]
        if not isinstance(stored, Sealed):
            return stored
        return open_text(stored.sealed, **self.field.place_of(instance))

    def __set__(self, instance: models.Model, value: str | Sealed | None) -> None:
        instance.__dict__[self.field.attname] = value


_MISSING = object()


class EncryptedTextField(_Field[_Set_contra, _Got_co]):
    """A text, sealed in the database for exactly this table, column and row.

    The row's id must be known before saving (UUID with a default). Written by saving an instance (or
    bulk_create) only; cannot be compared in a filter: look up through a `BlindIndexField`.
    """

    description = "Encrypted text"
    descriptor_class = _Opened
    empty_strings_allowed = True

    if TYPE_CHECKING:
        _pyi_private_set_type: str
        _pyi_private_get_type: str
        _pyi_lookup_exact_type: None

    def get_internal_type(self) -> str:
        return "BinaryField"

    def place_of(self, instance: models.Model) -> dict[str, Any]:
        """Return table, column and row of one value. Raises: ProgrammingError for a row without an id."""
        if instance.pk is None:
            raise ProgrammingError(f"{self.name} is sealed for its row: give the row an id first")
        return {"table": self.model._meta.db_table, "column": self.column, "row_id": instance.pk}

    def from_db_value(self, value: Any, *_: object) -> Sealed | None:
        return None if value is None else Sealed(bytes(value))

    def pre_save(self, model_instance: models.Model, add: bool) -> Sealed | None:  # noqa: ARG002 - Django's signature
        """Seal a value that was set; what was only loaded is written back as it is."""
        stored = model_instance.__dict__.get(self.attname)
        if stored is None or isinstance(stored, Sealed):
            return stored
        return Sealed(seal_text(stored, **self.place_of(model_instance)))

    def get_prep_value(self, value: Any) -> Any:
        if value is None or isinstance(value, Sealed):
            return value
        raise ProgrammingError(
            f"{self.name} is encrypted: save an instance to write it, use a blind index to find it"
        )

    def get_db_prep_value(
        self,
        value: Any,
        connection: BaseDatabaseWrapper,  # noqa: ARG002 - Django's signature
        prepared: bool = False,
    ) -> Any:
        prepared_value = value if prepared else self.get_prep_value(value)
        return prepared_value.sealed if isinstance(prepared_value, Sealed) else prepared_value

    def value_to_string(self, obj: models.Model) -> str:  # noqa: ARG002 - Django's signature
        raise ProgrammingError(f"{self.name} is encrypted and is not serialised")


class BlindIndexField(_Field[_Set_contra, _Got_co]):
    """The blind index of another field of the same row, kept up to date on every save.

    With `save(update_fields=…)` name both. Find with `filter(x_index__in=blind_indexes(value, purpose))`.
    """

    description = "Blind index"

    if TYPE_CHECKING:
        _pyi_private_set_type: bytes
        _pyi_private_get_type: bytes
        _pyi_lookup_exact_type: bytes

    def __init__(self, *args: Any, of: str = "", purpose: str = "", **kwargs: Any) -> None:
        self.of = of
        self.purpose = purpose
        kwargs["editable"] = False
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, Any, dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("editable", None)
        return name, path, args, {**kwargs, "of": self.of, "purpose": self.purpose}

    def get_internal_type(self) -> str:
        return "BinaryField"

    def pre_save(self, model_instance: models.Model, add: bool) -> bytes | None:  # noqa: ARG002 - Django's signature
        value = self.index_of(model_instance)
        setattr(model_instance, self.attname, value)
        return value

    def index_of(self, instance: models.Model) -> bytes | None:
        """Return the index that this row should have, under the current key."""
        source: str | None = getattr(instance, self.of)
        return None if source is None else blind_index(source, self.purpose)

    def from_db_value(self, value: Any, *_: object) -> bytes | None:
        return None if value is None else bytes(value)
