"""Tables of people and their addresses."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.utils.translation import gettext_lazy as _

from jishi.kernel.crypto import BlindIndexField, EncryptedTextField
from jishi.kernel.ids import new_id

PHONE = "accounts_user.phone"  # keeps the blind index of phones apart from every other
BIRTHDAY = "accounts_user.birthday"


class UserManager(BaseUserManager["User"]):
    """Users are made by `services`; this is what Django's authentication needs."""

    use_in_migrations = False


class User(AbstractBaseUser, PermissionsMixin):
    """Somebody who can sign in: a buyer, merchant staff, platform staff, or all of them.

    E-mail addresses live in allauth's EmailAddress. `phone` is proven by a code; `unproven_phone` was only
    typed and claims nothing, so that nobody can keep another person's number from him. `birthday` is a day of the
    year ("MM-DD"): nobody needs to know how old he is.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False, verbose_name=_("email address"))
    nickname = models.CharField(max_length=40)
    avatar = models.CharField(max_length=300, blank=True, default="")
    language = models.CharField(max_length=2, choices=[("zh", "中文"), ("en", "English")], default="zh")
    phone = EncryptedTextField(null=True)
    phone_index = BlindIndexField(of="phone", purpose=PHONE, null=True, unique=True)
    unproven_phone = EncryptedTextField(null=True)
    birthday = EncryptedTextField(null=True)
    birthday_index = BlindIndexField(of="birthday", purpose=BIRTHDAY, null=True)
    has_coupon_news = models.BooleanField(default=True, db_default=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)  # may enter the back office
    joined_at = models.DateTimeField()

    USERNAME_FIELD = "id"
    EMAIL_FIELD = ""
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = UserManager()

    class Meta:
        db_table = "accounts_user"
        verbose_name = "user"
        # The few among very many, found without reading the others.
        indexes = [
            models.Index(fields=["id"], condition=models.Q(is_staff=True), name="accounts_user_staff"),
            models.Index(fields=["id"], condition=models.Q(is_active=False), name="accounts_user_blocked"),
            models.Index(
                fields=["birthday_index", "id"],
                condition=models.Q(birthday_index__isnull=False),
                name="accounts_user_birthday",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="accounts_user_language", condition=models.Q(language__in=["zh", "en"])
            ),
            models.CheckConstraint(
                name="accounts_user_phone_and_index",
                condition=models.Q(phone__isnull=True, phone_index__isnull=True)
                | models.Q(phone__isnull=False, phone_index__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.nickname

    def get_full_name(self) -> str:
        """Return what the back office calls him; Django's name for it."""
        return self.nickname

    def get_username(self) -> str:
        """Return his id as text: Django's own answers the column as it is, which no page can print."""
        return str(self.pk)


class Address(models.Model):
    """Where a buyer wants parcels."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    recipient = EncryptedTextField()
    phone = EncryptedTextField()
    street = EncryptedTextField()
    area_code = models.CharField(max_length=6)
    postcode = models.CharField(max_length=6, blank=True, default="")
    is_default = models.BooleanField(default=False)

    class Meta:
        db_table = "accounts_address"
        constraints = [
            models.UniqueConstraint(
                name="accounts_address_one_default", fields=["user"], condition=models.Q(is_default=True)
            ),
            models.CheckConstraint(
                name="accounts_address_area_code", condition=models.Q(area_code__regex=r"^[1-9][0-9]{5}$")
            ),
        ]
