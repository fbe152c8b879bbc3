#!/usr/bin/env python
"""Django's command line, with Lobby's settings."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mysite.settings")
    os.umask(0o077)  # a command may create the database
    execute_from_command_line(sys.argv)
