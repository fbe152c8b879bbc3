"""Outgoing webhooks: cursors that push, one delivery after the other."""
