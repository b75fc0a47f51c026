from django.apps import AppConfig


class EntryConfig(AppConfig):
    name = "jishi.entry"
    label = "entry"
