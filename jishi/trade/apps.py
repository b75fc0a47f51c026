from django.apps import AppConfig


class TradeConfig(AppConfig):
    name = "jishi.trade"
    label = "trade"
