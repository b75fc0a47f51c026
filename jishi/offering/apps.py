from django.apps import AppConfig


class OfferingConfig(AppConfig):
    name = "jishi.offering"
    label = "offering"
