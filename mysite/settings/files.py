"""Files that people send: where they are, and how much they may take."""

from mysite.environment import env, read

FILE_MAX_BYTES = 25 * 1024 * 1024
GUEST_FILES = read(env.bool, "GUEST_FILES", True, allowed="on or off")
