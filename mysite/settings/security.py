"""Who may reach Lobby: hosts, proxies, cookies, headers."""

from mysite import environment
from mysite.environment import env, read
from mysite.settings.paths import DATA_DIR

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
COOKIE_SECONDS_MAX = 400 * 24 * 3600  # the most that browsers keep a cookie

SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = read(
    env.bool, "HSTS_INCLUDE_SUBDOMAINS", HTTPS, allowed="on or off"
)
SILENCED_SYSTEM_CHECKS = [  # the first start creates the folders of catalogs and of uploads
    "staticfiles.W004",
    "files.E001",
]
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
        "img-src": ["'self'", "data:", "blob:"],  # blob: files that are being sent
        "media-src": ["'self'", "blob:"],
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        "worker-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}
