"""Lobby's settings, with a folder of static files that stand in for some of its own.

What is put there, and a restart, is a deploy of another version.
"""

import os
from pathlib import Path

from mysite.settings import *  # noqa: F403

STATICFILES_DIRS = [Path(os.environ["DEPLOYED_DIR"]), *STATICFILES_DIRS]  # noqa: F405
