"""Leaving: what a person wrote is downloaded, or taken back with the account."""
