"""Lobby's settings, with static files from DEPLOYED_DIR in place of some of its own.

A test deploys another version by changing those files and restarting the server.
"""

import os

from mysite.settings import *  # noqa: F403

STATICFILES_DIRS = [os.environ["DEPLOYED_DIR"]]
