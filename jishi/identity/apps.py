"""Django's handle on the tables of who people and merchants are."""

from django.apps import AppConfig


class IdentityConfig(AppConfig):
    name = "jishi.identity"
    label = "identity"
    verbose_name = "Identity"

    def ready(self) -> None:
        """Seal allauth's columns before the first query."""
        from jishi.identity.sealed_text import seal_allauth

        seal_allauth()
