"""Backups of an installation: one archive with the database, the files and the secret key."""
