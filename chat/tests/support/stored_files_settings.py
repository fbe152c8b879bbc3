"""Lobby's settings, with an address for each file in the storage."""

from mysite.settings import *  # noqa: F403

ROOT_URLCONF = "chat.tests.support.stored_files_urls"
