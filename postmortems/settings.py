"""One file, read from the environment. A checkout runs with nothing set through `make run`.

Every setting and what it does is told in docs/settings.md. A name with `_FILE` behind it reads the
value from that file, and a file that cannot be read stops the start rather than falling back.
"""

import os
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent


def env(name: str, default: str | None = None) -> str:
    if path := os.environ.get(f"{name}_FILE"):
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise ImproperlyConfigured(f"{name}_FILE names {path}, which cannot be read: {error}") from error
    value = os.environ.get(name, default)
    if value is None:
        raise ImproperlyConfigured(f"Set {name} (or {name}_FILE); docs/settings.md says what it does.")
    return value


def env_bool(name: str, default: bool = False) -> bool:
    return env(name, "1" if default else "0").lower() in {"1", "true", "yes", "on"}


def env_int(name: str, default: int) -> int:
    value = env(name, str(default))
    if not value.isdigit():
        raise ImproperlyConfigured(f"{name} is {value!r}; it takes a whole number.")
    return int(value)


def env_networks(name: str) -> list:
    try:
        return [ip_network(part.strip()) for part in env(name, "").split(",") if part.strip()]
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} lists networks such as 10.2.0.0/16: {error}") from error


def database(url: str) -> dict:
    """A PostgreSQL address as Django wants it; `?host=` carries the folder of a Unix socket."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured(
            "DATABASE_URL must start with postgresql://; no other database is supported."
        )
    query = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", None) or parts.hostname or "",
        "PORT": query.pop("port", None) or parts.port or "",
        "OPTIONS": {"pool": {"min_size": 1, "max_size": env_int("DATABASE_POOL", 8), "timeout": 10}, **query},
        "ATOMIC_REQUESTS": False,  # actions hold their own transactions; reading needs none
        "TEST": {"NAME": env("TEST_DATABASE_NAME", "test_second_story")},
    }


DEBUG = env_bool("DEBUG")
SECRET_KEY = env("SECRET_KEY", "only-for-a-developer-at-the-desk" if DEBUG else None)
SITE_URL = env("SITE_URL", "http://localhost:8000").rstrip("/")
ALLOWED_HOSTS = env("ALLOWED_HOSTS", urlsplit(SITE_URL).hostname + ",localhost,127.0.0.1,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [SITE_URL]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.forms",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_htmx",
    "template_partials",
    "allauth",
    "allauth.account",
    "csp",
    # rooms, top floor first: docs/decisions/0001-rooms-and-floors.md
    "postmortems.demo",
    "postmortems.desk",
    "postmortems.archive",
    "postmortems.publication",
    "postmortems.remediation",
    "postmortems.meetings",
    "postmortems.writeup",
    "postmortems.interviews",
    "timelines",
    "postmortems.incidents",
    "postmortems.accounts",
    "postmortems.audit",
    "postmortems.notices",
    "postmortems.web",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "postmortems.web.middleware.Probes",
    "postmortems.publication.outside.middleware.Outside",
    "django.middleware.gzip.GZipMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "postmortems.web.middleware.Manners",
    "postmortems.accounts.middleware.ReadersZone",
]

ROOT_URLCONF = "postmortems.urls"
WSGI_APPLICATION = "postmortems.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "postmortems.web.context.page",
            ],
            "builtins": ["template_partials.templatetags.partials", "postmortems.web.templatetags.web"],
        },
    }
]
FORM_RENDERER = "postmortems.web.forms.Renderer"

DATABASES = {"default": database(env("DATABASE_URL", None))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env("REDIS_URL", "redis://localhost:6379/0")
CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}

# --- background work -------------------------------------------------------------------------------
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True  # state lives in our own rows, where a page can show it
CELERY_WORKER_HIJACK_ROOT_LOGGER = False  # workers log as LOGGING says, without the rows that failed
CELERY_TASK_ACKS_LATE = True  # a worker that dies has not done its work; every task can run twice
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A request must never hang on a broker that is away: the row is saved, the sweep picks it up.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_connect_timeout": 2,
    "socket_timeout": 30,
    "visibility_timeout": 3600,
}
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BEAT_SCHEDULE = {
    "resume imports that stopped": {"task": "timelines.tasks.resume_imports", "schedule": 20.0},
    "file waiting deliveries": {"task": "timelines.live.tasks.file_waiting", "schedule": 20.0},
    "send waiting letters": {"task": "postmortems.notices.tasks.send_waiting", "schedule": 20.0},
    "send waiting messages": {"task": "postmortems.notices.tasks.send_waiting_messages", "schedule": 20.0},
    "remind of items": {"task": "postmortems.remediation.reminding.tasks.remind", "schedule": 300.0},
    "compare items with their issues": {
        "task": "postmortems.remediation.tracking.tasks.look_at_waiting",
        "schedule": 20.0,
    },
    "ask trackers what changed": {
        "task": "postmortems.remediation.tracking.tasks.check_trackers",
        "schedule": 60.0,
    },
    "forget what items were before": {
        "task": "postmortems.remediation.bulk.tasks.forget_what_was_before",
        "schedule": 3600.0,
    },
    "remind of conversations": {
        "task": "postmortems.interviews.inviting.tasks.send_reminders",
        "schedule": 300.0,
    },
    "read calendars that are due": {
        "task": "postmortems.interviews.inviting.tasks.read_calendars",
        "schedule": 60.0,
    },
    "print waiting publications": {"task": "postmortems.publication.tasks.print_waiting", "schedule": 20.0},
    "publish what was planned": {
        "task": "postmortems.publication.planning.tasks.publish_planned",
        "schedule": 15.0,
    },
    "warn of changes to what was planned": {
        "task": "postmortems.publication.planning.tasks.warn_of_changes",
        "schedule": 600.0,
    },
    "discard pictures that were taken out": {
        "task": "postmortems.publication.tasks.discard_pictures",
        "schedule": 3600.0,
    },
    "keep the archive's words and counts": {"task": "postmortems.archive.tasks.keep", "schedule": 60.0},
    "tell of publications": {"task": "postmortems.archive.announcing.tasks.tell", "schedule": 60.0},
    "reckon what leadership reads": {"task": "postmortems.archive.tasks.reckon", "schedule": 600.0},
    "recall months and years": {"task": "postmortems.archive.tasks.recall", "schedule": 900.0},
    "purge private words": {"task": "postmortems.interviews.releasing.tasks.purge_words", "schedule": 1800.0},
    "ask to read the notes": {
        "task": "postmortems.interviews.releasing.tasks.ask_to_read",
        "schedule": 900.0,
    },
    "ask about words with a name": {
        "task": "postmortems.publication.tasks.ask_attributed",
        "schedule": 600.0,
    },
    "ask for jot-notes": {"task": "postmortems.interviews.jotting.tasks.ask_jot_notes", "schedule": 300.0},
    "close surveys and tell what has settled": {
        "task": "postmortems.meetings.tasks.keep_time",
        "schedule": 300.0,
    },
}
CELERY_BEAT_SCHEDULE_FILENAME = env("CELERY_BEAT_FILE", str(BASE_DIR / "var" / "beat-schedule"))

# --- people ----------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "postmortems.accounts.adapter.InvitationOnly"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"  # accounts come from an invitation sent to that very address
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_PREVENT_ENUMERATION = True
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# --- what a browser may do -------------------------------------------------------------------------
HTTPS = SITE_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365 if HTTPS else 0
SECURE_REFERRER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env_bool("BEHIND_PROXY") else None
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
    }
}

# --- words and times -------------------------------------------------------------------------------
LANGUAGE_CODE = "en-gb"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# --- files -----------------------------------------------------------------------------------------
VAR = Path(env("VAR", str(BASE_DIR / "var")))
STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = env("MEDIA_ROOT", str(VAR / "files"))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "postmortems.web.statics.Statics"
    },
}
UPLOAD_LIMIT = env_int("UPLOAD_LIMIT_MB", 512) * 1024 * 1024
HOOK_LIMIT = env_int("HOOK_LIMIT_MB", 5) * 1024 * 1024  # of one message that a tool sends
HOOK_PER_MINUTE = env_int("HOOK_PER_MINUTE", 600)  # messages that one connection may send
# What is fetched for people, such as the calendar somebody names, comes from public addresses over https.
FETCH_HTTP = env_bool("FETCH_HTTP")
FETCH_NETWORKS = env_networks("FETCH_NETWORKS")
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "postmortems.web.uploads.LimitedUpload",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

# --- mail ------------------------------------------------------------------------------------------
EMAIL_HOST = env("EMAIL_HOST", "")
EMAIL_PORT = env_int("EMAIL_PORT", 25)
EMAIL_HOST_USER = env("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = env_bool("EMAIL_USE_TLS")
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", "Second Story <second-story@localhost>")
# Without a mail server letters are written to files, where they can be read and nobody is misled.
EMAIL_BACKEND = (
    "django.core.mail.backends.smtp.EmailBackend"
    if EMAIL_HOST
    else "django.core.mail.backends.filebased.EmailBackend"
)
EMAIL_FILE_PATH = str(VAR / "mail")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "postmortems.web.logs.Line",
            "format": "{asctime} {levelname} {name}: {message}",
            "style": "{",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL", "INFO")},
    "loggers": {
        "django": {"handlers": [], "level": "INFO"},  # its own would mail what was posted to ADMINS
        "fontTools": {"level": "WARNING"},
        "weasyprint": {"level": "ERROR"},
    },
}

ORGANISATION = env("ORGANISATION", "Second Story")
PAPER = env("PAPER", "A4")  # of PDFs
if PAPER not in ("A4", "Letter"):
    raise ImproperlyConfigured("PAPER is A4 or Letter.")

# --- people without an account ---------------------------------------------------------------------
PUBLIC_SIDE = env_bool("PUBLIC_SIDE", True)  # off: nothing at all is shown to them, whatever was published
PUBLIC_INDEXED = env_bool("PUBLIC_INDEXED", True)  # search engines may list what is public
