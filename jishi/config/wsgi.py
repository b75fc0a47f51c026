"""The WSGI application that Granian serves."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jishi.config.settings")


def _application() -> object:
    django = get_wsgi_application()
    from jishi.entry.http.fast_lane import FastLane  # needs Django set up, for its figures

    return FastLane(django)


application = _application()
