"""Every setting of Parley. Each knob is an environment variable; docs/configuration.md is made from this file."""

import hashlib
import os
import sys
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from config import env
from config.env import between, boolean, read, words

BASE_DIR = Path(__file__).resolve().parent.parent
TESTING = bool(os.environ.get("PARLEY_TEST_TEMPLATE"))

# ── Where and how ───────────────────────────────────────────────────────────────────────────────────────────────
DEBUG = read("DEBUG", "false", "Development mode: captured mail, demo data, no HTTPS.", boolean)
SITE_URL = read("SITE_URL", "http://127.0.0.1:8000", "Public address of this installation.", env.site_url)
DATA_DIR = Path(
    read("PARLEY_DATA", str(BASE_DIR / "var"), "Folder for files, captured mail and embedded services.")
)
SECRET_KEY = read(
    "SECRET_KEY", "development-only" if DEBUG or TESTING else None, "50 or more random characters."
)
SECRET_KEY_FALLBACKS = read(
    "SECRET_KEY_FALLBACKS", "", "Older secret keys, comma separated, while rotating.", words
)
ALLOWED_HOSTS = read(
    "ALLOWED_HOSTS", urlsplit(SITE_URL).hostname, "Host names served, comma separated.", words
)
TRUSTED_PROXY_COUNT = read("TRUSTED_PROXY_COUNT", "0", "Reverse proxies in front of the app.", between(0, 5))
HTTPS = SITE_URL.startswith("https://")

if DEBUG:
    ALLOWED_HOSTS = [*ALLOWED_HOSTS, "localhost", "127.0.0.1", "[::1]"]
elif not TESTING:
    if "*" in ALLOWED_HOSTS:
        raise ImproperlyConfigured("ALLOWED_HOSTS may not contain *: name the hosts you serve.")
    if len(SECRET_KEY) < 50 or len(set(SECRET_KEY)) < 10:
        raise ImproperlyConfigured(
            "SECRET_KEY is too short or too simple: give 50 or more random characters."
        )
    if not HTTPS:
        raise ImproperlyConfigured("SITE_URL must begin with https:// unless DEBUG is on.")

# ── Apps ────────────────────────────────────────────────────────────────────────────────────────────────────────
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "servestatic",
    "django_htmx",
    "csp",
    "channels",
    "django_structlog",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "config",
    "workspaces",
    "events",
    "contacts",
    "inboxes",
    "conversations",
    "search",
    "channels_app",
    "automation",
    "sso",
    "tickets",
    "chatflows",
    "realtime",
    "notifications",
    "analytics",
    "records",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "servestatic.middleware.ServeStaticMiddleware",
    "config.middleware.believed_address",
    "workspaces.origin.remember_request",
    "config.middleware.visitors_bring_no_cookie",
    "django_structlog.middlewares.RequestMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "config.middleware.language_of_member",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "config.middleware.private_by_default",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "config.middleware.note_session",
    "django_htmx.middleware.HtmxMiddleware",
    "config.middleware.declared_access_only",
]

ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"
FORM_RENDERER = "config.forms.FormRenderer"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.context.shell",
            ],
            "builtins": ["config.templatetags.ui"],
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ]
            if not DEBUG
            else [
                "django.template.loaders.filesystem.Loader",
                "django.template.loaders.app_directories.Loader",
            ],
        },
    }
]

# ── Database: three roles, none of them a superuser, none of them above the row policies ────────────────────────
_url = "postgresql://parley_app@/parley"
DATABASE_URL = read(
    "DATABASE_URL", _url if TESTING else None, "PostgreSQL, as the serving role.", env.database
)
OWNER = read("DATABASE_OWNER_URL", "", "The same database as the owning role; migrations need it.")
MAINT = read("DATABASE_MAINT_URL", "", "The same database as the maintenance role; sweeps need it.")
POOL_SIZE = read("DATABASE_POOL", "12", "Connections a process may hold.", between(1, 200))
STATEMENT_TIMEOUT = read(
    "DATABASE_STATEMENT_TIMEOUT", "15", "Seconds one statement may take.", between(1, 600)
)


def _served(config: dict, size: int) -> dict:
    limits = f"-c statement_timeout={STATEMENT_TIMEOUT}s -c lock_timeout=5s -c idle_in_transaction_session_timeout=30s"
    return config | {
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": config["OPTIONS"]
        | {"options": limits, "pool": {"min_size": 0, "max_size": size, "timeout": 5, "max_idle": 120}},
        "TEST": {"TEMPLATE": os.environ.get("PARLEY_TEST_TEMPLATE"), "MIGRATE": not TESTING},
    }


MIGRATING = len(sys.argv) > 1 and sys.argv[1] in ("migrate", "makemigrations", "sqlmigrate", "showmigrations")
if sys.argv[1:2] == ["migrate"] and not OWNER:
    raise ImproperlyConfigured("DATABASE_OWNER_URL is not set: the serving role may not migrate.")
if not (MAINT or MIGRATING or DEBUG or TESTING):
    # Without it the sweeps would see no row and say nothing: replies would wait for ever.
    raise ImproperlyConfigured("DATABASE_MAINT_URL is not set: sweeps look across workspaces with it.")
if MIGRATING and OWNER:
    # Only migrations connect as the owner: nothing that serves could switch a policy off.
    DATABASES = {"default": env.database(OWNER)}
else:
    DATABASES = {"default": _served(DATABASE_URL, POOL_SIZE)}
    DATABASES["maintenance"] = _served(env.database(MAINT) if MAINT else DATABASE_URL, 2)
DATABASE_ROUTERS = ["config.router.MaintenanceReadsOnly"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# ── Valkey: cache, nudges, presence. Losing it costs latency, never a message ───────────────────────────────────
REDIS_URL = read(
    "REDIS_URL", "redis://127.0.0.1:6379/0" if TESTING else None, "Valkey or Redis.", env.redis_url
)
KEY_PREFIX = read("KEY_PREFIX", "parley", "Prefix of every key, when several installations share one Valkey.")
CACHES = {
    "default": {
        "BACKEND": "config.cache.SteadyCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": KEY_PREFIX,
        "OPTIONS": {"socket_timeout": 0.5, "socket_connect_timeout": 0.5, "max_connections": 200},
    }
}
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [REDIS_URL], "prefix": KEY_PREFIX},
    }
}

CELERY_BROKER_URL = env.celery_url(REDIS_URL)
CELERY_TASK_DEFAULT_QUEUE = f"{KEY_PREFIX}-work"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = False
CELERY_TASK_TIME_LIMIT = 90
CELERY_TASK_SOFT_TIME_LIMIT = 60
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SERIALIZER = "json"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,
    "global_keyprefix": f"{KEY_PREFIX}:",
    "socket_timeout": 30,
    "socket_connect_timeout": 5,
}
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
from config.schedule import SCHEDULE as CELERY_BEAT_SCHEDULE  # noqa: E402, F401

# ── People ──────────────────────────────────────────────────────────────────────────────────────────────────────
AUTH_USER_MODEL = "workspaces.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
if TESTING:
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/account/login/"
ACCOUNT_ADAPTER = "workspaces.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_SIGNUP_FORM_CLASS = "workspaces.forms.NameForm"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if HTTPS else "http"
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXY_COUNT
SIGNUP_OPEN = read("SIGNUP_OPEN", "true", "Whether strangers may sign up and make a workspace.", boolean)
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Parley"
MFA_TOTP_TOLERANCE = 1  # the clocks of telephones drift
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS
USERSESSIONS_TRACK_ACTIVITY = True
INVITATION_DAYS = read("INVITATION_DAYS", "7", "Days an invitation stays valid.", between(1, 60))

# ── Sessions, cookies, headers ──────────────────────────────────────────────────────────────────────────────────
# Not cached: a session that ended while Valkey was away must not come back with it.
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_NAME = "__Host-parley" if HTTPS else "parley"
CSRF_COOKIE_NAME = "__Host-parley-csrf" if HTTPS else "parley-csrf"
LANGUAGE_COOKIE_NAME = "parley-language"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 30 * 24 * 3600
CSRF_TRUSTED_ORIGINS = [SITE_URL]
CSRF_FAILURE_VIEW = "config.errors.csrf_failure"
SECURE_SSL_REDIRECT = HTTPS and not TESTING
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXY_COUNT else None
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
USE_X_FORWARDED_HOST = False
X_FRAME_OPTIONS = "DENY"
# What one request may carry: a member's file and room for the form around it (config/body.py stops at it).
LARGEST_REQUEST = 25 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200
DATA_UPLOAD_MAX_NUMBER_FILES = 10

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        # The design sets custom properties (an avatar's hue, time left) on elements; no rule can be smuggled in so.
        "style-src-attr": ["'unsafe-inline'"],
        "img-src": ["'self'", "data:", "blob:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "frame-src": ["'self'"],
        "manifest-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "object-src": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}

# ── Languages and time ──────────────────────────────────────────────────────────────────────────────────────────
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("fr", _("French"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = USE_TZ = True
TIME_ZONE = "UTC"

# ── Files ───────────────────────────────────────────────────────────────────────────────────────────────────────
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = DATA_DIR / "files"
STORAGES = {
    # What people send is read by this process alone, never by a web server beside it.
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"file_permissions_mode": 0o600, "directory_permissions_mode": 0o700},
    },
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if TESTING
        else "servestatic.storage.CompressedManifestStaticFilesStorage"
    },
}
SERVESTATIC_USE_FINDERS = TESTING
SERVESTATIC_AUTOREFRESH = TESTING

# ── Mail out ────────────────────────────────────────────────────────────────────────────────────────────────────
EMAIL_BACKEND = (
    "config.mail.CapturedMail" if DEBUG or TESTING else "django.core.mail.backends.smtp.EmailBackend"
)
EMAIL_FILE_PATH = DATA_DIR / "mail"
EMAIL_HOST = read("SMTP_HOST", "localhost", "Server for outgoing system mail.")
EMAIL_PORT = read("SMTP_PORT", "587", "Its port.", between(1, 65535))
EMAIL_HOST_USER = read("SMTP_USER", "", "User name, when the server asks for one.")
EMAIL_HOST_PASSWORD = read("SMTP_PASSWORD", "", "Its password.")
EMAIL_USE_TLS = read("SMTP_TLS", "true", "STARTTLS, never sent in the clear when on.", boolean)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = read("MAIL_FROM", "Parley <parley@localhost>", "Sender of invitations and codes.")
MAIL_DOMAIN = read("MAIL_DOMAIN", urlsplit(SITE_URL).hostname, "Domain of the addresses that inboxes own.")
REPLY_DOMAIN = read("REPLY_DOMAIN", MAIL_DOMAIN, "Domain of the addresses to which answers come back.")
MAIL_LISTEN = read(
    "MAIL_LISTEN",
    "",
    "Where mail comes in: host:port, lmtp:host:port, lmtp:/path or off. Empty: 127.0.0.1, port 2525 beside port 8000.",
)
MAIL_TLS_CERT = read(
    "MAIL_TLS_CERT", "", "Certificate chain (PEM) by which MAIL_LISTEN offers STARTTLS. Empty: none."
)
MAIL_TLS_KEY = read("MAIL_TLS_KEY", "", "Its private key (PEM), when it is not in the same file.")
METRICS_TOKEN = read(
    "METRICS_TOKEN", "", "Bearer token that opens /metrics to Prometheus. Empty: there is no such page."
)
UNDO_SEND_SECONDS = read(
    "UNDO_SEND_SECONDS", "10", "How long a sent mail can be taken back; 0 sends at once.", between(0, 60)
)

# ── Mailboxes of workspaces: what we keep of them, and whom we call ─────────────────────────────────────────────
SECRETS_KEYS = read(
    "SECRETS_KEYS",
    "",
    "Keys that seal mailbox credentials, newest first: name:32 bytes in base64, comma separated. "
    "Empty: one made from SECRET_KEY.",
    env.sealing_keys,
)
EGRESS_ALLOWED = read(
    "EGRESS_ALLOWED", "", "host:port of private servers that workspaces may name, comma separated.", words
)
EGRESS_CA = read("EGRESS_CA", "", "File of further authorities to believe, for servers of a private network.")
MAIL_ALLOW_PLAIN = read(
    "MAIL_ALLOW_PLAIN",
    "false",
    "Whether mailboxes may be reached without TLS. Passwords travel readable.",
    boolean,
)
from config.providers import *  # noqa: E402, F403

COUNTRY_HEADER = read(
    "COUNTRY_HEADER",
    "",
    "Header in which the proxy in front tells a visitor's country, such as CF-IPCountry. Empty: their clock tells.",
)

# ── Words in the log ────────────────────────────────────────────────────────────────────────────────────────────
LOG_LEVEL = read("LOG_LEVEL", "info", "debug, info, warning or error.", str.upper)
from config.logs import LOGGING  # noqa: E402, F401

# A short name of what is installed, for cache keys of rendered fragments: a deploy never shows old markup.
BUILD = hashlib.sha256(str((BASE_DIR / "templates").stat().st_mtime_ns).encode()).hexdigest()[:8]
