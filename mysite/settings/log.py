"""The log."""

from mysite import environment
from mysite.environment import read

LOG_FORMAT = read(environment.one_of("text", "json"), "LOG_FORMAT", "text", allowed="text or json")

# A line for each request and each socket is for programs that count.
ACCESS_LEVEL = "INFO" if LOG_FORMAT == "json" else "WARNING"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "text": {"()": "mysite.logs.TextLines"},
        "json": {"()": "mysite.logs.JSONLines"},
    },
    "filters": {
        "client_errors": {"()": "mysite.logs.DropClientErrorTracebacks"},
        "limit": {"()": "mysite.logs.LimitLines"},
        "secrets": {"()": "mysite.logs.HideSecrets"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": LOG_FORMAT,
            "filters": ["limit", "client_errors", "secrets"],
        },
        "access": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT},  # all of its lines
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "chat": {"level": "INFO"},
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "django.server": {"handlers": [], "level": "INFO", "propagate": True},
        # The `uvicorn` command has formats of its own. Its access log: `mysite.servers.lifespan`.
        "uvicorn": {"handlers": [], "propagate": True},
        "lobby": {"handlers": ["access"], "level": ACCESS_LEVEL, "propagate": False},
        "python_multipart": {"level": "ERROR"},  # its warnings are about what clients send
    },
}
