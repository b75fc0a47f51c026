"""Django's handle on the flows: at start the kernel's outbox learns who hears what."""

from django.apps import AppConfig

from jishi.kernel.outbox import subscribe


class FlowsConfig(AppConfig):
    """Installs the table of subscriptions."""

    name = "jishi.flows"
    label = "flows"

    def ready(self) -> None:
        """Hand the table to the kernel, once all models are known."""
        from jishi.flows.subscriptions import SUBSCRIPTIONS

        subscribe(SUBSCRIPTIONS)
