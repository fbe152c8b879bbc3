"""Errors as lines for operators."""


def in_a_line(error: BaseException) -> str:
    """The first line of what an error says: drivers say more."""
    return str(error).strip().partition("\n")[0] or type(error).__name__
