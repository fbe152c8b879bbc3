"""What is wrong with an export that somebody wants to import."""


class TransferError(Exception):
    """One line for the operator: where, and what. Nothing was written for it."""


def at(place: str, what: str) -> TransferError:
    """`place` is a file of the export, with a line where it has lines."""
    return TransferError(f"{place}: {what}")
