"""Lobby's settings. What differs from one installation to the next comes from the environment."""

from pathlib import Path
from typing import Any

from mysite import environment
from mysite.cache import shared_cache
from mysite.environment import env, read
from mysite.layers import channel_layer

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = environment.data_dir("DATA_DIR", default=BASE_DIR / "var")

# --- Who may reach it ---------------------------------------------------------------------------

DEBUG = read(env.bool, "DEBUG", False, allowed="on or off")
SECRET_KEY = read(env.str, "SECRET_KEY", "", allowed="a text") or environment.stored_secret(
    DATA_DIR / "secret_key"
)
ALLOWED_HOSTS = read(
    environment.hosts,
    "ALLOWED_HOSTS",
    ["localhost", ".localhost", "127.0.0.1", "[::1]"],
    allowed="host names, separated by commas",
)
CSRF_TRUSTED_ORIGINS: list[str] = read(
    environment.origins,
    "CSRF_TRUSTED_ORIGINS",
    [],
    allowed="origins like https://chat.example.com, separated by commas",
)

# A public address that is https means a proxy ends TLS in front of us.
HTTPS = bool(CSRF_TRUSTED_ORIGINS) and all(
    origin.startswith("https://") for origin in CSRF_TRUSTED_ORIGINS
)
TRUSTED_PROXIES: list[str] = read(  # whose X-Forwarded-For and X-Forwarded-Proto are believed
    environment.networks,
    "TRUSTED_PROXIES",
    [],
    allowed="IP networks like 10.0.0.0/8, or unix, separated by commas",
)
ROOT_PATH = read(environment.root_path, "ROOT_PATH", "", allowed="a path like /lobby")
ROOT_PATH_STRIPPED = read(env.bool, "ROOT_PATH_STRIPPED", False, allowed="on or off")
FORCE_SCRIPT_NAME = ROOT_PATH or None

SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = read(
    env.bool, "HSTS_INCLUDE_SUBDOMAINS", HTTPS, allowed="on or off"
)
SILENCED_SYSTEM_CHECKS = ["staticfiles.W004"]  # the first start creates the folder of catalogs
if HTTPS and TRUSTED_PROXIES:
    SILENCED_SYSTEM_CHECKS += [
        "security.W008",  # the proxy that ends TLS redirects to it
        "security.W021",  # browsers' lists are for the owner of the domain
    ]

# A browser takes a __Host- cookie from this host alone, and not from others of its domain.
COOKIE_PREFIX = "__Host-" if HTTPS else ""
SESSION_COOKIE_NAME = f"{COOKIE_PREFIX}sessionid"
LANGUAGE_COOKIE_NAME = f"{COOKIE_PREFIX}django_language"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS  # programs rely on the name csrftoken
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        "worker-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}

# --- Apps and middleware ------------------------------------------------------------------------

INSTALLED_APPS = [
    "mysite.servers",  # before daphne: has a `runserver` of its own
    "accounts",
    "chat",
    "daphne",
    "django.contrib.admin",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "servestatic",
    "django.contrib.staticfiles",
    "statici18n",
    "channels",
]
MIDDLEWARE = [
    # On the event loop: what these answer by themselves takes no thread.
    "mysite.headers.browser_policy",
    "servestatic.middleware.ServeStaticMiddleware",
    "chat.web.rates.RatesMiddleware",  # after static files, which cost little
    # On a thread, together with the view.
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "chat.web.languages.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "accounts.middleware.uncached_pages",
    "allauth.account.middleware.AccountMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "mysite.urls"
ASGI_APPLICATION = "mysite.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader"
                    if DEBUG
                    else "mysite.translated_templates.Loader",
                    [
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "accounts.context_processors.offered",
            ],
        },
    },
]

# --- Accounts -----------------------------------------------------------------------------------

SIGNUP = read(  # who may make an account
    environment.one_of("open", "invite", "off"), "SIGNUP", "open", allowed="open, invite or off"
)
GUESTS = read(  # what people without an account may do
    environment.one_of("on", "read", "off"), "GUESTS", "on", allowed="on, read or off"
)
_mail: dict[str, Any] = read(
    environment.mail,
    "EMAIL_URL",
    {},
    allowed="an address like submission://user:password@smtp.example.com, or smtp://host:25",
)
MAIL_IS_ON = bool(_mail)
EMAIL_BACKEND = _mail.get("EMAIL_BACKEND", "django.core.mail.backends.dummy.EmailBackend")
EMAIL_HOST, EMAIL_PORT = _mail.get("EMAIL_HOST"), _mail.get("EMAIL_PORT")
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = (
    _mail.get(f"EMAIL_HOST_{part}") for part in ("USER", "PASSWORD")
)
EMAIL_USE_SSL, EMAIL_USE_TLS = _mail.get("EMAIL_USE_SSL"), _mail.get("EMAIL_USE_TLS")
EMAIL_TIMEOUT = _mail.get("EMAIL_TIMEOUT")
DEFAULT_FROM_EMAIL = SERVER_EMAIL = _mail.get(
    "DEFAULT_FROM_EMAIL", f"Lobby <lobby@{ALLOWED_HOSTS[0].lstrip('.*') or 'localhost'}>"
)

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["chat.web.sign_in.RatedPasswordBackend"]
PASSWORD_HASHERS = [
    "accounts.hashers.Argon2Hasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",  # of accounts from before
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = LOGOUT_REDIRECT_URL = "index"
SESSION_COOKIE_AGE = 400 * 24 * 3600  # what browsers keep at most, as a guest's cookie

ACCOUNT_ADAPTER = "accounts.adapters.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "accounts.forms.SignInForm",
    "signup": "accounts.forms.SignUpForm",
    "add_email": "accounts.forms.AddMailForm",
    "change_password": "accounts.forms.ChangePasswordForm",
    "set_password": "accounts.forms.SetPasswordForm",
    "reset_password": "accounts.forms.ResetPasswordForm",
    "reset_password_from_key": "accounts.forms.ResetPasswordKeyForm",
    "reauthenticate": "accounts.forms.ConfirmForm",
}
ACCOUNT_LOGIN_METHODS = {"username", "email"} if MAIL_IS_ON else {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", *(["email"] if MAIL_IS_ON else []), "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "optional" if MAIL_IS_ON else "none"
ACCOUNT_PREVENT_ENUMERATION = "strict"  # an address belongs to whoever confirms it
ACCOUNT_EMAIL_SUBJECT_PREFIX = "Lobby: "
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if HTTPS else "http"
ACCOUNT_MAX_EMAIL_ADDRESSES = 2  # one, and its successor until that is confirmed
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False  # other sessions end, this one stays
ACCOUNT_REAUTHENTICATION_METHODS = {"password", "mfa"}
ACCOUNT_RATE_LIMITS: Any = (  # beside those of RATE_TABLE
    {
        "login": None,  # RATE_TABLE has it by name and by network
        "login_failed": "10/5m/key",
        "signup": None,
        "reset_password": "5/10m/key",
        "confirm_email": "1/1m/key",
    }
    if environment.rates_are_on()
    else False
)
MFA_ADAPTER = "accounts.adapters.SecondFactorAdapter"
MFA_FORMS = {
    "authenticate": "accounts.forms.CodeForm",
    "reauthenticate": "accounts.forms.ConfirmCodeForm",
    "activate_totp": "accounts.forms.ActivateCodesForm",
    "add_webauthn": "accounts.forms.AddPasskeyForm",
    "edit_webauthn": "accounts.forms.RenamePasskeyForm",
    "login_webauthn": "accounts.forms.PasskeySignInForm",
    "authenticate_webauthn": "accounts.forms.PasskeySecondForm",
    "reauthenticate_webauthn": "accounts.forms.PasskeyConfirmForm",
}
MFA_RATE_LIMITS: Any = {"webauthn_login": "60/m/ip"} if environment.rates_are_on() else False
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True  # an address is optional here, and is not what one signs in with
MFA_TOTP_TOLERANCE = 1  # a clock that is half a minute off
USERSESSIONS_ADAPTER = "accounts.adapters.SessionsAdapter"

OIDC_URL = read(
    environment.origin, "OIDC_URL", "", allowed="an address like https://id.example.com"
)
OIDC_NAME = read(env.str, "OIDC_NAME", "OpenID Connect", allowed="a text")
SOCIALACCOUNT_ADAPTER = "accounts.adapters.ProviderAdapter"
SOCIALACCOUNT_LOGIN_ON_GET = True  # form-action forbids a form that leads to another site
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
SOCIALACCOUNT_REAUTHENTICATION_REQUIRED = True  # to connect one: it signs in from then on
SOCIALACCOUNT_FORMS = {"signup": "accounts.forms.ProviderSignUpForm"}
SOCIALACCOUNT_PROVIDERS: dict[str, Any] = {
    "openid_connect": {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "sso",
                "name": OIDC_NAME,
                "client_id": read(env.str, "OIDC_CLIENT_ID", "", allowed="a text"),
                "secret": read(env.str, "OIDC_CLIENT_SECRET", "", allowed="a text"),
                "settings": {"server_url": OIDC_URL},
            }
        ]
        if OIDC_URL
        else [],
    }
}

# --- The database -------------------------------------------------------------------------------

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

_database: dict[str, Any] = read(
    environment.database,
    "DATABASE_URL",
    {"ENGINE": "django.db.backends.sqlite3", "NAME": DATA_DIR / "lobby.sqlite3"},
    allowed="sqlite:///path/to/file or postgresql://user:password@host:port/name",
)
if _database["ENGINE"] == "django.db.backends.sqlite3":
    _database |= {
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            # Take the write lock at BEGIN: a lock taken halfway cannot wait for the busy timeout.
            "transaction_mode": "IMMEDIATE",
            "timeout": 10,  # seconds a writer waits for another
            # FULL: a commit is on disk before it is told to anyone.
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
        },
    }
else:
    _database |= {
        "CONN_MAX_AGE": 0,  # back to the pool after each piece of work
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "connect_timeout": 5,
            # A host that vanished is given up after some 15 s: libpq's own defaults are hours.
            "keepalives_idle": 5,
            "keepalives_interval": 5,
            "keepalives_count": 3,
            "tcp_user_timeout": 15_000,
            **_database.get("OPTIONS", {}),
            "pool": {"min_size": 1, "max_size": 10, "timeout": 5},
        },
    }
DATABASES = {"default": _database}

# --- The channel layer --------------------------------------------------------------------------

REDIS_URL = read(
    environment.redis_url, "REDIS_URL", "", allowed="an address like redis://host:6379/0"
)
CHANNEL_LAYER = read(
    environment.one_of("memory", "redis", "redis-pubsub"),
    "CHANNEL_LAYER",
    "redis-pubsub" if REDIS_URL else "memory",
    allowed="memory, redis or redis-pubsub",
)
if CHANNEL_LAYER != "memory" and not REDIS_URL:
    environment.refuse("CHANNEL_LAYER", allowed="possible without REDIS_URL")

CACHES = {"default": shared_cache(REDIS_URL)}  # of allauth's rates and used one-time codes
CHANNEL_LAYERS = {"default": channel_layer(CHANNEL_LAYER, REDIS_URL)}
RECONCILE_SECONDS = read(
    environment.seconds, "RECONCILE_SECONDS", 5.0, allowed="a number of seconds above 0, up to 3600"
)

# --- Rates: how much one member, and one network, may do in how long ----------------------------

# A network is an IPv4 address, or an IPv6 /64. docs/rates.md explains each action.
RATE_TABLE = environment.rates(
    connection=("200/min", "2000/min"),
    guest=(None, "600/h"),
    room=("20/10min", "300/h"),
    message=("20/10s", "600/10s"),
    edit=("20/10s", "300/10s"),
    topic=("5/min", "60/min"),
    deletion=("20/10s", "300/10s"),
    reaction=("20/10s", "600/10s"),
    name=("10/min", "200/min"),
    page=(None, "3000/min"),
    sign_in=("10/10min", "300/10min"),
    admin_sign_in=("10/10min", "30/10min"),
    sign_up=(None, "60/h"),
    mail=(None, "60/h"),
    download=("5/h", "60/h"),
    device_link=("10/10min", "300/h"),
    bytes=("200M/d", "1G/d"),
)
RATES = RATE_TABLE if environment.rates_are_on() else {}
CONNECTIONS_MAX = (  # open at once: of one member, and of one network
    environment.bound("CONNECTIONS_MAX", 100),
    environment.bound("NETWORK_CONNECTIONS_MAX", 1_000),
)

# --- Static files: hashed, compressed, served by the app itself ---------------------------------

STATIC_URL = f"{ROOT_PATH}/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICI18N_PACKAGES = ["chat"]
STATICI18N_ROOT = DATA_DIR / "catalogs"  # JavaScript catalogs of translations, compiled at start
STATICI18N_OUTPUT_DIR = "catalogs"
STATICFILES_DIRS = [STATICI18N_ROOT]
STORAGES = {
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "mysite.assets.storage.ModuleStaticFilesStorage"
    },
}
SERVESTATIC_ALLOW_ALL_ORIGINS = False

# --- Language and time --------------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch")]  # that there is a catalog for, in chat/locale/
LANGUAGE_COOKIE_AGE = 400 * 24 * 3600  # what browsers keep at most
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = HTTPS
TIME_ZONE = "UTC"
USE_I18N = USE_TZ = True

# --- The log ------------------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "filters": {
        "client_errors": {"()": "mysite.logs.DropClientErrorTracebacks"},
        "limit": {"()": "mysite.logs.LimitLines"},
        "secrets": {"()": "mysite.logs.HideSecrets"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["limit", "client_errors", "secrets"],
        }
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "chat": {"level": "INFO"},
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "django.server": {"handlers": [], "level": "INFO", "propagate": True},
    },
}
