"""Settings of sign-in and of the edge's security, each with its reason; star-imported by settings.py."""

from datetime import timedelta
from typing import Any

# -- who signs in -------------------------------------------------------------------------------------------

AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",  # first: the locked-out are refused before any password is read
    "jishi.identity.accounts.backends.Backend",
]
PASSWORD_HASHERS = [
    "jishi.identity.hashers.Argon2",
    # Read only, for passwords brought along from other shops; rehashed at the next sign-in.
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("nickname",)},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 8}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

# Sealed in PostgreSQL and in Valkey, found by a hash of their key: neither a dump nor a cache gives one away.
SESSION_ENGINE = "jishi.identity.sessions"
SESSION_COOKIE_NAME = "jishi_session"
SESSION_COOKIE_AGE = 30 * 24 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "jishi.entry.http.security.csrf_failure"

# -- allauth ------------------------------------------------------------------------------------------------

HEADLESS_ONLY = True
HEADLESS_CLIENTS = ("browser", "app")
HEADLESS_TOKEN_STRATEGY = "jishi.identity.accounts.backends.TokenStrategy"  # noqa: S105 - a class
HEADLESS_SERVE_SPECIFICATION = True  # /_allauth/openapi.json and .yaml
HEADLESS_SPECIFICATION_TEMPLATE_NAME = None  # its HTML page loads scripts from another site
HEADLESS_FRONTEND_URLS = {
    "account_confirm_email": "/account/verify-email/{key}",
    "account_reset_password": "/sign-in/forgotten",
    "account_reset_password_from_key": "/sign-in/forgotten?key={key}",
    "account_signup": "/sign-up",
    "socialaccount_login_error": "/sign-in?problem=provider",
}
ALLAUTH_USER_CODE_FORMAT = {"numeric": True, "length": 6, "dashed": False}

ACCOUNT_ADAPTER = "jishi.entry.http.sign_in.AccountAdapter"
# allauth's own EmailAddress is the only place that keeps an e-mail address; people have no user name.
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_USER_DISPLAY = "jishi.entry.http.sign_in.display_name"
ACCOUNT_LOGIN_METHODS = {"email", "phone"}
ACCOUNT_SIGNUP_FIELDS = ["email", "phone", "password1"]  # exactly one of the first two: SignUpForm
ACCOUNT_SIGNUP_FORM_CLASS = "jishi.entry.http.sign_in_forms.SignUpForm"
# A link by mail that can be followed later, on any device: an unverified address never stands between a buyer
# and the checkout. (allauth allows codes only where verification blocks.)
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_MAX_EMAIL_ADDRESSES = 3
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 5 * 60
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_PHONE_VERIFICATION_TIMEOUT = 5 * 60
ACCOUNT_PHONE_VERIFICATION_MAX_ATTEMPTS = 5
ACCOUNT_PHONE_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_PHONE_VERIFICATION_SUPPORTS_CHANGE = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 10 * 60
ACCOUNT_PASSWORD_RESET_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60
ACCOUNT_RATE_LIMITS = {
    # Failures of an account from one address are axes' business below; this one counts those from everywhere.
    "login_failed": "100/h/key",
    "login": "30/m/ip",
    "signup": "20/m/ip,200/h/ip",
    # Each of these costs a text message: one number, one address.
    "verify_phone": "1/30s/key,10/h/key,20/m/ip,200/h/ip",
    "request_login_code": "1/30s/key,10/h/key,20/m/ip,200/h/ip",
    "change_phone": "5/m/user",
}
SOCIALACCOUNT_STORE_TOKENS = False
MFA_ADAPTER = "jishi.entry.http.sign_in.MfaAdapter"
MFA_TOTP_ISSUER = "Jishi 集市"
MFA_RECOVERY_CODES_SHOW_ONCE = True  # who left them unsaved makes new ones

MIGRATION_MODULES = {
    # allauth's tables with their columns sealed; see docs/decisions/0021.
    "account": "jishi.identity.accounts.allauth.migrations",
    "usersessions": "jishi.identity.accounts.allauth.sessions.migrations",
}

# -- lock-out after failures --------------------------------------------------------------------------------

AXES_HANDLER = "jishi.entry.http.lockout.Handler"  # shared by all processes through Valkey
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]  # nobody can lock another person out from elsewhere
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_USERNAME_FORM_FIELD = "username"  # what the back office asks for; else axes takes our column's name, id
AXES_USERNAME_CALLABLE = "jishi.entry.http.lockout.account_key"
AXES_CLIENT_IP_CALLABLE = "jishi.entry.http.lockout.address_of"
AXES_LOCKOUT_CALLABLE = "jishi.entry.http.lockout.locked_out"
AXES_SENSITIVE_PARAMETERS = ["email", "phone", "username", "ip_address"]
AXES_ENABLE_ADMIN = False
AXES_ENABLE_ACCESS_FAILURE_LOG = False
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False

# -- how fast one client may write (reads are not counted) --------------------------------------------------

SIGN_IN_RATE: dict[str, Any] = {"per_second": 2.0, "burst": 60}  # per address, under /_allauth/
SMS_RATE: dict[str, Any] = {"per_second": 1 / 30, "burst": 3}  # per phone, whatever the message
VISITOR_RATE: dict[str, Any] = {"per_second": 20.0, "burst": 300}  # per address: an office may share one
BUYER_RATE: dict[str, Any] = {"per_second": 300.0, "burst": 600}  # per account: only a program gone wild

# -- what a page may load -----------------------------------------------------------------------------------

_SELF = "'self'"
_NONE = "'none'"
CONTENT_SECURITY_POLICY: dict[str, Any] = {
    "DIRECTIVES": {
        "default-src": [_SELF],
        "script-src": [_SELF],  # files only: pages are cached as bytes, so there is no nonce
        "style-src": [_SELF],
        # Vue renders bound widths and colours as style attributes; what they load is under img-src.
        "style-src-attr": ["'unsafe-inline'"],
        "img-src": [_SELF, "data:", "blob:"],
        "media-src": [_SELF, "blob:"],
        "font-src": [_SELF],
        "connect-src": [_SELF],
        "worker-src": [_SELF],
        "manifest-src": [_SELF],
        "object-src": [_NONE],
        "frame-src": [_NONE],
        "frame-ancestors": [_NONE],
        "base-uri": [_NONE],
        "form-action": [_SELF],
    }
}
# The back office is Unfold on Alpine: inline handlers that are evaluated. It is behind staff sign-in.
ADMIN_CONTENT_SECURITY_POLICY: dict[str, Any] = {
    **CONTENT_SECURITY_POLICY["DIRECTIVES"],
    "script-src": [_SELF, "'unsafe-inline'", "'unsafe-eval'"],
    "style-src": [_SELF, "'unsafe-inline'"],
}

# -- innermost middleware -----------------------------------------------------------------------------------

EDGE_MIDDLEWARE = [
    "axes.middleware.AxesMiddleware",
    "jishi.entry.http.security.limits",
    "jishi.entry.http.sign_in_bodies.bodies",
    "jishi.entry.http.sign_in.refusals",
]
