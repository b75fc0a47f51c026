from django.apps import AppConfig


class IdentityConfig(AppConfig):
    name = "jishi.identity"
    label = "identity"
