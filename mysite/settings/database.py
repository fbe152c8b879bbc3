"""The database: a SQLite file or PostgreSQL."""

from typing import Any

from mysite import environment
from mysite.environment import read
from mysite.settings.paths import DATA_DIR

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LOG_BYTES = 16 * 1024 * 1024  # that the write-ahead log keeps when it begins anew

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
            # FULL: a commit is on disk before it is told to anyone. What is deleted is overwritten.
            # What a file gets once, and the write-ahead log: ops/sqlite.py.
            "init_command": "PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;"
            f" PRAGMA journal_size_limit={LOG_BYTES};",
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
