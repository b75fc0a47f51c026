"""Every address of the market that Python answers."""

from django.contrib import admin
from django.urls import include, path

from jishi.entry.http import health
from jishi.entry.http.api import api
from jishi.entry.http.living_page import living_page_urls
from jishi.entry.http.manifest import manifest_urls
from jishi.entry.http.merchant_pages import merchant_urls
from jishi.entry.http.offline import offline_urls
from jishi.entry.http.pages import page_urls
from jishi.entry.http.refusals import bad_request, not_found, refused, server_error
from jishi.entry.http.routes import Routes
from jishi.entry.http.sitemap import sitemap_urls

api_routes, api_app, api_namespace = api.urls

urlpatterns = [
    path("healthz", health.livez),  # its name of old
    path("livez", health.livez),
    path("readyz", health.readyz),
    path("metrics", health.metrics),
    Routes("api/v1/", api_routes, app_name=api_app, namespace=api_namespace),
    path("_allauth/", include("allauth.headless.urls")),
    path("admin/", admin.site.urls),
    *merchant_urls,
    *sitemap_urls,
    *living_page_urls,
    *manifest_urls,
    *offline_urls,
    *page_urls,
]
handler400 = bad_request
handler403 = refused
handler404 = not_found
handler500 = server_error
