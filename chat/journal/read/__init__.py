"""Sends the journal to connections: queries, feeds, cursors."""
