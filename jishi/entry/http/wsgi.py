"""The WSGI application that Granian serves: Django behind the strangers' way, and that behind the fast lane."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jishi.config.settings")
usual = get_wsgi_application()

from jishi.entry.http.fast_lane import FastLane  # noqa: E402 - Django is set up before
from jishi.entry.http.strangers import Strangers  # noqa: E402

application = FastLane(Strangers(usual))
