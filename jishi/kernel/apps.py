"""Django's handle on the kernel's tables."""

from django.apps import AppConfig


class KernelConfig(AppConfig):
    name = "jishi.kernel"
    label = "kernel"
    verbose_name = "Kernel"
