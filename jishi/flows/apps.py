from django.apps import AppConfig


class FlowsConfig(AppConfig):
    name = "jishi.flows"
    label = "flows"
