"""Lobby's settings, in a folder that goes with the test run, on the database to test.

TEST_DATABASE=postgresql runs the tests on a PostgreSQL of their own; the default is SQLite.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from chat.tests.support.postgresql import PostgreSQL

DATA_DIR = Path(tempfile.mkdtemp(prefix="lobby-test-"))
atexit.register(shutil.rmtree, DATA_DIR, ignore_errors=True)

INSTALLATION = """
    ALLOWED_HOSTS CHANNEL_LAYER CSRF_TRUSTED_ORIGINS DATABASE_URL DEBUG EMAIL_URL FILES_ACCEL
    FILES_MAX_BYTES FILES_URL FILE_MAX_BYTES GUESTS GUEST_FILES GUEST_FILE_MAX_BYTES
    HSTS_INCLUDE_SUBDOMAINS LINK_CARDS MESSAGE_RATE OIDC_URL RECONCILE_SECONDS REDIS_URL
    RETENTION_DAYS ROOT_PATH ROOT_PATH_STRIPPED SECRET_KEY SIGNUP TRUSTED_PROXIES
""".split()
for name in INSTALLATION:
    os.environ.pop(name, None)  # a developer's own must not decide what the tests say
os.environ["DATA_DIR"] = str(DATA_DIR)
os.environ["RATES"] = "off"  # tests write faster than people, from one address

match os.environ.get("TEST_DATABASE", "sqlite"):
    case "sqlite":
        pass
    case "postgresql":
        os.environ["DATABASE_URL"] = PostgreSQL.shared().url("lobby")
    case other:
        raise SystemExit(f"TEST_DATABASE={other!r} is neither sqlite nor postgresql.")

from mysite.settings import *  # noqa: E402, F403
from mysite.settings import PASSWORD_HASHERS as REAL_PASSWORD_HASHERS  # noqa: E402, F401

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # real ones take 50 ms each
FILE_UPLOAD_TEMP_DIR.mkdir(mode=0o700)  # noqa: F405  # as a start does
