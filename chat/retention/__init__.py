"""Messages that are kept for a number of days: docs/retention.md."""
