"""Stores changes in the journal, and announces them."""
