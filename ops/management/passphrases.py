"""The passphrase of a backup: from the environment, a file or a question, never an argument."""

import getpass
import os
from argparse import ArgumentParser
from pathlib import Path

from django.core.management import CommandError

VARIABLE = "BACKUP_PASSPHRASE"


def add_arguments(parser: ArgumentParser) -> None:
    where = parser.add_mutually_exclusive_group()
    where.add_argument(
        "--passphrase-file", type=Path, metavar="FILE", help="the passphrase is its first line"
    )
    where.add_argument(
        "--ask-passphrase", action="store_true", help=f"ask; otherwise {VARIABLE} may have it"
    )


def given(passphrase_file: Path | None, ask_passphrase: bool, *, is_new: bool) -> str | None:
    """The passphrase; None if there is none. A new one is asked for twice. Raises CommandError."""
    if passphrase_file is not None:
        return _nonempty(_first_line(passphrase_file), str(passphrase_file))
    if ask_passphrase:
        return _asked(is_new=is_new)
    found = os.environ.get(VARIABLE)
    return None if found is None else _nonempty(found, VARIABLE)


def _first_line(path: Path) -> str:
    try:
        with path.open() as file:
            return file.readline().rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{path} cannot be read: {error}") from None


def _asked(*, is_new: bool) -> str:
    passphrase = _nonempty(getpass.getpass("Passphrase: "), "what was typed")
    if is_new and getpass.getpass("Again: ") != passphrase:
        raise CommandError("These were two passphrases.")
    return passphrase


def _nonempty(text: str, where: str) -> str:
    if not text:
        raise CommandError(f"The passphrase is empty: {where}.")
    if any("\ud800" <= it <= "\udfff" for it in text):  # bytes that are no text
        raise CommandError(f"The passphrase is not UTF-8: {where}.")
    return text
