class NoCard(Exception):
    """A page gives no card. The message says why, for the log, without the address."""
