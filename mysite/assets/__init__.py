"""Bundling and hashing of static files."""
