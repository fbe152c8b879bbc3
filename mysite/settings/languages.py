"""Languages and time."""

from mysite.settings.security import HTTPS

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch")]  # that there is a catalog for, in chat/locale/
LANGUAGE_COOKIE_AGE = 400 * 24 * 3600  # what browsers keep at most
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = HTTPS
TIME_ZONE = "UTC"
USE_I18N = USE_TZ = True
