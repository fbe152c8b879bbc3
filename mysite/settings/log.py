"""The log."""

from mysite import environment
from mysite.environment import read

LOG_FORMAT = read(environment.one_of("text", "json"), "LOG_FORMAT", "text", allowed="text or json")

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
        "python_multipart": {"level": "ERROR"},  # its warnings are about what clients send
    },
}
