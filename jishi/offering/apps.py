"""Django's handle on the tables of what is for sale."""

from django.apps import AppConfig


class OfferingConfig(AppConfig):
    name = "jishi.offering"
    label = "offering"
    verbose_name = "Offering"
