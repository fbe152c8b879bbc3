"""Programs: what uses a token instead of a browser."""
