"""Alternatives to Lobby, each written as its own documentation shows. None stores messages."""
