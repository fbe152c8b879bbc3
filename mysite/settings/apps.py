"""Apps, middleware and templates."""

from mysite.settings.paths import BASE_DIR
from mysite.settings.security import DEBUG

INSTALLED_APPS = [
    "mysite.servers",  # before daphne: has a `runserver` of its own
    "accounts",
    "chat",
    "api",
    "ops",
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
    "api.middleware.ProgramRequests",
    # On a thread, together with the view.
    "django.middleware.security.SecurityMiddleware",
    "mysite.compression.PageCompression",
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
