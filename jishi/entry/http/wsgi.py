"""The WSGI application that Granian serves: Django behind the fast lane."""

import os

from django.core.wsgi import get_wsgi_application

from jishi.entry.http.fast_lane import FastLane

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jishi.config.settings")
application = FastLane(get_wsgi_application())
