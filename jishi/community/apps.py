from django.apps import AppConfig


class CommunityConfig(AppConfig):
    name = "jishi.community"
    label = "community"
