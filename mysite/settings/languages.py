"""Languages and time."""

from mysite.settings.security import COOKIE_SECONDS_MAX, HTTPS

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch")]  # that there is a catalog for, in chat/locale/
LANGUAGE_COOKIE_AGE = COOKIE_SECONDS_MAX
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = HTTPS
TIME_ZONE = "UTC"
USE_I18N = USE_TZ = True
