"""Django's settings, all of them from `environment()`; nothing here reads a variable itself."""

from pathlib import Path

from jishi.config.environment import environment
from jishi.config.settings_console import *  # noqa: F403 - the back office's dress
from jishi.config.settings_sign_in import *  # noqa: F403 - constants of sign-in and security, kept with their reasons

ENV = environment()
BASE_DIR = Path(__file__).resolve().parent.parent.parent

SECRET_KEY = ENV.secret_key
DEBUG = ENV.debug
ALLOWED_HOSTS = ["127.0.0.1", "localhost", ENV.public_host]
CSRF_TRUSTED_ORIGINS = [ENV.public_url]
ROOT_URLCONF = "jishi.entry.http.urls"
WSGI_APPLICATION = "jishi.entry.http.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "identity.User"

AREAS = ["kernel", "identity", "offering", "money", "trade", "discovery", "community"]
INSTALLED_APPS = [
    "unfold",
    "unfold.contrib.filters",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.headless",
    "axes",
    "csp",
    "ninja",
    "procrastinate.contrib.django",
    *[f"jishi.{area}" for area in AREAS],
    "jishi.flows",
    "jishi.entry",
]
MIDDLEWARE = [
    "jishi.entry.http.middleware.edge",
    "django.middleware.security.SecurityMiddleware",
    "jishi.entry.http.security.headers",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "jishi.entry.http.middleware.asker",
    *EDGE_MIDDLEWARE,  # noqa: F405 - lock-out and rate limits, from settings_sign_in
]

DATABASES = {
    "default": {
        "ENGINE": "jishi.kernel.postgres",
        "NAME": ENV.database.name,
        "USER": ENV.database.user,
        "PASSWORD": ENV.database.password,
        "HOST": ENV.database.host,
        "PORT": ENV.database.port,
        # The database may have been restarted under a connection that waits in the pool.
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            # Statements that come again are planned once for each connection: half of what they cost the server.
            "server_side_binding": True,
            "prepare_threshold": 5,
            **ENV.database.options,
            # One connection per thread that can hold one, and a spare for the health probe; a worker needs eight.
            "pool": {"min_size": 1, "max_size": max(ENV.web_threads + 2, 10), "timeout": 10},
        },
    }
}
CACHES = {
    "default": {
        "BACKEND": "jishi.kernel.cache.SessionCache",
        "LOCATION": ENV.redis_url,
    }
}
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = ENV.public_url.startswith("https://")
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_HSTS_SECONDS = 31_536_000 if ENV.public_url.startswith("https://") else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
X_FRAME_OPTIONS = "DENY"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

STATIC_URL = "/static/"
STATIC_ROOT = ENV.static_root
# The front end's build and our own few files; a fresh checkout has not built yet.
STATICFILES_DIRS = [
    (name, folder)
    for name in ("storefront", "storefront-ssr", "merchant", *(("ui",) if ENV.demo else ()))
    if (folder := BASE_DIR / "web" / "dist" / name).is_dir()
]
MEDIA_URL = "/media/"
MEDIA_ROOT = ENV.media_root
STORAGES = {
    "default": {"BACKEND": "jishi.offering.media.storage.WholeFiles"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# The largest upload we read at all; media.services refuses smaller ones by its own rules.
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
FILE_UPLOAD_PERMISSIONS = 0o644

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
