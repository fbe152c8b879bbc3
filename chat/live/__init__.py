"""Soft state (presence, sidebar, read pointers), rate limits, and visits."""
