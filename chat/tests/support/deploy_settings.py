"""Lobby's settings, with static files from DEPLOYED_DIR in place of some of its own.

A test deploys another version by changing those files and restarting the server.
"""

import os
from pathlib import Path

from mysite.settings import *  # noqa: F403

STATICFILES_DIRS = [Path(os.environ["DEPLOYED_DIR"]), *STATICFILES_DIRS]  # noqa: F405
