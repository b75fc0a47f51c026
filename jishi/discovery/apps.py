from django.apps import AppConfig


class DiscoveryConfig(AppConfig):
    name = "jishi.discovery"
    label = "discovery"
