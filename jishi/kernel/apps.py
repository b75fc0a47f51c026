"""Django's handle on the kernel's tables."""

from django.apps import AppConfig
from django.conf import settings

from jishi.kernel import logging


class KernelConfig(AppConfig):
    name = "jishi.kernel"
    label = "kernel"
    verbose_name = "Kernel"

    def ready(self) -> None:
        """Let every process with Django log the same way."""
        logging.configure(settings.ENV.log_level)
